"""`cooperation doctor` says what keeps the product from serving or from being safe, and what to do about it."""

from __future__ import annotations

import ast
import json
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import Shipped
from packaging.version import Version

from assistant.cli import main
from assistant.upkeep.doctor import Finding, examine, to_json
from assistant.upkeep.egress import Refused, open_connections, watched
from assistant.upkeep.floors import Floor, below, read_floors
from index.records import Records

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def look(model_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs `cooperation doctor --json`: its exit code and its findings by name."""
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))

    def run(data: Path, *more: str, **environ: str) -> tuple[int, dict[str, dict[str, str]]]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = main(["--data", str(data), "doctor", "--json", *more])
        result = json.loads(capsys.readouterr().out)
        assert result["ok"] is (code == 0)
        return code, {check["name"]: check for check in result["checks"]}

    return run


def test_a_sound_installation_beside_its_service_is_fit_to_serve(shipped: Shipped, look: Callable[..., Any]) -> None:
    """Everything is looked at, nothing is wrong, and nothing left the machine."""
    code, checks = look(shipped.data, "--offline")
    assert code == 0, checks
    assert set(checks) == {
        "python", "versions", "settings", "data", "disk", "owner", "database", "model", "index", "mail", "egress",
    }  # fmt: skip
    assert "répond" in checks["owner"]["message"]
    assert "7 documents" in checks["database"]["message"]
    assert {check["state"] for check in checks.values()} == {"ok"}


def test_nothing_is_created_where_nothing_is(tmp_path: Path, look: Callable[..., Any]) -> None:
    """A wrong `--data` is told and stays absent."""
    code, checks = look(tmp_path / "nowhere")
    assert (code, checks["data"]["state"]) == (0, "warning")
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_cannot_be_used_is_told(tmp_path: Path, look: Callable[..., Any]) -> None:
    """By its name."""
    code, checks = look(tmp_path, COOPERATION_PORT="zéro")
    assert (code, checks["settings"]["state"]) == (1, "wrong")
    assert "COOPERATION_PORT" in checks["settings"]["message"]


def test_production_without_a_secret_is_wrong(tmp_path: Path, look: Callable[..., Any]) -> None:
    """What would refuse to start is known before."""
    code, checks = look(tmp_path, COOPERATION_MODE="production")
    assert (code, checks["settings"]["state"]) == (1, "wrong")


def test_a_database_that_others_can_read_is_wrong(tmp_path: Path, look: Callable[..., Any]) -> None:
    """With the command that closes it."""
    sqlite3.connect(tmp_path / "cooperation.db").close()
    (tmp_path / "cooperation.db").chmod(0o644)
    code, checks = look(tmp_path)
    assert (code, checks["data"]["mend"]) == (1, f"chmod 600 {tmp_path / 'cooperation.db'}")


def test_a_database_that_is_none_is_wrong_and_the_other_looks_are_taken(
    tmp_path: Path, look: Callable[..., Any]
) -> None:
    """One broken thing does not hide the others."""
    (tmp_path / "cooperation.db").write_bytes(b"not a database at all" * 500)
    (tmp_path / "cooperation.db").chmod(0o600)
    code, checks = look(tmp_path)
    assert (code, checks["database"]["state"], checks["model"]["state"]) == (1, "wrong", "ok")


def test_a_database_of_an_older_version_is_told_and_left_as_it_is(tmp_path: Path, look: Callable[..., Any]) -> None:
    """To look is not to bring up to date."""
    file = tmp_path / "cooperation.db"
    Records(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    _, checks = look(tmp_path, "--offline")
    assert (checks["index"]["state"], "version antérieure" in checks["index"]["message"]) == ("warning", True)
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def test_a_model_that_cannot_be_loaded_is_wrong(tmp_path: Path, look: Callable[..., Any]) -> None:
    """It names the setting."""
    code, checks = look(tmp_path, "--offline", COOPERATION_EMBEDDING_MODEL=str(tmp_path))
    assert (code, checks["model"]["state"]) == (1, "wrong")
    assert "COOPERATION_EMBEDDING_MODEL" in checks["model"]["message"]


def test_a_mail_server_that_does_not_answer_is_wrong_unless_offline(tmp_path: Path, look: Callable[..., Any]) -> None:
    """On a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    code, checks = look(tmp_path, COOPERATION_SMTP_HOST="127.0.0.1", COOPERATION_SMTP_PORT=port)
    assert (code, checks["mail"]["state"]) == (1, "wrong")
    code, checks = look(tmp_path, "--offline")
    assert (code, checks["mail"]["state"]) == (0, "ok")


def test_a_nearly_full_disk_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: Callable[..., Any]) -> None:
    """Below one gigabyte."""
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**11, 10**11 - 10**8, 10**8))
    code, checks = look(tmp_path)
    assert (code, checks["disk"]["state"]) == (1, "wrong")


# --- nothing leaves --------------------------------------------------------------------------------------------------


def test_a_connection_to_another_machine_is_noted_and_refused() -> None:
    """Before it is made: neither the address nor the name is reached."""
    with watched(refuse=True) as watch:
        with pytest.raises(Refused), socket.socket() as out:
            out.connect(("203.0.113.7", 80))
        with pytest.raises(Refused):
            socket.getaddrinfo("example.org", 443)
    assert watch.attempts == ["203.0.113.7", "example.org"]


def test_this_machine_itself_is_no_other(tmp_path: Path) -> None:
    """Loopback and Unix sockets are let through, also in the system's table."""
    with socket.socket() as server, watched(refuse=True) as watch:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname()):
            assert open_connections() == []
    assert watch.attempts == []


# --- the floors ------------------------------------------------------------------------------------------------------


def test_nothing_installed_is_below_its_floor() -> None:
    """Every package of the table that is here."""
    table = read_floors()
    assert len(table.floors) >= 20
    assert {"gradio", "pypdf", "chromadb", "starlette"} <= {floor.package for floor in table.floors}
    assert below(table.floors) == []


def test_every_floor_names_an_advisory_and_a_version() -> None:
    """A floor without a reason is an opinion."""
    for floor in read_floors().floors:
        assert re.search(r"CVE-\d{4}-\d{4,}|GHSA-\w{4}-\w{4}-\w{4}", floor.advisory), floor
        assert Version(floor.at_least) > Version("0")


def test_a_package_below_its_floor_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions are compared as versions: 7.10 is above 7.9."""
    floors = [Floor("a", "7.10", "CVE-2026-0001"), Floor("b", "7.9", "CVE-2026-0002"), Floor("c", "1", "CVE-2026-0003")]
    versions = {"a": "7.9", "b": "7.10"}
    assert [(floor.package, own) for floor, own in below(floors, versions.get)] == [("a", "7.9")]


@pytest.mark.parametrize(("days", "state"), [(0, "ok"), (45, "ok"), (46, "warning"), (90, "warning"), (91, "wrong")])
def test_an_old_table_is_told(days: int, state: str, tmp_path: Path) -> None:
    """Nobody has looked for new advisories since."""
    today = read_floors().date + timedelta(days=days)
    found = [item for item in examine({"COOPERATION_PORT": "x"}, str(tmp_path), True, today) if item.name == "versions"]
    assert [item.state for item in found] == [state]


def test_the_table_is_not_too_old_to_release() -> None:
    """Read the advisories again, then move its date."""
    assert read_floors().age(date.today()) <= 90


def sources() -> list[Path]:
    return [path for name in ("assistant", "corpus", "evals", "index", "ui") for path in (ROOT / name).rglob("*.py")]


@cache
def names() -> dict[str, Path]:
    """Every dotted name and import of our code, and a module that has it."""
    found: dict[str, Path] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute | ast.Name):
                found[ast.unparse(node)] = path
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found |= dict.fromkeys([alias.name for alias in node.names], path)
                found[getattr(node, "module", None) or ""] = path
    return found


@pytest.mark.parametrize("forbidden", ["chromadb.server", "HttpClient", "AsyncHttpClient", "gr.load", "LoginButton"])
def test_what_is_unsafe_is_never_used(forbidden: str) -> None:
    """Names and imports, in code and not in words about it."""
    using = {name: path for name, path in names().items() if f".{forbidden}." in f".{name}."}
    assert using == {}
    assert {"gr.Blocks", "chromadb"} <= names().keys()


def test_no_code_that_a_model_brings_is_trusted() -> None:
    """`trust_remote_code` is given as `False` or not at all."""
    given = [
        (path, ast.unparse(keyword.value))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "trust_remote_code"
    ]
    assert given
    assert {value for _path, value in given} == {"False"}


def test_findings_are_plain_json() -> None:
    """What a script reads."""
    result = to_json([Finding("a", "ok", "m"), Finding("b", "warning", "m", "do")])
    assert json.loads(json.dumps(result)) == result
    assert result["ok"] is True


def test_looking_opens_no_heavy_door_before_it_is_asked() -> None:
    """The command's module costs nothing to import."""
    heavy = "('sqlalchemy', 'chromadb', 'numpy')"
    code = f"import sys, assistant.upkeep.commands; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
