"""Messages (.eml, .msg) to readable text: who wrote to whom, when, about what, and the letter itself.

Attachments are named and not opened: a message may carry anything. A person who wants one read saves it and adds it.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Sequence
from email.message import EmailMessage, MIMEPart
from io import BytesIO
from typing import Any

from corpus.errors import UnreadableDocument
from corpus.html import decode_html, html_blocks
from corpus.normalise import Block, assemble, clean, one_line
from corpus.section import Document
from corpus.text import decode, is_item

_HEADERS = (("from", "De"), ("to", "À"), ("cc", "Copie à"), ("date", "Date"), ("subject", "Objet"))
_MOST_PARTS = 200


def load_eml(data: bytes, id: str, title: str | None) -> Document:
    """Read a message in the Internet format; its title is its subject, else `title`."""
    message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf"), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    headers = [(said, _header(message, key)) for key, said in _HEADERS]
    blocks: list[Block] = []
    attached: list[str] = []
    for part in _parts(message):
        name = part.get_filename()
        if name or part.get_content_disposition() == "attachment":
            attached.append(one_line(name or "sans nom"))
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None and not body.get_filename():
        payload = body.get_payload(decode=True)
        held = payload if isinstance(payload, bytes) else b""
        blocks = _written(held, body.get_content_charset(), html=body.get_content_subtype() == "html")
    return _letter(id, title, headers, blocks, attached)


def _header(message: EmailMessage, key: str) -> str:
    try:
        return one_line(str(message.get(key) or ""))
    except Exception:  # a malformed header makes the standard library raise what it likes; the letter remains
        return ""


def _parts(message: EmailMessage) -> list[MIMEPart]:
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise UnreadableDocument("message refusé : trop de parties")
    return parts  # type: ignore[return-value]


def _written(data: bytes, charset: str | None, *, html: bool) -> list[Block]:
    if html:
        return list(html_blocks(decode_html(data, charset or "")))
    try:
        text = data.decode(charset or "ascii")
    except (LookupError, UnicodeDecodeError):
        text = decode(data)
    return list(_paragraphs(clean(text)))


def _paragraphs(text: str) -> Iterable[Block]:
    """Paragraphs as they were typed: lines of one stay together, items and short lines stay lines."""
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip(" >")]
        if lines:
            kept = any(is_item(line) for line in lines) or max(map(len, lines)) < 60
            yield Block("paragraph", ("\n" if kept else " ").join(lines))


def _letter(
    id: str, title: str | None, headers: Sequence[tuple[str, str]], body: Iterable[Block], attached: Sequence[str]
) -> Document:
    body = list(body)
    if not body:
        raise UnreadableDocument("message vide : il ne contient aucun texte, déposez ses pièces jointes séparément")
    subject = dict(headers).get("Objet", "")
    lines = [Block("line", f"{said} : {value}") for said, value in headers if value and said != "Objet"]
    blocks = [*([Block("title", subject)] if subject else []), *lines, *body]
    blocks += [Block("line", f"Pièce jointe, non lue : {name}") for name in attached]
    return assemble(id, subject or title or id, blocks)


# --- Outlook ---------------------------------------------------------------------------------------------------------

_SUBJECT, _SENDER, _SENDER_ADDRESS, _TO, _CC = "0037", "0C1A", "5D01", "0E04", "0E03"
_BODY, _HTML, _LONG_NAME, _SHORT_NAME = "1000", "1013", "3707", "3704"


def load_msg(data: bytes, id: str, title: str | None) -> Document:
    """Read an Outlook message from its property streams; its title is its subject, else `title`."""
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as file:
            streams = {tuple(entry): entry for entry in file.listdir()}
            values = {path: file.openstream(entry).read() for path, entry in streams.items() if _wanted(path)}
    except (MemoryError, UnreadableDocument):
        raise
    except Exception as error:  # what a damaged file makes olefile raise has no common class
        raise UnreadableDocument("message Outlook endommagé ou incomplet") from error

    def text(number: str, *folder: str) -> str:
        wide, narrow = (values.get((*folder, f"__substg1.0_{number}{kind}")) for kind in ("001F", "001E"))
        if wide is not None:
            return bytes(wide).decode("utf-16-le", "replace").rstrip("\x00")
        return decode(bytes(narrow).rstrip(b"\x00")) if narrow else ""

    sender = one_line(f"{text(_SENDER)} {text(_SENDER_ADDRESS)}")
    headers = [("De", sender), ("À", one_line(text(_TO))), ("Copie à", one_line(text(_CC)))]
    headers.append(("Objet", one_line(text(_SUBJECT))))
    body: list[Block] = list(_paragraphs(clean(text(_BODY))))
    if not body and (page := values.get((f"__substg1.0_{_HTML}0102",))):
        body = list(html_blocks(decode_html(page)))
    folders = sorted({path[0] for path in streams if path[0].startswith("__attach")})
    attached = [one_line(text(_LONG_NAME, folder) or text(_SHORT_NAME, folder) or "sans nom") for folder in folders]
    return _letter(id, title, headers, body, attached)


def _wanted(path: tuple[Any, ...]) -> bool:
    """Say whether a stream is read: the message's own properties, and the names of what is attached."""
    own = len(path) == 1 and path[0].startswith("__substg1.0_")
    named = len(path) == 2 and path[0].startswith("__attach") and path[1][12:16] in {_LONG_NAME, _SHORT_NAME}
    return own or named
