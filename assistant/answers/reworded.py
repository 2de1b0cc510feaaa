"""A question in the words of the passage that is to be read: each word that the passage has another word for. Pure.

Who asks whether the ministry "swaps know-how" is answered by "échange d'expériences", and a reader as small as ours sees
no answer there. The thesaurus and the lexicon know both words, so the question is put a second time as the passage would
put it, be the sentence that comes of it as crooked as it may. What is near is not the same: the second reading counts
beside the first, not in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers.question import Question
from index.coverage import Word
from index.search import Found
from index.terms import attached, fold, placed_words, query_terms, stem

SHORTEST = 3
"""Letters of a word that is replaced."""


def in_words_of(question: Question, passage: str, written_in: str, found: Found) -> str:
    """The question as a passage in the language `written_in` would word it; as it is where nothing is to be replaced.

    Names stay, and so does what stands by a figure ("la 16e session"): what is counted must not become another thing.
    """
    said = _said(passage, written_in)
    if not said:
        return question.text
    placed = placed_words(question.text)
    terms = [_terms(word, written_in) for word, _start, _end in placed]
    taken = {term for own in terms for term in own}
    text = question.text
    for at in reversed(range(len(placed))):
        word, start, end = placed[at]
        counted = any(one[0].isdigit() for one, _start, _end in placed[max(0, at - 2) : at + 2])
        if len(word) < SHORTEST or counted or any(term in said for term in terms[at]):
            continue
        other = next((term for term in _other(terms[at], found.words) if term in said and term not in taken), None)
        if other is not None:
            taken.add(other)
            text = text[:start] + said[other] + text[end:]
    return text


def _said(passage: str, language: str) -> dict[str, str]:
    """The words of a passage by their terms, each as it stands there first."""
    said: dict[str, str] = {}
    for word, _start, _end in placed_words(passage):
        for form in attached(fold(word)) if language == "ar" else (word,):
            said.setdefault(stem(form, language), word)
    return said


def _terms(word: str, language: str) -> tuple[str, ...]:
    return next(iter(query_terms(word, (language,))), ())


def _other(own: Sequence[str], words: Sequence[Word]) -> tuple[str, ...]:
    """What a question's word is called elsewhere, then what is near to it; nothing for a name."""
    for word in words if own else ():
        if set(own) <= set(word.terms):
            return () if word.name else (*(term for term in word.terms if term not in own), *word.near)
    return ()
