"""How a command plays a set: to which product, and into which file.

The product is a server's where `--against` names one, else that of a data directory or of documents that are given,
else the shipped corpus. A set that a data directory keeps is put to the documents of that directory, which it is about.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evals.documents import Product
from evals.pace import pace
from evals.places import EvalsError, own_sets, runs_folder, sets_in
from evals.product import ask_case, fingerprint, missing_note, note, opened, progress_bar, texts_of
from evals.run import header_of, run_cases, tagged
from evals.run_file import new_file, unfinished

if TYPE_CHECKING:
    from assistant.settings import Settings
    from evals.case import CaseSet
    from evals.run_file import Run


def play(options: argparse.Namespace, cases: CaseSet, settings: Settings, token: str) -> tuple[Path, Run]:
    """Run a set as the options say; the file of its answers, and the run.

    Raises `EvalsError` for options that do not go together, `AgainstRefused` for a server that cannot be asked.
    """
    tag = getattr(options, "tag", None) or ""
    chosen = tagged(cases, tag) if tag else cases
    given = is_given(options, settings)
    if options.against:
        product, at_pace = against(options.against, token, chosen), None
    else:
        product, at_pace = opened(settings, chosen, given=given, documents=options.documents), pace
    with product as asked, progress_bar("question") as progress:
        made_with = fingerprint(asked, chosen, options.jobs) | elsewhere(options.against)
        header = header_of(chosen, made_with, tag)
        folder = runs_folder(settings)
        path: Path = options.out or unfinished(folder, header) or new_file(folder, cases.name)
        return path, run_cases(
            chosen,
            lambda case: ask_case(asked, case),
            texts_of(asked),
            path,
            header,
            jobs=options.jobs,
            progress=progress,
            retry=options.retry,
            pace=at_pace,
        )


def is_given(options: argparse.Namespace, settings: Settings) -> bool:
    """Whether the data directory is what is asked; raises `EvalsError` for options that do not go together."""
    if options.against and options.documents:
        raise EvalsError("--against et --documents ne vont pas ensemble : le service a ses documents.")
    if options.data is not None and options.documents:
        raise EvalsError("--data et --documents ne vont pas ensemble : l'un ou l'autre.")
    for path in options.documents:
        if not path.exists():
            raise EvalsError(f"{path} : ni un fichier ni un dossier.")
    own = options.set in sets_in(own_sets(runs_folder(settings)))
    return options.data is not None or (own and not options.documents)


@contextmanager
def against(url: str, token: str, cases: CaseSet) -> Iterator[Product]:
    """The product behind an address; what cannot be asked of it is told before the first question."""
    from evals.against import RemoteProduct

    with closing(RemoteProduct(url, token)) as product:
        product.documents()
        note(missing_note(cases, product))
        yield product


def elsewhere(url: str | None) -> dict[str, str]:
    """What is not known of a run whose product runs elsewhere: its files are not these, nor is its machine this one."""
    return {"version": "?", "code": "?", "machine": url, "against": url} if url else {}
