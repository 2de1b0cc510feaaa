"""A question that names a body by way of speaking is put plainly: "avec Bruxelles" asks about the European Union. Pure.

No text says "Bruxelles" where it means the Union, so neither search nor reader would find anything by it. A place stays
one: "à Bruxelles" is where something took place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, partial

from corpus.spoken import SpokenNames, read_spoken

_CONTRACTED = (("de le ", "du "), ("à le ", "au "))


def plainly(question: str, names: SpokenNames | None = None) -> str:
    """The question with such names replaced by what they mean; itself where there is none.

    >>> plainly("De quoi parle-t-on avec Bruxelles ?"), plainly("Qui était à Bruxelles en mars ?")
    ("De quoi parle-t-on avec l'Union européenne ?", 'Qui était à Bruxelles en mars ?')
    >>> plainly("Is Brussels talking to us?"), plainly("Which meeting took place in Brussels?")
    ('Is the European Union talking to us?', 'Which meeting took place in Brussels?')
    >>> plainly("Le rôle de l'institution de Strasbourg"), plainly("Une aide des Vingt-Sept ?")
    ("Le rôle du Conseil de l'Europe", "Une aide de l'Union européenne ?")
    >>> plainly("ما موضوع الحوار مع بروكسل؟"), plainly("Strasbourg aide-t-elle la police ?")
    ('ما موضوع الحوار مع الاتحاد الأوروبي؟', "Le Conseil de l'Europe aide-t-elle la police ?")
    """
    for pattern, means in _shipped() if names is None else _patterns(names):
        question = pattern.sub(partial(_said, means), question)
    return question


def _said(means: str, found: re.Match[str]) -> str:
    first = not re.search(r"\w", found.string[: found.end(1)])
    whole = found[1] + (f"{means[0].upper()}{means[1:]}" if first else means)
    for two, one in _CONTRACTED:
        whole = whole.replace(two, one)
    return whole


@cache
def _shipped() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(_patterns(read_spoken()))


def _patterns(names: SpokenNames) -> Iterator[tuple[re.Pattern[str], str]]:
    """What is replaced, but for its first group, and by what; bodies first: their names have a place's in them."""
    for one in names.names:
        for language, said in one.said.items():
            means = one.means.get(language, "")
            bodies = [f"{body} {place}" for body in names.body[language] for place in said]
            if bodies:
                yield re.compile(rf"(?i:(\b(?:de|à)\s+|\b)(?:{_any(bodies)})\b)"), means
            if always := one.always[language]:
                as_written = "|".join(f"(?i:{re.escape(form[0])}){re.escape(form[1:])}" for form in always)
                yield re.compile(rf"(\b)(?:{as_written})\b"), means
            if several := [form.removeprefix("les ") for form in (*always, *bodies) if form.startswith("les ")]:
                for joined, apart in (("des", "de"), ("aux", "à")):
                    yield re.compile(rf"(\b)(?i:{joined})\s+(?:{_any(several)})\b"), f"{apart} {means}"
            if said:
                behind = _any(names.behind[language])
                yield re.compile(rf"(?i:(^\W*|\b(?:{behind})\s+و?))(?:{_any(said)})\b"), means


def _any(forms: Iterable[str]) -> str:
    """Any of the forms, either apostrophe in them."""
    return "|".join(re.escape(form).replace("'", "['’]") for form in forms)
