"""A reader that is asked about each passage by the names and places in a series that the passage itself writes.

No reader of a text can know that "CMAI" is "مجلس وزراء الداخلية العرب": asked about the one, it finds no answer beside
the other. The glossary knows (`index.expand`), so the question is put in the passage's own names. Nor does it see that
"dix-septième" is "17ème" (`index.numbering`).
"""

from __future__ import annotations

from collections.abc import Sequence

from index.expand import Expander
from index.numbering import as_numbered_in
from index.reader import Reader, Reading


class NamingReader:
    """`reader`, with the names of the `expander`'s glossary."""

    def __init__(self, reader: Reader, expander: Expander) -> None:
        self._reader, self._expander = reader, expander
        self.name, self.calibrated, self.weighing = reader.name, reader.calibrated, reader.weighing

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage, in their order."""
        asked = [as_numbered_in(self._expander.as_named_in(question, passage), passage) for passage in passages]
        found: dict[int, Reading] = {}
        for wording in dict.fromkeys(asked):
            places = [at for at, one in enumerate(asked) if one == wording]
            found |= zip(places, self._reader.read(wording, [passages[at] for at in places]), strict=True)
        return [found[at] for at in range(len(passages))]
