"""The door to tantivy: BM25 over terms that `index.terms` made.

Tantivy is given terms, not text: it splits at white space and nothing more, so that what a word is, is decided in one
place. Derived from the records; may be deleted at any time.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType

import tantivy

from index.chunk import Chunk
from index.terms import terms

VERSION = "terms-6"
"""Part of the index fingerprint: raise it with any change to terms."""


class LexicalIndex:
    """BM25 over the chunks of one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("document", stored=False, tokenizer_name="raw")
        builder.add_text_field("body", stored=False, tokenizer_name="terms", index_option="freq")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        self._index.reload()

    def writer(self) -> LexicalWriter:
        """A batch of changes, all visible at its end or none."""
        return LexicalWriter(self._index)

    def count(self) -> int:
        """How many chunks it holds."""
        return int(self._index.searcher().num_docs)

    def ids(self) -> set[str]:
        """The ids of all chunks it holds."""
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        return {str(searcher.doc(address)["id"][0]) for _score, address in hits}

    def search(
        self, alternatives: Sequence[tuple[str, ...]], limit: int, within: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Chunk ids with BM25 scores, best first. Each item of `alternatives` is one word's possible terms.

        With `within`, chunks of those documents alone; the scores do not change with it.
        """
        if not alternatives:
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._word(word)) for word in alternatives])
        silent = self._among(within)
        if silent is not None:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, silent)])
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False).hits
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]

    def rarity(
        self, alternatives: Sequence[tuple[str, ...]], within: Collection[str] | None = None
    ) -> list[float | None]:
        """For each word, its inverse document frequency `ln(1 + (N - n + .5) / (n + .5))`; `None` if unknown here.

        With `within`, as if there were no other documents.

        The formula is BM25's (Robertson and Zaragoza, 2009).
        """
        searcher = self._index.searcher()
        among = self._among(within)
        total = int(searcher.num_docs) if among is None else self._counted(searcher, among)
        found: list[float | None] = []
        for word in alternatives:
            frequency = max((self._held(searcher, term, among) for term in word), default=0)
            found.append(math.log(1 + (total - frequency + 0.5) / (frequency + 0.5)) if frequency else None)
        return found

    def _held(self, searcher: tantivy.Searcher, term: str, among: tantivy.Query | None) -> int:
        """How many chunks hold a term; tantivy's own `doc_freq` goes on counting those that were removed."""
        query = tantivy.Query.term_query(self._schema, "body", term, index_option="freq")
        if among is not None:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, among)])
        return self._counted(searcher, query)

    @staticmethod
    def _counted(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
        return int(searcher.search(query, 1, count=True).count)  # type: ignore[attr-defined]

    def _among(self, within: Collection[str] | None) -> tantivy.Query | None:
        """A query for the chunks of these documents, which adds nothing to a score."""
        if within is None:
            return None
        chosen = tantivy.Query.term_set_query(self._schema, "document", sorted(within))
        return tantivy.Query.const_score_query(chosen, 0.0)

    def _word(self, word: tuple[str, ...]) -> tantivy.Query:
        queries = [tantivy.Query.term_query(self._schema, "body", term, index_option="freq") for term in word]
        return queries[0] if len(queries) == 1 else tantivy.Query.disjunction_max_query(queries)


class LexicalWriter:
    """Changes to a lexical index, committed when its `with` block ends without an error."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._writer = index.writer(heap_size=64_000_000, num_threads=1)

    def __enter__(self) -> LexicalWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._writer.commit()
        else:
            self._writer.rollback()
        self._writer.wait_merging_threads()
        self._index.reload()

    def remove(self, document: str) -> None:
        """Remove a document's chunks."""
        self._writer.delete_documents_by_term("document", document)

    def add(self, chunks: Iterable[Chunk], language: str) -> None:
        """Add chunks: their title, headings and text as terms of `language`."""
        for chunk in chunks:
            body = " ".join(terms(f"{chunk.context}\n{chunk.text}", language))
            self._writer.add_document(tantivy.Document(id=chunk.id, document=chunk.document, body=body))
