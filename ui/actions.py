"""What can be done with an answer besides copying it, as HTML: say what one thinks of it, ask again, make it a case.

The page's script carries them out; what is not for this person is left unseen by the style sheet and refused by the
server.
"""

from __future__ import annotations

from ui.i18n import Words
from ui.typeset import escape


def opinion_row(words: Words) -> str:
    """Thumbs, `ask again` and, for evaluators, `make it a case`."""
    thumbs = "".join(_thumb(kind, words[key]) for kind, key in (("up", "opinion.good"), ("down", "opinion.bad")))
    return f"{thumbs}{again_button(words)}{_button('to-case', words['opinion.to_case'])}{_said(words)}"


def again_button(words: Words) -> str:
    """What asks the last question again, in its place."""
    return _button("again", words["opinion.again"])


def _button(kind: str, label: str) -> str:
    return f'<button type="button" class="{kind} quiet">{escape(label)}</button>'


def _thumb(kind: str, label: str) -> str:
    inside = f'<span class="visually-hidden">{escape(label)}</span>'
    return f'<button type="button" class="thumb {kind}" title="{escape(label)}">{inside}</button>'


def _said(words: Words) -> str:
    thanks, case = escape(words["opinion.thanks"]), escape(words["opinion.case_made"])
    return f'<span class="thanks" role="status" hidden>{thanks}</span><span class="case-made" hidden>{case}</span>'
