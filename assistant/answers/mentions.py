"""What a question names: bodies and programmes, ordinals, dates, and other proper names, each with its place. Pure.

Bodies are those of the glossary; it is read once. A name that opens a sentence is not seen as one unless the glossary
holds it: a capital says nothing there. Arabic has no capitals, so only what the glossary holds is a name in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from corpus.glossary import read_glossary
from index.months import GREGORIAN
from index.terms import fold

Kind = Literal["body", "programme", "ordinal", "date", "name"]

_WORD = re.compile(r"\d+|[^\W\d_]+(?:[\u064b-\u0652\u0640][^\W\d_]*)*")
_GAP = re.compile(r"[\s+'’/.-]*")
_PROGRAMMES = frozenset("capdel accord-association politique-voisinage cyber-sud ipcp sps agenda-2063 odd".split())
_MONTHS = f"(?:{'|'.join(sorted({form for name in GREGORIAN for form in (name, fold(name))}, key=len, reverse=True))})"
_DATE = re.compile(
    rf"(?:\d{{1,2}}(?:er)?(?:\s*(?:et|au|and|to|و|-|–)\s*\d{{1,2}})?\s+)?{_MONTHS}(?:\s+\d{{4}})?\b"
    r"|\b\d{1,2}/\d{1,2}/\d{4}\b|\b(?:1[89]|20)\d\d\b",
    re.IGNORECASE,
)
_EN_UNITS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_AR_UNITS = "أولى|أول|ثانية|ثاني|ثالثة|ثالث|رابعة|رابع|خامسة|خامس|سادسة|سادس|سابعة|سابع|ثامنة|ثامن|تاسعة|تاسع|عاشرة|عاشر|حادية|حادي|أخيرة|أخير"
_AR_TENS = "عشرين|عشرون|ثلاثين|ثلاثون|أربعين|أربعون|خمسين|خمسون|ستين|ستون"
_ORDINAL = re.compile(
    r"\b\d{1,3}\s?(?:[eè]mes?|[eè]re?s?|er|e|è|nde?|st|nd|rd|th)\b"
    r"|\bpremi[eè]re?s?\b|\bseconde?\b|\bderni[eè]re?s?\b|\b(?:\w+-)*\w+i[eè]me\b"
    rf"|\b(?:(?:twenty|thirty|forty|fifty)[- ])?(?:{_EN_UNITS})\b|\b(?:\w+teenth|tenth|eleventh|twelfth|\w+tieth)\b"
    r"|\b(?:last|latest)\b"
    rf"|(?:\b|(?<=\bو))ال(?:{_AR_UNITS})(?:\s+عشرة?|\s+وال(?:{_AR_TENS}))?\b|\bال(?:{_AR_TENS})\b"
    r"|(?<=الدورة )(?:ال)?\d{1,3}\b|(?<=اللقاء )\d{1,3}\b|(?<=الاجتماع )\d{1,3}\b|(?<=دورة )\d{1,3}\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ][\w-]+(?:\s+[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ][\w-]+)*")
_NO_NAMES = frozenset(
    "parle parlez dis donne quand ou qui que quoi quel quelle quels quelles comment combien pourquoi where when who what "
    "which how why is are was were did does do the and et tell give in on by may".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text, at `start:end`; `text` is the name alone, `before` what Arabic attaches in front of it."""

    kind: Kind
    start: int
    end: int
    text: str
    id: str = ""
    before: str = ""

    @property
    def entity(self) -> bool:
        """Whether it names a thing, not a rank or a time."""
        return self.kind in {"body", "programme", "name"}


@lru_cache(maxsize=2_000)
def mentions(text: str) -> tuple[Mention, ...]:
    """What a text names, in its order, no two in the same place.

    >>> [(m.kind, m.text) for m in mentions("Quand s'est tenue la 35e session du CMAI à Tunis en 2018 ?")]
    [('ordinal', '35e'), ('body', 'CMAI'), ('name', 'Tunis'), ('date', '2018')]
    >>> [(m.before, m.text) for m in mentions("أهداف للاتحاد الأفريقي")]
    [('ل', 'الاتحاد الأفريقي')]
    """
    found = list(_bodies(text))
    for kind, pattern in (("date", _DATE), ("ordinal", _ORDINAL), ("name", _NAME)):
        for match in pattern.finditer(text):
            free = not any(m.start < match.end() and match.start() < m.end for m in found)
            if free and (kind != "name" or _is_name(text, match)):
                found.append(Mention(kind, match.start(), match.end(), match[0]))  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda m: m.start))


def _is_name(text: str, match: re.Match[str]) -> bool:
    opens = not re.search(r"[^\W\d_]", text[: match.start()])
    acronym = match[0].isupper() and len(match[0]) > 1
    return (acronym or not opens) and fold(match[0]) not in _NO_NAMES


@lru_cache(maxsize=1)
def _forms() -> dict[str, list[tuple[tuple[str, ...], bool, str]]]:
    """The glossary's forms by first word, the longest first."""
    by_first: dict[str, list[tuple[tuple[str, ...], bool, str]]] = {}
    for term in read_glossary():
        for form in {form for forms in term.forms.values() for form in forms}:
            parts = tuple(fold(word) for word in _WORD.findall(form))
            by_first.setdefault(parts[0], []).append((parts, form.isupper() and len(form) < 4, term.id))
    for forms in by_first.values():
        forms.sort(key=lambda item: -len(item[0]))
    return by_first


def _bodies(text: str) -> list[Mention]:
    tokens = list(_WORD.finditer(text))
    folded = [fold(token[0]) for token in tokens]
    found: list[Mention] = []
    at = 0
    while at < len(tokens):
        mention, used = _body_at(text, tokens, folded, at)
        if mention:
            found.append(mention)
        at += used
    return found


def _body_at(text: str, tokens: Sequence[re.Match[str]], folded: Sequence[str], at: int) -> tuple[Mention | None, int]:
    for before, first in bare_forms(folded[at]):
        for parts, capitals, id in _forms().get(first, ()):
            span = tokens[at : at + len(parts)]
            if len(span) < len(parts) or tuple(folded[at + 1 : at + len(parts)]) != parts[1:]:
                continue
            gaps = (text[a.end() : b.start()] for a, b in pairwise(span))
            if (capitals and not span[0][0].isupper()) or not all(_GAP.fullmatch(gap) for gap in gaps):
                continue
            start, end = span[0].start(), span[-1].end()
            name = text[start + len(before) : end]
            if before.endswith("ل") and first.startswith("ال") and not name.startswith("ا"):
                name = "ا" + name
            kind: Kind = "programme" if id in _PROGRAMMES else "body"
            return Mention(kind, start, end, name, id, before), len(parts)
    return None, 1


def bare_forms(folded: str) -> list[tuple[str, str]]:
    """An Arabic word with and without what may be attached in front: (attached, rest), the word itself first.

    >>> bare_forms("للاتحاد")[-1], bare_forms("nato")
    (('ل', 'الاتحاد'), [('', 'nato')])
    """
    found = [("", folded)]
    if folded[:1] > "z":
        match = re.match("[وف]?[بلك]?", folded)
        attached = match[0] if match else ""
        for length in range(1, len(attached) + 1):
            found.append((attached[:length], folded[length:]))
            if attached[length - 1] == "ل" and folded[length:].startswith("ل"):
                found.append((attached[:length], "ا" + folded[length:]))
    return found
