"""What was read of each document, page by page: kept beside the records, for refused documents as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from corpus.quality import PageQuality, summary


@dataclass(frozen=True, slots=True)
class Report:
    """One document as it was last read: `status` is "read" or "refused", `reason` why, `seconds` of reading."""

    document: str
    path: str
    status: str
    reason: str
    pages: tuple[PageQuality, ...]
    seconds: float
    checked_at: str

    @property
    def attention(self) -> bool:
        """Whether a person should look at it: refused, or with pages that were not read as they were written."""
        return self.status == "refused" or any(page.kind not in {"text", "table"} or page.notes for page in self.pages)

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values, with its summary and what to do for each page."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        pages = [page.to_json() for page in self.pages]
        return value | {"seconds": round(self.seconds, 3), "pages": pages, "summary": summary(self.pages)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """A report from what `to_json` made of it."""
        known = {name: value[name] for name in cls.__dataclass_fields__}
        return cls(**(known | {"pages": tuple(PageQuality.from_json(page) for page in value["pages"])}))

    def row(self) -> dict[str, Any]:
        """The report as columns of the table `reports`."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return value | {"pages": json.dumps([page.to_json() for page in self.pages], ensure_ascii=False)}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """A report from its row."""
        return cls.from_json({**row, "pages": json.loads(row["pages"])})
