"""What a model may put before a reader's eyes: plain words. Everything else goes, with the sentence it stands in. Pure.

A link or an image in an answer can carry the question, or a passage, to somebody else's server. So no address passes in
any spelling (inline, reference, automatic, HTML, encoded, spaced out), and what is left cannot be taken for markup.
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

_MARKS = re.compile(r"\s*\[\s*\d{1,2}(?:\s*[,;-]\s*\d{1,2})*\s*\](?![(:\[])|\s*【[^】]{0,20}】")
_HINT = re.compile(r"[\[【]\s*(\d{1,2}(?:\s*[,;-]\s*\d{1,2})*)")
_LEAD = re.compile(r"^\s*(?:#{1,6}\s+|>+\s*|[-*•●▪◦‣·–—+]\s+|\(?\d{1,2}[.)]\s+)+")
_EMPHASIS = re.compile(r"\*+|~~+|`+|(?<![^\W_])_+|_+(?![^\W_])")
_FORBIDDEN = re.compile(
    r"[<>]|={3}|!\s*\[|\]\s*[(\[:]|\{\{|\}\}|\$\{|\\[a-z]+\s*\{|\\[ux]\{?[0-9a-f]{2}|\\[0-7]{2,3}"
    r"|[a-z][a-z0-9+.-]*:\s*[/\\]|[/\\]{2}\s*\S|\bwww\s*\.|\S@\S"
    r"|[\w-]{2,}\.[a-z]{2,24}(?![\w.])|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]*::?[0-9a-f:]*\]"
    r"|(?<![\w])(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])[\w+/=-]{24,}",
    re.IGNORECASE,
)
_SCHEMES = re.compile(
    r"(?:java|vb|live)script:|data:[\w.+-]*[/;,]|(?:mailto|file|blob|about|ftps?|https?|wss?|intent|jar|view-source|filesystem):"
    r"|tel:[+\d]|sms:[+\d]",
    re.IGNORECASE,
)
_DOUBLES = str.maketrans(
    {"：": ":", "／": "/", "＜": "<", "＞": ">", "．": ".", "。": ".", "∶": ":", "⁄": "/", "∕": "/"}
)


def plain(text: str) -> str | None:
    """A sentence as plain text, without citation marks, bullets and emphasis; `None` if it holds an address or markup.

    >>> plain("- La **35e** session s'est tenue le 7 mars 2018 [1]."), plain("Voir [ici](http://x.example/?q=1).")
    ("La 35e session s'est tenue le 7 mars 2018.", None)
    >>> plain("=== 4cb4fe")  # the marks that the passages were given between
    """
    bare = _EMPHASIS.sub("", _MARKS.sub("", visible(text)))
    bare = " ".join(_LEAD.sub("", bare).split())
    if not any(letter.isalnum() for letter in bare) or _hostile(visible(text)) or _hostile(bare):
        return None
    return bare


def hints(text: str) -> tuple[int, ...]:
    """The numbers of passages that a model names in a sentence, from 0: where to look first, no more.

    >>> hints("Le 7 mars [2, 1]. "), hints("En 2018.")
    ((1, 0), ())
    """
    numbers = [int(n) for group in _HINT.findall(text) for n in re.findall(r"\d+", group)]
    return tuple(dict.fromkeys(number - 1 for number in numbers if number > 0))


def visible(text: str) -> str:
    """The text without what no eye sees: controls, direction marks, zero-width and private characters.

    >>> visible("ja\\u200bva\\u202escript")
    'javascript'
    """
    kept = (
        " " if letter in "\t\n\r\u2028\u2029" else letter
        for letter in text
        if unicodedata.category(letter) not in ("Cf", "Co", "Cn", "Cs") and not "\ufe00" <= letter <= "\ufe0f"
    )
    return "".join(letter for letter in kept if unicodedata.category(letter) != "Cc")


def _hostile(text: str) -> bool:
    """Whether any spelling of the text that a browser would undo holds an address or markup."""
    seen = text
    for _ in range(4):
        folded = unicodedata.normalize("NFKC", seen).translate(_DOUBLES)
        marked = _MARKS.sub("", folded)
        if _FORBIDDEN.search(marked) or _SCHEMES.search(re.sub(r"\s+", "", marked)):
            return True
        undone = visible(unquote(html.unescape(folded)))
        if undone == folded:
            return False
        if html.unescape(folded) != folded:
            return True
        seen = undone
    return True
