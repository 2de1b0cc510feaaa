"""What we compare with: LlamaIndex's own starter over Chroma, and the bundled weights as plain torch runs them.

The one stated exception to the doors: only this module of `evals` imports llama_index, chromadb, sentence_transformers
and torch (with transformers), and only `cooperation bench` imports it. Nothing of the product does.

`Starter` is what a developer has after LlamaIndex's starter page and its page on Chroma: `VectorStoreIndex` over a
collection, the default `SentenceSplitter` (1,024 tokens, 200 of overlap), texts embedded ten at a time as LlamaIndex
sends them, 32-bit weights, and the prompts e5 was trained with. The packages `llama-index-embeddings-huggingface` and
`llama-index-vector-stores-chroma` are not among our dependencies: `StarterEmbedding` and `StarterStore` stand for them
and do what they do for indexing, each a call to `encode` or to `collection.add`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")

import chromadb
import torch
from chromadb.config import Settings
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.callbacks import CallbackManager
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode, MetadataMode, TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from llama_index.core.vector_stores.utils import metadata_dict_to_node, node_to_metadata_dict
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

Vectors = NDArray[np.float32]
DEFAULT_BATCH = 32
"""The batch size of `SentenceTransformer.encode` when none is given."""


class StarterEmbedding(BaseEmbedding):
    """`HuggingFaceEmbedding` in few lines; remembers the texts it was sent."""

    _model: SentenceTransformer = PrivateAttr()
    _sent: list[str] = PrivateAttr(default_factory=list)

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__(model_name="multilingual-e5-small")
        self._model = model

    @property
    def sent(self) -> tuple[str, ...]:
        """Every text sent to the model for indexing, in order."""
        return tuple(self._sent)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        self._sent.extend(texts)
        return self._encode(texts, "passage")

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encode([query], "query")[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _encode(self, texts: list[str], prompt: str) -> list[list[float]]:
        vectors = self._model.encode(
            texts,
            batch_size=self.embed_batch_size,
            prompt_name=prompt,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        lists: list[list[float]] = np.asarray(vectors).tolist()
        return lists


class StarterStore(BasePydanticVectorStore):
    """`ChromaVectorStore` in few lines: nodes go into one collection, text, metadata and vector."""

    stores_text: bool = True
    _collection: Any = PrivateAttr()

    def __init__(self, collection: Any) -> None:
        super().__init__(stores_text=True)
        self._collection = collection

    @property
    def client(self) -> Any:
        """The collection."""
        return self._collection

    def add(self, nodes: Sequence[BaseNode], **_kwargs: Any) -> list[str]:
        """Add nodes that carry their vectors."""
        ids = [node.node_id for node in nodes]
        self._collection.add(
            ids=ids,
            embeddings=[node.get_embedding() for node in nodes],
            documents=[node.get_content(metadata_mode=MetadataMode.NONE) for node in nodes],
            metadatas=[node_to_metadata_dict(node, remove_text=True, flat_metadata=True) for node in nodes],
        )
        return ids

    def delete(self, ref_doc_id: str, **_kwargs: Any) -> None:
        """Remove a document's nodes."""
        self._collection.delete(where={"document_id": ref_doc_id})

    def query(self, query: VectorStoreQuery, **_kwargs: Any) -> VectorStoreQueryResult:
        """The nodes nearest to the query's vector."""
        found = self._collection.query(query_embeddings=[query.query_embedding], n_results=query.similarity_top_k)
        pairs = zip(found["metadatas"][0], found["documents"][0], strict=True)
        return VectorStoreQueryResult(
            nodes=[metadata_dict_to_node(data, text) for data, text in pairs],
            similarities=[1.0 - float(distance) / 2 for distance in found["distances"][0]],  # squared, of unit vectors
            ids=list(found["ids"][0]),
        )


class Starter:
    """The starter over one folder, with a model that is already loaded."""

    def __init__(self, folder: Path, model: SentenceTransformer) -> None:
        self.embedding = StarterEmbedding(model)
        self._client: Any = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
        self._store = StarterStore(self._client.get_or_create_collection("starter", embedding_function=None))
        self._index: VectorStoreIndex | None = None

    def index(self, documents: Sequence[tuple[str, str, str]]) -> int:
        """Split, embed and store documents `(id, title, text)`; returns how many chunks there are."""
        self._index = VectorStoreIndex.from_documents(
            [Document(id_=id, text=text, metadata={"title": title}) for id, title, text in documents],
            storage_context=StorageContext.from_defaults(vector_store=self._store),
            embed_model=self.embedding,
            transformations=[SentenceSplitter()],
            callback_manager=CallbackManager([]),
        )
        return int(self._store.client.count())

    def search(self, question: str, top_k: int = 10) -> list[str]:
        """The documents of the nearest chunks, best first, each as often as it has chunks among them."""
        if self._index is None:
            return []
        found = self._index.as_retriever(similarity_top_k=top_k).retrieve(question)
        return [str(hit.node.ref_doc_id) for hit in found if isinstance(hit.node, TextNode)]

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()


class TorchRuntime:
    """The weights under torch, as `encode` batches them: sorted by length, `batch` at a time."""

    def __init__(self, model: SentenceTransformer, batch: int) -> None:
        self._model = model
        self._batch = batch

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, `(len(texts), dimension)`."""
        return self._encode(texts, "passage")

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, `(len(texts), dimension)`."""
        return self._encode(texts, "query")

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        vectors = self._model.encode(
            list(texts),
            batch_size=self._batch,
            prompt_name=prompt,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def load_model(folder: Path) -> SentenceTransformer:
    """The weights in 32 bits; no hub is asked, and the pooling layer that BERT has and e5 has not is not made."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(
        str(folder), device="cpu", local_files_only=True, model_kwargs={"add_pooling_layer": False}
    )


def quantised(model: SentenceTransformer) -> SentenceTransformer | None:
    """A copy whose linear layers run in 8 bits (torch's dynamic quantisation); `None` where this torch has none.

    torch has announced its removal since 2.10, and kept it: that is why this may be `None`.
    """
    quantise = getattr(getattr(torch.ao, "quantization", None), "quantize_dynamic", None)
    if quantise is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            copy = quantise(model, {torch.nn.Linear}, dtype=torch.qint8)
        except (RuntimeError, NotImplementedError):  # no 8-bit engine on this processor
            return None
    assert isinstance(copy, SentenceTransformer)
    return copy
