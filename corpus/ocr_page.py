"""One page of a PDF as a picture, and its words by Tesseract; run as `python -m corpus.ocr_page`, in a child.

The page is drawn at 300 pixels an inch, turned upright, and read in the script it is written in. Tesseract tells the
turn and the script where there are words enough; where its reading is unsure the other script and the other turns are
tried as well, and the surest reading is kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from io import BytesIO
from itertools import groupby, pairwise
from typing import Any

from corpus.confine import allow_cpu, confine
from corpus.normalise import is_rtl, one_line
from corpus.pdfium import NoPage, Sheet
from corpus.recognised import Recognised, Words

_DPI = 300
_MOST_PIXELS = 30_000_000
_SURE = 75.0  # mean confidence of words above which nothing else is tried
_NOISE = 25.0  # mean confidence of a line below which it is a stain, a stamp or a picture
_FAINT = 16  # of 255, between the darkest and the lightest point: a page of one grey, with nothing to read
_CELL_GAP = 2.5  # heights of a line: a wider gap parts the columns of a table
_TABLE_LINES, _TABLE_WORDS = 12, 3
_SCRIPTS = {"Arabic": "ara+fra", "Latin": "fra+eng"}


def main() -> None:
    """Confine this process, read the page that the request names, print it as JSON."""
    request = json.loads(sys.stdin.readline())
    confine(request["memory"])
    allow_cpu(request["cpu"])
    picture, scale = draw(request["path"], request["page"], request["passwords"])
    print(json.dumps(_Reader(request["tesseract"], picture, scale).best().to_json()))


def draw(path: str, page: int, passwords: Iterable[str]) -> tuple[Any, float]:
    """Page `page` (from 1) as a grey picture, and its pixels a point."""
    try:
        return Sheet(path, page, passwords).picture(_DPI / 72, _MOST_PIXELS, grey=True)
    except NoPage as error:
        raise SystemExit(1) from error


class _Reader:
    """Tesseract over one picture."""

    def __init__(self, program: str, picture: Any, scale: float) -> None:
        self._program, self._picture, self._scale = program, picture, scale
        listed = self._run(["--list-langs"], None).split()
        self._languages = [
            kept
            for names in _SCRIPTS.values()
            if (kept := "+".join(name for name in names.split("+") if name in listed)).startswith(names[:3])
        ]

    def best(self) -> Recognised:
        """The surest reading; of an empty page none, at once."""
        darkest, lightest = self._picture.getextrema()
        if lightest - darkest < _FAINT:
            return Recognised((), 0.0)
        turn, script = self._orientation()
        wanted = _SCRIPTS.get(script, "fra")
        languages = sorted(self._languages, key=lambda names: names[:3] not in wanted)
        turns = (turn,) if script else (0, 90, 270, 180)  # without words enough to tell, each is tried
        found: list[Recognised] = []
        for attempt, names in ((turn, names) for turn in turns for names in languages):
            found.append(self._read(attempt, names))
            if found[-1].confidence >= _SURE and found[-1].characters >= 4:
                break
        return max(found, key=lambda read: read.confidence * read.characters**0.5, default=Recognised((), 0.0))

    def _orientation(self) -> tuple[int, str]:
        """Degrees to turn clockwise, and the script; (0, "") where there are too few words to tell."""
        said = self._run(["stdin", "stdout", "--psm", "0"], self._picture)
        turn, script = re.search(r"Rotate: (\d+)", said), re.search(r"Script: (\w+)", said)
        return (int(turn[1]) % 360 if turn else 0, script[1] if script else "")

    def _read(self, turn: int, languages: str) -> Recognised:
        picture = self._picture.rotate(-turn, expand=True) if turn else self._picture
        table = self._run(["stdin", "stdout", "-l", languages, "--psm", "3", "tsv"], picture)
        return read_table(table, self._scale, picture.height, turn)

    def _run(self, options: list[str], picture: Any) -> str:
        held = BytesIO()
        if picture is not None:
            picture.save(held, "PNG", compress_level=1, dpi=(self._scale * 72, self._scale * 72))
        done = subprocess.run([self._program, *options], input=held.getvalue(), capture_output=True, check=False)
        return done.stdout.decode("utf-8", "replace")


def read_table(table: str, scale: float, height: int, turn: int) -> Recognised:
    """The lines that Tesseract's table of words tells; `scale` is pixels a point, `height` of the picture in pixels."""
    words = []
    for row in table.split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            left, top, width, tall = (int(cell) for cell in cells[6:10])
            words.append((tuple(cells[1:5]), left, top, left + width, top + tall, float(cells[10]), cells[11].strip()))
    lines: list[Words] = []
    weight = total = 0.0
    for line in _as_rows([list(group) for _, group in groupby(words, key=lambda word: word[0])]):
        letters = [sum(c.isalnum() for c in word[6]) for word in line]
        sure = sum(word[5] * count for word, count in zip(line, letters, strict=True))
        if not sum(letters) or sure / sum(letters) < _NOISE:
            continue
        weight, total = weight + sure, total + sum(letters)
        bottom = max(word[4] for word in line)
        x0, x1 = min(word[1] for word in line), max(word[3] for word in line)
        lines.append(Words(_joined(line), x0 / scale, x1 / scale, (height - bottom) / scale))
    return Recognised(tuple(lines), weight / total if total else 0.0, turn)


def _as_rows(lines: list[list[Any]]) -> list[list[Any]]:
    """Lines as they are, or the rows of a table that Tesseract read column by column: its lines are few words each."""
    if len(lines) < _TABLE_LINES or sorted(map(len, lines))[len(lines) // 2] > _TABLE_WORDS:
        return lines
    words = sorted((word for line in lines for word in line), key=lambda word: word[2] + word[4])
    tall = sorted(word[4] - word[2] for word in words)[len(words) // 2]
    rows: list[list[Any]] = []
    for word in words:
        if not rows or (word[2] + word[4]) - (rows[-1][0][2] + rows[-1][0][4]) > 1.2 * tall:
            rows.append([])
        rows[-1].append(word)
    rtl = is_rtl(" ".join(word[6] for word in words))
    return [sorted(row, key=lambda word: -word[3] if rtl else word[1]) for row in rows]


def _joined(line: list[Any]) -> str:
    """The words of a line with spaces between them, or bars where the gap is that of columns."""
    tall = sorted(word[4] - word[2] for word in line)[len(line) // 2]
    parts = [line[0][6]]
    for before, word in pairwise(line):
        gap = max(word[1] - before[3], before[1] - word[3])
        parts += [" | " if gap > _CELL_GAP * tall else " ", word[6]]
    return one_line("".join(parts))


if __name__ == "__main__":
    main()
