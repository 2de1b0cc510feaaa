"""A question's typing errors put right from the words that the texts hold now.

The words are read beside whatever else goes on after a change, and kept until the next one; only a question that comes
before they are known waits for them. Where they cannot be read the question stays as it was typed: the index is mended
at its next opening.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence

from corpus.glossary import Term
from corpus.language import detect
from index.embed import Embedder
from index.generations import Generation
from index.spelling import Speller, understood
from index.spoken import plainly
from index.terms import query_terms

_log = logging.getLogger(__name__)


class Mender:
    """Puts questions right from the `visible` documents of one generation of the index, or all.

    Safe to call from many threads.
    """

    def __init__(
        self,
        generation: Generation,
        embedder: Embedder,
        glossary: Sequence[Term],
        visible: Collection[str] | None = None,
    ) -> None:
        self._visible = visible
        self._generation = generation
        self._embedder = embedder
        self._names = [form for term in glossary for forms in term.forms.values() for form in forms]
        self._languages: Sequence[str] = ()
        self._speller: Speller | None = None
        self._lock = threading.Lock()

    def mended(self, question: str) -> str:
        """The question with the slips of its writer put right and said plainly; itself if there is nothing to mend."""
        return plainly(understood(question, self._known().correct(question, detect(question))))

    def forget(self) -> None:
        """Begin to read the words anew: the texts have changed."""
        with self._lock:
            self._speller = None
        threading.Thread(target=self._known, name="words", daemon=True).start()

    def _known(self) -> Speller:
        with self._lock:
            if self._speller is None:
                try:
                    counts = self._generation.vocabulary.counts(self._visible)
                except (OSError, ValueError) as error:
                    _log.warning("typing errors are left as they are: %s", error)
                    counts = {}
                self._languages = tuple(counts)
                self._speller = Speller(counts, self._names, self._found, self._is_word)
            return self._speller

    def _found(self, word: str) -> bool:
        """Whether the search by words finds any form of a word."""
        asked = query_terms(word, self._languages or ("fr",))
        return any(rarity is not None for rarity in self._generation.lexical.rarity(asked, self._visible))

    def _is_word(self, word: str) -> bool:
        """Whether the embedding model holds a word whole."""
        return self._embedder.count_tokens([word]) == [1]
