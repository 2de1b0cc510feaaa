"""A running server as the product to judge, by its HTTP interface: `POST /api/ask`, and what its token may read.

What would fail for every other case too (no server, no such interface, a token that opens nothing) halts the run, which
goes on later where it was; a server that asks to wait is waited for. The token leaves this machine by https alone.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from assistant.answers.answer import Answer
from assistant.errors import UnknownDocument
from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters
from corpus.errors import AssistantError
from evals.run import RunHalted
from index.records import DocumentRecord

TOKEN: Final = "COOPERATION_API_TOKEN"
SECONDS: Final = httpx.Timeout(120.0, connect=10.0)
"""How long one answer may take: a language model behind the server writes slowly."""
AGAIN: Final = (1.0, 3.0, 8.0)
"""Waits before a server that does not answer, or is being restarted, is asked once more."""
LONGEST_WAIT: Final = 600.0
"""Seconds that one question waits for its turn, over all refusals for asking too much."""


class AgainstRefused(RunHalted):
    """The server cannot be asked; the message says what to check."""


class RemoteRefusal(AssistantError):
    """The server refused one question, in words of its own."""


class RemoteProduct:
    """What an evaluation asks of the product (`evals.documents.Product`), over HTTP; may be asked from many threads."""

    def __init__(self, url: str, token: str, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises `AgainstRefused` without a token, or for an address to which it may not be sent."""
        self.url, self._sleep = checked(url), sleep
        if not token:
            raise AgainstRefused(
                f"{TOKEN} n'est pas défini. Dans l'application : « Mon compte », « Jetons », créez-en un ; "
                f"puis : export {TOKEN}=..."
            )
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=self.url, headers=headers, timeout=SECONDS, trust_env=False)
        self._kept: list[DocumentRecord] | None = None

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """The server's answer; raises `RemoteRefusal` where it refuses this question alone."""
        asked: dict[str, Any] = {"question": question, "history": list(history), "language": language, "id": id}
        asked |= {name: list(getattr(filters, name)) for name in ("frameworks", "documents", "languages")}
        asked |= {"since": filters.since, "until": filters.until}
        return Answer.from_json(self._json("POST", "/api/ask", asked))

    def documents(self) -> list[DocumentRecord]:
        """What the token's owner may read, as it was at the first call."""
        if self._kept is None:
            self._kept = [_record(told) for told in self._json("GET", "/api/documents")["documents"]]
        return self._kept

    def text(self, document: str) -> str:
        """A document's text; raises `UnknownDocument`."""
        if document not in {record.id for record in self.documents()}:
            raise UnknownDocument(f"{document!r} n'est pas un document de {self.url}.")
        text: str = self._json("GET", f"/api/documents/{quote(document)}")["text"]
        return text

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        waited, tries = 0.0, 0
        while True:
            answer = self._answer(method, path, body)
            if answer is None or answer.status_code in (502, 503, 504):
                if tries == len(AGAIN):
                    raise AgainstRefused(
                        f"{self.url} ne répond pas. Vérifiez l'adresse, et que le service y est ouvert "
                        "(cooperation serve --accounts) ; puis relancez la même commande : elle reprend où elle en est."
                    )
                self._sleep(AGAIN[tries])
                tries += 1
            elif answer.status_code == 429 and waited < LONGEST_WAIT:
                seconds = _seconds(answer.headers.get("Retry-After", ""))
                self._sleep(seconds)
                waited += seconds
            else:
                return self._read(answer)

    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None) -> httpx.Response | None:
        try:
            return self._client.request(method, path, json=body)
        except httpx.TransportError:
            return None

    def _read(self, answer: httpx.Response) -> Any:
        if answer.status_code == 401:
            raise AgainstRefused(
                f"{self.url} ne connaît pas ce jeton : il est faux ou révoqué, ou son compte est fermé. Créez-en un "
                f"autre dans « Mon compte », « Jetons », et mettez-le dans {TOKEN}."
            )
        if answer.status_code == 429:
            raise AgainstRefused(
                f"{self.url} n'accepte pas plus de questions de ce compte pour le moment. Attendez quelques minutes, "
                "ou relevez COOPERATION_QUESTIONS_MINUTELY sur le serveur, puis relancez la même commande."
            )
        try:
            told = answer.json()
        except ValueError:
            told = None
        if answer.is_success and isinstance(told, dict):
            return told
        if isinstance(told, dict) and isinstance(told.get("error"), dict):
            raise RemoteRefusal(f"{answer.status_code} : {told['error'].get('message', '')}")
        raise AgainstRefused(
            f"{self.url} n'a pas d'interface HTTP à cette adresse (réponse {answer.status_code}). Donnez l'adresse du "
            "service seule, telle que http://127.0.0.1:7860, et ouvrez-le avec des comptes : "
            "cooperation serve --accounts."
        )


def checked(url: str) -> str:
    """An address without its last slash; raises `AgainstRefused` for one that is no server's, or sends in the clear.

    >>> checked("http://127.0.0.1:7860/"), checked("https://textes.example")
    ('http://127.0.0.1:7860', 'https://textes.example')
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise AgainstRefused(f"--against {url!r} : donnez une adresse telle que https://textes.example.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise AgainstRefused(f"--against {url!r} : le jeton partirait en clair. Donnez une adresse en https.")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(told: str) -> float:
    """What a server asks to wait, within reason."""
    return min(max(float(told), 0.1), 120.0) if told.replace(".", "", 1).isdecimal() else 5.0


def _record(told: Mapping[str, Any]) -> DocumentRecord:
    known = DocumentRecord.__dataclass_fields__
    return DocumentRecord(**{"origin": "", **{name: value for name, value in told.items() if name in known}})
