"""HTML to readable text: the body a visitor reads, without the page around it.

Menus, banners, forms and what is hidden are taken out of the tree first, so that text a reader cannot see never reaches
an answer. A `header` or a `form` that holds prose stays: laws put their preamble in one, some sites their whole page in
the other. The parser opens no connection, expands no entity of its own and bounds depth (`huge_tree=False`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from corpus.errors import UnreadableDocument
from corpus.normalise import Block, assemble, clean, one_line
from corpus.section import Document
from corpus.text import decode, is_item, own_level

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]{1,40})", re.I
)
_NEVER = re.compile(
    "script|style|nav|aside|footer|template|noscript|svg|math|iframe|object|embed|canvas|audio|video|map|select|datalist|"
    "button|input|textarea|dialog|head|frameset|applet"
)
_IF_PROSE = frozenset({"header", "form"})  # left out unless they hold prose
_ROLES = re.compile("navigation|banner|search|contentinfo|complementary|(?:alert)?dialog|menu(?:bar)?|alert|tooltip")
_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|cookies?|cookie-?(?:banner|notice|consent)|navbar|nav-?menu|sidebar|skip-?link|"
    r"site-?(?:footer|header)|login-?form|share-?(?:buttons?|links?)|social-?(?:links?|share)|pagination)(?:$|[\s_-])",
    re.I,
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*0(?:\.0+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|$|!)",
    re.I,
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKS = re.compile(
    "p|div|section|article|main|header|footer|form|fieldset|blockquote|ul|ol|dl|dt|dd|li|table|tr|caption|figure|figcaption|"
    "address|pre|hr|details|summary|center|body|legend|h[1-6]"
)
_PROSE = 400  # letters of running text, outside links, that make a `header` or a `form` part of the text


def load_html(data: bytes, id: str, title: str | None) -> Document:
    """Read an HTML page; its title is its first `h1`, else its `<title>`, else `title`, else `id`.

    Raises `UnreadableDocument` when the bytes are no text, or hold nothing to read.
    """
    root = _parse(decode_html(data))
    named = one_line("".join(root.xpath("string((//head/title | //title)[1])")))
    spare = one_line("".join(root.xpath("string((//h1)[1])")))  # a page's banner is dropped, the title in it is not
    blocks = list(_read(root))
    first = next((i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1), None)
    if first is not None:
        blocks[first] = Block("title", blocks[first].text)
        spare = blocks[first].text
    return assemble(id, spare or named or title or id, blocks)


def html_blocks(source: str) -> Iterator[Block]:
    """Read a fragment of HTML as blocks; a fragment without text gives none. The source is decoded and clean."""
    if re.sub(r"<[^>]*>|<!--.*?-->", "", source, flags=re.DOTALL).strip():
        yield from _read(_parse(source))


def decode_html(data: bytes, encoding: str = "") -> str:
    """Decode a page by its mark, what was said of it (`encoding`) or what it declares, else by its bytes."""
    declared = _CHARSET.search(data[:4096])
    if (
        (encoding or declared)
        and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
        and b"\x00" not in data
    ):
        said = (declared[1] or declared[2]).decode("ascii") if declared else ""
        encoding = (encoding or said).lower()
        # Browsers read these two as the Windows page that contains them.
        encoding = {"iso-8859-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252"}.get(encoding, encoding)
        try:
            return clean(data.decode(encoding))
        except (LookupError, UnicodeDecodeError):
            pass  # a wrong declaration is common: the bytes themselves decide
    return clean(decode(data))


def _parse(source: str) -> lxml_html.HtmlElement:
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = lxml_html.document_fromstring(source.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument("page HTML vide ou illisible") from error
    return root


# --- what is left out ------------------------------------------------------------------------------------------------


def _read(root: lxml_html.HtmlElement) -> Iterator[Block]:
    body = root.find("body") if root.tag != "body" else root
    body = root if body is None else body
    for element in list(body.iterdescendants()):
        if isinstance(element.tag, str) and element is not body and _left_out(element):
            element.drop_tree()
    main = body.xpath(".//main | .//*[@role='main']")
    if len(main) == 1 and _letters(main[0]) >= max(200, 0.3 * _letters(body)):
        body = main[0]
    yield from _Walk().blocks(body)


def _left_out(element: lxml_html.HtmlElement) -> bool:
    tag, attributes = element.tag.lower(), element.attrib
    if _NEVER.fullmatch(tag) or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if _HIDING.search(attributes.get("style", "")) or _ROLES.fullmatch(attributes.get("role", "").lower()):
        return True
    if tag in _IF_PROSE:
        inside = any(parent.tag in {"article", "main", "section"} for parent in element.iterancestors())
        return not (inside and tag == "header") and _prose(element) < _PROSE
    named = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return tag not in {"html", "body", "main", "article"} and bool(_CLASSES.search(named)) and _prose(element) < _PROSE


def _letters(element: lxml_html.HtmlElement) -> int:
    return len(" ".join(element.text_content().split()))


def _prose(element: lxml_html.HtmlElement) -> int:
    linked = sum(_letters(link) for link in element.iter("a", "button", "label", "option", "script", "style"))
    return _letters(element) - 2 * linked


# --- what is read ----------------------------------------------------------------------------------------------------


class _Walk:
    """Collects blocks from a tree, in document order; `text` is the block being read."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.bold: list[bool] = []
        self.lists: list[list[int]] = []  # a list level: [next number], or [] for bullets
        self.marker = ""
        self.depth_bold = 0
        self.depth_pre = 0

    def blocks(self, root: lxml_html.HtmlElement) -> Iterator[Block]:
        """Read `root` without recursion: a page nests as deep as its author likes."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag.lower() if isinstance(element.tag, str) else ""
            if event == "start":
                if _BREAKS.fullmatch(tag):
                    yield from self.flush()
                if tag == "table" and not _is_layout(element):
                    yield from _rows(element)
                    walk.skip_subtree()
                    continue
                self.enter(tag, element)
                self.add(element.text)
            else:
                if tag in _HEADINGS:
                    yield from self.flush(_HEADINGS[tag])
                elif _BREAKS.fullmatch(tag):
                    yield from self.flush()
                self.leave(tag)
                if element is not root:
                    self.add(element.tail)
        yield from self.flush()

    def enter(self, tag: str, element: etree._Element) -> None:
        """Note what `tag` changes for the text inside it."""
        if tag in {"ul", "ol", "menu"}:
            first = element.get("start", "1")
            self.lists.append([int(first) if first.isdecimal() else 1] if tag == "ol" else [])
        elif tag == "li":
            self.marker = self.next_marker()
        elif tag == "br":
            self.text.append("\n")
        elif tag in {"b", "strong"}:
            self.depth_bold += 1
        elif tag == "pre":
            self.depth_pre += 1
        elif tag in {"td", "th"}:
            self.text.append(" ")

    def leave(self, tag: str) -> None:
        """Undo what `enter` noted."""
        if tag in {"ul", "ol", "menu"} and self.lists:
            self.lists.pop()
        elif tag == "li":
            self.marker = ""
        elif tag in {"b", "strong"}:
            self.depth_bold -= 1
        elif tag == "pre":
            self.depth_pre -= 1

    def next_marker(self) -> str:
        """Give the bullet or the number of the item that starts, indented by its level."""
        indent = "  " * max(0, len(self.lists) - 1)
        if self.lists and self.lists[-1]:
            self.lists[-1][0] += 1
            return f"{indent}{self.lists[-1][0] - 1}. "
        return f"{indent}• "

    def add(self, text: str | None) -> None:
        """Add letters to the block being read; white space is one space, but in `pre`."""
        if text:
            self.text.append(text if self.depth_pre else re.sub(r"[ \n]+", " ", text))
            if text.strip():
                self.bold.append(self.depth_bold > 0)

    def flush(self, level: int = 0) -> Iterator[Block]:
        """Close the block being read, as a heading of `level` if there is one."""
        text = "".join(self.text)
        bold = bool(self.bold) and all(self.bold)
        self.text, self.bold = [], []
        if not self.depth_pre:
            text = re.sub(r" *\n *", "\n", re.sub(" {2,}", " ", text))
        text = text.strip("\n ")
        if not text.strip():
            return
        if level:
            yield Block("heading", one_line(text), level)
        elif self.lists:
            marker, self.marker = self.marker, " " * len(self.marker) if self.marker else "  " * len(self.lists)
            yield Block("line", (marker if marker.strip() and not is_item(text) else marker.replace("•", " ")) + text)
        elif own := own_level(text, bold):
            yield Block("heading", one_line(text), own)
        else:
            for paragraph in re.split(r"\n{2,}", text):
                yield Block("line" if is_item(paragraph) else "paragraph", paragraph)


def _is_layout(table: etree._Element) -> bool:
    """Say whether `table` only places things on the page: it holds headings, or one cell a row."""
    if table.get("role") in {"presentation", "none"}:
        return True
    if next(table.iter(*_HEADINGS), None) is not None:
        return True
    return all(len(row.findall("td")) + len(row.findall("th")) <= 1 for row in table.iter("tr"))


def _rows(table: etree._Element) -> Iterator[Block]:
    """Give the caption and the rows of `table`; a table inside a cell is read as text of the cell."""
    for caption in table.findall("caption"):
        if text := _flat(caption):
            yield Block("paragraph", text)
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue
        cells = [_flat(cell) for cell in row if cell.tag in {"td", "th"}]
        if any(cells):
            yield Block("line", " | ".join(cells))


def _flat(element: etree._Element) -> str:
    parts = []
    for event, child in etree.iterwalk(element, events=("start", "end")):
        apart = " " if _BREAKS.fullmatch(child.tag) or child.tag in {"td", "th", "br"} else ""
        own = child.text if event == "start" else (child.tail if child is not element else "")
        parts += [apart, own or ""] if event == "end" or apart else [own or ""]
    return re.sub(r"[ \n]+", " ", "".join(parts)).strip()
