"""The page on running it for real, taken at its word: its nginx, its settings, its unit, a server behind them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from account_fakes import OTHER, PASSWORD, desk_over, postgres_cluster

from assistant.accounts.account import CONSOLE
from assistant.accounts.settings import AccountSettings, problems
from assistant.uploads.settings import UploadSettings

PAGE = (Path(__file__).parent.parent / "docs" / "deploy.md").read_text("utf-8")
KEY = "q7Zt0vX2mW9rB4kN6sD1fG8hJ3lP5aYc"
NAME = "questions.example"


def block(title: str, number: int = 0) -> str:
    """An indented block under a heading that begins with `title`, as it would be copied."""
    section = PAGE.split(f"## {title}", 1)[1].split("\n## ", 1)[0]
    lines = list(re.finditer(r"(?:^ {4}.*\n|^\n(?= {4}))+", section, re.MULTILINE))[number]
    return re.sub(r"^ {4}", "", lines.group(), flags=re.MULTILINE)


def environment(text: str) -> dict[str, str]:
    """An environment file as systemd reads it: all that follows `=` is the value."""
    lines = (line for line in text.splitlines() if line and not line.startswith(("#", ";")))
    return {name: value.strip() for name, _, value in (line.partition("=") for line in lines)}


def settings_of_the_page() -> dict[str, str]:
    """The page's settings with what a person fills in."""
    filled = environment(block("Settings"))
    return filled | {"COOPERATION_SECRET_KEYS": KEY, "COOPERATION_SMTP_PASSWORD": "secret"}


def test_the_settings_of_the_page_are_taken_once_filled_in_and_not_before() -> None:
    """R-66: the page itself holds no key that could be left as it is."""
    assert problems(AccountSettings.from_env(settings_of_the_page())) == []
    [missing] = problems(AccountSettings.from_env(environment(block("Settings"))))
    assert "COOPERATION_SECRET_KEYS" in missing


def test_what_the_proxy_lets_through_is_what_the_library_takes() -> None:
    """One sending of as many files as allowed, with a little for the form around them."""
    [most] = re.findall(r"client_max_body_size (\d+)m;.*\n\s+proxy_request_buffering off", block("nginx"))
    limits = UploadSettings()
    assert int(most) == limits.megabytes * limits.files + 1


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    """Also for what it misses: a program that is not there, a word it does not know."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed: apt install systemd")
    unit = tmp_path / "cooperation.service"
    unit.write_text(block("systemd").replace("/srv/cooperation/venv/bin/cooperation", sys.executable), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, told) == (0, [])


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def opened(port: int, process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until a port answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "it ended by itself"
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


@contextmanager
def running(command: list[str], port: int, log: Path, env: dict[str, str] | None = None) -> Iterator[None]:
    """A server of ours until the end of the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=env)
        try:
            opened(port, process, 120)
            yield
        finally:
            process.terminate()
            process.wait(30)


def nginx_conf(folder: Path, secure: int, plain: int, service: int) -> str:
    """The page's servers on ports of this machine, with a certificate of our own; all else stands."""
    asked = f"req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}".split()
    files = ["-keyout", str(folder / "own.key"), "-out", str(folder / "own.pem")]
    subprocess.run(["openssl", *asked, *files], check=True, capture_output=True)
    servers = block("nginx")
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("/etc/ssl/questions.pem", str(folder / "own.pem")),
        ("/etc/ssl/private/questions.key", str(folder / "own.key")),
        ("127.0.0.1:7860", f"127.0.0.1:{service}"),
    ):
        assert old in servers
        servers = servers.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    start = f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    return f"{start}http {{\naccess_log off;\ngzip on;\n{paths}{servers}}}\n"  # Debian's own file says gzip on


class Site:
    """The public address and the service behind it, as a browser and a stranger on the machine reach them."""

    def __init__(self, folder: Path, data: Path, ports: tuple[int, int, int]) -> None:
        self.folder, self.data = folder, data
        self.secure, self.plain, self.service = ports

    def browser(self, origin: str = "127.0.0.1") -> httpx.Client:
        """A browser at an address of this machine that asks for the public name, and believes its certificate."""
        trust = ssl.create_default_context(cafile=str(self.folder / "own.pem"))
        transport = httpx.HTTPTransport(verify=trust, local_address=origin)
        client = httpx.Client(transport=transport, base_url=f"https://127.0.0.1:{self.secure}", timeout=30)
        client.headers["Host"] = NAME

        def named(request: httpx.Request) -> None:
            request.extensions["sni_hostname"] = NAME

        client.event_hooks = {"request": [named]}
        return client

    def link(self) -> str:
        """The path of the first administrator's link, as the log tells it."""
        found = re.search(rf"https://{re.escape(NAME)}(/account/setup\?token=\S+)", self.log())
        assert found, self.log()
        return found.group(1)

    def log(self) -> str:
        """What the service has said."""
        return (self.folder / "service.log").read_text("utf-8")

    def addresses(self, action: str) -> list[str]:
        """The network addresses that the audit log holds for an action."""
        with closing(sqlite3.connect(self.data / "cooperation.db")) as database:
            return [ip for (ip,) in database.execute("SELECT ip FROM audit WHERE action = ? ORDER BY id", (action,))]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Site]:
    """The service of the page's settings behind the page's nginx."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed: apt install nginx-light")
    folder = tmp_path_factory.mktemp("site")
    folder.chmod(0o755)
    data, (secure, plain, service) = folder / "data", (free_port(), free_port(), free_port())
    given = settings_of_the_page() | {"COOPERATION_DATA": str(data), "COOPERATION_CACHE": str(model_cache)}
    given |= {"COOPERATION_PORT": str(service), "COOPERATION_SMTP_HOST": ""}
    given |= {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    command = [sys.executable, "-c", "import sys; from assistant.cli import main; sys.exit(main())"]
    (folder / "nginx.conf").write_text(nginx_conf(folder, secure, plain, service), "utf-8")
    nginx = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    with (
        running([*command, "serve", "--no-ingest"], service, folder / "service.log", given),
        running(nginx, secure, folder / "nginx.log"),
    ):
        yield Site(folder, data, (secure, plain, service))


def post(client: httpx.Client, page: str, path: str, **fields: str) -> httpx.Response:
    """Fill in a form as it stands on its page, as a browser would send it."""
    token = re.search(r'name="form" value="([0-9a-f]+)"', client.get(page).text)
    assert token
    return client.post(path, data={"form": token.group(1), **fields}, headers={"Origin": f"https://{NAME}"})


@pytest.mark.nightly
def test_the_first_administrator_comes_in_through_the_proxy(site: Site) -> None:
    """R-09, R-28, R-30: cookies for https alone, the browser told to keep to it, addresses that cannot be made up."""
    address = site.link()
    with site.browser("127.0.0.3") as browser:
        assert httpx.get(f"http://127.0.0.1:{site.plain}/fiches?a=b", headers={"Host": NAME}).headers["location"] == (
            f"https://{NAME}/fiches?a=b"
        )
        first = browser.get("/account/login")
        assert first.headers["strict-transport-security"] == "max-age=31536000"
        assert "content-encoding" not in first.headers
        assert "/" not in first.headers.get("server", "")
        fields = {"token": address.partition("=")[2], "identifier": "cheffe", "email": "cheffe@example.org"}
        assert post(browser, address, "/account/setup", password=PASSWORD, **fields).status_code == 200
        made_up = {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7"}
        browser.headers.update(made_up)
        assert post(browser, "/account/login", "/account/login", name="cheffe", password=OTHER).status_code != 303
        entered = post(browser, "/account/login", "/account/login", name="cheffe", password=PASSWORD)
        assert entered.status_code == 303
        [cookie] = [text for text in entered.headers.get_list("set-cookie") if text.startswith("__Host-session=")]
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; ")[1:])
        assert "samesite=lax" in cookie.lower()
        assert browser.get("/admin").status_code == 200
        chat = browser.get("/").text
        assert "Mon compte" in chat
        assert f"http://{NAME}" not in chat  # what it fetches, it fetches by https
        assert set(site.addresses("login-failed")) == {"127.0.0.3"}
        assert browser.get("/", headers={"Host": "evil.example"}).status_code == 400
        streams_at_once(browser)
        limits_hold(browser)


def streams_at_once(browser: httpx.Client) -> None:
    """What the page is told comes while its stream is open."""
    with browser.stream("GET", "/gradio_api/heartbeat/hers") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        began = time.monotonic()
        assert next(stream.iter_raw())
        assert time.monotonic() - began < 10


def limits_hold(browser: httpx.Client) -> None:
    """A long body ends at the proxy, but where files are sent."""
    long = b"a" * 2_000_000
    refused, taken = (browser.post(path, content=long) for path in ("/account/login", "/bibliotheque/envoi"))
    assert (refused.status_code, "nginx" in refused.text) == (413, True)
    assert (taken.status_code, "nginx" in taken.text) != (413, True)
    assert taken.headers["strict-transport-security"]


@pytest.mark.nightly
def test_what_the_service_said_meanwhile_is_json_without_a_secret(site: Site) -> None:
    """R-67: but for the link of the first administrator, which is printed, once, to be used."""
    lines = [line for line in site.log().splitlines() if line.startswith("{")]
    assert {"cooperation.audit"} <= {json.loads(line)["logger"] for line in lines}
    said = site.log().replace(site.link(), "")
    assert not [secret for secret in (PASSWORD, OTHER, KEY, "token=") if secret in said]
    told = [line for line in said.splitlines() if line not in lines]
    assert len(told) == 3, told  # that link, the address, how to stop it


@pytest.mark.nightly
def test_only_the_proxy_is_believed_about_where_somebody_comes_from(site: Site) -> None:
    """R-30: another address of this machine, straight to the service."""
    transport = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{site.service}") as stranger:
        stranger.headers.update({"Host": NAME, "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"})
        page = stranger.get("/account/login")
        token = re.search(r'name="form" value="([0-9a-f]+)"', page.text)
        assert token
        kept = page.headers["set-cookie"].partition(";")[0]
        stranger.post(
            "/account/login",
            data={"form": token.group(1), "name": "cheffe", "password": "x" * 20},
            headers={"Cookie": kept, "Origin": f"https://{NAME}"},
        )
    assert site.addresses("login-failed")[-1] == "127.0.0.2"


def as_postgres(lines: str, socket_folder: str, kept: Path) -> None:
    """Carry out the lines that PostgreSQL's own user runs, on a cluster of this test; the other lines are left out."""
    env = {**os.environ, "PGHOST": socket_folder, "PGUSER": "postgres"}
    for line in lines.splitlines():
        command = line.removeprefix("sudo ").removeprefix("-u postgres ").replace("runuser -u postgres -- ", "")
        if "postgres" not in line.partition("pip install")[0]:
            continue
        command = command.replace("/srv/cooperation", str(kept))
        typed = "mot-de-passe\nmot-de-passe\n"  # no terminal: it is read from here
        done = subprocess.run(
            ["sh", "-c", command], input=typed, env=env, capture_output=True, text=True, start_new_session=True
        )
        assert done.returncode == 0, (line, done.stderr)


@pytest.mark.nightly
def test_the_lines_on_postgresql_make_a_database_keep_it_and_put_it_back(tmp_path: Path) -> None:
    """As written: who came after the copy is gone with the rollback, who was there before is not."""
    with postgres_cluster() as cluster:
        socket_folder = cluster.partition("host=")[2]
        as_postgres(block("PostgreSQL"), socket_folder, tmp_path)
        url = f"postgresql+psycopg://cooperation:mot-de-passe@/cooperation?host={socket_folder}"
        with desk_over(url, tmp_path) as desk:
            desk.member("amel")
        as_postgres(block("Upgrade and rollback"), socket_folder, tmp_path)
        assert (tmp_path / "database.before").stat().st_mode & 0o077 == 0
        with desk_over(url, tmp_path) as desk:
            desk.member("lena")
        as_postgres(block("Upgrade and rollback", 1), socket_folder, tmp_path)
        with desk_over(url, tmp_path) as desk:
            assert [one.identifier for one in desk.opened.administration.accounts(CONSOLE)] == ["amel"]
            assert desk.enter("amel")
