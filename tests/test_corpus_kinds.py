"""A file is what its name says, or is refused: known by its first bytes, by its parts, by its streams."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from made_files import SENTENCE, compound, docx, eml, epub, msg, odt, p, xlsx, zipped

import corpus.archive
from corpus.archive import Archive
from corpus.errors import UnreadableDocument
from corpus.kinds import SUPPORTED, nature_of
from corpus.load import load, name_from

ROOT = Path(__file__).resolve().parents[1]
PDF = b"%PDF-1.7\n1 0 obj << >> endobj"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
HTML = b"<!doctype html><html><body><p>x</p></body></html>"
REAL: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: PDF,
    "docx": lambda: docx(p(SENTENCE)),
    "xlsx": lambda: xlsx({"a": [["b"]]}),
    "odt": lambda: odt(f"<text:p>{SENTENCE}</text:p>"),
    "epub": lambda: epub([f"<p>{SENTENCE}</p>"]),
    "msg": lambda: msg({"1000": SENTENCE}),
    "html": lambda: HTML,
    "png": lambda: PNG,
    "zip": lambda: zipped({"a.txt": SENTENCE}),
    "program": lambda: b"MZ\x90\x00" + bytes(80),
}
DISGUISES = [
    (name, held)
    for name, others in (
        (".pdf", ("docx", "html", "png", "zip", "msg", "program")),
        (".docx", ("pdf", "xlsx", "odt", "zip", "html", "msg")),
        (".html", ("pdf", "docx", "png", "zip", "msg", "program")),
        (".txt", ("pdf", "docx", "html", "png", "epub", "program")),
    )
    for held in others
]


@pytest.mark.parametrize(("name", "held"), DISGUISES, ids=[f"{held}-as{name}" for name, held in DISGUISES])
def test_a_real_file_under_another_name_is_refused(name: str, held: str, tmp_path: Path) -> None:
    """Four names and six disguises each: an archive is told by its parts, not by being one."""
    assert len(DISGUISES) == 24
    path = tmp_path / f"a{name}"
    path.write_bytes(REAL[held]())
    with pytest.raises(UnreadableDocument, match=f"porte l’extension {name} mais contient"):
        load(path, "a")


@pytest.mark.parametrize("kind", ["docx", "xlsx", "odt", "epub", "msg", "html", "pdf"])
def test_each_kind_is_known_by_what_it_holds(kind: str) -> None:
    """The name plays no part in it."""
    assert nature_of(REAL[kind]()) == kind


def test_plain_text_and_messages_have_no_signature() -> None:
    """They are what is left, but a message begins with its headers."""
    assert nature_of(SENTENCE.encode()) is None
    assert nature_of(eml()) is None


def test_a_letter_without_headers_is_no_message(tmp_path: Path) -> None:
    """It may be a text."""
    path = tmp_path / "a.eml"
    path.write_bytes(SENTENCE.encode())
    with pytest.raises(UnreadableDocument, match="autre chose qu’un message"):
        load(path, "a")


# --- archives --------------------------------------------------------------------------------------------------------


def test_an_archive_is_bounded_in_parts_in_bytes_and_in_ratio() -> None:
    """Refused for what it admits to, before anything is inflated."""
    with pytest.raises(UnreadableDocument, match="plus de 2000 fichiers"):
        Archive(zipped({str(n): "" for n in range(2_001)}))
    with pytest.raises(UnreadableDocument, match="démesuré"):
        Archive(zipped({"a": bytes(20_000_000)}))
    with pytest.raises(UnreadableDocument, match="une autre archive"):
        Archive(zipped({"word/a.docx": "b"}))
    assert Archive(zipped({"word/embeddings/a.xlsx": "b", "a": bytes(900_000)})).names


def test_what_inflates_is_counted_whatever_the_archive_admits_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read twice, a part counts twice; the limit holds over all of them."""
    monkeypatch.setattr(corpus.archive, "INFLATED", 1_500)
    archive = Archive(zipped({"a": bytes(1_000)}))
    assert len(archive.read("a")) == 1_000
    with pytest.raises(UnreadableDocument, match="démesuré"):
        archive.read("a")


def test_a_part_larger_than_it_says_is_no_larger_than_it_says() -> None:
    """Its size in the directory made small: it ends there, or is told as damaged."""
    data = bytearray(zipped({"a": b"b" * 100_000}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    with pytest.raises(UnreadableDocument, match="endommagé"):
        Archive(bytes(data)).read("a")


def test_a_locked_archive_and_a_missing_part_are_told() -> None:
    """In French, for a person."""
    data = bytearray(zipped({"a": b"b" * 100}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableDocument, match="mot de passe"):
        Archive(bytes(data))
    with pytest.raises(UnreadableDocument, match="endommagé"):
        Archive(zipped({"a": b""})).read("b")


# --- nothing is fetched ----------------------------------------------------------------------------------------------


@pytest.fixture
def knocks() -> Iterator[tuple[int, list[str]]]:
    """A server on this machine that notes who connects."""
    found: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                found.append("knock")
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], found


def reaching(port: int, secret: Path) -> dict[str, bytes]:
    """Documents that ask for what is elsewhere: entities, pictures, templates, styles, frames."""
    url = f"http://127.0.0.1:{port}/"
    outside = f'<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y SYSTEM "{url}">'
    entity = f'<!DOCTYPE d [{outside}<!ENTITY % z SYSTEM "{url}">%z;]>'
    relation = (
        f'<Relationships><Relationship Id="r" TargetMode="External" Type="attachedTemplate" Target="{url}t.dotm"/>'
        "</Relationships>"
    )
    page = (
        f'<!DOCTYPE html SYSTEM "{url}d.dtd"><html><head><base href="{url}"><link rel="stylesheet" href="s.css">'
        f'<script src="{url}"></script></head><body background="{url}"><p>{SENTENCE}</p><img src="{url}i.png">'
        f'<iframe src="{secret.as_uri()}"></iframe><object data="{url}"></object></body></html>'
    )
    with zipfile.ZipFile(BytesIO(docx(p(SENTENCE)))) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    parts["word/_rels/settings.xml.rels"] = parts["word/_rels/document.xml.rels"] = relation
    return {
        "entities.docx": docx(p(f"{SENTENCE} &x; &y;"), before=entity),
        "template.docx": zipped(parts),
        "entities.odt": odt(f"<text:p>{SENTENCE} &x; &y;</text:p>", before=entity),
        "entities.epub": epub([f"<p>{SENTENCE} &x; &y;</p>"]).replace(b"<package", b"<package "),
        "page.html": page.encode(),
        "xhtml.html": f"<?xml version='1.0'?>{entity}<html><body><p>{SENTENCE} &x; &y;</p></body></html>".encode(),
        "page.epub": epub([f'<p>{SENTENCE}</p><img src="{url}"/>'], more={"o/x.opf": entity + "<a>&x;</a>"}),
        "page.md": f"# Titre\n\n{SENTENCE} ![i]({url}i.png)\n\n<img src='{url}'>\n".encode(),
        "links.pdf": pdf_with_link(url),
        "letter.eml": eml().replace(b"text/plain", b"text/html").replace(b"\n\n", f"\n\n<img src='{url}'>".encode(), 1),
    }


def pdf_with_link(url: str) -> bytes:
    from fpdf import FPDF

    page = FPDF()
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.cell(0, 6, "Un lien", link=url)
    return bytes(page.output())


def test_no_document_makes_the_reader_connect_or_open_another_file(
    knocks: tuple[int, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read here, not in the guarded child, which could not: no socket is made, and the secret file is in no text."""
    port, found = knocks
    secret = tmp_path / "secret.txt"
    secret.write_text("MOT-SECRET")
    made: list[object] = []
    opened = socket.socket.__init__

    def note(self: socket.socket, *arguments: object, **named: object) -> None:
        made.append(arguments)
        opened(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "__init__", note)
    read = 0
    for name, data in reaching(port, secret).items():
        path = tmp_path / name
        path.write_bytes(data)
        try:
            document = load(path, "a")
        except UnreadableDocument:
            continue
        read += 1
        assert "MOT-SECRET" not in document.text, name
    assert read >= 6
    assert found == []
    assert made == []


@pytest.mark.skipif(
    subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode != 0,
    reason="this system lets nobody leave the network: unshare -n",
)
def test_reading_needs_no_network(tmp_path: Path) -> None:
    """In a process that has none, the same documents read the same."""
    for name, data in reaching(9, tmp_path / "none").items():
        (tmp_path / name).write_bytes(data)
    code = f"""if True:
        from pathlib import Path
        from corpus.errors import UnreadableDocument
        from corpus.load import load
        for path in sorted(Path({str(tmp_path)!r}).iterdir()):
            try:
                print(path.name, len(load(path, "a").text))
            except UnreadableDocument as refused:
                print(path.name, refused)"""
    told = [
        subprocess.run(
            [*before, sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for before in ([], ["unshare", "-n"])
    ]
    assert told[0] == told[1]
    assert len(told[0].splitlines()) == 10


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc",
        "a\r\nSet-Cookie: x",
        "rapport\u202efdp",
        "CON",
        "é" * 120,
        " ",
        "-rf",
        "a\x07b",
        "'; DROP TABLE",
    ],
    ids=["dots", "line-ends", "override", "reserved", "long", "space", "dash", "bell", "quotes"],
)
def test_the_name_of_a_file_gives_a_plain_id_and_a_harmless_title(name: str, tmp_path: Path) -> None:
    """The id is made, not taken; the title shows nothing that the eye cannot see."""
    from assistant.library import document_id

    path = tmp_path / f"{name}.txt"
    path.write_bytes(b"- x\n\ntexte sans titre")
    id = document_id(path)
    assert id.isascii()
    assert set(id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(id) <= 80
    title = load(path, id).title
    assert title.isprintable()
    assert "\u202e" not in title + name_from(path).replace("\u202e", "")


def test_every_extension_has_its_loader() -> None:
    """None is accepted that nothing reads."""
    from corpus.load import _LOADERS, _OLD

    assert set(SUPPORTED.values()) == set(_LOADERS) | set(_OLD) | {"pdf"}
    assert compound({("a",): b"b"}).startswith(b"\xd0\xcf")
