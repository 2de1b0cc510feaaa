"""What can be told of a sentence's words where its source is in another language. Pure.

A likeness of meaning tells the subject and hardly the detail. Two things are surer. Where a sentence takes over its
source's words as they are ("the convention arabe de lutte contre la ..."), what goes on from them must be the source's
too. And where the lexicon knows three of a sentence's words or more in the source's language, and hardly any of them is
there, the sentence says something else.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers.sentence import Read
from assistant.answers.wording import Word, is_plain, same
from index.coverage import stems
from index.near import shipped_thesaurus
from index.terms import attached, fold, query_terms, stem, words
from index.translate import shipped_translator

KNOWN = 3
"""Words of a sentence that the lexicon must know before their absence says something."""
SHARE = 1 / 3
"""Of them, what the source must hold more of, by any of its words for them; names are judged by themselves. Of 103 true
sentences on a source in another language, written by others, this refuses one that passed before; of four that a small
model invented without a figure or a name, it refuses three."""
RUN = 4
"""Words taken over one after the other from which a sentence speaks its source's language."""


def taken_over(draft: Read, held: Read) -> list[Word]:
    """The words beside a run that the draft shares with its source, up to its end: they speak the source's language."""
    named = _named(draft)
    theirs = [word.folded for word in held.words]
    runs = {tuple(theirs[at : at + RUN]) for at in range(len(theirs) - RUN + 1)}
    mine = [word.folded for word in draft.words]
    starts = [
        at
        for at in range(len(mine) - RUN + 1)
        if tuple(mine[at : at + RUN]) in runs and not named.issuperset(range(at, at + RUN))
    ]
    return list(draft.words[starts[0] :]) if starts else []


def foreign_word(draft: Read, held: Read, beside: Read) -> str:
    """What a draft in two languages adds in its source's language; `""` where it adds nothing."""
    there = [word.folded for read in (held, beside) for word in read.words]
    for word in taken_over(draft, held):
        if is_plain(word) or word.text[0].isdigit() or word.arabic != held.words[0].arabic:
            continue
        if not any(same(word.folded, other, held.language) for other in there):
            return word.text
    return ""


def untold(draft: Read, sources: Sequence[str], source_language: str) -> bool:
    """Whether a source says hardly any of a draft's words, as far as they are known in its language."""
    named = _named(draft)
    rest = " ".join(word.text for at, word in enumerate(draft.words) if at not in named)
    translator = shipped_translator()
    called = translator.translations(rest, draft.language, [source_language])
    near = translator.near(rest, draft.language, [source_language], shipped_thesaurus())
    known = [
        {*own, *called.get(own, ()), *near.get(own, ())}
        for own in query_terms(rest, [source_language])
        if called.get(own) or near.get(own)
    ]
    held = {term for source in sources for term in stems(source)}
    held |= {stem(form, "ar") for source in sources for word in words(source) for form in attached(fold(word))}
    return len(known) >= KNOWN and sum(not terms.isdisjoint(held) for terms in known) <= SHARE * len(known)


def _named(draft: Read) -> set[int]:
    """The places of the words that are names, or parts of one."""
    return {at for name in draft.known for at in range(name.first, name.last + 1)}
