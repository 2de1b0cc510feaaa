"""What was done to the library, told to whoever did it: in one line, with who may read it and where it is. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from assistant.uploads.upload import State, Upload
from ui.i18n import Words


@dataclass(frozen=True, slots=True)
class Done:
    """One line, and the address of the document's page where there is one to open."""

    said: str
    href: str = ""


def arrived(upload: Upload, why: str, readers: str, words: Words) -> Done:
    """What became of a file so far; `why` it was refused, and its `readers` as `may_read` tells them."""
    name = isolated(upload.name, words)
    if upload.state is State.REFUSED:
        return Done(words.fill("library.done.refused", name=name, why=why))
    if upload.state is not State.INDEXED:
        return Done(words.fill("library.done.received", name=name))
    said = words.fill("library.done.replaced" if upload.replaces else "library.done.added", name=name)
    key = "library.done.with_readers" if readers else "library.done.alone"
    return Done(words.fill(key, done=said, readers=readers), address(upload.document))


def may_read(groups: Sequence[str] | None, words: Words) -> str:
    """Who may read a document: everybody (`None`), the groups, or nobody.

    >>> from ui.i18n import words
    >>> may_read(None, words("fr")), may_read(["sahel", "douane"], words("fr"))
    ('lisible par tous les comptes', 'lisible par ces seuls groupes : sahel, douane')
    """
    if groups is None:
        return words["library.done.everybody"]
    named = ", ".join(isolated(group, words) for group in groups)
    return words.fill("library.done.groups", groups=named) if named else words["library.done.nobody"]


def removed(title: str, words: Words) -> Done:
    """A document that is gone."""
    return Done(words.fill("library.done.removed", name=isolated(title, words)))


def address(document: str) -> str:
    """The page of a document."""
    return f"/bibliotheque/document?{urlencode({'id': document})}"


def isolated(name: str, words: Words) -> str:
    """A name within a sentence: kept from turning its writing around, where either of them goes from right to left.

    >>> from ui.i18n import words
    >>> isolated("note.txt", words("fr")), len(isolated("note.txt", words("ar")))
    ('note.txt', 10)
    """
    turns = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    return f"\u2068{name}\u2069" if turns or words.direction == "rtl" else name
