"""The list of a person's conversations, by day, as HTML. Pure; every value escaped on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from assistant.conversations.conversations import Summary
from assistant.conversations.opinions import REASONS
from ui.i18n import Words
from ui.typeset import escape


def entries(found: Sequence[Summary], now: float, words: Words, search: str = "") -> str:
    """The conversations under the day they were last used, newest first; what to do where there is none."""
    if not found:
        return f'<p class="none">{escape(words["history.not_found" if search.strip() else "history.none"])}</p>'
    today = datetime.fromtimestamp(now).date()
    days = groupby(found, key=lambda one: day(datetime.fromtimestamp(one.changed_at).date(), today, words))
    return "".join(
        f"<section><h3>{escape(name)}</h3><ul>{''.join(_entry(one, words) for one in group)}</ul></section>"
        for name, group in days
    )


def day(then: date, today: date, words: Words) -> str:
    """Today, yesterday, this week, or the date."""
    if then >= today:
        return words["history.today"]
    if then == today - timedelta(days=1):
        return words["history.yesterday"]
    if then > today - timedelta(days=7):
        return words["history.week"]
    return words.date(then.isoformat())


def frame(words: Words, evaluator: bool) -> str:
    """The panel around the list, its button, and the form for what one thinks of an answer."""
    label, search = escape(words["history.label"]), escape(words["history.search"])
    said = {name: escape(words[f"history.{name}"]) for name in ("close", "deleted", "undo", "failed", "new_name")}
    return (
        f'<button type="button" id="history-button" aria-expanded="false" aria-controls="history" title="{label}">'
        f'<span class="visually-hidden">{label}</span></button>'
        f'<nav id="history" aria-label="{label}" class="{"evaluator" if evaluator else "reader"}">'
        f'<header><h2>{label}</h2><button type="button" class="shut" title="{said["close"]}">'
        f'<span class="visually-hidden">{said["close"]}</span></button></header>'
        f'<input type="search" id="history-search" placeholder="{search}" aria-label="{search}" maxlength="200">'
        f'<div id="history-list" data-name="{said["new_name"]}"></div>'
        f'<p class="undo" role="status" hidden><span>{said["deleted"]}</span> '
        f'<button type="button">{said["undo"]}</button></p>'
        f'<p class="failed" role="alert" hidden>{said["failed"]}</p></nav>{_opinion_form(words)}'
    )


def _opinion_form(words: Words) -> str:
    options = "".join(
        f'<option value="{reason}">{escape(words["opinion.reasons." + reason])}</option>'
        for reason in REASONS
        if reason
    )
    return (
        f'<form id="opinion-form" hidden><label>{escape(words["opinion.why"])}<select name="reason">{options}</select>'
        f"</label><label>{escape(words['opinion.comment'])}"
        f'<textarea name="comment" rows="2" maxlength="1000"></textarea></label>'
        f'<button type="submit">{escape(words["opinion.send"])}</button></form>'
    )


def _entry(one: Summary, words: Words) -> str:
    id, title = escape(one.id), escape(one.title)
    rename, delete = escape(words["history.rename"]), escape(words["history.delete"])
    return (
        f'<li data-id="{id}"><button type="button" class="entry" dir="auto" title="{title}">{title}</button>'
        f'<button type="button" class="rename" title="{rename}"><span class="visually-hidden">{rename} : {title}</span>'
        f'</button><button type="button" class="delete" title="{delete}">'
        f'<span class="visually-hidden">{delete} : {title}</span></button></li>'
    )
