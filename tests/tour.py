"""A tour of every page of ours, for what looks at all of them: the accessibility checks and the pictures.

`PAGES` names each page and says how it is reached; the chat's states are pages of the tour as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from account_fakes import PASSWORD, Desk, desk_over
from browsing import site_over
from playwright.sync_api import BrowserContext, Page

from assistant.accounts.account import CONSOLE, Role
from assistant.assistant import Assistant
from assistant.conversations.conversations import Conversations
from assistant.conversations.opinions import Opinions
from assistant.evaluations import CaseForm, Evaluations
from assistant.uploads.holdings import Holdings
from assistant.uploads.settings import UploadSettings
from assistant.uploads.upload import UploadRefused, Who
from evals.desk import open_desk
from ui.visits import Door

KEYS: Final = (b"q7Zt0vX2mW9rB4kN6sD1fG8hJ3lP5aYc",)
ANSWERED: Final = {
    "fr": "Combien de réunions du Conseil des ministres de l’Intérieur maghrébins se sont tenues ?",
    "ar": "كم عدد اجتماعات مجلس وزراء الداخلية المغاربيين ؟",
    "en": "How many meetings of the Council of Maghreb Ministers of the Interior were held?",
}
"""A PDF answers it."""
REFUSED: Final = {
    "fr": "Quelle est la recette du couscous ?",
    "ar": "ما هي وصفة الكسكسي ؟",
    "en": "What is the recipe for couscous?",
}
SET: Final = "refus"
PEOPLE: Final = (("amel", Role.READER), ("karim", Role.EVALUATOR), ("lina", Role.EDITOR))


@dataclass(frozen=True, slots=True)
class Stop:
    """A page of the tour: its address, whether one must have come in, and what is done on it before it is looked at."""

    name: str
    path: str
    inside: bool = True
    act: Callable[[Page, str], None] | None = None


def ask(page: Page, question: str) -> None:
    """Put a question and wait for what becomes of it."""
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".turn:is(.answered, .failed)")


def answer(page: Page, language: str) -> None:
    """An answer with its proof beside it, as a page."""
    ask(page, ANSWERED[language])
    page.locator(".cite").first.click()
    page.wait_for_selector("#proof .leaf img")
    page.evaluate("document.querySelector('#proof .leaf img').decode()")


def answer_in_words(page: Page, language: str) -> None:
    """The same proof as text."""
    answer(page, language)
    page.click("#proof .to-text")


def refusal(page: Page, language: str) -> None:
    """A question that the texts do not answer."""
    ask(page, REFUSED[language])


def scope(page: Page, language: str) -> None:
    """The list of frameworks, two of them chosen."""
    page.click(".scope-open")
    for place in (0, 2):
        page.locator("#scope input").nth(place).check()
    page.wait_for_selector(".scope.some")


def history(page: Page, language: str) -> None:
    """The conversations at the side."""
    page.click("#history-button")
    page.wait_for_selector("#history-list > *")


def candidate(page: Page, language: str) -> None:
    """The thumb down as a case to complete."""
    page.locator("#candidates a").first.click()
    page.wait_for_selector('[name="question"]')


def comparison(page: Page, language: str) -> None:
    """The set's last run beside the one before."""
    page.locator('#runs a[href*="/compare"]').first.click()
    page.wait_for_selector("#verdict")


def report(page: Page, language: str) -> None:
    """The set's last run, case by case."""
    page.locator('#runs a[href*="/report"]').first.click()
    page.wait_for_selector("#main")


PAGES: Final = (
    Stop("login", "/account/login", inside=False),
    Stop("sign-up", "/account/sign-up", inside=False),
    Stop("forgotten", "/account/forgotten", inside=False),
    Stop("dead-link", "/account/confirm?token=x", inside=False),
    Stop("chat-empty", "/"),
    Stop("chat-answer", "/", act=answer),
    Stop("chat-answer-text", "/", act=answer_in_words),
    Stop("chat-refusal", "/", act=refusal),
    Stop("chat-scope", "/", act=scope),
    Stop("chat-history", "/", act=history),
    Stop("document", "/documents/cmai?start=0&end=60#quote"),
    Stop("document-page", "/pages/1/maghreb?start=60&end=150&cited=1"),
    Stop("fiches", "/fiches"),
    Stop("fiche", "/fiches/ligue-arabe"),
    Stop("quiz", "/fiches/ligue-arabe/quiz"),
    Stop("timeline", "/fiches/chronologie"),
    Stop("account", "/account"),
    Stop("api", "/api"),
    Stop("library", "/bibliotheque"),
    Stop("library-document", "/bibliotheque/document?id=maghreb"),
    Stop("evaluations", "/evaluations"),
    Stop("evaluation-candidate", "/evaluations", act=candidate),
    Stop("evaluation-set", f"/evaluations/sets/{SET}"),
    Stop("evaluation-comparison", f"/evaluations/sets/{SET}", act=comparison),
    Stop("evaluation-report", f"/evaluations/sets/{SET}", act=report),
    Stop("admin", "/admin"),
    Stop("admin-person", "/admin/person?name=amel"),
    Stop("admin-mail", "/admin/mail"),
    Stop("admin-log", "/admin/log"),
    Stop("admin-state", "/admin/state"),
    Stop("error", "/nowhere"),
)


@contextmanager
def demo(assistant: Assistant, folder: Path) -> Iterator[str]:
    """The application behind accounts, with people of every role and one who waits; its address."""
    with desk_over(f"sqlite:///{folder / 'accounts.db'}", folder) as desk:
        people(desk)
        database = desk.opened.parts.database
        holdings = Holdings(assistant, database, folder, UploadSettings(), desk.clock)
        chief = desk.account("cheffe")
        holdings.refuse(
            Who(chief.id, chief.identifier, desk.actor("cheffe"), None), "Décret n° 7.pdf", UploadRefused("too-large")
        )
        with closing(open_desk(assistant, folder / "evals")) as evaluations:
            evaluated(assistant, desk, evaluations)
            door = Door(desk.opened, KEYS)
            with site_over(assistant, door, holdings=holdings, evaluations=evaluations) as address:
                yield address


def evaluated(assistant: Assistant, desk: Desk, evaluations: Evaluations) -> None:
    """A set of one case that was played twice, and an opinion that waits to become a case."""
    evaluations.accept(CaseForm(REFUSED["fr"], "fr", refuse="far"), SET)
    for _ in range(2):
        evaluations.start(SET, None)
        while (now := evaluations.progress()) is None or now.running:
            time.sleep(0.05)
        time.sleep(1)  # a run is named by its second
    kept = Conversations(desk.opened.parts.database, desk.clock)
    amel = desk.account("amel").id
    id = kept.keep(amel, "", 1, assistant.ask(ANSWERED["fr"]))
    Opinions(desk.opened.parts.database, kept, desk.clock).give(amel, id, 1, False, "incomplete", "Il manque le lieu.")


def people(desk: Desk) -> None:
    """Somebody in each role, and somebody who signed up and confirmed."""
    desk.member("cheffe", Role.ADMINISTRATOR)
    for name, role in PEOPLE:
        desk.member(name, role)
    desk.opened.administration.set_groups(CONSOLE, "amel", ["justice"])


def come_in(context: BrowserContext, address: str) -> None:
    """Log in as the administrator; every page of the context is theirs from then on."""
    page = context.new_page()
    page.goto(f"{address}/account/login")
    page.fill("input[name=name]", "cheffe")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector(".empty")
    page.close()


def visit(context: BrowserContext, address: str, stop: Stop, language: str) -> Page:
    """The page of a stop, as it is to be looked at."""
    context.clear_cookies(name="history")  # else the panel opens by itself after a page that opened it
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address + stop.path)
    if stop.path == "/":
        page.wait_for_selector(f".empty.lang-{language}", state="attached")
    if stop.act:
        stop.act(page, language)
    page.evaluate("document.fonts.ready")
    return page
