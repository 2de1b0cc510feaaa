"""Hostile files end with a reason and leave the parent, and no process, behind; each format is what it says it is."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_files import docx, eml, epub, msg, odt, p, picture_pdf, xlsx, zipped
from PIL import Image

from corpus.errors import UnreadableDocument
from corpus.guard import Limits, Worker, _document, load_guarded
from corpus.kinds import SUPPORTED
from corpus.load import load, name_from
from corpus.manifest import shipped_texts
from corpus.tools import Tools

ROOT = Path(__file__).resolve().parents[1]
TEXT = "La coopération multilatérale est un mécanisme stratégique.\n"


def pdf(pages: int = 1) -> bytes:
    page = FPDF()
    page.core_fonts_encoding = "cp1252"
    page.set_font("Helvetica", size=11)
    for number in range(pages):
        page.add_page()
        page.multi_cell(0, 6, f"{TEXT.strip()} Elle dure depuis {1982 + number}.")
    return bytes(page.output())


SEEDS: dict[str, bytes] = {
    ".md": f"# Titre\n\n{TEXT}\n- un\n- deux\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(),
    ".txt": f"1-LES CADRES :\n\n{TEXT}\nالتعاون الأمني\n".encode(),
    ".html": f"<!doctype html><html><body><h1>Titre</h1><p>{TEXT}</p><ul><li>un</li></ul></body></html>".encode(),
    ".pdf": pdf(),
    ".docx": docx(p("Titre", '<w:outlineLvl w:val="0"/>') + p(TEXT)),
    ".odt": odt(f'<text:h text:outline-level="1">Titre</text:h><text:p>{TEXT}</text:p>'),
    ".epub": epub([f"<h1>Titre</h1><p>{TEXT}</p>"]),
    ".eml": eml(TEXT),
    ".msg": msg({"0037": "Titre", "1000": TEXT}),
    ".xlsx": xlsx({"Feuille": [["Pays", "Année"], ["Mali", 1962]]}),
    ".csv": "Pays;Année\nMali;1962\n".encode(),
    ".rtf": rb"{\rtf1\ansi La coop\'e9ration multilat\'e9rale.\par}",
}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(tools=Tools(tesseract=None, soffice=None)) as shared:  # what these do is theirs to show
        yield shared


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def gone(pid: int | None) -> bool:
    assert pid is not None
    with suppress(ProcessLookupError):
        os.kill(pid, 0)  # a zombie would still be found
        return False
    return True


# --- files that mean well --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", SEEDS)
def test_a_file_reads_the_same_in_the_child(extension: str, worker: Worker, tmp_path: Path) -> None:
    """What crosses the pipe is the document that the loader made."""
    path = put(tmp_path, f"note{extension}", SEEDS[extension])
    assert worker.load(path, "note", "Donné") == load(path, "note", "Donné")


def test_the_shipped_texts_read_the_same_in_the_child(worker: Worker) -> None:
    """Every one of them, through one child."""
    for path in sorted(shipped_texts().iterdir()):
        if path.suffix in SUPPORTED:
            assert worker.load(path, path.stem) == load(path, path.stem)


def test_one_file_alone_leaves_no_process(tmp_path: Path) -> None:
    """`load_guarded` starts a child and ends it."""
    before = children()
    assert load_guarded(put(tmp_path, "a.txt", TEXT.encode()), "a").sections
    assert children() == before


def test_a_worker_keeps_its_child_and_replaces_it_after_its_share(tmp_path: Path) -> None:
    """Starting costs more than reading; a child that read many files may be bloated."""

    class Short(Worker):
        FILES = 2

    path = put(tmp_path, "a.txt", TEXT.encode())
    with Short() as worker:
        pids = []
        for _ in range(5):
            worker.load(path, "a")
            pids.append(worker.pid)
        assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]
        assert gone(pids[0])
        assert gone(pids[2])
    assert worker.pid is None
    assert gone(pids[4])


def test_reading_many_files_is_cheap(worker: Worker, tmp_path: Path) -> None:
    """A file costs a small part of the half second that is allowed, beside its own reading."""
    path = put(tmp_path, "a.txt", TEXT.encode())
    worker.load(path, "a")
    started = time.monotonic()
    for _ in range(20):
        worker.load(path, "a")
    assert time.monotonic() - started < 20 * 0.25


def test_the_child_loads_no_heavy_library_and_inherits_no_environment() -> None:
    """Its start is cheap, and the service's secrets stay in the service."""
    heavy = "{'torch', 'chromadb', 'llama_index', 'gradio', 'numpy', 'pypdf', 'lxml', 'markdown_it'}"
    code = f"import sys, corpus.guard; sys.exit(' '.join({heavy} & sys.modules.keys()) or 0)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="no /proc on this system")
def test_the_child_is_confined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Address space, core dumps, open files, priority and environment are set before the first file."""
    monkeypatch.setenv("SECRET_OF_THE_SERVICE", "s3cret")
    with Worker(Limits(memory_bytes=777 << 20)) as worker:
        worker.load(put(tmp_path, "a.txt", TEXT.encode()), "a")
        process = Path(f"/proc/{worker.pid}")
        limits = {line[:25].strip(): line[26:].split()[0] for line in (process / "limits").read_text().splitlines()}
        assert limits["Max address space"] == str(777 << 20)
        assert limits["Max core file size"] == "0"
        assert limits["Max open files"] == "64"
        assert int(limits["Max cpu time"]) <= 62
        nice = int((process / "stat").read_text().rpartition(")")[2].split()[16])
        assert nice == min(19, os.nice(0) + 10)
        assert b"s3cret" not in (process / "environ").read_bytes()


def test_the_child_has_no_network() -> None:
    """Neither a name nor an address is reached after the network is cut, not even on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""if True:
            import socket
            from corpus.confine import cut_network
            cut_network()
            for reach in (
                lambda: socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), 2),
                lambda: socket.socket().connect(("127.0.0.1", {server.getsockname()[1]})),
                lambda: socket.getaddrinfo("localhost", 80),
            ):
                try:
                    reach()
                except OSError:
                    continue
                raise SystemExit("reached")"""
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def children() -> set[int]:
    """Processes of which this one is the parent, ended ones that nobody waited for included."""
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        return set()
    return {int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()}


# --- limits ----------------------------------------------------------------------------------------------------------


def bomb(text: bytes, times: int) -> bytes:
    """A PDF of one page, whose compressed content is `text` repeated."""
    squeeze = zlib.compressobj()
    stream = b"".join(squeeze.compress(text) for _ in range(times)) + squeeze.flush()
    return raw_pdf(b"<< /Filter /FlateDecode /Length %d >>", stream)


def raw_pdf(head: bytes, stream: bytes, page: bytes = b"", kids: bytes = b"3 0 R", more: bytes = b"") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 1 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> %s >>" % page,
        (head % len(stream) if b"%d" in head else head) + b"\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        more
        or b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 6 "
        b"/Resources << /XObject << /X 6 0 R >> >> >>\nstream\n/X Do \nendstream",
    ]
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


def test_a_file_that_burns_the_processor_is_stopped(tmp_path: Path) -> None:
    """The kernel ends the child after its seconds; the next file is read by another."""
    path = put(tmp_path, "a.pdf", bomb(b"BT /F 9 Tf 1 0 0 1 9 9 Tm [(a) 5 (b)] TJ ET\n", 600_000))
    with Worker(Limits(cpu_seconds=1)) as worker:
        started = time.monotonic()
        with pytest.raises(UnreadableDocument, match="demande trop de temps"):
            worker.load(path, "a")
        assert time.monotonic() - started < 10
        assert worker.pid is None
        assert worker.load(put(tmp_path, "b.txt", TEXT.encode()), "b").sections


def test_a_child_that_sleeps_is_killed_by_the_wall_clock(tmp_path: Path) -> None:
    """Processor time does not run while a process waits: the parent does not wait with it."""
    path = put(tmp_path, "a.txt", TEXT.encode())
    with Worker(Limits(cpu_seconds=1)) as worker:
        worker.load(path, "a")
        pid = worker.pid
        os.kill(pid or 0, signal.SIGSTOP)
        with pytest.raises(UnreadableDocument, match="demande trop de temps"):
            worker.load(path, "a")
        assert gone(pid)
        assert worker.load(path, "a").sections


def test_a_file_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    """The address space is bounded in the child alone."""
    path = put(tmp_path, "a.txt", TEXT.encode() * 700_000)
    with Worker(Limits(memory_bytes=200 << 20)) as worker:
        with pytest.raises(UnreadableDocument, match="demande trop de mémoire"):
            worker.load(path, "a")
        assert worker.load(put(tmp_path, "b.txt", TEXT.encode()), "b").sections


def test_a_child_that_cannot_even_start_is_told_as_such(tmp_path: Path) -> None:
    """With no room for the interpreter itself, the document is not to blame."""
    path = put(tmp_path, "a.txt", TEXT.encode())
    with pytest.raises(UnreadableDocument, match=r"n’a pas pu démarrer|trop de mémoire"):
        load_guarded(path, "a", limits=Limits(memory_bytes=1 << 20))


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGSEGV, "fait échouer le lecteur"),
        (signal.SIGKILL, "trop de mémoire"),
        (signal.SIGXCPU, "trop de temps"),
    ],
)
def test_a_child_that_dies_over_a_file_gives_a_reason(number: signal.Signals, reason: str, tmp_path: Path) -> None:
    """A crash of the parser, a kill by the system: the worker goes on with another child."""
    path = put(tmp_path, "a.txt", TEXT.encode())
    with Worker() as worker:
        worker.load(path, "a")
        pid = worker.pid or 0
        os.kill(pid, signal.SIGSTOP)
        told: list[str] = []

        def ask() -> None:
            try:
                worker.load(path, "a")
            except UnreadableDocument as refused:
                told.append(str(refused))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.2)
        os.kill(pid, number)
        os.kill(pid, signal.SIGCONT)
        asking.join(20)
        assert reason in told[0]
        assert gone(pid)
        assert worker.load(path, "a").sections


def test_a_child_that_died_between_files_is_replaced_unnoticed(tmp_path: Path) -> None:
    """The next document is not to blame for it."""
    path = put(tmp_path, "a.txt", TEXT.encode())
    with Worker() as worker:
        worker.load(path, "a")
        pid = worker.pid or 0
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
        assert worker.load(path, "a").sections
        assert worker.pid != pid


@pytest.mark.parametrize(
    ("limits", "name", "data", "reason"),
    [
        (Limits(file_bytes=20), "a.txt", TEXT.encode(), "trop lourd"),
        (Limits(characters=20), "a.txt", TEXT.encode(), "trop volumineux"),
        (Limits(characters=50), "a.pdf", SEEDS[".pdf"], "trop volumineux"),
        (Limits(pages=2), "a.pdf", pdf(3), "3 pages, 2 au plus"),
    ],
    ids=["bytes", "characters", "characters-of-a-pdf", "pages"],
)
def test_what_exceeds_a_limit_of_size_is_refused(
    limits: Limits, name: str, data: bytes, reason: str, tmp_path: Path
) -> None:
    """Bytes, characters and pages; the reason names the limit."""
    with pytest.raises(UnreadableDocument, match=reason):
        load_guarded(put(tmp_path, name, data), "a", limits=limits)


def test_a_longer_pdf_has_more_time() -> None:
    """A second for each page beyond sixty, twice that on the wall clock."""
    limits = Limits()
    assert (limits.cpu_for(60), limits.cpu_for(2_000), limits.wall_for(100)) == (60, 2_000, 200.0)


def test_what_is_no_file_is_refused(worker: Worker, tmp_path: Path) -> None:
    """A folder, a missing file, a pipe that never ends: at once."""
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    for name in ("folder.txt", "absent.txt", "pipe.txt", "nul\x00.txt", "x" * 300 + ".txt"):
        with pytest.raises(UnreadableDocument, match=r"pas un fichier|introuvable"):
            worker.load(tmp_path / name, "a")


# --- files that mean harm --------------------------------------------------------------------------------------------

HOSTILE: dict[str, Callable[[], bytes]] = {
    "flate-bomb.pdf": lambda: bomb(b"\x00" * 1_000_000, 300),
    "cyclic-pages.pdf": lambda: raw_pdf(b"<< /Length %d >>", b"", kids=b"2 0 R 2 0 R 3 0 R"),
    "huge-count.pdf": lambda: raw_pdf(b"<< /Length %d >>", b"").replace(b"/Count 1", b"/Count 999999999"),
    "form-in-itself.pdf": lambda: raw_pdf(b"<< /Length %d >>", b"/X Do " * 50),
    "forms-by-the-million.pdf": lambda: raw_pdf(
        b"<< /Length %d >>",
        b"/X Do",
        more=b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 180 "
        b"/Resources << /XObject << /X 6 0 R >> >> >>\nstream\n" + b"/X Do " * 30 + b"\nendstream",
    ),
    "deep-arrays.pdf": lambda: raw_pdf(b"<< /Length %d >>", b"[" * 200_000),
    "deep-dictionary.pdf": lambda: raw_pdf(b"<< /Length %d >>", b"", page=b"/A " + b"<< /A " * 20_000),
    "endless-saves.pdf": lambda: bomb(b"q ", 300_000),
    "wrong-operands.pdf": lambda: raw_pdf(
        b"<< /Length %d >>", b"(a) Tm /x Td [] cm BT 1 Tf (x) TJ 3 Tj [5] Tj (\xff) ' ET"
    ),
    "far-away-numbers.pdf": lambda: raw_pdf(b"<< /Length %d >>", b"BT /F 1e300 Tf 9e99 0 0 9e99 0 0 Tm (abc) Tj ET"),
    "xref-loop.pdf": lambda: pdf().replace(b"trailer\n<<", b"trailer\n<< /Prev 9"),
    "null-pages.pdf": lambda: raw_pdf(b"<< /Length %d >>", b"", kids=b"null null 9 0 R"),
    "only-a-header.pdf": lambda: b"%PDF-1.7",
    "garbage.pdf": lambda: b"%PDF-1.7\n" + os.urandom(50_000),
    "deep.html": lambda: b"<div>" * 300_000 + b"<p>fond</p>",
    "deep-lists.html": lambda: b"<ul><li>" * 50_000 + b"fond",
    "deep-tables.html": lambda: b"<table><tr><td>" * 5_000 + b"fond",
    "laughs.html": lambda: (
        b'<!DOCTYPE html [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(12))
        + b"]><p>&m;</p>"
    ),
    "attributes.html": lambda: b"<p " + b"a='b' " * 200_000 + b">texte</p>",
    "open-tags.html": lambda: b"<p><b><i>" * 40_000,
    "comments.html": lambda: b"<p>a</p>" + b"<!--" * 300_000,
    "nested-quotes.md": lambda: b"> " * 20_000 + b"fond",
    "nested-lists.md": lambda: b"".join(b"  " * n + b"- a\n" for n in range(1_500)),
    "brackets.md": lambda: b"[" * 50_000 + b"a" + b"]" * 50_000,
    "emphasis.md": lambda: b"*a **a " * 20_000,
    "backticks.md": lambda: b"".join(b"`" * n + b" " for n in range(1, 800)),
    "wide-table.md": lambda: b"|a" * 5_000 + b"|\n" + b"|-" * 5_000 + b"|\n" + b"|b" * 5_000 + b"|\n",
    "one-line.txt": lambda: b"MOT " * 1_000_000,
    "many-headings.txt": lambda: b"1-UN TITRE LONG :\n\ntexte\n\n" * 40_000,
    "colons.txt": lambda: b"1- : " * 200_000,
    "bomb.docx": lambda: docx(p("a" * 150_000_000)),
    "many-parts.docx": lambda: zipped({"[Content_Types].xml": "", **{f"word/{n}.xml": "a" for n in range(2_500)}}),
    "archive-in-archive.docx": lambda: zipped({"[Content_Types].xml": "", "word/a.zip": zipped({"a": "b"})}),
    "laughs.docx": lambda: docx(p("&m;"), before=laughs()),
    "laughs.odt": lambda: odt("<text:p>&m;</text:p>", before=laughs()),
    "deep.docx": lambda: docx("<w:sdt><w:sdtContent>" * 50_000),
    "deep-tables.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * 80 + p("fond") + "</w:tc></w:tr></w:tbl>" * 80),
    "styles-in-a-ring.docx": lambda: docx(
        p("a", '<w:pStyle w:val="A"/>'),
        {"styles": "".join(f'<w:style w:styleId="{a}"><w:basedOn w:val="{b}"/></w:style>' for a, b in ("AB", "BA"))},
    ),
    "bomb.xlsx": lambda: zipped({"[Content_Types].xml": "", "xl/worksheets/sheet1.xml": " " * 150_000_000}),
    "laughs.xlsx": lambda: zipped({"[Content_Types].xml": "", "xl/workbook.xml": laughs() + "<a>&m;</a>"}),
    "rows.ods": lambda: odt(
        '<table:table table:name="a">'
        + '<table:table-row><table:table-cell table:number-columns-repeated="999"><text:p>a</text:p>'
        "</table:table-cell></table:table-row>" * 20_000 + "</table:table>",
        sheet=True,
    ),
    "spine-out-of-the-book.epub": lambda: epub(["<p>a</p>"]).replace(b"t/c0.xhtml", b"../../etc0"),
    "deep.rtf": lambda: b"{\\rtf1 " + b"{" * 300_000,
    "parts.eml": lambda: (
        b"From: a@example.org\nContent-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 20_000
    ),
    "chain-in-a-ring.msg": lambda: msg({"1000": TEXT}).replace(b"\x01\x00\x00\x00\x02", b"\x01\x00\x00\x00\x01"),
    "quotes.csv": lambda: b'"' * 1_000_001,
    "one-cell.csv": lambda: b'a;"' + b"b\n" * 500_000,
    "huge-picture.pdf": lambda: picture_pdf(Image.new("1", (20_000, 20_000), 1), 72),
    "marks.txt": lambda: b"a" + "\u0301".encode() * 200_000,
}


def laughs() -> str:
    """A document type whose last entity is twelve times fifty of the one before."""
    more = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 50}">' for n in range(12))
    return f'<!DOCTYPE a [<!ENTITY a "ha">{more}]>'


def test_hostile_files_end_with_a_document_or_a_reason(tmp_path: Path) -> None:
    """Over thirty kinds of harm through one worker: a status each, in bounded time, and the parent stays small."""
    assert len(HOSTILE) >= 30
    resource = pytest.importorskip("resource")
    limits = Limits(cpu_seconds=2, memory_bytes=600 << 20)
    paths = [put(tmp_path, name, make()) for name, make in HOSTILE.items()]
    before, processes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, children()
    with Worker(limits, Tools()) as worker:
        for path in paths:
            started = time.monotonic()
            with suppress(UnreadableDocument):
                worker.load(path, "a")
            assert time.monotonic() - started < limits.wall_for(0) + 2, path.name
        assert worker.load(put(tmp_path, "b.txt", TEXT.encode()), "b").sections
    assert children() == processes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


CHANGES = st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=6), st.integers(0, 6)), min_size=1, max_size=6)


def mutated(data: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    for place, inserted, removed in changes:
        place %= len(data) + 1
        data = data[:place] + inserted + data[place + removed :]
    return data


def mutated_inside(data: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    """The archive with its largest part changed: what changes the archive itself seldom reaches the part's parser."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    largest = max(parts, key=lambda name: len(parts[name]))
    return zipped({**parts, largest: mutated(parts[largest], changes)})


def read_mutated(
    worker: Worker, folder: Path, extension: str, changes: list[tuple[int, bytes, int]], inside: bool
) -> None:
    data = SEEDS[extension]
    inside = inside and data.startswith(b"PK")
    path = put(folder, f"a{extension}", (mutated_inside if inside else mutated)(data, changes))
    try:
        document = worker.load(path, "a")
    except UnreadableDocument as refused:
        assert str(refused)  # noqa: PT017 - either outcome is right, and both are checked
    else:
        assert all(s.text == document.text[s.start : s.end] for s in document.sections)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SEEDS)), CHANGES, st.booleans())
def test_a_mutated_file_gives_a_sound_document_or_a_reason(
    worker: Worker, tmp_path: Path, extension: str, changes: list[tuple[int, bytes, int]], inside: bool
) -> None:
    """Bytes replaced, inserted and removed: the parent goes on, and what comes back holds together."""
    read_mutated(worker, tmp_path, extension, changes, inside)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SEEDS)), CHANGES, st.booleans())
def test_two_thousand_mutated_files_each_end_with_a_document_or_a_reason(
    worker: Worker, tmp_path: Path, extension: str, changes: list[tuple[int, bytes, int]], inside: bool
) -> None:
    """The same, as long as a night allows."""
    read_mutated(worker, tmp_path, extension, changes, inside)


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"text": "abc", "title": "t", "sections": [[0, 9, None, [], False]]},
        {"text": "abc", "title": "t", "sections": [[-1, 2, None, [], False]]},
        {"text": "abc", "title": "t", "sections": [[0, 2, None, [], False], [1, 3, None, [], False]]},
        {"text": "abc", "title": "t", "sections": [[0, 2, "1", [], False]]},
        {"text": "abc", "title": "t", "sections": [[0, 2, None, [5], False]]},
        {"text": "abc", "title": "t", "sections": [7]},
        {"text": "abc", "title": "t", "sections": [["0", 2, None, [], False]]},
        {"text": 3, "title": "t", "sections": []},
        {"text": "abc", "title": "t", "sections": [[0, 2, None, [], "no"]]},
        {"text": "abc", "title": "t", "sections": [[0, 2, None, []]]},
        {"text": "abc", "title": "t", "sections": [], "quality": 5},
        {"refused": "abc", "quality": [{"kind": "text"}]},
        {"refused": 5},
    ],
)
def test_what_a_child_should_not_say_is_refused(reply: dict[str, Any]) -> None:
    """The child is not trusted: spans must lie in the text and follow each other."""
    with pytest.raises(UnreadableDocument, match="fait échouer"):
        _document(reply, "a")


# --- each format is what it says it is -------------------------------------------------------------------------------

DISGUISES: dict[str, bytes] = {
    "docx": b"PK\x03\x04\x14\x00\x06\x00" + bytes(60) + b"word/document.xml",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(60),
    "rtf": b"{\\rtf1\\ansi Bonjour}",
    "gzip": b"\x1f\x8b\x08\x00" + bytes(60),
    "program": b"\x7fELF\x02\x01\x01" + bytes(60),
    "binary": b"abc\x00\x01\x02" * 40,
}


PLAIN = {".md", ".txt", ".csv"}
OWN = {(".rtf", "rtf"), (".doc", "doc"), (".xls", "doc"), (".msg", "doc")}  # what they hold is what they say, broken


@pytest.mark.parametrize(("extension", "disguise"), [(a, b) for a in SUPPORTED for b in DISGUISES if (a, b) not in OWN])
def test_a_disguise_is_refused_in_french(extension: str, disguise: str, tmp_path: Path) -> None:
    """The extension promises one thing and the first bytes hold another."""
    with pytest.raises(UnreadableDocument, match=f"porte l’extension {extension} mais contient"):
        load(put(tmp_path, f"a{extension}", DISGUISES[disguise]), "a")


@pytest.mark.parametrize(
    ("extension", "seed"),
    [(a, b) for a in SEEDS for b in SEEDS if a != b and not (a in PLAIN and b in PLAIN | {".eml"})],
)
def test_one_format_under_the_name_of_another_is_refused(extension: str, seed: str, tmp_path: Path) -> None:
    """A PDF is no text, and a text is no PDF; Markdown alone may pass for plain text."""
    with pytest.raises(UnreadableDocument, match="mais contient"):
        load(put(tmp_path, f"a{extension}", SEEDS[seed]), "a")


@pytest.mark.parametrize("name", ["a.ppt", "a.exe", "a", "a.pdf.zip"])
def test_an_unknown_extension_is_refused_with_those_accepted(name: str, tmp_path: Path) -> None:
    """The reason says what to send instead."""
    with pytest.raises(UnreadableDocument, match=r"non pris en charge.*\.md.*\.txt.*\.html.*\.pdf"):
        load(put(tmp_path, name, TEXT.encode()), "a")


def test_extensions_are_read_without_their_case_and_empty_files_refused(tmp_path: Path) -> None:
    """`NOTE.TXT` is a text; nothing is no document."""
    assert load(put(tmp_path, "NOTE.TXT", TEXT.encode()), "a").sections
    with pytest.raises(UnreadableDocument, match="fichier vide"):
        load(put(tmp_path, "vide.pdf", b""), "a")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("000_3929d32d99211bb2.txt", ""),
        ("accord_de_cooperation.pdf", "Accord de cooperation"),
        ("Dialogue 5+5.md", "Dialogue 5+5"),
        ("loi-23-12.pdf", "Loi-23-12"),
    ],
)
def test_a_file_name_becomes_a_readable_title(name: str, title: str) -> None:
    """Underscores are spaces, figures stay together, and a name of codes alone is none."""
    assert name_from(Path(name)) == title
