"""A question that names a body by way of speaking is put plainly: "avec Bruxelles" asks about the European Union. Pure.

No text says "Bruxelles" where it means the Union, so neither search nor reader would find anything by it. A place stays
one: "à Bruxelles" is where something took place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from corpus.spoken import SpokenNames, read_spoken

_CONTRACTED = (("de le ", "du "), ("à le ", "au "))


def plainly(question: str, names: SpokenNames | None = None) -> str:
    """The question with such names replaced by what they mean; itself where there is none.

    >>> plainly("De quoi parle-t-on avec Bruxelles ?"), plainly("Qui était à Bruxelles en mars ?")
    ("De quoi parle-t-on avec l'Union européenne ?", 'Qui était à Bruxelles en mars ?')
    >>> plainly("Is Brussels talking to us?"), plainly("Which meeting took place in Brussels?")
    ('Is the European Union talking to us?', 'Which meeting took place in Brussels?')
    >>> plainly("ما موضوع الحوار مع بروكسل؟"), plainly("Strasbourg aide-t-elle la police ?")
    ('ما موضوع الحوار مع الاتحاد الأوروبي؟', "Le Conseil de l'Europe aide-t-elle la police ?")
    """
    for pattern, means in _patterns(names or read_spoken()):
        question = pattern.sub(partial(_said, means), question)
    return question


def _said(means: str, found: re.Match[str]) -> str:
    before = found[1]
    whole = f"{before}{means}" if before.strip() else f"{before}{means[0].upper()}{means[1:]}"
    for two, one in _CONTRACTED:
        whole = whole.replace(two, one)
    return whole


def _patterns(names: SpokenNames) -> Iterator[tuple[re.Pattern[str], str]]:
    for one in names.names:
        for language, said in one.said.items():
            behind = "|".join(map(re.escape, names.behind[language]))
            forms = "|".join(map(re.escape, said))
            if forms:
                yield re.compile(rf"(?i:(^\W*|\b(?:{behind})\s+و?))(?:{forms})\b"), one.means[language]
