"""What a question asks for: its kind, told by its own words in French, Arabic and English. Pure.

The kind does not decide anything alone: it says what a sentence that answers would have to hold (a date, a place, a
figure, a name) and whether a list is to be quoted whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.answers.series import last_of
from corpus.language import detect
from index.expand import spelled_ordinals
from index.months import GREGORIAN
from index.terms import fold

Kind = Literal["date", "place", "person", "number", "list", "explanation", "definition", "polar", "other"]
DETAILS: tuple[Kind, ...] = ("date", "place", "number", "person")

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))  # type: ignore[misc]
    for kind, pattern in (
        (
            "date",
            r"^quand\b|\b(?:du|au|le) combien\b|\b(?:de|depuis|jusqu'a|pour|et|c'est|etait|,) ?quand\b|\bquand (?:est|a|ont|sont|s'|se|aura|auront|sera|seront|ont|etait|fut|eut|doit|doivent|va|vont|peut)\b|\bquand ?\?|\b(?:a|en|de|depuis|pour|quelle|quelles) quel(?:le)?s? (?:date|annee|jour|mois|periode)"
            r"|\bquel(?:le)?s? (?:est la |sont les |etai(?:t|en)t? les? )?(?:dates?|annees?|periodes?|jours?|mois)\b|\bdate de\b|\bles dates\b"
            r"|\bwhen\b|\b(?:what|which) (?:year|years|date|dates|day|month)\b|\bsince when\b"
            r"|متي|تاريخ|(?:اي|اى) (?:عام|سنه|يوم|شهر)",
        ),
        (
            "place",
            r"^ou\b(?! en )|\bou (?:se|s'|est|a|ont|fut|sont|etait|etaient|eu|ca)\b|\bquel(?:le)?s? (?:ville|pays|lieu|endroit)s?\b"
            r"|\bwhere\b|\b(?:what|which) (?:\w+ )?(?:city|cities|country|countries|place|town)\b|\bاين\b|(?:اي|في) (?:مدينه|بلد|دوله|مكان)",
        ),
        (
            "number",
            r"(?<!\bdu )(?<!\bau )(?<!\ble )(?<!\bles )\bcombien\b|\bquel(?:le)? (?:est le |est la |etait le |etait la )?"
            r"(?:nombre|montant|budget|pourcentage|taux|cout|prix|somme|superficie|population|duree|distance|hauteur)\b"
            r"|\bhow (?:many|much|long|far|old|tall)\b|\bwhat (?:number|amount|percentage|share|is the (?:number|budget|amount))\b"
            r"|(?:^|\s)كم\b|(?:^|\s)[وبل]?(?:ال)?(?:عدد|ميزانيه|مبلغ)\b",
        ),
        (
            "person",
            r"^(?:(?:a|de|par|avec|pour) )?qui\b|\bqui (?:est|sont|a|ont|etait|preside|dirige)\b.*\?|\bquel(?:le)? (?:ministre|personne|president)"
            r"|\bwho(?:m|se)?\b|^من\b",
        ),
        (
            "list",
            r"\bquel(?:le)?s\b|\blesquel(?:le)?s\b|\bliste\b|\b(?:cite|citez|citer|enumere\w*|nomme\w*)\b"
            r"|\bwhat are\b|\bwhich (?:\w+ ){0,3}\w+s\b|\bwhat (?:(?!(?:is|was|does|has)\b)\w+ ){0,2}(?!(?:is|was|does|has|this|its)\b)\w+s\b|\blist\b|\bname the\b"
            r"|ما هي|ماهي|اذكر|(?:^|\s)عدد ال|ما (?:ال\w+ات)\b",
        ),
        (
            "explanation",
            r"\bpourquoi\b|\bcomment\b(?! (?:s'(?:appel|intitul)|(?:se )?(?:nomm|appel)))|\bexpli\w+|\bwhy\b|\bhow\b|\bexplain\b|\bdescribe\b|لماذا|كيف|اشرح",
        ),
        (
            "definition",
            r"\bqu'?est[ -]ce qu|\bc'est quoi\b|\bque (?:signifie|designe)|\bwhat(?: is|'s)\b|\bdefin|ما هو|ما معني",
        ),
    )
)
_POLAR = re.compile(
    r"^(?:(?:dites|dis|dites-moi|svp|alors|et|bonjour|please|hello|hi)\W+)?(?:est[- ]ce qu|y a[- ]t[- ]il|existe[- ]t[- ]|is|are|was|were|do|does"
    r"|did|has|have|had|can|could|will|هل)\b|^(?:est[- ]ce qu|هل)|[a-z]-(?:t-)?(?:il|elle|ils|elles|on|nous|vous)\b"
)
_ASKING = re.compile(
    r"\b(?:qui|que|quoi|quel(?:le)?s?|comment|combien|ou|quand|pourquoi|lequel|laquelle|lesquel(?:le)?s|auquel|duquel"
    r"|who|whom|whose|what|which|when|where|why|how)\b|^qu'|\bqu'(?:est|a|ont)\b|\b(?:ما|ماذا|متي|اين|كيف|كم|لماذا|من)\b"
)
"""Words that ask for something named; a question without one, put by inversion, asks for yes or no."""
_THINGS = re.compile(
    r"^(?:les |nos |ses |leurs |the |our |its |all (?:the )?|tou(?:te)?s les )?(?:(?:principa\w+|main|different\w*) )?"
    r"(?!(?:depuis|apres|alors|toujours|jamais|dans|sans|parles?|dites|donnes?|does|is|was|has|this|tell|les|des)\b)[a-z]{4,}s\b"
    r"|^(?:ال)?(?:اهداف|مهام|مجالات|محاور|اتفاقيات|برامج|مشاريع|اعضاء|شركاء|انشطه|دورات|اجتماعات|هيئات|اجهزه)\b"
)
"""Things in the plural at the beginning: "objectifs du CMAI"."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ZEROS = re.compile(r"^0+(?=\d)")
_MONTHS = sorted({fold(name) for name in GREGORIAN}, key=len, reverse=True)
_DATE = re.compile(
    r"\b(?:"
    + "|".join(_MONTHS)
    + r")\b|\b(?:siecles?|centur\w+|decades?|annees \d0|\d{3}0s|قرن\w*|القرن|التسعينيات|الثمانينيات)\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b|(?<![\da-z])(?:1[0-9]{3}|20\d\d)\b"
)
_DAY = re.compile(r"\b(?:\d{1,2}(?:er)?(?= (?:et \d{1,2} )?(?:" + "|".join(_MONTHS) + r")\b))")
_DAY_ASKED = re.compile(
    r"\bquels? jours?\b|\bdates? (?:exacte|precise)s?\b|\bjour exact|\b(?:what|which) days?\b|\bexact dates?\b|\b(?:what|which) exact|اي يوم|بالضبط"
)
_WHOLE_DAY = re.compile(
    rf"\b\d{{1,2}}(?:er)?(?:(?:,| et| au| a|-| and| to| و| الى) ?\d{{1,2}})? (?:{'|'.join(_MONTHS)})\b|\b(?:{'|'.join(_MONTHS)}) \d{{1,2}}\b|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b"
)
"""A day of a month, for which the year alone is no answer."""
_COUNT = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante|cinquante|soixante"
    r"|cent|mille|million|milliard|dizaine|vingtaine|centaine|moitie|tiers"
    r"|two|three|four|five|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|billion|dozen|half"
    r"|اثنان|اثنين|(?:ثلاث|اربع|خمس|ست|سبع|ثمان|ثماني|تسع|عشر)(?:ه|ون|ين)?|نصف|(?:مئ|مائ)(?:ه|ات|تان|تين)|الف(?:ان|ين|ا)?|الاف|مليون(?:ان|ين|ا)?)s?\b"
)
_MONTH = "(?:" + "|".join(_MONTHS) + ")"
_YEAR = r"(?:1[0-9]\d\d|20\d\d)"
_PERIOD = re.compile(
    rf"\b(?:\d{{1,2}}(?:er)?(?:,| et| au| a|-| and| to| و| الى)? ?){{1,3}}(?:of )?{_MONTH}\b(?: {_YEAR}\b)?"
    rf"|\b{_MONTH} \d{{1,2}}(?:-\d{{1,2}}| and \d{{1,2}})?\b(?:,? {_YEAR}\b)?"
    rf"|\b(?:en|annees?|depuis|des|in|since|year|{_MONTH}) {_YEAR}\b|\b{_YEAR}\b(?! [a-z]{{4,}}[sx]\b)"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d+\s*[eè](?:me|re)?\b|\b\d+(?:st|nd|rd|th)\b"
)
"""Figures that count nothing: days, years ("1015 formations" is a count, "en 1015" a year), ordinals."""
_NAME = re.compile(r"(?<![.!?:;•\n] )(?<!^)\b[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ][\w'’-]+")
_CITY_ASKED = re.compile(
    r"\bquelles? (?:ville|commune|capitale|localite)s?\b|\b(?:what|which) (?:\w+ )?(?:cit(?:y|ies)|towns?|capital)\b|(?:اي|ايه) (?:مدينه|مدن|عاصمه|بلديه)"
)
_IN_CITY = re.compile(
    r"\b(?:à|[Aa]t|[Ii]n|(?:villes?|instance|cours?|tribuna(?:l|ux)|port|aéroport|annexe|bureau|antenne|communes?|gouvernorats?|université|palais|rade) (?:de|d['’])|city of|town of)\s?[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ][\w'’-]+"
    r"|[:(]\s*[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ][\w'’-]+(?=,|\)|\s*;)|(?:^|\s)(?:في|مدينة|ب(?=ال))\s?\w+"
)
_AT_PLACE = re.compile(
    r"(?:\b(?:à|a|en|au|aux|in|at|near|from|to|dans|vers|de|du|des|of|d'|par|entre|avec|et|by|between|with|and)\s*(?:la |l['’]|le |les |the )?|[:(,]\s*)[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ]\w+|(?:في|ب|الى|من)\s?\w+"
)


_BODIES = frozenset(
    "conseil ministre ministres ministere union ligue academie centre comite commission direction dialogue programme convention "
    "accord traite agence organisation conference groupe assemblee secretariat sciences objectifs agenda participation justice "
    "securite politique council ministry ministers league academy committee agency organization programme program interieur".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what it asks: its kinds (several where several words ask), and the numbers it names."""

    text: str
    language: str
    kinds: frozenset[Kind]
    numbers: frozenset[str]

    @property
    def wants_list(self) -> bool:
        """Whether a list in the source is to be quoted whole."""
        return "list" in self.kinds

    @property
    def wants_detail(self) -> bool:
        """Whether one date, place, figure or name would answer."""
        return bool(self.details)

    @property
    def details(self) -> tuple[Kind, ...]:
        """Of its kinds, those that a date, place, figure or name answers."""
        return tuple(kind for kind in DETAILS if kind in self.kinds)


def understand(text: str, language: str = "") -> Question:
    """The kinds and numbers of a question; its language is told by its words unless it is given.

    >>> sorted(understand("Quand s'est tenue la 35e session ?").kinds)
    ['date']
    >>> sorted(understand("ما هي الاتفاقيات العربية؟").kinds), sorted(understand("How many sessions?").kinds)
    (['list'], ['number'])
    >>> sorted(understand("objectifs du CMAI").kinds), sorted(understand("اهداف المجلس").kinds)
    (['list'], ['list'])
    >>> sorted(understand("Comment s'appelle le programme ?").kinds)
    ['other']
    >>> sorted(understand("La session était du combien au combien ?").kinds)
    ['date']
    """
    folded = " ".join(fold(text).split())
    kinds = {kind for kind, pattern in _KINDS if pattern.search(folded)}
    if "number" in kinds:
        kinds.discard("explanation")
    if kinds & {"date", "place"}:
        kinds.discard("list")
    if not kinds and is_polar(folded):
        kinds.add("polar")
    if not kinds and _names_things(folded):
        kinds.add("list")
    return Question(text, language or detect(text), frozenset(kinds or {"other"}), numbers(text) | last_of(text))


def _names_things(folded: str) -> bool:
    """Whether what was typed is things in the plural and nothing asked of them, as into a search box."""
    return bool(_THINGS.search(folded)) and not _ASKING.search(folded)


def is_polar(folded: str) -> bool:
    """Whether a folded question asks for yes or no.

    >>> is_polar("l'algerie a-t-elle signe ?"), is_polar("is it signed?"), is_polar("qui a-t-on recu ?")
    (True, True, False)
    """
    opened = re.sub(r"^(?:est[- ]ce qu[e']?|هل)", "", folded)
    rest = re.sub(r"\bمن\b", "", opened) if folded.startswith("هل") else opened  # "of" there, and not "who"
    return bool(_POLAR.search(folded)) and not _ASKING.search(rest)


@lru_cache(maxsize=20_000)
def numbers(text: str) -> frozenset[str]:
    """The numbers of a text, without leading zeros or ordinal endings, and its ordinals written as words.

    >>> sorted(numbers("La 05ème session, le 7 mars 2018"))
    ['2018', '5', '7']
    """
    written = {_ZEROS.sub("", found) for found in _NUMBER.findall(fold(text))}
    return frozenset(written | {str(number) for number in spelled_ordinals(text)})


def holds(kind: Kind, sentence: str, question: str) -> bool:
    """Whether a sentence holds something of that kind which the question did not already say.

    >>> holds("date", "Elle s'est tenue en 2018.", "Quand ?"), holds("date", "Elle s'est tenue à Tunis.", "Quand ?")
    (True, False)
    >>> holds("date", "بين سنتي 2018 و2021", "متى كان ذلك في 2018؟")
    True
    """
    folded, asked = fold(sentence), fold(question)
    if kind == "date" and _DAY_ASKED.search(asked):
        return any(found not in asked for found in _WHOLE_DAY.findall(folded))
    if kind == "date":
        return any(found not in asked for found in _DATE.findall(folded) + _DAY.findall(folded))
    if kind == "number":
        bare = _PERIOD.sub(" ", folded)
        return any(found not in asked for found in (match.group() for match in _COUNT.finditer(bare)))
    if kind == "person":
        return any(fold(found) not in asked for found in _NAME.findall(sentence)) or is_arabic(sentence)
    if kind == "place" and _CITY_ASKED.search(asked):
        return any(fold(found.split()[-1]) not in asked for found in _IN_CITY.findall(sentence))
    if kind == "place":
        named = (found.split()[-1] for found in _AT_PLACE.findall(sentence))
        return any(fold(name) not in asked and not _is_body(name) for name in named)
    return True


def _is_body(name: str) -> bool:
    """Whether a capitalised word opens the name of a body or is an acronym: at the League one is nowhere."""
    return name.isupper() or fold(name).rpartition("'")[2] in _BODIES


def marked_figures(sentence: str, mark: str) -> str:
    """The folded sentence with `mark` for each figure that counts something; days, years and ordinals are left out.

    >>> marked_figures("Les 22 États, le 3 mai 2010", "N").split()
    ['les', 'N', 'etats,', 'le']
    >>> marked_figures("Tenue au centre de Tunis, la troisième a réuni deux cents agents", "N")
    'tenue au centre de tunis, la troisieme a reuni  N   N  agents'
    >>> marked_figures("ستساهم الفرق مع ستراسبورغ في ست دورات وثلاثة ملتقيات", "N").split()[5:7]
    ['N', 'دورات']
    """
    return _COUNT.sub(f" {mark} ", _PERIOD.sub(" ", fold(sentence)))


def is_arabic(text: str) -> bool:
    """Whether most letters of a text are Arabic ones."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum("\u0600" <= c <= "\u06ff" for c in letters) * 2 > len(letters)
