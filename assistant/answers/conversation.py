"""Make a follow-up stand alone, by rules: what it leaves out is carried over from the question before. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.terms import fold, query_terms

_OPENS = re.compile(r"^(?:et|and|ou bien|puis|alors)\b|^(?:و(?=\S)|وماذا|وهل)", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:il|elle|ils|elles|celui|celle|ceux|celles|cela|ca|y|en|leur|leurs|ce programme|cette session|ce conseil)\b"
    r"|\b(?:it|they|them|its|their|that one|this one)\b|(?<!ما )(?<!من )\b(?:هو|هي|هم)\b|\b(?:ذلك|هذا|هذه)\b"
)
FEW_WORDS = 4


def standalone(question: str, history: Sequence[str]) -> str:
    """The question as it has to be understood after the earlier ones.

    >>> standalone("Et la 32e ?", ["Quand s'est tenue la 35e session du CMAI ?"])
    "Et la 32e ? (Quand s'est tenue la 35e session du CMAI ?)"
    >>> standalone("Et la 17e ?", ["Quand s'est tenue la 35e session du CMAI ?", "Et la 32e ?"])
    "Et la 17e ? (Quand s'est tenue la 35e session du CMAI ?)"
    >>> standalone("Quels sont les objectifs du CMAI ?", ["Bonjour"])
    'Quels sont les objectifs du CMAI ?'
    """
    if not _leans_back(question):
        return question
    earlier = [turn.strip() for turn in history if turn.strip()]
    before = next((turn for turn in reversed(earlier) if not _leans_back(turn)), earlier[-1] if earlier else "")
    return f"{question} ({before})" if before else question


def _leans_back(question: str) -> bool:
    folded = fold(question).strip()
    content = len(query_terms(question, ("fr",)))
    if _OPENS.match(folded):
        return content <= FEW_WORDS + 1
    return content <= FEW_WORDS and bool(_POINTS_BACK.search(folded))
