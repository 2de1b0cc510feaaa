"""What would be shown is read alone: the item that is asked about, under its headings, without its neighbours."""

from __future__ import annotations

from fakes import ScriptedReader, found, hit

from assistant.answers.evidence import units
from assistant.answers.extract import Drafted, draft
from assistant.answers.question import Question, understand
from assistant.answers.refusal import features
from assistant.answers.reread import READ, nearest, reread, said
from assistant.answers.weights import read_weights
from index.search import Found

LIST = (
    "Les centres assurent une veille :\n"
    "• Dakar : centre de la zone sud, 48 officiers de quart.\n"
    "• Nouadhibou : centre de la zone nord, ouvert en 2009."
)
ASKED = "Combien d'officiers de quart compte le centre de Nouadhibou ?"
WORDS = {"offici": 2.0, "quart": 2.0, "centr": 1.0, "nouadhibou": 3.0}


def _drafted(text: str) -> tuple[Question, Found, list[Drafted]]:
    question = understand(ASKED)
    there = found(hit(text, headings=("Sauvetage en mer",)), words=WORDS)
    return question, there, draft(question, units(question, there), read_weights(True).unit)


def test_an_item_is_read_under_its_headings_and_its_lead_without_the_others() -> None:
    """The number beside another town is not there to be taken."""
    question, there, drafted = _drafted(LIST)
    reader = ScriptedReader({"48 officiers": 0.9})
    reread(question, there, drafted, reader.read)
    assert 1 <= len(reader.seen) <= READ
    assert all("Sauvetage en mer. Les centres assurent" in passage for passage in reader.seen)
    assert not any("Dakar" in passage and "Nouadhibou" in passage for passage in reader.seen)
    assert said(nearest(question, there, drafted)[0]) == reader.seen[0]


def test_what_is_read_alone_is_told_by_the_kind_that_is_asked() -> None:
    """A fact, here: the best of the grains read, and the nearest one by itself."""
    question, there, drafted = _drafted(LIST)
    alone = reread(question, there, drafted, ScriptedReader({"48 officiers": 0.9}, otherwise=0.1).read)
    made = features(question, there, drafted, alone)
    assert made["alone_fact"] == max(made["alone_fact"], made["alone_first"])
    assert "alone_list" not in made


def test_without_a_reader_or_a_draft_nothing_is_said() -> None:
    """No opinion is no zero."""
    question, there, drafted = _drafted(LIST)
    assert reread(question, there, drafted, lambda _question, _passages: []) == []
    assert reread(question, there, [], ScriptedReader({}).read) == []
    assert not any(name.startswith("alone") for name in features(question, there, drafted))
