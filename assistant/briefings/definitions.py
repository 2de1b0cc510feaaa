"""Whether a sentence says what a framework or body is: it, or its acronym, must be the subject. Pure.

"Le Conseil des ministres a été constitué en 1990" defines the council, and not the union whose council it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.briefings.naming import Naming
from index.terms import fold

_IS: Final = (
    r"(?:constitue(?:nt)? (?:l'une?|une?)\b|(?:est|sont|etait|is|are|was) (?:l'une?|une?|la|le|les|des|a|an|one|the)\b"
    r"|(?:a ete|fut|was) (?:cree|constitue|fonde|institue|etabli|created|founded|established)"
    r"|(?:هو|هي|عباره عن)\b|(?:ا?نشئ|تاسس)ت?\b)"
)
_ARABIC_VERB: Final = r"(?:و?(?:يعد|تعد|يعتبر|تعتبر|انشئت?|تاسست?)\s+)"
_FIRST = re.compile(rf"(?:[^.;:]*[,،]\s*)?(?:l'\s*|le |la |les |the |{_ARABIC_VERB})?[«\"“]?\s*")
_VERB_FIRST = re.compile(rf"(?:[^.;:]*[,،]\s*)?{_ARABIC_VERB}")
_THEN = re.compile(rf"\s*[»\"”]?\s*(?:/\s*\w+\s*)?(?:\([^()]*\)\s*|,[^,]{{1,80}},\s*)?{_IS}")
_LEANS = re.compile(rf"(?:(?:il|elle|c'|ce|it|this)\b\s*)?{_IS}|il s'agit d|c'est |{_ARABIC_VERB}?(?:هو|هي)\b")


def subject(quote: str, named: Sequence[Naming]) -> str:
    """The topic that a sentence is about, where its name opens the sentence or its main clause; else `""`.

    Only the first name counts: before it stand an article, or words set off by a comma.
    """
    return named[0].topic if named and _FIRST.fullmatch(fold(quote[: named[0].start])) else ""


def leans(quote: str) -> bool:
    """Whether a sentence says what something is and leaves the subject to what stands before it.

    >>> leans("Constitue l'un des principaux organes"), leans("Elle est une union"), leans("La visite est une fête")
    (True, True, False)
    """
    return bool(_LEANS.match(fold(quote)))


def defines(quote: str, named: Sequence[Naming]) -> bool:
    """Whether what a sentence says of its `subject` is what it is, or how it came to be."""
    before, after = fold(quote[: named[0].start]), fold(quote[named[0].end :])
    return bool(_VERB_FIRST.fullmatch(before) or _THEN.match(after))
