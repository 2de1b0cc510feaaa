"""Questions that dates alone answer: what happened in a period, which was the last session, when is the next. Pure.

Only a question that asks for nothing else is taken: one more word of content, and searching answers it better. What is
told is the quote that dates the event, whole; nothing is reckoned that the texts do not date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from assistant.answers.answer import Citation, Exact, Sentence
from assistant.briefings.dates import dates
from assistant.briefings.events import Event, Source
from assistant.briefings.naming import shipped_topics
from index.terms import fold

MOST_QUOTES: Final = 12
MONTH: Final = timedelta(days=31)
REASON: Final = "no_event"
REASONS: Final = {
    "fr": "Les textes ne datent aucun événement de ce genre.",
    "en": "The texts date no such event.",
    "ar": "لا تؤرخ النصوص أي حدث من هذا النوع.",
}
_HAPPENED = re.compile(
    r"\bs'est[- ](?:il|elle)[- ]passe\w*|\bevenements?\b|\bchronologie\b|\bhappened\b|\bevents?\b|\btimeline\b"
    r"|ماذا (?:حدث|جري|وقع)|(?<!\w)(?:ال)?احداث(?!\w)"
)
_LAST = re.compile(r"\bderni(?:er|ere|eres)s?\b|\blast\b|\blatest\b|\bmost recent\b|(?<!\w)(?:اخر|الاخيره?)(?!\w)")
_NEXT = re.compile(r"\bprochaine?s?\b|\bnext\b|\bupcoming\b|(?<!\w)(?:القادمه?|المقبله?)(?!\w)")
_NOUNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bsessions?\b|(?<!\w)[بلو]?(?:ال)?دور(?:ه|ات)(?!\w)",
        r"\breunions?\b|\brencontres?\b|\bmeetings?\b|(?<!\w)[بلو]?(?:ال)?(?:اجتماع|اجتماعات|لقاء|لقاءات)(?!\w)",
        r"\bsommets?\b|\bsummits?\b|(?<!\w)[بلو]?(?:ال)?قمه(?!\w)",
    )
)
_MET = re.compile(r"\breunie?s?\b|\bmeet\b|\bmet\b|(?<!\w)اجتمعت?(?!\w)")
_ANY_MEETING = re.compile("|".join(noun.pattern for noun in _NOUNS))
"""What a body that met has held, whatever the texts call it."""
_BEFORE = re.compile(r"(?:\bavant(?: le| l'an)?|\bjusqu'en|\bbefore|\buntil|قبل(?: سنه| عام)?)\s*$")
_AFTER = re.compile(r"(?:\bapres(?: le| l'an)?|\bafter|بعد(?: سنه| عام)?)\s*$")
_EMPTY: Final = frozenset(
    "que qu quoi quel quelle quels quelles qui est ce sont s c y a t il elle ils elles se ont eu lieu tenue tenu tenues"
    " tient aura tiendra sera ete etait fut de du des la le les l d un une en au aux dans pour par avec et ou date dates"
    " quand fois entre depuis avant apres pendant durant cours periode annee annees cadre sein donne donnez moi textes selon"
    " what which when where is was were are be will did does do take takes taking took place held hold in on at of the to"
    " and between since before after during within year years period date an time"
    " متي ما هي هو ماذا اين كانت كان ستكون ستنعقد تنعقد انعقدت عقدت تعقد ستعقد ستجري تجري جرت وقعت وقع حدث حدثت جري التي"
    " في من الي بين منذ قبل بعد سنه عام سنتي عامي خلال اطار فتره تاريخ و اي مره للمره".split()
)


@dataclass(frozen=True, slots=True)
class TimeAsked:
    """What is asked: of a `topic` or of all (`""`), in a period open where `None`, of events that `noun` names."""

    kind: Literal["period", "last", "next"]
    topic: str
    start: date | None = None
    end: date | None = None
    noun: re.Pattern[str] | None = None


def time_asked(text: str) -> TimeAsked | None:
    """What a question asks of the timeline; `None` where it asks for anything else too.

    >>> asked = time_asked("Que s'est-il passé entre 2010 et 2015 ?")
    >>> asked.kind, asked.start.year, asked.end.year
    ('period', 2010, 2015)
    >>> time_asked("Quand s'est tenue la dernière session du CMAI ?").topic
    'cmai'
    >>> time_asked("When did the AMU last meet?").kind
    'last'
    >>> time_asked("Quels programmes ont été lancés depuis 2015 ?")
    """
    named = shipped_topics().named(text)
    bare = _without(text, [(name.start, name.end) for name in named])
    topic = next((name.topic for name in reversed(named) if _is_body(name.topic)), named[0].topic if named else "")
    folded = fold(bare)
    if _HAPPENED.search(folded):
        return _period(bare, topic)
    ordinal, kind = (_LAST, "last") if _LAST.search(folded) else (_NEXT, "next")
    noun = next((noun for noun in _NOUNS if noun.search(folded)), _ANY_MEETING if _MET.search(folded) else None)
    if not noun or not ordinal.search(folded) or _content(_MET.sub(" ", noun.sub(" ", ordinal.sub(" ", folded)))):
        return None
    return TimeAsked("last" if kind == "last" else "next", topic, noun=noun)


def _period(text: str, topic: str) -> TimeAsked | None:
    whens = dates(text)
    if len(whens) != 1:
        return None
    when = whens[0]
    if _content(_HAPPENED.sub(" ", fold(_without(text, [(when.start, when.end)])))):
        return None
    said = fold(text[: when.start])
    if _BEFORE.search(said):
        return TimeAsked("period", topic, None, when.first - timedelta(days=1))
    if _AFTER.search(said):
        return TimeAsked("period", topic, (when.last or when.first) + timedelta(days=1), None)
    return TimeAsked("period", topic, when.first, when.last)


def _is_body(id: str) -> bool:
    topic = shipped_topics().get(id)
    return topic is not None and topic.is_body


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _content(folded: str) -> bool:
    """Whether a text says anything besides asking."""
    words = re.findall(r"[^\W_]+", folded)
    return any(word not in _EMPTY and re.sub(r"^[وفبكل]?(?:ال)?", "", word) not in _EMPTY for word in words)


def of_those(asked: TimeAsked, events: Sequence[Event], today: date) -> list[Event]:
    """The events that answer, oldest first: those of the period, the last ones, or the next ones."""
    told = [event for event in events if asked.noun is None or asked.noun.search(fold(event.sources[0].quote))]
    if asked.kind == "period":
        return [event for event in told if event.meets(asked.start, asked.end) and _fits(event, asked)]
    if asked.kind == "next":
        coming = [event for event in told if event.first > today]
        return [event for event in coming if event.first == coming[0].first]
    over = [event for event in told if event.last and event.first <= today]
    latest = max((event.last for event in over if event.last), default=today)
    return [event for event in over if event.last == latest]


def _fits(event: Event, asked: TimeAsked) -> bool:
    """Whether an event is told of the period: what still lasts happened when it began, and a year tells of no day."""
    if event.last is None:
        return asked.start is None or event.first >= asked.start
    if asked.start is None or asked.end is None or asked.end - asked.start > MONTH:
        return True
    return event.last - event.first <= MONTH


def speaks_of_next(text: str) -> bool:
    """Whether a sentence speaks of what comes next."""
    return _NEXT.search(fold(text)) is not None


def quoted(
    events: Sequence[Event], text_of: Callable[[str], str | None]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Each event's quote once, in order, with its citation; a quote that is not in its document is left out."""
    told: dict[tuple[str, int], tuple[Source, list[Event]]] = {}
    for event in events:
        source = event.sources[0]
        told.setdefault((source.document, source.start), (source, []))[1].append(event)
    citations: list[Citation] = []
    for source, dated in told.values():
        if len(citations) == MOST_QUOTES:
            break
        if (text_of(source.document) or "")[source.start : source.end] == source.quote:
            citations.append(_cited(len(citations) + 1, source, dated))
    return tuple(Sentence(cited.quote, "verbatim", (cited.n,)) for cited in citations), tuple(citations)


def _cited(number: int, source: Source, dated: Sequence[Event]) -> Citation:
    written = dated[0].written
    at = source.quote.find(written)
    one = len(dated) == 1 and at >= 0
    return Citation(
        n=number,
        document=source.document,
        title=source.title,
        framework=dated[0].framework,
        page=source.page,
        headings=source.headings,
        quote=source.quote,
        start=source.start,
        end=source.end,
        answer=Exact(written, source.start + at, source.start + at + len(written)) if one else None,
    )
