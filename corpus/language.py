"""Which language a text is in: French, Arabic or English. The door to lingua."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

LANGUAGES = ("fr", "ar", "en")


def detect(text: str, default: str = "fr") -> str:
    """The language of a text; `default` where it cannot be told.

    >>> detect("ما هي الاتفاقيات؟"), detect("What is the programme?"), detect("12 / 07")
    ('ar', 'en', 'fr')
    """
    letters = [c for c in text[:4000] if c.isalpha()]
    if not letters:
        return default
    if sum("\u0600" <= c <= "\u06ff" for c in letters) * 2 > len(letters):
        return "ar"
    found = _detector().detect_language_of(text[:4000])
    return {"FRENCH": "fr", "ENGLISH": "en", "ARABIC": "ar"}.get(found.name, default) if found else default


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.FRENCH, Language.ENGLISH).build()
