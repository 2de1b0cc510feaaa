"""What a language model's answers show that the sentences they cite do not hold: figures, dates and names.

It shares nothing with the judge inside the product but the folding of letters: a plainer reading, which calls a name in
another spelling astray rather than pass it, so that what it lists is to be read by a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answers.answer import Answer
from index.months import months
from index.terms import fold

_FIGURE = re.compile(r"\d+(?:[.,/-]\d+)*")
_NAME = re.compile(r"(?<![.!?:«\"] )(?<!^)(?<!^[«\"(])\b[A-ZÀ-ÖØ-Þ][\w'’-]+")
_WORDS = {
    word: str(number)
    for row in (
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "two three four five six seven eight nine ten eleven twelve",
    )
    for number, word in enumerate(row.split(), 2)
}
LETTERS = 3
"""A name is the same in two languages when it begins alike: Algérie, Algeria."""


@dataclass(frozen=True, slots=True)
class Astray:
    """A figure or a name shown that what is cited does not hold."""

    question: str
    sentence: str
    what: str
    quote: str


@dataclass(frozen=True, slots=True)
class Held:
    """Counts of answers by how they were made and of sentences by verdict, and what is astray.

    `fell_back` are the answers made of quotes although a model was asked.
    """

    answers: int
    refused: int
    fell_back: int
    generative: int
    verdicts: Counter[str]
    removed: int
    astray: tuple[Astray, ...]


def held(answers: Iterable[Answer]) -> Held:
    """The counts over some answers, and all that is astray in those that a model worded."""
    told = list(answers)
    written = [answer for answer in told if answer.mode == "generative"]
    return Held(
        answers=len(told),
        refused=sum(answer.refused for answer in told),
        fell_back=sum(bool(answer.notice) for answer in told),
        generative=len(written),
        verdicts=Counter(sentence.verdict for answer in written for sentence in answer.sentences),
        removed=sum(len(answer.removed) for answer in told),
        astray=tuple(one for answer in written for one in _astray(answer)),
    )


def _astray(answer: Answer) -> Sequence[Astray]:
    found = []
    for sentence in answer.sentences:
        cited = [citation for citation in answer.citations if citation.n in sentence.citations]
        text = " ".join(" ".join((c.quote, c.title, *c.headings)) for c in cited)
        found += [Astray(answer.question, sentence.text, what, text) for what in lacking(sentence.text, text)]
    return found


def lacking(sentence: str, source: str) -> list[str]:
    """The figures and names of a sentence that its source does not hold.

    >>> lacking("Elle s'est tenue à Oran en ٢٠١٨.", "La session s'est tenue à Alger en 2018.")
    ['Oran']
    >>> lacking("It met in July 2012.", "Il s'est réuni en juillet 2012."), lacking("In July.", "En juin.")
    ([], ['July'])
    """
    sentence, source = unicodedata.normalize("NFKC", sentence), unicodedata.normalize("NFKC", source)
    folded = re.findall(r"\w+", fold(source))
    written = {figure for word in folded if (figure := _WORDS.get(word))}
    figures = {_digits(found) for found in _FIGURE.findall(source)} | written
    begins = {fold(word)[:LETTERS] for word in re.findall(r"\w+", source)}
    wrong = [found for found in _FIGURE.findall(sentence) if _digits(found) not in figures]
    names = [part for found in _NAME.findall(sentence) for part in re.findall(r"\w{3,}", found)]
    begins |= {fold(word)[:LETTERS] for month in months(folded) for name in month for word in name}
    return wrong + [name for name in names if fold(name)[:LETTERS] not in begins]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in text)


def render(found: Held) -> str:
    """The counts, in French, and a line for each thing astray."""
    verdicts = ", ".join(f"{name} {count}" for name, count in sorted(found.verdicts.items())) or "aucune"
    lines = [
        f"réponses : {found.answers}, dont refus {found.refused}, citations faute de mieux {found.fell_back}, "
        f"rédigées {found.generative}",
        f"phrases rédigées montrées : {found.verdicts.total()} ({verdicts}) ; retirées : {found.removed}",
        f"chiffres, dates ou noms que la phrase citée ne tient pas : {len(found.astray)}",
    ]
    lines += [f"  - {one.what} : {one.sentence!r} d'après {one.quote!r}" for one in found.astray]
    return "\n".join(lines)
