"""LlamaIndex runs the query: our search as a retriever, our draft and its verification as a synthesizer.

`llama_index.core.Settings` is never read: its defaults call a paid service. Nodes carry `chunk_id`, so that whatever a
post-processor reorders or drops, the synthesizer works on the passages that are left, under their own names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers.base import BaseSynthesizer
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.answers.answer import Answer
from index.search import Found

Search = Callable[[str, frozenset[str] | None], Found]
Compose = Callable[["Asked", Found], Answer]


@dataclass
class Asked(QueryBundle):
    """A question on its way through the engine, with what the search found for it.

    `side`: it asks of one of two things that are compared, and what is told of both belongs to neither alone.
    """

    id: str = ""
    original: str = ""
    language: str = ""
    began: float = 0.0
    within: frozenset[str] | None = None
    side: bool = False
    found: Found | None = None


class PassageRetriever(BaseRetriever):
    """Our hybrid search as LlamaIndex sees it: one node a passage, scored by fusion."""

    def __init__(self, search: Search) -> None:
        self._search = search
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        within = query_bundle.within if isinstance(query_bundle, Asked) else None
        found = self._search(query_bundle.query_str, within)
        if isinstance(query_bundle, Asked):
            query_bundle.found = found
        return [
            NodeWithScore(
                node=TextNode(
                    id_=hit.chunk.id,
                    text=hit.chunk.text,
                    metadata={"chunk_id": hit.chunk.id, "document": hit.chunk.document, "page": hit.chunk.page},
                    start_char_idx=hit.chunk.start,
                    end_char_idx=hit.chunk.end,
                ),
                score=hit.score,
            )
            for hit in found.hits
        ]


class VerifiedSynthesizer(BaseSynthesizer):
    """Makes the answer from the passages that reach it, in their own words; `query.found` are then these passages."""

    def __init__(self, compose: Compose) -> None:
        from llama_index.core.callbacks import CallbackManager
        from llama_index.core.indices.prompt_helper import ChatPromptHelper, PromptHelper
        from llama_index.core.llms import MockLLM

        super().__init__(
            llm=MockLLM(),
            callback_manager=CallbackManager([]),
            prompt_helper=PromptHelper(),
            chat_prompt_helper=ChatPromptHelper(),
        )
        self._compose = compose

    def synthesize(
        self,
        query: Any,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,  # noqa: ARG002
        **response_kwargs: Any,  # noqa: ARG002
    ) -> RESPONSE_TYPE:
        """The verified answer to an `Asked`, in `metadata["answer"]`."""
        if not isinstance(query, Asked) or query.found is None:
            raise TypeError("the synthesizer answers an Asked that went through the retriever")
        by_id = {hit.chunk.id: hit for hit in query.found.hits}
        hits = tuple(by_id[node.node.metadata["chunk_id"]] for node in nodes)
        query.found = replace(query.found, hits=hits)
        answer = self._compose(query, query.found)
        return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer})

    async def asynthesize(
        self,
        query: Any,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **response_kwargs: Any,
    ) -> RESPONSE_TYPE:
        """As `synthesize`: there is nothing to wait for."""
        return self.synthesize(query, nodes, additional_source_nodes, **response_kwargs)

    def get_response(self, query_str: str, text_chunks: Sequence[str], **response_kwargs: Any) -> str:
        """Refused: bare text has no source."""
        raise NotImplementedError("answers are made from passages with their sources, not from bare text")

    async def aget_response(self, query_str: str, text_chunks: Sequence[str], **response_kwargs: Any) -> str:
        """Refused: bare text has no source."""
        raise NotImplementedError("answers are made from passages with their sources, not from bare text")

    def _get_prompts(self) -> dict[str, Any]:
        return {}

    def _update_prompts(self, prompts: dict[str, Any]) -> None:
        """There are none."""


def query_engine(search: Search, compose: Compose) -> RetrieverQueryEngine:
    """The engine that answers: retrieve, then compose."""
    return RetrieverQueryEngine(retriever=PassageRetriever(search), response_synthesizer=VerifiedSynthesizer(compose))


def run(engine: RetrieverQueryEngine, asked: Asked) -> Answer:
    """Put one question through the engine."""
    response = engine.query(asked)
    answer = (getattr(response, "metadata", None) or {})["answer"]
    assert isinstance(answer, Answer)
    return answer
