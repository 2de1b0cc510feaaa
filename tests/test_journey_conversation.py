"""What people type besides plain questions, over a small index and the real model: slips of the hand, comparisons,
two questions in one, lists, acronyms, follow-ups, small talk."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from conftest import Shipped

from assistant.answers.answer import Answer
from assistant.assistant import Assistant
from assistant.library import Request
from assistant.ownership import Ownership
from index.build import check_vectors
from index.embed import OnnxEmbedder
from index.generations import open_generation
from index.records import Records
from index.spelling import count_words
from index.terms import fold, stem

AXES = 40
TEXTS = {
    "plan.md": "# Le plan tunisien\n\nLe plan fut signé à Sfax le 3 mai 2021.\n\nLes axes du plan sont les suivants :\n\n"
    + "\n".join(
        f"- l'axe numéro {n}, confié à une équipe mixte qui se réunit tous les trois mois ;" for n in range(AXES)
    )
    + "\n\nLe plan est financé par la Banque maghrébine.\n",
    "reseau.md": "# Le réseau des attachés\n\nLe réseau des attachés a pour but d'échanger des renseignements sur la cybercriminalité. "
    "Le réseau des attachés s'est réuni à Rabat le 14 juin 2022.\n",
    "comite.md": "# Le comité frontalier\n\nLe comité frontalier a pour but de surveiller les frontières terrestres. "
    "Le comité frontalier s'est réuni à Tamanrasset.\n",
    "afrique.md": "# L'Union africaine\n\nL'Union africaine soutient la formation des gardes-frontières. "
    "Elle finance un centre à Nairobi.\n",
    "maghreb.md": "# L'Union du Maghreb arabe\n\nL'Union du Maghreb arabe soutient la protection civile. "
    "Elle coordonne les secours en mer.\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, real_embedder: OnnxEmbedder) -> Iterator[Assistant]:
    """Five short texts and the real model, without a reader."""
    data, texts = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("texts")
    for name, text in TEXTS.items():
        (texts / name).write_text(text, "utf-8")
    ownership = Ownership(data)
    assert ownership.claim()
    records = Records(f"sqlite:///{data / 'cooperation.db'}")
    check_vectors(records, real_embedder)
    assistant = Assistant(records, open_generation(records, data, "small"), real_embedder, ownership)
    assert {outcome.status for outcome in assistant.ingest(Request((texts,)))} == {"added"}
    yield assistant
    assistant.close()


def said(answer: Answer, part: int) -> str:
    """The sentences of one part."""
    told = answer.parts[part]
    return " ".join(sentence.text for sentence in answer.sentences[told.first : told.last])


# --- slips of the hand -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "understood", "within"),
    [
        (
            "Quel est le but du resaeu des attachés ?",
            "Quel est le but du réseau des attachés ?",
            "échanger des renseignements",
        ),
        ("but du comité frontallier", "but du comité frontalier", "surveiller les frontières"),
        ("Qui finnace le plan tunisein ?", "Qui finance le plan tunisien ?", "Banque maghrébine"),
        ("où s'est réuni le reseau des atachés ?", "où s'est réuni le reseau des attachés ?", "Rabat"),
    ],
)
def test_a_mistyped_question_is_answered_and_says_how_it_was_understood(
    small: Assistant, typed: str, understood: str, within: str
) -> None:
    """As if it had been typed well."""
    answer = small.ask(typed)
    assert (answer.question, answer.understood_as) == (typed, understood)
    assert within in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le but du reseau des attaches ?",
        "Qui préside l'ONUDI ?",
        "Que dit la lettre DC/2014/0371 ?",
        "Quel est le prix du train pour Sfaxe ?",
        "Qui est Benali Tahar ?",
        "Quels sont les objectifs du CMIA ?",
        "ما هي أهداف الشبكه؟",
    ],
)
def test_what_may_be_right_is_not_mended(small: Assistant, question: str) -> None:
    """Words that the texts hold without their accents, acronyms, references, names."""
    assert small.ask(question).understood_as == question


def test_the_words_known_follow_the_texts(small: Assistant, tmp_path: Path) -> None:
    """A text added teaches its words at once, and takes them along when it goes."""
    asked = "Que dit-on de la desalinisatoin ?"
    assert small.ask(asked).understood_as == asked
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nLa désalinisation commence à Oran.\n", "utf-8")
    (added,) = small.ingest(Request((note,)))
    assert small.ask(asked).understood_as == "Que dit-on de la désalinisation ?"
    small.remove(added.id)
    assert small.ask(asked).understood_as == asked


def slipped(word: str, draw: random.Random) -> str:
    """A word with a slip of the hand inside it: a letter left out, doubled, swapped with the next, or one key off."""
    at = draw.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    row = next(row for row in ("azertyuiop", "qsdfghjklm", "wxcvbn") if letter in row)
    beside = row[row.index(letter) + (1 if letter == row[0] else -1)]
    return draw.choice(
        [before + after, before + letter * 2 + after, before + after[0] + letter + after[1:], before + beside + after]
    )


def test_slips_made_by_chance_are_mostly_put_right_and_never_into_another_word(shipped: Shipped) -> None:
    """600 of them, in the words of the shipped texts; at most a word in its other forms is taken for itself."""
    draw = random.Random(11)
    texts = [shipped.assistant.text(record.id) for record in shipped.assistant.documents()]
    known = {fold(word) for word in count_words(texts) if len(word) >= 6}
    plain = sorted(word for word in known if word.isascii())
    right = tried = 0
    for word in draw.choices(plain, k=600):
        typed = slipped(word, draw)
        mended = fold(shipped.assistant.mended(f"le texte sur {typed}")).removeprefix("le texte sur ")
        if fold(typed) in known or typed == word:
            continue
        tried += 1
        right += mended == word
        assert mended == typed or stem(mended, "fr") == stem(word, "fr"), (word, typed, mended)
    assert tried > 500
    assert right / tried > 0.7


def test_mending_takes_no_time_that_is_felt(small: Assistant) -> None:
    """A few milliseconds for a question of mistyped words."""
    typed = "le comité frontallier et le resaeu des atachés surveilent les frontieers terestres"
    small.mended(typed)
    seconds = []
    for _ in range(20):
        began = time.perf_counter()
        small.mended(typed)
        seconds.append(time.perf_counter() - began)
    assert median(seconds) < 0.015


# --- comparisons and halves ------------------------------------------------------------------------------------------


def test_each_side_of_a_comparison_is_answered_from_its_own_text(small: Assistant) -> None:
    """And not from the other's."""
    answer = small.ask("Compare les buts du réseau des attachés et du comité frontalier")
    assert len(answer.parts) == 2
    assert "cybercriminalité" in said(answer, 0)
    assert "frontières terrestres" in said(answer, 1)
    assert "cybercriminalité" not in said(answer, 1)
    assert "frontières" not in said(answer, 0)


def test_a_comparison_in_no_respect_tells_what_is_said_of_each_side(small: Assistant) -> None:
    """Also by acronyms that no text holds."""
    answer = small.ask("Quelle différence entre l'UA et l'UMA ?")
    assert [part.question for part in answer.parts] == ["l'UA", "l'UMA"]
    assert "gardes-frontières" in said(answer, 0)
    assert "protection civile" in said(answer, 1)
    assert "protection civile" not in said(answer, 0)


def test_the_half_that_is_held_is_answered_and_the_other_said_to_be_missing(small: Assistant) -> None:
    """In one line, and never by the answer to something else; the value sent to other programs says the same."""
    answer = small.ask("Où et quand s'est réuni le comité frontalier ?")
    where, when = answer.to_json()["parts"]
    assert not answer.refused
    assert "Tamanrasset" in said(answer, 0)
    assert (where["refused"], when["refused"]) == (False, True)
    assert when["first"] == when["last"]
    assert len(when["reason_text"].splitlines()) == 1


def test_a_sentence_that_answers_both_halves_stands_under_each(small: Assistant) -> None:
    """With one number."""
    answer = small.ask("Quand et où s'est réuni le réseau des attachés ?")
    assert [part.refused for part in answer.parts] == [False, False]
    assert "14 juin 2022" in said(answer, 0)
    assert "Rabat" in said(answer, 1)
    assert len(answer.citations) == 1


def test_one_date_is_not_shown_for_two(shipped: Shipped) -> None:
    """The agreement was signed in 2005; when it came into force is not told."""
    asked = "Quand l'accord d'association a-t-il été signé et quand est-il entré en vigueur ?"
    answer = shipped.assistant.ask(asked)
    signed, in_force = answer.parts
    assert "2005" in said(answer, 0)
    assert (signed.refused, in_force.refused) == (False, True)
    assert "entrée en vigueur" in in_force.reason_text


def test_a_side_with_sentences_of_its_own_does_not_repeat_the_other(shipped: Shipped) -> None:
    """What is said of the political dialogue alone stands under it alone."""
    answer = shipped.assistant.ask("Quelle différence entre le dialogue politique et le dialogue informel avec l'UE ?")
    one, other = ({s.text for s in answer.sentences[part.first : part.last]} for part in answer.parts)
    assert "Justice" in said(answer, 0)
    assert "Migration" in said(answer, 1)
    assert not one & other
    assert {n for sentence in answer.sentences for n in sentence.citations} == {c.n for c in answer.citations}


def test_a_comparison_may_follow_a_question(shipped: Shipped) -> None:
    """With what that asked."""
    answer = shipped.assistant.ask("Compare avec l'Union africaine", ["Quels sont les objectifs du CMAI ?"])
    assert answer.understood_as == "Quels sont les objectifs de l'Union africaine ?"


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "Quels sont les axes du plan tunisien ?",
        "What are the axes of the Tunisian plan?",
        "ما هي محاور الخطة التونسية؟",
    ],
)
def test_a_list_longer_than_a_passage_is_quoted_whole(small: Assistant, question: str) -> None:
    """From what introduces it to its last item, and with its source; nothing after it."""
    answer = small.ask(question)
    (listed,) = [sentence for sentence in answer.sentences if "axe numéro" in sentence.text]
    assert listed.text.startswith("Les axes du plan sont les suivants :")
    assert [f"l'axe numéro {n}," in listed.text for n in range(AXES)] == [True] * AXES
    assert "Banque" not in listed.text
    citation = answer.citations[listed.citations[0] - 1]
    assert small.text(citation.document)[citation.start : citation.end] == citation.quote == listed.text


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "Quels sont les objectifs du CMAI ?",
        "Quels sont les objectifs du CMIA ?",
        "What are the objectives of the AIMC?",
        "What are the objectives of the Council of Arab Ministers of the Interior?",
        "ما هي أهداف مجلس وزراء الداخلية العرب؟",
    ],
)
def test_the_council_is_found_by_each_of_its_names(shipped: Shipped, question: str) -> None:
    """Its four aims, whatever it is called."""
    answer = shipped.assistant.ask(question)
    assert shipped.assistant.search(question, 3)[0].document == "cmai"
    assert "Le CMAI a quatre objectifs" in answer.text


def test_search_puts_typing_errors_right_as_ask_does(shipped: Shipped) -> None:
    """The words that are found are those of the texts."""
    match = shipped.assistant.search("financement du programe capdle", 3)[0]
    assert {"programme", "capdel"} <= {word.lower() for word in match.held}


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Quels sont les domaines de coopération avec l'UE ?", "union-europeenne"),
        ("What are the fields of cooperation with the EU?", "union-europeenne"),
        ("What is the AU?", "union-africaine"),
        ("Quels sont les objectifs de la coopération avec l'UA ?", "union-africaine"),
    ],
)
def test_an_acronym_that_no_text_holds_is_what_its_full_name_says(
    shipped: Shipped, question: str, document: str
) -> None:
    """The European Union, not the Arab Maghreb Union, though both are unions."""
    answer = shipped.assistant.ask(question)
    assert {citation.document for citation in answer.citations} == {document}


# --- conversation ----------------------------------------------------------------------------------------------------


def test_the_examples_offered_are_questions_that_are_answered(shipped: Shipped) -> None:
    """In each language: who tries one is not refused."""
    for asked in ("que sais-tu faire ?", "what can you do?", "ماذا يمكنك أن تفعل؟"):
        reply = shipped.assistant.ask(asked)
        assert (reply.mode, reply.refused) == ("conversation", False)
        examples = [line.removeprefix("- ") for line in reply.reply.splitlines() if line.startswith("- ")]
        assert len(examples) == 3
        assert not [example for example in examples if shipped.assistant.ask(example).refused]


def test_a_follow_up_on_a_thing_called_by_its_class_is_about_the_one_it_names(shipped: Shipped) -> None:
    """ "Et l'Union africaine ?" after a question about "le conseil"."""
    answer = shipped.assistant.ask("Et l'Union africaine ?", ["Quels sont les objectifs du conseil ?"])
    assert answer.understood_as == "Quels sont les objectifs de l'Union africaine ?"
    assert {citation.document for citation in answer.citations} == {"union-africaine"}


def test_small_talk_leaves_a_conversation_as_it_was(shipped: Shipped) -> None:
    """Thanks between a question and its follow-up are no question."""
    history = ["Quand s'est tenue la 35e session du CMAI ?", "Merci !"]
    answer = shipped.assistant.ask("Et la 32e ?", history)
    assert "11 et 12 mars 2015" in answer.text
