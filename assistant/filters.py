"""Which documents a question is put to: by framework, document, language or date. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from index.records import DocumentRecord


class UnknownFilter(AssistantError):
    """A filter names what no document has; the message lists what there is."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must have to be read; an empty part asks nothing, and values of one part are alternatives.

    `since` and `until` are ISO dates, both included, compared with a document's own date as far as it goes: one of
    2015 passes any day of that year. A document without a date is left out as soon as either is given.
    """

    frameworks: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        return self != NONE


NONE = Filters()


def chosen(filters: Filters, records: Sequence[DocumentRecord]) -> frozenset[str] | None:
    """The ids of the documents that pass, or `None` when nothing is asked; raises `UnknownFilter`.

    >>> chosen(Filters(), []) is None
    True
    """
    if not filters:
        return None
    _check("cadre", filters.frameworks, {record.framework for record in records})
    _check("document", filters.documents, {record.id for record in records})
    return frozenset(record.id for record in records if _passes(filters, record))


def what_there_is(records: Sequence[DocumentRecord]) -> str:
    """The languages and dates of the documents in one line, for who filtered them all away; empty without documents."""
    if not records:
        return ""
    languages = ", ".join(sorted({record.language for record in records}))
    dates = sorted(record.date for record in records if record.date)
    span = f"dates de {dates[0]} à {dates[-1]}" if dates else "aucun texte daté"
    undated = sum(not record.date for record in records) if dates else 0
    return f"Il y a : langues {languages} ; {span}{f', {undated} sans date' if undated else ''}."


def _passes(filters: Filters, record: DocumentRecord) -> bool:
    return (
        (not filters.frameworks or record.framework in filters.frameworks)
        and (not filters.documents or record.id in filters.documents)
        and (not filters.languages or record.language in filters.languages)
        and (not filters.since or (bool(record.date) and _as_far(record.date, filters.since) >= filters.since))
        and (not filters.until or (bool(record.date) and _as_far(record.date, filters.until) <= filters.until))
    )


def _as_far(date: str, limit: str) -> str:
    """A document's date at the precision of a limit; what the date does not tell is taken as the limit has it.

    >>> _as_far("2015", "2015-03-11"), _as_far("2015-03-11", "2015")
    ('2015-03-11', '2015')
    """
    return date[: len(limit)] + limit[len(date) :]


def _check(what: str, asked: Iterable[str], there: set[str]) -> None:
    for name in asked:
        if name not in there:
            near = get_close_matches(name, there, 1)
            hint = f" Vouliez-vous dire {near[0]!r} ?" if near else ""
            listed = ", ".join(sorted(there - {""})[:20]) or "aucun"
            raise UnknownFilter(f"Aucun {what} {name!r}.{hint} Il y a : {listed}.")
