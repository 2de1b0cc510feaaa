"""Comparisons and joined questions are taken apart; a question that only looks like one is left whole."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.comparison import comparison, halves, questions_in
from assistant.answers.contrast import doings


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare le CMAI et l'UMA", ("le CMAI", "l'UMA")),
        ("Compare le CMAI avec l'UMA", ("le CMAI", "l'UMA")),
        ("Comparez l'Union africaine à l'Union européenne.", ("l'Union africaine", "l'Union européenne")),
        ("Peux-tu comparer l'OTAN et le Conseil de l'Europe ?", ("l'OTAN", "le Conseil de l'Europe")),
        ("Quelle est la différence entre l'UA et l'UMA ?", ("l'UA", "l'UMA")),
        ("différence entre CAPDEL et Cyber-Sud", ("CAPDEL", "Cyber-Sud")),
        ("Quelles sont les différences entre la 17e session et la 32e session ?", ("la 17e session", "la 32e session")),
        ("En quoi le CMAI diffère-t-il de l'UMA ?", ("le CMAI", "l'UMA")),
        ("Compare les objectifs du CMAI et de l'UMA", ("le CMAI", "l'UMA")),
        ("Compare the AU and the AMU", ("the AU", "the AMU")),
        ("What is the difference between NATO and the Council of Europe?", ("NATO", "the Council of Europe")),
        ("How does the AIMC differ from the AMU?", ("the AIMC", "the AMU")),
        ("Compare the objectives of the AIMC and the AMU", ("the AIMC", "the AMU")),
        ("قارن بين الاتحاد الأفريقي والاتحاد الأوروبي", ("الاتحاد الأفريقي", "الاتحاد الأوروبي")),
        ("ما الفرق بين اتحاد المغرب العربي وجامعة الدول العربية؟", ("اتحاد المغرب العربي", "جامعة الدول العربية")),
        ("Quelle différence entre le CMAI et l'UMA ?", ("le CMAI", "l'UMA")),
        ("Quelles différences y a-t-il entre le CMAI et l'UMA ?", ("le CMAI", "l'UMA")),
        (
            "ما الفرق بين مجلس وزراء الداخلية العرب واتحاد المغرب العربي؟",
            ("مجلس وزراء الداخلية العرب", "اتحاد المغرب العربي"),
        ),
        ("قارن بين وزارة الداخلية ووزارة العدل", ("وزارة الداخلية", "وزارة العدل")),
        ("Compare la coopération avec l'UA et avec l'UE", ("l'UA", "l'UE")),
        ("Compare la coopération du MICLAT avec l'UA et l'UE", ("l'UA", "l'UE")),
        ("Compare la coopération avec l'UA à celle avec l'UE", ("l'UA", "l'UE")),
        ("Compare la coopération entre l'UA et l'UE", ("l'UA", "l'UE")),
        ("Compare la participation au CMAI et à l'UMA", ("le CMAI", "l'UMA")),
        ("Compare les domaines de coopération de l'UMA et de l'UE", ("l'UMA", "l'UE")),
        ("Quelle est la différence entre la coopération avec l'UA et avec l'UE ?", ("l'UA", "l'UE")),
        ("Compare les objectifs du CMAI et les missions de l'UMA", ("les objectifs du CMAI", "les missions de l'UMA")),
        ("Compare the cooperation with the AU and with the EU", ("the AU", "the EU")),
        ("What is the difference between cooperation with NATO and the EU?", ("NATO", "the EU")),
        ("قارن التعاون مع الاتحاد الأفريقي ومع الاتحاد الأوروبي", ("الاتحاد الأفريقي", "الاتحاد الأوروبي")),
        ("قارن بين التعاون مع الاتحاد الأفريقي والتعاون مع الاتحاد الأوروبي", ("الاتحاد الأفريقي", "الاتحاد الأوروبي")),
        ("قارن التعاون بين الاتحاد الأفريقي والاتحاد الأوروبي", ("الاتحاد الأفريقي", "الاتحاد الأوروبي")),
        ("قارن بين أهداف الاتحاد الأفريقي والاتحاد الأوروبي", ("الاتحاد الأفريقي", "الاتحاد الأوروبي")),
        ("Compare la coopération et l'Union africaine", None),
        ("قارن أهداف CAPDEL", None),
    ],
)
def test_both_sides_of_a_comparison_are_found(question: str, sides: tuple[str, str] | None) -> None:
    """However it is asked, in three languages, and with a question for each side."""
    found = comparison(question)
    assert (found and found.sides) == sides
    if found and sides:
        for side, asked in zip(sides, found.questions, strict=True):
            assert side.split()[-1].removeprefix("l'") in asked


@pytest.mark.parametrize(
    "question",
    [
        "Quels sont les objectifs du CMAI ?",
        "Quelles relations entre l'Algérie et l'Union européenne ?",
        "L'accord entre l'Algérie et l'UE",
        "What was signed between Algeria and the EU?",
        "ما هي العلاقات بين الجزائر والاتحاد الأوروبي؟",
        "Compare",
        "Compare le CMAI et le CMAI",
        "Qui compare les textes ?",
        "différence",
        "",
    ],
)
def test_what_compares_nothing_is_no_comparison(question: str) -> None:
    """ "Between" alone compares nothing, nor does one thing with itself."""
    assert comparison(question) is None


def test_an_aspect_is_asked_of_each_side() -> None:
    """ "Compare the aims of" asks for the aims of each."""
    found = comparison("Compare les objectifs du CMAI et de l'UMA")
    assert found is not None
    assert found.questions == ("Quels sont les objectifs du CMAI ?", "Quels sont les objectifs de l'UMA ?")


def test_a_shared_head_is_asked_of_each_side_with_what_ties_it() -> None:
    """ "With" stays "with", "de" is contracted."""
    ties = {
        "Compare la coopération avec l'UA et le CMAI": "Que disent les textes sur la coopération avec le CMAI ?",
        "Compare la participation au CMAI et à l'UMA": "Que disent les textes sur la participation à l'UMA ?",
        "Compare les relations entre l'Algérie et l'UE et entre l'Algérie et l'OTAN": "Quelles sont les relations entre l'Algérie et l'OTAN ?",
        "Compare la coopération entre l'UA et l'UE": "Que disent les textes sur la coopération avec l'UE ?",
        "Compare les relations avec l'UA et l'UE": "Quelles sont les relations avec l'UE ?",
        "Compare the work with the AU and with NATO": "What do the texts say about the work with NATO?",
        "قارن التعاون مع الاتحاد الأفريقي ومع الناتو": "ماذا تقول النصوص عن التعاون مع الناتو؟",
    }
    found = {question: comparison(question) for question in ties}
    assert {question: told and told.questions[1] for question, told in found.items()} == ties


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Quand et où s'est tenue la 35e session ?", ("Quand s'est tenue la 35e session ?", "Où s'est tenue la 35e session ?")),
        ("Où et en quelle année s'est tenue la 4e rencontre ?", ("Où s'est tenue la 4e rencontre ?", "En quelle année s'est tenue la 4e rencontre ?")),
        ("Qui préside le CMAI et quand a-t-il été créé ?", ("Qui préside le CMAI ?", "Quand le CMAI a-t-il été créé ?")),
        ("Qui finance CAPDEL et combien de communes en bénéficient ?", ("Qui finance CAPDEL ?", "Combien de communes bénéficient de CAPDEL ?")),
        ("Qu'est-ce que le CMAI et quels sont ses objectifs ?", ("Qu'est-ce que le CMAI ?", "Quels sont les objectifs du CMAI ?")),
        ("When and where was the 35th session held?", ("When was the 35th session held?", "Where was the 35th session held?")),
        ("What is CAPDEL and who funds it?", ("What is CAPDEL?", "Who funds CAPDEL?")),
        ("متى وأين انعقدت الدورة 35؟", ("متى انعقدت الدورة 35؟", "أين انعقدت الدورة 35؟")),
        ("ما هو برنامج كابدال ومن يموله؟", ("ما هو برنامج كابدال؟", "من يمول برنامج كابدال؟")),
        ("Qui finance CAPDEL ? Où se trouve l'Académie Nayef ?", ("Qui finance CAPDEL ?", "Où se trouve l'Académie Nayef ?")),
        ("Quels sont les objectifs du CMAI et les domaines de coopération de l'UMA ?", ("Quels sont les objectifs du CMAI ?", "Quels sont les domaines de coopération de l'UMA ?")),
        ("Quels sont les domaines de coopération de l'UMA et les objectifs du CMAI ?", ("Quels sont les domaines de coopération de l'UMA ?", "Quels sont les objectifs du CMAI ?")),
        ("Quelles sont les missions du CMAI et celles de l'UMA ?", ("Quelles sont les missions du CMAI ?", "Quelles sont les missions de l'UMA ?")),
        ("Cite les objectifs du CMAI et le siège de l'UMA", ("Cite les objectifs du CMAI.", "Cite le siège de l'UMA.")),
        ("What are the aims of the AIMC and the headquarters of the AMU?", ("What are the aims of the AIMC?", "What are the headquarters of the AMU?")),
        ("ما هي أهداف مجلس وزراء الداخلية العرب ومجالات التعاون في اتحاد المغرب العربي؟", ("ما هي أهداف مجلس وزراء الداخلية العرب؟", "ما مجالات التعاون في اتحاد المغرب العربي؟")),
        ("Combien de fois le CMAI s'est-il réuni, et où la dernière fois ?", ("Combien de fois le CMAI s'est-il réuni ?", "Où le CMAI s'est-il réuni la dernière fois ?")),
        ("How many times did the AMU meet, and where the last time?", ("How many times did the AMU meet?", "Where did the AMU meet the last time?")),
        ("كم مرة اجتمع مجلس وزراء الداخلية العرب وأين آخر مرة؟", ("كم مرة اجتمع مجلس وزراء الداخلية العرب؟", "أين اجتمع مجلس وزراء الداخلية العرب آخر مرة؟")),
        ("متى أُطلق برنامج كابدال وفي أي مدينة؟", ("متى أُطلق برنامج كابدال؟", "في أي مدينة أُطلق برنامج كابدال؟")),
        ("Où et à quelle date le CMAI est-il né ?", ("Où le CMAI est-il né ?", "À quelle date le CMAI est-il né ?")),
        ("How many pupils did the academy train, and from how many countries?", ("How many pupils did the academy train?", "From how many countries did the academy train the pupils?")),
    ],
)  # fmt: skip
def test_joined_questions_are_taken_apart(question: str, parts: tuple[str, ...]) -> None:
    """Each half stands alone."""
    assert halves(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Quels sont le rôle et les objectifs du CMAI ?",
        "Quels sont les programmes de l'OTAN et de l'UE ?",
        "Quels sont les objectifs et les missions du CMAI ?",
        "Quel est le rôle du Ministère de l'Intérieur et des Collectivités locales ?",
        "Quelles sont les relations entre l'Algérie et l'Union européenne ?",
        "Quel est le lien entre les objectifs du CMAI et les missions de l'UMA ?",
        "Quelles sont les relations de l'OTAN et les pays de l'UE ?",
        "What are the programmes of NATO and the EU?",
        "ما هي أهداف ومهام مجلس وزراء الداخلية العرب؟",
        "ما هي أهداف الاتحاد الأفريقي والاتحاد الأوروبي؟",
        "Le CMAI s'est réuni où et quand ?",
        "Quand a été signée la convention sur la lutte contre la corruption et le crime organisé ?",
        "Qui sont les ministres de l'Intérieur et de la Justice ?",
        "Que fait l'Algérie pour la paix et la sécurité ?",
        "What does Algeria do for peace and security?",
        "Who and what?",
        "ما هي مجالات الأمن والدفاع؟",
        "ما هو دور وزارة الداخلية ووزارة العدل؟",
        "Quand la convention a-t-elle été adoptée et qui sait ?",
        "CAPDEL et Cyber-Sud",
        "",
        "?",
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    """ "And" between two nouns joins no questions."""
    assert halves(question) == (question,)


@given(st.text(max_size=100))
def test_any_text_is_taken_apart_without_error(text: str) -> None:
    """Nothing typed breaks it, and there is always something to ask."""
    assert halves(text)
    comparison(text)


def test_questions_about_two_sides_agree_with_what_is_asked() -> None:
    """They are shown as headings."""
    dates = comparison("Compare les dates de la 32e session et de la 35e session du CMAI")
    mission = comparison("Compare la mission du CMAI et de l'UMA")
    assert dates is not None
    assert mission is not None
    assert dates.questions[0].startswith("Quelles sont les dates")
    assert mission.questions == ("Quelle est la mission du CMAI ?", "Quelle est la mission de l'UMA ?")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Quels sont les groupes de travail de l'UMA et qui les préside ?",
            ("Quels sont les groupes de travail de l'UMA ?", "Qui préside les groupes de travail de l'UMA ?"),
        ),
        ("Qui finance CAPDEL et que signifie ce sigle ?", ("Qui finance CAPDEL ?", "Que signifie CAPDEL ?")),
        (
            "Qui a financé le programme CAPDEL et pour quel montant ?",
            ("Qui a financé le programme CAPDEL ?", "Qui a financé le programme CAPDEL, et pour quel montant ?"),
        ),
    ],
)
def test_a_half_that_points_back_is_made_whole(question: str, parts: tuple[str, ...]) -> None:
    """By what the first half is about, or by the first half itself where it cannot be turned."""
    assert halves(question) == parts


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "Entre la 17e session du CMAI et la 5e session du 5+5, laquelle a eu lieu en premier ?",
            "Quelle est la date de la 17e session du CMAI ?",
            "Quelle est la date de la 5e session du 5+5 ?",
        ),
        (
            "Le CMAI et l'UMA : qu'est-ce qui les distingue ?",
            "Que disent les textes sur le CMAI ?",
            "Que disent les textes sur l'UMA ?",
        ),
        (
            "La session du CMAI de 2015 et celle de 2018 ont-elles duré aussi longtemps ?",
            "Quelle est la date de la session du CMAI de 2015 ?",
            "Quelle est la date de la session du CMAI de 2018 ?",
        ),
        (
            "Qui, du CMAI ou de l'UMA, a été créé en premier ?",
            "Quelle est la date de création du CMAI ?",
            "Quelle est la date de création de l'UMA ?",
        ),
        (
            "Which came first: the summit in Algiers or the summit in Rabat?",
            "What is the date of the summit in Algiers?",
            "What is the date of the summit in Rabat?",
        ),
        (
            "أيهما أسبق: الدورة الخامسة أم الدورة الخامسة عشرة لحوار 5+5؟",
            "ما هو تاريخ الدورة الخامسة لحوار 5+5؟",
            "ما هو تاريخ الدورة الخامسة عشرة لحوار 5+5؟",
        ),
        (
            "Que font le Conseil de l'Europe et l'OTAN avec l'Algérie, respectivement ?",
            "Que fait le Conseil de l'Europe avec l'Algérie ?",
            "Que fait l'OTAN avec l'Algérie ?",
        ),
    ],
)
def test_what_is_compared_without_the_word_is_asked_of_each(question: str, first: str, second: str) -> None:
    """What comes first asks for two dates; what sets them apart, for all that is told of each."""
    assert questions_in(question) == (first, second)


@pytest.mark.parametrize(
    "question",
    [
        "Quels accords entre l'Algérie et l'UE ?", "Le CMAI et l'UMA ont-ils un budget ?", "Qui a signé, et quand ?",
        "Which ministers met in Algiers and Rabat?", "Avec qui coopère-t-elle : le CMAI et l'UMA ?",
        "Qui a présidé la première session : l'Algérie ou la Tunisie ?", "Which country hosted the first session: Algeria or Tunisia?",
        "Entre l'Algérie et l'UE, quel accord a été signé en premier ?", "Le CMAI et l'UMA, quel budget après 2015 ?",
        "Le CMAI et l'UMA : qui est le Premier ministre cité ?", "Quelle est la date de la première réunion : 2010 ou 2012 ?",
        "Between 2010 and 2015, which session was held first?", "وزير الداخلية والجماعات المحلية، من يرأس بعد 2015؟",
        "Entre le 3 et le 5 mars 2015, qui a présidé la première séance ?",
        "Are there agreements with France and Italy, which were signed in 2015?",
        "Comment la police et la douane coopèrent, en quoi consiste leur accord ?",
        "Conseil des ministres de l'Intérieur et de la Justice, quelle date ?", "On security and migration, what is the first objective?",
        "Lors de la session de 2015 et de 2018 à Tunis, qui a présidé avant la pause ?",
        "La police et la gendarmerie ont-elles été formées en même temps ?", "Le ministre et le wali sont-ils également membres du conseil ?",
        "Qui, de l'Algérie ou de la Tunisie, a présidé la 35e session ?", "Which one funds the police, CAPDEL or CyberSouth?",
        "Que disent les articles 5 et 7 respectivement ?", "Que font les directions de la police et de la gendarmerie, chacune ?",
    ],
)  # fmt: skip
def test_two_names_alone_compare_nothing(question: str) -> None:
    """A pair that is asked about as one is one question; a time beside it, a relative clause or an order makes no comparison."""
    assert comparison(question) is None
    assert not doings(question)


def test_a_long_question_is_read_in_no_time() -> None:
    """Two thousand letters of "and" and "with" are looked at in a tenth of a second."""
    text = "que font le " + "a et " * 200 + "avec x " * 150
    began = time.process_time()
    for question in (text, f"entre {text}, laquelle", f"{text} : qu'est-ce qui les distingue ?"):
        assert comparison(question) is None or len(question) < 200
    assert time.process_time() - began < 1.0
