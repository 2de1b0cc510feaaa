"""R-23: nothing of one person's questions reaches another, whoever asks for it, however many ask at once."""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from account_fakes import PASSWORD, Desk, desk_over
from browsing import product_over, site_over
from test_ui_accounts import KEYS

from assistant.accounts.account import CONSOLE
from assistant.library import Request
from evals.load import page
from ui.visits import Door

QUESTION = "Quand se réunira le sommet zanzibarien ?"
PEOPLE = 8


@dataclass
class Person:
    """Somebody who is signed in, in a window of their own; only they may read the document with their canary."""

    name: str
    canary: str
    client: httpx.Client
    wired: page.Wiring
    document: str
    session: str = field(default_factory=lambda: secrets.token_hex(6))

    def join(self, question: str = QUESTION) -> str:
        """Ask; the event's id."""
        told = self.client.post(page.JOIN, json=self.wired.asked(question, self.session))
        assert told.status_code == 200, told.text
        return str(told.json()["event_id"])

    def stream(self) -> str:
        """All that the open question sends."""
        return self.client.get(page.DATA + self.session).text

    def conversation(self) -> str:
        """Write the last turn down; the id of the newest conversation."""
        assert self.client.post(page.RUN, json=self.wired.answered(self.session)).status_code == 200
        ids = re.findall(r'data-id="(\w+)"', self.client.get("/conversations").text)
        assert ids
        return str(ids[0])


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, short_folders: Callable[[], Path]) -> Iterator[list[Person]]:
    """Eight people at a real server, each with a document for their own group, limits raised by settings."""
    data, texts = short_folders(), tmp_path_factory.mktemp("texts")
    canaries = [f"Ville{secrets.token_hex(4)}" for _ in range(PEOPLE)]
    for number, canary in enumerate(canaries):
        text = f"Le sommet zanzibarien se réunira le 4 mars 2031 à {canary}."
        (texts / f"doc{number}.md").write_text(f"# Titre {canary}\n\n{text}\n", "utf-8")
    with ExitStack() as stack:
        assistant = stack.enter_context(product_over(data, Request((texts,))))
        url, raised = (
            f"sqlite:///{data / 'accounts.db'}",
            {"login_minutely_address": 1000, "questions_minutely": 10_000},
        )
        desk: Desk = stack.enter_context(desk_over(url, data, **raised))
        site = stack.enter_context(site_over(assistant, Door(desk.opened, KEYS)))
        found = []
        for number, canary in enumerate(canaries):
            name = f"personne{number}"
            desk.member(name)
            desk.opened.administration.set_groups(CONSOLE, name, [f"groupe{number}"])
            (document,) = [one.id for one in assistant.documents() if canary in one.title]
            assistant.grant(document, [f"groupe{number}"])
            client = stack.enter_context(httpx.Client(base_url=site, timeout=60))
            form = page.form_token(client.get(page.LOGIN).text)
            entered = client.post(page.LOGIN, data={"form": form, "name": name, "password": PASSWORD})
            assert entered.status_code == 303
            found.append(Person(name, canary, client, page.wiring(client.get("/").text), document))
        yield found


Attack = Callable[[Person, Person, str, str], list[httpx.Response]]


def reads_the_stream(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """The stream of her session, alone and behind his own."""
    both = f"{page.DATA}{his.session}&session_hash={hers.session}"
    return [his.client.get(page.DATA + hers.session), his.client.get(both)]


def joins_her_session(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """A question in her session."""
    return [his.client.post(page.JOIN, json=his.wired.asked(QUESTION, hers.session))]


def calls_in_her_session(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """Writing down, or filling a page, with what her session holds."""
    events = his.wired.answered(hers.session), his.wired.opened(hers.session)
    return [his.client.post(page.RUN, json=one) for one in events]


def cancels_her_question(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """By her session or by his own, with her event."""
    return [
        his.client.post("/gradio_api/cancel", json={"session_hash": session, "event_id": event, "fn_index": 0})
        for session in (hers.session, his.session)
    ]


def resets_her_question(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """The iterator of her event."""
    return [his.client.post("/gradio_api/reset", json={"event_id": event})]


def holds_her_heartbeat(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """Which would keep, or end, her session's state."""
    return [his.client.get(page.HEARTBEAT + hers.session)]


def calls_by_name(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """Gradio's routes of calls and streams by name and number are not there."""
    paths = (f"/gradio_api/call/ask/{event}", f"/gradio_api/stream/{hers.session}/{event}/0/playlist.m3u8")
    return [his.client.get(path) for path in paths]


def opens_files(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """Files by path, and her document with its pages and its pictures."""
    own = f"/documents/{hers.document}"
    assert hers.canary in hers.client.get(own).text
    paths = ("/gradio_api/file=/etc/passwd", f"/file={hers.document}", own)
    below = (f"/pages/1/{hers.document}", f"/pictures/1/{hers.document}", f"/bibliotheque/document?id={hers.document}")
    return [his.client.get(path) for path in (*paths, *below)]


def takes_her_conversation(his: Person, hers: Person, event: str, kept: str) -> list[httpx.Response]:
    """Read in a file, renamed, deleted, judged."""
    post = his.client.post
    return [
        *(his.client.get(f"/conversations/{kept}/export/{kind}") for kind in ("md", "docx", "pdf")),
        post(f"/conversations/{kept}/rename", json={"title": "x"}),
        post(f"/conversations/{kept}/delete", json={}),
        post(f"/conversations/{kept}/turns/1/opinion", json={"good": True}),
    ]


ATTACKS: tuple[Attack, ...] = (
    reads_the_stream,
    joins_her_session,
    calls_in_her_session,
    cancels_her_question,
    resets_her_question,
    holds_her_heartbeat,
    calls_by_name,
    opens_files,
    takes_her_conversation,
)


@pytest.mark.parametrize("trials", [12, pytest.param(100, marks=pytest.mark.nightly)])
def test_what_one_began_no_other_reads_joins_or_ends(people: list[Person], trials: int) -> None:
    """Each trial attacks a question that is under way, then it is answered all the same, with its own canary alone."""
    draw = random.Random(23)
    attacks = [ATTACKS[number % len(ATTACKS)] for number in range(trials)]
    draw.shuffle(attacks)
    for attack in attacks:
        hers, his = draw.sample(people, 2)
        hers.session, his.session = secrets.token_hex(6), secrets.token_hex(6)
        hers.join()
        hers.stream()
        kept = hers.conversation()
        event = hers.join()
        for answer in attack(his, hers, event, kept):
            assert answer.status_code in (403, 404), (attack.__name__, answer.status_code, answer.url)
            assert hers.canary not in answer.text
        told = page.ending(hers.stream())
        assert told.state == "answered"
        assert hers.canary in told.page
        assert his.canary not in told.page
        assert hers.client.get(f"/conversations/{kept}/export/md").status_code == 200


@pytest.mark.parametrize("questions", [3, pytest.param(25, marks=pytest.mark.nightly)])
def test_eight_people_who_ask_at_once_each_see_their_own_alone(people: list[Person], questions: int) -> None:
    """The same words from all of them, so that anything kept by the question alone would show."""

    def ask(person: Person) -> list[str]:
        person.session, told = secrets.token_hex(6), []
        for _ in range(questions):
            person.join()
            told.append(person.stream())
        return told

    with ThreadPoolExecutor(PEOPLE) as pool:
        streams = list(pool.map(ask, people))
    for person, told in zip(people, streams, strict=True):
        assert len(told) == questions
        for stream in told:
            ended = page.ending(stream)
            assert ended.state == "answered", ended
            assert person.canary in ended.page
            assert not [other.name for other in people if other is not person and other.canary in stream]
