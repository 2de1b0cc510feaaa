"""Follow-ups: what they leave out is carried over, and nothing else is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.condense import faithful
from assistant.answers.conversation import standalone
from assistant.answers.mentions import mentions
from index.terms import fold

DATA = Path(__file__).parent / "data"
LEAST = 0.88


def _cases(name: str) -> list[Mapping[str, Any]]:
    return list(tomllib.loads((DATA / name).read_text(encoding="utf-8"))["follow_up"])


def _holds(text: str, wanted: str) -> bool:
    return any(_found(fold(text), fold(form)) for form in wanted.split("|"))


def _found(text: str, form: str) -> bool:
    if form[0] > "z":
        return form in text
    kind = r"\d" if form[0].isdigit() else r"[^\W\d_]"
    last = r"\d" if form[-1].isdigit() else r"[^\W\d_]"
    return re.search(rf"(?<!{kind}){re.escape(form)}(?!{last})", text) is not None


def faults(case: Mapping[str, Any]) -> list[str]:
    """What is wrong with the question that a follow-up became; nothing if it is right."""
    asked = case["asks"]
    result = standalone(asked, case["history"])
    if case.get("same"):
        return [] if result == asked else [f"changed: {result}"]
    missing = [f"lacks {word!r}: {result}" for word in case["holds"] if not _holds(result, word)]
    kept = [f"holds {word!r}: {result}" for word in case["lacks"] if _holds(result, word)]
    return missing + kept


@pytest.mark.parametrize(
    "name",
    [
        "follow_ups.toml",
        "follow_ups_blind.toml",
        "follow_ups_third.toml",
        "follow_ups_fourth.toml",
        "follow_ups_fifth.toml",
    ],
)
def test_follow_ups_become_questions_that_stand_alone(name: str) -> None:
    """At least 88 % of each batch are resolved, in every language.

    Resolved when first counted, of the batches of 25 written unseen: 18, 20, 20 (blind, third, fourth) and 24 (fifth,
    whose one miss names the programme by its name where the case wants its class repeated).
    """
    cases = _cases(name)
    wrong = [(case["asks"], found) for case in cases if (found := faults(case))]
    assert len(wrong) <= len(cases) * (1 - LEAST), wrong


ENTITIES = [
    "CMAI",
    "OTAN",
    "CAPDEL",
    "Nouakchott",
    "UMA",
    "NATO",
    "Montpellier",
    "UNODC",
    "اتحاد المغرب العربي",
    "الناتو",
    "2015",
    "32e",
    "17th",
]
FRAMES = [
    "Quand s'est tenue la 35e session du {} ?", "Qui finance {} ?", "Quels sont les objectifs de {} ?", "What does {} do?", "When was {} founded?",
    "ما هي أهداف {}؟", "Et {} ?", "Et avec {} ?", "And {}?", "وماذا عن {}؟", "Où ?", "Qui y participe ?", "Quel est son budget ?", "Who funds it?",
    "ومتى تأسس؟", "Et en 2013 ?", "Combien ?", "Quand a-t-il été créé ?",
]  # fmt: skip
TURNS = st.builds(lambda frame, name: frame.format(name), st.sampled_from(FRAMES), st.sampled_from(ENTITIES))


@given(st.lists(TURNS, max_size=4), TURNS)
def test_nothing_is_named_that_neither_history_nor_question_names(history: list[str], question: str) -> None:
    """What is carried over was said: names, acronyms, numbers."""
    said = " ".join([*history, question])
    result = standalone(question, history)
    names = re.findall(r"\b[A-Z][A-Z]+\b|\d+|[A-Z][a-z]{5,}(?=\W)", result)
    openers = {"Quand", "Combien", "Quelle", "Quels", "Which", "Depuis"}
    assert all(name in said for name in names if name not in openers)
    assert {m.id for m in mentions(result) if m.id} <= {m.id for m in mentions(said) if m.id}


@given(st.lists(st.text(max_size=40), max_size=3), st.text(max_size=60))
def test_any_text_is_answered_with_a_text(history: list[str], question: str) -> None:
    """Nothing typed breaks it; without a history nothing changes."""
    assert isinstance(standalone(question, history), str)
    assert standalone(question, []) == question


STANDS_ALONE = [
    "Quels sont les objectifs du CMAI ?", "Qui préside l'UMA ?", "CAPDEL", "lutte contre la cybercriminalité", "Le ministère a-t-il un budget ?",
    "Dans quelle ville s'est tenue la réunion de 2019 ?", "Pourquoi coopérer avec l'OTAN ?", "Y a-t-il des accords avec la Chine ?",
    "Que prévoit la convention arabe contre la corruption ?", "Est-il possible de visiter le ministère ?", "Quelle est la capitale du Japon ?",
    "L'Union européenne et ses partenaires ont-ils signé un accord ?", "Combien de communes pilotes le programme CAPDEL compte-t-il ?",
    "Who are the Arab justice ministers?", "What is the capital of Japan?", "Is it true that Algeria hosted the AIMC?", "Algeria and its partners in NATO",
    "How do the working groups of the AMU work?", "the migration dialogue", "Which programmes does NATO run?", "Does Algeria have a navy?",
    "من هو رئيس اتحاد المغرب العربي؟", "ما هي عاصمة اليابان؟", "متى وقعت الجزائر اتفاق الشراكة؟", "هل توجد استراتيجية لمكافحة الإرهاب؟", "برنامج كابدال",
    "En Algérie, qui lutte contre la désertification ?", "Quand la police algérienne a-t-elle été modernisée ?", "Il existe combien de conventions arabes ?",
    "Quels pays ont signé une convention ?", "Depuis quand l'Algérie participe-t-elle aux sessions du CMAI ?", "Quelle heure est-il ?",
]  # fmt: skip


@pytest.mark.parametrize(
    "before", ["Quand s'est tenue la 35e session du CMAI ?", "What is the 5+5 Dialogue?", "ما هو برنامج كابدال؟"]
)
@pytest.mark.parametrize("question", STANDS_ALONE)
def test_a_question_that_stands_alone_is_left_as_it_was_typed(question: str, before: str) -> None:
    """Carrying a subject into it would answer another question."""
    assert standalone(question, [before]) == question


@pytest.mark.parametrize(
    ("before", "asks", "becomes"),
    [
        ("Quels sont les buts du conseil ?", "Et la Ligue arabe ?", "Quels sont les buts de la Ligue arabe ?"),
        ("Quels sont les buts du conseil ?", "Et le plan ?", "Quels sont les buts du plan ?"),
        ("Quand le conseil a-t-il été créé ?", "Et la Ligue arabe ?", "Quand la Ligue arabe a-t-elle été créée ?"),
        ("Quand l'union a-t-elle été créée ?", "Et le conseil ?", "Quand le conseil a-t-il été créé ?"),
        ("Que fait le conseil ?", "Et l'OTAN ?", "Que fait l'OTAN ?"),
        ("Quand s'est réuni le conseil à Alger ?", "Et l'UMA ?", "Quand s'est réuni l'UMA à Alger ?"),
        ("Qui préside le conseil des ministres ?", "Et la Ligue arabe ?", "Qui préside la Ligue arabe ?"),
        ("Qui finance le programme ?", "Et le projet Cyber-Sud ?", "Qui finance le projet Cyber-Sud ?"),
        ("Qui finance le programme ?", "Et le plan d'action ?", "Qui finance le plan d'action ?"),
        ("Quels sont les objectifs du CMAI ?", "Et le plan ?", "Quel est le plan du CMAI ?"),
        (
            "Quels sont les buts du Conseil de l'Europe ?",
            "Et la Ligue arabe ?",
            "Quels sont les buts de la Ligue arabe ?",
        ),
        ("What are the goals of the council?", "And the Arab League?", "What are the goals of the Arab League?"),
        ("When was the council founded?", "And NATO?", "When was NATO founded?"),
        ("What are the goals of the council?", "And the plan?", "What are the goals of the plan?"),
        ("ما هي أهداف المجلس؟", "والاتحاد الأفريقي؟", "ما هي أهداف الاتحاد الأفريقي؟"),
        ("ما هي أهداف المجلس؟", "والخطة؟", "ما هي أهداف الخطة؟"),
        ("متى تأسس المجلس؟", "وماذا عن الناتو؟", "متى تأسس الناتو؟"),
        ("ما هي مهام مجلس أوروبا؟", "والخطة؟", "ما خطة مجلس أوروبا؟"),
    ],
)
def test_what_a_question_calls_by_its_class_gives_way_to_another_thing(before: str, asks: str, becomes: str) -> None:
    """ "Le conseil" to a body that is named, or to another class; a name stays the owner of what is asked."""
    assert standalone(asks, [before]) == becomes


def test_what_an_answer_names_serves_only_where_no_question_names_anything() -> None:
    """ "Qui est-ce ?" after a question without a name takes the name that was answered."""
    history = ["Quel conseil réunit les ministres arabes ?"]
    assert "CMAI" in standalone("Quand a-t-il été créé ?", history, ["C'est le CMAI."])
    assert "UMA" not in standalone("Quand a-t-il été créé ?", ["Qui préside le CMAI ?"], ["C'est l'UMA."])


@pytest.mark.parametrize(
    "rewritten",
    [
        "Où s'est tenue la 35e session du CMAI ?", "Où la 35e session du CMAI s'est-elle tenue ?",
    ],
)  # fmt: skip
def test_a_rewriting_that_names_nothing_new_is_kept(rewritten: str) -> None:
    """Another form of the same name is the same name."""
    assert faithful(rewritten, "Où ?", ["Quand s'est tenue la 35e session du CMAI ?"])


@pytest.mark.parametrize(
    "rewritten",
    [
        "Où s'est tenue la 36e session du CMAI ?", "Où s'est tenue la 35e session de l'UMA ?", "Où s'est tenue la 35e session du CMAI à Tunis ?",
        "Où s'est tenue la 35e session du CMAI en 2018 ?", "Where was the 35th session of NATO held?", "Où s'est tenue la session du GAFI ?", "", "Oui\nNon",
        "Où le président Tebboune a-t-il ouvert la 35e session du CMAI ?", "أين انعقدت الدورة 35 للناتو؟", "Où s'est tenue la trente-sixième session du CMAI ?",
    ],
)  # fmt: skip
def test_a_rewriting_that_names_something_new_is_refused(rewritten: str) -> None:
    """No name, number or acronym that neither the history nor the question holds."""
    assert not faithful(rewritten, "Où ?", ["Quand s'est tenue la 35e session du CMAI ?"])


@pytest.mark.parametrize(
    ("before", "asks", "becomes"),
    [
        ("أين انعقد الاجتماع الأول لوزراء الداخلية المغاربيين؟", "وأين انعقد الثالث؟", "أين انعقد الاجتماع الثالث لوزراء الداخلية المغاربيين؟"),
        ("هل تتعاون الجزائر مع مجلس أوروبا؟", "وعلى أي موضوع يركز أساسا؟", "على أي موضوع يركز أساسا (مجلس أوروبا)؟"),
        ("Que fait le CMAI ?", "Et combien de membres ?", "Combien de membres (CMAI) ?"),
    ],
)  # fmt: skip
def test_what_names_nothing_behind_and_is_about_what_was_asked_before(before: str, asks: str, becomes: str) -> None:
    """A number takes its place in the question before it; other words are told what they are about."""
    assert standalone(asks, [before]) == becomes


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("متى انعقد الاجتماع الأول لوزراء الداخلية؟", "هل عقد الثالث"),
        ("متى انعقد الاجتماع الأول لوزراء الداخلية؟", "متى تحول العالم الثالث"),
        ("متى انعقد الاجتماع الأول لوزراء الداخلية؟", "لماذا ألغي الثالث"),
        ("Quand s'est tenue la 35e session du CMAI ?", "Mais qui est le ministre de la justice ?"),
        ("Quand s'est tenue la 35e session du CMAI ?", "Et quels stages ont été organisés en 2015 ?"),
        ("Quand s'est tenue la 35e session du CMAI ?", "Et que dit la convention sur l'eau ?"),
        ("What are the aims of the AU?", "And what is terrorism?"),
        ("Quand s'est tenue la 35e session du CMAI ?", "وما هو الإرهاب؟"),
    ],
)
def test_what_stands_by_itself_behind_and_is_not_tied_to_what_was_asked_before(before: str, question: str) -> None:
    """Another verb, a year, a definition or another subject."""
    assert standalone(question, [before]) == question
