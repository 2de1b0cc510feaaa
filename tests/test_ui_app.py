"""The web application as it is built: what it serves, what it refuses, and what every response says."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount
from test_ui_chat import FakeAssistant

import ui
from ui import chat
from ui.app import MOUNTED, build_app
from ui.widgets import gr

STATIC = Path(ui.__file__).parent / "static"
NEEDED = ["/", "/theme.css", "/healthz", "/ui/app.css", "/ui/app.js", "/ui/mark.svg", "/documents/cmai"]
CLOSED = [
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/config",
    "/openapi.json",
    "/docs",
    "/redoc",
    "/login",
    "/gradio_api/upload_progress",
    "/gradio_api/app_id",
    "/monitoring",
    "/manifest.json",
    "/gradio_api/call/ask/1",
    "/gradio_api/mcp/",
    "/gradio_api/runs",
    "/robots.txt",
    "/ui/../app.py",
]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return build_app(FakeAssistant())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def blocks_of(app: FastAPI) -> gr.Blocks:
    """The Gradio application that is mounted at the root."""
    [mounted] = [route.app for route in app.routes if isinstance(route, Mount) and route.path == ""]
    blocks = mounted.get_blocks()  # type: ignore[attr-defined]
    assert isinstance(blocks, gr.Blocks)
    return blocks


def test_gradio_is_set_as_the_requirements_say(app: FastAPI) -> None:
    blocks = blocks_of(app)
    assert blocks.run_history is False
    assert blocks.show_error is False
    assert blocks.footer_links == []
    assert blocks.analytics_enabled is False
    assert not blocks.share
    assert not blocks.ssr_mode
    assert not getattr(blocks, "mcp_server", False)
    assert not blocks.enable_monitoring
    assert blocks.allowed_paths == []
    assert blocks.max_file_size is not None
    assert blocks.api_open is False
    assert blocks._queue.max_size is not None
    assert all(fn.api_visibility == "private" for fn in blocks.fns.values())
    assert MOUNTED["mcp_server"] is False


def test_what_is_shown_is_sanitised_again_by_the_browser(app: FastAPI) -> None:
    shown = [block for block in blocks_of(app).blocks.values() if isinstance(block, gr.Markdown)]
    assert shown
    assert all(block.sanitize_html and block.latex_delimiters == [] for block in shown)
    assert not [block for block in blocks_of(app).blocks.values() if isinstance(block, gr.HTML)]


@pytest.mark.parametrize("path", NEEDED)
def test_every_response_carries_the_headers(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert_headers(response.headers)


@pytest.mark.parametrize("path", CLOSED)
def test_what_the_page_does_not_need_is_not_there(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert_headers(response.headers)


@pytest.mark.parametrize(
    "path", ["/gradio_api/upload", "/gradio_api/run/ask", "/gradio_api/call/ask", "/api/ask", "/login"]
)
def test_nothing_can_be_posted_but_an_event_of_the_page(client: TestClient, path: str) -> None:
    assert client.post(path, json={"data": []}).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 404


def assert_headers(headers: object) -> None:
    """The headers of every response."""
    get = headers.get  # type: ignore[attr-defined]
    policy = dict(item.split(" ", 1) for item in get("content-security-policy").split("; "))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == policy["font-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert get("x-content-type-options") == "nosniff"
    assert get("referrer-policy") == "same-origin"
    assert get("cross-origin-opener-policy") == "same-origin"
    assert get("access-control-allow-origin") is None


def test_every_script_of_the_page_has_the_nonce_of_its_response(client: TestClient) -> None:
    nonces = set()
    for _ in range(2):
        response = client.get("/")
        [nonce] = re.findall(r"'nonce-([^']+)'", response.headers["content-security-policy"])
        scripts = re.findall(r"<script[^>]*>", response.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        nonces.add(nonce)
    assert len(nonces) == 2


def test_a_compressed_page_is_dressed_all_the_same(client: TestClient) -> None:
    response = client.get("/", headers={"Accept-Encoding": "br, gzip"})
    assert "content-encoding" not in response.headers
    assert "/ui/app.css" in response.text


def test_the_page_names_no_other_origin(client: TestClient) -> None:
    page = client.get("/").text
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r"""(?:src|href|content|url)\s*[=(]\s*["']?https?:""", markup)
    assert "og:image" not in page
    assert "<base" not in page


@pytest.mark.parametrize("path", ["/", "/documents/cmai", "/gradio_api/queue/join"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_foreign_origin_may_read_anything(client: TestClient, method: str, path: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = client.request(method, path, headers=asked)
    assert "access-control-allow-origin" not in response.headers
    assert "access-control-allow-credentials" not in response.headers


def test_a_request_that_another_site_posts_is_refused(client: TestClient) -> None:
    response = client.post("/gradio_api/queue/join", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0:7860"])
def test_another_host_name_is_refused(client: TestClient, host: str) -> None:
    response = client.get("/", headers={"Host": host})
    assert response.status_code == 400
    assert_headers(response.headers)


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1:7860", "[::1]:7860"])
def test_this_machine_is_served_by_all_its_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).text == "ok"


def test_a_websocket_is_refused(client: TestClient) -> None:
    with pytest.raises(Exception), client.websocket_connect("/gradio_api/queue/join"):  # noqa: B017, PT011
        pass


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_the_page_opens_in_the_language_chosen_before(app: FastAPI, language: str, direction: str) -> None:
    with TestClient(app, cookies={"language": language, "theme": "dark"}) as client:
        for path in ("/", "/documents/cmai"):
            assert f'<html lang="{language}" dir="{direction}" data-theme="dark"' in client.get(path).text


@pytest.mark.parametrize("cookie", ['"><script>', "de", ""])
def test_a_cookie_that_is_not_ours_changes_nothing(app: FastAPI, cookie: str) -> None:
    with TestClient(app, headers={"Cookie": f"language={cookie}; theme={cookie}"}) as client:
        page = client.get("/").text
    assert '<html lang="fr" dir="ltr"' in page
    assert "data-theme" not in page[:200]


def test_a_document_opens_at_its_quote(client: TestClient) -> None:
    page = client.get("/documents/cmai?start=42&end=66").text
    assert '<mark id="quote">' in page
    assert "<h1" in page
    assert "script-src 'none'" in client.get("/documents/cmai").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/documents/nope", "/documents/..%2F..%2Fetc%2Fpasswd", "/documents/%00"])
def test_a_document_that_is_not_there_says_so(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "Document introuvable" in response.text


def test_a_failure_of_ours_gives_a_number_and_hides_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    assistant = FakeAssistant()
    assistant.text = lambda document, reader=None: 1 / 0  # type: ignore[assignment, method-assign, return-value]
    with TestClient(build_app(assistant), raise_server_exceptions=False) as client, caplog.at_level(logging.ERROR):
        response = client.get("/documents/cmai")
    assert response.status_code == 500
    assert_headers(response.headers)
    [reference] = re.findall(r"Référence ([0-9a-f]{8})", response.text)
    assert reference in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "division" not in response.text


def test_a_wrong_offset_is_refused_without_a_trace(client: TestClient) -> None:
    response = client.get("/documents/cmai?start=abc")
    assert response.status_code == 422
    assert "Traceback" not in response.text


@pytest.mark.parametrize("offsets", ["start=-5&end=3", "start=9&end=2", "start=1&end=99999999"])
def test_any_numbers_give_a_page(client: TestClient, offsets: str) -> None:
    assert client.get(f"/documents/cmai?{offsets}").status_code == 200


def test_our_own_files_name_no_other_origin() -> None:
    for name in ("app.css", "app.js"):
        text = (STATIC / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text
        assert "//cdn" not in text


def test_the_fonts_are_small_and_come_with_their_licences() -> None:
    fonts = STATIC / "fonts"
    assert sum(path.stat().st_size for path in fonts.glob("*.woff2")) < 600_000
    for family in ("source-sans-3", "noto-sans-arabic"):
        assert "SIL Open Font License" in (fonts / f"{family}-LICENSE.txt").read_text("utf-8")
        assert list(fonts.glob(f"{family}-*.woff2"))
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', (STATIC / "app.css").read_text("utf-8")))
    assert named == {path.name for path in fonts.glob("*.woff2")}


def palettes() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The light palette, the dark one as chosen, and the dark one as the machine asks."""
    css = (STATIC / "app.css").read_text("utf-8")
    found = [
        dict(re.findall(r"--([a-z-]+):\s*([^;]+);", block))
        for block in re.findall(r":root[^{]*\{([^}]*--paper[^}]*)\}", css)
    ]
    assert len(found) == 3
    return found[0], found[1], found[2]


def test_the_two_ways_into_the_dark_theme_look_the_same() -> None:
    light, chosen, asked = palettes()
    assert chosen == asked
    assert set(light) == set(chosen)
    assert light["ink"] == "#1d2433"
    assert light["paper"] == "#fbfbf8"


PAIRS = [
    (text, ground) for ground in ("paper", "panel", "raised") for text in ("ink", "soft", "faint", "accent", "amber")
] + [("on-accent", "accent"), ("on-accent", "accent-strong"), ("mark-ink", "mark"), ("accent", "accent-soft")]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_word_can_be_read_on_its_ground(theme: int, text: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3: contrast of at least 4.5 to 1."""
    palette = palettes()[theme]
    bright, dim = sorted((luminance(palette[text]), luminance(palette[ground])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_question_box_takes_what_the_handler_takes(app: FastAPI) -> None:
    boxes = [block for block in blocks_of(app).blocks.values() if isinstance(block, gr.Textbox)]
    [box] = [block for block in boxes if block.elem_id == "question"]
    assert box.max_length == chat.LONGEST_QUESTION
