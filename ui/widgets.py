"""The door to Gradio: its interface, without the type stubs that it makes anew at every start.

At each import Gradio parses the source of its 80 components to write a `.pyi` beside every one. That serves an editor,
takes a service half of its start, and writes into an installation which should be read only. It makes none for a
class that has no file, so its classes have none while it is imported.
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

__all__ = ["gr"]
