"""Settings and keys: read once, refused by name when wrong; production starts with nothing made up."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.accounts import keys
from assistant.accounts.errors import KeyFileUnsafe
from assistant.accounts.keys import read_keys, rotate, secret_keys, sign, signed
from assistant.accounts.settings import AccountSettings, problems
from assistant.errors import BadSetting

GOOD = "q7Zt0vX2mW9rB4kN6sD1fG8hJ3lP5aYc"
PRODUCTION = {
    "COOPERATION_MODE": "production",
    "COOPERATION_PUBLIC_BASE_URL": "https://questions.example/",
    "COOPERATION_SECRET_KEYS": GOOD,
    "COOPERATION_TRUSTED_PROXIES": "127.0.0.1",
}


def test_without_a_setting_everything_has_the_default_of_the_requirements() -> None:
    """As the class says."""
    assert AccountSettings.from_env({}) == AccountSettings()
    assert problems(AccountSettings()) == []
    assert not AccountSettings().secure_cookies
    assert AccountSettings.from_env({"COOPERATION_PORT": "8000"}).base_url == "http://127.0.0.1:8000"


def test_every_setting_is_read_from_its_variable() -> None:
    """And no secret shows when settings are printed."""
    settings = AccountSettings.from_env(
        {
            **PRODUCTION,
            "COOPERATION_SECRET_KEYS": f"{GOOD}, {GOOD[::-1]}",
            "COOPERATION_SECRET_KEY_FILE": "/etc/cooperation.key",
            "COOPERATION_DEBUG": "on",
            "COOPERATION_SIGN_UP": "domains",
            "COOPERATION_SIGN_UP_DOMAINS": "Ministere.example, @autre.example",
            "COOPERATION_PASSWORD_MIN": "20",
            "COOPERATION_PASSWORD_MIN_ADMIN": "24",
            "COOPERATION_PASSWORD_CONTEXT": "carthage, tunis",
            "COOPERATION_ARGON2": "19456,2,1",
            "COOPERATION_RESET_MINUTES": "60",
            "COOPERATION_CONFIRM_HOURS": "24",
            "COOPERATION_SESSION_IDLE_MINUTES": "15",
            "COOPERATION_SESSION_HOURS": "4",
            "COOPERATION_LOGIN_FREE_TRIES": "3",
            "COOPERATION_LOGIN_HOURLY": "10",
            "COOPERATION_LOGIN_MINUTELY_ADDRESS": "5",
            "COOPERATION_MAIL_HOURLY": "2",
            "COOPERATION_MAIL_HOURLY_ADDRESS": "4",
            "COOPERATION_AUDIT_DAYS": "30",
            "COOPERATION_SMTP_HOST": "mail.example",
            "COOPERATION_SMTP_SECURITY": "tls",
            "COOPERATION_SMTP_USER": "u",
            "COOPERATION_SMTP_PASSWORD": "hunter2hunter2",
            "COOPERATION_MAIL_FROM": "Questions <q@ministere.example>",
        }
    )
    assert settings == AccountSettings(
        mode="production",
        trusted_proxies=("127.0.0.1",),
        debug=True,
        base_url="https://questions.example",
        secret_keys=(GOOD, GOOD[::-1]),
        secret_key_file=Path("/etc/cooperation.key"),
        sign_up="domains",
        sign_up_domains=("ministere.example", "autre.example"),
        password_min=20,
        password_min_admin=24,
        context_words=("carthage", "tunis"),
        argon2=(19_456, 2, 1),
        reset_minutes=60,
        confirm_hours=24,
        session_idle_minutes=15,
        session_hours=4,
        login_free_tries=3,
        login_hourly=10,
        login_minutely_address=5,
        mail_hourly=2,
        mail_hourly_address=4,
        audit_days=30,
        smtp_host="mail.example",
        smtp_port=465,
        smtp_security="tls",
        smtp_user="u",
        smtp_password="hunter2hunter2",
        mail_from="Questions <q@ministere.example>",
    )
    assert settings.secure_cookies
    assert not any(secret in repr(settings) for secret in (GOOD, "hunter2"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODE", "prod"), ("DEBUG", "1"), ("PUBLIC_BASE_URL", "questions.example"), ("PUBLIC_BASE_URL", "https://"),
        ("PUBLIC_BASE_URL", "https://u:p@x.example"), ("PUBLIC_BASE_URL", "https://x.example/?a=b"),
        ("PUBLIC_BASE_URL", "javascript:alert(1)"), ("SIGN_UP", "open"), ("SIGN_UP", "domains"),
        ("PASSWORD_MIN", "11"), ("PASSWORD_MIN_ADMIN", "15"), ("ARGON2", "1000,1,1"), ("ARGON2", "65536,3"),
        ("RESET_MINUTES", "4"), ("RESET_MINUTES", "61"), ("RESET_MINUTES", "٣٠"), ("SESSION_HOURS", "0"),
        ("LOGIN_HOURLY", "-1"), ("SMTP_PORT", "99999"), ("SMTP_SECURITY", "ssl"), ("AUDIT_DAYS", "9" * 5000),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_by_name(name: str, value: str) -> None:
    """R-02, R-07: also what is below a floor."""
    with pytest.raises(BadSetting, match=f"COOPERATION_{name}"):
        AccountSettings.from_env({f"COOPERATION_{name}": value})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PUBLIC_BASE_URL", "", "PUBLIC_BASE_URL"),
        ("PUBLIC_BASE_URL", "http://questions.example", "PUBLIC_BASE_URL"),
        ("DEBUG", "on", "DEBUG"),
        ("SECRET_KEYS", "", "SECRET_KEY_FILE"),
        ("SECRET_KEYS", "short", "32 octets"),
        ("SECRET_KEYS", "change-me-change-me-change-me-change-me", "32 octets"),
        ("SECRET_KEYS", "x" * 64, "32 octets"),
        ("SECRET_KEYS", "# python3 -c 'print(token_urlsafe(48))'", "32 octets"),
        ("SECRET_KEYS", f"{GOOD},short", "32 octets"),
        ("SECRET_KEYS", f"{GOOD},{GOOD},{GOOD}", "deux clés"),
        ("TRUSTED_PROXIES", "", "mandataire"),
    ],
)
def test_production_refuses_what_is_missing_or_unsafe(name: str, value: str, told: str) -> None:
    """R-09, R-66: each with its own sentence; none of it in local mode."""
    environ = PRODUCTION | {f"COOPERATION_{name}": value}
    (said,) = problems(AccountSettings.from_env(environ))
    assert told in said
    assert problems(replace(AccountSettings.from_env(environ), mode="local")) == []


def test_production_starts_with_what_it_needs() -> None:
    """Keys by the environment or by a file; no password in clear over the wire."""
    assert problems(AccountSettings.from_env(PRODUCTION)) == []
    by_file = PRODUCTION | {"COOPERATION_SECRET_KEYS": "", "COOPERATION_SECRET_KEY_FILE": "/etc/key"}
    assert problems(AccountSettings.from_env(by_file)) == []
    clear = {"COOPERATION_SMTP_HOST": "m", "COOPERATION_SMTP_SECURITY": "none", "COOPERATION_SMTP_PASSWORD": "p"}
    assert len(problems(AccountSettings.from_env(PRODUCTION | clear))) == 1


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_file_is_made_once_private_and_read_again(tmp_path: Path) -> None:
    """R-66: by whichever of several processes starts first."""
    data = tmp_path / "data"
    found: list[tuple[bytes, ...]] = []
    threads = [threading.Thread(target=lambda: found.append(secret_keys(AccountSettings(), data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (data / keys.NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data.iterdir()] == [keys.NAME]
    assert len(found[0][0]) >= 32
    assert secret_keys(AccountSettings(secret_keys=(GOOD,)), tmp_path / "none") == (GOOD.encode(),)
    assert not (tmp_path / "none").exists()


def test_a_key_file_that_others_read_or_that_is_weak_is_refused(tmp_path: Path) -> None:
    """R-66: with what to do."""
    path = tmp_path / "key"
    wrong = [(GOOD, 0o644, "chmod 600"), (GOOD, 0o640, "chmod 600"), ("short", 0o600, "32 octets")]
    wrong += [("", 0o600, "32 octets"), (f"{GOOD}\nshort", 0o600, "32 octets"), ("é", 0o600, "illisible")]
    for text, mode, told in wrong:
        path.write_text(text, "utf-8")
        path.chmod(mode)
        with pytest.raises(KeyFileUnsafe, match=told):
            read_keys(path)
    with pytest.raises(KeyFileUnsafe, match="illisible"):
        secret_keys(AccountSettings(secret_key_file=tmp_path / "absent"), tmp_path)


def test_a_new_key_signs_and_the_one_before_still_counts(tmp_path: Path) -> None:
    """R-66: rotation interrupts nobody; the second rotation ends the first key."""
    secret_keys(AccountSettings(), tmp_path)
    path = tmp_path / keys.NAME
    marks = []
    for _ in range(3):
        marks.append(sign(read_keys(path), "form", "session"))
        rotate(path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(read_keys(path)) == 2
        assert signed(read_keys(path), "form", "session", marks[-1])
    assert len(set(marks)) == 3
    assert not signed(read_keys(path), "form", "session", marks[0])


@given(st.text(), st.text(), st.text())
def test_a_signature_is_of_one_message_for_one_purpose(purpose: str, message: str, other: str) -> None:
    """R-17: what binds a form to its session."""
    ours, theirs = (GOOD.encode(),), (GOOD[::-1].encode(),)
    mark = sign(ours, "form", message)
    assert signed(ours, "form", message, mark)
    assert not signed(theirs, "form", message, mark)
    assert signed(ours, "form", other, mark) is (message.encode("utf-8", "replace") == other.encode("utf-8", "replace"))
    assert not signed(ours, f"form{purpose}x", message, mark)
    assert not signed(ours, "form", message, other)
