"""The questions tab: a question, its answer on one side, its proof on the other.

Handlers read inputs, call the assistant and render. Pages are shown by `gr.Markdown` rather than `gr.HTML`, because the
latter compiles its template in the browser (which the Content-Security-Policy would have to allow as `unsafe-eval`)
and because the former sanitises what it shows, a second time after our own escaping.

What is answered at once does not go through the queue. The queue's stream closes when its last event is done, and an
event that joins at that very moment is never heard of again: a question typed while the page was still opening was.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from assistant.accounts.account import Right
from assistant.answers.answer import Answer
from assistant.answers.events import Event, Step, Told
from assistant.answers.pump import Listener
from assistant.filters import Filters
from assistant.reader import Reader
from corpus.errors import AssistantError
from corpus.frameworks import GENERAL
from ui import pages, render
from ui.diary import Diary
from ui.drawn import Drawn
from ui.i18n import DEFAULT, LANGUAGES, Words, words
from ui.kept import MOST_TURNS, Keeper, still_readable
from ui.logs import tell_answer
from ui.pace import Pace, TooMany
from ui.people import Person, person
from ui.render import Turn
from ui.sources import Shelf, Shelves, framework_ids, framework_name
from ui.widgets import gr

if TYPE_CHECKING:
    from assistant.operations import Operations

AT_ONCE: Final = 4
"""Questions that are answered at a time, of each way to ask."""
WAITING: Final = 32
"""Questions that may wait for their turn; one more is refused with a message."""
LONGEST_QUESTION: Final = 2000
"""Characters; a longer question is refused with a message."""
HOURS: Final = 3600
_log = logging.getLogger(__name__)
Turns = tuple[Turn, ...]
Shown = tuple[Any, Turns, Any, str]
"""What an event that asks says of the question box, the turns, the page of those before the last, and of the last."""


class Chat:
    """What the tab's events do, for whom their request comes from; `operations` is the assistant.

    Without accounts (`local`) whoever asks reads everything, and no request is needed.
    """

    def __init__(
        self, operations: Operations, local: bool = True, shelves: Shelves | None = None, pace: Pace | None = None
    ) -> None:
        self._operations, self._local = operations, local
        self._shelves = shelves or Shelves(operations)
        self._listeners: dict[str, Listener] = {}
        self._pace = pace
        self._growing: dict[str, ExitStack] = {}
        self._drawn = Drawn()

    def ask(
        self,
        question: str,
        turns: Turns,
        language: str,
        request: gr.Request | None = None,
        scope: Sequence[str] = (),
    ) -> Iterator[Shown]:
        """Show the question at once, then its answer; of the turns before it, what may still be read.

        The turns before are sent once: they do not change while the answer grows.

        With a scope the question is put to these frameworks alone.
        """
        reader = self._reader(request)
        turns = self._readable(turns, reader)
        if not question.strip():
            yield gr.skip(), turns, *self.parted(turns, language)
            return
        said = question.strip()[: LONGEST_QUESTION + 1]  # what is too long is refused, and not kept either
        asked = Turn(turns[-1].number + 1 if turns else 1, said, key=secrets.token_hex(16), scope=known(scope))
        kept, chosen = turns[1 - MOST_TURNS :], words(language)
        yield "", (*kept, asked), *self.parted((*kept, asked), language)
        for turn in self._paced(asked, self.carry_out(asked, kept, language, reader), language, request):
            yield gr.skip(), (*kept, turn), gr.skip(), render.conversation([turn], chosen)

    def carry_out(self, asked: Turn, before: Sequence[Turn], language: str, reader: Reader | None) -> Iterator[Turn]:
        """The turn as it grows: each sentence when it is kept, then the answer, or what went wrong and the number under
        which the log tells it.
        """
        if len(asked.question) > LONGEST_QUESTION:
            failure = words(language).fill("error.too_long", limit=LONGEST_QUESTION)
            yield replace(asked, state="failed", failure=failure)
            return
        listener = self._listeners.setdefault(asked.key, Listener())
        turn, began = asked, time.monotonic()
        try:
            history = [turn.question for turn in before if turn.answer]
            filters = Filters(frameworks=asked.scope)
            for event in self._operations.ask_stream(
                asked.question, history, filters=filters, listener=listener, reader=reader
            ):
                grown = _grown(turn, event, self._shelves.of(reader))
                if grown is not turn:
                    yield (turn := grown)
            tell_answer(asked.question, turn.answer, time.monotonic() - began)
        except Exception as error:
            reference = secrets.token_hex(4)
            _log.exception("question %s failed", reference)
            known = isinstance(error, AssistantError)
            failure = str(error) if known else words(language)["error.unexpected"]
            yield replace(asked, state="failed", failure=failure, reference=reference, again=True)
        finally:
            listener.leave()
            self._listeners.pop(asked.key, None)

    def again(self, turns: Turns, language: str, request: gr.Request | None = None) -> Iterator[Shown]:
        """Ask the last question again, in place of its turn."""
        last = turns[-1] if turns else Turn(0, "")
        scope = last.answer.searched if last.answer else last.scope
        yield from self.ask(last.question, turns[:-1], language, request, scope)

    def everywhere(self, turns: Turns, language: str, request: gr.Request | None = None) -> Iterator[Shown]:
        """Put the last question to every framework, in place of its turn."""
        yield from self.ask(turns[-1].question if turns else "", turns[:-1], language, request)

    def scoped(self, scope: Sequence[str], language: str) -> str:
        """What stands above the question: the frameworks that it is put to."""
        return pages.scope(known(scope), words(language))

    def stop(self, turns: Turns, language: str, request: gr.Request | None = None) -> tuple[Turns, str, str]:
        """Leave the question with no answer; the language model's call ends too."""
        self._leave(turns)
        turns = tuple(replace(turn, state="stopped") if turn.state == "working" else turn for turn in turns)
        turns = self._readable(turns, self._reader(request))
        return turns, *self.parted(turns, language)

    def new(self, language: str, turns: Turns = (), request: gr.Request | None = None) -> tuple[Turns, str, str, str]:
        """Start again; what is under way is left."""
        self._leave(turns)
        return (), *self.parted((), language), self.welcome(language, request)

    def parted(self, turns: Turns, language: str) -> tuple[str, str]:
        """The conversation: the turns before the last one, and the last."""
        return render.parted(turns, words(language), self._drawn.turn)

    def welcome(self, language: str, request: gr.Request | None = None) -> str:
        """What a page shows until the first question is asked: the texts as they are for whoever opens it."""
        return pages.empty(self._shelves.of(self._reader(request)).library(), words(language), self._local)

    def for_anybody(self, language: str) -> str:
        """What stands in every page before it is known who opens it: nothing of the texts where there are accounts."""
        return self.welcome(language) if self._local else ""

    def faces(
        self, language: str, turns: Turns, request: gr.Request | None = None, scope: Sequence[str] = ()
    ) -> tuple[Any, ...]:
        """Everything that is written on the page, in another language: the conversation first."""
        turns = self._readable(turns, self._reader(request))
        return (*self.parted(turns, language), *self.open_in(language, request, scope))

    def faces_in(self, language: str) -> Callable[[Turns, list[str], gr.Request], tuple[Any, ...]]:
        """`faces` in one language, as a function whose parameters Gradio can read."""

        def faces(turns: Turns, scope: list[str], request: gr.Request) -> tuple[Any, ...]:
            return self.faces(language, turns, request, scope)

        return faces

    def open_in(self, language: str, request: gr.Request | None = None, scope: Sequence[str] = ()) -> tuple[Any, ...]:
        """Everything that is written around the conversation; of the frameworks, those that the person's texts have."""
        chosen = words(language)
        held = self._shelves.of(self._reader(request)).frameworks()
        kept = [id for id in known(scope) if id in held]
        label, placeholder = chosen["question.label"], chosen["question.placeholder"]
        own, who = self.own(language, request), self._person(request)
        administers = who.account is not None and who.may(Right.ADMINISTER)
        return (
            language,
            pages.brand(chosen),
            chosen["interface.new"],
            pages.theme_switch(chosen, who.may(Right.EVALUATE), own, administers),
            self.welcome(language, request),
            gr.Textbox(label=label, placeholder=placeholder, rtl=chosen.direction == "rtl"),
            chosen["question.send"],
            chosen["question.stop"],
            pages.keys(chosen, own),
            pages.scope(kept, chosen),
            gr.CheckboxGroup(
                [(framework_name(id, chosen), id) for id in held], value=kept, label=chosen["scope.label"]
            ),
        )

    def own(self, language: str, request: gr.Request | None = None) -> str:
        """The way to one's own account, which names nobody until it is known who opens the page; none without any."""
        account = self._person(request).account if request else None
        return "" if self._local else pages.own_account(words(language), account.id if account else "")

    def open(self, request: gr.Request) -> tuple[Any, ...]:
        """A page is opened: in the language chosen before. A question may be under way already: it is left alone."""
        return self.open_in(pages.chosen_language(request.cookies.get("language")), request)

    def _reader(self, request: gr.Request | None) -> Reader | None:
        """Who reads; with accounts, raises the error 401 for a request of nobody's."""
        return self._person(request).reader

    def _person(self, request: gr.Request | None) -> Person:
        asked = request.request if request else None
        return person(asked.scope if asked else {}, accounts=not self._local)

    def _readable(self, turns: Turns, reader: Reader | None) -> Turns:
        return still_readable(turns, self._shelves.of(reader))

    def _paced(self, asked: Turn, growing: Iterator[Turn], language: str, request: gr.Request | None) -> Iterator[Turn]:
        """The turn as it grows, or a refusal where its person asks too much; what is left of it counts no more."""
        account = self._person(request).account
        if self._pace is None or account is None:
            yield from growing
            return
        with ExitStack() as counted:
            try:
                counts = counted.enter_context(self._pace.asking(account.id))
            except TooMany as wait:
                failure = words(language).fill(f"api.{wait.code}", seconds=wait.seconds)
                yield replace(asked, state="failed", failure=failure, again=True)
                return
            self._growing[asked.key] = counted
            try:
                yield from self._pace.steps(counts, growing)
            finally:
                self._growing.pop(asked.key, None)

    def _leave(self, turns: Turns) -> None:
        for turn in turns:
            if counted := self._growing.pop(turn.key, None):
                counted.close()
            if listener := self._listeners.get(turn.key):
                listener.leave()


def known(scope: Sequence[str]) -> tuple[str, ...]:
    """Of what a page names, the frameworks that there are, each once."""
    return tuple(id for id in (*framework_ids(), GENERAL) if id in (scope or ()))


def _grown(turn: Turn, event: Event, shelf: Shelf) -> Turn:
    """The turn after an event; the same one where it shows nothing new."""
    if isinstance(event, Step):
        return replace(turn, step=event.name) if event.name != "search" else turn
    if isinstance(event, Told):
        return replace(turn, step="check", told=(*turn.told, event))
    if isinstance(event, Answer):
        read = shelf.reading([event])
        proofs, nearest = shelf.proofs(event, read), shelf.nearest(event, read)
        return replace(turn, state="answered", answer=event, proofs=proofs, nearest=nearest, told=())
    return turn


def build(
    operations: Operations,
    local: bool = True,
    diary: Diary | None = None,
    pace: Pace | None = None,
    waiting: int = WAITING,
) -> gr.Blocks:
    """The tab as a Gradio application, not mounted yet; `local` says on its first page that there are no accounts.

    Without a diary no conversation is kept. No more than `waiting` questions wait for their turn.
    """
    shelves = Shelves(operations)
    chat, first = Chat(operations, local, shelves, pace), words(DEFAULT)
    keeper = Keeper(diary, shelves)
    blocks: gr.Blocks = gr.Blocks(title=first["interface.name"], analytics_enabled=False, fill_width=True)
    with blocks:
        language = gr.State(DEFAULT)
        turns = gr.State((), time_to_live=12 * HOURS)
        conversation = gr.State("", time_to_live=12 * HOURS)
        with gr.Row(elem_id="bar"):
            name = _shown(pages.brand(first), "brand")
            new = gr.Button(first["interface.new"], elem_id="new", size="sm")
            with gr.Row(elem_id="languages"):
                switches = {code: gr.Button(_own_name(code), elem_id=f"to-{code}", size="sm") for code in LANGUAGES}
            theme = _shown(pages.theme_switch(first, own=chat.own(DEFAULT)), "theme-switch")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="reading"):
                welcome = _shown(chat.for_anybody(DEFAULT), "welcome")
                page, last = _shown("", "page"), _shown("", "last")
                kept = _shown("", "kept")
                with gr.Column(elem_id="foot"):
                    scope = gr.CheckboxGroup([], elem_id="scope", label=first["scope.label"])
                    scope_line = _shown(pages.scope((), first), "scope-line")
                    with gr.Row(elem_id="composer"):
                        question = _question_box(first)
                        send = gr.Button(first["question.send"], elem_id="send", variant="primary")
                        stop = gr.Button(first["question.stop"], elem_id="stop")
                    keys = _shown(pages.keys(first), "hints")
            with gr.Column(elem_id="proof-column"):
                _shown('<div id="proof"></div>', "proof-frame")
        with gr.Row(elem_id="unseen"):  # what the page's script fills in and presses
            chosen = gr.Textbox(elem_id="to-open", show_label=False, max_length=64)
            opening, again = gr.Button(elem_id="open-it"), gr.Button(elem_id="ask-again")
            widely, unscope = gr.Button(elem_id="ask-everywhere"), gr.Button(elem_id="unscope")
        around = [language, name, new, theme, welcome, question, send, stop, keys, scope_line, scope]
        quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        directly = quietly | {"queue": False}
        asking = gr.on(
            [send.click, question.submit],
            chat.ask,
            [question, turns, language, scope],
            [question, turns, page, last],
            **quietly,
        )
        asking_again = again.click(chat.again, [turns, language], [question, turns, page, last], **quietly)
        asking_widely = widely.click(chat.everywhere, [turns, language], [question, turns, page, last], **quietly)
        under_way = [asking, asking_again, asking_widely]
        scope.change(chat.scoped, [scope, language], [scope_line], **directly)
        for wider in (widely, unscope):
            wider.click(list, None, [scope], **directly)
        for answered in under_way:
            answered.then(keeper.keep, [turns, conversation, language], [conversation, kept], **directly)
        stop.click(chat.stop, [turns, language], [turns, page, last], cancels=under_way, **quietly)
        new.click(chat.new, [language, turns], [turns, page, last, welcome], cancels=under_way, **quietly)
        new.click(keeper.none, None, [conversation, kept], **directly)
        shown = [turns, page, last, conversation, kept]
        opening.click(keeper.open, [chosen, language], shown, cancels=under_way, **quietly)
        for code, switch in switches.items():
            spoken = switch.click(chat.faces_in(code), [turns, scope], [page, last, *around], **directly)
            spoken.then(keeper.shown, [language, conversation], [kept], **directly)
        blocks.load(chat.open, None, around, **directly)
    blocks.queue(api_open=False, max_size=waiting, default_concurrency_limit=AT_ONCE)
    return blocks


def _shown(html: str, id: str) -> gr.Markdown:
    return gr.Markdown(html, elem_id=id, sanitize_html=True, latex_delimiters=[])


def _question_box(first: Words) -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label=first["question.label"],
        placeholder=first["question.placeholder"],
        show_label=False,
        container=False,
        lines=1,
        max_lines=8,
        max_length=LONGEST_QUESTION,
        autofocus=True,
    )


def _own_name(code: str) -> str:
    return words(code)["interface.short"]
