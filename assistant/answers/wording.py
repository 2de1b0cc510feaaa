"""What words do in a sentence (deny, explain, limit, foresee) and which say the same: `wording.toml`, read once. Pure.

The lists are closed and short on purpose: a word they do not know is compared by its form and its stem alone, and a
draft that used another one is removed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.terms import fold, stem

_WORD = re.compile(r"\d+(?:[.,/+-]\d+)*[^\W\d_]*|[^\W\d_]+")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_FUTURE = re.compile(r"^\w{2,}[eidtvru]r(?:a|ont)$")
_CONDITIONAL = re.compile(r"^\w{3,}r(?:ait|aient)$")
_NOT_FUTURE = frozenset("sera seront opera camera extra contra ultra infra supra front affront confront".split())
_NOT_CONDITIONAL = frozenset("trait retrait extrait portrait attrait contrait distrait souhait".split())
_ARABIC_FUTURE = re.compile(r"^[وف]?س[يتن]\w{3,}$")
_NOT_ARABIC_FUTURE = re.compile(r"^[وف]?(?:سياس|سيار|سيد|سيطر|سيا|سين|سته|ستين|ستون|سنو|سنه|ستار|سيبر|سيناريو|سيره)")
_PURPOSE = re.compile(r"(?:er|ir|re)$")
_PROCLITIC = re.compile(r"^(?:و|ف(?=ال|لل|بال))?(?:ال|لل|بال|كال|[بلك])?")
_TITLES = frozenset("m mm mme mlle mr mrs ms dr pr me st ste col gen".split())
"""Written with a full stop that ends nothing."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: as written, folded; whether it has a capital, opens the sentence, follows a mark, and
    whether that mark is a semicolon."""

    text: str
    folded: str
    capital: bool
    first: bool
    after_mark: bool
    after_stop: bool = False

    @property
    def arabic(self) -> bool:
        """Whether it is in Arabic letters."""
        return "\u0600" <= self.text[0] <= "\u06ff"


@dataclass(frozen=True, slots=True)
class Wording:
    """The lists of the file, folded: phrases by their class, families by word, and words that say nothing."""

    markers: Mapping[tuple[str, ...], str]
    families: Mapping[str, frozenset[str]]
    entails: Mapping[str, frozenset[str]]
    plain: frozenset[str]
    offices: frozenset[str]
    locutions: frozenset[tuple[str, ...]]


@lru_cache(maxsize=1)
def read_wording() -> Wording:
    """The shipped lists."""
    value = tomllib.loads(Path(__file__).with_name("wording.toml").read_text("utf-8"))
    markers = {
        tuple(fold(part) for part in phrase.split("_")): name
        for name, phrases in value["markers"].items()
        for phrase in phrases.split()
    }
    families: dict[str, frozenset[str]] = {}
    for name, line in value["families"].items():
        for word in line.split():
            families[fold(word)] = families.get(fold(word), frozenset()) | {name}
    entailed: dict[str, frozenset[str]] = {name: frozenset(line.split()) for name, line in value["entails"].items()}
    plain, offices = (frozenset(map(fold, value[key]["words"].split())) for key in ("plain", "offices"))
    locutions = frozenset(
        tuple(fold(part) for part in phrase.split("_")) for phrase in value["locutions"]["phrases"].split()
    )
    return Wording(markers, families, entailed, plain, offices, locutions)


def words(text: str) -> list[Word]:
    """The words and figures of a sentence, in order."""
    found: list[Word] = []
    end = 0
    text = _MARKS.sub("", text)
    for match in _WORD.finditer(text):
        written, gap = match.group(), text[end : match.start()]
        titled = gap.startswith(".") and bool(found) and found[-1].folded in _TITLES
        marked = bool(re.search(r"[,;:.!?()«»\"“”،؛–—]", gap[titled:]))
        found.append(Word(written, fold(written), written[0].isupper(), not found, marked, ";" in gap or "؛" in gap))
        end = match.end()
    return found


def markers(found: Sequence[Word]) -> list[tuple[int, str]]:
    """Where a sentence denies, explains, limits or foresees: positions of the last words and their classes."""
    return [(end, name) for _start, end, name in marked(found)]


def marked(found: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
    """As `markers`, with the positions of the first and the last word of each."""
    known = read_wording().markers
    folded = [word.folded for word in found]
    at = 0
    while at < len(folded):
        for length in (4, 3, 2, 1):
            phrase = tuple(folded[at : at + length])
            name = known.get(phrase) or known.get((_without_and(phrase[0]), *phrase[1:]))
            if len(phrase) == length and name and not _other_sense(found, at, name):
                yield at, at + length - 1, name
                at += length
                break
        else:
            if name := _by_form(found, at):
                yield at, at, name
            at += 1


def turn_words(found: Sequence[Word]) -> set[int]:
    """Positions of the words that are such phrases; a verb in the future is not: it says more than its tense."""
    listed = (item for item in marked(found) if item[1] > item[0] or not _by_form(found, item[0]))
    return {at for start, end, _name in listed for at in range(start, end + 1)}


def locution_words(found: Sequence[Word]) -> set[int]:
    """Positions of the words of phrases that stand for a preposition ("en matière de") or for "to be"."""
    known, folded = read_wording().locutions, [word.folded for word in found]
    spans = ((at, at + length) for at in range(len(folded)) for length in (2, 3, 4, 5))
    return {i for start, end in spans if tuple(folded[start:end]) in known for i in range(start, end)}


def _other_sense(found: Sequence[Word], at: int, name: str) -> bool:
    """`n° 7` denies nothing, nor does a capital (`Le Car`, `May`)."""
    following = found[at + 1].text if at + 1 < len(found) else ""
    number = found[at].folded in ("n", "no") and following[:1].isdigit()
    return number or (name == "possible" and found[at].capital and not found[at].first)


def _by_form(found: Sequence[Word], at: int) -> str:
    word = found[at]
    if word.capital and not word.first:
        return ""
    if word.arabic:
        future = _ARABIC_FUTURE.match(word.folded) and not _NOT_ARABIC_FUTURE.match(word.folded)
        return "future" if future else ""
    if _FUTURE.match(word.folded) and word.folded not in _NOT_FUTURE:
        return "future"
    if _CONDITIONAL.match(word.folded) and word.folded not in _NOT_CONDITIONAL:
        return "should"
    after = found[at + 1].folded if at + 1 < len(found) else ""
    return "purpose" if word.folded == "pour" and len(after) > 3 and _PURPOSE.search(after) else ""


def _without_and(word: str) -> str:
    return word[1:] if word[:1] in "وف" and len(word) > 2 else word


def bare(word: str) -> str:
    """A folded Arabic word without the particles and the article written together with it; others unchanged.

    >>> bare("وللاتحاد"), bare("بفرنسا"), bare("programme")
    ('اتحاد', 'فرنسا', 'programme')
    """
    if not "\u0600" <= word[:1] <= "\u06ff":
        return word
    shorter = _PROCLITIC.sub("", word, count=1)
    return shorter if len(shorter) >= 3 else word


def families(word: str) -> frozenset[str]:
    """The families of sense that a folded word belongs to, empty for most."""
    known = read_wording().families
    return known.get(word) or known.get(bare(word)) or frozenset()


def is_plain(word: Word) -> bool:
    """Whether a word says nothing by itself."""
    plain = read_wording().plain
    return len(word.folded) == 1 or word.folded in plain or (word.arabic and _without_and(word.folded) in plain)


def same(draft: str, source: str, language: str) -> bool:
    """Whether two folded words are one in sense: by form, by stem, by a derived form, or by family.

    >>> same("participation", "participe", "fr"), same("financement", "finance", "fr"), same("oran", "orange", "fr")
    (True, True, False)
    """
    if draft == source or bare(draft) == bare(source):
        return True
    if draft[0].isdigit() or source[0].isdigit():
        return False
    if draft[0] > "z" and bool(_RELATIVE.search(bare(draft))) != bool(_RELATIVE.search(bare(source))):
        return bool(families(draft) & families(source))
    mine, theirs = stem(draft, language), stem(source, language)
    if mine == theirs or _short(mine) == _short(theirs) or _derived(mine, theirs):
        return True
    if draft[0] > "z" and source[0] > "z" and _one_root(draft, source):
        return True
    entailed = frozenset().union(*(read_wording().entails.get(name, frozenset()) for name in families(source)))
    return bool(families(draft) & (families(source) | entailed))


def _short(stemmed: str) -> str:
    """A stem without the endings that folded accents hide from the stemmer ("remerciée")."""
    return stemmed.rstrip("eis") if len(stemmed) > 5 and stemmed[0] <= "z" else stemmed


_DERIVED = re.compile(
    r"^(?:at|it|ion|ation|ement|ment|eur|if|ativ|ance|ence|er|e|ee|ing|ed|or|ant|age|ur|tur|etur|issement|isation|is|i?air|i?ent|aient|ait)$"
)


def _derived(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return len(short) >= 4 and short[0] <= "z" and long.startswith(short) and bool(_DERIVED.match(long[len(short) :]))


_RELATIVE = re.compile(r"ي(?:ه|ات|ين|ون|ا)?$")
"""The ending that makes of a name another word: "منصور" and "منصوري" are two men."""
_WEAK = re.compile(r"[اويهةء]")


def _one_root(left: str, right: str) -> bool:
    """Whether a verb in the imperfect and another form share their root letters; two nouns are never compared so."""
    if not any(word[:1] in "يت" or word.startswith("است") for word in (left, right)):
        return False
    roots = {_WEAK.sub("", re.sub(r"^(?:است|تست|يست|[يتنم])", "", bare(word))).rstrip("تن") for word in (left, right)}
    return len(roots) == 1 and len(next(iter(roots))) >= 2
