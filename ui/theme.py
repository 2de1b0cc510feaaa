"""Gradio's own variables, pointed at ours: palette and type live in one place for both themes, `static/app.css`."""

from __future__ import annotations

from typing import Final

FONTS: Final = ("Source Sans 3", "Noto Sans Arabic", "system-ui", "sans-serif")
MONO: Final = ("ui-monospace", "monospace")
VARIABLES: Final = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--faint)",
    "background_fill_primary": "var(--paper)",
    "background_fill_secondary": "var(--panel)",
    "border_color_primary": "var(--line)",
    "block_background_fill": "transparent",
    "block_border_width": "0px",
    "block_shadow": "none",
    "block_padding": "0px",
    "input_background_fill": "transparent",
    "input_border_width": "0px",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "input_placeholder_color": "var(--faint)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-strong)",
    "button_primary_text_color": "var(--on-accent)",
    "button_secondary_background_fill": "transparent",
    "button_secondary_background_fill_hover": "var(--panel)",
    "button_secondary_text_color": "var(--ink)",
    "button_secondary_border_color": "var(--line)",
    "color_accent": "var(--accent)",
    "color_accent_soft": "var(--accent-soft)",
    "link_text_color": "var(--accent)",
}


def variables() -> dict[str, str]:
    """Every variable for the light theme, and the same for the dark one where Gradio has one of its own."""
    both = dict(VARIABLES)
    for name, value in VARIABLES.items():
        if not name.endswith(("_width", "_padding", "color_accent")):
            both[f"{name}_dark"] = value
    return both
