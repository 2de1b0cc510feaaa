"""Measure a reader as the product runs it, on the near misses of test questions, against the bars it must reach.

Twice: by the reader alone, and by all the signs of a passage (`index.weighing`). Passages are whole paragraphs here,
without titles; `search` reads what lies around the nearest sentence, under its headings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from evals.training.near_miss import COLUMNS, Score, asks_of_tests, language_of, score
from evals.training.rows import json_lines
from evals.training.scores import calibration_error, sigmoid
from evals.training.weigh import Column, Heard
from index.embed import OnnxEmbedder
from index.reader import FILE, OnnxReader
from index.weighing import read_weighing

BARS = {"fr": 0.91, "en": 0.955, "ar": 0.92, "en→ar": 0.82}
TARGETS = {"fr": 0.96, "en": 0.98, "ar": 0.96, "en→ar": 0.92}
SPAN_BARS = {"fr": 0.70, "en": 0.75, "ar": 0.65}
CALIBRATION_BAR = 0.05


@dataclass(frozen=True, slots=True)
class Measure:
    """The columns of a reader, and its calibration error over all of them: alone, and by all signs."""

    reader: str
    by_reader: Columns
    by_all_signs: Columns | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Figures by column, and the calibration error over all of them."""

    columns: Mapping[str, Score]
    calibration_error: float


def measure(
    folder: Path,
    retrieval: Path,
    base: Path,
    seed: int = 0,
    limit: int | None = None,
    say: Callable[[str], None] = print,
) -> Measure:
    """Read every near miss of every column, or of `limit` questions drawn; `base` is the unpacked encoder's folder."""
    reader, embedder = OnnxReader(folder / FILE, base), OnnxEmbedder(base)
    header = reader.header
    weighing = read_weighing(folder, header.version)
    alone, weighed = {}, {}
    for name, kind in COLUMNS.items():
        asks = asks_of_tests(retrieval / kind, seed)
        if limit is not None and limit < len(asks):
            asks = Random(seed).sample(asks, limit)
        say(f"{name} : {len(asks)} questions de {kind}, deux fois")
        heard = Heard(reader)
        alone[name] = score(asks, heard.read, header.temperature, header.bias)
        if weighing:
            passages = [line["text"] for line in json_lines(retrieval / kind / "corpus.jsonl")]
            column = Column(passages, language_of(name), heard, embedder)
            weighed[name] = score(asks, column.weighed(weighing), 1.0, 0.0)
    return Measure(
        reader.name,
        Columns(alone, _over_all(alone, header.temperature, header.bias)),
        Columns(weighed, _over_all(weighed, 1.0, 0.0)) if weighing else None,
    )


def _over_all(columns: Mapping[str, Score], temperature: float, bias: float) -> float:
    logits = [logit for column in columns.values() for logit in (*column.with_gold, *column.alone)]
    truths = [truth for c in columns.values() for truth in [True] * c.questions + [False] * c.questions]
    return calibration_error(list(sigmoid(logits, temperature, bias)), truths)


def render(made: Measure) -> str:
    """The figures as tables, those under their bar marked."""
    tables = [_table(f"{made.reader}, seul", made.by_reader)]
    if made.by_all_signs:
        tables.append(_table(f"{made.reader}, avec les mots tenus et la phrase la plus proche", made.by_all_signs))
    return "\n\n".join(tables)


def _table(title: str, made: Columns) -> str:
    lines = [
        f"{title} : presque-réponses d'articles jamais vus, meilleur passage de six (ou de cinq sans le bon)",
        f"{'':8}{'questions':>10}{'AUROC':>8}{'seuil':>8}{'cible':>8}{'un passage':>12}{'ECE':>8}{'F1':>8}{'seuil':>8}",
    ]
    for name, one in made.columns.items():
        bar = SPAN_BARS.get(name)
        short = one.auroc < BARS[name] or (bar is not None and one.span_f1 < bar)
        lines.append(
            f"{name:8}{one.questions:10}{one.auroc:8.3f}{BARS[name]:8.3f}{TARGETS[name]:8.2f}{one.one:12.3f}"
            f"{one.calibration_error:8.3f}{one.span_f1:8.3f}{bar if bar is not None else '':>8}"
            + ("  sous le seuil" if short else "")
        )
    verdict = "" if made.calibration_error <= CALIBRATION_BAR else "  sous le seuil"
    lines.append(
        f"erreur de calibration, toutes colonnes : {made.calibration_error:.3f} (au plus {CALIBRATION_BAR}){verdict}"
    )
    return "\n".join(lines)
