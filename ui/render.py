"""Answers as HTML. Pure: values in, text out, and every value escaped on its way.

The HTML is written to pass unchanged through the browser-side sanitiser of the component that shows it: ids and classes
carry what the page's script needs (`at-2-1` opens `proof-2-1`), and what a screen reader needs is written as words.
Removed sentences are shown only struck, inside their disclosure; `copied` never holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from assistant.answers.answer import Answer, Citation, Sentence
from assistant.answers.events import Told
from assistant.conversations.changed import UNCHANGED, Change, Changes, verified
from ui.actions import again_button, opinion_row
from ui.i18n import Words
from ui.leaf import Place
from ui.sources import Proof, framework_name
from ui.typeset import escape, typeset

State = Literal["working", "answered", "stopped", "failed"]
_CURRENT = ' aria-current="true"'
SNIPPET = 150
"""How many characters of a passage are shown before it is opened."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what became of it. `proofs` go with the answer's citations, `nearest` with its passages.

    `scope` are the frameworks that it is put to alone. `failure` is a message for a person and `reference` its number
    in the log, where the state is `failed`; `again` says that it may be answered when it is asked again. While it is
    `working`, `step` is the work at hand, `told` are the sentences kept so far, and `key` is what stops it.
    """

    number: int
    question: str
    state: State = "working"
    answer: Answer | None = None
    proofs: tuple[Proof, ...] = ()
    nearest: tuple[Proof, ...] = ()
    failure: str = ""
    reference: str = ""
    again: bool = False
    key: str = ""
    scope: tuple[str, ...] = ()
    step: str = "search"
    told: tuple[Told, ...] = ()


Draw = Callable[[Turn, Words], str]


def parted(turns: Sequence[Turn], words: Words, draw: Draw | None = None) -> tuple[str, str]:
    """The turns before the last one and the last, for two parts of a page: only the last one grows."""
    return conversation(turns[:-1], words, draw), conversation(turns[-1:], words)


def conversation(turns: Sequence[Turn], words: Words, draw: Draw | None = None) -> str:
    """Turns, oldest first; nothing for none. The class `lang-xx` tells the page's script which language it shows.

    `draw` gives a turn's HTML in the place of `turn`.
    """
    written = "".join((draw or turn)(item, words) for item in turns)
    return f'<div class="conversation lang-{words.language}">{written}</div>' if turns else ""


def turn(item: Turn, words: Words) -> str:
    """A question and, below it, its answer, refusal, steps or failure."""
    body = {"working": working, "stopped": stopped, "failed": failed, "answered": answered}[item.state](item, words)
    return (
        f'<article class="turn {item.state}" id="turn-{item.number}">'
        f'<h2 class="asked">{_hidden(words["question.yours"])}<bdi>{escape(item.question)}</bdi></h2>{body}</article>'
    )


def answered(item: Turn, words: Words) -> str:
    """The answer with its verdict, or the refusal."""
    answer = item.answer
    if answer is None:
        return ""
    if answer.reply:
        return f'<div class="answer reply"><p{_lang(answer.language)}>{escape(answer.reply)}</p></div>'
    understood = ""
    if answer.understood_as != answer.question:
        text = words.fill("question.understood", text=answer.understood_as)
        understood = f'<p class="understood" dir="auto">{escape(text)}</p>'
    return (
        understood
        + searched(answer, words)
        + (refusal(item, answer, words) if answer.refused else _answer(item, answer, words))
    )


def searched(answer: Answer, words: Words) -> str:
    """Which frameworks alone were searched; nothing where all were."""
    told = _searched(answer, words)
    return f'<p class="searched">{escape(told)}</p>' if told else ""


def _searched(answer: Answer, words: Words) -> str:
    named = ", ".join(framework_name(id, words) for id in answer.searched)
    return words.fill("scope.searched", frameworks=named) if named else ""


def _answer(item: Turn, answer: Answer, words: Words) -> str:
    proofs = {citation.n: proof for citation, proof in zip(answer.citations, item.proofs, strict=True)}
    changed = {n: proof.changed for n, proof in proofs.items() if proof.changed}
    told = [_sentence(item.number, sentence, answer, proofs, words) for sentence in answer.sentences]
    sentences = _parts(answer, told) if answer.parts else "".join(told)
    shown = "".join(_proof(item.number, place, answer, proof, words) for place, proof in enumerate(item.proofs))
    return (
        f"{_notice(answer)}"
        f'<div class="answer">{sentences}</div>{_own_language(answer, item.proofs, words)}'
        f"{_verdict(answer, changed, words)}{_removed(answer, words)}"
        f'<div class="actions">{_copy_button(words)}{opinion_row(words)}{_passages(item.nearest, words)}</div>'
        f'<div class="proofs" hidden>{shown}</div>'
        f'<pre class="copied" hidden>{escape(copied(answer, words, changed))}</pre>'
    )


def _notice(answer: Answer) -> str:
    """Why the texts are quoted although a language model was asked."""
    return f'<p class="notice"{_lang(answer.language)}>{escape(answer.notice)}</p>' if answer.notice else ""


def _parts(answer: Answer, told: Sequence[str]) -> str:
    """The sentences under the part of the question that they answer, or what is missing for it."""
    return "".join(
        f'<section class="part"><h3 dir="auto">{escape(part.question)}</h3>'
        + (
            f'<p class="part-missing"{_lang(answer.language)}>{escape(part.reason_text)}</p>'
            if part.refused
            else "".join(told[part.first : part.last])
        )
        + "</section>"
        for part in answer.parts
    )


def _sentence(number: int, sentence: Sentence, answer: Answer, proofs: dict[int, Proof], words: Words) -> str:
    first = proofs.get(sentence.citations[0]) if sentence.citations else None
    language = first.source.language if first and sentence.verdict == "verbatim" else answer.language
    marks = "".join(_mark(number, item, words) for item in answer.citations if item.n in sentence.citations)
    start, end = _exact(sentence, answer)
    told = f'<div class="sentence"{_lang(language)}>{typeset(sentence.text, start, end, marks)}</div>'
    if sentence.verdict != "translated" or first is None:
        return told
    quote = next(citation.quote for citation in answer.citations if citation.n == sentence.citations[0])
    return f'{told}<p class="source-quote" dir="auto"{_lang(first.source.language)}>« {escape(quote)} »</p>'


def _exact(sentence: Sentence, answer: Answer) -> tuple[int, int]:
    """Where the exact answer stands in a quoted sentence; an empty span where none was read."""
    for citation in answer.citations:
        if citation.n in sentence.citations and citation.answer and citation.quote == sentence.text:
            return citation.answer.start - citation.start, citation.answer.end - citation.start
    return 0, 0


def _mark(number: int, citation: Citation, words: Words) -> str:
    read = words["proof.ocr"] if citation.ocr else ""
    place = " · ".join(filter(None, (citation.title, page(citation.page, None, words), read)))
    source = escape(words.fill("proof.source", n=citation.n))
    return (
        f'<sup><button type="button" class="cite at-{number}-{citation.n}" title="{source} · {escape(place)}">'
        f"{citation.n}</button></sup>"
    )


def _own_language(answer: Answer, proofs: Iterable[Proof], words: Words) -> str:
    verbatim = any(sentence.verdict == "verbatim" for sentence in answer.sentences)
    others = sorted({proof.source.language for proof in proofs} - {answer.language, ""}) if verbatim else []
    named = [words.table[f"languages.{other}"] for other in others if f"languages.{other}" in words.table]
    if not named:
        return ""
    return f'<p class="own-language">{escape(words.fill("verdict.quoted_in", language=", ".join(named)))}</p>'


def _verdict(answer: Answer, changed: Changes, words: Words) -> str:
    """How many sentences are verified; of an answer whose documents have changed, how many no longer are, and why."""
    holding = verified(answer, changed)
    past = len(answer.sentences) - holding
    parts = [words.count("verdict.past", past)] if past else []
    parts += [words.count("verdict.kept", holding)] if holding or not past else []
    parts.append(words.count("verdict.removed", len(answer.removed)))
    if answer.mode == "generative":
        parts.append(words.fill("verdict.written", model=answer.model))
    said = escape(" · ".join(parts))
    if not past:
        return f'<p class="verdict"><span class="tick"></span>{said}</p>'
    why = "".join(
        f"<li>{escape(words.fill('proof.source', n=n))} · {escape(_since(change, words))}</li>"
        for n, change in changed.items()
    )
    return f'<p class="verdict past"><span class="bang"></span>{said}</p><ul class="since">{why}</ul>'


def _since(change: Change, words: Words) -> str:
    """What has become of a document that was quoted."""
    return words["since.replaced"] if change == "replaced" else words["since.removed"]


def _removed(answer: Answer, words: Words) -> str:
    if not answer.removed:
        return ""
    items = "".join(
        f'<li><s dir="auto">{escape(removed.text)}</s><span class="why" dir="auto">{escape(removed.reason)}</span></li>'
        for removed in answer.removed
    )
    count = escape(words.count("removed.sentences", len(answer.removed)))
    return f'<details class="removed"><summary>{count}</summary><ul>{items}</ul></details>'


def _copy_button(words: Words) -> str:
    return (
        f'<button type="button" class="copy quiet"><span class="label">{escape(words["copy.label"])}</span>'
        f'<span class="done">{escape(words["copy.done"])}</span></button>'
    )


def _passages(nearest: Sequence[Proof], words: Words) -> str:
    if not nearest:
        return ""
    passages = "".join(_passage(proof, words) for proof in nearest)
    return (
        f'<details class="read"><summary class="quiet">{escape(words["passages.label"])}</summary>{passages}</details>'
    )


def _passage(proof: Proof, words: Words, note: str = "") -> str:
    text = proof.excerpt.text
    start = " ".join(text[: SNIPPET + 40].split())
    snippet = start if len(start) <= SNIPPET else start[:SNIPPET].rsplit(" ", 1)[0] + " …"
    title = proof.source.title or words["passages.untitled"]
    where = " · ".join(filter(None, (page(proof.page, proof.source.pages, words), note)))
    return (
        f'<details class="passage"><summary><span class="passage-title"><bdi>{escape(title)}</bdi></span>'
        f'<span class="passage-note">{escape(where)}</span>'
        f'<span class="snippet" dir="auto"{_lang(proof.source.language)}>{escape(snippet)}</span></summary>'
        f'<div class="passage-text"{_lang(proof.source.language)}>{typeset(text)}</div>'
        f"{_open(proof, words)}</details>"
    )


def _proof(number: int, place: int, answer: Answer, proof: Proof, words: Words) -> str:
    citation = answer.citations[place]
    sentence = next((item for item in answer.sentences if citation.n in item.citations), None)
    verdict = words[f"verdict.{sentence.verdict}"] if sentence else ""
    kind = f'<p class="proof-kind{" past" if proof.changed else ""}"><span class="chip">{citation.n}</span>'
    said = _since(proof.changed, words) if proof.changed else verdict
    path = " › ".join(citation.headings)
    cut = proof.excerpt
    total = len(answer.citations)
    return (
        f'<section class="proof" id="proof-{number}-{citation.n}">'
        f'<header class="proof-head">{kind}{escape(said)}</p>'
        f"{_icon('close', words['proof.close'])}"
        f"<h3><bdi>{escape(citation.title or words['passages.untitled'])}</bdi></h3>"
        f'<p class="proof-meta">{escape(" · ".join(_place(citation, proof, words)))}</p>'
        f'{f"""<p class="proof-path"><bdi>{escape(path)}</bdi></p>""" if path else ""}'
        f"{_views(proof, words)}</header>"
        f'<div class="proof-text" tabindex="0"{_lang(proof.source.language)}>'
        f"{_cut(words['proof.cut_before'], cut.before)}{typeset(cut.text, cut.start, cut.end)}"
        f"{_cut(words['proof.cut_after'], cut.after)}</div>"
        f'<footer class="proof-foot">{_icon("previous", words["proof.previous"])}'
        f'<span class="position">{escape(words.fill("proof.position", n=place + 1, total=total))}</span>'
        f"{_icon('next', words['proof.next'])}{_open(proof, words)}</footer></section>"
    )


def _views(proof: Proof, words: Words) -> str:
    """The switch between page and text, for what stands on a page; the script hides it where none can be drawn."""
    if not proof.page or not proof.source.pages or proof.start is None or proof.end is None:
        return ""
    seen = Place(proof.source.id, proof.page, (proof.start, proof.end), proof.page)
    text = document_address(proof.source.id, proof.start, proof.end, proof.page)
    return view_switch(seen.address(), text, words)


def _place(citation: Citation, proof: Proof, words: Words) -> list[str]:
    framework = framework_name(citation.framework, words)
    date = words.date(proof.source.date)
    read = words["proof.ocr"] if citation.ocr else ""
    return [part for part in (framework, date, page(citation.page, proof.source.pages, words), read) if part]


def page(number: int | None, pages: int | None, words: Words) -> str:
    """`p. 3/12`, `p. 3`, or nothing where the format has no pages."""
    if number is None:
        return ""
    if pages is None:
        return words.fill("proof.page", page=number)
    return words.fill("proof.page_of", page=number, pages=pages)


def refusal(item: Turn, answer: Answer, words: Words) -> str:
    """That the texts do not answer, what the nearest speak of, and these passages, marked as no answer."""
    titles = dict.fromkeys(proof.source.title for proof in item.nearest if proof.source.title)
    spoken = " · ".join(f"<bdi>{escape(title)}</bdi>" for title in titles)
    note = words["refused.not_an_answer"]
    passages = "".join(_passage(proof, words, note) for proof in item.nearest)
    near = (
        f'<p class="speak">{escape(words["refused.speak_of"])} {spoken}</p>'
        f'<h3 class="nearest">{escape(words["refused.nearest"])}</h3>{passages}'
    )
    return (
        f'<div class="refusal"><p class="mark"><span class="bar"></span>{escape(words["refused.mark"])}</p>'
        f'<p class="reason" dir="auto"{_lang(answer.language)}>{escape(answer.reason_text)}</p>'
        f"{_everywhere(answer, words)}{near if item.nearest else ''}{how_to_add(words['refused.add'], words)}"
        f'<div class="actions">{opinion_row(words)}</div></div>'
    )


def _everywhere(answer: Answer, words: Words) -> str:
    """The way to put the question to every framework, where it was put to some."""
    if not answer.searched:
        return ""
    said, ask = escape(words["scope.elsewhere"]), escape(words["scope.everywhere"])
    return f'<p class="elsewhere">{said} <button type="button" class="everywhere">{ask}</button></p>'


def how_to_add(lead: str, words: Words) -> str:
    """Where a text is added and by whom."""
    return f'<p class="add">{escape(lead)} <a href="/bibliotheque">{escape(words["library.title"])}</a></p>'


STEPS = ("search", "read", "check")


def working(item: Turn, words: Words) -> str:
    """The steps of the work, the one at hand named as such, and the sentences that were judged and kept so far."""
    at = STEPS.index(item.step)
    steps = "".join(
        f'<li class="{"now" if place == at else "later"}">{escape(words[f"working.{name}"])}</li>'
        for place, name in enumerate(STEPS)
    )
    told = "".join(_so_far(one) for one in item.told)
    so_far = f'<div class="answer so-far">{told}</div>' if told else ""
    return f'<div class="steps" role="status">{_hidden(words["working.label"])}<ol>{steps}</ol></div>{so_far}'


def _so_far(told: Told) -> str:
    marks = f"<sup>{told.citation.n}</sup>"
    return f'<div class="sentence" dir="auto">{typeset(told.sentence.text, 0, 0, marks)}</div>'


def stopped(item: Turn, words: Words) -> str:  # noqa: ARG001
    """That the person stopped the search."""
    return f'<p class="stopped-note">{escape(words["working.stopped"])}</p>'


def failed(item: Turn, words: Words) -> str:
    """What happened in a person's words, what to do, and the number under which the log tells more."""
    reference = words.fill("error.reference", reference=item.reference) if item.reference else ""
    title = escape(words["error.title"])
    return (
        f'<div class="failure" role="alert"><p class="mark"><span class="bang"></span>{title}</p>'
        f'<p dir="auto">{escape(item.failure)}</p>'
        f'{f"""<p class="reference">{escape(reference)}</p>""" if reference else ""}'
        f'{f"""<div class="actions">{again_button(words)}</div>""" if item.again else ""}</div>'
    )


def copied(answer: Answer, words: Words, changed: Changes = UNCHANGED) -> str:
    """An answer as text for the clipboard: question, sentences with their numbers, sources. Never what was removed."""
    lines = [answer.question, *filter(None, [_searched(answer, words)]), ""]
    lines += [words["since.answer"], ""] if changed else []
    told = [f"{item.text} {''.join(f'[{n}]' for n in item.citations)}".rstrip() for item in answer.sentences]
    for part in answer.parts:
        lines += [part.question, *([part.reason_text] if part.refused else told[part.first : part.last]), ""]
    lines += [] if answer.parts else told
    if answer.citations:
        lines += ["", words["copy.sources"]]
    for citation in answer.citations:
        read = words["proof.ocr"] if citation.ocr else ""
        since = _since(changed[citation.n], words) if citation.n in changed else ""
        place = (citation.title, *citation.headings, page(citation.page, None, words), read, since)
        lines.append(f"[{citation.n}] {' · '.join(part for part in place if part)}")
    return "\n".join(lines)


def document_address(id: str, start: int | None = None, end: int | None = None, page: int | None = None) -> str:
    """The address of a document's own page, at a quote when its place is given; `page` is the one it is cited from.

    >>> document_address("a b/c", 3, 9), document_address("a", 3, 9, 2)
    ('/documents/a%20b%2Fc?start=3&end=9#quote', '/documents/a?start=3&end=9&page=2#quote')
    """
    address = f"/documents/{quote(id, safe='')}"
    cited = f"&page={page}" if page else ""
    return address if start is None else f"{address}?start={start}&end={end}{cited}#quote"


def view_switch(page: str, text: str, words: Words, now: Literal["page", "text", ""] = "") -> str:
    """The two ways to see a proof: the page as it looks, and its text; `now` is the one that is seen."""
    ways = (("page", page, words["facsimile.page"]), ("text", text, words["facsimile.text"]))
    links = "".join(
        f'<a class="to-{way}" href="{escape(address)}"{_CURRENT if way == now else ""}>{escape(label)}</a>'
        for way, address, label in ways
    )
    return f'<p class="view">{links}</p>'


def _open(proof: Proof, words: Words) -> str:
    if proof.changed == "removed":
        return ""
    cited = proof.page if proof.source.pages else None
    address = escape(document_address(proof.source.id, proof.start, proof.end, cited))
    return f'<a class="open" href="{address}" target="_blank" rel="noopener">{escape(words["proof.open"])}</a>'


def _cut(text: str, needed: bool) -> str:
    return f'<p class="cut">{escape(text)}</p>' if needed else ""


def _icon(name: str, label: str) -> str:
    return f'<button type="button" class="icon {name}" title="{escape(label)}">{_hidden(label)}</button>'


def _hidden(label: str) -> str:
    return f'<span class="visually-hidden">{escape(label)} </span>'


def _lang(language: str) -> str:
    return f' lang="{escape(language)}"' if language else ""
