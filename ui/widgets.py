"""The door to Gradio: its interface, mended in two places.

Without type stubs, which it would make anew at every start.

At each import Gradio parses the source of its 80 components to write a `.pyi` beside every one. That serves an editor,
takes a service half of its start, and writes into an installation which should be read only. It makes none for a
class that has no file, so its classes have none while it is imported.

And with sessions that do not grow. For every `gr.skip()` Gradio makes the component anew for the session, under a
number of its own, and keeps the next value under that number beside all those before: 9 kB a question, and the whole
page where the page is skipped. Here a component made anew keeps the number of the one it stands for.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def _without_stubs() -> Iterator[None]:
    """Within, no class of Gradio's has a file; everything else has its own, in any thread."""
    found = inspect.getfile

    def getfile(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError(thing.__module__)
        return found(thing)

    inspect.getfile = getfile  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = found


with _without_stubs():
    import gradio as gr
    from gradio.state_holder import SessionState

_hold = SessionState.__setitem__


def _hold_under_its_number(session: SessionState, number: int, value: Any) -> None:
    if isinstance(value, gr.blocks.Block):
        value._id = number
    _hold(session, number, value)


SessionState.__setitem__ = _hold_under_its_number  # type: ignore[method-assign]

__all__ = ["gr"]
