"""A model's words become judged sentences while they arrive: each is told as kept or removed right after its full stop.

What is not a whole sentence is never told, what repeats is told once, and a sentence that leans on a removed one
("Elle ...") goes with it. The numbers in brackets that a model writes are where the search for a source begins and
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from assistant.answers.plain import hints, plain
from assistant.answers.support import Judged
from assistant.answers.wording import is_plain, words
from index.terms import fold

Judge = Callable[[str, tuple[int, ...], str], Judged]
"""Judges a sentence, given the positions to try first and the text whose names it must be about."""
_STOP = re.compile(r"[.!?؟۔…]+(?:\s?»|[\"'”’)])*(?:\s?\[[\d\s,;-]{1,12}\])*(?=\s)")
_LAST = re.compile(r"([^\s.('’«\"]*)[.!?؟۔…]+$")
_ABBREVIATIONS = frozenset(
    "m mm mme mlle dr pr me st ste art al cf ex p pp n no nos vol fig éd ed etc env av mr mrs ms vs inc jr sr "
    "approx dept gov gen col sgt lt rev hon tél tel réf ref chap par".split()
)
_LONGEST = 1_000
_NONE = re.compile(r"^\W*(?:none|aucun|aucune|لا شيء)\W*$", re.IGNORECASE)
_LEANS = re.compile(
    r"^(?:il|elle|ils|elles|celui-ci|celle-ci|ceux-ci|celles-ci|celui|celle|cela|ce|cet|cette|ces|y|it|they|he|she|this|that"
    r"|these|those|its|their|son|sa|ses|leur|leurs|هو|هي|هم|هذا|هذه|ذلك|تلك|كما|وهو|وهي)\b",
    re.IGNORECASE,
)


class Splitter:
    """Cuts a stream into sentences; each comes out as soon as the space after its full stop comes in.

    >>> splitter = Splitter()
    >>> [sentence for piece in ("Le 3.", "5 mars. M.", " Ali", " vient. E") for sentence in splitter.feed(piece)]
    ['Le 3.5 mars.', 'M. Ali vient.']
    >>> splitter.close()
    []
    """

    def __init__(self) -> None:
        self._buffer = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that this piece completes."""
        self._buffer += piece
        found = []
        while (end := self._end()) is not None:
            found.append(self._buffer[:end].strip())
            self._buffer = self._buffer[end:].lstrip()
        if len(self._buffer) > _LONGEST * 4:
            self._buffer = self._buffer[-_LONGEST * 4 :]
        return [sentence for sentence in found if sentence and len(sentence) <= _LONGEST]

    def close(self) -> list[str]:
        """What is left at the end, unless it plainly breaks off."""
        rest, self._buffer = self._buffer.strip(), ""
        last = words(rest)[-1:] if len(rest) <= _LONGEST else []
        whole = bool(last) and (not is_plain(last[0]) or bool(re.search(r"[.!?؟۔…][\"'”’)\]»\s]*$", rest)))
        return [rest] if whole else []

    def _end(self) -> int | None:
        line = self._buffer.find("\n")
        for stop in _STOP.finditer(self._buffer, 0, line + 1 if line >= 0 else len(self._buffer)):
            decided = self._stops(stop)
            if decided is None:
                return line + 1 if line >= 0 else None
            if decided:
                return stop.end()
        return line + 1 if line >= 0 else None

    def _stops(self, stop: re.Match[str]) -> bool | None:
        """Whether the sentence ends here; `None` while it cannot be told."""
        before = (
            self._buffer[: stop.end()].split("[")[0].rstrip() if "[" in stop.group() else self._buffer[: stop.end()]
        )
        found = _LAST.search(before)
        last = found.group(1) if found else ""
        if not stop.group().startswith(".") or (len(stop.group().strip()) > 1 and "[" in stop.group()):
            return True
        if last.isdigit() and len(last) <= 2 and before.strip().rstrip(".") == last:
            return False
        if not (last.casefold() in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last.isupper())):
            return True
        following = self._buffer[stop.end() :].lstrip()
        if not following:
            return None
        ends = last.casefold() in ("etc", "env") and following[0].isupper()
        return ends


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a draft, its verdict, and the positions of the sources that hold it."""

    text: str
    judged: Judged

    @property
    def kept(self) -> bool:
        """Whether it may be shown."""
        return self.judged.kept


def verified(pieces: Iterable[str], judge: Judge, about: str = "", subject: str = "") -> Iterator[Told]:
    """Each sentence of a stream with its verdict, in order. `about` is the question: what is told must be about it.

    A sentence that leans back is about the one before it, the first one about the `subject`, which is the question
    unless it is given; one that leans on a removed sentence is removed.
    """
    told: set[str] = set()
    topic = subject or about
    fell = False
    for sentence in _sentences(pieces):
        text = plain(sentence)
        if text is None:
            if not _NONE.match(sentence) and any(letter.isalpha() for letter in sentence):
                yield Told(sentence, Judged("unsupported", (), "La phrase contient un lien ou du code."))
                fell = True
            continue
        if _NONE.match(text) or fold(text) in told:
            continue
        told.add(fold(text))
        leans = bool(_LEANS.match(text))
        if leans and fell:
            yield Told(text, Judged("unsupported", (), "La phrase renvoie à une phrase retirée."))
            continue
        judged = judge(text, hints(sentence), topic if leans else about)
        fell = not judged.kept
        topic = text if judged.kept and not leans else topic
        yield Told(text, judged)


def _sentences(pieces: Iterable[str]) -> Iterator[str]:
    splitter = Splitter()
    for piece in pieces:
        yield from splitter.feed(piece)
    yield from splitter.close()
