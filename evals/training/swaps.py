"""Turn a question into a near miss by changing one figure, ordinal, month or name that its passage states.

The reader's worst errors are ordinals and figures that differ by one. A question with another year than its passage has
no answer there; so that a strange year does not give it away, the same change is made elsewhere in both.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evals.training.rows import Span

_FIGURE = re.compile(r"(?<![\w.,])\d{1,4}(?=(?:e|è|ème|er|re|st|nd|rd|th)?(?![\w]|[.,]\d))")
_ROMAN = re.compile(r"\b[IVX]+(?=e\b|er\b|ème\b|th\b)")
_NAME = re.compile(r"(?<=[\w,’'] )[A-ZÉÈÀÎÔ][\w’-]{2,}(?: [A-ZÉÈÀÎÔ][\w’-]{2,})*")
_ROMANS = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI".split()
_SERIES = [
    line.split()
    for line in """
    première deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième
    premier second troisième quatrième cinquième sixième septième huitième neuvième dixième
    first second third fourth fifth sixth seventh eighth ninth tenth
    الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر
    الأولى الثانية الثالثة الرابعة الخامسة السادسة السابعة الثامنة التاسعة العاشرة
    deux trois quatre cinq six sept huit neuf dix
    two three four five six seven eight nine ten
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    january february march april may june july august september october november december
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    nord sud ouest
    north south east west
    """.strip().splitlines()
]


@dataclass(frozen=True, slots=True)
class Change:
    """One word for another."""

    old: str
    new: str

    def of(self, text: str) -> str:
        """`text` with every whole `old` changed."""
        return re.sub(_whole(self.old), lambda _: self.new, text)


def changes(question: str, passage: str, others: Sequence[str], rng: random.Random) -> list[Change]:
    """Changes of something that question and passage both state into what the passage does not state.

    `others` are passages of the same article, from which names are taken.

    >>> rng = random.Random(0)
    >>> [change.old for change in changes("Qui ouvre la 35e session ?", "La 35e session, à Alger.", [], rng)]
    ['35']
    """
    found = [
        *(Change(old, _figure_near(old, rng)) for old in _FIGURE.findall(question)),
        *(Change(old, _near(_ROMANS, _ROMANS.index(old), rng)) for old in _ROMAN.findall(question) if old in _ROMANS),
        *_in_series(question, rng),
        *_names(question, others, rng),
    ]
    return [change for change in found if _states(passage, change.old) and not _states(passage, change.new)]


def everywhere(change: Change, question: str, passage: str, span: Span | None) -> tuple[str, str, Span | None] | None:
    """Question and passage both changed, still a question with its answer; `None` if the answer would be touched."""
    if len(change.old) != len(change.new) or (span and re.search(_whole(change.old), passage[slice(*span)])):
        return None
    return change.of(question), change.of(passage), span


def _whole(word: str) -> str:
    tail = r"(?!\d)" if word.isdigit() else r"(?!\w)" if word not in _ROMANS else r"(?![IVX])"
    return rf"(?<!\w){re.escape(word)}{tail}"


def _states(text: str, word: str) -> bool:
    return re.search(_whole(word), text, re.IGNORECASE) is not None


def _figure_near(old: str, rng: random.Random) -> str:
    step = rng.choice((1, 1, 1, 2, 3, 10))
    value = int(old) + (step if rng.random() < 0.5 or int(old) <= step else -step)
    return str(value).zfill(len(old)) if old.startswith("0") else str(value)


def _near(series: Sequence[str], at: int, rng: random.Random) -> str:
    places = [i for i in (at - 2, at - 1, at + 1, at + 2) if 0 <= i < len(series)]
    return series[rng.choice(places)]


def _in_series(question: str, rng: random.Random) -> list[Change]:
    found = []
    for word in re.findall(r"\w+", question):
        for series in _SERIES:
            if word.lower() in series:
                new = _near(series, series.index(word.lower()), rng)
                found.append(Change(word, new.capitalize() if word[0].isupper() else new))
                break
    return found


def _names(question: str, others: Sequence[str], rng: random.Random) -> list[Change]:
    known = sorted({name for text in others for name in _NAME.findall(text)})
    found = []
    for old in _NAME.findall(question):
        alike = [name for name in known if name.count(" ") == old.count(" ") and name not in question]
        if alike:
            found.append(Change(old, rng.choice(alike)))
    return found
