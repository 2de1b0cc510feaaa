"""What is mended of Gradio where it is imported."""

from __future__ import annotations

import asyncio

from gradio.state_holder import SessionState

from ui.widgets import gr


def test_a_session_does_not_grow_with_what_is_skipped() -> None:
    """However often a value follows a skip, each component has one place in a session, with its last value."""
    with gr.Blocks() as blocks:
        box = gr.Textbox()
        box.submit(str, box, box)
    session = SessionState(blocks)
    components = set(session.config_values)

    async def answer() -> None:
        for value in (gr.skip(), "a", gr.skip(), "b"):
            await blocks.postprocess_data(blocks.fns[0], value, session)

    asyncio.run(answer())
    assert set(session.config_values) == components
    assert session.config_values[box._id]["props"]["value"] == "b"
