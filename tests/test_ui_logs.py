"""The service's log: one object a line, nothing of what people ask or hold unless a setting says so."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sql
from account_fakes import OTHER, PASSWORD, Desk
from conftest import Canaries
from fastapi.testclient import TestClient
from test_ui_accounts import post
from test_ui_api import Scripted, assistant, desk, visitor  # noqa: F401
from test_ui_chat import ask

from assistant.errors import BadSetting
from assistant.log_settings import LogSettings
from corpus.errors import AssistantError
from ui.chat import Chat
from ui.logs import OURS, Lines, write_logs

CANARY = "Qui a signé l'accord zebrure-4471 ?"


@pytest.fixture
def written() -> Iterator[Callable[..., Callable[[], str]]]:
    """Turns the log on with settings; what it gives tells what was written so far. All is as before in the end."""
    root, own = logging.getLogger(), [logging.getLogger(name) for name in OURS]
    before = root.handlers[:], root.level, [logger.level for logger in own]

    def turn_on(**environ: str) -> Callable[[], str]:
        stream = io.StringIO()
        write_logs(LogSettings.from_env({f"COOPERATION_{name}": value for name, value in environ.items()}), stream)
        return stream.getvalue

    yield turn_on
    logging.captureWarnings(False)
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    for logger, level in zip(own, before[2], strict=True):
        logger.setLevel(level)


def test_production_speaks_json_and_questions_stay_out_unless_told() -> None:
    """R-67: the defaults, and what cannot be used."""
    assert LogSettings.from_env({}) == LogSettings("text", False)
    assert LogSettings.from_env({"COOPERATION_MODE": "production"}) == LogSettings("json", False)
    for name in ("COOPERATION_LOG", "COOPERATION_LOG_QUESTIONS"):
        with pytest.raises(BadSetting, match=name):
            LogSettings.from_env({name: "yes"})


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("questions", ["off", "on"])
def test_a_question_is_told_by_its_length_and_by_its_words_only_when_set(
    written: Callable[..., Callable[[], str]], form: str, questions: str
) -> None:
    """R-67: answered, and failing with its own words in the exception and in the statement that failed."""
    log = written(LOG=form, LOG_QUESTIONS=questions)
    ask(Chat(Scripted()), CANARY)
    broken = Scripted()
    broken.error = ValueError(f"no sense in {CANARY}")
    broken.error.__cause__ = sqlite3.OperationalError("database is locked")
    ask(Chat(broken), CANARY)
    assert ("zebrure-4471" in log()) is (questions == "on")
    assert "ValueError" in log()
    assert "database is locked" in log()
    assert "carry_out" in log()
    if form == "json":
        lines = [json.loads(line) for line in log().splitlines()]
        assert [(line["level"], line["logger"]) for line in lines] == [("info", "ui.logs"), ("error", "ui.chat")]
        assert lines[0] | {"characters": len(CANARY), "status": "answered"} == lines[0]
        assert lines[0]["seconds"] >= 0


def test_no_line_of_the_log_can_be_made_up() -> None:
    """A line break in what is told stays within its object."""
    record = logging.LogRecord("ui", logging.INFO, "", 0, 'a\n{"level":"error"}\u2028b', (), None)
    [line] = Lines(LogSettings("json")).format(record).splitlines()
    assert (json.loads(line)["level"], json.loads(line)["message"]) == ("info", record.msg)


def test_a_failing_statement_does_not_tell_what_it_was_given(small_desk: Desk) -> None:
    """Neither the log nor a message repeats the values of a row."""
    with (
        pytest.raises(sql.exc.OperationalError) as failed,
        small_desk.opened.parts.database.reading() as connection,
    ):
        connection.execute(sql.text("SELECT * FROM nowhere WHERE a = :a"), {"a": CANARY})
    assert "zebrure" not in str(failed.value)


def test_passwords_tokens_and_questions_of_a_whole_visit_are_not_in_the_log(
    visitor: Callable[[], TestClient],  # noqa: F811
    desk: Desk,  # noqa: F811
    assistant: Scripted,  # noqa: F811
    written: Callable[..., Callable[[], str]],
) -> None:
    """R-67: right and wrong passwords, session, links, API tokens, what is asked and what fails."""
    log = written(MODE="production")
    desk.member("amel")
    client = visitor()
    for password in (OTHER, PASSWORD):
        post(client, "/account/login", "/account/login", name="amel", password=password)
    post(client, "/account/forgotten", "/account/forgotten", name="amel")
    secret = desk.opened.parts.api_tokens.make(desk.account("amel"), "essai")
    script = visitor()
    script.headers["Authorization"] = f"Bearer {secret}"
    assert script.post("/api/ask", json={"question": CANARY}).status_code == 200
    assistant.error = RuntimeError(CANARY)
    assert script.post("/api/ask", json={"question": CANARY}).status_code == 500
    post(client, "/account", "/account/password", old=PASSWORD, password=PASSWORD + OTHER)
    cookie = client.cookies["session"]
    said = [json.loads(line) for line in log().splitlines()]
    assert {line["logger"] for line in said} >= {"cooperation.audit", "ui.logs", "ui.api"}
    for canary in (PASSWORD, OTHER, secret, secret[-20:], cookie, "zebrure", "?token="):
        assert canary not in log()


def test_the_whole_run_is_watched(canaries: Canaries) -> None:
    """Were a secret told, the run would fail: seen here and taken back."""
    logger = logging.getLogger("cooperation.mail")
    logger.warning("a harmless line")
    assert canaries.found == []
    for secret in (PASSWORD, f"https://questions.example/account/reset?token={'x' * 43}", f"cooperation_{'y' * 43}"):
        logger.info("told: %s", secret)
        assert secret in canaries.found.pop()


def test_a_refusal_of_ours_is_not_logged_with_what_was_asked(written: Callable[..., Callable[[], str]]) -> None:
    """Its words may hold the question."""
    log, broken = written(), Scripted()
    broken.error = AssistantError(CANARY)
    with suppress(AssistantError):
        ask(Chat(broken), CANARY)
    assert "zebrure" not in log()
