"""Pages that are pictures are read by Tesseract: measured on pages of known text, each in a child of its own."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from made_files import picture_pdf
from PIL import Image, ImageFilter

from corpus.errors import UnreadableDocument
from corpus.guard import Limits, Worker
from corpus.ocr import recognise
from corpus.ocr_page import read_table
from corpus.quality import INSTALL_OCR
from corpus.tools import Tools

NOTO = Path("/usr/share/fonts/truetype/noto")
FONTS = {"ar": NOTO / "NotoNaskhArabic-Regular.ttf", "fr": NOTO / "NotoSerif-Regular.ttf"}
needs_tesseract = pytest.mark.skipif(
    Tools.find().tesseract is None or not all(path.exists() for path in FONTS.values()),
    reason=f"Tesseract, pypdfium2 or the Noto fonts are not installed: {INSTALL_OCR}; apt install fonts-noto-core",
)
FRENCH = [
    "Décret n° 2016-117 du 12 mars 2016",
    "Le Conseil des ministres arabes de l’intérieur a tenu sa trente-troisième session à Tunis, en présence de "
    "douze délégations. "
    "Les ministres ont adopté la stratégie arabe de lutte contre le terrorisme et le blanchiment d’argent.",
    "L’organisme chargé du suivi établit chaque année un rapport, le présente aux États membres avant le 30 juin "
    "et propose, s’il y a lieu, la révision des accords conclus. Il dispose d’un budget de 1 250 000 dinars.",
]
ENGLISH = [
    "Memorandum of understanding on judicial cooperation",
    "The parties shall exchange information on the movement of stolen vehicles, train their officers every second year "
    "and meet at least twice in each calendar year. Requests are answered within forty-five days.",
    "Nothing in this memorandum prevents either party from refusing a request that would harm its public order.",
]
ARABIC = [
    "مذكرة تفاهم حول التعاون القضائي",
    "يتبادل الطرفان المعلومات المتعلقة بالجريمة المنظمة ويعقدان اجتماعا واحدا على الأقل في كل سنة. "
    "وتنظم دورات تكوينية لفائدة الأعوان المكلفين بمراقبة الحدود في البلدين.",
    "تعد اللجنة المشتركة تقريرا سنويا عن تنفيذ هذه المذكرة وتعرضه على الوزيرين المختصين قبل نهاية شهر يونيو.",
]
TEXTS = {"fr": FRENCH, "en": ENGLISH, "ar": ARABIC}
MOST_WRONG = {"fr": 0.05, "en": 0.05, "ar": 0.15}


def page_of(paragraphs: Sequence[str], language: str, dpi: int = 200) -> Any:
    """The paragraphs set as a page, as a picture."""
    import pypdfium2
    from fpdf import FPDF

    page = FPDF()
    page.add_page()
    page.add_font("f", fname=FONTS["ar" if language == "ar" else "fr"])
    page.set_font("f", size=12)
    page.set_text_shaping(use_shaping_engine=True, direction="rtl" if language == "ar" else "ltr")
    for text in paragraphs:
        page.multi_cell(0, 8, text, align="R" if language == "ar" else "L", new_x="LMARGIN", new_y="NEXT")
        page.ln(6)
    document = pypdfium2.PdfDocument(BytesIO(page.output()))
    return document[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")


def scanned(picture: Any, seed: int = 7) -> Any:
    """The picture as a scanner gives it: a little blurred, with grains of dust."""
    noisy = picture.filter(ImageFilter.GaussianBlur(0.6))
    spots, dust = random.Random(seed), noisy.load()
    for _ in range(noisy.width * noisy.height // 2_000):
        dust[spots.randrange(noisy.width), spots.randrange(noisy.height)] = spots.choice((90, 160))
    return noisy


def errors(read: str, known: str) -> float:
    """Character error rate: the fewest insertions, removals and changes, for one character of the known text.

    V. Levenshtein, 1966. White space counts as one space; typographic quotes and dashes as their plain forms.
    """
    plain = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "\u200f": "", "\u200e": ""})
    a, b = (" ".join(text.translate(plain).split()) for text in (read, known))
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1] / len(b)


def test_the_error_rate_counts_characters() -> None:
    """The yardstick itself: one changed, one added, one removed."""
    assert errors("abcd", "abcd") == 0
    assert errors("abxd", "abcd") == errors("abccd", "abcd") == errors("abd", "abcd") == 0.25


@needs_tesseract
@pytest.mark.parametrize("noisy", [False, True], ids=["clean", "scanned"])
@pytest.mark.parametrize("language", TEXTS)
def test_pages_of_known_text_come_back_with_few_errors(
    language: str, noisy: bool, tmp_path: Path, record_property: Any
) -> None:
    """At 200 dots an inch: 5 % of characters at most in French and English, 15 % in Arabic."""
    picture = page_of(TEXTS[language], language)
    path = tmp_path / "page.pdf"
    path.write_bytes(picture_pdf(scanned(picture) if noisy else picture, 200))
    with Worker() as worker:
        document = worker.load(path, "x")
    rate = errors(document.text, "\n".join(TEXTS[language]))
    record_property("character_error_rate", round(rate, 4))
    print(f"{language} {'scanned' if noisy else 'clean'}: {rate:.2%} of characters wrong, {document.quality[0]}")
    assert rate <= MOST_WRONG[language], document.text
    assert document.quality[0].kind == "ocr"
    assert all(section.ocr for section in document.sections)


@needs_tesseract
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_put_upright(turn: int, tmp_path: Path) -> None:
    """Laid on the scanner as it came; the report tells."""
    path = tmp_path / "page.pdf"
    path.write_bytes(picture_pdf(page_of(FRENCH, "fr").rotate(turn, expand=True), 200))
    with Worker() as worker:
        document = worker.load(path, "x")
    assert errors(document.text, "\n".join(FRENCH)) <= 0.05
    assert "rotated" in document.quality[0].notes


@needs_tesseract
def test_a_picture_without_words_is_refused(tmp_path: Path) -> None:
    """Guesses at noise are no text."""
    noise = Image.effect_noise((600, 800), 80)
    path = tmp_path / "page.pdf"
    path.write_bytes(picture_pdf(noise, 72))
    with pytest.raises(UnreadableDocument, match="n’y lit rien de sûr"), Worker() as worker:
        worker.load(path, "x")


@needs_tesseract
def test_a_page_that_costs_too_much_costs_itself_alone(tmp_path: Path) -> None:
    """Its child is ended, and what it started; the reader goes on."""
    path = tmp_path / "page.pdf"
    path.write_bytes(picture_pdf(page_of(FRENCH, "fr"), 200))
    tesseract = Tools.find().tesseract or ""
    for limits in ({"cpu_seconds": 60, "memory_bytes": 100 << 20}, {"cpu_seconds": 0, "memory_bytes": 1 << 30}):
        assert recognise(path, [1], tesseract, **limits)[1].lines == ()
    assert recognise(path, [1, 9], tesseract, cpu_seconds=60, memory_bytes=1 << 30)[9].lines == ()
    slow = tmp_path / "tesseract"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    with Worker(Limits(ocr_seconds=1), Tools(tesseract=str(slow))) as worker:
        with pytest.raises(UnreadableDocument, match="n’y lit rien de sûr"):
            worker.load(path, "x")
        note = tmp_path / "a.txt"
        note.write_text(FRENCH[1])
        assert worker.load(note, "a").sections


def test_nothing_is_looked_for_on_an_empty_page(tmp_path: Path) -> None:
    """The back of a sheet is of one grey, with the grain of a scanner; a page with a stroke on it is read."""
    program, tried = tmp_path / "tesseract", tmp_path / "tried"
    program.write_text(f"#!/bin/sh\n[ $1 = --list-langs ] || touch {tried}\n")
    program.chmod(0o755)
    grain = Image.effect_noise((600, 800), 1.0)
    stroke = grain.copy()
    stroke.paste(20, (100, 100, 300, 110))
    for picture, wanted in ((Image.new("L", (600, 800), 200), False), (grain, False), (stroke, True)):
        (tmp_path / "page.pdf").write_bytes(picture_pdf(picture, 72))
        (read,) = recognise(tmp_path / "page.pdf", [1], str(program), cpu_seconds=60, memory_bytes=1 << 30).values()
        assert (read.lines, tried.exists()) == ((), wanted)


def test_without_tesseract_the_reason_holds_the_command_that_installs_it(tmp_path: Path) -> None:
    """And the report names the page."""
    path = tmp_path / "page.pdf"
    path.write_bytes(picture_pdf(Image.new("L", (600, 800), 200), 72))
    with (
        pytest.raises(UnreadableDocument, match=r"^document numérisé : OCR nécessaire \(apt install tess") as refused,
        Worker(tools=Tools()) as worker,
    ):
        worker.load(path, "x")
    assert [page.kind for page in refused.value.quality] == ["scan"]


def test_tesseract_counts_only_where_it_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Found on the path, or not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Tools.find() == Tools(None, None)
    assert shutil.which("tesseract") is None


HEAD = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext"


def table(*words: tuple[int, int, int, int, float, str]) -> str:
    """Words as (block, line, left, top, confidence, text), each 100 pixels wide and 20 high."""
    rows = [
        f"5\t1\t{block}\t1\t{line}\t{n}\t{left}\t{top}\t100\t20\t{sure}\t{text}"
        for n, (block, line, left, top, sure, text) in enumerate(words)
    ]
    return "\n".join([HEAD, *rows])


def test_the_words_of_a_line_are_joined_and_stains_left_out() -> None:
    """A wide gap is a column; a line below a quarter of confidence is none."""
    read = read_table(
        table((1, 1, 0, 0, 90, "Mali"), (1, 1, 110, 0, 90, "sud"), (1, 1, 500, 0, 90, "1962"), (2, 1, 0, 99, 9, "x")),
        2.0,
        800,
        0,
    )
    assert [line.text for line in read.lines] == ["Mali sud | 1962"]
    assert (read.lines[0].x0, read.lines[0].x1, read.lines[0].y) == (0.0, 300.0, 390.0)
    assert read.confidence == 90.0


def test_a_table_read_by_columns_is_put_back_into_rows() -> None:
    """Tesseract takes columns of short cells for columns of text."""
    columns = [(block, n, 400 * block, 40 * n, 90.0, f"{'abc'[block]}{n}") for block in range(3) for n in range(6)]
    read = read_table(table(*columns), 1.0, 800, 0)
    assert [line.text for line in read.lines] == [f"a{n} | b{n} | c{n}" for n in range(6)]
    assert read_table("", 1.0, 800, 0).lines == ()
