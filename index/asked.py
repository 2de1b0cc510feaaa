"""The words of a question as texts are held against them: by acronyms, in other languages, near in meaning. Pure.

What is known of words comes from the glossary, the lexicon and the thesaurus; how rare a word is, from who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index.countries import country_terms
from index.coverage import Word
from index.expand import Expander
from index.near import Thesaurus
from index.terms import named_terms, query_terms
from index.translate import Translator

Terms = tuple[str, ...]
Rarity = Callable[[Sequence[Terms]], list[float | None]]
"""For each word, by its possible terms: its inverse document frequency, `None` where no text holds it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's `words`, and the terms by which passages are `sought`, each with what else it may be called."""

    words: tuple[Word, ...]
    sought: tuple[Terms, ...]


class QuestionWords:
    """Reads questions. `translator` and `thesaurus` give what they made once, when a question needs them.

    Languages are `fr`, `ar` and `en`; where there are none, words are read as French.
    """

    def __init__(
        self,
        expander: Expander | None = None,
        translator: Callable[[], Translator] | None = None,
        thesaurus: Callable[[], Thesaurus] | None = None,
    ) -> None:
        self._expander, self._translator, self._thesaurus = expander, translator, thesaurus

    def read(self, question: str, asked_in: str, languages: Sequence[str], rarity: Rarity) -> Asked:
        """A question in the language `asked_in`, put to texts in `languages`.

        Names are held by their acronyms too, and the reverse, and every word by what it is called in the other
        languages. A country that no text speaks of is a name even in small letters.
        """
        own_terms = query_terms(question, languages or ("fr",))
        names = named_terms(question, languages or ("fr",))
        countries = country_terms(question, languages)
        spelled = self._spelled_out(question, languages, rarity)
        elsewhere = self._translator().translations(question, asked_in, languages) if self._translator else {}
        aliases = self._expander.aliases(question, languages) if self._expander else {}
        near = self._near_words(question, asked_in, languages)
        extra = [next((more for own, more in aliases.items() if set(own) & set(terms)), ()) for terms in own_terms]
        held = [
            tuple(dict.fromkeys((*terms, *more, *elsewhere.get(terms, ()))))
            for terms, more in zip(own_terms, extra, strict=True)
        ]
        acronyms = {term for short in spelled for term in short}
        own_words = [
            Word(terms, rare, name, bool(more) or own in elsewhere, () if name else near.get(own, ()))
            for own, more, terms, rare in zip(own_terms, extra, held, rarity(held), strict=True)
            if acronyms.isdisjoint(own)
            for name in (bool(more) or own in names or (rare is None and own in countries),)
        ]
        full = list(dict.fromkeys(word for name in spelled.values() for word in name))
        called = [(*terms, *elsewhere.get(terms, ())) for terms in own_terms]
        other = self._expander.expand(question, languages) if self._expander else []
        return Asked(
            (*own_words, *(Word(word, rarity([word])[0], True) for word in full)),
            tuple(dict.fromkeys(called + other + full)),
        )

    def _spelled_out(self, question: str, languages: Sequence[str], rarity: Rarity) -> dict[Terms, list[Terms]]:
        """For each acronym asked that no text holds, by its terms: the words of its full name, which they do."""
        if not self._expander:
            return {}
        return {
            short: held
            for short, names in self._expander.spelled_out(question, languages)
            if rarity([short]) == [None] and (held := next((name for name in names if None not in rarity(name)), []))
        }

    def _near_words(self, question: str, asked_in: str, languages: Sequence[str]) -> Mapping[Terms, Terms]:
        """The terms of words near to the question's, in its language and in the others of the texts."""
        if self._thesaurus is None:
            return {}
        thesaurus = self._thesaurus()
        near = thesaurus.near(question, asked_in, languages)
        if self._translator is None:
            return near
        beyond = self._translator().near(question, asked_in, languages, thesaurus)
        return {own: (*near.get(own, ()), *beyond.get(own, ())) for own in {**near, **beyond}}
