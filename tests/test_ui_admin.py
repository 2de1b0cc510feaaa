"""The administrators' pages: approve, give roles, shut out, send links, end sessions, see mail, log and settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from account_fakes import OTHER, PASSWORD, Desk, token_in
from fastapi.testclient import TestClient
from test_ui_accounts import post
from test_ui_api import assistant, desk, visitor  # noqa: F401
from test_ui_chat import FakeAssistant

import assistant as assistant_package
import ui
from assistant.accounts.account import CONSOLE, Account, Role, State
from assistant.accounts.sessions import Visit
from ui.chat import Chat
from ui.guard import ADMIN
from ui.i18n import LANGUAGES, words


@pytest.fixture
def chief(visitor: Callable[[], TestClient], desk: Desk) -> TestClient:  # noqa: F811
    """An administrator who is signed in."""
    return signed_in_as(visitor, desk, "cheffe", Role.ADMINISTRATOR)


def signed_in_as(visitor: Callable[[], TestClient], desk: Desk, name: str, role: Role) -> TestClient:  # noqa: F811
    """A browser of somebody with a role."""
    desk.member(name, role)
    client = visitor()
    post(client, "/account/login", "/account/login", name=name, password=PASSWORD)
    return client


def act(client: TestClient, name: str, action: str, **more: str) -> int:
    """Fill in a form of a person's page; the status of the answer."""
    return fill(client, f"/admin/person?name={quote(name)}", "/admin/person", name=name, action=action, **more)


def fill(client: TestClient, page: str, path: str, /, **fields: str) -> int:
    """Fill in a form, one of whose fields is called `action`."""
    token = re.search(r'name="form" value="([0-9a-f]+)"', client.get(page).text)
    assert token
    return int(client.post(path, data={"form": token.group(1), **fields}).status_code)


@pytest.mark.parametrize("role", Role)
def test_the_chat_leads_administrators_and_nobody_else_to_their_pages(role: Role) -> None:
    """By their own account's right; without accounts there are no such pages."""
    visit = Visit(Account("a", "a", "a@example.org", role, State.ACTIVE, "fr", 0.0, None), "session")
    request: Any = SimpleNamespace(request=SimpleNamespace(scope={"visit": visit}))
    operations: Any = FakeAssistant()
    shown = "".join(map(str, Chat(operations, local=False).open_in("fr", request)))
    assert ('href="/admin"' in shown) is (role is Role.ADMINISTRATOR)
    assert 'href="/admin"' not in "".join(map(str, Chat(operations).open_in("fr", request)))


def test_who_signed_up_is_approved_and_told(chief: TestClient, desk: Desk) -> None:  # noqa: F811
    """From the list of those who wait."""
    desk.opened.sign_ups.ask("samir", "samir@example.org", PASSWORD, "fr", "192.0.2.9")
    desk.opened.sign_ups.confirm(token_in(desk.mail()), PASSWORD, "192.0.2.9")
    assert desk.account("samir").state is State.PENDING
    assert "samir@example.org" in chief.get("/admin").text.partition("Comptes")[0]
    assert act(chief, "samir", "approve") == 303
    assert desk.account("samir").state is State.ACTIVE
    assert desk.mail()["To"] == "samir@example.org"
    assert "approved" in desk.actions()


def test_an_account_is_added_changed_shut_and_opened_again(
    chief: TestClient,
    desk: Desk,  # noqa: F811
) -> None:
    """Each act by its form, none without effect."""
    post(chief, "/admin", "/admin/add", identifier="nour", email="nour@example.org", role="editor", language="ar")
    assert (desk.account("nour").role, desk.account("nour").language) == (Role.EDITOR, "ar")
    desk.accounts.reset(token_in(desk.mail()), OTHER)
    session = desk.enter("nour", OTHER)
    id = re.search(r'name="session" value="(\w+)"', chief.get("/admin/person?name=nour").text)
    assert id
    assert act(chief, "nour", "session", session=id.group(1)) == 303
    assert not desk.visits(session)
    assert act(chief, "nour", "role", role="evaluator") == 303
    assert act(chief, "nour", "groups", groups="Union africaine, UMA") == 303
    assert desk.account("nour").groups == ("UMA", "Union africaine")
    assert act(chief, "nour", "disable") == 303
    assert desk.account("nour").state is State.DISABLED
    assert act(chief, "nour", "enable") == 303
    before = len(desk.post.messages)
    assert act(chief, "nour", "reset") == 303
    desk.mail()
    assert len(desk.post.messages) > before
    assert desk.account("nour").role is Role.EVALUATOR


def test_what_cannot_be_done_is_said_on_the_page(chief: TestClient, desk: Desk) -> None:  # noqa: F811
    """The last administrator stays; an unknown act or person changes nothing."""
    assert act(chief, "cheffe", "disable") == 422
    assert act(chief, "cheffe", "role", role="reader") == 422
    assert act(chief, "cheffe", "explode") == 422
    assert desk.account("cheffe").role is Role.ADMINISTRATOR
    assert chief.get("/admin/person?name=personne").status_code == 404


@pytest.mark.parametrize("role", [Role.READER, Role.EVALUATOR, Role.EDITOR])
def test_no_other_role_sees_or_does_anything_there(
    visitor: Callable[[], TestClient],  # noqa: F811
    desk: Desk,  # noqa: F811
    role: Role,
) -> None:
    """Not even with a form of their own."""
    client = signed_in_as(visitor, desk, "amel", role)
    assert "/admin" not in client.get("/account").text
    for path in sorted(ADMIN["GET"]):
        assert client.get(path).status_code == 403
    for path in sorted(ADMIN["POST"]):
        assert fill(client, "/account", path, name="amel", action="role", role="administrator") == 403
    assert desk.account("amel").role is role


def test_the_log_is_filtered_and_what_people_typed_is_text(chief: TestClient, desk: Desk) -> None:  # noqa: F811
    """R-20, R-36."""
    hostile = "<script>alert(1)</script>\r\n"
    desk.accounts.log_in("cheffe", "x", "192.0.2.1", hostile)
    with desk.opened.parts.database.writing() as connection:
        desk.opened.parts.audit.write(connection, "upload", CONSOLE, hostile, detail=hostile)
    page = chief.get("/admin/log", params={"action": "upload"}).text
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert 'title="login-failed"' not in page
    assert '<option value="upload" selected>Document ajouté</option>' in page
    about = chief.get("/admin/log", params={"text": "cheffe", "before": "x" * 50}).text
    assert 'title="login-failed">Connexion refusée<' in about
    assert desk.actions()[-1] == "audit-viewed"


def test_mail_tells_to_whom_it_went_and_says_sent_of_no_file(chief: TestClient, desk: Desk) -> None:  # noqa: F811
    """A letter in the outbox folder has reached nobody; what was typed as a name is shown nowhere."""
    desk.post.delivers = False
    desk.accounts.ask_reset("cheffe")
    desk.accounts.ask_reset("mon mot de passe")
    desk.opened.outbox.send_due()
    page = chief.get("/admin/mail").text
    assert "écrit dans le dossier outbox (pas de serveur de courrier)" in page
    assert "cheffe@example.org" in page
    assert "mon mot de passe" not in page
    assert 'title="reset">Lien de mot de passe<' in page
    assert "cheffe@example.org" in chief.get("/admin/mail?state=written").text
    assert "cheffe@example.org" not in chief.get("/admin/mail?state=failed").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_and_letter_that_the_code_writes_has_a_name(language: str) -> None:
    """Found where they are written, as the first text after whom a call is about; so no page shows a bare code."""
    found: dict[str, set[str]] = {"acts": {"upload", "replace"}, "letters": set()}
    writers = {"note": "acts", "_note": "acts", "write": "acts", "_move": "acts", "enqueue": "letters"}
    for file in [*Path(assistant_package.__file__).parent.rglob("*.py"), *Path(ui.__file__).parent.glob("*.py")]:
        for call in (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            texts = [a.value for a in call.args[1:] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name in writers and texts:
                found[writers[name]].add(texts[0])
    assert len(found["acts"]) > 30
    assert len(found["letters"]) > 6
    table = words(language).table
    assert [f"{kind}.{code}" for kind in found for code in found[kind] if f"admin.{kind}.{code}" not in table] == []


def test_mail_that_failed_is_tried_again(chief: TestClient, desk: Desk) -> None:  # noqa: F811
    """R-55."""
    desk.post.failure = OSError("no mail server")
    desk.accounts.ask_reset("cheffe")
    desk.opened.outbox.send_due()
    page = chief.get("/admin/mail?state=waiting").text
    assert "no mail server" in page
    id = re.search(r'name="id" value="(\w+)"', page)
    assert id
    desk.post.failure = None
    post(chief, "/admin/mail?state=waiting", "/admin/mail", id=id.group(1))
    assert desk.mail()["To"] == "cheffe@example.org"
    assert "no mail server" not in chief.get("/admin/mail?state=waiting").text


def test_the_settings_in_force_are_shown_without_a_secret(chief: TestClient) -> None:
    """Names and values, and what the index holds."""
    page = chief.get("/admin/state").text
    assert "password_min_admin" in page
    for secret in ("secret_key", "smtp_password", "smtp_user"):
        assert secret not in page


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_each_page_speaks_each_language_and_runs_no_script(chief: TestClient, language: str, direction: str) -> None:
    """Server-rendered, with nothing to run."""
    chief.cookies.delete("language")
    chief.cookies.set("language", language)
    for path in (*sorted(ADMIN["GET"] - {"/admin/person"}), "/admin/person?name=cheffe"):
        response = chief.get(path)
        assert f'<html lang="{language}" dir="{direction}"' in response.text
        assert "<script" not in response.text
        assert "script-src 'none'" in response.headers["content-security-policy"]
