"""Words as the lexical side knows them: folded, unified, stemmed.

Letters lose case and accents, Arabic letters their variants and vowel signs, numbers their leading zeros and ordinal
endings ("07" and "7", "35ème" and "35"); then each word is stemmed by Snowball in the text's language. Pure, but for
the stemmers it keeps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+", re.UNICODE)
ORDINAL_ENDING = "(?:[eè]mes?|[eè]re?s?|er|e|è|nde?|st|nd|rd|th)"
"""What a number ends in that is a place in a series, as a pattern that does not heed case."""
_ORDINAL = re.compile(rf"(?<=\d){ORDINAL_ENDING}\b", re.IGNORECASE)
_ARABIC_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي")
_ARABIC_SAME = str.maketrans("أإآٱى", "اااا" + "ي")
_DEFINITE = re.compile("[وف]?(?:[بك]?ال|لل)(?=[\u0600-\u06ff]{2})")
_ATTACHED = ("و", "ل", "ب", "ك", "ف", "ول", "وب")
_PRONOUN = re.compile("(?:(?<=[\u0600-\u06ff]{3})ها|(?<=[\u0600-\u06ff]{4})هم|(?<=[\u0600-\u06ff]{3})هما)$")
_LANGUAGES = {"fr": "french", "en": "english"}
_THEY = re.compile(r"(?:[^\W\d_]{2}[^m\W\d_]|[^\W\d_]rm)ent$")
"""What verbs end in when several do it, but for "tient" and "vient"; words in -ment are most often none."""
LONG = 5
"""Letters of a stem that loses a last "i": a participle's or an infinitive's as a rule; "appui" loses it everywhere."""
_NO_VERB = frozenset(
    "absent accident adherent adjacent adolescent afferent agent ambivalent antecedent apparent ardent argent client coherent "
    "competent concurrent confident conscient consequent content contingent continent convergent corpulent couvent decadent "
    "decent deferent different diligent dissident divergent effervescent efficient eloquent emergent eminent equivalent evident "
    "excellent expedient fervent fluorescent frequent imminent impatient impotent imprudent incident incoherent incompetent "
    "inconscient inconvenient indecent indifferent indigent influent ingredient inherent innocent insolent insurgent "
    "intelligent intermittent latent mecontent negligent occident omnipotent opulent orient parent patent patient penitent "
    "permanent pertinent polyvalent precedent present president proeminent prudent quotient recent recipient recurrent "
    "referent regent resident reticent serment souvent subsequent talent torrent tourment transparent turbulent urgent "
    "violent virulent affluent convalescent coefficient ferment sergent serpent detergent tangent gradient trident escient".split()
)
"""Words in -ent that are no verbs, or are more often none: their feminine or their plural keeps the ending."""

STOPWORDS = frozenset(
    # French
    "le la les l un une des du de d au aux a et ou où que qu qui quoi dont quel quelle quels quelles est sont été être "
    "était étaient sera fut furent ont avait avoir ayant ce cet cette ces c ci ça cela se s sa son ses leur leurs lui il "
    "elle ils elles on nous vous je tu j me m te t mon ma mes ton ta tes notre nos votre vos y en dans sur sous par pour "
    "avec sans vers chez entre ne n pas plus moins si comme quand comment combien pourquoi lequel laquelle lesquels "
    "lesquelles auquel duquel ainsi aussi donc or ni car mais tout toute tous toutes fait faire peut peuvent doit lors "
    "depuis pendant après avant "
    # What people say around a question
    "veuillez préciser précisez dire dites donner donne donnez indiquer indiquez savoir voudrais souhaite svp merci "
    "bonjour moi est-ce appelle nomme exactement please tell give know say thanks hello me "
    # English
    "the an of to in on at by for with from and or is are was were be been being do does did has have had which what "
    "who whom whose when where why how many much that this these those it its as not no if than then there their they "
    "them his her he she you your we our can could will would should may about into "
    # Arabic, folded as `fold` does
    "في من علي الي عن ما ماذا متي اين كيف كم هل هو هي هم التي الذي الذين هذا هذه ذلك تلك و او ثم ان كان كانت يكون "
    "تم مع بين قد لا لم لن كل اي ايه هما منذ حول بعد قبل عند لدي".split()
)


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """`text` without case, accents, Arabic variants and vowel signs; digits become 0-9.

    >>> fold("L’Élève"), fold("الإتّفاقيَّة ٣٥")
    ("l'eleve", 'الاتفاقيه 35')
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ʼ", "'")
    text = _ARABIC_MARKS.sub("", text).translate(_ARABIC_LETTERS)
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def words(text: str) -> list[str]:
    """The words and numbers of `text` as written, ordinal endings removed.

    >>> words("La 35ème session, l'Algérie, 07/03")
    ['La', '35', 'session', 'l', 'Algérie', '07', '03']
    """
    return _WORD.findall(_ORDINAL.sub("", unicodedata.normalize("NFKC", text)))


def placed_words(text: str) -> list[tuple[str, int, int]]:
    """The words and numbers of `text`, each with where it begins and ends; ordinal endings are words of their own.

    >>> placed_words("Le P3A")
    [('Le', 0, 2), ('P', 3, 4), ('3', 4, 5), ('A', 5, 6)]
    """
    return [(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]


def stem(word: str, language: str) -> str:
    """One word as a term: folded and stemmed; numbers lose leading zeros.

    >>> stem("Conventions", "fr"), stem("007", "fr"), stem("الاتفاقيات", "ar") == stem("اتفاقية", "ar")
    ('convent', '7', True)
    """
    if word[0].isdigit():
        return fold(word).lstrip("0") or "0"
    return _stem_word(word, language)


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in one language, in order, stop words and single letters left out."""
    return [term for word in words(text) if (term := _term(word, language))]


def query_terms(text: str, languages: Sequence[str]) -> list[tuple[str, ...]]:
    """For each content word of a question, its possible terms: one for each language of the index, and for Arabic
    those of the word with a preposition or conjunction attached or removed."""
    found = []
    for word in words(text):
        if _content(word):
            found.append(tuple(dict.fromkeys(term for language in languages for term in _asked(word, language))))
    return list(dict.fromkeys(found))


def named_terms(text: str, languages: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Of `query_terms`, those of names and numbers: words with a capital that opens no sentence, acronyms, figures."""
    found = set()
    for at, word in enumerate(words(text)):
        capital = word[0].isupper() and (at > 0 or (len(word) > 1 and word.isupper()))
        if _content(word) and (capital or word[0].isdigit()):
            found.add(tuple(dict.fromkeys(term for language in languages for term in _asked(word, language))))
    return frozenset(found)


def attached(word: str) -> list[str]:
    """A folded word, and what it may be without the conjunction or preposition attached to it in Arabic.

    >>> attached("ولمجلس"), attached("للاتحاد")[-1], attached("session")
    (['ولمجلس', 'لمجلس', 'مجلس'], 'الاتحاد', ['session'])
    """
    found = [word]
    if word[:1] in "وف" and len(word) > 3:
        found.append(word[1:])
    for form in list(found):
        if form[:1] in "بلك" and len(form) > 3:
            found.append("ا" + form[1:] if form.startswith("لل") else form[1:])
    return list(dict.fromkeys(found))


def _asked(word: str, language: str) -> list[str]:
    """The terms under which a text may hold a question's word; "council" finds "to a council" and the reverse."""
    own = stem(word, language)
    folded = fold(word)
    if not "\u0600" <= folded[:1] <= "\u06ff" or language != "ar" or _DEFINITE.match(folded):
        return [own]
    others = [stem(form, language) for form in attached(folded)[1:] if len(form) > 2]
    written = [stem(before + folded, "ar") for before in _ATTACHED] if len(folded) > 2 else []
    return list(dict.fromkeys([own, *others, *written]))


def _content(word: str) -> bool:
    folded = fold(word)
    return folded[:1].isdigit() or (len(folded) > 1 and folded not in _FOLDED_STOPWORDS)


@lru_cache(maxsize=100_000)  # an index is made of few words, each many times
def _term(word: str, language: str) -> str:
    return stem(word, language) if _content(word) else ""


@lru_cache(maxsize=200_000)
def _stem_word(word: str, language: str) -> str:
    if "\u0600" <= word[0] <= "\u06ff":
        return _arabic_stem(_ARABIC_MARKS.sub("", word).translate(_ARABIC_SAME))
    if _LANGUAGES.get(language, "french") == "french":
        return _french_stem(word.casefold())
    return fold(str(_stemmer(_LANGUAGES[language]).stemWord(word.casefold())))


def _french_stem(word: str) -> str:
    """A French word's stem; "bénéficient", "bénéficie" and "bénéficié" have one, which Snowball tells apart."""
    if _THEY.search(word) and not word.endswith(("tient", "vient")) and fold(word) not in _NO_VERB:
        word = word[:-3] + "e"
    made = fold(str(_stemmer("french").stemWord(word)))
    return made[:-1] if len(made) >= LONG and made.endswith("i") else made


def _arabic_stem(word: str) -> str:
    """An Arabic word as if it had the article and nothing else in front: the stemmer treats words without it otherwise."""
    definite = _DEFINITE.match(word)
    bare = word[definite.end() :] if definite else word
    if not definite:
        bare = _PRONOUN.sub("", bare)
    if len(bare) > 3 and bare.endswith("ه"):
        bare = bare[:-1] + "ة"
    return fold(str(_stemmer("arabic").stemWord("ال" + bare))) or fold(bare)


@lru_cache(maxsize=8)
def _stemmer(name: str):  # type: ignore[no-untyped-def]
    import Stemmer

    return Stemmer.Stemmer(name)


_FOLDED_STOPWORDS = frozenset(fold(word) for word in STOPWORDS)
