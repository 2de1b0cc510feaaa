"""A question is put in the names that a passage uses, and names that stand for a body are said plainly."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import ScriptedReader

from corpus.errors import ManifestError
from corpus.glossary import read_glossary
from corpus.spoken import read_spoken
from index.expand import Expander
from index.naming import NamingReader
from index.numbering import as_numbered_in
from index.spoken import plainly

EXPANDER = Expander(read_glossary())


@pytest.mark.parametrize(
    ("question", "passage", "asked"),
    [
        (
            "Quel est le but du Conseil des ministres arabes de l'Intérieur ?",
            "Le CMAI vise",
            "Quel est le but du CMAI ?",
        ),
        ("ما هدف مجلس وزراء الداخلية العرب؟", "Le CMAI vise", "ما هدف CMAI؟"),
        (
            "Quel est le rôle du CMAI ?",
            "دور مجلس وزراء الداخلية العرب",
            "Quel est le rôle du مجلس وزراء الداخلية العرب ?",
        ),
        ("What does the EU fund?", "l'Union européenne finance", "What does the Union européenne fund?"),
        (
            "Quel est le but du CMAI ?",
            "Le CMAI, Conseil des ministres arabes de l'Intérieur",
            "Quel est le but du CMAI ?",
        ),
        ("Quel est le but du CMAI ?", "L'Union africaine vise", "Quel est le but du CMAI ?"),
        ("Quand ?", "Le CMAI", "Quand ?"),
    ],
)
def test_a_name_is_asked_for_as_the_passage_writes_it(question: str, passage: str, asked: str) -> None:
    """Only where the passage has it, and only in another form."""
    assert EXPANDER.as_named_in(question, passage) == asked


@pytest.mark.parametrize(
    ("question", "passage", "asked"),
    [
        ("Où eut lieu la trente-deuxième session ?", "la 32ème session", "Où eut lieu la 32ème session ?"),
        ("Où eut lieu la 32e session ?", "la trente-deuxième session", "Où eut lieu la trente-deuxième session ?"),
        ("متى عقدت الدورة الخامسة والثلاثون؟", "la 35ème session tenue", "متى عقدت الدورة 35ème؟"),
        ("متى عقدت الدورة 35 للمجلس؟", "la 35ème session tenue", "متى عقدت الدورة 35ème للمجلس؟"),
        ("The first meeting?", "1ère rencontre: 16-18 Mars", "The 1ère meeting?"),
        ("متى عقدت الدورة الثانية والثلاثون؟", "la 32ème session", "متى عقدت الدورة 32ème؟"),
        ("متى انعقد بالاجتماع ٣٥؟", "la 35ème réunion", "متى انعقد بالاجتماع 35ème؟"),
        ("When was session 32 held?", "the thirty-second session", "When was session thirty-second held?"),
    ],
)
def test_a_place_in_a_series_is_asked_for_as_the_passage_writes_it(question: str, passage: str, asked: str) -> None:
    """In words, in digits with an ending, or in digits alone behind a session."""
    assert as_numbered_in(question, passage) == asked


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("La 32e session ?", "la 32ème session"),
        ("La 32e session ?", "la 17ème session, le 32 mars"),
        ("Le 2 mars ?", "la deuxième session"),
        ("Qui a signé le 1er mars ?", "la première session"),
        ("Où eut lieu la première rencontre ?", "en vigueur le 1er janvier 2010"),
        ("Le dialogue 5+5 ?", "la cinquième session"),
        ("the twentieth summit?", "the G20 summit"),
        ("What did the G7 meeting decide?", "the seventh meeting"),
        ("La quatre-vingtième session ?", "la 20e session"),
        ("The one hundred and fifth session?", "the 5th session"),
        ("Un cinquième des fonds de la session ?", "la 5e session"),
        ("Qui seconde le directeur ?", "la 2e session"),
        ("La troisième réunion ?", "lors de la réunion.\n\n## 3. Formation"),
        ("La cinquième session ?", "Sommet : 5 chefs d'État"),
        ("La troisième session ?", "Réunion 3 mars 2019"),
        ("La troisième session ?", "3 sessions par an"),
        ("Dans les années vingt. Deuxième session ?", "la 22e session"),
        ("السابع عشر من مارس", "la 17ème session"),
        ("كم عضوا دون الثلاثين في الدورة؟", "la 30ème session"),
    ],
)
def test_what_is_no_place_in_a_series_keeps_its_words(question: str, passage: str) -> None:
    """A day, a count, a fraction, a name with figures, a part of a larger number; and a form that the passage has."""
    assert as_numbered_in(question, passage) == question


def test_a_name_that_comes_twice_is_put_right_twice() -> None:
    """From the end, so that no place moves before it is used."""
    asked = "L'EU aide-t-elle l'EU ?"
    assert EXPANDER.as_named_in(asked, "l'Union européenne") == "L'Union européenne aide-t-elle l'Union européenne ?"


class Heard(ScriptedReader):
    """A reader that also keeps the questions."""

    def __init__(self) -> None:
        super().__init__({"mars": 0.9})
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def read(self, question, passages):  # type: ignore[no-untyped-def]
        """As it was told."""
        self.asked.append((question, tuple(passages)))
        return super().read(question, passages)


def test_each_passage_is_read_with_the_question_in_its_names_and_readings_keep_their_order() -> None:
    """Passages that use the same names are read together."""
    heard = Heard()
    reader = NamingReader(heard, EXPANDER)
    passages = ["Le CMAI siège en mars.", "Le Conseil des ministres arabes de l'Intérieur.", "Le CMAI."]
    found = reader.read("Quand siège le CMAI ?", passages)
    assert [round(one.answerable, 2) for one in found] == [0.9, 0.05, 0.05]
    assert heard.asked == [
        ("Quand siège le CMAI ?", (passages[0], passages[2])),
        ("Quand siège le Conseil des ministres arabes de l'Intérieur ?", (passages[1],)),
    ]
    assert (reader.name, reader.calibrated) == (heard.name, heard.calibrated)
    assert reader.read("Quand ?", []) == []


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("De quoi parle-t-on avec Bruxelles ?", "De quoi parle-t-on avec l'Union européenne ?"),
        ("Bruxelles finance-t-elle le programme ?", "L'Union européenne finance-t-elle le programme ?"),
        ("Le dialogue entre Alger et Bruxelles", "Le dialogue entre Alger et l'Union européenne"),
        ("Un appui auprès de Strasbourg ?", "Un appui auprès du Conseil de l'Europe ?"),
        ("Qu'apporte Bruxelles à la police ?", "Qu'apporte l'Union européenne à la police ?"),
        ("L'argent venu de Strasbourg", "L'argent venu du Conseil de l'Europe"),
        ("Recevons-nous une aide des Vingt-Sept ?", "Recevons-nous une aide de l'Union européenne ?"),
        ("Que demande-t-on aux Vingt-Sept ?", "Que demande-t-on à l'Union européenne ?"),
        ("Les Vingt-Sept nous aident-ils ?", "L'Union européenne nous aident-ils ?"),
        ("Avec l'institution de Strasbourg, quel sujet ?", "Avec le Conseil de l'Europe, quel sujet ?"),
        ("Le rôle de l’institution de Strasbourg", "Le rôle du Conseil de l'Europe"),
        ("Le rôle de l'institution de Strasbourg", "Le rôle du Conseil de l'Europe"),
        ("L'institution de Strasbourg aide-t-elle ?", "Le Conseil de l'Europe aide-t-elle ?"),
        ("Que font les gens de Bruxelles ?", "Que font l'Union européenne ?"),
        ("Le budget des institutions de Bruxelles", "Le budget de l'Union européenne"),
        ("Does the Strasbourg body help us?", "Does the Council of Europe help us?"),
        ("ما دور مؤسسة ستراسبورغ؟", "ما دور مجلس أوروبا؟"),
        ("What do we discuss with Brussels?", "What do we discuss with the European Union?"),
        ("ما البرنامج المشترك مع ستراسبورغ؟", "ما البرنامج المشترك مع مجلس أوروبا؟"),
    ],
)
def test_a_seat_that_stands_for_a_body_is_said_plainly(question: str, plain: str) -> None:
    """What is shown as "compris comme" can be checked by whoever asked."""
    assert plainly(question) == plain


@pytest.mark.parametrize(
    "question",
    [
        "Qui était à Bruxelles en mars ?",
        "La réunion de Bruxelles",
        "Les vingt-sept réunions de Bruxelles",
        "L'organisation de la session de Strasbourg",
        "What happened in Brussels?",
        "ماذا حدث في بروكسل؟",
        "",
    ],
)
def test_a_place_stays_a_place(question: str) -> None:
    """Nothing is guessed where a town may be meant."""
    assert plainly(question) == question


def test_a_file_of_names_that_does_not_say_what_is_meant_is_refused(tmp_path: Path) -> None:
    """The message names the language."""
    file = tmp_path / "spoken.toml"
    file.write_text('behind.fr = ["avec"]\n[[name]]\nid = "x"\nsaid.fr = ["Lune"]\nmeans.en = "the Moon"\n', "utf-8")
    with pytest.raises(ManifestError, match="fr"):
        read_spoken(file)
    file.write_text("[[name]]\n", "utf-8")
    with pytest.raises(ManifestError):
        read_spoken(file)
