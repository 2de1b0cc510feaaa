"""Small talk is what holds no question; whatever holds one is answered from the texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.small_talk import reply, small_talk, without_greeting

TALK = {
    "greeting": [
        "Bonjour", "bonjour !", "Bonsoir à tous", "salut", "slt", "cc", "Salam", "salam alikoum", "Hello", "hi there",
        "Good morning", "السلام عليكم", "مرحبا", "أهلا وسهلا", "صباح الخير", "Bonjour, comment allez-vous ?", "Coucou, ça va ?",
        "السلام عليكم ورحمة الله وبركاته", "bjr",
    ],
    "thanks": [
        "Merci", "merci beaucoup !", "mrc", "Thanks", "Thank you very much", "شكرا", "شكرًا جزيلاً", "shukran", "Parfait, merci", "OK merci",
        "Merci pour votre aide.", "Je vous remercie",
    ],
    "goodbye": ["Au revoir", "Merci, au revoir", "bye", "See you later", "مع السلامة", "Bonne journée !", "à bientôt"],
    "abilities": [
        "Que sais-tu faire ?", "Bonjour, que peux-tu faire ?", "Qu'est-ce que tu sais faire ?", "aide", "What can you do?",
        "ماذا تستطيع أن تفعل؟", "Peux-tu m'aider ?", "Que pouvez-vous faire ?",
    ],
    "identity": ["Qui es-tu ?", "qui êtes-vous ?", "Who are you?", "من أنت؟", "Es-tu un robot ?", "Salut, tu es qui ?", "ما اسمك؟"],
}  # fmt: skip
NOT_TALK = [
    "Bonjour, quand s'est tenue la 35e session ?",
    "Merci, et la 32e ?",
    "Salut, c'est quoi CAPDEL ?",
    "slt c quoi le cmai",
    "Salam, où se trouve l'Académie Nayef ?",
    "Hello, what is CAPDEL?",
    "Thanks. And the 32nd?",
    "السلام عليكم، متى انعقدت الدورة 35؟",
    "مرحبا ما هو CMAI؟",
    "شكرا، وأين؟",
    "Qui est le ministre ?",
    "Qui es-tu censé contacter au ministère ?",
    "Que sais-tu du CMAI ?",
    "Que peux-tu me dire sur CAPDEL ?",
    "Que fait l'OTAN ?",
    "Peux-tu m'aider à trouver la date de la 17e session ?",
    "What can you tell me about NATO?",
    "What do you know about CAPDEL?",
    "Who are the partners?",
    "Qui sont les membres du CMAI ?",
    "CAPDEL",
    "5+5",
    "Et la 32e ?",
    "Où ?",
    "Quand ?",
    "Pourquoi ?",
    "Where?",
    "وأين؟",
    "متى؟",
    "Aide au développement local",
    "aide européenne",
    "Help for civil protection",
    "Comment marche le dialogue 5+5 ?",
    "Comment fonctionne le CMAI ?",
    "Bonne gouvernance locale",
    "Au revoir du président ?",
    "salut public",
    "Le mot merci figure-t-il dans les textes ?",
    "la paix et le salut",
    "A plus de dix membres ?",
    "ما هو السلام؟",
    "السلام والأمن",
    "العلم من أجل السلام والأمن",
    "مساعدة الجماعات المحلية",
    "من هم الشركاء؟",
    "كيف تعمل أكاديمية نايف؟",
    "هل يمكنك أن تذكر أهداف المجلس؟",
    "Science for peace",
    "et",
    "s'il vous plaît",
    "",
    "?!",
    "Ok et la 17e",
    "C'est qui le secrétaire général ?",
    "Hi-tech et police",
    "Super, et combien de communes ?",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TALK.items() for text in texts])
def test_small_talk_is_recognised(kind: str, text: str) -> None:
    """Greetings, thanks, goodbyes and questions about the assistant, in three languages and as people type them."""
    assert small_talk(text) == kind


@pytest.mark.parametrize("text", NOT_TALK)
def test_whatever_holds_a_question_is_not_small_talk(text: str) -> None:
    """A greeting before a question does not swallow the question."""
    assert small_talk(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Bonjour, quand s'est tenue la 35e session ?", "quand s'est tenue la 35e session ?"),
        ("Bonjour quand s'est tenue la 35e session ?", "quand s'est tenue la 35e session ?"),
        ("Merci ! Et la 32e ?", "Et la 32e ?"),
        ("Merci, et la 32e ?", "et la 32e ?"),
        ("slt c quoi le cmai", "c quoi le cmai"),
        ("Parfait, merci. Où ?", "Où ?"),
        ("Hello, what is CAPDEL?", "what is CAPDEL?"),
        ("السلام عليكم، متى انعقدت الدورة 35؟", "متى انعقدت الدورة 35؟"),
        ("شكرا، وأين؟", "وأين؟"),
        ("Bonjour", "Bonjour"),
        ("Qui finance CAPDEL ?", "Qui finance CAPDEL ?"),
        ("Salut public et ordre", "Salut public et ordre"),
        ("Good governance in Algeria?", "Good governance in Algeria?"),
        ("Hi-tech et police", "Hi-tech et police"),
        ("العلم من أجل السلام", "العلم من أجل السلام"),
        ("", ""),
    ],
)
def test_a_question_loses_its_greeting_and_nothing_else(text: str, rest: str) -> None:
    """What is left is the question as it was typed."""
    assert without_greeting(text) == rest


@given(st.text(max_size=60))
def test_what_is_left_is_the_end_of_what_was_typed(text: str) -> None:
    """Nothing is added or reordered, and a second time takes nothing more away."""
    rest = without_greeting(text)
    assert text.strip().endswith(rest)
    assert without_greeting(rest) == rest


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_kind_has_a_reply_with_the_examples_given(language: str) -> None:
    """A greeting shows what may be asked; a goodbye does not."""
    for kind in TALK:
        text = reply(kind, language, ["CAPDEL ?"])  # type: ignore[arg-type]
        assert text
        assert ("CAPDEL ?" in text) == (kind not in {"thanks", "goodbye"})


@pytest.mark.parametrize(
    "question",
    [
        "Pour l'accord de 2012 avec l'Italie, peux-tu me préciser quelle est la date de signature ?",
        "En 2015, dis-moi combien de stages ont été organisés ?",
        "Hors police, dites-moi combien de stages ont eu lieu ?",
        "For the 35th session of the CMAI, please tell me where it was held",
        "في الدورة 35 لمجلس وزراء الداخلية العرب، أخبرني من ترأس الاجتماع",
        "Quel ministre a dit « dites-moi qui a volé » ?",
        "Une banque doit-elle me dire pourquoi elle refuse ?",
    ],
)
def test_the_scope_told_before_tell_me_stays(question: str) -> None:
    """Only courtesy and orders are left out: a year, a body or an exclusion is part of what is asked."""
    assert without_greeting(question) == question
