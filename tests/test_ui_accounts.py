"""The web shell behind accounts: nothing without a session, forms bound to their page, nobody in another's session."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from account_fakes import OTHER, PASSWORD, Desk, desk_over, token_in
from fastapi import FastAPI
from fastapi.testclient import TestClient
from test_ui_chat import FakeAssistant

from assistant.accounts.account import CONSOLE, Role
from assistant.accounts.settings import AccountSettings
from assistant.errors import BadSetting
from assistant.settings import Settings
from ui.app import build_app
from ui.chat import LONGEST_QUESTION, Chat
from ui.commands import account_settings, opened_door
from ui.guard import BELOW, EXACT, OWN, WAY_IN
from ui.visits import Door, Holders

KEYS = (b"q7Zt0vX2mW9rB4kN6sD1fG8hJ3lP5aYc",)
FORM = {"content-type": "application/x-www-form-urlencoded"}
ENTER = ["login", "sign-up", "forgotten"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


@pytest.fixture
def visitor(desk: Desk) -> Iterator[Callable[[], TestClient]]:
    app: FastAPI = build_app(FakeAssistant(), Door(desk.opened, KEYS))
    with TestClient(app):
        yield lambda: TestClient(app, follow_redirects=False)


def post(client: TestClient, page: str, action: str, **fields: str) -> object:
    """Fill in a form as it stands on its page."""
    token = re.search(r'name="form" value="([0-9a-f]+)"', client.get(page).text)
    assert token
    return client.post(action, data={"form": token.group(1), **fields})


def signed_in(visitor: Callable[[], TestClient], desk: Desk, name: str) -> TestClient:
    desk.member(name)
    client = visitor()
    response = post(client, "/account/login", "/account/login", name=name, password=PASSWORD)
    assert response.status_code == 303, response.text  # type: ignore[attr-defined]
    return client


def test_without_a_session_nothing_but_the_way_in_answers(visitor: Callable[[], TestClient], desk: Desk) -> None:
    client = visitor()
    paths = {("GET", path) for path in EXACT["GET"]} | {("POST", path) for path in EXACT["POST"]}
    paths |= {("GET", f"{path}x") for path in BELOW["GET"]} | {("GET", "/account"), ("GET", "/documents/cmai")}
    paths |= {("POST", path) for path in OWN}
    for method, path in sorted(paths - {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/ui/x")}):
        response = client.request(method, path)
        assert response.status_code in (303, 401), (method, path)
        assert response.text == ""
    assert client.get("/healthz").text == client.get("/readyz").text == "ok"


@pytest.mark.parametrize("path", sorted(WAY_IN))
def test_the_way_in_runs_no_script_and_is_not_kept(visitor: Callable[[], TestClient], path: str) -> None:
    response = visitor().get(path)
    assert response.status_code in (200, 404)
    assert "script-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    wanted = "same-origin" if path.rpartition("/")[2] in ENTER else "no-referrer"
    assert response.headers["referrer-policy"] == wanted


def test_the_right_password_opens_a_session_and_logging_out_ends_it(
    visitor: Callable[[], TestClient], desk: Desk
) -> None:
    client = signed_in(visitor, desk, "amel")
    kept = client.cookies["session"]
    page = client.get("/")
    assert "Mon compte" in page.text
    assert "Sans compte" not in page.text
    assert client.get("/documents/cmai").status_code == 200
    assert post(client, "/account", "/account/logout").status_code == 303  # type: ignore[attr-defined]
    client.cookies.set("session", kept)
    assert client.get("/documents/cmai").status_code == 303


def test_known_and_unknown_names_get_the_same_page(visitor: Callable[[], TestClient], desk: Desk) -> None:
    desk.member("amel")
    for page, fields in (("/account/login", {"password": OTHER}), ("/account/forgotten", {})):
        said = set()
        for name in ("amel", "personne"):
            response = post(visitor(), page, page, name=name, **fields)
            text = re.sub(r'name="form" value="[^"]+"', "", response.text)  # type: ignore[attr-defined]
            said.add((response.status_code, text))  # type: ignore[attr-defined]
        assert len(said) == 1


@pytest.mark.parametrize("path", sorted(WAY_IN | OWN | {"/account/language"}))
def test_a_form_that_this_site_did_not_write_is_refused(
    visitor: Callable[[], TestClient], desk: Desk, path: str
) -> None:
    client = signed_in(visitor, desk, "amel")
    for token in ("", "0" * 64):
        assert client.post(path, data={"form": token}).status_code == 403
    assert client.post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get("/documents/cmai").status_code == 200


def test_an_address_is_changed_by_a_form_and_the_link_in_a_letter(
    visitor: Callable[[], TestClient], desk: Desk
) -> None:
    """The letter's link opens in another browser too; the account's page tells what waits."""
    client = signed_in(visitor, desk, "amel")
    wrong = post(client, "/account", "/account/email", email="b@example.org", current=OTHER)
    assert (wrong.status_code, "b@example.org" in wrong.text) == (422, True)  # type: ignore[attr-defined]
    done = post(client, "/account", "/account/email", email="b@example.org", current=PASSWORD)
    assert "Vérifiez votre courrier" in done.text  # type: ignore[attr-defined]
    assert "b@example.org attend" in client.get("/account").text
    desk.opened.outbox.send_due()
    [letter] = [message for message in desk.post.messages if message["To"] == "b@example.org"]
    token, other = token_in(letter), visitor()
    page = f"/account/address?token={token}"
    assert other.get(page).headers["referrer-policy"] == "no-referrer"
    changed = post(other, page, "/account/address", token=token, password=PASSWORD)
    assert "b@example.org" in changed.text  # type: ignore[attr-defined]
    assert "amel, b@example.org" in client.get("/account").text
    assert other.get(page).status_code == 404


def test_signing_up_goes_by_mail_and_approval(visitor: Callable[[], TestClient], desk: Desk) -> None:
    desk.member("admin", Role.ADMINISTRATOR)
    client, page = visitor(), "/account/sign-up"
    short = post(client, page, page, identifier="samir", email="samir@example.org", password="court")
    assert short.status_code == 422  # type: ignore[attr-defined]
    assert 'aria-invalid="true"' in short.text  # type: ignore[attr-defined]
    assert 'value="samir"' in short.text  # type: ignore[attr-defined]
    asked = post(client, page, page, identifier="samir", email="samir@example.org", password=PASSWORD)
    assert "Vérifiez votre courrier" in asked.text  # type: ignore[attr-defined]


def test_a_link_that_does_not_work_says_so(visitor: Callable[[], TestClient]) -> None:
    for name in ("confirm", "reset", "setup"):
        response = visitor().get(f"/account/{name}?token=<script>")
        assert response.status_code == 404
        assert "ne marche plus" in response.text
        assert "<script" not in response.text


def test_the_first_administrator_comes_by_the_printed_link(visitor: Callable[[], TestClient], desk: Desk) -> None:
    token = desk.opened.administration.setup_token()
    client = visitor()
    address = f"/account/setup?token={token}"
    fields = {"token": str(token), "identifier": "cheffe", "email": "cheffe@example.org", "password": PASSWORD}
    done = post(client, address, "/account/setup", **fields)
    assert "Le compte est prêt" in done.text  # type: ignore[attr-defined]
    [account] = desk.opened.administration.accounts(CONSOLE)
    assert (account.identifier, account.role) == ("cheffe", Role.ADMINISTRATOR)
    assert client.get(address).status_code == 404


def test_nobody_reads_or_ends_what_another_began(visitor: Callable[[], TestClient], desk: Desk) -> None:
    """R-23."""
    alice, bob = signed_in(visitor, desk, "alice"), signed_in(visitor, desk, "bob")
    event = {"fn_index": 0, "data": [], "session_hash": "hers"}
    assert alice.post("/gradio_api/queue/join", json=event).status_code != 403
    assert bob.post("/gradio_api/queue/join", json=event).status_code == 403
    assert bob.post("/gradio_api/run/predict", json=event).status_code == 403
    assert bob.get("/gradio_api/queue/data?session_hash=hers").status_code == 403
    assert bob.get("/gradio_api/queue/data?session_hash=his&session_hash=hers").status_code == 403
    assert bob.get("/gradio_api/heartbeat/hers").status_code == 403
    for body in ({"session_hash": "hers", "event_id": "e", "fn_index": 0}, {"session_hash": "his", "event_id": "e"}):
        assert bob.post("/gradio_api/cancel", json=body).status_code == 403
    assert bob.post("/gradio_api/reset", json={"event_id": "e"}).status_code == 403


def test_a_name_is_free_again_after_long_disuse_and_an_account_holds_only_so_many() -> None:
    now = 0.0
    holders = Holders(lambda: now)
    for kind, most in (("session", 100), ("event", 2000)):
        assert all(holders.claim(f"{kind}:{n}", "a") for n in range(most))
        assert not holders.claim(f"{kind}:more", "a")
        assert holders.claim(f"{kind}:more", "b")
    now = 14 * 3600.0
    for kind in ("session", "event"):
        assert holders.claim(f"{kind}:0", "b")
        assert holders.claim(f"{kind}:more", "a")


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict"])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_no_event_brings_a_file(visitor: Callable[[], TestClient], desk: Desk, path: str, depth: int) -> None:
    """R-44, R-63: Gradio would fetch it from the address it names, whatever its size, and keep it."""
    client = signed_in(visitor, desk, "alice")
    brought: object = {"path": "https://attacker.example/endless", "meta": {"_type": "gradio.FileData"}}
    for _ in range(depth):
        brought = [brought]
    body = {"fn_index": 0, "data": ["CMAI ?", None, brought], "session_hash": "hers"}
    assert client.post(path, json=body).status_code == 403


def test_a_form_of_endless_fields_is_not_ours(visitor: Callable[[], TestClient]) -> None:
    """Nobody need be signed in to send one: it is given up before it is read."""
    client = visitor()
    assert client.post("/account/login", content="a&" * 100_000, headers=FORM).status_code == 403


def test_an_open_page_does_not_keep_its_session_alive(visitor: Callable[[], TestClient], desk: Desk) -> None:
    """R-14: a stream asks every twenty seconds whether it may go on; only a person's doing is use."""
    client = signed_in(visitor, desk, "alice")
    door, secret = Door(desk.opened, KEYS), client.cookies["session"]
    for _ in range(59):
        desk.clock.forward(seconds=30)
        assert door.lives(secret)
    desk.clock.forward(seconds=31)
    assert not door.lives(secret)
    assert door.visit(secret) is None


def test_logging_in_again_ends_the_session_before(visitor: Callable[[], TestClient], desk: Desk) -> None:
    """R-14: a copy of the old cookie opens nothing."""
    client = signed_in(visitor, desk, "alice")
    before = client.cookies["session"]
    client.cookies.clear()
    token = re.search(r'name="form" value="([0-9a-f]+)"', client.get("/account/login").text)
    assert token
    client.cookies.set("session", before)
    door = Door(desk.opened, KEYS)
    assert door.visit(before)
    fields = {"form": door.form_token(before), "name": "alice", "password": PASSWORD}
    assert client.post("/account/login", data=fields).status_code == 303
    assert door.visit(before) is None


def test_a_question_too_long_is_refused_and_not_kept() -> None:
    """R-63: thirty of them a conversation would fill the memory."""
    shown = list(Chat(FakeAssistant()).ask("😀" * 260_000, (), "fr"))
    (turn,) = shown[-1][1]
    assert turn.state == "failed"
    assert len(turn.question) <= LONGEST_QUESTION + 1


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_every_page_speaks_the_language_chosen_before_login(
    visitor: Callable[[], TestClient], language: str, direction: str
) -> None:
    client = visitor()
    post(client, "/account/login", "/account/language", language=language, back="/account/sign-up")
    for name in ENTER:
        assert f'<html lang="{language}" dir="{direction}"' in client.get(f"/account/{name}").text


def test_the_page_of_a_mailed_link_is_kept_when_its_language_changes(
    visitor: Callable[[], TestClient], desk: Desk
) -> None:
    """The link is asked for again with its token, which no other page gets."""
    desk.member("amel")
    desk.accounts.ask_reset("amel")
    link = f"/account/reset?token={token_in(desk.mail())}"
    client = visitor()
    page = client.get(link).text
    fields = dict(re.findall(r'name="(form|back|token)" value="([^"]+)"', page[: page.index("</header>")]))
    turned = client.post("/account/language", data={**fields, "language": "ar"})
    assert turned.headers["location"] == link
    assert '<html lang="ar" dir="rtl"' in client.get(turned.headers["location"]).text
    elsewhere = client.post("/account/language", data={**fields, "language": "fr", "back": "https://autre.example"})
    assert elsewhere.headers["location"] == "/account/login"


def test_a_body_longer_than_any_of_ours_is_refused(visitor: Callable[[], TestClient]) -> None:
    assert visitor().post("/account/login", content=b"a" * 300_000).status_code == 413


def test_production_is_refused_until_it_is_safe() -> None:
    with pytest.raises(BadSetting, match="https"):
        account_settings(False, {"COOPERATION_MODE": "production"})
    safe = {
        "COOPERATION_MODE": "production",
        "COOPERATION_PUBLIC_BASE_URL": "https://questions.example",
        "COOPERATION_SECRET_KEYS": KEYS[0].decode(),
        "COOPERATION_TRUSTED_PROXIES": "127.0.0.1",
    }
    assert isinstance(account_settings(False, safe), AccountSettings)
    assert account_settings(False, {}) is None


def test_a_new_key_before_the_old_one_ends_no_session_and_no_open_form(desk: Desk) -> None:
    """R-66: rotation in two steps; a form that is older than both keys is written anew."""
    new = KEYS[0][::-1]
    clients = []
    for keys in (KEYS, (new, KEYS[0]), (new,)):
        app = build_app(FakeAssistant(), Door(desk.opened, keys))
        clients.append(TestClient(app, follow_redirects=False))
    before, between, after = clients
    signed_in(lambda: before, desk, "amel")
    [token] = set(re.findall(r'name="form" value="([0-9a-f]+)"', before.get("/account").text))
    for client in (between, after):
        client.cookies = before.cookies
        assert client.get("/account").status_code == 200
    assert after.post("/account/logout", data={"form": token}).status_code == 403
    assert between.post("/account/logout", data={"form": token}).status_code == 303


def test_a_mailed_link_sets_a_new_password_after_being_looked_at(visitor: Callable[[], TestClient], desk: Desk) -> None:
    """R-08, R-10."""
    client, old = visitor(), signed_in(visitor, desk, "amel")
    post(client, "/account/forgotten", "/account/forgotten", name="amel@example.org")
    token = token_in(desk.mail())
    address = f"/account/reset?token={token}"
    for _ in range(5):
        assert client.get(address).status_code == 200
    done = post(client, address, "/account/reset", token=token, password=OTHER)
    assert "Mot de passe changé" in done.text  # type: ignore[attr-defined]
    assert "les jetons des programmes révoqués" in done.text  # type: ignore[attr-defined]
    assert "session" not in client.cookies
    assert old.get("/documents/cmai").status_code == 303
    assert client.get(address).status_code == 404


def test_serving_with_accounts_prints_the_link_of_the_first_administrator(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.from_env({}, str(tmp_path))
    with opened_door(Namespace(accounts=True), settings) as door:
        assert door is not None
        assert door.visit("") is None
    said = capsys.readouterr().err
    assert re.search(r"http://127\.0\.0\.1:7860/account/setup\?token=\S{43}", said)
    with opened_door(Namespace(accounts=False), settings) as door:
        assert door is None
