"""What became of each page: read, recognised from its picture, left out, and what a person can do about it.

A page that cannot be read must be known: a search that finds nothing there would else pass for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

PageKind = Literal["text", "table", "ocr", "scan", "garbled", "damaged", "empty"]
KINDS: Final = ("text", "table", "ocr", "scan", "garbled", "damaged", "empty")
NOTES: Final = (
    "visual-order",
    "presentation-forms",
    "ocr-layer",
    "hidden-text",
    "missing-letters",
    "rotated",
    "doubtful-ocr",
    "ocr-failed",
)
INSTALL_OCR: Final = "apt install tesseract-ocr tesseract-ocr-fra tesseract-ocr-ara, puis pip install pypdfium2"
NEEDS_OCR: Final = f"OCR nécessaire ({INSTALL_OCR})"


@dataclass(frozen=True, slots=True)
class PageQuality:
    """One page (`None`: a format without pages) as it was read.

    `characters` counts letters and digits kept; `score` is the plausibility of its letters in 0..1, `None` where there
    are too few to tell; `notes` are of `NOTES`; `confidence` is the recogniser's own, in 0..100, of a recognised page.
    """

    page: int | None
    kind: PageKind
    characters: int = 0
    score: float | None = None
    notes: tuple[str, ...] = ()
    confidence: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values, with what to do."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return value | {"notes": list(self.notes), "advice": advice(self)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> PageQuality:
        """A report from what `to_json` made of it."""
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        return cls(**(known | {"notes": tuple(value.get("notes", ()))}))


_SAID: Final[dict[str, str]] = {
    "text": "texte",
    "table": "tableau",
    "ocr": "texte reconnu (OCR)",
    "scan": "image sans texte",
    "garbled": "lettres fausses",
    "damaged": "page endommagée",
    "empty": "page vide",
}
_ADVICE: Final[dict[str, str]] = {
    "scan": NEEDS_OCR,
    "garbled": "lettres écartées : " + NEEDS_OCR,
    "damaged": "page non lue : demandez le fichier d’origine, ou imprimez-le de nouveau en PDF",
    "ocr": "relisez les citations sur l’image : le texte est reconnu, non écrit",
}
_NOTED: Final[dict[str, str]] = {
    "visual-order": "ordre visuel remis dans le sens de la lecture",
    "presentation-forms": "formes de présentation remises en lettres",
    "ocr-layer": "texte reconnu par le numériseur : relisez les citations sur l’image",
    "hidden-text": "texte invisible écarté",
    "missing-letters": "des lettres manquent : vérifiez les citations sur l’original",
    "rotated": "page tournée, redressée",
    "ocr-failed": "la reconnaissance (OCR) n’y lit rien de sûr : numérisez de nouveau, ou demandez le texte",
    "doubtful-ocr": "reconnaissance peu sûre : numérisez de nouveau à 300 points par pouce",
}


def advice(page: PageQuality) -> str:
    """What to do about a page, or to know of it, in French; empty where there is nothing."""
    tried = "ocr-failed" in page.notes
    said = ["" if tried else _ADVICE.get(page.kind, ""), *(_NOTED[note] for note in page.notes if note in _NOTED)]
    return " ; ".join(filter(None, said))


def summary(pages: Iterable[PageQuality]) -> str:
    """A document in a few French words.

    >>> summary([PageQuality(1, "text"), PageQuality(2, "scan"), PageQuality(3, "text", notes=("visual-order",))])
    'texte : 2, image sans texte : 1, ordre visuel remis dans le sens de la lecture : 1'
    """
    pages = list(pages)
    counts = {said: sum(page.kind == kind for page in pages) for kind, said in _SAID.items()}
    counts |= {said: sum(note in page.notes for page in pages) for note, said in _NOTED.items()}
    return ", ".join(f"{said.partition(' : ')[0]} : {count}" for said, count in counts.items() if count)
