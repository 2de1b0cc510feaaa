"""Questions that ask for whatever the texts say of a thing: searched for by the thing alone. Pure.

"Que disent les textes sur l'OTAN ?" holds three words that no text about NATO holds; what is sought is "l'OTAN".
"""

from __future__ import annotations

import re

MOST_WORDS = 12
"""Of a thing: a longer one is a question in other clothes."""
_ASKED = tuple(
    re.compile(rf"^(?:{asked})\s*[«“\"]?\s*(?P<thing>[^?؟»”\"]+?)\s*[»”\"]?\s*[?؟.!]*$", re.IGNORECASE)
    for asked in (
        r"(?:que|qu['’]est-ce que)\s+(?:disent|nous disent|contiennent)\s+(?:les|vos|ces)\s+(?:textes|documents)\s+"
        r"(?:sur|à propos (?:de|d['’])|au sujet (?:de|d['’]))",
        r"(?:que|qu['’]est-ce que)\s+(?:sais-tu|savez-vous|tu sais|vous savez|sait-on|on sait)\s+(?:sur|à propos (?:de|d['’]))",
        r"(?:parle|parlez|dis|dites)-?\s?(?:moi|nous)\s+(?:tout\s+)?(?:sur|à propos (?:de|d['’]))",
        r"(?:parle|parlez)-?\s?(?:moi|nous)\s+(?:de la\s|de l['’]|du\s|des\s|de\s|d['’])",
        r"(?:what|anything)\s+(?:do|does)\s+(?:the|your|these)\s+(?:texts?|documents?)\s+say\s+(?:about|on)",
        r"(?:please\s+)?(?:tell (?:me|us) (?:more\s+|everything\s+)?about|what do you know about)",
        r"(?:ماذا|ما الذي)\s+(?:تقول|جاء في|ورد في)\s+(?:ال)?(?:نصوص|وثائق)\s+(?:عن|حول|بشأن|بخصوص)",
        r"(?:حدثني|أخبرني|اخبرني|ماذا تعرف)\s+(?:عن|حول)",
    )
)


def subject(question: str) -> str:
    """What a question asks all about; the question itself if it asks something of it.

    >>> subject("Que disent les textes sur « Union africaine » ?"), subject("Tell me about NATO")
    ('Union africaine', 'NATO')
    >>> subject("Quels sont les objectifs de l'OTAN ?")
    "Quels sont les objectifs de l'OTAN ?"
    """
    for pattern in _ASKED:
        if (match := pattern.match(question.strip())) and len(match["thing"].split()) <= MOST_WORDS:
            return match["thing"]
    return question
