"""What the product writes to people, in their language: plain text beside simple HTML. The words are in a data file.

A letter goes to the address that is kept, never to one that was typed later. What a person chose (an identifier) is
escaped in HTML; headers are built by the standard library, which refuses line breaks in them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

LANGUAGES = ("fr", "ar", "en")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to write. `link` is shown by itself, where the text says `{link}`; it may hold a secret."""

    kind: str
    language: str
    recipient: str
    identifier: str
    link: str = field(default="", repr=False)
    hours: int = 0
    minutes: int = 0


def compose(letter: Letter, sender: str, id: str, now: float) -> EmailMessage:
    """The message of a letter; the same `id` gives the same Message-ID, so that a repeated one can be told."""
    words = _words()
    language = letter.language if letter.language in LANGUAGES else LANGUAGES[0]
    text = words[letter.kind][language]
    values = {"identifier": letter.identifier, "hours": letter.hours, "minutes": letter.minutes}
    paragraphs = [part.strip() for part in text["text"].strip().split("\n\n")]
    paragraphs.append(words["signature"][language]["text"].strip())
    filled = [part if part == "{link}" else part.format(**values) for part in paragraphs]
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = text["subject"]
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{id}@{sender.rpartition('@')[2].strip('>') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(letter.link if part == "{link}" else part for part in filled) + "\n", cte="8bit")
    message.add_alternative(_html(filled, letter.link, language, text["subject"]), subtype="html", cte="8bit")
    message["Content-Language"] = language
    return message


def _html(paragraphs: list[str], link: str, language: str, title: str) -> str:
    address = escape(link, quote=True)
    shown = [
        f'<p><a href="{address}">{address}</a></p>' if part == "{link}" else f"<p>{escape(part)}</p>"
        for part in paragraphs
    ]
    direction = "rtl" if language == "ar" else "ltr"
    head = f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    return f"{head}<title>{escape(title)}</title></head><body>\n" + "\n".join(shown) + "\n</body></html>\n"


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads((files("assistant.accounts") / "texts" / "letters.toml").read_text("utf-8"))
