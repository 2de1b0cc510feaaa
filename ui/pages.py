"""What stands around the answers: the bar, the empty page, the keys, and a document's own page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as attribute

from ui.i18n import DEFAULT, LANGUAGES, Words
from ui.leaf import Place
from ui.render import document_address, how_to_add, page, view_switch
from ui.sources import Library, Source, framework_name
from ui.typeset import escape, excerpt, typeset

WHOLE = 10**9
"""More characters than any document has: a document's page shows all of it."""
STYLESHEET = "/ui/app.css"
PANEL_SHEET = "/ui/history.css"
LEAF_SHEET = "/ui/leaf.css"
SCOPE_SHEET = "/ui/scope.css"
SCRIPTS = ("/ui/app.js", "/ui/trouble.js", "/ui/history.js", "/ui/leaf.js")
ICON = "/ui/mark.svg"


def brand(words: Words) -> str:
    """The product's name, which the page's script also takes as the window's title."""
    return (
        f'<div class="brand"><span class="emblem"></span><span id="name">{escape(words["interface.name"])}</span></div>'
    )


def own_account(words: Words, id: str = "") -> str:
    """The way to one's own account; a class tells the page's script whose page this is (`of-` and the account's id)."""
    whose = f" of-{escape(id)}" if id else ""
    return f'<a class="to-account{whose}" href="/account"><span>{escape(words["account.own"])}</span></a>'


def theme_switch(words: Words, evaluates: bool = False, own: str = "", administers: bool = False) -> str:
    """The ways to the briefings, the library and, for evaluators and administrators, their pages; the button between
    light and dark, which the page's script carries out; and the way to one's `own` account, where there are accounts.
    """
    label, briefings = escape(words["interface.theme"]), escape(words["interface.briefings"])
    judged = escape(words["evaluations.title"])
    ours = f'<a class="to-fiches to-evaluations" href="/evaluations"><span>{judged}</span></a>'
    office = f'<a class="to-fiches to-admin" href="/admin"><span>{escape(words["admin.title"])}</span></a>'
    return (
        f'<div class="around"><a class="to-fiches" href="/fiches"><span>{briefings}</span></a>'
        f'<a class="to-library" href="/bibliotheque"><span>{escape(words["library.title"])}</span></a>'
        f"{ours if evaluates else ''}{office if administers else ''}"
        f'<button type="button" class="icon theme" id="theme" title="{label}">'
        f'<span class="visually-hidden">{label}</span></button>{own}</div>'
    )


def keys(words: Words, own: str = "") -> str:
    """The keys that do what the mouse does, the lines that the page's script shows when a question is not taken, and on
    a phone, where the bar has no room for it, the way to one's `own` account.
    """
    named = (
        (words["keys.enter"], "enter_does"),
        (words["keys.shift_enter"], "shift_enter_does"),
        ("/", "slash_does"),
        ("1…9", "digits_does"),
        (words["keys.escape"], "escape_does"),
    )
    shown = "".join(
        f'<span class="key"><kbd dir="ltr">{escape(key)}</kbd> {escape(words[f"keys.{does}"])}</span>'
        for key, does in named
    )
    said = {"lost": words["error.lost"], "crowded": words["error.crowded"]}
    alerts = "".join(
        f'<p class="{name}" role="alert"><span class="bang"></span>{escape(text)}</p>' for name, text in said.items()
    )
    return f'<div>{alerts}{_closed(words)}<div class="keys">{shown}</div>{own}</div>'


def _closed(words: Words) -> str:
    """That the session has ended, and the way back in."""
    said, way = escape(words["error.closed"]), escape(words["error.log_in"])
    return (
        f'<p class="closed" role="alert"><span class="bang"></span>'
        f'<span>{said} <a class="to-login" href="/account/login">{way}</a></span></p>'
    )


def scope(chosen: Sequence[str], words: Words) -> str:
    """Which frameworks the question is put to: the button that shows the list of them, and the one that empties it."""
    named = ", ".join(framework_name(id, words) for id in chosen)
    label = words.fill("scope.chosen", frameworks=named) if named else words["scope.all"]
    clear = f'<button type="button" class="scope-clear">{escape(words["scope.clear"])}</button>' if named else ""
    return (
        f'<div class="scope{" some" if named else ""}"><button type="button" class="scope-open" aria-controls="scope" '
        f'aria-expanded="false"><bdi>{escape(label)}</bdi></button>{clear}</div>'
    )


def empty(library: Library, words: Words, local: bool = True) -> str:
    """The page before the first question: what the texts are, and an example for each framework they hold."""
    title, promise = escape(words["empty.title"]), escape(words["empty.promise"])
    head = f'<h1>{title}</h1><p class="promise">{promise}</p>'
    if not library.documents:
        none, lead = escape(words["empty.knows_nothing"]), words["empty.how_to_add"]
        body = f'<p class="knows">{none}</p>{how_to_add(lead, words)}'
    else:
        body = f'<p class="knows">{escape(_knows(library, words, local))}</p>{_examples(library, words)}'
    return f'<div class="empty lang-{words.language}">{head}{body}</div>'


def _knows(library: Library, words: Words, local: bool) -> str:
    known = words.fill(
        "empty.knows",
        documents=words.count("empty.documents", library.documents),
        frameworks=words.count("empty.frameworks", len(library.frameworks)),
        date=words.date(library.updated[:10]),
    )
    return f"{known} {words['interface.local']}" if local else known


def _examples(library: Library, words: Words) -> str:
    shown = "".join(
        f'<li><button type="button" class="example"><span class="framework">{escape(framework_name(id, words))}</span>'
        f'<span class="text">{escape(words[f"examples.{id}"])}</span></button></li>'
        for id in library.frameworks
    )
    if not shown:
        return ""
    return f'<h2 class="examples-label">{escape(words["empty.examples"])}</h2><ul class="examples">{shown}</ul>'


def document(source: Source, text: str, start: int, end: int, words: Words, theme: str, page_cited: int = 0) -> str:
    """A document's own page, whole, with `text[start:end]` marked; it needs no script.

    A document with pages can be seen as pages too, from the one that is cited or from the first.
    """
    whole = excerpt(text, start, end, source.title, WHOLE)
    marked = typeset(whole.text, whole.start, whole.end).replace("<mark>", '<mark id="quote">', 1)
    title = source.title or words["passages.untitled"]
    pages = page(source.pages, None, words) if source.pages else ""
    added = words.fill("document.added", date=words.date(source.added_at[:10])) if source.added_at else ""
    meta = (framework_name(source.framework, words), words.date(source.date), pages, added)
    switch = ""
    if source.pages:
        seen = Place(source.id, page_cited or 1, (start, end), page_cited)
        switch = view_switch(seen.address(), document_address(source.id, start, end, page_cited), words, "text")
    return _page(
        title,
        f'<header><a class="back" href="/">{escape(words["document.back"])}</a>'
        f'<h1 dir="auto"{_lang(source)}>{escape(title)}</h1>'
        f'<p class="proof-meta">{escape(" · ".join(part for part in meta if part))}</p>{switch}</header>'
        f'<article class="whole"{_lang(source)}>{marked}</article>',
        words,
        theme,
    )


def facsimile(source: Source, leaf: str, place: Place, words: Words, theme: str) -> str:
    """The page of a page: `leaf` under the document's name, and the way to its text."""
    title = source.title or words["passages.untitled"]
    start, end = place.quote
    text = document_address(source.id, start, end, place.cited) if end else document_address(source.id)
    meta = (framework_name(source.framework, words), words.date(source.date))
    return _page(
        title,
        f'<header><a class="back" href="/">{escape(words["document.back"])}</a>'
        f'<h1 dir="auto"{_lang(source)}>{escape(title)}</h1>'
        f'<p class="proof-meta">{escape(" · ".join(part for part in meta if part))}</p>'
        f"{view_switch(place.address(), text, words, 'page')}</header>{leaf}",
        words,
        theme,
    )


def missing(words: Words, theme: str) -> str:
    """The page of a document that is not there."""
    return _notice(words["document.missing_title"], escape(words["document.missing"]), words, theme)


def broken(reference: str, words: Words, theme: str) -> str:
    """The page of a request that failed, with the number under which the log tells why."""
    said = escape(words["error.unexpected"]), escape(words.fill("error.reference", reference=reference))
    return _notice(words["error.page"], "<br>".join(said), words, theme)


def refused(about: str, words: Words, theme: str) -> str:
    """The page of a request that is refused: `403`, `404`, `413`, `503`, or `form` for one not written here."""
    return _notice(words[f"refused.{about}.title"], escape(words[f"refused.{about}.said"]), words, theme)


def _notice(title: str, said: str, words: Words, theme: str) -> str:
    header = f'<header><a class="back" href="/">{escape(words["document.back"])}</a><h1>{escape(title)}</h1></header>'
    return _page(title, f"{header}<p>{said}</p>", words, theme)


def _page(title: str, body: str, words: Words, theme: str) -> str:
    return (
        f'<!doctype html><html lang="{words.language}" dir="{words.direction}"{theme_attribute(theme)}>'
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {escape(words['interface.name'])}</title>{links()}</head>"
        f'<body class="document"><main>{body}</main></body></html>'
    )


def _lang(source: Source) -> str:
    return f' lang="{attribute(source.language)}"' if source.language else ""


def links() -> str:
    """The style sheet and the icon, both our own."""
    sheets = "".join(
        f'<link rel="stylesheet" href="{address}">' for address in (STYLESHEET, PANEL_SHEET, LEAF_SHEET, SCOPE_SHEET)
    )
    return f'{sheets}<link rel="icon" href="{ICON}" type="image/svg+xml">'


def theme_attribute(theme: str) -> str:
    """The chosen theme; without one the page follows the machine."""
    return f' data-theme="{theme}"' if theme in ("light", "dark") else ""


def chosen_language(cookie: str | None) -> str:
    """The interface's language from its cookie; French for anything else."""
    return cookie if cookie in LANGUAGES else DEFAULT
