"""The settings of accounts and mail, read from the environment; what production refuses is told by `problems`.

In `local` mode the service answers its own machine and makes its own key file. In `production` nothing is made up: the
public address, the secret and their safety are asked for before the first request.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from assistant.accounts.identity import domain_of
from assistant.errors import BadSetting
from assistant.whole_number import whole_number

MODES = ("local", "production")
SIGN_UPS = ("approval", "domains", "closed")
SECURITIES = ("starttls", "tls", "none")
LEAST_KEY = 32


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What can be set. Limits are those of one account or one network address; load tests raise them.

    `logins_waiting` and `questions_waiting` are everybody's together: whoever comes while as many wait is told to
    return in a moment.

    `secret_keys`: the newest first; what an older one signed still counts. `sign_up`: `approval` by an administrator
    after the address is confirmed, `domains` opens to `sign_up_domains` without approval, `closed`. Without `smtp_host`
    mail is written to files in the data directory's `outbox`.
    """

    mode: str = "local"
    debug: bool = False
    base_url: str = "http://127.0.0.1:7860"
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    secret_key_file: Path | None = None
    sign_up: str = "approval"
    sign_up_domains: tuple[str, ...] = ()
    password_min: int = 15
    password_min_admin: int = 16
    context_words: tuple[str, ...] = ()
    argon2: tuple[int, int, int] = (65_536, 3, 1)
    reset_minutes: int = 30
    confirm_hours: int = 48
    session_idle_minutes: int = 30
    session_hours: int = 8
    login_free_tries: int = 5
    login_hourly: int = 30
    login_minutely_address: int = 20
    logins_waiting: int = 60
    questions_minutely: int = 20
    questions_at_once: int = 1
    questions_waiting: int = 32
    question_length: int = 2000
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    mail_hourly: int = 3
    mail_hourly_address: int = 10
    audit_days: int = 365
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    mail_from: str = "cooperation@localhost"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> AccountSettings:
        """Settings from `COOPERATION_*` variables; raises `BadSetting` for one that cannot be used."""
        key_file = environ.get("COOPERATION_SECRET_KEY_FILE")
        security = _choice(environ, "COOPERATION_SMTP_SECURITY", SECURITIES)
        return cls(
            mode=_choice(environ, "COOPERATION_MODE", MODES),
            debug=_choice(environ, "COOPERATION_DEBUG", ("off", "on")) == "on",
            base_url=_base_url(environ),
            secret_keys=_listed(environ, "COOPERATION_SECRET_KEYS"),
            secret_key_file=Path(key_file).expanduser() if key_file else None,
            sign_up=_choice(environ, "COOPERATION_SIGN_UP", SIGN_UPS),
            sign_up_domains=_domains(environ),
            password_min=whole_number(environ, "COOPERATION_PASSWORD_MIN", 15, 12, 64),
            password_min_admin=whole_number(environ, "COOPERATION_PASSWORD_MIN_ADMIN", 16, 16, 64),
            context_words=_listed(environ, "COOPERATION_PASSWORD_CONTEXT"),
            argon2=_argon2(environ),
            reset_minutes=whole_number(environ, "COOPERATION_RESET_MINUTES", 30, 5, 60),
            confirm_hours=whole_number(environ, "COOPERATION_CONFIRM_HOURS", 48, 1, 168),
            session_idle_minutes=whole_number(environ, "COOPERATION_SESSION_IDLE_MINUTES", 30, 1, 1440),
            session_hours=whole_number(environ, "COOPERATION_SESSION_HOURS", 8, 1, 168),
            login_free_tries=whole_number(environ, "COOPERATION_LOGIN_FREE_TRIES", 5, 1),
            login_hourly=whole_number(environ, "COOPERATION_LOGIN_HOURLY", 30, 1),
            login_minutely_address=whole_number(environ, "COOPERATION_LOGIN_MINUTELY_ADDRESS", 20, 1),
            logins_waiting=whole_number(environ, "COOPERATION_LOGINS_WAITING", 60, 0, 1000),
            questions_minutely=whole_number(environ, "COOPERATION_QUESTIONS_MINUTELY", 20, 1),
            questions_at_once=whole_number(environ, "COOPERATION_QUESTIONS_AT_ONCE", 1, 1),
            questions_waiting=whole_number(environ, "COOPERATION_QUESTIONS_WAITING", 32, 1, 1000),
            question_length=whole_number(environ, "COOPERATION_QUESTION_LENGTH", 2000, 100, 20_000),
            trusted_hosts=_listed(environ, "COOPERATION_TRUSTED_HOSTS"),
            trusted_proxies=_addresses(environ, "COOPERATION_TRUSTED_PROXIES"),
            mail_hourly=whole_number(environ, "COOPERATION_MAIL_HOURLY", 3, 1),
            mail_hourly_address=whole_number(environ, "COOPERATION_MAIL_HOURLY_ADDRESS", 10, 1),
            audit_days=whole_number(environ, "COOPERATION_AUDIT_DAYS", 365, 1),
            smtp_host=environ.get("COOPERATION_SMTP_HOST", ""),
            smtp_port=whole_number(environ, "COOPERATION_SMTP_PORT", 465 if security == "tls" else 587, 1, 65_535),
            smtp_security=security,
            smtp_user=environ.get("COOPERATION_SMTP_USER", ""),
            smtp_password=environ.get("COOPERATION_SMTP_PASSWORD", ""),
            mail_from=environ.get("COOPERATION_MAIL_FROM") or "cooperation@localhost",
        )

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are sent over https alone."""
        return self.base_url.startswith("https://")


def problems(settings: AccountSettings) -> list[str]:
    """Why production would be refused with these settings, one French sentence each; none in `local` mode."""
    if settings.mode != "production":
        return []
    found = []
    if not settings.base_url.startswith("https://"):
        found.append("COOPERATION_PUBLIC_BASE_URL doit être l'adresse publique, en https://.")
    if settings.debug:
        found.append("COOPERATION_DEBUG doit être « off » en production.")
    if not settings.secret_keys and settings.secret_key_file is None:
        found.append("COOPERATION_SECRET_KEYS ou COOPERATION_SECRET_KEY_FILE doit donner la clé secrète.")
    if any(weak(key) for key in settings.secret_keys):
        found.append(f"COOPERATION_SECRET_KEYS : chaque clé a au moins {LEAST_KEY} octets, tirés au hasard.")
    if len(settings.secret_keys) > 2:
        found.append("COOPERATION_SECRET_KEYS prend deux clés au plus : la nouvelle, puis l'ancienne.")
    if not settings.trusted_proxies:
        found.append("COOPERATION_TRUSTED_PROXIES doit donner l'adresse du mandataire : sans elle, tous ont la même.")
    if settings.smtp_host and settings.smtp_security == "none" and settings.smtp_password:
        found.append("COOPERATION_SMTP_SECURITY=none enverrait le mot de passe SMTP en clair.")
    return found


def weak(key: str) -> bool:
    """Whether a key is short, or plainly not drawn at random: a sentence is not, nor a comment left on its line.

    >>> weak("x" * 64), weak("change-me-change-me-change-me-change-me"), weak("q7Zt0vX2mW9rB4kN6sD1fG8hJ3lP5aYc")
    (True, True, False)
    """
    plain = key.casefold().replace("-", "").replace("_", "")
    if len(key.encode()) < LEAST_KEY or len(set(key)) < 10 or any(letter.isspace() for letter in key):
        return True
    return any(word in plain for word in ("changeme", "default"))


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = environ.get(name) or choices[0]
    if text not in choices:
        raise BadSetting(f"{name}={text!r} : donnez {', '.join(choices[:-1])} ou {choices[-1]}.")
    return text


def _listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(filter(None, (item.strip() for item in environ.get(name, "").split(","))))


def _addresses(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    addresses = _listed(environ, name)
    for text in addresses:
        try:
            ipaddress.ip_address(text)
        except ValueError as error:
            raise BadSetting(
                f"{name}={text!r} : donnez des adresses comme 127.0.0.1, séparées par des virgules."
            ) from error
    return addresses


def _domains(environ: Mapping[str, str]) -> tuple[str, ...]:
    domains = tuple(domain_of(domain) for domain in _listed(environ, "COOPERATION_SIGN_UP_DOMAINS"))
    if environ.get("COOPERATION_SIGN_UP") == "domains" and not domains:
        raise BadSetting("COOPERATION_SIGN_UP=domains : donnez les domaines dans COOPERATION_SIGN_UP_DOMAINS.")
    return domains


def _base_url(environ: Mapping[str, str]) -> str:
    text = environ.get("COOPERATION_PUBLIC_BASE_URL") or f"http://127.0.0.1:{environ.get('COOPERATION_PORT') or 7860}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise BadSetting(f"COOPERATION_PUBLIC_BASE_URL={text!r} : donnez une adresse comme https://questions.example.")
    return text.rstrip("/")


def _argon2(environ: Mapping[str, str]) -> tuple[int, int, int]:
    text = environ.get("COOPERATION_ARGON2") or "65536,3,1"
    numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in text.split(",")]
    if len(numbers) != 3 or numbers[0] < 19_456 or numbers[1] < 2 or numbers[2] < 1 or numbers[0] > 2**22:
        raise BadSetting(f"COOPERATION_ARGON2={text!r} : donnez mémoire (Kio, au moins 19456), passes (2), voies (1).")
    return numbers[0], numbers[1], numbers[2]
