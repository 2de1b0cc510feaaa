"""An answer on a terminal while it is written: each sentence as soon as it is kept, in the place it has in the whole.

What was printed is a promise that the final answer may break: where a model fails half way, the whole is printed again
below, made of quotes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TextIO

from assistant.answers.answer import Sentence
from assistant.answers.events import Event, Step, Told

WIDTH = 96


class Live:
    """Prints the beginning of an answer, event by event, to `out`; `rest` is what is left to print."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._said = ""
        self._asked = ""

    def take(self, question: str, event: Event) -> None:
        """Print what an event brings; a question understood otherwise is told with its first sentence."""
        if isinstance(event, Step) and event.question != question:
            self._asked = event.question
        elif isinstance(event, Told):
            if self._asked:
                self._print(f"{understood_line(self._asked)}\n")
                self._asked = ""
            self._print(told_line(event.sentence, {event.citation.n: event.citation.quote}))

    def rest(self, whole: str) -> str:
        """What of the whole answer is not printed yet: all of it, below a line, where it begins otherwise.

        >>> import io
        >>> Live(io.StringIO()).rest("Tout.")
        'Tout.'
        """
        if whole.startswith(self._said):
            return whole.removeprefix(self._said)
        return f"{'-' * 8}\n{whole}"

    def _print(self, line: str) -> None:
        self._said += f"{line}\n"
        print(line, file=self._out, flush=True)


def understood_line(question: str) -> str:
    """How a question is understood, where it is not as it was typed."""
    return f"(compris comme : {question})"


def told_line(sentence: Sentence, quotes: Mapping[int, str]) -> str:
    """A sentence with its numbers; one told in another language than its source, with the source's words below.

    >>> print(told_line(Sentence("It is true.", "translated", (1,)), {1: "C'est vrai."}))
    It is true. [1]
        « C'est vrai. »
    """
    line = filled(f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}")
    if sentence.verdict != "translated":
        return line
    return "\n".join([line, *(textwrap.indent(filled(f"« {quotes[n]} »"), "    ") for n in sentence.citations)])


def filled(text: str) -> str:
    """A text in lines that a terminal shows whole."""
    return "\n".join(textwrap.fill(line, WIDTH) for line in text.split("\n"))
