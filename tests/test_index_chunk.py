"""Chunks are the source, cut and never altered: rebuilt from their offsets, whole, in order, and small enough."""

from __future__ import annotations

import pytest
from fakes import WordVectors, plain_document
from hypothesis import given
from hypothesis import strategies as st

from corpus.section import Document, Section
from index.chunk import MAX_TOKENS, Chunk, chunk_document, chunk_id, context_of

count = WordVectors().count_tokens
WORDS = st.sampled_from(
    "Le Conseil se réunit à Tunis en 2023 . ; , : ! ؟ • - 1. M. الدورة الخامسة anticonstitutionnellement «oui»".split()
    + "\n|\n\n|\n• |.\n".split("|")
)
BODIES = (
    st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", ""])), min_size=1, max_size=80)
    .map(lambda pieces: "".join(word + space for word, space in pieces).strip())
    .filter(bool)
)
LIMITS = st.integers(1, 30)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of some sections, each after its heading, some of them on pages."""
    text, sections = "", []
    for number, body in enumerate(draw(st.lists(BODIES, min_size=1, max_size=4))):
        text += f"Titre {number}\n\n"
        sections.append((len(text), body, (f"Titre {number}",), draw(st.none() | st.integers(1, 9))))
        text += f"{body}\n\n"
    made = tuple(Section("d", "Un texte", headings, body, start, page) for start, body, headings, page in sections)
    return Document("d", "Un texte", text, made)


def section_of(document: Document, chunk: Chunk) -> Section:
    (section,) = [s for s in document.sections if s.start <= chunk.start and chunk.end <= s.end]
    return section


@given(documents(), LIMITS)
def test_a_chunk_is_its_span_of_the_source(document: Document, limit: int) -> None:
    """`text == source[start:end]`, in code points."""
    for chunk in chunk_document(document, count, limit):
        assert chunk.text == document.text[chunk.start : chunk.end]
        assert chunk.text == chunk.text.strip()


@given(documents(), LIMITS)
def test_every_visible_character_of_a_section_is_in_exactly_one_chunk(document: Document, limit: int) -> None:
    """Nothing is out of the index's sight, and nothing is there twice."""
    held = [0] * len(document.text)
    for chunk in chunk_document(document, count, limit):
        for at in range(chunk.start, chunk.end):
            held[at] += 1
    for section in document.sections:
        assert all(held[at] == 1 for at in range(section.start, section.end) if not document.text[at].isspace())
    inside = {at for section in document.sections for at in range(section.start, section.end)}
    assert not any(times for at, times in enumerate(held) if at not in inside)


@given(documents(), LIMITS)
def test_no_chunk_is_above_the_limit_but_a_word_that_cannot_be_cut(document: Document, limit: int) -> None:
    """The model would not see the end of a longer one."""
    for chunk in chunk_document(document, count, limit):
        assert count([chunk.text])[0] <= limit or not any(c.isspace() for c in chunk.text)


@given(documents(), LIMITS)
def test_a_chunk_lies_in_one_section_and_says_so_truly(document: Document, limit: int) -> None:
    """Its headings, page and title hold for all of it."""
    for chunk in chunk_document(document, count, limit):
        section = section_of(document, chunk)
        assert (chunk.headings, chunk.page, chunk.title) == (section.headings, section.page, section.title)


@given(documents(), LIMITS)
def test_the_sentences_of_a_chunk_are_quotes_of_it(document: Document, limit: int) -> None:
    """They lie within the chunk in reading order, cover all of its words, and are verbatim."""
    for chunk in chunk_document(document, count, limit):
        end = chunk.start
        assert chunk.sentences
        for number, (a, b) in enumerate(chunk.sentences):
            assert end <= a < b <= chunk.end
            assert not document.text[end:a].strip()
            assert chunk.quote(number) == document.text[a:b]
            end = b
        assert end == chunk.end


@given(documents(), LIMITS)
def test_chunks_are_numbered_in_reading_order_under_names_of_their_own(document: Document, limit: int) -> None:
    """Ordinals count from nought; no two chunks share a name; a second run gives the same."""
    chunks = chunk_document(document, count, limit)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert chunk_document(document, count, limit) == chunks


@pytest.mark.parametrize(
    "other",
    [("e", 5, "texte"), ("d", 6, "texte"), ("d", 5, "textes"), ("d\0005", 0, "texte")],
    ids=["document", "place", "text", "joined"],
)
def test_a_name_changes_with_the_document_the_place_or_the_text(other: tuple[str, int, str]) -> None:
    """And with nothing else: the names that an index holds must not change under it."""
    assert chunk_id("d", 5, "texte") == "c13f22247437d77d7fa1e57a"
    assert chunk_id(*other) != chunk_id("d", 5, "texte")


def test_a_short_section_is_one_chunk() -> None:
    """Nothing is cut that need not be."""
    (chunk,) = chunk_document(plain_document("Une phrase. Une autre."), count)
    assert chunk.text == "Une phrase. Une autre."


def test_a_long_section_is_cut_into_parts_of_like_size() -> None:
    """A last chunk of one sentence would be found for nothing."""
    document = plain_document("Le conseil se réunit une fois dans chaque année. " * 50)
    sizes = count([chunk.text for chunk in chunk_document(document, count)])
    assert len(sizes) == 2
    assert max(sizes) <= MAX_TOKENS
    assert max(sizes) - min(sizes) < MAX_TOKENS / 10


def test_a_sentence_above_the_limit_is_cut_between_words() -> None:
    """Where there is white space, a word stays whole."""
    document = plain_document("mot " * 100 + "fin")
    chunks = chunk_document(document, count, 10)
    assert " ".join(chunk.text for chunk in chunks) == document.text


def test_the_context_names_each_heading_once() -> None:
    """The title is not said again where a heading repeats it, and a long heading is cut."""
    assert context_of("Titre", ("Titre", "Partie", " ")) == "Titre. Partie"
    assert len(context_of("x" * 500, ())) == 150


def test_no_chunk_of_the_shipped_corpus_is_above_the_models_limit(shipped, real_embedder) -> None:  # type: ignore[no-untyped-def]
    """Counted by the real tokenizer, on the text that is really embedded."""
    for record in shipped.assistant.documents():
        document = Document(record.id, record.title, shipped.assistant.text(record.id), ())
        for match in shipped.assistant.search(document.title, 20):
            assert real_embedder.count_tokens([match.text])[0] <= MAX_TOKENS
