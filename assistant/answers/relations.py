"""What a question asks *about* a thing, and the words with which a text would state it. Pure.

"Qui préside le CMAI ?" is not answered by a sentence that names the CMAI and some body: it must speak of presiding.
Each relation lists how it is asked and how it is stated, in the three languages, so that a French sentence can answer
an Arabic question. A relation that no sentence states speaks strongly against an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.terms import fold


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: patterns over folded text for asking it and for stating it. `weight` says how surely a text that
    answers states it in such words: 1 for what has few words (an amount, an office), less for what has many."""

    name: str
    asked: re.Pattern[str]
    stated: re.Pattern[str]
    weight: float


def _relation(name: str, asked: str, stated: str, weight: float = 1.0) -> Relation:
    return Relation(name, re.compile(asked), re.compile(stated), weight)


_HEAD = (
    r"secretaires? general|preside|presidence|directeur|directrice|\bdirige(?:nt|r)?\b|\bchef|a la tete|responsable d"
    r"|secretary[- ]general|chair|director\b|heads?\b|headed|leads?\b|led\b|president"
    r"|الامين العام|امينا? عاما?|رييس|يراس|تراس|مدير\b|برياسه"
)
_MONEY = (
    r"\d[\d .,]*\s*(?:%|€|\$|euros?|dollars?|da\b|dinars?|millions?|milliards?|billions?|يورو|دولار|دينار|مليون|مليار)"
    r"|(?:millions?|milliards?|billions?) d(?:e|')|pour cent|percent"
)
RELATIONS = (
    _relation(
        "budget",
        r"\bbudget|\bmontant|\bcouts?\b|\bcoute|\bprix\b|\bsomme\b|enveloppe|\bcosts?\b|how much (?:money|did|does)|\bamount|\bprice"
        r"|ميزانيه|مبلغ|تكلفه|كلفه|قيمه ال",
        _MONEY,
    ),
    _relation("direction", _HEAD, _HEAD),
    _relation(
        "siège",
        r"\b(?:le|son|du|au|quel) siege\b|headquarter|\bseat of\b|\bbased\b|\bمقر",
        r"\bsiege\b|\bsis\b|\bbase[es]? (?:a|en|in)\b|headquarter|\bseat\b|\bbased\b|مقر",
    ),
    _relation(
        "adhésion",
        r"adher|rejoin|est[- ]elle membre|ratifi|\bjoined?\b|\bjoin\b|accede|انضم|صادق",
        r"adher|rejoi|ratifi|membre|\bjoin|accede|انضم|صادق|عضو",
        0.6,
    ),
    _relation(
        "fondation",
        r"\bfonde|\bcreee?s?\b|creation|\bnaissance\b|founded|\bcreated|\bestablished|تاسس|تاسيس|انشا|نشاه",
        r"\bfond[eai]|\bcree|\bcrea|constitu|institu|etabli|mis(?:e|es)? en place|found|creat|establish|set up|تاسس|تاسيس|انشا|نشا",
        0.6,
    ),
    _relation(
        "langue",
        r"\blangues?\b|\blanguages?\b|\bلغه|\bلغات",
        r"langue|language|لغ[هات]|francais|arabe|anglais|arabic|english|french",
        0.6,
    ),
    _relation(
        "raison",
        r"pourquoi|pour quelles? raisons?|\bwhy\b|for what reason|لماذا|سبب",
        r"parce qu|\bcar\b|afin (?:de|que|d')|en raison|a cause|du fait|puisque|\bvis(?:e|ent|ant)\b|en vue d|pour que"
        r"|\bpour (?:mieux )?(?:s'|se )?\w+(?:er|ir|re)\b|grace a|because|due to|in order|so that|aim|\bto \w+"
        r"|لان|بسبب|من اجل|بهدف|بغيه|نظرا|لكي",
        0.6,
    ),
    _relation(
        "téléphone",
        r"telephone|numero de tel|adresse|e-?mail|\bphone|address|هاتف|عنوان|بريد",
        r"telephone|\btel\b|adresse|@|\bphone|address|هاتف|عنوان|بريد",
    ),
    _relation(
        "heure",
        r"quelle heure|what time|اي ساعه|الساعه",
        r"\b\d{1,2} ?(?:h\b|heures?|:\d\d|am\b|pm\b|o'clock)|\bmidi\b|\bnoon\b|الساعه",
    ),
    _relation(
        "nombre de personnes",
        r"combien d(?:e|') ?(?:agents|policiers|fonctionnaires|personnes|officiers|employes|membres|habitants|participants|morts)"
        r"|how many (?:people|officers|staff|members|employees|participants)"
        r"|(?:عدد|كم) (?:ال)?(?:مشارك|اعضا|عضو|موظف|شخص|اشخاص|شرطي)",
        r"(?:\d|cents?|mille|millions?|hundred|thousand|ميه|الف)\s+(?:\w+ ){0,2}(?:agents|policiers|fonctionnaires|personnes"
        r"|officiers|employes|membres|habitants|participants|morts|people|officers|staff|members|employees|مشارك|عضو|موظف|شخص)",
    ),
)


def asked(question: str) -> tuple[Relation, ...]:
    """The relations a question asks for.

    >>> [relation.name for relation in asked("Quel est le budget du programme ?")]
    ['budget']
    """
    folded = fold(question)
    return tuple(relation for relation in RELATIONS if relation.asked.search(folded))


def unstated(question: str, evidence: str) -> tuple[Relation, ...]:
    """Of the relations asked for, those that the evidence does not state.

    >>> [r.name for r in unstated("Quel est le budget du programme ?", "Le programme est financé par l'Union.")]
    ['budget']
    >>> unstated("Quel est le budget du programme ?", "Il est doté de 3 millions d'euros.")
    ()
    """
    folded = fold(evidence)
    return tuple(relation for relation in asked(question) if not relation.stated.search(folded))
