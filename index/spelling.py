"""Likely typing errors of a question, put right from the words of the texts. Pure.

A correction serves the lexical side, as an expansion does, and is shown to the reader; it never replaces what was
asked. Numbers, references, short words, common words of any language and acronyms are left alone: "ONUDI" is no
mistyped "ONUDC". A name that the texts do not hold must be told so, hence names are corrected only when long.

Words at one edit are tried by looking each possible form up. Words at two are found by thirds: two edits leave one of
three parts of a word whole (Wu and Manber, 1992), so only words that share a part, and the first letter, are compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.terms import STOPWORDS, attached, fold, stem, words

SHORTEST = 5
"""Letters a word needs before one edit may be put right; `LONG` before two may."""
LONG = 8
MOST = 3

_TOKEN = re.compile(r"[\w+/@.-]*[\w]")
_KEYS = (
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "ضصثقفغعهخحجد",
    "شسيبلاتنمكط",
    "ءورلايةوزظ",
)
_NEAR = frozenset(pair for row in _KEYS for a, b in pairwise(row) for pair in (a + b, b + a))
_LATIN, _ARABIC = "abcdefghijklmnopqrstuvwxyz", "ءابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_COMMON = frozenset(
    fold(word)
    for word in (
        "année années jour jours mois semaine heure date dates lieu ville villes pays monde état états nom noms nombre type types genre sujet thème "
        "raison cause effet but objet objectif objectifs rôle mission missions exemple question réponse texte textes document documents page "
        "gens homme femme enfant enfants père mère fils fille ami amis maison voiture école travail argent prix budget salaire coût loi droit guerre "
        "paix santé sport football match équipe musique film livre histoire météo temps cuisine recette capitale président ministre roi premier "
        "première dernier dernière nouveau nouvelle grand grande petit petite autre autres même mêmes chaque plusieurs certains toujours jamais "
        "aujourd'hui demain hier maintenant encore déjà aussi très trop beaucoup peu moins mieux savoir connaître trouver trouve situe situé siège "
        "faire avoir être aller venir prendre mettre vouloir pouvoir devoir falloir parler dire donner montrer expliquer comparer différence entre "
        "year years month months day days week place city town country countries world state name names number kind reason cause goal goals aim aims "
        "role example question answer text people man woman child money price cost salary law right rights war peace health weather food music movie "
        "book story capital president minister king first last next other same every some always never today tomorrow yesterday now still already "
        "also very much many few less more better know find found located based make take give show explain compare difference between "
        "سنة سنوات يوم أيام شهر أسبوع مكان مدينة دولة بلد عالم اسم عدد نوع سبب هدف أهداف دور مثال سؤال جواب نص رجل امرأة طفل مال سعر ميزانية قانون حق "
        "حرب صحة رياضة كرة موسيقى فيلم كتاب تاريخ طقس عاصمة رئيس وزير ملك أول آخر جديد كبير صغير اليوم غدا أمس الآن أيضا جدا كثير قليل"
    ).split()
)
_STOPS = frozenset(fold(word) for word in STOPWORDS)


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as typed, at `start:end` of the question, and what may have been meant, the likeliest first.

    `sure` where nothing else is as likely: only then is it to be shown as understood.
    """

    word: str
    start: int
    end: int
    meant: tuple[str, ...]
    sure: bool = True


def count_words(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word occurs, as written but in small letters: what `Speller` is made from."""
    return Counter(word for text in texts for word in {word.casefold() for word in words(text)})


class Speller:
    """Knows the words of the texts, with the number of texts that hold each, and what else may be typed."""

    def __init__(self, frequencies: Mapping[str, int], others: Iterable[str] = ()) -> None:
        """`others` are words that are right without being in the texts: the glossary's."""
        self._written: dict[str, tuple[str, int]] = {}
        for word, frequency in frequencies.items():
            folded = fold(word)
            if word[:1].isalpha() and frequency > self._written.get(folded, ("", 0))[1]:
                self._written[folded] = (word, frequency)
        self._known = _COMMON | _STOPS | {fold(word) for other in others for word in words(other)}
        self._known |= {form for folded in self._written if folded > "\u0600" for form in attached(folded)[1:]}
        self._stems = {term for word, _ in self._written.values() for term in _stems(word)}
        self._parts: dict[tuple[int, int, str, str], list[str]] = defaultdict(list)
        self._letters: dict[str, int] = {}
        for folded in self._written:
            if len(folded) >= LONG - 2:
                self._letters[folded] = _letters(folded)
                for place, (start, end) in enumerate(_thirds(len(folded))):
                    self._parts[len(folded), place, folded[start:end], folded[0]].append(folded)

    def correct(self, question: str) -> tuple[Correction, ...]:
        """The corrections of a question, in its order; none for a word that the texts or any language know.

        >>> speller = Speller({"programme": 4, "capdel": 2, "coopération": 9})
        >>> [(c.word, c.meant) for c in speller.correct("le programe capdle et la cooperation de 2015")]
        [('programe', ('programme',)), ('capdle', ('capdel',))]
        """
        found = []
        for token in _TOKEN.finditer(question):
            if any(c.isdigit() or c in "/@+" for c in token[0]) or token[0].isupper():
                pieces: Iterator[re.Match[str]] = (
                    iter(()) if not _may_be_name(token[0]) else re.finditer(r"[^\W\d_]+", token[0])
                )
            else:
                pieces = re.finditer(r"[^\W\d_]+", token[0])
            for piece in pieces:
                start = token.start() + piece.start()
                if meant := self._meant(piece[0], opens=not question[:start].strip()):
                    sure = len(meant) == 1 or _likeness(fold(piece[0]), fold(meant[0])) > _likeness(
                        fold(piece[0]), fold(meant[1])
                    )
                    found.append(Correction(piece[0], start, start + len(piece[0]), meant, sure))
        return tuple(found)

    def knows(self, word: str) -> bool:
        """Whether a word is right as it stands: in the texts, in their stems, in the glossary or common."""
        folded = fold(word)
        forms = attached(folded)
        return any(form in self._written or form in self._known for form in forms) or not self._stems.isdisjoint(
            _stems(word)
        )

    def _meant(self, word: str, opens: bool) -> tuple[str, ...]:
        folded = fold(word)
        if len(folded) < SHORTEST or self.knows(word):
            return ()
        arabic, acronym, name = folded > "\u0600", word.isupper(), word[0].isupper() and not opens
        near = [form for form in _one_edit(folded) if form in self._written]
        if acronym:
            near = [form for form in near if sorted(form) == sorted(folded)]
        elif name:
            near = [form for form in near if len(folded) > 6 and form[0] == folded[0]]
        elif arabic:  # one letter more or other is another form of the same root as often as a slip
            near = [form for form in near if _likeness(folded, form) > 1]
        elif not near and len(folded) >= LONG:
            near = self._two_edits(folded)
        near = sorted(set(near), key=lambda form: (-_likeness(folded, form), -self._written[form][1], form))
        return tuple(self._written[form][0] for form in near[:MOST])

    def _two_edits(self, folded: str) -> list[str]:
        letters = _letters(folded)
        tried: set[str] = set()
        for length in range(max(len(folded) - 2, LONG - 2), len(folded) + 3):
            for place, (start, end) in enumerate(_thirds(length)):
                for shift in range(-2, 3):
                    if start + shift >= 0:
                        tried.update(
                            self._parts.get((length, place, folded[start + shift : end + shift], folded[0]), ())
                        )
        near = [form for form in tried if (self._letters[form] ^ letters).bit_count() <= 4]
        return [form for form in near if within(folded, form, 2)]


def understood(question: str, corrections: Sequence[Correction]) -> str:
    """The question with the sure corrections, as it may be shown behind "compris comme".

    >>> understood("le programe", [Correction("programe", 3, 11, ("programme",))])
    'le programme'
    """
    for correction in sorted((c for c in corrections if c.sure), key=lambda c: -c.start):
        meant = correction.meant[0]
        if correction.word.isupper():
            meant = meant.upper()
        elif correction.word[0].isupper():
            meant = meant.capitalize()
        question = question[: correction.start] + meant + question[correction.end :]
    return question


def alternatives(corrections: Sequence[Correction], languages: Sequence[str]) -> list[tuple[str, ...]]:
    """For each correction, the terms of what may have been meant: what `LexicalIndex.search` takes as one more word."""
    return [
        tuple(dict.fromkeys(stem(word, language) for word in correction.meant for language in languages))
        for correction in corrections
    ]


def within(one: str, other: str, most: int) -> bool:
    """Whether `other` is at most that many edits from `one`: a letter more, less, other, or two swapped neighbours.

    Optimal string alignment (Boytsov, 2011), given up as soon as a row is over the limit.

    >>> within("capdle", "capdel", 1), within("programe", "programme", 1), within("corruption", "cooperation", 2)
    (True, True, False)
    """
    if abs(len(one) - len(other)) > most:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        current = [i]
        for j, b in enumerate(other, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return False
        before, row = row, current
    return row[-1] <= most


def _may_be_name(token: str) -> bool:
    return token.isalpha() and len(token) > SHORTEST


def _stems(word: str) -> tuple[str, ...]:
    return (stem(word, "ar"),) if word[0] > "\u0600" else (stem(word, "fr"), stem(word, "en"))


def _thirds(length: int) -> tuple[tuple[int, int], ...]:
    a, b = length // 3, 2 * length // 3
    return (0, a), (a, b), (b, length)


def _letters(word: str) -> int:
    """The set of a word's letters as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


def _one_edit(word: str) -> Iterator[str]:
    alphabet = _ARABIC if word[0] > "z" else _LATIN
    for at in range(len(word) + 1):
        start, rest = word[:at], word[at:]
        if rest:
            yield start + rest[1:]
            if len(rest) > 1:
                yield start + rest[1] + rest[0] + rest[2:]
        for letter in alphabet:
            yield start + letter + rest
            if rest:
                yield start + letter + rest[1:]


def _likeness(typed: str, meant: str) -> int:
    """How usual a slip is: swapped letters 3, a doubled or dropped letter 2, a neighbouring key 2, else 1; the first
    letter is rarely wrong."""
    first = 0 if typed[0] == meant[0] else -2
    if sorted(typed) == sorted(meant):
        return 3 + first
    at = next((n for n, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    if len(typed) == len(meant):
        return (2 if typed[at] + meant[at] in _NEAR else 1) + first
    longer = max(typed, meant, key=len)
    return (2 if at and longer[at] == longer[at - 1] else 1) + first
