"""Which files a folder given by name stands for. Reads names alone."""

from __future__ import annotations

from pathlib import Path


def files_below(path: Path) -> list[Path]:
    """A file itself, or those of a folder and of the folders below it but for hidden ones, ordered by name."""
    if not path.is_dir():
        return [path]
    below = (file for file in path.rglob("*") if file.is_file())
    return sorted(file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts))
