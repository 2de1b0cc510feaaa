"""A fragment ("Et la 32e ?", "with NATO?") put in its place in the question before it. Pure; French and English.

What the fragment names replaces what the earlier question names of the same kind: rank for rank, date for date, body
for body, preferring what stands behind the same preposition. What has no counterpart is added, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.answers.asking import capital
from assistant.answers.mentions import Mention, mentions
from assistant.answers.phrases import CLASSES, Phrase, compose, phrases, widened
from assistant.answers.unnamed import Unnamed, is_class, unnamed
from index.terms import fold, words

_PIECE = re.compile(
    r"^(?P<before>avec|pour|dans|en|à|de|d['’]|contre|par|sur|chez|depuis|vers|sous|pendant|entre|with|in|by|for|from|against"
    r"|under|on|at|to|of|between|since|during)?(?:\b|(?<=['’]))\s*(?P<article>le|la|les|l['’]|the|un|une)?(?:\b|(?<=['’]))\s*(?P<core>.+)$",
    re.IGNORECASE,
)
_MERGED = re.compile(r"^(du|des|au|aux)\s+", re.IGNORECASE)
_SPLIT = {"du": "de le ", "des": "de les ", "au": "à le ", "aux": "à les "}
_STANDS_FOR = re.compile(
    r"^(?:celles?|ceux|celui|that|those|the ones?)\s+(?=d|à|en|au|avec|pour|sur|par|contre|of|in|with|by|for|from|on)",
    re.IGNORECASE,
)
_OURS = frozenset("algerie algeria ministere ministry".split())
_OUR_BODIES = frozenset("miclat maecne direction-cooperation".split())
FEMININE = re.compile(r"(?:ion|te|ence|ance|ure|ie|ite|ee|tude|ade|ette|esse)s?$")


_ASPECT = re.compile(
    r"(?:objectifs?|buts?|objet|budget|siege|missions?|roles?|membres|duree|theme|montant|domaines|resultats|priorites|dates?|axes"
    r"|aims?|objectives?|goals?|headquarters|role|members|theme|amount|cost|results|priorities|purpose)\b"
)
_GENDERS = dict.fromkeys(
    "onu fao ua ue uma otan ligue-arabe academie-nayef politique-voisinage".split(), "f"
) | dict.fromkeys(
    "pnud pam onudc unicef cmai conseil-europe dialogue-5-5 accord-association agenda-2063 centre-arabe-seismes miclat maecne".split(),
    "m",
)


_AGREES = re.compile(r"^(\s+[^\W\d_]+-(?:t-)?)(il|elle)\b(\s+été\s+[^\W\d_]*?[éiu])?(e?)\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """A fragment taken apart: preposition, article, the rest, and what the rest names."""

    before: str
    article: str
    core: str
    named: tuple[Mention, ...]


def take_apart(fragment: str) -> Piece:
    """A fragment's preposition, article and rest.

    >>> piece = take_apart("au CMAI")
    >>> piece.before, piece.article, piece.core
    ('à', 'le', 'CMAI')
    """
    fragment = re.sub(r"(?:,?\s+(?:alors|donc|aussi|too|then)|\s+ones?)$", "", fragment.strip(), flags=re.IGNORECASE)
    fragment = _STANDS_FOR.sub("", fragment)
    fragment = _MERGED.sub(lambda m: _SPLIT[m[1].lower()], fragment)
    match = _PIECE.match(fragment)
    before = (match["before"] or "") if match else ""
    article = (match["article"] or "") if match else ""
    core = match["core"] if match else fragment
    before = "de" if fold(before) == "d'" else before.lower()
    return Piece(before, article.lower().replace("’", "'"), core, _named(core))


def _named(core: str) -> tuple[Mention, ...]:
    """What a fragment names; a capital at its head is a name's."""
    shifted = mentions("et " + core)
    return tuple(Mention(m.kind, m.start - 3, m.end - 3, m.text, m.id) for m in shifted)


def substitute(base: str, fragment: str, language: str) -> str:
    """The question `base` with the fragment in the place of what it stands against.

    >>> substitute("Quand s'est tenue la 35e session du CMAI ?", "la 32e", "fr")
    "Quand s'est tenue la 32e session du CMAI ?"
    >>> substitute("Combien de réunions l'UMA a-t-elle tenues ?", "pour le CMAI", "fr")
    'Combien de réunions le CMAI a-t-il tenues ?'
    >>> substitute("Which programmes does NATO run?", "the European Union", "en")
    'Which programmes does the European Union run?'
    """
    piece = take_apart(fragment)
    if against := _against_class(base, piece):
        return capital(against) + (" ?" if language == "fr" else "?")
    if noun_question := _asks_for_noun(base, piece, language):
        return noun_question
    text, mark = base.strip().rstrip("?؟ \u00a0\u202f."), " ?" if language == "fr" else "?"
    if _STANDS_FOR.match(fragment):
        text = _without_rank(text, piece)
    joined = len(piece.named) > 1 and all(m.entity for m in piece.named)
    for mention in piece.named[:1] if joined else piece.named:
        text = _placed(text, piece, mention, joined) or text
    if not piece.named or text == base.strip().rstrip("?؟ \u00a0\u202f."):
        text = _same_preposition(text, piece)
    if all(word in fold(text) for word in map(fold, words(piece.core))):
        return capital(text) + mark
    return capital(f"{text} {compose(piece.before, piece.article, piece.core)}") + mark


def _against_class(base: str, piece: Piece) -> str:
    """The question with what it calls by its class alone ("le conseil") replaced by another thing, or another class."""
    text = base.strip().rstrip("?؟ \u00a0\u202f.")
    there = unnamed(text)
    thing = next((m for m in piece.named if m.entity), None)
    if there is None or (piece.before and fold(piece.before) not in {"de", "of", fold(there.before)}):
        return ""
    if not (thing and thing.start == 0) and not (piece.article and is_class(words(piece.core)[0])):
        return ""
    against = _counterpart(text, piece, thing) if thing else None
    if against and not _is_place(against):
        return ""
    rest = text[there.end :]
    return text[: there.start] + compose(there.before, piece.article, piece.core) + _agreeing(rest, piece, thing, there)


def _without_rank(text: str, piece: Piece) -> str:
    """ "celle de 1999" names a session by its year where the question before named it by its rank."""
    by_date = any(m.kind == "date" for m in piece.named) and not any(m.kind == "date" for m in mentions(text))
    rank = next((m for m in mentions(text) if m.kind == "ordinal"), None)
    return text[: rank.start] + text[rank.end :].lstrip() if by_date and rank else text


def _placed(text: str, piece: Piece, mention: Mention, whole: bool) -> str:
    if mention.kind == "ordinal":
        return _ordinal(text, piece, mention)
    place = _counterpart(text, piece, mention)
    if not place:
        return ""
    before = place.before
    if mention.kind == "date" and piece.before and fold(before) not in {"de", "of"}:
        before = piece.before
    core = piece.core if whole or len(piece.named) == 1 else mention.text
    put = compose(before, piece.article, core)
    return text[: place.start] + put + _agreeing(text[place.end :], piece, mention, place)


def _agreeing(rest: str, piece: Piece, named: Mention | None, place: Phrase | Unnamed) -> str:
    """What follows a subject that was replaced, with its pronoun and participle in the new one's gender."""
    gender = {"le": "m", "la": "f"}.get(piece.article) or (_GENDERS.get(named.id, "") if named else "")
    if not gender and piece.article and not named:
        gender = "f" if FEMININE.search(fold(piece.core.split()[0])) else "m"
    if place.before or not gender:
        return rest

    def agreed(match: re.Match[str]) -> str:
        pronoun = {"m": "il", "f": "elle"}[gender]
        return match[1] + pronoun + (match[3] + ("e" if gender == "f" else "") if match[3] else match[4])

    return _AGREES.sub(agreed, rest, count=1)


def _ordinal(text: str, piece: Piece, mention: Mention) -> str:
    there = [m for m in mentions(text) if m.kind == "ordinal"]
    if not there:
        return ""
    following = piece.core[mention.end :].strip()
    end = there[-1].end
    if following and len(piece.named) == 1 and (noun := re.match(r"\s*[^\W\d_]+", text[end:])):
        return text[: there[-1].start] + piece.core + text[end + noun.end() :]
    return text[: there[-1].start] + mention.text + text[end:]


def _counterpart(text: str, piece: Piece, mention: Mention) -> Phrase | None:
    def merit(phrase: Phrase) -> tuple[int, int, int]:
        there = phrase.mention
        ours = fold(there.text) in _OURS or there.id in _OUR_BODIES if there else False
        same = there is not None and there.kind == mention.kind
        prepositions = bool(piece.before) and fold(phrase.before) == fold(piece.before)
        return (0 if ours else 1, 2 * same + prepositions, -phrase.start)

    groups = [{"body", "programme", "name"}, {"date"}]
    group = next(group for group in groups if mention.kind in group)
    found = [p for p in phrases(text) if p.mention and p.mention.kind in group and p.mention.end == p.end]
    if mention.kind == "name" and piece.before:
        found = [p for p in found if not (p.mention and fold(p.mention.text) in _OURS and p.before != piece.before)]
    if not found:
        return None
    best = max(found, key=merit)
    return widened(text, best) if piece.article else best


def _same_preposition(text: str, piece: Piece) -> str:
    """A phrase put in the place of the one behind the same preposition, with what depends on that."""
    if not piece.before:
        return text
    there = [p for p in phrases(text) if fold(p.before) == fold(piece.before) and not _only_names(p)]
    outer = [p for p in there if not any(o.start < p.start and p.end <= o.end for o in there)]
    if not outer:
        return text
    first = outer[-1]
    end = first.end
    for other in phrases(text):
        if other.before and other.start in {end, end + 1} and not other.mention:
            end = other.end
    return text[: first.start] + compose(piece.before, piece.article, piece.core) + text[end:]


def _only_names(phrase: Phrase) -> bool:
    return phrase.mention is not None and phrase.mention.end == phrase.end


def _asks_for_noun(base: str, piece: Piece, language: str) -> str:
    """A fragment that names a thing of its own ("les objectifs", "the budget of NATO") asked as a question."""
    if piece.before or not piece.article or fold(piece.core.split()[0]).isdigit():
        return ""
    head = words(piece.core)[0]
    entity = [m for m in piece.named if m.entity]
    if piece.named and (piece.named[0].start == 0 or not re.search(r"\b(?:d['’]|de|du|des|of)\b", piece.core)):
        return ""
    plural = piece.article == "les" or (language == "en" and head.endswith("s"))
    of = "" if entity else _owner(base, language)
    core = f"{piece.core} {of}".strip()
    if language == "en":
        return f"What {'are' if plural else 'is'} the {core}?"
    gender = "f" if piece.article == "la" or (piece.article != "le" and FEMININE.search(fold(head))) else "m"
    which = {"mFalse": "Quel est", "fFalse": "Quelle est", "mTrue": "Quels sont", "fTrue": "Quelles sont"}
    return f"{which[gender + str(plural)]} {compose('', piece.article, core)} ?"


def _owner(base: str, language: str) -> str:
    topic = topic_of(base)
    return compose("of" if language == "en" else "de", *foreign(topic, language)) if topic else ""


def foreign(topic: Phrase, language: str) -> tuple[str, str]:
    """A topic's article and noun for a question in `language`: an article of another language is left out."""
    english = topic.article == "the"
    if (english and language == "en") or (not english and language == "fr"):
        return topic.article, topic.core
    if language == "en" and topic.article:
        return "the", topic.core
    return "", topic.core


def topic_of(base: str, gender: str = "", number: str = "", owner: bool = True) -> Phrase | None:
    """What a question is about: the phrase that a pronoun of that gender and number (`s`, `p`) may stand for.

    With `owner`, a body rather than its session or its aims.

    >>> topic_of("Quels sont les objectifs du CMAI ?").text
    'le CMAI'
    >>> topic_of("Quand s'est tenue la 35e session du CMAI ?", owner=False).text
    'la 35e session du CMAI'
    """
    found = [p for p in phrases(base) if not p.mention or p.mention.kind != "date"]
    others = [p for p in found if not is_ours(p)] or found
    fitting = [p for p in others if agrees(p, gender, number)]
    if not owner:
        fitting = [p for p in fitting if not _ASPECT.match(fold(p.core))] or fitting
    named = [p for p in fitting if p.mention and p.mention.entity and not (p.mention.kind == "name" and _is_place(p))]
    if named and owner:
        return _classed(base, named[0], others) or widened(base, named[0])
    if fitting and not owner:
        telling = [p for p in fitting if p.mention and not (p.mention.kind == "name" and _is_place(p))]
        return widened(base, (telling or fitting)[0])
    return (fitting or [None])[0]  # type: ignore[list-item]


def _classed(base: str, named: Phrase, among: list[Phrase]) -> Phrase | None:
    """ "l'accord avec l'Union européenne": the agreement is what is asked about, not the Union."""
    for phrase in among:
        joined = phrase.end + 1 == named.start and named.before in {"avec", "with", "entre", "between", "pour"}
        if joined and phrase.article and fold(phrase.core.split()[0]) in CLASSES:
            return replace(phrase, end=named.end, core=phrase.core + base[phrase.end : named.end])
    return None


def is_ours(phrase: Phrase) -> bool:
    """Whether a phrase names the country or the ministry that all the texts speak of."""
    there = phrase.mention
    return fold(phrase.core) in _OURS or (there is not None and there.id in _OUR_BODIES)


def _is_place(phrase: Phrase) -> bool:
    return phrase.before in {"à", "en", "in", "at"}


def agrees(phrase: Phrase, gender: str, number: str) -> bool:
    """Whether a pronoun of that gender and number (`s`, `p`, or empty for any) may stand for a phrase."""
    own = phrase.gender or (_GENDERS.get(phrase.mention.id, "") if phrase.mention else "")
    if not own and not phrase.mention:
        own = "f" if FEMININE.search(fold(phrase.core.split()[0])) else "m"
    english = phrase.article == "the"
    return (not gender or not own or english or gender == own) and (not number or phrase.plural == (number == "p"))
