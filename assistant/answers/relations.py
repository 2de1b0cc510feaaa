"""What a question asks *about* a thing, and the words with which a text would state it. Pure.

"Qui préside le CMAI ?" is not answered by a sentence that names the CMAI and some body: it must speak of presiding.
Each relation lists how it is asked and how it is stated, in the three languages, so that a French sentence can answer
an Arabic question. A relation that no sentence states speaks strongly against an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.terms import fold


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: patterns over folded text for asking it and for stating it. `weight` says how surely a text that
    answers states it in such words: 1 for what has few words (an amount, an office), less for what has many."""

    name: str
    asked: re.Pattern[str]
    stated: re.Pattern[str]
    weight: float
    told: bool
    """Whether a refusal says that it is this which is missing."""


def _relation(name: str, asked: str, stated: str, weight: float = 1.0, told: bool | None = None) -> Relation:
    return Relation(name, re.compile(asked), re.compile(stated), weight, weight >= 0.7 if told is None else told)


_HEAD = (
    r"secretaires? general|\bpresid|directeur|directrice|\bdirige(?:nt|r)?\b|\bchef|a la tete|responsable d"
    r"|secretary[- ]general|chair|director\b|\bheads?\b|headed|leads?\b|led\b|president"
    r"|الامين العام|امينا? عاما?|رييس|يراس|تراس|مدير\b|برياسه"
)
_HEAD_ASKED = _HEAD.replace(r"|\bchef|", r"|\bchef\b(?! d'etat)|")
_MONEY = (
    r"\d[\d .,]*\s*(?:%|€|\$|euros?|dollars?|da\b|dinars?|millions?|milliards?|billions?|يورو|دولار|دينار|مليون|ملايين|مليار|ملاير|الاف|الف)"
    r"|(?:millions?|milliards?|billions?) d(?:e|')|pour cent|percent"
)
_MATTERS = (
    r"\b(?:est|sont)(?:-(?:il|elle|ils|elles|ce))? (?:si |aussi )?(?:important|essentiel|utile)"
    r"|\b(?:is|are) (?:\w+ ){0,8}(?:important|essential|useful)|\bmatters?\b|\bمهما\b|\bمهمه?\s*[؟?]*$"
)
"""What is asked of a thing that counts for much: what it serves says so, no "because" is needed."""
RELATIONS = (
    _relation(
        "budget",
        r"\bbudget|\bmontant|\bsalaires?\b|remunerati|\bsalar(?:y|ies)\b|\bwages?\b|راتب|رواتب|\bcouts?\b|\bcoute|\b(?:quel|a quel|au) prix\b|\bprix d'achat|\bsomme\b|enveloppe|\bcosts?\b|how much (?:money|did|does)|\bamount|\bprice\b(?! ind)"
        r"|ميزانيه|مبلغ|تكلفه|كلفه|قيمه ال",
        _MONEY,
    ),
    _relation(
        "direction",
        _HEAD_ASKED,
        _HEAD
        + r"|\b(?:anim|condui|men|coordonn|pilot|dirig)\w* par\b|\b(?:run|led|coordinated) by\b|يدير|تدير|يشرف|تشرف|باشراف|ينسق|يقود|تقود|ترؤس|يتراس",
    ),
    _relation(
        "siège",
        r"(?:\b(?:le|son|du|au|quel) |^)siege\b|\bou sieg(?:e|ent|eait)\b|headquarter|\bseat of\b|\bbased\b|\bمقر",
        r"\bsiege|\bsis\b|\bbase[es]? (?:a|en|in)\b|\binstall|\bimplant|\bsitue|headquarter|\bseat\b|\bbased\b|\blocated|مقر|يقع|تقع",
    ),
    _relation(
        "lieu",
        r"\b(?:ou|dans quel(?:le)? (?:pays|ville)) (?:se (?:trouve|situe)|est (?:situe|base|installe|implante|sis))"
        r"|\bwhere (?:is|are) .{0,60}\b(?:located|based|situated)|\bin (?:which|what) (?:country|city) (?:is|are)\b|اين (?:ي|ت)(?:قع|وجد)",
        r"\bsiege|\bsitue|\bsise?s?\b|\bbase|install|implant|se trouve|located|situated|headquarter|\bbased\b|مقر|يقع|تقع|يوجد|توجد",
        0.4,
        told=False,
    ),
    _relation(
        "entrée en vigueur",
        r"\bentre\w* en (?:vigueur|application)|\bent(?:er|ry)\w* into force|came into force|(?:دخل\w*|يدخل|تدخل|دخول)(?: \w+){0,6} حيز",
        r"en vigueur|en application|in(?:to)? force|applicable a compter|حيز (?:ال)?(?:تنفيذ|نفاذ)",
        0.9,
    ),
    _relation(
        "adoption",
        r"\badopte[res]*\b|\badopt(?:ed|s)?\b|\badoption\b|اعتمد|اعتماد",
        r"\badopt|approuv|approv|\bvot[ei]|valid|endors|\bratif|اعتمد|اعتماد|اقر|صادق|مصادق",
        0.5,
    ),
    _relation(
        "prochaine fois",
        r"\bprochaine?s?\b|\b(?:aura|auront) lieu\b|\bse tiendr|\b(?:next|upcoming) (?:session|meeting|conference|summit|year)"
        r"|\bwhen (?:will|is the next)\b|(?:ال)?(?:قادم|مقبل)ه?\b|متي (?:ست|سي)",
        r"prochain|\ba venir\b|\baur(?:a|ont)\b|\bse(?:ra|ront)\b|tiendr|prevue?s?\b|futur|\bnext\b|upcoming|\bwill\b|scheduled|planned"
        r"|forthcoming|قادم|مقبل|مرتقب|مزمع|سي(?:عقد|نعقد|تم)|ست(?:عقد|نعقد|تم)",
        0.6,
    ),
    _relation(
        "fréquence",
        r"\btous les combien|\bquelle (?:est la )?(?:frequence|periodicite)|\ba quelle(?:s)? (?:frequence|periodicite)|\bhow often\b"
        r"|combien de fois (?:par|l'an|dans l'annee)|\bكم مره (?:في|كل)|وتيره|دوريه (?:ال)?(?:اجتماع|انعقاد)",
        r"\bchaque\b|\btous les\b|\btoutes les\b|annue|mensue|trimestri|semestri|bimestri|hebdomad|quotidien|fois par|par an\b|regulier|periodi"
        r"|\bevery\b|annual|monthly|yearly|weekly|daily|quarterly|\beach\b|once|twice|\bper (?:year|month)|سنوي|شهري|اسبوعي|\bكل\b|دوري|مرتين|مره",
        0.6,
    ),
    _relation(
        "signataire",
        r"\bqui (?:a |ont |avait )?(?:signe|paraphe)|\bsignee?s? par (?:qui|quel)|\bwho signed|\bsigned by (?:whom|who|which)|\bمن (?:وقع|امضي)",
        r"\bsign\w*[^.]{0,25}\b(?:par|entre|avec)\b|\bsignataires?\b|\bsignatures? (?:par|entre|avec|d(?:e|u) (?:m|mm|mme|mlle|dr|monsieur|madame)\b)|\b(?:a|ont) sign|\bsign\w*[^.]{0,25}\b(?:by|between|with)\b|signator"
        r"|\bsignature of (?:mr|mrs|ms|dr)\b|(?:وقع|توقيع)\w*[^.]{0,40}\b(?:بين|من قبل|مع)\b|\bوقعها\b|موقع|توقيع (?:ال)?(?:سيد|دكتور)",
        0.8,
    ),
    _relation(
        "financement",
        r"\bqui (?:a |ont )?(?:financ|pai|subvention)|\b(?:financ|pay|subventionn)ee?s? par qui|\bquel (?:financement|bailleur)|\bwho (?:\w+ )?(?:fund|financ|pa(?:id|ys))"
        r"|\bfunded by (?:whom|who)|\bمن (?:مول|يمول|تمول)",
        r"financ|\bfund|subvention|\bappui\b|\bdon\b|bailleur|\bpaye|donor|grant|\bsupport|تمويل|يمول|مول|ممول|دعم",
        0.7,
    ),
    _relation(
        "ouverture",
        r"\bqui (?:a |ont )?(?:ouvert|inaugur|clotur|anim)|\bwho (?:opened|closed|inaugurated)|\bمن (?:افتتح|اختتم|دشن)",
        r"ouvert|inaugur|clotur|\banim|opened|closed|افتتح|افتتاح|اختتم|دشن",
        0.8,
    ),
    _relation(
        "rang",
        r"\b(?:numero|number) (?:de |of )(?:la |the |cette )?(?:\w+ )?(?:session|reunion|edition|meeting)|\bquelle edition|\bquel numero (?:de|porte(?:nt|-t-elle)?) (?:la |cette )?(?:session|reunion|edition)|\bwhich (?:number|edition)"
        r"|رقم (?:ال)?(?:دوره|اجتماع)",
        r"\b\d+ ?(?:e|eme|er|ere|st|nd|rd|th)\b|\b(?:premier|deuxiem|second|troisiem|quatriem|cinquiem|first|third|fourth|fifth)|\b\w+i(?:eme|eth)\b|الدوره (?:ال)?\w+|\b\d+ الدوره",
        0.8,
        told=False,
    ),
    _relation(
        "choix",
        r"\b(?:choisie?s?|selectionnee?s?|retenue?s?|designee?s?)\b|\b(?:chosen|selected|appointed|designated)\b|اختير|اختيار|تعيين|عين(?:ت)?\b",
        r"chois|selection|reten[ui]|design|nomm|\belu|chosen|choose|chose|select|appoint|design|elect|اختير|اختيار|اختار|عين|تعيين|انتخ",
        0.4,
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
        rf"(?:pourquoi|pour quelles? raisons?|\bwhy\b|for what reason|لماذا|سبب)(?!.*(?:{_MATTERS}))",
        r"parce qu|\bcar\b|afin (?:de|que|d')|en raison|a cause|du fait|puisque|\bvis(?:e|ent|ant)\b|en vue d|pour que"
        r"|\bpour (?:mieux )?(?:s'|se )?\w+(?:er|ir|re)\b|grace a|\bfaute d|\bd'ou\b|a la suite|\bsuite a|\btien(?:t|nent) (?:\w+ )?(?:a|au|aux)\b|\bdue?s? a|\bmotif|\bmanque\b|\bpar suite|\btant que\b|\bcompte tenu|\bser(?:t|vent) a\b|\b(?:permet|permettent|permettre)\b|\bfaire face\b|owing|for lack|for want|following|because|due to|in order|so that|aim|\bto \w+"
        r"|لان|بسبب|من اجل|بهدف|بغيه|نظرا|لكي|لعدم|جراء|اثر|نتيجه|لغياب|لنقص|بعد ان",
        0.8,
    ),
    _relation(
        "importance",
        rf"(?:\bpourquoi|\bwhy|لماذا).*(?:{_MATTERS})|\bimportance (?:de|d'|du|of)|\bاهميه\b",
        r"\bimportan|strategi|essentiel|\butile|pilier|\bsert\b|\bservent\b|permet|parce qu|\bcar\b|\bafin d|benefi|essential|\buseful|\bhelps?\b|\ballow|\benable|because"
        r"|\bkey\b|\bمهم(?:ا|ه)?\b|اهميه|استراتيجي|اساسي|يسمح|تسمح|يمكن|لان|من اجل|بهدف",
        0.5,
        told=False,
    ),
    _relation(
        "but",
        r"\ba quoi sert|\bsert a quoi|\b(?:buts?|objet|objectifs?|finalite|vocation|raison d'etre)\b|\b(?:la|quelle est la|quelles sont les|pour) missions? d(?:e|u|')|\bcharge de quoi|\bque vise"
        r"|\b(?:aims?|goals?|objectives?|purposes?)\b|what is the mission of|what is .* for\b|(?:ال)?(?:هدف|اهداف|غايه|غرض|مهمه|مهام)",
        r"\b(?:buts?|objet|objectifs?|finalite|vocation|missions?|taches?|roles?)\b|\bvis(?:e|ent|ant|ait)\b|chargee?s? de|permet|destine|\bafin d|\bpour (?:mieux )?\w+(?:er|ir|re)\b"
        r"|\baim|goal|objective|purpose|mission|seek|\bin order to|هدف|اهداف|غايه|غرض|مهم|مهام|يسعي|تسعي|يرمي|ترمي|من اجل",
        0.3,
        told=False,
    ),
    _relation(
        "rattachement",
        r"\bdepend(?:ent|ait|re)?\b|\breleve(?:nt|ait)?\b|\brattache|\bfait(?:-il|-elle)? partie\b|\bappartien|\btutelle\b"
        r"|\bpart of\b|\bbelongs? to|\bunder (?:which|what)|\battached to|\breports? to\b|تابع|يتبع|تتبع|ينتمي|تنتمي",
        r"\bdepend|relev(?:e|ant|ent)|rattach|\bpartie\b|appartien|\btutelle\b|\borganes? d|\bsein d|\bsous l|part of|belong|attached|body of|organs? of|within|under the"
        r"|تابع|يتبع|تتبع|ينتمي|تنتمي|جهاز|اجهزه|في اطار",
        0.3,
        told=False,
    ),
    _relation(
        "sanction",
        r"\bamendes?\b|\bquel(?:le)?s? (?:est la )?(?:sanction|peine)|\bpenalites?\b|\bpenalt(?:y|ies)|\bfines?\b|\bwhat (?:punishment|sanction)|عقوبه|عقوبات|غرامه|غرامات",
        r"amende|sanction|\bpeine|penalit|penalt|\bfined?s?\b|punish|retir|exclu|suspen|radi[ae]|prive|perd|obtient pas|withdraw|expel|dismiss|عقوب|غرام|جزا|حرمان|فصل",
        0.8,
    ),
    _relation(
        "matériel",
        r"\bquels? (?:materiels?|equipements?|vehicules?|engins?)|\b(?:what|which) (?:\w+ (?:and )?){0,2}(?:equipment|vehicles?|devices?)\b|(?:ما|اي) (?:هي |هو )?(?:ال)?(?:معدات|تجهيزات|مركبات|عتاد)",
        r"materiel|equipement|vehicul|camion|ordinat|drone|\bradios?\b|tablette|bateau|vedette|navire|appareil|\bkits?\b|engin|ambulance|scanner|moto|serveur|logiciel|machine|tenue|helicopt"
        r"|equipment|vehicle|computer|laptop|boat|truck|device|server|معدات|تجهيز|مركب|سيار|حاسوب|اجهزه|شاحن|زورق",
        0.6,
    ),
    _relation(
        "retrait",
        r"\b(?:s'est|se sont|s'etait|s')(?:-\w+)? ?retire|\bretrait d|\b(?:a|ont)(?:-\w+)? quitte|\bwithdr[ae]w|\bwithdrawal|\bleft the\b|\bleave the\b|انسحب|انسحاب",
        r"retir|retrait|quitt|withdr|\bleft\b|انسحب|انسحاب|غادر",
        0.9,
    ),
    _relation(
        "contenu",
        r"\bque (?:contien|prevoi|recommand|stipul|dit\b|disent|conclu|propos)|\bcontenu d(?:e|u)|\bwhat (?:does|do|did) .{3,60} (?:say|contain|recommend|stipulate|propose)\b|ماذا (?:ي|ت)(?:تضمن|نص|وصي)|مضمون",
        r"contien|contenu|prevoi|recommand|stipul|\bdit\b|conclu|propos|\bporte sur|\btraite|\bfixe|\bdispos|\bcompren|\bcomport|relati[fv]|delimit|\bregi|\bdefini|\boblige|\bimpos|\binterdi|contain|recommend"
        r"|\bsays?\b|\bcover|\bsets? out|\bprovid|propose|\bdeals? with|\bconcern|يتضمن|تتضمن|ينص|تنص|يوصي|توصي|توصيات|يتعلق|تتعلق|يحدد|تحدد",
        0.5,
        told=False,
    ),
    _relation(
        "article",
        r"\bquel article\b|\b(?:which|what) article\b|\b(?:اي|ما هي|ما) (?:ال)?ماده\b",
        r"\barticles?\b|\bart\. ?\d|\bماده\b|الماده",
        0.7,
    ),
    _relation("téléphone", r"telephone|numero de tel|\bphone|هاتف", r"telephone|\btel\b|\bphone|هاتف"),
    _relation("courriel", r"e-?mail|courriel|adresse electronique|بريد الكتروني", r"@|e-?mail|courriel|بريد الكتروني"),
    _relation(
        "adresse",
        r"\badresse (?:postale|du|de la|de l'|des|exacte)|\bquelle (?:est l')?adresse\b(?! (?:e-?mail|electronique|mail))|\b(?:what|which) (?:is the )?address|عنوان (?:ال)?(?:مقر|بريد|مكتب|مديري|وزار|سفار)",
        r"\badresse postale|\b\d+,? (?:bis,? )?(?:rue|avenue|boulevard|place|street)\b|\brue\b|\bavenue\b|\baddress\b|شارع|عنوان",
    ),
    _relation(
        "auteur",
        r"\bqui (?:a|ont) (?:ecrit|redige)|\bpar qui .*(?:ecrit|redige)|\bwho (?:wrote|drafted|authored)|\bمن (?:كتب|حرر|صاغ)\b",
        r"\becri|\bredi|auteur|\bsigne|\bwr(?:ote|itten)|draft|author|كتب|حرر|صاغ|بقلم|توقيع",
        0.6,
    ),
    _relation(
        "réponse",
        r"\b(?:a|ont) repondu|\bla reponse\b|\breplied|\banswered\b|\bاجاب|\bرد على",
        r"repon[ds]|repli|answer|respon[sd]|reply|اجاب|\bرد\b|جواب",
        0.8,
    ),
    _relation(
        "représentation",
        r"\bqui (?:a |ont )?represent|\bquel(?:le)? (?:ministre|responsable|personne|delegation)\b.{0,30}\brepresent|\brepresentee?s? par qui|\bwho (?:\w+ )?represent|\bمن (?:مثل|يمثل)\b",
        r"represent|delegu|delega|conduit|a la tete|au nom d|on behalf|deleg|ممثل|يمثل|مثل|وفد",
        0.7,
    ),
    _relation(
        "ordre du jour",
        r"ordre du jour|\bagenda of\b|\bon the agenda\b|جدول اعمال|جدول الاعمال",
        r"ordre du jour|\bpoints?\b|porte[^.]{0,12} sur|consacre|agenda|\babout\b|devoted|discuss|جدول اعمال|جدول الاعمال|تناول|خصص",
        0.8,
    ),
    _relation(
        "conclusions",
        r"(?:\b(?:quel(?:le)?s?|que|quoi|les|des|ses|aux|la|une) (?:\w+ ){0,2}|^)(?:conclusions?|resultats?|recommandations?|decisions)\b(?! (?:n|\d))(?<!suivre les decisions)|\b(?:quelle|what|which) decision\b(?! (?:n|\d))(?!.*\bsign)|\b(?:a|ont)(?:-\w+){0,2} decide|\bdecided\b|\bconcluded?\b|\bfindings\b|\boutcomes?\b|\bقرارات|\bقرر|\bنتاءج|\bنتايج|\bتوصيات",
        r"conclu|result|recommand|recommend|constat|abouti|a permis|decid|adopt|found that|outcome|finding|نتاءج|نتايج|توصي|اسفر|خلص|قرر",
        0.7,
    ),
    _relation(
        "durée",
        r"combien de (?:temps|jours|semaines|mois|annees) |quelle (?:est la |etait la )?duree|\bhow long\b|\bhow many (?:days|weeks|months)\b|\bduration\b"
        r"|\bمده\b|كم من الوقت|كم دام|كم (?:يوم|اسبوع|شهر)",
        r"\b(?:\w+) (?:ans?|annees?|mois|jours?|semaines?|heures?|minutes?|secondes?|semestres?|trimestres?|years?|months?|days?|weeks?|hours?|seconds?)\b|\b(?:\w+) (?:premiers?|premieres?|first) (?:jours|mois|annees|days)|\d{4} ?(?:-|–|a|au|et|to|and|الي|و) ?\d{4}|\bdu \d|\bfrom \d"
        r"|سنه|سنوات|شهر|اشهر|يوم|ايام|اسبوع|اسابيع|ساعه|ساعات|دقيقه|دقايق",
        0.6,
    ),
    _relation(
        "part",
        r"quel(?:le)? (?:est le |est la )?(?:pourcentage|proportion|taux|part)\b|\bwhat (?:percentage|share|proportion)|\b(?:ال)?نسبه",
        r"%|pour cent|percent|\bsur \d|\bout of\b|\bmoitie|\btiers\b|\bquart|\bhalf\b|\bthirds?\b|بالميه|في الميه|بالماءه|نصف|ثلث|ربع",
        0.8,
    ),
    _relation(
        "superficie",
        r"\bsuperficie|\bquelle (?:est la )?surface|\bhow (?:large|big) is|\b(?:land|surface) area\b|مساحه",
        r"\bkm|kilometre|hectare|\bm2\b|\bacres?\b|\bmiles?\b|كيلومتر|هكتار|\bكم\b",
        0.7,
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
        r"(?:\d|cents?|mille|millions?|hundred|thousand|dizaines?|ميه|الف)\s+(?:\w+ |d'|de ){0,2}(?:agents|policiers|fonctionnaires|personnes"
        r"|officiers|employes|membres|habitants|participants|morts|people|officers|staff|members|employees|مشارك|عضو|موظف|شخص)",
        0.3,
        told=True,
    ),
)


def asked(question: str) -> tuple[Relation, ...]:
    """The relations a question asks for.

    >>> [relation.name for relation in asked("Quel est le budget du programme ?")]
    ['budget']
    """
    return _asked(fold(question))


@lru_cache(maxsize=1000)
def _asked(folded: str) -> tuple[Relation, ...]:
    return tuple(relation for relation in RELATIONS if relation.asked.search(folded))


def states(question: str, text: str) -> float:
    """Of the relations asked for, the share that one text states; 0 where none is asked for.

    >>> states("Quel est le budget ?", "Il est de 3 millions d'euros."), states("Quand ?", "En 2010.")
    (1.0, 0.0)
    """
    relations = asked(question)
    folded = fold(text)
    return sum(relation.stated.search(folded) is not None for relation in relations) / max(1, len(relations))


def unstated(question: str, evidence: str) -> tuple[Relation, ...]:
    """Of the relations asked for, those that the evidence does not state.

    >>> [r.name for r in unstated("Quel est le budget du programme ?", "Le programme est financé par l'Union.")]
    ['budget']
    >>> unstated("Quel est le budget du programme ?", "Il est doté de 3 millions d'euros.")
    ()
    """
    folded = fold(evidence)
    return tuple(relation for relation in asked(question) if not relation.stated.search(folded))
