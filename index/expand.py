"""Other words for what a question names: acronyms and full names across languages, months, spelled ordinals. Pure.

"CMIA", "AIMC" and "مجلس وزراء الداخلية العرب" all name the council that a French text calls CMAI. Expansion serves the
lexical side alone; it never adds a word to what the reader asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.glossary import Term
from index.months import months
from index.ordinals import spelled_ordinals
from index.terms import attached, fold, placed_words, query_terms, stem, words

__all__ = ["Expander", "spelled_ordinals"]


class Expander:
    """Finds the glossary's names in a question and gives their other forms as terms."""

    def __init__(self, glossary: Sequence[Term]) -> None:
        self._forms: list[tuple[tuple[str, ...], str, Term]] = []
        for term in glossary:
            for form in {form for forms in term.forms.values() for form in forms}:
                found = tuple(fold(word) for word in words(form))
                if found:
                    self._forms.append((found, form, term))
        self._forms.sort(key=lambda item: (-len(item[0]), item[1]))
        self._by_first: dict[str, list[int]] = {}
        for place, (parts, _form, _term) in enumerate(self._forms):
            self._by_first.setdefault(parts[0], []).append(place)

    def expand(self, question: str, languages: Sequence[str]) -> list[tuple[str, ...]]:
        """Further words for a question, each with its possible terms in the languages of the index."""
        plain = words(question)
        found: list[tuple[str, ...]] = []
        for term, form in self._named(plain):
            at_home = any(_is_form(form, own) for language in languages for own in term.forms.get(language, ()))
            found.extend(_terms_of(term, languages, whole_name=not at_home))
        found.extend(
            _stems([" ".join(name) for name in names], languages) for names in months([fold(word) for word in plain])
        )
        found.extend((str(number),) for number in spelled_ordinals(question, first=True))
        known = set(query_terms(question, languages))
        return [item for item in dict.fromkeys(found) if item and item not in known]

    def aliases(self, question: str, languages: Sequence[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
        """For each word of a name that the glossary knows by an acronym too, as `query_terms` gives it: the acronyms.

        A sentence that holds "CMAI" holds what each word of "مجلس وزراء الداخلية العرب" asks for, and what "CMIA" does.
        """
        plain = words(question)
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for term, form in self._named(plain):
            short = _stems([own for forms in term.forms.values() for own in forms if len(words(own)) == 1], languages)
            for terms in query_terms(" ".join(form), languages) if short and (len(form) > 1 or len(short) > 1) else ():
                found[terms] = short
        return found

    def spelled_out(
        self, question: str, languages: Sequence[str]
    ) -> list[tuple[tuple[str, ...], list[list[tuple[str, ...]]]]]:
        """For each name given as an acronym: the terms of its acronyms, and its full names as words, one in a language.

        "AU" names the African Union, of which a text may speak without it.
        """
        plain = words(question)
        found = []
        for term, form in self._named(plain):
            every = [own for forms in term.forms.values() for own in forms]
            short = _stems([own for own in every if len(words(own)) == 1], languages)
            full = [
                query_terms(own, (language,))
                for language in languages
                for own in term.forms.get(language, ())
                if len(words(own)) > 1
            ]
            if len(form) == 1 and full:
                found.append((short, full))
        return found

    def as_named_in(self, question: str, passage: str) -> str:
        """The question, each name in it as the passage writes it, where that has it only in another form.

        Whoever reads "CMAI" need not know that it is the council that was asked about by its full name.
        """
        placed = placed_words(question)
        asked = self._found_in([word for word, _start, _end in placed])
        if not asked:
            return question
        said: dict[str, list[str]] = {}
        for held in self._found_in([word for word, _start, _end in placed_words(passage)]):
            said.setdefault(held.term.id, []).append(held.written)
        for name in sorted(asked, key=lambda name: -name.at):
            forms = said.get(name.term.id, [])
            if forms and not any(fold(form) == fold(name.written) for form in forms):
                start, end = placed[name.at][1], placed[name.at + len(name.form) - 1][2]
                question = question[:start] + min(forms, key=len) + question[end:]
        return question

    def _named(self, plain: Sequence[str]) -> list[tuple[Term, tuple[str, ...]]]:
        """Each thing that is named, with the form it has in the question."""
        return list({name.term.id: (name.term, name.form) for name in self._found_in(plain)}.values())

    def _found_in(self, plain: Sequence[str]) -> list[_Name]:
        """Each name, longer forms first; no word belongs to two names.

        The first word of an Arabic name may have a conjunction or preposition attached.
        """
        folded = [fold(word) for word in plain]
        starts: dict[str, list[int]] = {}
        for at, word in enumerate(folded):
            for first in attached(word):
                starts.setdefault(first, []).append(at)
        named: list[_Name] = []
        taken = [False] * len(folded)
        for place in sorted(place for first in starts for place in self._by_first.get(first, ())):
            form, written, term = self._forms[place]
            capitals = written.isupper() and len(written) < 4
            for at in starts[form[0]]:
                span = slice(at, at + len(form))
                if any(taken[span]) or tuple(folded[at + 1 : at + len(form)]) != form[1:]:
                    continue
                if capitals and not all(word.isupper() for word in plain[span]):
                    continue
                taken[span] = [True] * len(form)
                named.append(_Name(term, form, written, at))
        return named


@dataclass(frozen=True, slots=True)
class _Name:
    """A form of a term, as it is compared and as the glossary writes it, and the word that it begins with."""

    term: Term
    form: tuple[str, ...]
    written: str
    at: int


def _is_form(form: tuple[str, ...], own: str) -> bool:
    return form == tuple(fold(word) for word in words(own))


def _terms_of(term: Term, languages: Sequence[str], whole_name: bool) -> list[tuple[str, ...]]:
    """A name as words: its one-word forms are one word with several terms, its full name one word each."""
    every = [form for forms in term.forms.values() for form in forms]
    short = [form for form in every if len(set(words(form))) == 1]
    found = [_stems(short, languages)] if short else []
    for language in languages if whole_name else ():
        full = next((form for form in term.forms.get(language, ()) if len(words(form)) > 1), None)
        if full:
            found.extend(query_terms(full, (language,)))
    return found


def _stems(forms: Sequence[str], languages: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(word, lang) for form in forms for word in words(form) for lang in languages))
