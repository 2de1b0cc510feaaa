"""Pages as pictures for those who may read the document: nobody else, not too many at once, not too much kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from account_fakes import Desk, desk_over
from fastapi.testclient import TestClient
from made_files import pages_pdf
from test_ui_permissions import KEYS, member

from assistant.assistant import Assistant
from assistant.errors import AssistantError, UnknownDocument
from assistant.library import Request
from assistant.originals import Original
from assistant.reader import Reader
from assistant.remote import RemoteAssistant
from corpus.page_picture import NoPicture, PagePicture
from ui import facsimiles
from ui.app import build_app
from ui.facsimiles import Facsimiles
from ui.i18n import words
from ui.leaf import Place, leaf
from ui.visits import Door

ORIGINAL = Original(Path("/t/a.pdf"), "a" * 64)


class Drawer:
    """Draws pages of a thousand bytes, or none; remembers what it was asked."""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails
        self.asked: list[tuple[int, str, bool]] = []

    def __call__(self, path: Path, sha256: str, number: int, quote: str = "", drawn: bool = True) -> PagePicture:
        """As `page_picture`, at once."""
        self.asked.append((number, quote, drawn))
        if self.fails:
            raise NoPicture
        return PagePicture(9, (595.0, 842.0), (), b"RIFF" + b"x" * 996 if drawn else b"")


def over(draw: Any, clock: Callable[[], float] = lambda: 0.0) -> Facsimiles:
    """The pages of one document that a reader of `justice` may read."""

    def original(document: str, reader: Reader | None = None) -> Original:
        if reader is not None and "justice" not in reader.groups:
            raise UnknownDocument(document)
        return ORIGINAL

    return Facsimiles(SimpleNamespace(original=original), draw, clock)  # type: ignore[arg-type]


def test_a_page_is_drawn_once_and_another_quote_only_looked_for() -> None:
    """The picture does not depend on the quote."""
    draw = Drawer()
    pages = over(draw)
    assert pages.page("a", 1, "un", None).picture == b""
    pages.page("a", 1, "un", None)
    assert len(pages.picture("a", 1, None)) == 1000
    pages.page("a", 1, "deux", None)
    assert draw.asked == [(1, "un", True), (1, "deux", False)]


def test_what_is_kept_is_given_to_nobody_who_may_not_read_it() -> None:
    """The question comes before the cache, for the page and for its picture."""
    pages = over(Drawer())
    pages.page("a", 1, "un", Reader(("justice",)))
    for ask in (lambda who: pages.page("a", 1, "un", who), lambda who: pages.picture("a", 1, who)):
        with pytest.raises(UnknownDocument):
            ask(Reader(("finances",)))


def test_a_file_that_somebody_brought_is_found_where_it_is_kept() -> None:
    """Asked for by the hash of its document; nowhere else, no picture."""
    record = SimpleNamespace(id="a", sha256="b" * 64)
    operations = SimpleNamespace(original=lambda *_: None, documents=lambda _: [record])
    asked: list[tuple[Path, str]] = []

    def draw(path: Path, sha256: str, *_: Any) -> PagePicture:
        asked.append((path, sha256))
        return PagePicture(1, (1.0, 1.0), (), b"RIFF")

    kept = {"a": Path("/t/kept.pdf"), "gone": Path("/t/gone.pdf")}
    pages = Facsimiles(operations, draw, brought=kept.get)  # type: ignore[arg-type]
    assert pages.picture("a", 1, None) == b"RIFF"
    assert asked == [(kept["a"], record.sha256)]
    for document in ("gone", "none"):
        with pytest.raises(NoPicture):
            pages.picture(document, 1, None)


def test_pictures_are_kept_up_to_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one not looked at for longest goes."""
    monkeypatch.setattr(facsimiles, "KEPT_BYTES", 2_500)
    draw = Drawer()
    pages = over(draw)
    for number in (1, 2, 1, 3, 1, 2):
        pages.picture("a", number, None)
    assert [number for number, _, _ in draw.asked] == [1, 2, 3, 2]


def test_a_page_that_failed_is_not_tried_again_for_a_while() -> None:
    """Each trial of a hostile file costs what its limits allow."""
    now, draw = [0.0], Drawer(fails=True)
    pages = over(draw, lambda: now[0])
    for _ in range(3):
        with pytest.raises(NoPicture):
            pages.page("a", 1, "", None)
    assert len(draw.asked) == 1
    now[0] += facsimiles.AGAIN_SECONDS
    with pytest.raises(NoPicture):
        pages.page("a", 1, "", None)
    assert len(draw.asked) == 2


def test_few_pages_are_drawn_at_once_and_few_callers_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are told at once that there is no picture, and are not counted as a failure of the page."""
    monkeypatch.setattr(facsimiles, "MOST_WAITING", 3)
    go, begun = threading.Event(), threading.Semaphore(0)

    def slow(path: Path, sha256: str, number: int, quote: str = "", drawn: bool = True) -> PagePicture:
        begun.release()
        assert go.wait(10)
        return PagePicture(9, (1.0, 1.0), (), b"RIFF")

    pages = over(slow)
    threads = [threading.Thread(target=pages.picture, args=("a", number, None)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    assert begun.acquire(timeout=10)
    assert begun.acquire(timeout=10)
    assert not begun.acquire(timeout=0.2)
    with pytest.raises(NoPicture):
        pages.picture("a", 4, None)
    go.set()
    for thread in threads:
        thread.join(10)
    assert pages.picture("a", 4, None) == b"RIFF"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


def test_another_groups_page_is_not_there(product: Assistant, data: Path, desk: Desk) -> None:
    """R-34: with its document's text, through the whole application; with the headers of every answer."""
    (data / "secret.pdf").write_bytes(pages_pdf([["Le sommet zanzibarien se réunira à Lagos."]]))
    (outcome,) = product.ingest(Request((data / "secret.pdf",)))
    product.grant(outcome.id, ["justice"])
    app = build_app(product, Door(desk.opened, KEYS))
    with TestClient(app) as running:

        def come() -> TestClient:
            client = TestClient(app, follow_redirects=False)
            client.portal = running.portal
            return client

        inside, outside = member(come, desk, "amina", "justice"), member(come, desk, "bilal", "finances")
        for path in (f"/pages/1/{outcome.id}?start=3&end=20", f"/pictures/1/{outcome.id}"):
            answer = inside.get(path)
            assert answer.status_code == 200
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert "script-src 'none'" in answer.headers["content-security-policy"]
            assert outside.get(path).status_code == 404
            assert come().get(path).status_code == 303
            assert inside.get(path.replace("/1/", "/2/")).status_code == 404
        assert inside.get(f"/pictures/1/{outcome.id}").headers["content-type"] == "image/webp"
        assert 'class="leaf-mark" id="quote"' in inside.get(f"/pages/1/{outcome.id}?start=3&end=20").text
        product.revoke(outcome.id, ["justice"])
        assert inside.get(f"/pictures/1/{outcome.id}").status_code == 404


def test_the_original_is_told_through_the_socket_and_is_none_for_a_text(served: Any, data: Path) -> None:
    """As it is in this process; a file that has gone is none."""
    pdf = data / "a.pdf"
    pdf.write_bytes(pages_pdf([["La commission siège à Tunis."]]))
    (data / "b.md").write_text("# Titre\n\nLa commission siège à Alger.", "utf-8")
    outcomes = {outcome.path: outcome.id for outcome in served.assistant.ingest(Request((pdf, data / "b.md")))}
    remote: RemoteAssistant = served.remote
    found = remote.original(outcomes[str(pdf)])
    assert found == served.assistant.original(outcomes[str(pdf)])
    assert found is not None
    assert found.path == pdf
    assert remote.original(outcomes[str(data / "b.md")]) is None
    served.assistant.grant(outcomes[str(pdf)], ["justice"])
    for asked in ("nowhere", outcomes[str(pdf)]):
        with pytest.raises(AssistantError, match="Aucun document"):
            remote.original(asked, Reader())
    pdf.unlink()
    assert remote.original(outcomes[str(pdf)]) is None


def test_a_quote_that_is_not_marked_stands_beneath_its_own_page_alone() -> None:
    """A scan has no letters to find it by; the page before it does not hold it at all."""
    page = PagePicture(3, (595.0, 842.0), (), b"")
    hostile = "<script>alert(1)</script>"
    shown = leaf(Place("a", 2, (3, 9), 2), page, hostile, words("fr"), hostile)
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "leaf-beneath" in shown
    assert "leaf-beneath" not in leaf(Place("a", 1, (3, 9), 2), page, hostile, words("fr"), "")
