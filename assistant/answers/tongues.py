"""What can be told of a sentence's words where its source is in another language. Pure.

A likeness of meaning tells the subject and hardly the detail. One thing is surer: where a sentence takes over its
source's words as they are ("the convention arabe de lutte contre la ..."), what goes on from them must be the source's too.
To ask that some of the words which the lexicon can translate have their like in the source costs more true sentences
than it removes invented ones.
"""

from __future__ import annotations

from assistant.answers.sentence import Read
from assistant.answers.wording import Word, is_plain, same

RUN = 4
"""Words taken over one after the other from which a sentence speaks its source's language."""


def taken_over(draft: Read, held: Read) -> list[Word]:
    """The words beside a run that the draft shares with its source, up to its end: they speak the source's language."""
    named = {at for name in draft.known for at in range(name.first, name.last + 1)}
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
