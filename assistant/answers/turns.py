"""Whether a draft denies, explains, limits or foresees what its source does not, or stops doing so. Pure.

A source of several clauses is read by the one that the draft is nearest to: "A may, but B must" says both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.answers.wording import Word, bare, is_plain, markers, same

BOTH_WAYS = ("not", "without", "except", "condition", "obligation", "should", "possible", "future")
"""Neither added nor left out."""
NEVER_ADDED = ("cause", "purpose", "consequence", "all", "only", "entirely", "most", "superlative", "some", "several")
LIMITS = ("one_of", "some", "several", "most", "about", "more", "less", "at_least", "at_most", "plan", "only")
"""Never left out where the draft keeps what they limit."""
QUANTITIES = ("all", "most", "some", "several")
_SAID = {
    "not": "une négation", "without": "« sans »", "except": "une exception", "condition": "une condition",
    "obligation": "une obligation", "should": "un conditionnel", "possible": "une possibilité", "future": "un futur",
    "cause": "une cause", "purpose": "un but", "consequence": "une conséquence", "all": "« tous »", "only": "« seul »",
    "entirely": "« entièrement »", "most": "« surtout »", "superlative": "un superlatif", "some": "« certains »",
    "several": "« plusieurs »", "one_of": "« l'un des »", "about": "« environ »", "more": "« plus de »", "less": "« moins de »",
    "at_least": "« au moins »", "at_most": "« au plus »", "plan": "une prévision",
}  # fmt: skip
_BREAK = re.compile(r"^(?:et|mais|and|but)$")
_SUBORDINATE = re.compile(r"^(?:car|parce|puisque|tandis|because|while|whereas|لكن|ولكن|بينما|لان|لانه|لانها)$")
_FAR = 4
"""How many words on a limit reaches."""


def turned(draft: Sequence[Word], source: Sequence[Word], clause: Sequence[Word], language: str, crossing: bool) -> str:
    """In French, the first turn that the draft adds or leaves out; `""` where there is none.

    `clause` is the part of the source that the draft is about.
    """
    mine = {name for _at, name in markers(draft)}
    everywhere = {name for _at, name in markers(source)}
    here = {name for _at, name in markers(clause)}
    for name in BOTH_WAYS:
        if name in mine and name not in here:
            return f"Les textes ne contiennent pas {_SAID[name]}, que la phrase ajoute."
        exempted = name == "except"  # what it takes away from is the rest of the clause, wherever it stands
        if name in here and name not in mine and (crossing or exempted or _kept(name, draft, clause, language)):
            return f"Les textes contiennent {_SAID[name]}, que la phrase omet."
    foreseen = () if crossing else ("plan",)  # across languages the words of a plan also say what a text provides for
    for name in (*NEVER_ADDED, *foreseen, "about", "more", "less", "at_least", "at_most"):
        if name in mine and name not in everywhere:
            return f"Les textes ne contiennent pas {_SAID[name]}, que la phrase ajoute."
    if not crossing and (name := _spread(draft, source, language)):
        return f"Les textes ne contiennent pas {_SAID[name]} à cet endroit."
    return _unlimited(draft, clause, mine, crossing)


def _spread(draft: Sequence[Word], source: Sequence[Word], language: str) -> str:
    """The class of a quantity that the draft puts on another word: "chaque agent" for "chaque année"."""
    held = [(name, word) for name, word in _limited(source) if name in QUANTITIES]
    for name, word in _limited(draft):
        if name in QUANTITIES and not any(
            name == other and same(word.folded, own.folded, language) for other, own in held
        ):
            return name
    return ""


def _limited(found: Sequence[Word]) -> Iterator[tuple[str, Word]]:
    """Each turn with the next word that says something."""
    for at, name in markers(found):
        after = [word for word in found[at + 1 : at + 1 + _FAR] if not is_plain(word)]
        if after:
            yield name, after[0]


def _unlimited(draft: Sequence[Word], clause: Sequence[Word], mine: set[str], crossing: bool) -> str:
    said = {bare(word.folded)[:5] for word in draft}
    if "plan" in {name for _at, name in markers(clause)} - mine:
        return f"Les textes contiennent {_SAID['plan']}, que la phrase omet."
    for name, word in _limited(clause):
        if name not in LIMITS or name in mine:
            continue
        unread = crossing and not word.text[0].isdigit()
        if unread or bare(word.folded)[:5] in said:
            return f"Les textes contiennent {_SAID[name]}, que la phrase omet."
    return ""


def _kept(name: str, draft: Sequence[Word], clause: Sequence[Word], language: str) -> bool:
    """Whether the draft keeps what a turn of the source bears on: the verb itself, or one of the next two words."""
    for at, other in markers(clause):
        if other == name:
            reach = [clause[at], *[word for word in clause[at + 1 :] if not is_plain(word)][:2]]
            if any(same(mine.folded, word.folded, language) for mine in draft for word in reach if not is_plain(mine)):
                return True
    return False


def clauses(source: Sequence[Word]) -> list[Sequence[Word]]:
    """The sentence cut where a conjunction opens a part of four words or more."""
    cuts = [0]
    for at, word in enumerate(source):
        room = at - cuts[-1] >= 3 and len(source) - at >= 4
        opens = word.after_stop or (word.after_mark and _BREAK.match(word.folded))
        if room and (opens or _SUBORDINATE.match(word.folded)):
            cuts.append(at)
    return [source[a:b] for a, b in zip(cuts, [*cuts[1:], len(source)], strict=True)]


def nearest_clause(draft: Sequence[Word], source: Sequence[Word]) -> Sequence[Word]:
    """The clause that holds most of the draft; the whole source where the draft joins several."""
    parts = clauses(source)
    if len(parts) == 1 or len(clauses(draft)) > 1:
        return source
    mine = {bare(word.folded)[:5] for word in draft if not is_plain(word)}
    return max(parts, key=lambda part: len(mine & {bare(word.folded)[:5] for word in part}))
