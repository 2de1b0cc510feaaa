"""A model's draft over passages: kept sentences point at the span that holds them, the others say why they do not."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import pytest
from fakes import hit

from assistant.answers.generate import Line, generate
from assistant.answers.llm import Message, ModelFailed

TEXTS = (
    "Le programme CAPDEL est financé par l'Union européenne. Plusieurs communes pilotes en bénéficient.",
    "Le CMAI a deux objectifs :\n• renforcer la coopération arabe ;\n• lutter contre la criminalité.",
)


@dataclass
class ScriptedModel:
    """Says its lines, then fails if it is told to."""

    said: str
    fails: str = ""
    name: str = "scripted"
    asked: list[Sequence[Message]] = field(default_factory=list)
    closed: bool = False

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The lines, three letters at a time."""
        self.asked.append(messages)
        try:
            for at in range(0, len(self.said), 3):
                yield self.said[at : at + 3]
            if self.fails:
                raise ModelFailed(self.fails)
        finally:
            self.closed = True


PASSAGES = [hit(text, document=f"d{at}", start=at * 10, headings=("Coopération",)) for at, text in enumerate(TEXTS)]


def lines(model: ScriptedModel, question: str = "Qui finance le CAPDEL ?", language: str = "fr") -> list[Line]:
    return list(generate(model, question, PASSAGES, language, similarity=lambda _a, _b: 1.0))


def test_a_kept_sentence_points_at_the_words_that_hold_it() -> None:
    """Its offsets are the document's."""
    kept, removed = lines(ScriptedModel("L'UE finance le CAPDEL [1]. L'OTAN finance le CAPDEL [1]."))
    assert (kept.text, kept.verdict, kept.hit) == ("L'UE finance le CAPDEL.", "supported", PASSAGES[0])
    assert TEXTS[0][kept.start : kept.end] == "Le programme CAPDEL est financé par l'Union européenne."
    assert (removed.kept, removed.verdict, removed.reason) == (False, None, "Le passage ne nomme pas : OTAN.")


def test_an_item_is_read_with_the_line_that_introduces_it() -> None:
    """ "Le CMAI" stands in the line over the list."""
    (line,) = lines(ScriptedModel("Le CMAI a pour objectif de lutter contre la criminalité [2]."), "Que fait le CMAI ?")
    assert (line.verdict, line.hit) == ("supported", PASSAGES[1])


def test_the_reader_is_answered_in_his_language() -> None:
    """From a French passage, in English, likeness asked last."""
    (line,) = lines(ScriptedModel("The European Union funds the CAPDEL programme [1]."), "Who funds CAPDEL?", "en")
    assert (line.verdict, line.hit) == ("translated", PASSAGES[0])


def test_passages_go_to_the_model_and_nothing_else() -> None:
    """Numbered in their order, in one call."""
    model = ScriptedModel("NONE")
    assert lines(model) == []
    ((system, user),) = model.asked
    assert "NONE" in system.text
    assert user.text.index("passage 1") < user.text.index("CAPDEL") < user.text.index("passage 2")


def test_a_failure_comes_after_what_was_judged_before_it() -> None:
    """The caller decides what becomes of it."""
    stream = generate(ScriptedModel("L'UE finance le CAPDEL. Puis", "cut"), "Qui ?", PASSAGES, "fr")
    assert next(stream).kept
    with pytest.raises(ModelFailed):
        next(stream)


def test_leaving_early_ends_the_models_call() -> None:
    """As a reader who presses stop does."""
    model = ScriptedModel("L'UE finance le CAPDEL. " * 50)
    stream = generate(model, "Qui ?", PASSAGES, "fr")
    next(stream)
    stream.close()
    assert model.closed


def test_a_sentence_too_short_to_say_of_what_it_speaks_is_believed_only_where_the_answer_was_found() -> None:
    """Any sentence with that date would hold it; a longer one is believed wherever its source is."""
    dated = [hit("Le CMAI s'est réuni le 7 mars 2018. L'accord date du 2 mai 2005.", document="d", start=0)]
    evidence = [("d", 0, 35)]
    said = "Le 2 mai 2005. Le 7 mars 2018. L'accord date du 2 mai 2005."
    short, answer, whole = generate(ScriptedModel(said), "Quand ?", dated, "fr", evidence=evidence)
    assert (short.kept, short.reason) == (False, "La phrase est trop courte pour dire de quoi elle parle.")
    assert answer.kept
    assert whole.kept
