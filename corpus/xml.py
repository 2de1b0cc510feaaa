"""XML of office files, read without trust: no entity is expanded, no file or address fetched, depth is bounded.

Names are read without their namespace: strict and transitional Office files differ in nothing else that matters here.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from corpus.errors import UnreadableDocument

Element = etree._Element


def parse(data: bytes) -> Element:
    """The root of an XML file; raises `UnreadableDocument` for what is damaged or declares entities of its own."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument("fichier endommagé ou incomplet") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocument("fichier refusé : il déclare ses propres entités")
    return root


def name(element: Element) -> str:
    """The name of an element without its namespace.

    >>> name(parse(b"<a:b xmlns:a='urn:x'/>"))
    'b'
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def get(element: Element | None, attribute: str) -> str:
    """The value of an attribute by its name without namespace, empty where there is none."""
    if element is None:
        return ""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == attribute:
            return str(value)
    return ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of names, or `None`."""
    for step in path:
        element = next((e for e in element if name(e) == step), None) if element is not None else None
    return element


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The children of these names, in order."""
    yield from (e for e in (element if element is not None else ()) if name(e) in names)
