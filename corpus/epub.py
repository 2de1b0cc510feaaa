"""EPUB books to readable text: the chapters in the order of the book's spine, each read as the HTML page it is."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from corpus.archive import Archive
from corpus.errors import UnreadableDocument
from corpus.html import decode_html, html_blocks
from corpus.normalise import Block, assemble, one_line
from corpus.section import Document
from corpus.xml import Element, child, children, get, parse


def load_epub(data: bytes, id: str, title: str | None) -> Document:
    """Read an EPUB; its title is the one its package file gives, else `title`.

    Raises `UnreadableDocument` for what is damaged, locked by digital rights, or holds nothing to read.
    """
    archive = Archive(data)
    if "META-INF/encryption.xml" in archive.names and b"EncryptedData" in archive.read("META-INF/encryption.xml"):
        raise UnreadableDocument("livre protégé par des droits numériques : il ne peut pas être lu")
    place = _package(archive)
    package = parse(archive.read(place))
    metadata = child(package, "metadata")
    entitled = child(metadata, "title")
    named = one_line((entitled.text or "") if entitled is not None else "")
    blocks: list[Block] = []
    for path in _spine(package, posixpath.dirname(place)):
        if path in archive.names:
            blocks += html_blocks(decode_html(archive.read(path)))
    return assemble(id, named or title or id, blocks)


def _package(archive: Archive) -> str:
    if "META-INF/container.xml" not in archive.names:
        raise UnreadableDocument("livre EPUB endommagé : son sommaire manque")
    container = parse(archive.read("META-INF/container.xml"))
    path = get(child(container, "rootfiles", "rootfile"), "full-path")
    if path not in archive.names:
        raise UnreadableDocument("livre EPUB endommagé : son sommaire manque")
    return path


def _spine(package: Element, folder: str) -> list[str]:
    """The entries of the chapters, in reading order; the page that only lists them is left out."""
    items = {
        get(e, "id"): posixpath.normpath(posixpath.join(folder, unquote(get(e, "href"))))
        for e in children(child(package, "manifest"), "item")
        if "nav" not in get(e, "properties").split() and "html" in get(e, "media-type")
    }
    order = [get(e, "idref") for e in children(child(package, "spine"), "itemref") if get(e, "linear") != "no"]
    return [items[ref] for ref in order if ref in items]
