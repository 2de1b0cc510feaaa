"""A session asked for by its number, and texts that number theirs."""

from __future__ import annotations

import pytest

from assistant.answers.series import rank_lacking

LISTED = "Sessions : 17ème session, 6 mars 2000 ; 32ème session, 11 et 12 mars 2015 ; الدورة الخامسة والثلاثون"


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("Où s'est tenue la 36e session ?", 1.0),
        ("La sixième session, c'était quand ?", 1.0),
        ("Where was the 12th session held?", 1.0),
        ("متى انعقدت الدورة السادسة؟", 1.0),
        ("La 32e session, c'était où ?", 0.0),
        ("When was the thirty-second session?", 0.0),
        ("متى انعقدت الدورة الثانية والثلاثون؟", 0.0),
        ("La trente-cinquième session, où ?", 0.0),
        ("Combien de sessions en 2015 ?", 0.0),
        ("Où s'est tenue la session 2015 ?", 0.0),
        ("أين انعقدت الدورة 36 ؟", 1.0),
        ("أين انعقدت الدورة 32 ؟", 0.0),
        ("Que dit l'article 40 ?", 0.0),
    ],
)
def test_the_days_of_a_month_number_no_session(question: str, lacking: float) -> None:
    """Whatever the language of the one and the other."""
    assert rank_lacking(question, [LISTED]) == lacking
