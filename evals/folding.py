"""One spelling for texts that say the same: case, accents, typography and Arabic letter forms.

It changes letters only; what is a word, a number or a date is `evals.tokens`' affair. It is kept apart from the
product's own analyser on purpose: an instrument that shares the code it judges cannot see that code's mistakes.
"""

from __future__ import annotations

import re
import unicodedata

_QUOTES = {ord(c): "'" for c in "’‘‚‛ʼʹ′´`"} | {ord(c): '"' for c in "“”„‟«»″"}
_DASHES = "‐‑‒–—―−﹣－"
_SUPERSCRIPTS = re.compile(r"(?<=\d)(?=[²³¹⁰⁴-⁹])")
_LETTERS = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "⁄": "/", "٪": "%",
        "ة": "ه", "ى": "ي", "ی": "ي", "ٱ": "ا", "ک": "ك", "ـ": None,
    }
)  # fmt: skip
_OTHER_DIGITS = re.compile(r"[^\D0-9]")
_SPACES = re.compile(r"\s+")


def fold(text: str, *, regex: bool = False) -> str:
    r"""The text without what a reader does not care about.

    Case (`str.casefold`), accents and Arabic diacritics (canonical decomposition, marks dropped: this also turns
    hamza carriers into their letter), ta marbuta into ha, alef maqsura into ya, tatweel and invisible controls
    dropped, every decimal digit as ASCII, curly quotes, dashes and spaces as their plain form, runs of spaces as one.
    Source: Unicode Standard Annex 15 (NFKC, NFD); Larkey et al. 2002 for the Arabic letters ("light stemming").

    With `regex=True` the text is the source of a regular expression: case is kept (`\S` is not `\s`), dashes stay
    escaped so that they never become a range, and outer spaces are kept.

    >>> fold("L’ÉTÉ  à  Nîmes – Œuvre")
    "l'ete a nimes - oeuvre"
    >>> fold("الأُمّة ـ إلى ٢٠١٨") == fold("الامه الي 2018")
    True
    >>> fold("été\\S–", regex=True)
    'ete\\S\\-'
    """
    dash = r"\-" if regex else "-"
    text = _SUPERSCRIPTS.sub(" ", text).replace("º", "°").replace("№", "n°").translate(_QUOTES)
    text = unicodedata.normalize("NFKC", text.translate({ord(c): dash for c in _DASHES}))
    if not regex:
        text = text.casefold()
    marked = unicodedata.normalize("NFD", text)
    text = (
        "".join(c for c in marked if unicodedata.category(c) not in ("Mn", "Cf")).translate(_QUOTES).translate(_LETTERS)
    )
    text = _OTHER_DIGITS.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    text = _SPACES.sub(" ", text)
    return text if regex else text.strip()
