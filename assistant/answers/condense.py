"""A follow-up made to stand alone by a language model, believed only where it adds nothing of its own.

Its question is taken when every word that carries a meaning stands in the earlier questions or in the follow-up, and
no word of the follow-up is lost. Otherwise the rules' result stands, as it does when the model fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from assistant.answers.llm import LanguageModel, Message, ModelFailed
from assistant.answers.mentions import mentions
from assistant.answers.names import shipped_names
from assistant.answers.plain import plain
from assistant.answers.prompts import follow_up
from assistant.answers.sentence import read, unknown_names
from assistant.answers.wording import Word, is_plain, same, words
from corpus.language import detect
from index.terms import fold

LONGEST = 300
"""Letters of a question; whoever says more is explaining."""


def condensed(model: LanguageModel, question: str, history: Sequence[str], rules: str) -> str:
    """The follow-up as the model understands it after `history`, oldest first, or `rules`, what the rules made of it.

    A question that the rules leave as it is and that names something says what it is about: the model is not asked.
    """
    if not history or (rules == question and mentions(question)):
        return rules
    language = detect(question)
    try:
        said = _first_line(model, follow_up(question, history, language))
    except ModelFailed:
        return rules
    return said if faithful(said, question, history) else rules


def _first_line(model: LanguageModel, messages: Sequence[Message]) -> str:
    text = ""
    with closing(model.stream(messages)) as pieces:
        for piece in pieces:
            text += piece
            if "\n" in text.strip() or len(text) > LONGEST * 2:
                break
    return text.strip().split("\n")[0].strip(' "«»“”')


def faithful(said: str, question: str, history: Sequence[str]) -> bool:
    """Whether a question says nothing that neither the history nor the follow-up holds, and all of the follow-up.

    >>> history = ["Quand s'est tenue la 35e session du CMAI ?"]
    >>> faithful("Quand s'est tenue la 32e session du CMAI ?", "Et la 32e ?", history)
    True
    >>> faithful("Quand s'est tenue la 32e session de l'OTAN ?", "Et la 32e ?", history)
    False
    >>> faithful(history[0], "Et la 32e ?", history)
    False
    """
    if not said or len(said) > LONGEST or plain(said) is None or fold(said) in {fold(turn) for turn in history}:
        return False
    language = detect(said)
    told = words(" ".join((*history, question)))
    own = words(said)
    added = [word for word in own if _says(word) and not _among(word, told, language)]
    lost = [word for word in words(question) if _says(word) and not _among(word, own, language)]
    return not added and not lost and not _names_added(said, (*history, question), language)


def _says(word: Word) -> bool:
    return word.text[:1].isdigit() or not is_plain(word)


def _among(word: Word, others: Sequence[Word], language: str) -> bool:
    if any(letter.isdigit() for letter in word.text):
        return any(word.folded == other.folded for other in others)
    return any(word.folded == other.folded or same(word.folded, other.folded, language) for other in others)


def _names_added(said: str, told: Sequence[str], language: str) -> bool:
    names = shipped_names()
    mine = read(said, language, names)
    theirs = [read(text, detect(text), names) for text in told]
    known = {name.key for one in theirs for name in one.known}
    held = {word.folded for one in theirs for word in one.words}
    return any(name.key not in known for name in mine.known) or any(
        mine.words[at].folded not in held
        for name in unknown_names(mine, crossing=False)
        for at in range(name.first, name.last + 1)
    )
