"""A briefing's summary through every door: terminal, service, page, files, scripts; each tells what a source holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from account_fakes import Desk, desk_over
from fastapi.testclient import TestClient
from scripted_llm import Exchange, Script, ScriptedServer, cut, in_tokens, served, status
from test_ui_accounts import KEYS, signed_in

from assistant.assistant import Assistant
from assistant.briefings.briefing import Briefing
from assistant.cli import main
from assistant.library import Request
from assistant.reader import Reader
from assistant.remote import RemoteAssistant, Service
from assistant.settings import Settings
from assistant.wiring import SOCKET, open_assistant
from ui.app import build_app
from ui.pace import TooMany
from ui.visits import Door

OPEN = "L'Union africaine est une organisation de 55 États. L'Union africaine a pour but l'unité du continent."
CLOSED = "L'Union africaine finance le programme Zanzibar à Tunis."
TRUE = "L'Union africaine est une organisation de 55 États [1]. L'UA a pour but l'unité du continent [2]."
FALSE = "L'OTAN finance l'Union africaine [1]."
SECRET = "Le programme Zanzibar est financé par l'Union africaine à Tunis [5]."
JUSTICE, NOBODY = Reader(("justice",)), Reader()
PAGE = "/fiches/union-africaine"


@dataclass
class Stage:
    """An assistant whose model says what `script` says, each time anew."""

    assistant: Assistant
    server: ScriptedServer
    data: Path
    script: list[Script] = field(default_factory=list)

    def say(self, *scripts: str | Script) -> None:
        """What the model says next, the last one again and again; nothing was asked of it yet."""
        self.script[:] = [in_tokens(one) if isinstance(one, str) else one for one in scripts]
        self.server.asked.clear()


@pytest.fixture(scope="module")
def open_stage(model_cache: Path, short_folders: Callable[[], Path]) -> Iterator[Stage]:
    """Two short texts read by the real model, one of them for the justice group, and a language model by script."""
    data, script = short_folders(), list[Script]()

    def play(exchange: Exchange) -> None:
        (script.pop(0) if len(script) > 1 else script[0])(exchange)

    with served(play) as server:
        environ = {
            "COOPERATION_CACHE": str(model_cache),
            "COOPERATION_DATA": str(data),
            "COOPERATION_LLM": f"openai:scripted@{server.url}",
        }
        assistant = open_assistant(Settings.from_env(environ))
        yield Stage(assistant, server, data, script)
        assistant.close()


@pytest.fixture
def stage(open_stage: Stage, tmp_path: Path) -> Stage:
    """The same texts for each test, and no summary kept from another."""
    put(open_stage.assistant, tmp_path, ouvert=OPEN, reserve=CLOSED)
    open_stage.assistant.grant("reserve", ["justice"])
    assert open_stage.assistant._summaries
    open_stage.assistant._summaries._kept.clear()
    open_stage.say(TRUE)
    return open_stage


@pytest.fixture
def service(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteAssistant]:
    """What a command holds while the service runs."""
    listening = Service(stage.assistant, stage.data / SOCKET)
    monkeypatch.setenv("COOPERATION_DATA", str(stage.data))
    yield RemoteAssistant(stage.data / SOCKET)
    listening.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


def put(assistant: Assistant, folder: Path, **texts: str) -> None:
    path = folder / "t.jsonl"
    path.write_text("\n".join(json.dumps({"id": id, "title": id, "text": text}) for id, text in texts.items()))
    list(assistant.ingest(Request(jsonl=path)))


def sentences(told: Briefing) -> list[str]:
    return [each.text for each in told.summary.sentences] if told.summary else []


# --- who is told what ------------------------------------------------------------------------------------------------


def test_nobody_is_told_from_a_document_that_they_may_not_read(stage: Stage) -> None:
    """Neither from what was kept for others, nor from what the model says by itself."""
    stage.say(f"{TRUE} {SECRET}")
    for reader, told in ((None, True), (JUSTICE, True), (NOBODY, False)):
        briefing = stage.assistant.summarised("UA", "fr", reader)
        assert any("Zanzibar" in sentence for sentence in sentences(briefing)) is told
        assert sentences(briefing)[:1] == ["L'Union africaine est une organisation de 55 États."]
    assert len(stage.server.asked) == 2
    assert "Zanzibar" not in json.dumps(stage.server.asked[1])
    assert sentences(stage.assistant.briefing("UA", NOBODY, "fr")) == sentences(briefing)
    assert stage.assistant.briefing("UA", NOBODY).summary is None


def test_what_is_closed_or_changed_while_the_model_speaks_is_not_told(stage: Stage, tmp_path: Path) -> None:
    """And a changed document drops what was kept."""

    def meanwhile(exchange: Exchange) -> None:
        stage.assistant.revoke("reserve", ["justice"])
        in_tokens(SECRET)(exchange)

    stage.say(meanwhile)
    told = stage.assistant.summarised("UA", "fr", JUSTICE)
    assert sentences(told) == []
    assert told.summary
    assert told.summary.notice.startswith("Les textes de la fiche ont changé")
    assert "Zanzibar" not in json.dumps(told.to_json())
    stage.say(TRUE)
    assert sentences(stage.assistant.summarised("UA", "fr"))
    put(stage.assistant, tmp_path, ouvert=OPEN.replace("55", "56"))
    assert stage.assistant.briefing("UA", language="fr").summary is None
    assert sentences(stage.assistant.summarised("UA", "fr")) == ["L'UA a pour but l'unité du continent."]


def test_an_arabic_summary_of_french_texts_is_a_translation(stage: Stage) -> None:
    """By the real model's likeness; another figure is removed all the same."""
    stage.say("الاتحاد الأفريقي منظمة تضم 55 دولة [1]. الاتحاد الأفريقي منظمة تضم 54 دولة [1].")
    summary = stage.assistant.summarised("UA", "ar").summary
    assert summary
    assert [each.verdict for each in summary.sentences] == ["translated"]
    assert len(summary.removed) == 1


# --- the terminal and the service ------------------------------------------------------------------------------------


def test_a_terminal_has_it_made_once_and_can_leave_it_out(
    stage: Stage, service: RemoteAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    """In Markdown and JSON; a framework of which the texts tell nothing is put to no model."""
    stage.say(f"{TRUE} {FALSE}")
    assert main(["brief", "UA"]) == 0
    page, said = capsys.readouterr()
    assert said == "Le modèle scripted résume la fiche…\n"
    assert page.index("## En bref") < page.index("55 États. [1]") < page.index("modèle scripted") < page.index("## Doc")
    assert "retirées, que les textes ne confirment pas : 1" in page
    assert "OTAN" not in page
    assert main(["brief", "UA", "--format", "json"]) == 0
    told, said = capsys.readouterr()
    value = json.loads(told)
    assert said == ""
    assert [each["text"] for each in value["summary"]["removed"]] == [FALSE.replace(" [1]", "")]
    for each in value["summary"]["sentences"]:
        assert value["sources"][each["citations"][0] - 1]["document"] == "ouvert"
    assert len(stage.server.asked) == 1
    for arguments in (["brief", "UA", "--quotes"], ["brief", "OTAN"]):
        assert main(arguments) == 0
        page, said = capsys.readouterr()
        assert ("En bref" in page, said) == (False, "")
    assert len(stage.server.asked) == 1
    assert service.model == "scripted"
    assert sentences(service.summarised("UA", "fr", NOBODY)) == sentences(stage.assistant.briefing("UA", NOBODY, "fr"))


@pytest.mark.parametrize(
    ("script", "notice"),
    [
        (status(500), "Le modèle de langue a rencontré une erreur."),
        (cut(f"{TRUE} ", "Il"), "La réponse du modèle de langue a été interrompue."),
        (in_tokens(FALSE), "Le modèle de langue n'a rien dit que les textes confirment."),
    ],
    ids=["down", "cut", "false"],
)
def test_a_model_that_fails_leaves_the_briefing_whole(stage: Stage, script: Script, notice: str) -> None:
    """With a line that says why; nothing is kept of it."""
    stage.say(script)
    told = stage.assistant.summarised("UA", "fr")
    assert told.summary
    assert (told.summary.sentences, told.summary.notice.startswith(notice)) == ((), True)
    assert told.fields == stage.assistant.briefing("UA").fields
    assert stage.assistant.briefing("UA", language="fr").summary is None


# --- the page, its files, and scripts --------------------------------------------------------------------------------


def test_a_page_opens_at_once_and_its_button_has_the_summary_made(stage: Stage) -> None:
    """Then it stands first, in that language alone, and the files have it too; a failed one says so on the page."""
    client = TestClient(build_app(stage.assistant))
    assert "Résumer en quelques phrases" in client.get(PAGE).text
    assert stage.server.asked == []
    stage.say(FALSE, f"{TRUE} {FALSE}")
    failed = client.post(f"{PAGE}/summary?lang=fr")
    assert "rien dit que les textes confirment" in failed.text
    assert 'href="/fiches/union-africaine?lang=ar"' in failed.text
    assert "Résumer en quelques phrases" in failed.text
    page = client.post(f"{PAGE}/summary?lang=fr")
    assert [each.status_code for each in page.history] == [303]
    summary = page.text.partition('id="summary"')[2].partition("</section>")[0]
    assert page.text.index('id="summary"') < page.text.index('id="what"')
    assert "Résumer en quelques phrases" not in page.text
    for told in re.findall(r'<p class="sentence".*?</p>', summary, re.DOTALL):
        assert re.search(r'href="#source-\d+"', told)
    assert "2 phrases vérifiées · 1 retirée · Rédigé par scripted" in summary
    assert "OTAN" not in summary.partition("<details")[0]
    assert '<s dir="auto">L&#39;OTAN finance l&#39;Union africaine.</s>' in summary
    assert "En bref" in client.get(f"{PAGE}/export/md?lang=fr").text
    assert client.get(f"{PAGE}/export/pdf?lang=fr").content.startswith(b"%PDF")
    for other in ("?lang=ar", "/export/md?lang=ar"):
        assert "L'UA a pour but" not in client.get(f"{PAGE}{other}").text
    assert client.post("/fiches/atlantide/summary").status_code == 404


def test_a_translated_sentence_stands_over_the_quote_that_it_translates(stage: Stage) -> None:
    """As in the chat."""
    stage.say("The African Union is an organisation of 55 states [1].")
    page = TestClient(build_app(stage.assistant)).post(f"{PAGE}/summary?lang=en").text
    assert "Translation" in page
    assert '<p class="source-quote" dir="auto" lang="fr">« L&#39;Union africaine est une organisation' in page


def test_without_a_model_there_is_no_button(product: Assistant, tmp_path: Path) -> None:
    """And asking all the same gives the page as it is."""
    put(product, tmp_path, ouvert=OPEN)
    client = TestClient(build_app(product))
    assert product.model == ""
    assert product.summarised("UA", "fr").summary is None
    for page in (client.get(PAGE), client.post(f"{PAGE}/summary?lang=fr")):
        assert page.status_code == 200
        assert "Ce que c" in page.text
        assert "<form" not in page.text
        assert 'id="summary"' not in page.text


def test_behind_accounts_the_form_has_a_token_and_asks_no_faster_than_a_question(stage: Stage, desk: Desk) -> None:
    """Without the token nothing is made; each person is told what they may read; scripts have it with `summary=1`."""
    stage.say(f"{TRUE} {SECRET}")
    stage.assistant.summarised("UA", "fr")
    stage.server.asked.clear()
    app = build_app(stage.assistant, Door(desk.opened, KEYS))

    def visitor() -> TestClient:
        return TestClient(app, follow_redirects=False)

    assert visitor().post(f"{PAGE}/summary").status_code == 401
    client = signed_in(visitor, desk, "amel")
    token = re.search(r'name="form" value="([^"]+)"', client.get(PAGE).text)
    assert token
    for sent in ({}, {"form": "x"}):
        assert client.post(f"{PAGE}/summary", data=sent).status_code == 403
    assert stage.server.asked == []
    answer = client.post(f"{PAGE}/summary?lang=fr", data={"form": token[1]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?lang=fr#summary")
    assert "L&#39;UA a pour but" in client.get(PAGE).text
    assert "Tunis" not in client.get(PAGE).text.partition("<details")[0]
    script = visitor()
    secret = desk.opened.parts.api_tokens.make(desk.account("amel"), "essai")
    script.headers["Authorization"] = f"Bearer {secret}"
    stage.say("The African Union is an organisation of 55 states [1].")
    address = "/api/briefings/union-africaine?language=en"
    assert "summary" not in script.get(address).json()
    told = script.get(f"{address}&summary=1").json()["summary"]
    assert [each["verdict"] for each in told["sentences"]] == ["translated"]
    assert script.get(address).json()["summary"] == told
    with ExitStack() as asking:
        with suppress(TooMany):
            while True:
                asking.enter_context(app.state.pace.asking(desk.account("amel").id))
        pressed = client.post(f"{PAGE}/summary?lang=ar", data={"form": token[1]})
    assert pressed.status_code == 429
    assert pressed.headers["retry-after"]
    assert 'class="notice"' in pressed.text
