"""Questions that are two questions: comparisons of two sides, and halves joined by "and". Pure.

Both readings are conservative: a question is taken apart only where each part is surely a question of its own. "Quels
sont le rôle et les objectifs du CMAI ?" asks one thing of one body, and stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answers import arabic, pronouns
from assistant.answers.asking import MARK, ask_anew, asked_turn, bare_asking, capital, opens_asking
from assistant.answers.contrast import contrast, doings
from assistant.answers.coordination import asked_apart, asked_of, things_apart
from assistant.answers.ellipsis import FEMININE, take_apart
from assistant.answers.mentions import mentions
from assistant.answers.phrases import compose
from assistant.answers.shared_head import shared_head, vague
from corpus.language import detect
from index.terms import fold


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, as the asker named it, in which respect (possibly empty), and a question for each side."""

    sides: tuple[str, str]
    aspect: str
    questions: tuple[str, str]


_FRENCH = (
    r"(?:compare[rz]?|comparons|(?:peux-tu|pouvez-vous|tu peux)\s+(?:me\s+)?comparer|(?:fais|faites)(?:-moi)?\s+une\s+comparaison\s+(?:entre|de)|comparaison\s+(?:entre|de))\s+"
    r"(?:(?P<aspect1>(?:les?|la|l['’])[^?]+?)\s+(?P<of1>d(?:e\s+la|e\s+l['’]|u|es|e|['’]))\s*)?(?P<a1>[^?]+?)\s+(?-i:et|avec|à|au|aux|par rapport (?:à|au))\s+(?P<b1>[^?]+)",
    r"(?:quel(?:le)?s?\s+(?:(?:est|sont)\s+(?:la|les)\s+)?|y a-t-il\s+(?:une|des)\s+|c['’]est quoi la\s+|la\s+|les\s+)?(?:principales?\s+)?(?:différences?|differences?|points communs|ressemblances?)\s+"
    r"(?:(?P<aspect2>(?:de|d['’])\s*[^?]+?)\s+)?(?:y a-t-il\s+|il y a\s+|existe(?:nt)?(?:-t-il|-t-elle)?\s+)?entre\s+(?P<a2>[^?]+?)\s+et\s+(?P<b2>[^?]+)",
    r"(?:en quoi|comment)\s+(?P<a3>[^?]+?)\s+(?:diff[eè]re(?:nt)?(?:-t-(?:il|elle))?|se distingue(?:nt)?(?:-t-(?:il|elle))?)\s+(?P<of3>de la|de l['’]|du|des|de|d['’])\s*(?P<b3>[^?]+)",
)
_ENGLISH = (
    r"(?:(?:can|could) you\s+)?(?:please\s+)?compare\s+(?:(?P<aspect1>the\s+[^?]+?)\s+of\s+)?(?P<a1>[^?]+?)\s+(?:and|with|to)\s+(?P<b1>[^?]+)",
    r"(?:what\s+(?:is|are)\s+the\s+|is there a\s+|the\s+)?(?:main\s+)?(?:differences?|similarities)\s+(?:(?P<aspect2>in\s+[^?]+?)\s+)?between\s+(?P<a2>[^?]+?)\s+and\s+(?P<b2>[^?]+)",
    r"how\s+(?:does|do|is|are)\s+(?P<a3>[^?]+?)\s+(?:differ|different)\s+from\s+(?P<b3>[^?]+)",
)
_ARABIC = (
    r"(?:قارن|قارني|قارنوا|المقارنة|مقارنة)\s+(?:(?P<aspect1>[^؟?]+?)\s+)?بين\s+(?P<a1>[^؟?]+?)\s+و(?:بين\s+)?(?P<b1>(?=\S)[^؟?]+)",
    r"(?:ما|ما هو|ما هي|ماهو)\s+(?:هو\s+|هي\s+)?(?:الفرق|الفروق|الاختلاف|الاختلافات|أوجه (?:الشبه|الاختلاف))\s+بين\s+(?P<a2>[^؟?]+?)\s+و(?:بين\s+)?(?P<b2>(?=\S)[^؟?]+)",
)
_PATTERNS = tuple(
    (language, re.compile(rf"^(?:{pattern})\s*[?؟.!]*$", re.IGNORECASE))
    for language, patterns in (("fr", _FRENCH), ("en", _ENGLISH), ("ar", _ARABIC))
    for pattern in patterns
)
_OPENING = {
    "fr": re.compile(
        r"(?:compare[rz]?|comparons|(?:peux-tu|pouvez-vous|tu peux)\s+(?:me\s+)?comparer|(?:(?:fais|faites)(?:-moi)?\s+une\s+)?comparaison\s+(?:entre|de)"
        r"|[^?]*?\b(?:différences?|differences?|points communs|ressemblances?)\s+(?:[^?]*?\s)?entre)\s+",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:(?:(?:can|could) you\s+)?(?:please\s+)?compare|[^?]*?\b(?:differences?|similarities)\s+between)\s+",
        re.IGNORECASE,
    ),
    "ar": re.compile(
        r"(?:قارن|قارني|قارنوا|المقارنة|مقارنة)\s+(?:بين\s+)?|ما\s+(?:هو\s+|هي\s+)?(?:الفرق|الفروق|الاختلاف|الاختلافات|أوجه (?:الشبه|الاختلاف))\s+بين\s+"
    ),
}
_ON = re.compile(
    r"\s*,?\s+(?:en matière de|sur le plan de|du point de vue de|in terms of|regarding|من حيث|في مجال)\s+(?P<aspect>[^?؟]+)$",
    re.IGNORECASE,
)


def comparison(question: str) -> Comparison | None:
    """The comparison that a question asks for; `None` if it asks for none.

    >>> found = comparison("Compare les objectifs du CMAI et de l'UMA")
    >>> found.sides, found.aspect, found.questions[1]
    (('le CMAI', "l'UMA"), 'les objectifs', "Quels sont les objectifs de l'UMA ?")
    >>> comparison("What is the difference between the AU and the AMU?").questions
    ('What do the texts say about the AU?', 'What do the texts say about the AMU?')
    >>> comparison("Quels sont les objectifs du CMAI ?")
    """
    text = question.strip()
    if found := _under_one_head(text) or _two_things(text):
        return found
    for language, pattern in _PATTERNS:
        if match := pattern.match(text):
            return _of(match, language)
    return _unnamed(text)


def _unnamed(text: str) -> Comparison | None:
    """ "Entre A et B, laquelle en premier ?": compared without the word."""
    found = contrast(text)
    if found is None or vague(found.first) or vague(found.second) or fold(found.first) == fold(found.second):
        return None
    sides = _side(found.first), _side(found.second)
    first, second = (_asked(side, found.aspect, found.language) for side in sides)
    return Comparison(sides, found.aspect, (first, second))


def _under_one_head(text: str) -> Comparison | None:
    """ "La coopération avec A et avec B": what is compared are A and B."""
    for language, opening in _OPENING.items():
        match = opening.match(text)
        shared = shared_head(text[match.end() :].rstrip("?؟!. \u00a0\u202f"), language) if match else None
        if shared and fold(shared.first) != fold(shared.second):
            sides = shared.first, shared.second
            first, second = (_asked(side, shared.head, language, shared.link) for side in sides)
            return Comparison(sides, shared.head, (first, second))
    return None


def _two_things(text: str) -> Comparison | None:
    """ "Les objectifs de A et les missions de B": each side has a head of its own."""
    bare = text.rstrip("?؟!. \u00a0\u202f")
    for language, opening in _OPENING.items():
        match = opening.match(bare)
        for first, second in things_apart(bare, match.end(), language) if match else ():
            return Comparison((first.text, second.text), "", (asked_of(first, language), asked_of(second, language)))
    return None


def _of(match: re.Match[str], language: str) -> Comparison | None:
    parts = {name.rstrip("123"): value for name, value in match.groupdict().items() if value}
    second = parts["b"].rstrip("?؟!. \u00a0\u202f")
    aspect = parts.get("aspect", "").strip()
    if on := _ON.search(second):
        second, aspect = second[: on.start()], on["aspect"].strip()
    if language == "ar":
        sides = tuple(_arabic_side(side) for side in _arabic_sides(f"{parts['a']} و{second}"))
    else:
        sides = (
            _side(f"{parts.get('of', '')} {parts['a']}" if "aspect" in parts else parts["a"]),
            _side(_after(parts, second)),
        )
    a, b = (side.strip() for side in sides)
    if not a or not b or vague(a) or vague(b) or fold(a) == fold(b) or len(a.split()) > 14 or len(b.split()) > 14:
        return None
    if any(m.entity and m.start == 0 for m in take_apart(aspect).named):
        return None
    aspect = re.sub(r"^(?:de\s+|d['’]|in\s+)", "", aspect, flags=re.IGNORECASE)
    return Comparison((a, b), aspect, (_asked(a, aspect, language), _asked(b, aspect, language)))


def _after(parts: dict[str, str], second: str) -> str:
    """The second side of "A differs from B", with the preposition that belongs to it."""
    return f"{parts['of']} {second}" if "of" in parts and "aspect" not in parts else second


def _side(text: str) -> str:
    piece = take_apart(re.sub(r"\s+", " ", text).replace("' ", "'").strip())
    core = re.sub(r"^(?:that|those|celles?|ceux|celui)\s+(?:of|de|du|des)\s+", "", piece.core)
    return compose("", piece.article, core)


_OWN_WAW = re.compile(r"و(?:زراء|زارة|زارات|زير|طني|طنية|كالة|كالات|حدة|ثيقة|ثائق|سط|قاية|ساطة|لاية|لايات|فد)(?=\s|$)")


def _arabic_sides(text: str) -> tuple[str, str]:
    """The two things joined by "and", which is written as the first letter of the second: not within a name, nor where
    that letter is the word's own.

    >>> _arabic_sides("مجلس وزراء الداخلية العرب واتحاد المغرب العربي")
    ('مجلس وزراء الداخلية العرب', 'اتحاد المغرب العربي')
    """
    named = [(m.start, m.end) for m in mentions(text)]
    for joint in re.finditer(r"\s+و", text):
        at = joint.end() - 1
        if not _OWN_WAW.match(text, at) and not any(start < at < end for start, end in named):
            return text[: joint.start()], text[joint.end() :]
    return text, ""


def _arabic_side(text: str) -> str:
    named = [m for m in mentions(text) if m.start == 0 and m.entity]
    return named[0].text if named and named[0].end == len(text.strip()) else text.strip()


def _asked(side: str, aspect: str, language: str, link: str = "") -> str:
    if link not in {"", "de", "of"}:
        return _tied(side, aspect, language, link)
    if language == "ar":
        return (
            f"ما {'هو' if aspect.startswith('تاريخ') else 'هي'} {aspect} {side}؟"
            if aspect
            else f"ماذا تقول النصوص عن {side}؟"
        )
    if not aspect:
        return f"Que disent les textes sur {side} ?" if language == "fr" else f"What do the texts say about {side}?"
    piece, of = take_apart(aspect), take_apart(side)
    if language == "en":
        article = piece.article or "the"
        return f"What {'are' if piece.core.split()[0].endswith('s') else 'is'} {article} {piece.core} of {side}?"
    whole = compose("de", of.article, of.core)
    if piece.article in {"les", "la", "le"}:
        feminine = piece.article == "la" or (piece.article == "les" and FEMININE.search(fold(piece.core.split()[0])))
        asking = "Quelle" if feminine else "Quel"
        return f"{asking}{'s sont' if piece.article == 'les' else ' est'} {aspect} {whole} ?"
    return f"Que disent les textes sur {compose('', piece.article, piece.core)} {whole} ?"


def _tied(side: str, head: str, language: str, link: str) -> str:
    """A question on a head that is tied to its side by another word than "of": "la coopération avec l'UA"."""
    of = take_apart(side)
    tied = f"{head} {compose(link, of.article, of.core) if language == 'fr' else f'{link} {side}'}"
    if language == "fr" and re.match(r"les\s", head, re.IGNORECASE):
        feminine = FEMININE.search(fold(head.split()[1]))
        return f"Quel{'le' if feminine else ''}s sont {tied} ?"
    mark = MARK[language]
    about = {"fr": "Que disent les textes sur", "en": "What do the texts say about", "ar": "ماذا تقول النصوص عن"}
    return f"{about[language]} {tied}{mark}"


def questions_in(question: str) -> tuple[str, ...]:
    """The questions that one question is made of: one for each side compared, or its halves; else itself alone.

    >>> questions_in("Compare the AU and the AMU"), questions_in("Qui préside le CMAI ?")
    (('What do the texts say about the AU?', 'What do the texts say about the AMU?'), ('Qui préside le CMAI ?',))
    """
    compared = comparison(question)
    return compared.questions if compared else doings(question) or halves(question)


_JOINED = re.compile(
    r"\s*,?\s+(?:et|and)\s+|\s*[،,]?\s+و(?=متى|أين|اين|كم|من\s|لماذا|كيف|ما\s|هل|(?:في\s+|ب|من\s+|إلى\s+|منذ\s+)أية?\s|منذ متى)",
    re.IGNORECASE,
)


def halves(question: str) -> tuple[str, ...]:
    """The questions that a question joins, each standing alone; the question itself if it is one.

    >>> halves("Quand et où s'est tenue la 35e session du CMAI ?")
    ("Quand s'est tenue la 35e session du CMAI ?", "Où s'est tenue la 35e session du CMAI ?")
    >>> halves("Qui préside le CMAI et quand a-t-il été créé ?")
    ('Qui préside le CMAI ?', 'Quand le CMAI a-t-il été créé ?')
    >>> halves("Quels sont le rôle et les objectifs du CMAI ?")
    ('Quels sont le rôle et les objectifs du CMAI ?',)
    """
    sentences = [part.strip() for part in re.findall(r"[^?؟]+[?؟]", question)]
    if (
        len(sentences) == 2
        and all(opens_asking(part) for part in sentences)
        and "".join(question.split()).endswith(("?", "؟"))
    ):
        return sentences[0], _second(sentences[1].rstrip("?؟ \u00a0"), sentences[0]) or sentences[1]
    text = question.strip().rstrip("?؟ \u00a0\u202f")
    language = detect(text)
    for joint in _JOINED.finditer(text):
        first, second = text[: joint.start()], text[joint.end() :]
        if bare_asking(first):
            return _two_askings(first, second, language) or (question,)
        if opens_asking(first) and (opens_asking(second) or bare_asking(second)) and len(first.split()) > 2:
            mark = MARK[language]
            following = _second(second, first + mark)
            return (capital(first) + mark, following) if following else (question,)
    return asked_apart(question, language) or (question,)


def _two_askings(first: str, rest: str, language: str) -> tuple[str, ...]:
    """ "Quand et où ...": the same question asked in both ways; only askings that take the same words after them.

    Arabic has no article to tell where the asking words end: the fewest are taken.
    """
    lengths = range(1, min(5, len(rest.split())))
    for length in lengths if language == "ar" else reversed(lengths):
        asking = " ".join(rest.split()[:length])
        if bare_asking(asking) and (language == "ar" or not bare_asking(" ".join(rest.split()[: length + 1]))):
            whole = rest[len(asking) :].strip()
            if not whole or fold(first) in {"qui", "who", "combien", "quoi", "what"}:
                return ()
            mark = MARK[language]
            return capital(f"{first} {whole}{mark}"), capital(f"{asking} {whole}{mark}")
    return ()


def _second(second: str, base: str) -> str:
    """The second half, standing alone; empty if it cannot be made to."""
    language = detect(base)
    mark = MARK[language]
    if bare_asking(second):
        return ask_anew(base, second, language)
    asking, turn = asked_turn(second)
    if turn:
        return f"{ask_anew(base, asking, language).removesuffix(mark)} {turn}{mark}"
    if any(m.entity for m in mentions(second)):
        return capital(second) + mark
    filled = arabic.replaced(second, base) if language == "ar" else pronouns.replaced(second, base, language)
    return capital(filled) + mark if filled else ""
