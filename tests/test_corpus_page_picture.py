"""A page of a PDF as a picture, with a quote marked on it; what a file that means harm costs."""

from __future__ import annotations

import hashlib
import time
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import ARABIC_FONT, bare_pdf, endless_pdf, pages_pdf
from PIL import Image

from corpus.marks import Box, letters_of, lines_of, span
from corpus.page_picture import MOST_BYTES, MOST_PIXELS, NoPicture, PagePicture, page_picture

FRENCH = ["La coopération judi-", "ciaire est confiée à l’oﬃce central. Il se réunit chaque trimestre à Oran."]
ARABIC = [
    "تنظم دورات تكوينية لفائدة الأعوان المكلفين بمراقبة الحدود.",
    "وقد انعقدت الدورة 35 يوم 7 مارس 2018 على الأقل.",
]

needs_arabic = pytest.mark.skipif(not ARABIC_FONT.exists(), reason="no Arabic font: apt install fonts-noto-core")


def drawn(folder: Path, data: bytes, number: int = 1, quote: str = "") -> PagePicture:
    """The page of a file with this content."""
    path = folder / "f.pdf"
    path.write_bytes(data)
    return page_picture(path, hashlib.sha256(data).hexdigest(), number, quote)


def picture(page: PagePicture) -> Image.Image:
    """The page's picture, opened."""
    return Image.open(BytesIO(page.picture)).convert("L")


def ink_under(page: PagePicture, mark: Box) -> bool:
    """Whether something is written where the mark lies."""
    sheet = picture(page)
    left, top, right, bottom = mark
    cut = sheet.crop(
        (int(left * sheet.width), int(top * sheet.height), int(right * sheet.width), int(bottom * sheet.height))
    )
    return cut.getextrema()[0] < 128


def test_a_quote_is_marked_over_a_word_cut_in_two_and_a_ligature(tmp_path: Path) -> None:
    """Two lines, two marks, both on ink; the sentence that follows is left alone."""
    page = drawn(tmp_path, pages_pdf([FRENCH]), 1, "La coopération judiciaire est confiée à l'office central.")
    assert len(page.marks) == 2
    first, second = page.marks
    assert first[3] <= second[1] + 0.001
    assert all(ink_under(page, mark) for mark in page.marks)
    assert second[2] < 0.7
    assert picture(page).size[0] == 1500


@needs_arabic
@pytest.mark.parametrize("shaped", [True, False])
def test_an_arabic_quote_is_marked_in_whatever_order_it_is_stored(tmp_path: Path, shaped: bool) -> None:
    """Lam-alef comes out the wrong way round, or the whole line does: the words are found all the same."""
    data = pages_pdf([ARABIC], arabic=True, shaped=shaped)
    page = drawn(tmp_path, data, 1, ARABIC[1])
    (mark,) = page.marks
    assert ink_under(page, mark)
    (other,) = drawn(tmp_path, data, 1, ARABIC[0]).marks
    assert other[3] <= mark[1] + 0.001


def test_a_quote_that_is_not_on_the_page_marks_nothing(tmp_path: Path) -> None:
    """Nor does one that shares a few words with it."""
    data = pages_pdf([FRENCH])
    assert drawn(tmp_path, data, 1, "Le ministre préside la commission des finances chaque trimestre.").marks == ()
    assert drawn(tmp_path, data, 1, "…").marks == ()


def test_a_quote_over_the_end_of_a_page_is_marked_on_both(tmp_path: Path) -> None:
    """Its beginning on the one, its end on the other."""
    one, two = "Les deux parties échangent chaque année les renseignements", "qui concernent la criminalité organisée."
    data = pages_pdf([["Article premier.", one, "12"], ["Journal officiel", two, "Article deux."]])
    for number in (1, 2):
        (mark,) = drawn(tmp_path, data, number, f"{one} {two}").marks
        assert 0.06 < mark[1] < 0.12


def test_a_page_without_letters_has_its_picture_and_no_mark(tmp_path: Path) -> None:
    """A scan: the words are ink alone."""
    sheet = Image.new("L", (600, 800), 255)
    sheet.paste(0, (100, 100, 500, 120))
    held = BytesIO()
    sheet.save(held, "PDF")
    page = drawn(tmp_path, held.getvalue(), 1, "La coopération judiciaire.")
    assert page.marks == ()
    assert picture(page).getextrema() == (0, 255)


@pytest.mark.parametrize(
    "box", ["0 0 1000000 1000000", "0 0 14400 3", "0 0 3 14400", "0 0 1 1", "0 0 0 0", "0 0 99999999999 1", "5 5 -5 -5"]
)
def test_no_size_that_a_page_claims_makes_a_large_picture(tmp_path: Path, box: str) -> None:
    """There is none, or one of few pixels, within seconds."""
    started = time.monotonic()
    try:
        page = drawn(tmp_path, bare_pdf(box, b"0 0 9999999 9999999 re f"))
    except NoPicture:
        pass
    else:
        width, height = picture(page).size
        assert width * height <= 2 * MOST_PIXELS
        assert len(page.picture) <= MOST_BYTES
    assert time.monotonic() - started < 25


def test_a_page_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form painted ten times by a form painted ten times, and so on: the kernel ends it after its seconds."""
    monkeypatch.setattr("corpus.page_picture.CPU_SECONDS", 1)
    data = endless_pdf()
    started = time.monotonic()
    with pytest.raises(NoPicture):
        drawn(tmp_path, data)
    assert time.monotonic() - started < 8
    assert drawn(tmp_path, endless_pdf(0)).size == (500, 500)


def test_another_file_a_page_too_far_and_no_pdf_have_no_picture(tmp_path: Path) -> None:
    """What is drawn is what was read."""
    data = pages_pdf([FRENCH])
    for number in (0, 2, -1):
        with pytest.raises(NoPicture):
            drawn(tmp_path, data, number)
    with pytest.raises(NoPicture):
        page_picture(tmp_path / "f.pdf", "0" * 64, 1)
    with pytest.raises(NoPicture):
        page_picture(tmp_path / "none.pdf", "0" * 64, 1)
    with pytest.raises(NoPicture):
        drawn(tmp_path, b"%PDF-1.4 nothing")


@given(st.text(), st.text())
def test_what_is_found_is_a_span_of_the_page(page: str, quote: str) -> None:
    """Whatever the two are."""
    found = span(page, quote)
    assert found is None or 0 <= found[0] < found[1] <= len(page)
    held = letters_of(page)
    assert len(held.plain) == len(held.places)
    assert list(held.places) == sorted(held.places)


@given(st.text(), st.text(min_size=1), st.text())
def test_a_quote_that_stands_on_the_page_is_found(before: str, quote: str, after: str) -> None:
    """If it has a letter or a digit at all."""
    assert span(before + quote + after, quote) is not None or not letters_of(quote).plain


@given(
    st.lists(
        st.tuples(*[st.floats(0, 1)] * 4).map(
            lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
        )
    )
)
def test_the_lines_hold_no_more_than_the_letters(boxes: list[Box]) -> None:
    """No line leaves the rectangle of all letters, and there are no more lines than letters."""
    lines = lines_of(boxes)
    assert len(lines) <= len(boxes)
    for left, top, right, bottom in lines:
        assert left <= right
        assert top <= bottom
        assert min(box[0] for box in boxes) <= left
        assert max(box[3] for box in boxes) >= bottom
