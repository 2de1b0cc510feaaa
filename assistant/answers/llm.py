"""The door to language models: one way to ask, whatever answers, and one way for all of it to fail.

`openai:MODEL@URL` is any server of that protocol (vLLM, llama.cpp, Ollama, LM Studio, a cloud); `gguf:PATH` a file read
in this process. Nothing is retried: the extractive answer is there at once, and time is what a reader has least of. It
knows no passage and no question: what a model says is worth nothing here until it has been judged.
"""

from __future__ import annotations

import importlib.util
import math
import secrets
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from assistant.answers.breaker import Breaker
from assistant.answers.pump import Budgets, Call, Clock, Listener, ModelFailed, pumped
from assistant.errors import BadSetting
from index.served import served_at

__all__ = ["Breaker", "Budgets", "LanguageModel", "Listener", "Message", "ModelFailed", "open_model"]

_STATUS = {429: "busy"}
CONTEXT = 8192
"""Tokens that a model file is opened with: five passages, a question and an answer fit well within."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to a model, and in whose name."""

    role: Literal["system", "user"]
    text: str


class LanguageModel(Protocol):
    """A model that answers in pieces."""

    name: str

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer, piece by piece; raises `ModelFailed`. Closing the iterator cancels the call."""
        ...

    def heard_by(self, listener: Listener | None, seconds: float) -> LanguageModel:
        """The same model for one question: its calls end when the listener leaves, or so many seconds from now."""
        ...


def open_model(
    setting: str,
    api_key: str = "",
    budgets: Budgets | None = None,
    breaker: Breaker | None = None,
    clock: Clock = time.monotonic,
) -> LanguageModel | None:
    """The model that a setting names, `None` for `none`; `BadSetting` where it cannot be used.

    >>> open_model("none") is None, open_model("openai:qwen@http://127.0.0.1:8091/v1").name
    (True, 'qwen')
    """
    setting = setting.strip()
    if setting in ("", "none"):
        return None
    limits = budgets or Budgets()
    if served := served_at(setting):
        return Guarded(served[0], _Served(*served, api_key), limits, breaker or Breaker(clock=clock), clock)
    kind, _, path = setting.partition(":")
    if kind == "gguf" and path:
        file = Path(path).expanduser()
        return Guarded(file.stem, _local(file), limits, breaker or Breaker(clock=clock), clock)
    raise BadSetting(
        f"Modèle de langue {setting!r} : donnez « none », « openai:MODÈLE@URL » (par exemple "
        "openai:qwen2.5@http://127.0.0.1:8091/v1) ou « gguf:CHEMIN »."
    )


class Producer(Protocol):
    """What makes a model's words, by whatever means."""

    def prepare(self) -> None:
        """Load what the first call needs, which no budget is about."""
        ...

    def __call__(self, call: Call, messages: Sequence[Message]) -> None:
        """Emit the pieces of an answer; raises `ModelFailed`."""
        ...


class Guarded:
    """A model within its budgets and behind its breaker."""

    def __init__(
        self,
        name: str,
        produce: Producer,
        budgets: Budgets,
        breaker: Breaker,
        clock: Clock,
        listener: Listener | None = None,
        until: float = math.inf,
    ) -> None:
        self.name = name
        self._produce = produce
        self._budgets = budgets
        self._breaker = breaker
        self._clock = clock
        self._listener = listener
        self._until = until

    def heard_by(self, listener: Listener | None, seconds: float) -> LanguageModel:
        """As `LanguageModel.heard_by`; failures still count in the one breaker."""
        self._produce.prepare()
        until = self._clock() + seconds
        return Guarded(self.name, self._produce, self._budgets, self._breaker, self._clock, listener, until)

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """As `LanguageModel.stream`; refuses at once while the breaker is open."""
        if not self._breaker.enter():
            raise ModelFailed("resting")
        outcome = self._breaker.left
        try:
            self._produce.prepare()
            budgets = replace(self._budgets, total=min(self._budgets.total, self._until - self._clock()))
            yield from pumped(lambda call: self._produce(call, messages), budgets, self._clock, self._listener)
            outcome = self._breaker.succeeded
        except ModelFailed as failure:
            outcome = self._breaker.left if failure.reason == "stopped" else self._breaker.failed
            raise
        finally:
            outcome()


class _Served:
    """A model behind a server that speaks the chat completions protocol."""

    def __init__(self, model: str, url: str, api_key: str) -> None:
        self._model = model
        self._url = url
        self._key = api_key or "none"

    @cached_property
    def _context(self) -> Any:
        from assistant.answers.wire import tls_context

        return tls_context()

    def prepare(self) -> None:
        """What only a first call loads takes seconds: the time to connect is none of theirs."""
        assert self._rehearsed
        assert self._context

    @cached_property
    def _rehearsed(self) -> bool:
        from assistant.answers.wire import rehearsal

        with rehearsal() as http:
            self._ask(Call(Budgets(), time.monotonic), (Message("user", "x"),), http)
        return True

    def __call__(self, call: Call, messages: Sequence[Message]) -> None:
        from assistant.answers.wire import client, named

        with client(call, self._context) as http:
            try:
                self._ask(call, messages, http)
            except Exception as error:
                raise _failure(error) or named(error) from error

    def _ask(self, call: Call, messages: Sequence[Message], http: Any) -> None:
        from llama_index.core.llms import ChatMessage
        from llama_index.llms.openai_like import OpenAILike

        model = OpenAILike(
            model=self._model,
            api_base=self._url,
            api_key=self._key,
            is_chat_model=True,
            temperature=0.0,
            max_tokens=call.budgets.tokens,
            max_retries=0,
            timeout=call.budgets.total,
            http_client=http,
            reuse_client=False,
        )
        finished = False
        for response in model.stream_chat([ChatMessage(role=m.role, content=m.text) for m in messages]):
            piece = response.delta or ""
            if not isinstance(piece, str):
                raise ModelFailed("garbage")
            finished = finished or _is_finished(response.raw)
            if piece and not call.emit(piece):
                return
        if not finished:
            raise ModelFailed("cut")


def _is_finished(chunk: Any) -> bool:
    choices = getattr(chunk, "choices", None) or []
    return any(getattr(choice, "finish_reason", None) for choice in choices)


def _failure(error: Exception) -> ModelFailed | None:
    """The failure that a status told by the server amounts to."""
    if isinstance(error, ModelFailed):
        return error
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return None
    return ModelFailed(_STATUS.get(status) or ("broken" if status >= 500 else "rejected"))


def _local(file: Path) -> Producer:
    if importlib.util.find_spec("xllamacpp") is None:
        raise BadSetting(
            "Un modèle « gguf: » demande un paquet de plus : pip install 'cooperation-assistant[local-llm]'."
        )
    if not file.is_file():
        raise BadSetting(f"Le fichier du modèle de langue est introuvable : {str(file)!r}.")
    return _Local(file)


class _Local:
    """A model file read in this process, one question at a time; it is loaded at the first one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    @cached_property
    def _server(self) -> Any:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self._file)
        params.n_ctx, params.n_parallel = CONTEXT, 1
        params.hostnames, params.port = ["127.0.0.1"], 0  # it listens whether one wants it or not: behind a key
        params.api_keys, params.endpoint_slots, params.verbosity = [secrets.token_urlsafe(32)], False, 1
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelFailed("broken") from error

    def prepare(self) -> None:
        """Nothing: reading the file is within the time to the first word."""

    def __call__(self, call: Call, messages: Sequence[Message]) -> None:
        call.connected()
        while not self._lock.acquire(timeout=0.25):
            if not call.wanted:
                raise ModelFailed("slow")
        try:
            self._ask(call, messages)
        finally:
            self._lock.release()

    def _ask(self, call: Call, messages: Sequence[Message]) -> None:
        told: list[Any] = []

        def take(chunk: Any) -> bool:
            for piece in chunk if isinstance(chunk, list) else [chunk]:
                told.append(piece.get("error") or piece.get("code"))
                text = _delta(piece)
                if text and not call.emit(text):
                    return True
            return not call.wanted

        self._server.handle_chat_completions(
            {
                "messages": [{"role": message.role, "content": message.text} for message in messages],
                "max_tokens": call.budgets.tokens,
                "temperature": 0.0,
                "stream": True,
            },
            take,
        )
        if any(told):
            raise ModelFailed("broken")


def _delta(chunk: Mapping[str, Any]) -> str:
    choices = chunk.get("choices") or [{}]
    text = (choices[0].get("delta") or {}).get("content") or ""
    if not isinstance(text, str):
        raise ModelFailed("garbage")
    return text
