"""The interface's words: the three languages say the same things, and nothing is said outside them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import ui
from corpus.frameworks import read_frameworks
from ui.i18n import LANGUAGES, PLURALS, plural_form, words

FOLDER = Path(ui.__file__).parent
CODE = sorted(path for path in FOLDER.rglob("*.py") if path.name != "commands.py")  # the terminal speaks French inline
FORMS = {"zero", "one", "two", "few", "many", "other"}
NAMES = ("cooperation ingest", "Source Sans 3", "Noto Sans Arabic")
"""A command and the typefaces: no words of any language."""


def base(key: str) -> str:
    """A plural's key without its form."""
    head, _, form = key.rpartition(".")
    return head if form in FORMS else key


def fields(text: str) -> set[str]:
    """The names to fill in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_key_and_no_empty_words(language: str) -> None:
    keys = {base(key) for key in words(language).table}
    everywhere = {base(key) for other in LANGUAGES for key in words(other).table}
    assert keys == everywhere
    assert all(text.strip() for text in words(language).table.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_the_forms_of_its_language(language: str) -> None:
    table = words(language).table
    plurals = {base(key) for key in table if base(key) != key}
    assert plurals
    for key in plurals:
        assert {name.rpartition(".")[2] for name in table if base(name) == key} == set(PLURALS[language])
        for n in (0, 1, 2, 5, 11, 100):
            assert words(language).count(key, n)


def test_what_is_filled_in_is_the_same_in_every_language() -> None:
    for key in {base(key) for key in words("fr").table}:
        wanted = [
            set().union(*(fields(text) for name, text in words(language).table.items() if base(name) == key))
            for language in LANGUAGES
        ]
        assert all(names == wanted[0] for names in wanted), key


def test_every_framework_has_an_example_question() -> None:
    ids = {framework.id for framework in read_frameworks()}
    for language in LANGUAGES:
        assert {key.split(".")[1] for key in words(language).table if key.startswith("examples.")} == ids


def test_every_key_is_used_and_every_key_used_exists() -> None:
    code = "".join(path.read_text("utf-8") for path in (*CODE, *FOLDER.glob("templates/*.html")))
    table = {base(key) for key in words("fr").table}
    named = {
        found
        for found in re.findall(r"""["']([a-z]+(?:\.[a-z_0-9]+)+)["']""", code)
        if found.split(".")[0] in {key.split(".")[0] for key in table}
    }
    built = {
        "verdict.",
        "keys.",
        "languages.",
        "examples.",
        "working.",
        "date.month",
        "mistakes.",
        "notes.",
        "refused.",
        "history.",
        "opinion.reasons.",
        "admin.",
        "api.",
        "evaluations.",
        "library.states.",
        "library.refusals.",
        "library.mistakes.",
        "library.kinds.",
        "library.notes.",
    }
    unknown = {key for key in named if key not in table and key not in words("fr").table}
    assert not unknown
    forgotten = {key for key in table if key not in named and not key.startswith(tuple(built))}
    assert not forgotten


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_no_words_for_a_person_are_written_in_the_code(path: Path) -> None:
    for text in constants(ast.parse(path.read_text("utf-8"))):
        plain = re.sub(r"<[^>]*>?|" + "|".join(NAMES), " ", text)
        assert not re.search(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}", plain), text
        assert path.name == "typeset.py" or not re.search(r"[À-ÖØ-öø-ÿ\u0600-\u06ff]", plain), text


def test_the_page_script_says_nothing_of_its_own() -> None:
    script = "".join((FOLDER / "static" / name).read_text("utf-8") for name in ("app.js", "trouble.js", "library.js"))
    code = re.sub(r"^\s*//.*$|\s//\s.*$", "", script, flags=re.MULTILINE)
    for text in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'", code):
        assert not re.search(r"\b[A-Z]?[a-zé]{3,} [a-zé]{3,} [a-zé]{2,}", "".join(text)), text
    assert "innerHTML" not in code
    assert "fetch(" not in (FOLDER / "static" / "app.js").read_text("utf-8")


@pytest.mark.parametrize(
    ("n", "form"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "two"),
        (3, "few"),
        (10, "few"),
        (11, "many"),
        (99, "many"),
        (100, "other"),
        (103, "few"),
        (111, "many"),
    ],
)
def test_arabic_counts_in_six_forms(n: int, form: str) -> None:
    assert plural_form("ar", n) == form


def test_dates_are_written_as_each_language_does() -> None:
    assert [words(language).date("2018-03-01") for language in LANGUAGES] == [
        "1er mars 2018",
        "1 مارس 2018",
        "1 March 2018",
    ]
    assert words("fr").date("") == ""
    assert words("fr").date("2018-13-01") == "2018-13-01"


def test_an_unknown_language_is_french() -> None:
    assert words("de").language == "fr"


def constants(tree: ast.Module) -> list[str]:
    """The texts of a module that are not docstrings; the parts of an f-string as one."""
    found: list[str] = []
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {part for part in ast.walk(node) if isinstance(part, ast.Constant)}
            parts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
            found.append("".join(str(part) for part in parts))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            found.append(node.value)
    return found
