"""What a browser sends when somebody opens the chat and asks, read from the page itself. Pure: it sends nothing.

A question is an event that joins the queue, then a stream that ends with its answer; when it has ended the page sends
one event more, by which the turn is written down. Values that the server keeps (turns, conversation) are sent as null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

JOIN: Final = "/gradio_api/queue/join"
DATA: Final = "/gradio_api/queue/data?session_hash="
RUN: Final = "/gradio_api/run/predict"
HEARTBEAT: Final = "/gradio_api/heartbeat/"
LOGIN: Final = "/account/login"
_CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});\s*(?:window|</script>)", re.DOTALL)
_FORM = re.compile(r'name="form" value="([^"]+)"')
_TURN = re.compile(r'class="turn (\w+)"')


class NotOurPage(ValueError):
    """A page that is not the chat's, or no longer as this module knows it."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """The numbers under which the page's script calls the server: asking, writing down, filling the page."""

    send: int
    ask: int
    keep: int
    load: int

    def asked(self, question: str, session: str) -> dict[str, Any]:
        """The event of a question."""
        return self._event(self.ask, [question, None, None, []], session, self.send)

    def answered(self, session: str) -> dict[str, Any]:
        """The event that follows an answer."""
        return self._event(self.keep, [None, None, None], session, None)

    def opened(self, session: str) -> dict[str, Any]:
        """The event of a page that has opened."""
        return self._event(self.load, [], session, None)

    def _event(self, number: int, data: list[Any], session: str, trigger: int | None) -> dict[str, Any]:
        return {"fn_index": number, "data": data, "session_hash": session, "trigger_id": trigger, "event_data": None}


@dataclass(frozen=True, slots=True)
class Told:
    """How a question ended: its turn as the page shows it then, and its state (`answered`, `failed`...)."""

    state: str
    page: str


def wiring(html: str) -> Wiring:
    """How the chat's page is wired; raises `NotOurPage`."""
    found = _CONFIG.search(html)
    if found is None:
        raise NotOurPage("no configuration in the page")
    config = json.loads(found.group(1))
    wired = config["dependencies"]
    try:
        (send,) = [one["id"] for one in config["components"] if one["props"].get("elem_id") == "send"]
        (ask,) = [one["id"] for one in wired if [send, "click"] in one["targets"]]
        (keep,) = [one["id"] for one in wired if one.get("trigger_after") == ask]
        (load,) = [one["id"] for one in wired if [target[1] for target in one["targets"]] == ["load"]]
    except (ValueError, KeyError) as error:
        raise NotOurPage("the page asks in another way") from error
    return Wiring(send, ask, keep, load)


def form_token(html: str) -> str:
    """What the page's form must carry; raises `NotOurPage`."""
    found = _FORM.search(html)
    if found is None:
        raise NotOurPage("no form in the page")
    return found.group(1)


def events(stream: str) -> Iterator[dict[str, Any]]:
    """The events of a stream that has ended."""
    for line in stream.splitlines():
        if line.startswith("data: "):
            yield json.loads(line[6:])


def ending(stream: str) -> Told:
    """How the question of a stream ended; the state is `lost` where no event says so.

    >>> ending('data: {"msg": "close_stream"}')
    Told(state='lost', page='')
    """
    for event in events(stream):
        if event.get("msg") == "process_completed":
            data = event.get("output", {}).get("data") or []
            page = data[3] if len(data) == 4 and isinstance(data[3], str) else ""
            states = _TURN.findall(page)
            return Told(states[-1] if event.get("success") and states else "lost", page)
    return Told("lost", "")
