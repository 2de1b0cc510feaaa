"""What a case is: one question, and what a good answer to it must hold. Values and their rules, no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args
from unicodedata import category

from corpus.errors import AssistantError
from evals.matching import Pattern, problem

Refuse = Literal["near_miss", "far"]
LANGUAGES = ("fr", "ar", "en")


class CaseError(AssistantError):
    """A question set breaks its own rules; the message names the file, the line and what to change."""

    def at(self, path: Path, line: int | None = None) -> CaseError:
        """The same error with the place it was found in."""
        return CaseError(f"{path}:{line}: {self}" if line else f"{path}: {self}")


@dataclass(frozen=True, slots=True)
class Relevant:
    """Where the answer stands: a document, its page (from 1; None: the whole document), the words to be found there."""

    document: str
    page: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What the answer must hold: every group, and of each group any one pattern."""

    all_of: tuple[tuple[Pattern, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all_of)


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a set.

    `history` holds the earlier questions of the conversation, oldest first. `refuse` says that the texts do not hold
    the answer, and how close they come. `weight` counts in means; a `must_pass` case may never turn wrong.
    """

    id: str
    question: str
    language: str
    history: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    expect: Expect = Expect()
    forbid: tuple[Pattern, ...] = ()
    refuse: Refuse | None = None
    relevant: tuple[Relevant, ...] = ()
    framework: str | None = None
    weight: float = 1.0
    note: str = ""
    must_pass: bool = False

    @property
    def answerable(self) -> bool:
        """Whether refusing is a mistake: something is expected or relevant. A case that only forbids allows both."""
        return self.refuse is None and bool(self.expect or self.relevant)

    @property
    def judged(self) -> bool:
        """Whether an answer to it is right or wrong: something is expected, forbidden or to be refused."""
        return self.refuse is not None or bool(self.expect or self.forbid)


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of one file and its header; the gate also looks apart at the cases of each of `gate_tags`.

    `documents` are the files and folders that the set brings beside the shipped corpus, as absolute paths.
    """

    name: str
    cases: tuple[Case, ...]
    note: str = ""
    gate_tags: tuple[str, ...] = ()
    documents: tuple[Path, ...] = ()

    def __iter__(self) -> Iterator[Case]:
        return iter(self.cases)

    def __len__(self) -> int:
        return len(self.cases)


KEYS = tuple(f.name for f in fields(Case))
_HINTS = {"text": "question", "query": "question", "lang": "language", "kind": "tags", "pages": "relevant"}


def case_from(record: Mapping[str, Any]) -> Case:
    """The case of a plain record (the shape of `[[case]]` in TOML); raises `CaseError` without a place.

    >>> case_from({"id": "a", "question": "Quand ?", "language": "fr", "expect": ["2018", ["mars", "re:0?3"]]}).expect
    Expect(all_of=(('2018',), ('mars', 're:0?3')))
    >>> case_from({"id": "a", "question": "Quand ?", "langage": "fr"})
    Traceback (most recent call last):
    evals.case.CaseError: unknown key 'langage' (did you mean 'language'?)
    """
    refuse_unknown_keys(record, KEYS)
    for key in ("id", "question", "language"):
        if not record.get(key):
            raise CaseError(f"{key!r} is missing")
    language, refuse = text(record, "language"), text(record, "refuse") or None
    if language not in LANGUAGES:
        raise CaseError(f"language {language!r} is none of {', '.join(LANGUAGES)}")
    if refuse not in (None, *get_args(Refuse)):
        raise CaseError(f"refuse {refuse!r} is none of {', '.join(get_args(Refuse))}")
    case = Case(
        id=text(record, "id"),
        question=text(record, "question"),
        language=language,
        history=texts(record, "history"),
        tags=texts(record, "tags"),
        expect=Expect(tuple(_group(group) for group in _list(record, "expect"))),
        forbid=texts(record, "forbid"),
        refuse=refuse,  # type: ignore[arg-type]  # checked above
        relevant=tuple(_relevant(value) for value in _list(record, "relevant")),
        framework=text(record, "framework") or None,
        weight=_weight(record.get("weight", 1.0)),
        note=text(record, "note"),
        must_pass=_flag(record, "must_pass"),
    )
    _check(case)
    return case


def record_of(case: Case) -> dict[str, Any]:
    """The plain record of a case, without what is left at its default; `case_from` reads it back."""
    record: dict[str, Any] = {}
    for f in fields(Case):
        value = getattr(case, f.name)
        if f.default is MISSING or value != f.default:
            record[f.name] = list(value) if isinstance(value, tuple) else value
    if case.expect:
        record["expect"] = [group[0] if len(group) == 1 else list(group) for group in case.expect.all_of]
    if case.relevant:
        record["relevant"] = [
            {f.name: getattr(value, f.name) for f in fields(Relevant) if getattr(value, f.name) is not None}
            for value in case.relevant
        ]
    return record


def refuse_unknown_keys(record: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise `CaseError`, with the nearest known key, for a key that nobody would read."""
    for key in record:
        if key not in known:
            near = _HINTS.get(key) or next(iter(get_close_matches(key, known, n=1)), "")
            hint = f"did you mean {near!r}?" if near in known else f"known: {', '.join(known)}"
            raise CaseError(f"unknown key {key!r} ({hint})")


def texts(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of non-empty texts; raises `CaseError` for anything else."""
    return tuple(_clean(value, key) for value in _list(record, key))


def _check(case: Case) -> None:
    for pattern in (*(p for group in case.expect.all_of for p in group), *case.forbid):
        if reason := problem(pattern):
            raise CaseError(reason)
    if case.refuse and (case.expect or case.relevant):
        raise CaseError("a case to refuse can neither 'expect' a text nor have a 'relevant' page; use 'note'")
    if case.must_pass and not case.judged:
        raise CaseError("a 'must_pass' case needs 'expect', 'forbid' or 'refuse', or nothing can fail")


def text(record: Mapping[str, Any], key: str) -> str:
    """A trimmed text, empty where the key is left out; raises `CaseError` for anything else."""
    value = record.get(key)
    return "" if value is None or value == "" else _clean(value, key)


def _clean(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise CaseError(f"{key!r} holds {value!r}, which is not a text; put it in quotes")
    clean = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not clean:
        raise CaseError(f"{key!r} holds an empty text")
    for c in clean:
        if (category(c) in ("Cc", "Cs") and c not in "\t\n") or c in "\ufffe\uffff":
            hint = r" (for \b in TOML, write regular expressions in single quotes)" if c == "\b" else ""
            raise CaseError(f"{key!r} holds the control character U+{ord(c):04X}{hint}")
    return clean


def _list(record: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = record.get(key, ())
    if not isinstance(value, (list, tuple)):
        raise CaseError(f"{key!r} is not a list; write [ ... ]")
    return value


def _group(value: Any) -> tuple[Pattern, ...]:
    group = texts({"expect": value if isinstance(value, (list, tuple)) else [value]}, "expect")
    if not group:
        raise CaseError("'expect' holds an empty group")
    return group


def _relevant(value: Any) -> Relevant:
    if not isinstance(value, Mapping):
        raise CaseError(f"'relevant' holds {value!r}; write {{ document = ..., page = ..., quote = ... }}")
    refuse_unknown_keys(value, [f.name for f in fields(Relevant)])
    page = value.get("page")
    if page is not None and (not isinstance(page, int) or isinstance(page, bool) or page < 1):
        raise CaseError(f"page {page!r} is not a whole number from 1")
    if not value.get("document"):
        raise CaseError("'relevant' names no 'document'")
    return Relevant(text(value, "document"), page, text(value, "quote") or None)


def _weight(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1e6:
        raise CaseError(f"weight {value!r} is not a number above 0, up to a million")
    return float(value)


def _flag(record: Mapping[str, Any], key: str) -> bool:
    value = record.get(key, False)
    if not isinstance(value, bool):
        raise CaseError(f"{key!r} holds {value!r}; write true or false")
    return value
