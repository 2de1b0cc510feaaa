"""A conversation as a paper to export: its questions, what was answered, and each source with its page and its words.

Removed sentences are no part of it. The words around come from the caller, in the language of the interface.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from assistant.answers.answer import Answer, Citation
from assistant.conversations.changed import Changes
from assistant.conversations.conversations import Kept
from assistant.exports.paper import Block, Paper

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


def paper(
    title: str,
    subtitle: str,
    turns: Sequence[Kept],
    words: Mapping[str, str],
    language: str,
    frameworks: Mapping[str, str] = NO_NAMES,
) -> Paper:
    """The paper of these turns, where `frameworks` names those that a question was put to alone.

    `words` has `sources`, `page` (with `{page}`), `understood` (`{text}`), `searched` (`{frameworks}`), `untitled`, and
    for documents that have changed since `replaced`, `removed` and `past`, which is said of the whole answer.
    """
    blocks = [block for turn in turns for block in _turn(turn.answer, turn.changed, words, frameworks)]
    return Paper(title, subtitle, language, tuple(blocks))


def _turn(answer: Answer, changed: Changes, words: Mapping[str, str], frameworks: Mapping[str, str]) -> Iterator[Block]:
    yield Block("question", answer.question)
    if answer.reply:
        yield Block("text", answer.reply)
        return
    if answer.understood_as != answer.question:
        yield Block("note", words["understood"].format(text=answer.understood_as))
    if answer.searched:
        named = ", ".join(frameworks.get(id, id) for id in answer.searched)
        yield Block("note", words["searched"].format(frameworks=named))
    if answer.refused:
        yield Block("text", answer.reason_text)
        return
    if changed:
        yield Block("note", words["past"])
    told = [
        Block("text", f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}".rstrip())
        for sentence in answer.sentences
    ]
    for part in answer.parts:
        yield Block("text", part.question)
        yield from [Block("text", part.reason_text)] if part.refused else told[part.first : part.last]
    if not answer.parts:
        yield from told
    if answer.citations:
        yield Block("note", words["sources"])
    for citation in answer.citations:
        yield Block("source", _place(citation, words))
        if citation.n in changed:
            yield Block("note", words[changed[citation.n]])
        yield Block("quote", citation.quote)


def _place(citation: Citation, words: Mapping[str, str]) -> str:
    page = words["page"].format(page=citation.page) if citation.page is not None else ""
    named = (citation.title or words["untitled"], *citation.headings, page)
    return f"[{citation.n}] {' · '.join(part for part in named if part)}"
