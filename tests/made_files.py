"""Small documents of every kind, made for the tests: the least that each format needs, so that a test shows its own."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from itertools import pairwise
from pathlib import Path

SENTENCE = "La coopération multilatérale est un mécanisme stratégique pour la paix."
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)


def zipped(entries: Mapping[str, bytes | str], *, stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP archive of these entries."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, compress_type=kind)
    return held.getvalue()


def docx(body: str, parts: Mapping[str, str] | None = None, *, namespace: str = W, before: str = "") -> bytes:
    """A Word document of this body, with other parts ("styles", "footnotes") by name."""
    entries: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "word/_rels/document.xml.rels": "<Relationships/>",
        "word/document.xml": f"{before}<w:document {namespace}><w:body>{body}</w:body></w:document>",
    }
    for name, inner in (parts or {}).items():
        entries[f"word/{name}.xml"] = f"<w:{name} {namespace}>{inner}</w:{name}>"
    return zipped(entries)


def p(text: str, properties: str = "") -> str:
    """A paragraph of Word."""
    own = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{own}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def odt(body: str, styles: str = "", *, sheet: bool = False, manifest: str = "", before: str = "") -> bytes:
    """An OpenDocument text, or workbook, of this body."""
    kind, tag = ("spreadsheet", "spreadsheet") if sheet else ("text", "text")
    content = (
        f"{before}<office:document-content {OFFICE}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{tag}>{body}</office:{tag}></office:body></office:document-content>"
    )
    entries: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": content,
    }
    if manifest:
        entries["META-INF/manifest.xml"] = manifest
    return zipped(entries, stored=("mimetype",))


def epub(chapters: list[str], title: str = "Un livre", more: Mapping[str, str] | None = None) -> bytes:
    """An EPUB of these chapters, each the body of a page."""
    items = "".join(
        f'<item id="c{n}" href="t/c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:title>{title}</dc:title></metadata><manifest>{items}<item id="nav" href="nav.xhtml" properties="nav" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="nav"/>'
        + "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
        + "</spine></package>"
    )
    entries: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="o/p.opf"/></rootfiles></container>',
        "o/p.opf": package,
        "o/nav.xhtml": "<html><body><p>Sommaire</p></body></html>",
    }
    for n, chapter in enumerate(chapters):
        entries[f"o/t/c{n}.xhtml"] = f"<html><head><title>x</title></head><body>{chapter}</body></html>"
    return zipped({**entries, **(more or {})}, stored=("mimetype",))


def xlsx(sheets: Mapping[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    """A workbook of these sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(row)
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def eml(body: str = SENTENCE, subject: str = "Réunion du comité", attached: str = "") -> bytes:
    """A message, with a file attached where a name is given."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Amina <a@example.org>", "b@example.org", subject
    message.set_content(body)
    if attached:
        message.add_attachment(b"secret", maintype="application", subtype="zip", filename=attached)
    return bytes(message)


def msg(values: Mapping[str, str], attached: str = "") -> bytes:
    """An Outlook message of these properties ("0037" is the subject), with a file attached where a name is given."""
    streams: dict[tuple[str, ...], bytes] = {("__properties_version1.0",): bytes(32)}
    for number, value in values.items():
        streams[f"__substg1.0_{number}001F",] = value.encode("utf-16-le")
    if attached:
        streams["__attach_version1.0_#00000000", "__substg1.0_3707001F"] = attached.encode("utf-16-le")
        streams["__attach_version1.0_#00000000", "__substg1.0_37010102"] = b"PK\x03\x04 secret"
    return compound(streams)


def compound(streams: Mapping[tuple[str, ...], bytes]) -> bytes:
    """A compound file (the container of old Office files) of these streams, each in sectors of its own."""
    free, end, special = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    folders = sorted({path[:1] for path in streams if len(path) > 1})
    top = [path for path in streams if len(path) == 1] + folders
    order = [("Root Entry",), *top, *(path for path in streams if len(path) > 1)]
    padded = {path: data + bytes(max(0, 4096 - len(data))) for path, data in streams.items()}
    sizes = {path: math.ceil(len(data) / 512) for path, data in padded.items()}
    directory_sectors = math.ceil(len(order) / 4)
    table: list[int] = []
    starts: dict[tuple[str, ...], int] = {}
    data = b""
    for path, content in padded.items():
        starts[path] = len(table)
        table += [*range(len(table) + 1, len(table) + sizes[path]), end]
        data += content.ljust(sizes[path] * 512, b"\0")
    directory = len(table)
    table += [*range(directory + 1, directory + directory_sectors), end]
    count = math.ceil((len(table) + 1) / 127)
    first = len(table)
    table += [special] * count

    def chain(paths: list[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
        return {path: order.index(after) for path, after in pairwise(paths)}

    children = {folder: [path for path in streams if path[:1] == folder and len(path) > 1] for folder in folders}
    right = {**chain(top), **{k: v for paths in children.values() for k, v in chain(paths).items()}}
    entries = b""
    for path in order:
        name = path[-1].encode("utf-16-le")
        folder = path in children
        kind = 5 if path == ("Root Entry",) else 1 if folder else 2
        child = order.index(top[0]) if kind == 5 else order.index(children[path][0]) if folder else free
        entries += name.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sIQQIQ",
            len(name) + 2,
            kind,
            1,
            free,
            right.get(path, free),
            child,
            bytes(16),
            0,
            0,
            0,
            starts.get(path, end),
            len(padded[path]) if path in padded else 0,
        )
    entries = entries.ljust(directory_sectors * 512, b"\0")
    fat = b"".join(struct.pack("<I", n) for n in table).ljust(count * 512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6s", 0x3E, 3, 0xFFFE, 9, 6, bytes(6))
    header += struct.pack("<IIIIIIIII", 0, count, directory, 0, 4096, end, 0, end, 0)
    header += b"".join(struct.pack("<I", n) for n in range(first, first + count)).ljust(436, b"\xff")
    return header + data + entries + fat


def picture_pdf(picture: object, dpi: int) -> bytes:
    """A PDF of one page that is a picture and nothing else, as a scanner makes it."""
    held = BytesIO()
    picture.save(held, "PDF", resolution=dpi)  # type: ignore[attr-defined]
    return held.getvalue()


def letters_pdf(codes: str, *, size: int = 11, to_unicode: Mapping[int, str] | None = None) -> bytes:
    """A PDF of one page whose font has a map of its own from codes to letters, right or wrong."""
    lines = [codes[at : at + 60] for at in range(0, len(codes), 60)]
    text = "".join(f"1 0 0 1 50 {780 - 16 * n} Tm ({line}) Tj\n" for n, line in enumerate(lines))
    content = zlib.compress(f"BT /F {size} Tf\n{text}ET".encode("latin-1"))
    pairs = "".join(f"<{code:02x}> <{ord(letter):04x}>\n" for code, letter in (to_unicode or {}).items())
    count = len(to_unicode or {})
    ranges = "1 begincodespacerange <00> <ff> endcodespacerange"
    cmap = f"{ranges} {count} beginbfchar\n{pairs}endbfchar".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica %s >>" % (b"/ToUnicode 6 0 R" if to_unicode else b""),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap),
    ]
    return pdf_of(objects)


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(data),
    )


ARABIC_FONT = Path("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf")


def pages_pdf(pages: list[list[str]], *, arabic: bool = False, shaped: bool = True) -> bytes:
    """A PDF of these pages, each a list of lines set one below the other; unshaped Arabic is stored as it looks."""
    from fpdf import FPDF

    import assistant.exports

    sheet = FPDF()
    latin = Path(assistant.exports.__file__).parent / "fonts" / "latin-regular.ttf"
    sheet.add_font("f", fname=ARABIC_FONT if arabic else latin)
    sheet.set_text_shaping(use_shaping_engine=shaped, direction="rtl" if arabic else "ltr")
    for lines in pages:
        sheet.add_page()
        sheet.set_font("f", size=12)
        for line in lines:
            sheet.multi_cell(0, 9, line, align="R" if arabic else "L", new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


def bare_pdf(media_box: str, content: bytes = b"") -> bytes:
    """A PDF of one page of this size, written by hand."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[" + media_box.encode() + b"]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n" % len(content) + content + b"\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def endless_pdf(depth: int = 12) -> bytes:
    """A PDF whose page paints a form ten times, which paints another ten times, and so on."""
    held = [
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
        b"endobj\n4 0 obj<</Length 50>>stream\n" + b"/F Do " * 10 + b"\nendstream endobj\n"
    ]
    for at in range(depth):
        held.append(
            b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Resources<</XObject<</F %d 0 R>>>>/Length 50>>"
            b"stream\n" % (at + 5, at + 6) + b"/F Do " * 10 + b"\nendstream endobj\n"
        )
    last = b"0 0 400 400 re f"
    held.append(
        b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Length %d>>stream\n" % (depth + 5, len(last))
        + last
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    return b"".join(held)
