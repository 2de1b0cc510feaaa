"""The manifest, frameworks and glossary that ship hold together, and a broken one is refused by name."""

import re
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from corpus.errors import ManifestError
from corpus.frameworks import GENERAL, LANGUAGES, Body, Framework, read_frameworks
from corpus.glossary import read_glossary
from corpus.make_pdfs import PRODUCER, make_pdfs, read_blocks, render, sources
from corpus.manifest import read_manifest, refresh, shipped_texts, verify

ENTRY = {
    "id": '"note"',
    "file": '"note.md"',
    "title": '"Une note"',
    "framework": '"maghreb"',
    "language": '"fr"',
    "source": '"Ministère"',
    "date": "2015-03-11",
    "sha256": '"0"',
}


def everything_named() -> list[Framework | Body]:
    """The frameworks, then their bodies."""
    frameworks = read_frameworks()
    return [*frameworks, *(body for framework in frameworks for body in framework.bodies)]


def write_manifest(folder: Path, *entries: dict[str, str]) -> Path:
    """A folder with `note.md` and a manifest of the given entries, as TOML values."""
    (folder / "note.md").write_text("# Une note\n", encoding="utf-8")
    tables = ("[[document]]\n" + "".join(f"{key} = {value}\n" for key, value in entry.items()) for entry in entries)
    (folder / "manifest.toml").write_text("\n".join(tables), encoding="utf-8")
    return folder


def test_the_shipped_texts_are_those_of_their_manifest() -> None:
    """Every shipped text has the hash its entry gives, and no file is left unnamed."""
    verify(shipped_texts())


def test_every_framework_has_a_text_and_the_introduction_has_none() -> None:
    """The seven texts cover the six frameworks once each; the introduction is general."""
    used = [entry.framework for entry in read_manifest(shipped_texts())]
    assert sorted(used) == sorted([GENERAL, *(framework.id for framework in read_frameworks())])
    assert len(used) == 7


def test_the_shipped_entries_are_complete() -> None:
    """Texts are French and titled as they title themselves; none says a date of its own, so none is given one."""
    for entry in read_manifest(shipped_texts()):
        folder = shipped_texts() if entry.file.endswith(".md") else sources()
        text = (folder / entry.file).with_suffix(".md").read_text(encoding="utf-8")
        assert (entry.language, entry.date) == ("fr", None)
        assert text.startswith(f"# {entry.title}\n")


def test_two_of_the_texts_are_pdf_of_two_pages_or_more() -> None:
    """Citations of a page are exercised by texts that have several."""
    files = [entry.file for entry in read_manifest(shipped_texts()) if entry.file.endswith(".pdf")]
    assert len(files) >= 2
    assert all(len(PdfReader(shipped_texts() / file).pages) >= 2 for file in files)


def test_pdfs_rebuild_to_the_same_bytes(tmp_path: Path) -> None:
    """What the sources give is what ships, byte for byte; with another fpdf2, two runs still give the same."""
    made = make_pdfs(tmp_path)
    first = {path.name: path.read_bytes() for path in made}
    assert {path.name: path.read_bytes() for path in make_pdfs(tmp_path)} == first
    assert {path.name for path in made} == {path.name for path in shipped_texts().glob("*.pdf")}
    for path in made:
        shipped = shipped_texts() / path.name
        metadata = PdfReader(shipped).metadata
        if metadata and metadata.producer == PRODUCER:
            assert first[path.name] == shipped.read_bytes(), "run python -m corpus.make_pdfs"


def test_a_pdf_says_what_its_source_says() -> None:
    """Extraction gives back every word, accent and quotation mark, and each block of the source on one page."""
    for source in sources().glob("*.md"):
        pages = [
            " ".join(page.extract_text().split()) for page in PdfReader(shipped_texts() / f"{source.stem}.pdf").pages
        ]
        for block in read_blocks(source.read_text(encoding="utf-8")):
            assert sum(block.text in page for page in pages) >= 1, block.text


@pytest.mark.parametrize("line", ["### Trop bas", "1. Numéroté", "| a | b |", "> cité", "  - imbriqué"])
def test_markdown_that_cannot_be_drawn_is_refused(line: str) -> None:
    """The renderer would rather stop than lose a shape it does not know."""
    with pytest.raises(ValueError, match=re.escape(repr(line))):
        render(f"# Titre\n\n{line}\n")


def test_a_long_paragraph_moves_whole_to_the_next_page(tmp_path: Path) -> None:
    """A heading is never left at the foot of a page, nor a paragraph cut in two."""
    long = "Une phrase revient ici. " * 20
    (tmp_path / "long.pdf").write_bytes(render("# Titre\n\n" + f"## Partie\n\n{long.strip()}\n\n" * 6))
    for page in PdfReader(tmp_path / "long.pdf").pages:
        text = " ".join(page.extract_text().split())
        assert text.count("Une phrase revient ici.") % 20 == 0
        assert not re.search(r"Partie \d+$", text)


def test_an_entry_is_read_as_its_values(tmp_path: Path) -> None:
    """A manifest in order gives its entries, the date as a date."""
    (entry,) = read_manifest(write_manifest(tmp_path, ENTRY))
    assert (entry.id, entry.file, entry.framework, entry.date) == ("note", "note.md", "maghreb", date(2015, 3, 11))


def test_a_text_without_a_date_of_its_own_has_none(tmp_path: Path) -> None:
    """The key is left out, and nothing else takes its place."""
    (entry,) = read_manifest(write_manifest(tmp_path, {key: value for key, value in ENTRY.items() if key != "date"}))
    assert entry.date is None


@pytest.mark.parametrize("key", [key for key in ENTRY if key not in ("id", "date")])
def test_a_missing_key_names_the_file_the_entry_and_the_key(tmp_path: Path, key: str) -> None:
    """The message says where to write what."""
    folder = write_manifest(tmp_path, {name: value for name, value in ENTRY.items() if name != key})
    with pytest.raises(ManifestError, match=rf"manifest\.toml, 'note': .*'{key}'"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"framework": '"ligue"'}, "'note': 'ligue' is no framework; known are .*maghreb"),
        ({"language": '"de"'}, "'note': 'de' is no language of ours"),
        ({"file": '"../note.md"'}, "'note': 'file' is a name in the manifest's folder"),
        ({"file": '"/etc/note.md"'}, "'note': 'file' is a name in the manifest's folder"),
        ({"file": '".."'}, "'note': 'file' is a name in the manifest's folder"),
        ({"date": '"2015-03-11"'}, "'note': give 'date' as a day"),
        ({"date": "2015-03-11T10:00:00"}, "'note': give 'date' as a day"),
        ({"id": '"Une note"'}, "'Une note': an id is made of small letters"),
        ({"id": "3"}, "document 1: give it an 'id'"),
        ({"title": '" "'}, "'note': give 'title' as text"),
        ({"title": "3 3"}, "cannot be read"),
    ],
)
def test_a_wrong_value_names_the_entry(tmp_path: Path, change: dict[str, str], message: str) -> None:
    """An entry that breaks a rule is refused with its name and the rule."""
    with pytest.raises(ManifestError, match=rf"^manifest\.toml.*{message}"):
        read_manifest(write_manifest(tmp_path, ENTRY | change))


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    """Two documents never share an id."""
    with pytest.raises(ManifestError, match="'note': this id is used twice"):
        read_manifest(write_manifest(tmp_path, ENTRY, ENTRY))


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    """A text is one document."""
    with pytest.raises(ManifestError, match=r"'note\.md' is named by two entries"):
        read_manifest(write_manifest(tmp_path, ENTRY, ENTRY | {"id": '"autre"'}))


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    """The error names the file that is not there."""
    with pytest.raises(ManifestError, match=r"manifest\.toml: cannot be read"):
        read_manifest(tmp_path)


def test_a_changed_text_is_refused_until_its_hash_is_refreshed(tmp_path: Path) -> None:
    """Verification fails on another text, and passes once the hash is brought up to date; refreshing again is idle."""
    folder = write_manifest(tmp_path, ENTRY)
    with pytest.raises(ManifestError, match=r"'note': 'note\.md' is not the text that was hashed"):
        verify(folder)
    assert refresh(folder) == ("note.md",)
    verify(folder)
    assert refresh(folder) == ()


def test_refreshing_one_hash_leaves_the_others(tmp_path: Path) -> None:
    """Only the entry of the file changes, wherever it stands in the manifest."""
    other = ENTRY | {"id": '"autre"', "file": '"autre.md"'}
    folder = write_manifest(tmp_path, other, ENTRY)
    (folder / "autre.md").write_text("# Autre\n", encoding="utf-8")
    refresh(folder)
    before = {entry.file: entry.sha256 for entry in read_manifest(folder)}
    (folder / "autre.md").write_text("# Encore autre\n", encoding="utf-8")
    assert refresh(folder) == ("autre.md",)
    after = {entry.file: entry.sha256 for entry in read_manifest(folder)}
    assert after["note.md"] == before["note.md"]
    assert after["autre.md"] != before["autre.md"]


@pytest.mark.parametrize(
    ("name", "message"), [("note.md", "'note.md' cannot be read"), (None, "name or remove reste.md")]
)
def test_a_missing_or_unnamed_text_is_refused(tmp_path: Path, name: str | None, message: str) -> None:
    """The folder and its manifest list the same files."""
    folder = write_manifest(tmp_path, ENTRY)
    refresh(folder)
    if name:
        (folder / name).unlink()
    else:
        (folder / "reste.md").write_text("# Reste\n", encoding="utf-8")
    with pytest.raises(ManifestError, match=message):
        verify(folder)


def test_every_framework_and_body_is_named_in_three_languages() -> None:
    """Six frameworks, each with its bodies, all named in French, Arabic and English; ids are unique."""
    named = everything_named()
    assert len(read_frameworks()) == 6
    assert len({one.id for one in named}) == len(named)
    for one in named:
        assert all(one.names[language].strip() for language in LANGUAGES), one.id
        assert set(one.acronyms) == set(LANGUAGES), one.id
        assert re.search("[\u0600-\u06ff]", one.names["ar"]), one.id


def test_every_acronym_of_a_framework_is_a_form_of_the_glossary() -> None:
    """Acronyms of frameworks and bodies widen a search only if the glossary knows them."""
    forms = {form for term in read_glossary() for words in term.forms.values() for form in words}
    for one in everything_named():
        for words in one.acronyms.values():
            assert set(words) <= forms, one.id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[framework]]\nid = "x"\nnames.fr = "X"\nnames.en = "X"\n', "'x': give 'names' in fr, ar, en"),
        ('[[framework]]\nid = "x"\n', "'x': give 'names'"),
        ('[[framework]]\nnames.fr = "X"\n', "framework 1: give it an 'id'"),
        ('framework = "x"\n', r"write each framework as a \[\[framework\]\] table"),
        (
            '[[framework]]\nid = "x"\nnames = {fr = "X", ar = "X", en = "X"}\nacronyms.fr = "X"\n',
            "'x', 'fr': give a list of words",
        ),
        (
            '[[framework]]\nid = "x"\nnames = {fr = "X", ar = "X", en = "X"}\n[[framework.body]]\n',
            "body 1: give it an 'id'",
        ),
    ],
)
def test_a_broken_framework_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    """The message names the file and the framework to mend."""
    (tmp_path / "frameworks.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError, match=rf"^frameworks\.toml.*{message}"):
        read_frameworks(tmp_path / "frameworks.toml")


def test_the_glossary_joins_the_forms_of_a_name() -> None:
    """A name met in one language is found under the same term in the others."""
    terms = {form: term.id for term in read_glossary() for words in term.forms.values() for form in words}
    for group in (
        ("CMAI", "CMIA", "AIMC", "Council of Arab Interior Ministers", "مجلس وزراء الداخلية العرب"),
        ("UMA", "AMU", "Union du Maghreb arabe", "اتحاد المغرب العربي"),
        ("OTAN", "NATO", "حلف شمال الأطلسي", "الناتو"),
        ("PNUD", "UNDP"),
        ("PAM", "WFP"),
        ("ONUDC", "UNODC"),
        ("UE", "EU"),
        ("UA", "AU"),
        ("ONU", "UN"),
        ("ODD", "SDG"),
        ("Cyber-Sud", "CyberSouth"),
        ("Conseil de l'Europe", "CoE"),
        ("5+5", "Dialogue 5+5", "حوار 5+5"),
    ):
        assert len({terms[form] for form in group}) == 1, group


def test_every_term_of_the_glossary_has_forms_in_three_languages() -> None:
    """No term is left without a form in French, Arabic or English, and none repeats one in a language."""
    for term in read_glossary():
        for language in LANGUAGES:
            assert term.forms[language], (term.id, language)
            assert len(set(term.forms[language])) == len(term.forms[language]), (term.id, language)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[term]]\nid = "x"\n', "'x': give at least one form"),
        ('[[term]]\nid = "x"\nde = ["X"]\n', "'x': words are given by language"),
        ('[[term]]\nid = "x"\nfr = "X"\n', "'x', 'fr': give a list of words"),
        ('[[term]]\nid = "x"\nfr = ["X"]\n[[term]]\nid = "y"\nen = ["X"]\n', "'y': 'X' already belongs to 'x'"),
        ('[[term]]\nid = "x"\nfr = ["X"]\n[[term]]\nid = "x"\nfr = ["Y"]\n', "'x': this id is used twice"),
        ("[[term]\n", "cannot be read"),
    ],
)
def test_a_broken_term_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    """The message names the file and the term to mend."""
    (tmp_path / "glossary.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError, match=rf"^glossary\.toml.*{message}"):
        read_glossary(tmp_path / "glossary.toml")
