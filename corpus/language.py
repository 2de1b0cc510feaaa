"""Which language a text is in: French, Arabic or English. The door to lingua.

Questions are short and full of names: "CAPDEL ?" is in no language, "ما هو CMAI؟" is Arabic whatever its letters count.
So acronyms and numbers are left aside, closed words of one language decide, and lingua is asked only then; where it is
hardly surer of one language than of the other, the reader's language is taken.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

LANGUAGES = ("fr", "ar", "en")
SHORT = 12
"""Up to how many words a text is a question, in which closed words decide."""

_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile("[\u0600-\u06ff]")
_SURE = 0.7
_FRENCH = frozenset(
    "le la les l un une des du de d au aux et ou où que qu qui quoi quel quelle quels quelles est sont été être ce c cette ces il elle ils "
    "elles on nous vous je tu quand comment combien pourquoi avec pour dans sur chez entre ne pas en y son sa ses leur leurs a t "
    "parle moi donne cite quoi s qui lesquelles lesquels laquelle lequel là dont j bonjour merci salut".split()
)
_ENGLISH = frozenset(
    "the of to in and is are was were be been do does did has have had which what who whom whose when where why how many much this that "
    "these those it its their they them he she you your we our can could will would should about from with for by at hello thanks tell "
    "give me any there role ministry objectives agreement meeting council working".split()
)


def detect(text: str, default: str = "fr") -> str:
    """The language of a text; `default`, the reader's, where it cannot be told.

    >>> detect("ما هي الاتفاقيات؟"), detect("What is the programme?"), detect("12 / 07")
    ('ar', 'en', 'fr')
    >>> detect("CAPDEL ?", "en"), detect("ما هو CMAI؟"), detect("la police", "en")
    ('en', 'ar', 'fr')
    """
    text = text[:4000]
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    telling = [word for word in found if not (word.isupper() and len(word) > 1) and not word.isdigit()]
    arabic = [word for word in telling if _ARABIC.match(word)]
    framed = (
        bool(telling)
        and len(found) <= SHORT
        and not _ARABIC.match(telling[0])
        and _by_closed_words([telling[0].casefold()])
    )
    if (
        arabic
        and not framed
        and (len(arabic) * 2 >= len(telling) or _ARABIC.match(telling[0]))
        and not _mostly_latin(telling)
    ):
        return "ar"
    latin = [word.casefold() for word in telling if not _ARABIC.match(word)]
    if not latin:
        return "ar" if arabic else default
    if len(found) <= SHORT and (closed := _by_closed_words(latin)):
        return closed
    return _by_lingua(
        " ".join(word for word in telling if not _ARABIC.match(word)) if len(found) <= SHORT else text, default
    )


def _mostly_latin(telling: list[str]) -> bool:
    return sum(map(len, filter(_ARABIC.match, telling))) * 3 < sum(map(len, telling))


def _by_closed_words(latin: list[str]) -> str:
    french, english = (sum(word in words for word in latin) for words in (_FRENCH, _ENGLISH))
    if french == english:
        return "fr" if any(ord(letter) > 127 for word in latin for letter in word) and french else ""
    return "fr" if french > english else "en"


def _by_lingua(text: str, default: str) -> str:
    values = {value.language.name: value.value for value in _detector().compute_language_confidence_values(text)}
    best = max(values, key=lambda name: values[name], default="")
    if not best or values[best] < _SURE:
        return default
    return {"FRENCH": "fr", "ENGLISH": "en"}.get(best, default)


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.FRENCH, Language.ENGLISH).build()
