"""Does an answer hold what the evaluator expects? Whole tokens, with spelling, numbers and dates normalised.

It says yes or no to strings; it does not judge meaning ("quatre" is not "4").
"""

from __future__ import annotations

import re
from functools import lru_cache

from evals.folding import fold
from evals.tokens import read, rewrite

Pattern = str
"""A text to find as whole tokens, or a regular expression written `re:...`."""

REGEX = "re:"


def matches(pattern: Pattern, text: str) -> bool:
    r"""Whether the text holds the pattern.

    A plain pattern is found where its tokens follow one another in the text. An unsigned number also finds a signed
    one, and an Arabic word also finds itself behind the particles written onto it; neither the other way round.

    A pattern `re:...` is searched, anywhere and without regard to case, in the folded text (`evals.folding.fold`) and
    in the same text with plain numbers and ISO dates (`evals.tokens.rewrite`): one of them must match. Its own accents
    and letters are folded too; its word limits are its own (write `\b`).

    >>> matches("7 mars 2018", "signé le 07/03/2018"), matches("mars 2018", "on March 7, 2018")
    (True, True)
    >>> matches("50", "en 1950"), matches("50", "50,5 %"), matches("50", "50 %")
    (False, False, True)
    >>> matches("1 000 euros", "1,000 Euros"), matches("وزارة", "بالوزارة"), matches(r"re:n° ?\d+", "N° 12")
    (True, True, True)
    """
    if pattern.startswith(REGEX):
        regex = _compiled(pattern)
        return any(regex.search(form) for form in (fold(text), rewrite(text)))
    return holds(pattern, text)


def holds(words: str, text: str) -> bool:
    """Whether the words occur in the text as whole tokens, in order and together; words without a token never do.

    >>> holds("l'eau potable", "accès à l’EAU potable"), holds("...", "...")
    (True, False)
    """
    there = read(text)
    for lone_months in (False, True):  # "mars" finds the word, and the month of "07/03/2018"
        wanted = [token[0] for token in read(words, lone_months=lone_months)]
        starts = range(len(there) - len(wanted) + 1) if wanted else range(0)
        if any(all(form in there[at + n] for n, form in enumerate(wanted)) for at in starts):
            return True
    return False


def problem(pattern: Pattern) -> str | None:
    """Why a pattern can never serve, or None: a broken regular expression, one that matches anything, or no token.

    >>> problem("2018"), problem("?!")
    (None, "'?!' holds no word or number")
    >>> problem("re:(")
    "'re:(' is not a regular expression: missing ), unterminated subpattern at position 0"
    """
    if not pattern.startswith(REGEX):
        return None if read(pattern) else f"{pattern!r} holds no word or number"
    try:
        regex = _compiled(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"{pattern!r} is not a regular expression: {error}"
    return f"{pattern!r} matches any text" if regex.search("") else None


@lru_cache(maxsize=1024)
def _compiled(pattern: Pattern) -> re.Pattern[str]:
    return re.compile(fold(pattern[len(REGEX) :], regex=True), re.IGNORECASE)
