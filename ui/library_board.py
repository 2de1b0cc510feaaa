"""The library's pages as HTML: what there is, what is on its way, one document. Pure; templates escape every value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from assistant.uploads.holdings import Entry
from assistant.uploads.settings import UploadSettings
from assistant.uploads.upload import State, Upload
from corpus.kinds import SUPPORTED
from corpus.quality import KINDS, NOTES, PageQuality
from corpus.section import Document
from ui.fiches import SHEET as FICHES_SHEET
from ui.frame import Look, filled
from ui.i18n import Words
from ui.library_done import Done, address, arrived
from ui.pages import STYLESHEET
from ui.people import LOCAL
from ui.render import document_address
from ui.sources import framework_ids, framework_name

SHEET: Final = "/ui/library.css"
SCRIPT: Final = "/ui/library.js"
PAGE: Final = 100
"""Documents on one page."""
MOST_SECTIONS: Final = 300
"""Sections that a document's page shows."""
OPENING: Final = 220
"""Characters shown of a section."""
FRAMEWORKS: Final = ("general",)
"""What a document may belong to beside the six frameworks."""
DETAILED: Final = frozenset({"unreadable", "disguised", "scanned", "hostile", "costly", "too-long", "failed"})
"""Refusals of which the reader's own words, in French, say more."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks at a page: may they manage, is there a door (with its token), which groups can be chosen."""

    manages: bool
    accounts: bool
    token: str
    nonce: str
    settings: UploadSettings
    groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A document as a row of the list."""

    href: str
    title: str
    language: str
    state: str
    pages: str
    passages: str
    framework: str
    date: str
    by: str
    added: str
    readers: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way, or refused: `said` is its state, with the reason in plain words; `detail` the reader's own.

    `outcome` says what was done once it is read, and `href` is where its document is seen.
    """

    id: str
    name: str
    state: str
    said: str
    detail: str
    document: str
    done: bool
    may_go: bool
    outcome: str = ""
    href: str = ""

    def to_json(self) -> dict[str, object]:
        """What the page's script asks for."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Described:
    """What the form of a document holds: what is kept, or what was typed and chosen and could not be kept.

    `groups` is `None` where everybody may read it; `wrong` names the field of which `mistake` tells.
    """

    framework: str
    date: str
    groups: Sequence[str] | None
    mistake: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its headings, its first words, and the address of the proof."""

    headings: str
    page: str
    opening: str
    href: str


def listing(
    entries: Sequence[Entry],
    uploads: Sequence[Upload],
    asked: str,
    framework: str,
    page: int,
    done: Sequence[Done],
    chosen: Sequence[str] | None,
    look: Look,
    desk: Desk,
) -> str:
    """The list, filtered by words of the title and by framework, and what the reader has sent.

    What was brought stands first, the newest before the others. `chosen` are the groups that the form for files opens
    with, `None` for everybody.
    """
    wanted = asked.casefold()
    found = [
        entry
        for entry in sorted(entries, key=lambda entry: -(entry.upload.made_at if entry.upload else 0.0))
        if (not wanted or wanted in _title(entry, look.words).casefold())
        and (not framework or entry.record.framework == framework)
    ]
    shown = found[page * PAGE : (page + 1) * PAGE]
    query = {"q": asked, "cadre": framework, "page": str(page + 1)}
    return _show(
        "library-list.html",
        look,
        desk,
        lines=[_line(entry, look.words) for entry in shown],
        sent=[told(upload, desk.settings, look.words) for upload in uploads],
        any=bool(entries),
        newest_first=any(entry.upload for entry in entries),
        done=done,
        chosen=chosen,
        count=len(found),
        asked=asked,
        framework=framework,
        frameworks=frameworks(look.words),
        more=f"/bibliotheque?{urlencode(query)}" if len(found) > (page + 1) * PAGE else "",
        known=", ".join(SUPPORTED),
    )


def document(
    entry: Entry,
    read: Document | None,
    quality: Sequence[PageQuality],
    has_file: bool,
    saved: bool,
    done: Sequence[Done],
    typed: Described | None,
    look: Look,
    desk: Desk,
) -> str:
    """One document; `read` and `quality` are `None` and empty for who manages it without reading it.

    `typed` is what its form goes on holding after a mistake, until it is mended.
    """
    line = _line(entry, look.words)
    sections = read.sections if read else ()
    meta = [line.framework, line.date, line.pages and look.words.count("library.pages_read", int(line.pages))]
    return _show(
        "library-document.html",
        look,
        desk,
        entry=entry,
        line=line,
        meta=" · ".join(filter(None, meta)),
        passages=look.words.count("library.passages_made", entry.record.chunks),
        frameworks=frameworks(look.words),
        form=typed or Described(entry.record.framework, entry.record.date, entry.groups),
        parts=[_part(section, entry.record.id, look.words) for section in sections[:MOST_SECTIONS]],
        left=max(0, len(sections) - MOST_SECTIONS),
        quality=pages_told(quality, look.words),
        has_file=has_file,
        saved=saved,
        done=done,
        known=", ".join(SUPPORTED),
        address=document_address(entry.record.id),
    )


def frameworks(words: Words) -> list[tuple[str, str]]:
    """What a document may be said to belong to, with its name."""
    return [(id, framework_name(id, words)) for id in (*framework_ids(), *FRAMEWORKS)]


def told(upload: Upload, settings: UploadSettings, words: Words, readers: str = "") -> Sent:
    """A file as it is told to its sender; `readers` are those of its document, once it is one."""
    outcome = became(upload, settings, words, readers) if upload.state is State.INDEXED else Done("")
    said = words[f"library.states.{upload.state}"]
    if upload.state is State.REFUSED:
        said = words.fill("library.refused_for", why=refusal(upload.code, settings, words))
    return Sent(
        id=upload.id,
        name=upload.name,
        state=upload.state,
        said=said,
        detail=upload.reason if upload.code in DETAILED else "",
        document=upload.document,
        done=upload.done,
        may_go=upload.state in (State.REFUSED, State.WAITING),
        outcome=outcome.said,
        href=outcome.href,
    )


def became(upload: Upload, settings: UploadSettings, words: Words, readers: str) -> Done:
    """What became of a file so far, in one line."""
    return arrived(upload, refusal(upload.code, settings, words), readers, words)


def refusal(code: str, settings: UploadSettings, words: Words) -> str:
    """Why a file is refused, in plain words."""
    key = f"library.refusals.{code}"
    return words.fill(
        key if key in words.table else "library.refusals.failed",
        megabytes=settings.megabytes,
        pages=settings.pages,
        files=settings.files,
        quota_files=settings.quota_files,
        quota_megabytes=settings.quota_megabytes,
        known=f"\u2066{', '.join(SUPPORTED)}\u2069",  # read from left to right in any writing
    )


def pages_told(quality: Sequence[PageQuality], words: Words) -> list[tuple[str, str]]:
    """What was read of the pages: each kind and note with the pages it is true of."""
    found = []
    for kind in KINDS:
        at = [page for page in quality if page.kind == kind]
        whole = kind in ("text", "table") and all(page.page is None for page in at)  # a format without pages
        if at and not whole:
            found.append((words[f"library.kinds.{kind}"], _numbers([page.page for page in at], words)))
    for note in NOTES:
        at = [page for page in quality if note in page.notes]
        if at:
            found.append((words[f"library.notes.{note}"], _numbers([page.page for page in at], words)))
    return found


def _numbers(pages: Sequence[int | None], words: Words) -> str:
    """Numbers of pages, neighbours joined.

    >>> from ui.i18n import words
    >>> _numbers([1, 2, 3, 7], words("fr"))
    'p. 1-3, 7'
    """
    numbers = sorted(page for page in pages if page is not None)
    if not numbers:
        return ""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return words.fill("proof.page", page=said)


def _line(entry: Entry, words: Words) -> Line:
    record, upload = entry.record, entry.upload
    origin = "library.shipped" if record.origin == "shipped" else "library.terminal"
    groups = ", ".join(entry.groups or ()) or words["library.nobody"]
    readers = words["library.everybody"] if entry.groups is None else groups
    added = datetime.fromtimestamp(upload.made_at, UTC).date().isoformat() if upload else record.added_at[:10]
    return Line(
        href=address(record.id),
        title=_title(entry, words),
        language=record.language,
        state=words["library.states.reading" if entry.changing else "library.states.indexed"],
        pages=str(record.pages or ""),
        passages=str(record.chunks),
        framework=framework_name(record.framework, words),
        date=words.date(record.date),
        by=_by(upload, words) if upload else words[origin],
        added=words.date(added),
        readers=readers,
    )


def _by(upload: Upload, words: Words) -> str:
    return words["library.local"] if (upload.owner, upload.by) == (None, LOCAL) else upload.by


def _title(entry: Entry, words: Words) -> str:
    return entry.record.title or words["passages.untitled"]


def _part(section: Any, document: str, words: Words) -> Part:
    text = " ".join(section.text.split())
    opening = text if len(text) <= OPENING else f"{text[:OPENING].rpartition(' ')[0]}…"
    page = words.fill("proof.page", page=section.page) if section.page else ""
    place = document_address(document, section.start, section.end, section.page)
    return Part(" › ".join(section.headings), page, opening, place)


def _show(template: str, look: Look, desk: Desk, **values: object) -> str:
    return filled(
        template,
        look,
        sheets=(STYLESHEET, FICHES_SHEET, SHEET),
        script=SCRIPT,
        desk=desk,
        too_large=look.words.fill("library.refused_for", why=refusal("too-large", desk.settings, look.words)),
        **values,
    )
