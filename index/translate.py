"""What a question's words are called in the other languages of the index. Pure, but for its table.

An embedding brings languages near and no nearer: among passages of another language it tells the subject, hardly the
detail. Where the lexicon knows a word, the lexical side has an opinion there too, and an answer can be held against
the words that were asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from corpus.lexicon import Sense, read_lexicon
from index.months import months
from index.near import Thesaurus
from index.terms import attached, fold, query_terms, stem, words


class Translator:
    """Finds the words of a question in the lexicon and gives the terms that stand for them elsewhere."""

    def __init__(self, lexicon: Sequence[Sense]) -> None:
        self._terms: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
        for sense in lexicon:
            stems = {
                language: tuple(dict.fromkeys(stem(word, language) for word in own))
                for language, own in sense.words.items()
            }
            for language, own in stems.items():
                for term in own:
                    known = self._terms.setdefault((language, term), {})
                    for other in stems.keys() - {language}:
                        known[other] = tuple(dict.fromkeys((*known.get(other, ()), *stems[other])))

    def translations(
        self, question: str, asked_in: str, languages: Sequence[str]
    ) -> dict[tuple[str, ...], tuple[str, ...]]:
        """For each word known here, as `query_terms` gives it: its terms in those of `languages` not `asked_in`.

        A figure, and between French and English a name in Latin letters, are written the same and need no term: they
        are given an empty tuple.
        """
        others = [language for language in languages if language != asked_in]
        plain = words(question) if others else []
        named = _month_names(plain)
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for at, word in enumerate(plain):
            forms = attached(fold(word)) if asked_in == "ar" else [word]
            month = next((named[fold(form)] for form in forms if fold(form) in named), ())
            known = month or tuple(term for other in others for term in self._called(forms, asked_in, other))
            if known or (_same(word, others) and (at or word.isupper() or word[0].isdigit())):
                found.update(dict.fromkeys(query_terms(word, languages), tuple(dict.fromkeys(known))))
        return found

    def near(
        self, question: str, asked_in: str, languages: Sequence[str], thesaurus: Thesaurus
    ) -> dict[tuple[str, ...], tuple[str, ...]]:
        """For each word, what words near to it are called in `languages` but `asked_in`, and what is near there.

        "Swap" is in no text and not in the lexicon; "exchange", near to it, is.
        """
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        others = [language for language in languages if language != asked_in]
        for word in words(question) if others else ():
            forms = attached(fold(word)) if asked_in == "ar" else [word]
            beside = next((terms for form in forms if (terms := thesaurus.beside(stem(form, asked_in), asked_in))), ())
            near: list[str] = []
            for other in others:
                own = self._called(forms, asked_in, other)
                near += [term for one in own for term in thesaurus.beside(one, other)]
                near += [term for one in beside for term in self._terms.get((asked_in, one), {}).get(other, ())]
            found |= {terms: near_to for terms in query_terms(word, languages) if (near_to := _without(near, terms))}
        return found

    def _called(self, forms: Sequence[str], asked_in: str, other: str) -> tuple[str, ...]:
        """The terms of `other` for the first of a word's forms that is known; Arabic ones lose what is attached."""
        known = (self._terms.get((asked_in, stem(form, asked_in)), {}).get(other) for form in forms)
        return next((terms for terms in known if terms), ())


@lru_cache(maxsize=1)
def shipped_translator() -> Translator:
    """The translator over the shipped lexicon: it takes a third of a second to make, once a process."""
    return Translator(read_lexicon())


def _month_names(plain: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By each name of one word of the months that are named: all such names of that month, as terms."""
    found = {}
    for names in months([fold(word) for word in plain]):
        single = [name[0] for name in names if len(name) == 1]
        found.update(dict.fromkeys(single, tuple(stem(name, "fr") for name in single)))
    return found


def _without(terms: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for term in terms if term not in own))


def _same(word: str, others: Sequence[str]) -> bool:
    return word[0].isdigit() or (word[0].isascii() and word[0].isupper() and "ar" not in others)
