"""A baseline: the compact copy of a run that is committed, and that later runs are compared with.

One line a case, in the order of the set, so that a change of it reads well in a review; nothing is written twice, and
a metric that does not apply is not written at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.compare import Scores
from evals.run_file import Header, Metrics, Run, RunError, header_from, line_of, read_bytes, read_lines, read_run


@dataclass(frozen=True, slots=True)
class Kept:
    """What a baseline keeps of a case: its metrics, the words of the answer (none when refused), the pages it cites."""

    id: str
    metrics: Metrics
    text: str
    refused: bool
    cited: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The run that others are compared with."""

    header: Header
    kept: tuple[Kept, ...]
    set_metrics: Metrics
    pace: tuple[float, ...] = ()

    @property
    def scores(self) -> Scores:
        """The baseline as numbers."""
        return Scores({kept.id: kept.metrics for kept in self.kept}, self.header.fingerprint)


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file, or the run in it as a baseline; raises `RunError`."""
    data = read_bytes(path)
    lines = read_lines(path, data[: data.rfind(b"\n") + 1])
    if not lines or "baseline" not in lines[0]:
        return baseline_of(read_run(path))
    try:
        top, kept = lines[0]["baseline"], tuple(map(_kept, lines[1:]))
        header = header_from(top | {"cases": [item.id for item in kept]})
        return Baseline(header, kept, top["set_metrics"], tuple(top["pace"]))
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path} : référence illisible ({type(error).__name__}: {error}).") from error


def baseline_of(run: Run) -> Baseline:
    """What a baseline keeps of a run: figures to the last digit, because a rounded one would differ from itself."""
    kept = tuple(
        Kept(
            record.case.id,
            {name: value for name, value in record.metrics.items() if value is not None},
            record.answer.text if record.answer else "",
            record.answer.refused if record.answer else False,
            tuple(dict.fromkeys((c.document, c.page) for c in record.answer.citations)) if record.answer else (),
        )
        for record in run.records
    )
    return Baseline(run.header, kept, run.set_metrics, run.pace)


def write_baseline(run: Run, path: Path) -> None:
    """Write the baseline of a run, one line a case; raises `RunError` for a run that is not of the whole set."""
    if run.missing:
        raise RunError(f"{len(run.missing)} cas n'ont pas été joués : relancez « cooperation evals run » avec --out.")
    if run.header.tag:
        raise RunError(f"Seuls les cas {run.header.tag!r} ont été joués : une référence se fait de la suite entière.")
    baseline = baseline_of(run)
    header = asdict(baseline.header) | {"set_metrics": baseline.set_metrics, "pace": baseline.pace}
    del header["cases"]
    lines = [{"baseline": header}, *map(_line, baseline.kept)]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(b"".join(map(line_of, lines)))
    part.replace(path)


def _line(kept: Kept) -> dict[str, Any]:
    """What differs from a case that cites nothing and says nothing; a whole number without its decimals."""
    metrics = {
        name: int(value) if value == int(value) else value for name, value in kept.metrics.items() if value is not None
    }
    said = {"text": kept.text, "refused": kept.refused, "cited": [list(place) for place in kept.cited]}
    return {"id": kept.id, "metrics": metrics} | {name: value for name, value in said.items() if value}


def _kept(line: Mapping[str, Any]) -> Kept:
    metrics = {name: float(value) for name, value in line["metrics"].items()}
    cited = tuple((document, page) for document, page in line.get("cited", ()))
    return Kept(line["id"], metrics, line.get("text", ""), line.get("refused", False), cited)
