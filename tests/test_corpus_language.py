"""The language of short and mixed questions; where nothing tells, the reader's language."""

from __future__ import annotations

import pytest

from corpus.language import detect

FRENCH = [
    "Et la 32e ?", "Où ?", "Qui ?", "la police", "Combien ?", "Parle-moi de NATO", "Qui dirige l'AIMC", "objectifs de l'UMA", "c quoi capdel",
    "quand est la session", "Le programme Individual Partnership ?", "Quel est le rôle de CyberSouth ?", "coopération", "et en 2015 ?", "pourquoi",
    "Qu'est-ce que مجلس وزراء الداخلية العرب ?", "À quoi sert le SPS ?", "financement CAPDEL", "Dans quelle ville ?",
    "Quels sont les objectifs du Council of Arab Interior Ministers ?", "Date de l'accord d'association",
]  # fmt: skip
ENGLISH = [
    "Where?", "Why?", "the CMAI", "members of CMAI", "What about NATO?", "And its objectives?", "And the 32nd?", "role of the Ministry",
    "UMA objectives", "CAPDEL funding", "What is the Conseil de l'Europe?", "Who signed the accord d'association?", "How many sessions?",
    "Capacity building", "What does مجلس وزراء الداخلية العرب do?",
]  # fmt: skip
ARABIC = [
    "ما هو CMAI؟", "ما CAPDEL؟", "وأين؟", "المجلس", "والدورة 32؟", "CMAI متى تأسس؟", "ما هو برنامج CAPDEL الممول من UE؟", "أهداف UMA", "متى؟",
    "ما هو Dialogue 5+5؟",
]  # fmt: skip
NEITHER = ["CAPDEL ?", "CMAI", "NATO", "5+5", "12/07/1999", "", "?!", "OTAN UMA", "SPS 2015"]


@pytest.mark.parametrize("default", ["fr", "en", "ar"])
@pytest.mark.parametrize(
    ("language", "text"),
    [(language, text) for language, texts in (("fr", FRENCH), ("en", ENGLISH), ("ar", ARABIC)) for text in texts],
)
def test_a_short_question_is_in_its_language_whatever_the_readers(language: str, text: str, default: str) -> None:
    """One closed word tells enough, and names in another language do not mislead."""
    assert detect(text, default) == language


@pytest.mark.parametrize("default", ["fr", "en", "ar"])
@pytest.mark.parametrize("text", NEITHER)
def test_names_and_numbers_are_in_the_readers_language(text: str, default: str) -> None:
    """An acronym is written alike in every language."""
    assert detect(text, default) == default


def test_a_whole_text_is_told_by_its_words() -> None:
    """Longer texts are told as before, quotes in another language notwithstanding."""
    assert (
        detect(
            "L'accord signé en 2005 encadre les relations entre les deux parties depuis plus de quinze ans maintenant."
        )
        == "fr"
    )
    assert (
        detect("The agreement signed in 2005 has framed relations between both parties for more than fifteen years.")
        == "en"
    )
    assert detect("وقعت الاتفاقية سنة 2005 وهي تؤطر العلاقات بين الطرفين منذ أكثر من خمس عشرة سنة بدون انقطاع") == "ar"
