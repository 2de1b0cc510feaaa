"""Other words for what a question names: acronyms and full names across languages, months, spelled ordinals. Pure.

"CMIA", "AIMC" and "مجلس وزراء الداخلية العرب" all name the council that a French text calls CMAI. Expansion serves the
lexical side alone; it never adds a word to what the reader asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.glossary import Term
from index.terms import fold, query_terms, stem, words

_MONTHS = (
    "janvier january يناير جانفي",
    "fevrier february فبراير فيفري شباط",
    "mars march مارس آذار",
    "avril april أبريل أفريل نيسان",
    "mai may مايو ماي أيار",
    "juin june يونيو جوان حزيران",
    "juillet july يوليو جويلية تموز",
    "aout august أغسطس أوت آب",
    "septembre september سبتمبر أيلول",
    "octobre october أكتوبر",
    "novembre november نوفمبر",
    "decembre december ديسمبر",
)
_ORDINALS = {
    "deuxieme second seconde الثانية الثاني": 2,
    "troisieme third الثالثة الثالث": 3,
    "quatrieme fourth الرابعة الرابع": 4,
    "cinquieme fifth الخامسة الخامس": 5,
    "sixieme sixth السادسة السادس": 6,
    "septieme seventh السابعة السابع": 7,
    "huitieme eighth الثامنة الثامن": 8,
    "neuvieme ninth التاسعة التاسع": 9,
    "dixieme tenth العاشرة العاشر": 10,
}
_TENS = {
    "vingt twenty العشرون العشرين والعشرون والعشرين": 20,
    "trente thirty الثلاثون الثلاثين والثلاثون والثلاثين": 30,
    "quarante forty الأربعون الأربعين والأربعون والأربعين": 40,
}
_ARABIC_TEEN = re.compile(r"^عشره?$")
_FRENCH_TEENS = {"onzieme": 11, "douzieme": 12, "treizieme": 13, "quatorzieme": 14, "quinzieme": 15, "seizieme": 16}
_ENGLISH_TEENS = {
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "vingtieme": 20,
    "trentieme": 30,
    "thirtieth": 30,
}
_UNITS = {fold(word): value for names, value in _ORDINALS.items() for word in names.split()}
_TEN_WORDS = {fold(word): value for names, value in _TENS.items() for word in names.split()}
_MAYBE_ORDINAL = re.compile(r"i[eè]me|(?:nd|rd|th)\b|second|third|[\u0600-\u06ff]", re.IGNORECASE)
_WHOLE = _FRENCH_TEENS | _ENGLISH_TEENS
_MONTH_OF = {fold(word): names.split() for names in _MONTHS for word in names.split() if word not in ("may", "mars")}


class Expander:
    """Finds the glossary's names in a question and gives their other forms as terms."""

    def __init__(self, glossary: Sequence[Term]) -> None:
        self._forms: list[tuple[tuple[str, ...], bool, Term]] = []
        for term in glossary:
            for form in {form for forms in term.forms.values() for form in forms}:
                found = tuple(fold(word) for word in words(form))
                if found:
                    self._forms.append((found, form.isupper() and len(form) < 4, term))
        self._forms.sort(key=lambda item: -len(item[0]))

    def expand(self, question: str, languages: Sequence[str]) -> list[tuple[str, ...]]:
        """Further words for a question, each with its possible terms in the languages of the index."""
        plain = words(question)
        folded = [fold(word) for word in plain]
        found: list[tuple[str, ...]] = []
        for term, form in self._named(plain, folded):
            at_home = any(_is_form(form, own) for language in languages for own in term.forms.get(language, ()))
            found.extend(_terms_of(term, languages, whole_name=not at_home))
        for word in folded:
            if names := _MONTH_OF.get(word):
                found.append(_stems(names, languages))
        found.extend((str(number),) for number in spelled_ordinals(question))
        known = set(query_terms(question, languages))
        return [item for item in dict.fromkeys(found) if item and item not in known]

    def _named(self, plain: Sequence[str], folded: Sequence[str]) -> list[tuple[Term, tuple[str, ...]]]:
        named: dict[str, tuple[Term, tuple[str, ...]]] = {}
        taken = [False] * len(folded)
        for form, capitals, term in self._forms:
            for at in range(len(folded) - len(form) + 1):
                span = slice(at, at + len(form))
                if any(taken[span]) or not _same(form, folded[span]):
                    continue
                if capitals and not all(word.isupper() for word in plain[span]):
                    continue
                taken[span] = [True] * len(form)
                named[term.id] = term, form
        return list(named.values())


def spelled_ordinals(text: str) -> list[int]:
    """Ordinals written as words, in order.

    >>> spelled_ordinals("la dix-septième et la trente-deuxième"), spelled_ordinals("الدورة السابعة عشرة")
    ([17, 32], [17])
    >>> spelled_ordinals("the thirty-fifth session"), spelled_ordinals("الدورة الخامسة والثلاثين")
    ([35], [35])
    """
    if not _MAYBE_ORDINAL.search(text):
        return []
    folded = [fold(word) for word in words(text)]
    found: list[int] = []
    at = 0
    while at < len(folded):
        word = folded[at]
        following = folded[at + 1] if at + 1 < len(folded) else ""
        if word in _WHOLE:
            found.append(_WHOLE[word])
        elif word == "dix" and following in _UNITS:
            found.append(10 + _UNITS[following])
            at += 1
        elif word in _TEN_WORDS and following in _UNITS:
            found.append(_TEN_WORDS[word] + _UNITS[following])
            at += 1
        elif word in _UNITS and _ARABIC_TEEN.match(following):
            found.append(10 + _UNITS[word])
            at += 1
        elif word in _UNITS and following in _TEN_WORDS and word[0] > "z":
            found.append(_TEN_WORDS[following] + _UNITS[word])
            at += 1
        elif word in _UNITS:
            found.append(_UNITS[word])
        at += 1
    return found


def _same(form: Sequence[str], asked: Sequence[str]) -> bool:
    return all(a == b or (b[:1] > "z" and b.lstrip("وبلف") == a) for a, b in zip(form, asked, strict=True))


def _is_form(form: tuple[str, ...], own: str) -> bool:
    return form == tuple(fold(word) for word in words(own))


def _terms_of(term: Term, languages: Sequence[str], whole_name: bool) -> list[tuple[str, ...]]:
    """A name as words: its one-word forms are one word with several terms, its full name one word each."""
    every = [form for forms in term.forms.values() for form in forms]
    short = [form for form in every if len(words(form)) == 1]
    found = [_stems(short, languages)] if short else []
    for language in languages if whole_name else ():
        full = next((form for form in term.forms.get(language, ()) if len(words(form)) > 1), None)
        if full:
            found.extend(query_terms(full, (language,)))
    return found


def _stems(forms: Sequence[str], languages: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(word, lang) for form in forms for word in words(form) for lang in languages))
