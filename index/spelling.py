"""Likely typing errors of a question, put right from the words of the texts. Pure.

Only slips of the hand and of the ear are: letters swapped, doubled or left out, a neighbouring key, another spelling of
the same sound. What differs in another way is another word ("secrétaire", "sécuritaire"), and so is what differs at the
end, where words are inflected. Numbers, references, short words, common words of any language and acronyms are left
alone: "ONUDI" is no mistyped "ONUDC". A question in one language is not put right from the words of another, names
excepted: "development" is no mistyped "développement".

A word that a model of language holds whole ("plante") is a word of its own, unless only a double letter is wrong
("programe"). In Arabic, where one letter more or other makes another form of the same root, only slips of the hand
count.

Words at one edit are tried by looking each possible form up. Words at two are found by thirds: two edits leave one of
three parts of a word whole (Wu and Manber, 1992), so only words that share a part, and the first letter, are compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.months import MONTHS
from index.terms import STOPWORDS, attached, fold, stem, words

SHORTEST = 5
"""Letters a word needs before it may be put right, `KEYED` before a wrong key may; `LONG` before two edits may in a
name, `LONGEST` in another word."""
KEYED = 7
LONG = 8
LONGEST = 11
INFLECTED = 3
"""Last letters in which another letter makes another form of the word."""

_TOKEN = re.compile(r"[\w+/@.-]*[\w]")
_WORD_OR_STOP = re.compile(r"(?<![\d\w])[^\W\d_]+|[.!?:;•\n«»]")
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
_PARTICIPLE = re.compile(r"ees?$")
_DOUBLED = re.compile(r"(.)\1+")
_SOUNDS = tuple(
    (re.compile(written), said)
    for written, said in (
        (r"ph", "f"), (r"(?<=[trg])h", ""), (r"gu(?=[eiy])", "g"), (r"[ts]ion", "sion"), (r"c(?=[eiy])", "s"), (r"qu?|c", "k"), (r"y", "i"),
        (r"e([mn])(?!ts?$)(?=[^aeiouymn])", r"a\1"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_FORMING = frozenset("اويتمنسه")
DOUBLE = 3
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
) | {fold(word) for name in MONTHS for word in words(name)}
_STOPS = frozenset(fold(word) for word in STOPWORDS)


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as typed, at `start:end` of the question, and the word of the texts that was meant."""

    word: str
    start: int
    end: int
    meant: str


def count_words(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word occurs: in small letters, or as written where it is a name.

    A name has its capital within sentences, and is nowhere in small letters.

    >>> sorted(count_words(["Le Maghreb", "Un programme", "Programme du Maghreb. Deux, 2015"]).items())
    [('Maghreb', 2), ('deux', 1), ('du', 1), ('le', 1), ('programme', 2), ('un', 1)]
    """
    within: Counter[str] = Counter()
    opening: Counter[str] = Counter()
    for text in texts:
        opens = True
        found: set[str] = set()
        at_head: set[str] = set()
        for token in _WORD_OR_STOP.findall(text):
            if token[0].isalpha():
                (at_head if opens else found).add(token)
                opens = False
            else:
                opens = True
        within.update(found)
        opening.update(at_head - found)
    small = {word for word in within if not word[0].isupper()} | {word for word in opening if not word[0].isupper()}
    counted: Counter[str] = Counter()
    for word, count in (within + opening).items():
        name = word in within and word[0].isupper() and word.casefold() not in small
        counted[word if name or (word.isupper() and len(word) > 1) else word.casefold()] += count
    return counted


@dataclass(slots=True)
class _Form:
    """A word of the texts: as it is written, in how many texts, in which languages; a name has no small letters."""

    written: str
    count: int
    languages: set[str]

    @property
    def name(self) -> bool:
        return self.written[0].isupper()


class Speller:
    """Knows the words of the texts, and which of them may have been meant by another."""

    def __init__(
        self,
        counts: Mapping[str, Mapping[str, int]],
        others: Iterable[str] = (),
        holds: Callable[[str], bool] = lambda _: False,
        whole: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`counts` are `count_words` by language; `others` are right without being in the texts: the glossary's.

        `holds` tells whether a search finds a word in any of its forms, `whole` whether it is a word to a model of
        language; both are asked about few words.
        """
        self._holds, self._whole = holds, whole
        self._forms: dict[str, _Form] = {}
        for language, counted in counts.items():
            for word, count in counted.items():
                self._add(word, count, language)
        self._known = _COMMON | _STOPS | {fold(word) for other in others for word in words(other)}
        self._known |= {form for folded in self._forms if folded > "\u0600" for form in attached(folded)[1:]}
        self._parts: dict[tuple[int, int, str, str], list[str]] = defaultdict(list)
        for folded in self._forms:
            if len(folded) >= LONG:
                for place, (start, end) in enumerate(_thirds(len(folded))):
                    self._parts[len(folded), place, folded[start:end], folded[0]].append(folded)

    def correct(self, question: str, language: str) -> tuple[Correction, ...]:
        """The corrections of a question in a language, in its order; none for a word that the texts or any language know.

        A word that may be a slip for two others as well is left alone.

        >>> speller = Speller({"fr": {"programme": 4, "CAPDEL": 2, "coopération": 9}})
        >>> [(c.word, c.meant) for c in speller.correct("le programe capdle et la cooperation de 2015", "fr")]
        [('programe', 'programme'), ('capdle', 'CAPDEL')]
        """
        found = []
        for token in _TOKEN.finditer(question):
            if any(c.isdigit() or c in "/@+" for c in token[0]) or (token[0].isupper() and not token[0].isalpha()):
                continue
            for piece in re.finditer(r"[^\W\d_]+", token[0]):
                start = token.start() + piece.start()
                if meant := self._meant(piece[0], language, opens=not question[:start].strip()):
                    found.append(Correction(piece[0], start, start + len(piece[0]), meant))
        return tuple(found)

    def knows(self, word: str) -> bool:
        """Whether a word is right as it stands: in the texts, in the glossary or common."""
        forms = attached(fold(word))
        return any(form in self._forms or form in self._known for form in forms) or self._holds(word)

    def _add(self, word: str, count: int, language: str) -> None:
        folded = word.lower() if word.isascii() else fold(word)
        form = self._forms.get(folded)
        if form is None:
            self._forms[folded] = _Form(word, count, {language})
            return
        if (form.name, -form.count) > (word[0].isupper(), -count):
            form.written = word
        form.count += count
        form.languages.add(language)

    def _meant(self, word: str, language: str, opens: bool) -> str:
        folded = fold(word)
        if len(folded) < SHORTEST or self.knows(word):
            return ""
        near = {form for form in _one_edit(folded) if form in self._forms}
        if not near and len(folded) >= LONG:
            near = set(self._two_edits(folded))
        near = {form for form in near if self._may_mean(form, word, language, opens)}
        likely = {form: slip(folded, form, self._forms[form].name) for form in near}
        least = DOUBLE if any(likely.values()) and self._whole(word) else 1
        best = sorted((form for form in likely if likely[form] >= least), key=lambda form: (-likely[form], form))
        if not best:
            return self._elided(folded)
        if len(best) > 1 and likely[best[0]] == likely[best[1]] and not self._same_word(best[0], best[1]):
            return ""
        return self._forms[best[0]].written

    def _may_mean(self, folded: str, typed: str, language: str, opens: bool) -> bool:
        form = self._forms[folded]
        if folded in _STOPS:
            return False
        if not form.name and language not in form.languages:
            return False
        if typed.isupper():
            return sorted(folded) == sorted(fold(typed))
        return opens or not typed[0].isupper() or len(folded) > SHORTEST

    def _same_word(self, one: str, other: str) -> bool:
        return not set(_stems(self._forms[one].written)).isdisjoint(_stems(self._forms[other].written))

    def _elided(self, folded: str) -> str:
        """ "lalgerie" is "l'Algérie": an article without its apostrophe."""
        form = self._forms.get(folded[1:]) if folded[0] == "l" and folded[1] in "aeiouh" else None
        return f"l'{form.written}" if form and len(folded) > SHORTEST else ""

    def _two_edits(self, folded: str) -> list[str]:
        tried: set[str] = set()
        for length in range(len(folded) - 2, len(folded) + 3):
            for place, (start, end) in enumerate(_thirds(length)):
                for shift in range(-2, 3):
                    if start + shift >= 0:
                        tried.update(
                            self._parts.get((length, place, folded[start + shift : end + shift], folded[0]), ())
                        )
        letters = _letters(folded)
        near = [form for form in tried if (_letters(form) ^ letters).bit_count() <= 4]
        return [form for form in near if within(folded, form, 2)]


def understood(question: str, corrections: Sequence[Correction]) -> str:
    """The question with its corrections, as it may be shown behind "compris comme".

    >>> understood("Le programe", [Correction("programe", 3, 11, "programme")])
    'Le programme'
    """
    for correction in sorted(corrections, key=lambda c: -c.start):
        meant = correction.meant
        if correction.word.isupper():
            meant = meant.upper()
        elif correction.word[0].isupper():
            meant = meant[0].upper() + meant[1:]
        question = question[: correction.start] + meant + question[correction.end :]
    return question


def slip(typed: str, meant: str, name: bool = False) -> int:
    """How usual a slip makes `typed` of `meant`, both folded: `DOUBLE` the most usual, 1 the least, 0 none.

    >>> slip("programe", "programme"), slip("capdle", "capdel"), slip("convetion", "convention"), slip("finence", "finance")
    (3, 2, 2, 2)
    >>> slip("secretaire", "securitaire"), slip("visent", "visant"), slip("train", "trait"), slip("entree", "entre")
    (0, 0, 0, 0)
    """
    if typed[0] != meant[0]:
        return 0
    if _DOUBLED.sub(r"\1", typed) == _DOUBLED.sub(r"\1", meant):
        return 0 if bool(_PARTICIPLE.search(typed)) != bool(_PARTICIPLE.search(meant)) else DOUBLE
    if typed[0] > "\u0600":
        return _arabic_slip(typed, meant)
    long = len(typed) >= (LONG if name else LONGEST)
    if sorted(typed) == sorted(meant):
        return 2 if within(typed, meant, 1) else int(long)
    if _sound(typed) == _sound(meant):
        return 2
    if len(typed) < len(meant) and typed[-1] == meant[-1] and _within_order(typed, meant):
        left_out = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), len(typed))
        inner = left_out < len(meant) - INFLECTED or len(typed) >= LONGEST
        return 2 * inner if len(meant) == len(typed) + 1 else int(long)
    wrong = _wrong_letters(typed, meant)
    return int(len(typed) >= KEYED and len(wrong) == 1 and wrong[0] < len(typed) - INFLECTED and _keyed(typed, meant))


def _arabic_slip(typed: str, meant: str) -> int:
    """Letters swapped, left out or taken for their neighbours, none of them one that forms are made with."""
    wrong = _wrong_letters(typed, meant)
    if len(typed) == len(meant) and sorted(typed) == sorted(meant):
        return int(len(typed) >= KEYED and not {typed[at] for at in wrong} & _FORMING)
    if len(typed) + 1 == len(meant):
        left = Counter(meant) - Counter(typed)
        return int(len(typed) >= KEYED and _within_order(typed, meant) and not set(left) & _FORMING)
    return int(len(typed) > SHORTEST and len(wrong) == 1 and _keyed(typed, meant))


def _wrong_letters(typed: str, meant: str) -> list[int]:
    """Where two words of one length differ; nowhere if they are of two."""
    return [at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b and len(typed) == len(meant)]


def _keyed(typed: str, meant: str) -> bool:
    return all(a == b or a + b in _NEAR for a, b in zip(typed, meant, strict=True))


def _within_order(short: str, long: str) -> bool:
    """Whether the letters of `short` stand in `long` in their order."""
    letters = iter(long)
    return all(letter in letters for letter in short)


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


def _stems(word: str) -> tuple[str, ...]:
    return (stem(word, "ar"),) if word[0] > "\u0600" else (stem(word, "fr"), stem(word, "en"))


def _sound(folded: str) -> str:
    """How a French or English word sounds, roughly: what is written in two ways and said in one is the same here."""
    for written, said in _SOUNDS:
        folded = written.sub(said, folded)
    return folded


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
