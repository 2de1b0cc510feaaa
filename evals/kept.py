"""Where a set of questions is indexed: a temporary folder, or one that is kept for the next time."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def takes_keep(parser: argparse.ArgumentParser) -> None:
    """The option `--keep`."""
    parser.add_argument(
        "--keep", type=Path, metavar="DOSSIER", help="garder les index dans ce dossier, et s'en resservir (non)"
    )


@contextmanager
def working_folder(corpus: Path, keep: Path | None) -> Iterator[Path]:
    """A data directory for the texts of a corpus file: temporary, or below `keep` under a name that tells its texts."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="cooperation-evals-") as work:
            yield Path(work)
    else:
        with corpus.open("rb") as file:
            texts = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        yield keep / f"{corpus.parent.name}-{texts}"
