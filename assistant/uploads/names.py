"""The names of files that come from outside: what is shown of one, and the document's id made from it. Pure.

A name never becomes a place on the disk: files are kept under an id. What is shown of it holds no path, no control or
format character, nothing that turns the writing around, and no name that a system keeps for itself.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

from assistant.library import slug

LONGEST: Final = 120
"""Characters of a shown name, its extension included."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def shown_name(given: str) -> str:
    r"""A file's name as it may be shown and given back.

    >>> shown_name("../../etc/passwd"), shown_name("C:\\textes\\Décret 7.pdf"), shown_name("a\u202efdp.exe")
    ('passwd', 'Décret 7.pdf', 'afdp.exe')
    >>> shown_name("NUL.txt"), shown_name("..."), len(shown_name("x" * 300 + ".pdf"))
    ('_NUL.txt', 'document', 120)
    """
    last = re.split(r"[/\\]", given)[-1]
    plain = unicodedata.normalize("NFC", last)
    plain = "".join(" " if letter.isspace() else letter for letter in plain)
    plain = "".join(letter for letter in plain if unicodedata.category(letter) not in _UNSEEN)
    plain = re.sub(r'[<>:"|?*]', "_", " ".join(plain.split())).strip(". ")
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    end = len(extension(plain))
    stem, rest = (plain[:-end], plain[-end:]) if end else (plain, "")
    return f"{stem[: LONGEST - end]}{rest}" or "document"


def extension(name: str) -> str:
    """The extension of a shown name in small letters, with its dot; empty for none, or one longer than any of ours.

    >>> extension("Note.PDF"), extension("Note"), extension("Note.quelque chose")
    ('.pdf', '', '')
    """
    found = PurePosixPath(name).suffix.lower()
    return found if len(found) <= 9 else ""


def id_for(name: str, upload: str) -> str:
    """A new document's id: its name made plain, and a mark that no other has.

    >>> id_for("Décret n° 7.pdf", "0a1b2c3d4e")
    'decret-n-7-0a1b2c3d'
    """
    return f"{slug(PurePosixPath(name).stem)}-{upload[:8]}"
