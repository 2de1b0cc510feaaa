"""A document as statements: its sentences and list items, each with the framework it tells of and the bodies it names.

A framework comes from the document's own record, else from the headings, else from the sentence, else from the title or
from what was named before it in the same section. An item tells of what the sentence announcing its list names, too.
Nothing is rewritten: a statement is a span of the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.briefings.definitions import defines, leans, subject
from assistant.briefings.naming import Topics
from corpus.section import Document, Section
from index.sentences import introduces_list, is_item, split

_BULLET = re.compile(r"\s*(?:[•●▪◦‣·*–—-]|\(?\d{1,2}[.)]|[a-z]\))\s+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or item: `quote == document_text[start:end]`; `lead` is the sentence that announces an item's list.

    The lead stands at `lead_start` of the same document, under the same headings; `listed` items are in its list.

    `frameworks` are those it tells of, `bodies` theirs that it is about, `named` every topic in its words, `defined`
    those of which it says what they are.
    """

    document: str
    title: str
    page: int | None
    headings: tuple[str, ...]
    quote: str
    start: int
    lead: str
    frameworks: tuple[str, ...]
    bodies: tuple[str, ...]
    named: tuple[str, ...]
    opens: bool = False
    lead_start: int = -1
    defined: tuple[str, ...] = ()
    listed: int = 0

    @property
    def end(self) -> int:
        """Offset just past the quote."""
        return self.start + len(self.quote)


def statements(document: Document, framework: str, topics: Topics) -> list[Statement]:
    """The statements of a document in reading order; `framework` is that of its record, or `""`."""
    given = framework if topics.get(framework) else ""
    told = [statement for section in document.sections for statement in _of_section(section, given, topics)]
    sizes = Counter(each.lead_start for each in told if each.lead)
    return [replace(each, listed=sizes[each.lead_start]) if each.lead else each for each in told]


def _of_section(section: Section, given: str, topics: Topics) -> Iterator[Statement]:
    above = _above(section, topics)
    scope = (given,) if given else tuple(dict.fromkeys(_framework(topics, id) for id in above))[:1]
    over = tuple(dict.fromkeys(id for id in above if _is_body(topics, id)))
    about, spoken = over, tuple(above[:1])
    lead, lead_start, earlier = "", -1, scope
    announced: tuple[str, ...] = ()
    item_end = -1
    if not scope:
        earlier = tuple(dict.fromkeys(_framework(topics, n.topic) for n in topics.named(section.title)))[:1]
    for start, end in split(section.text):
        written = section.text[start:end]
        item = is_item(written)
        mark = _BULLET.match(written) if item else None
        quote = written[mark.end() :] if mark else written
        namings = topics.named(quote)
        named = tuple(dict.fromkeys(naming.topic for naming in namings))
        own = subject(quote, namings)
        leaning = not own and leans(quote)
        spoken = (own,) if own else spoken if leaning else ()
        above_it = announced if item else ()
        told = scope or tuple(dict.fromkeys(_framework(topics, id) for id in (*named, *above_it))) or earlier
        earlier = earlier if above_it else told or earlier
        bodies = _bodies(named, told, topics)
        whole = not bodies and any(id in told for id in named)  # it names the framework itself, and not a body
        about = over if whole else bodies or about
        goes_on = item_end >= 0 and "\n" not in section.text[item_end:start]  # a second sentence of an item
        item_end = end if item or goes_on else -1
        if not item and (introduces_list(written) or not goes_on):
            lead, lead_start = (written, section.start + start) if introduces_list(written) else ("", -1)
            announced = named if lead else ()
        yield Statement(
            document=section.document,
            title=section.title,
            page=section.page,
            headings=section.headings,
            quote=quote,
            start=section.start + end - len(quote),
            lead=lead if item else "",
            frameworks=told,
            bodies=_bodies((*about, *above_it), told, topics),
            named=named,
            opens=introduces_list(written),
            lead_start=lead_start if item else -1,
            defined=spoken if leaning or (own and defines(quote, namings)) else (),
        )


def _above(section: Section, topics: Topics) -> list[str]:
    """The topics that the headings name, of the innermost heading that names any."""
    for heading in reversed(section.headings):
        if named := topics.named(heading):
            return [naming.topic for naming in named]
    return []


def _framework(topics: Topics, id: str) -> str:
    topic = topics.get(id)
    return topic.framework if topic else ""


def _bodies(ids: Iterable[str], frameworks: tuple[str, ...], topics: Topics) -> tuple[str, ...]:
    """Those of the ids that are bodies of the frameworks, each once."""
    return tuple(id for id in dict.fromkeys(ids) if _is_body(topics, id) and _framework(topics, id) in frameworks)


def _is_body(topics: Topics, id: str) -> bool:
    topic = topics.get(id)
    return topic is not None and topic.is_body
