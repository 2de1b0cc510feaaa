"""The shipped corpus carries every fact of the text it was written from, and no figure, date or name besides."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from corpus.manifest import read_manifest, shipped_texts

ORIGINALS = Path(__file__).resolve().parents[2] / "shared" / "texts"

# (what is stated, the document that states it, expressions that must all occur in its normalised text); `[^.;]*`
# keeps both ends of an expression in one sentence.
FACTS = [
    # introduction
    ("strategic-mechanism", "introduction", [r"la cooperation multilaterale est un mecanisme strategique important"]),
    ("constructive-relations", "introduction", [r"relations constructives et efficaces"]),
    (
        "regional-and-international",
        "introduction",
        [r"organismes et les organisations, regionaux comme internationaux"],
    ),
    ("fields-of-interest", "introduction", [r"differents domaines qui interessent le ministere de l'interieur"]),
    ("common-strategies", "introduction", [r"definir des strategies communes"]),
    ("capacities", "introduction", [r"renforcer les capacites institutionnelles et techniques"]),
    ("pilot-projects", "introduction", [r"lancer des projets pilotes et experimentaux"]),
    ("sector-priorities", "introduction", [r"s'aligne sur les priorites du secteur"]),
    (
        "direction-coordinates",
        "introduction",
        [r"direction de la cooperation contribue a coordonner et a suivre les travaux"],
    ),
    (
        "direction-meetings",
        "introduction",
        [r"les rencontres organises avec les instances et les organisations multilat"],
    ),
    ("direction-participates", "introduction", [r"direction de la cooperation contribue aussi a la participation"]),
    ("framework-1", "introduction", [r"1\. la cooperation avec les organismes onusiens et internationaux en algerie"]),
    ("framework-2", "introduction", [r"2\. la cooperation avec l'union africaine"]),
    ("framework-3", "introduction", [r"3\. [^.;]*conseil des ministres arabes de l'interieur \(cmai\)"]),
    ("framework-4", "introduction", [r"4\. la cooperation avec l'union europeenne"]),
    ("framework-5", "introduction", [r"5\. la cooperation euro-atlantique"]),
    ("framework-6", "introduction", [r"6\. la cooperation dans le cadre de l'union du maghreb arabe"]),
    # United Nations and international bodies in Algeria
    (
        "un-exchange",
        "nations-unies",
        [r"echanges et une cooperation avec les organismes et les agences des nations unies"],
    ),
    ("un-pnud", "nations-unies", [r"organismes et agences des nations unies figurent : [^.;]*le pnud"]),
    ("un-fao", "nations-unies", [r"la fao"]),
    ("un-unicef", "nations-unies", [r"l'unicef"]),
    ("un-pam", "nations-unies", [r"le pam"]),
    ("un-onudc", "nations-unies", [r"l'onudc"]),
    ("un-capdel-action", "nations-unies", [r"programme capdel compte parmi les actions de cooperation lancees"]),
    ("un-capdel-name", "nations-unies", [r"« renforcement des capacites des acteurs du developpement local »"]),
    ("un-capdel-money", "nations-unies", [r"le programme capdel est finance par l'union europeenne"]),
    ("un-capdel-communes", "nations-unies", [r"plusieurs communes pilotes du pays beneficient du programme capdel"]),
    (
        "un-odd-2019",
        "nations-unies",
        [r"participe a [^.;]*rapport national pour l'annee 2019 sur les objectifs de developpement"],
    ),
    ("un-maecne", "nations-unies", [r"rapports nationaux sont elabores sous l'egide du maecne"]),
    ("un-system", "nations-unies", [r"cooperation avec le systeme des nations unies"]),
    ("un-reports-implement", "nations-unies", [r"portent, entre autres, sur la mise en oeuvre des textes suivants"]),
    (
        "un-migrant-workers",
        "nations-unies",
        [r"convention des nations unies sur la protection des droits des travailleurs migrants et des ayants droit"],
    ),
    ("un-migrant-families", "nations-unies", [r"travailleurs migrants et des ayants droit de leur famille"]),
    ("un-desertification", "nations-unies", [r"convention des nations unies sur la lutte contre la desertification"]),
    ("un-racism", "nations-unies", [r"convention internationale sur la lutte contre la discrimination raciale"]),
    # African Union
    ("au-strengthen", "union-africaine", [r"le miclat s'emploie a renforcer sa cooperation avec l'union africaine"]),
    ("au-exchange", "union-africaine", [r"l'echange d'experiences est l'un des domaines de la cooperation"]),
    ("au-development", "union-africaine", [r"pour but de promouvoir : - le developpement"]),
    ("au-migration", "union-africaine", [r"la lutte contre l'immigration clandestine"]),
    ("au-modernisation", "union-africaine", [r"la modernisation"]),
    ("au-risks", "union-africaine", [r"la gestion des risques majeurs"]),
    (
        "au-security",
        "union-africaine",
        [r"en lancant des initiatives de cooperation securitaire avec les etats membres"],
    ),
    ("au-challenges", "union-africaine", [r"faire face aux defis securitaires"]),
    ("au-orientation", "union-africaine", [r"role du miclat [^.;]* s'inscrit dans la nouvelle orientation de l'etat"]),
    ("au-relations", "union-africaine", [r"relancer, dans divers domaines, les relations avec les pays africains"]),
    ("au-integration", "union-africaine", [r"prendre part a la realisation de l'integration africaine"]),
    ("au-agenda-2063", "union-africaine", [r"consacrer la vision directrice de « l'agenda 2063 »"]),
    ("au-slogan", "union-africaine", [r"« une afrique integree, prospere et apaisee »"]),
    ("au-citizens", "union-africaine", [r"l'afrique est conduite par ses citoyens"]),
    ("au-force", "union-africaine", [r"s'erige en une force dynamique sur la scene internationale"]),
    # Council of Arab Interior Ministers, Arab justice ministers, Arab League
    ("cmai-organ", "cmai", [r"\(cmai\) est l'un des principaux organes de la ligue des etats arabes"]),
    ("cmai-mission", "cmai", [r"promouvoir la cooperation des pays arabes dans le domaine de la securite"]),
    ("cmai-crime", "cmai", [r"cooperation des pays arabes [^.;]* la lutte contre la criminalite"]),
    ("cmai-programmes", "cmai", [r"le cmai met en place des programmes communs"]),
    ("cmai-structures", "cmai", [r"le cmai cree aussi les structures et les organismes [^.;]* ces programmes communs"]),
    (
        "cmai-since-1982",
        "cmai",
        [r"depuis 1982, le ministere de l'interieur a pris part a toutes les sessions annuelles"],
    ),
    ("cmai-rank", "cmai", [r"se fait a un rang ministeriel"]),
    ("cmai-last", "cmai", [r"la derniere session annuelle du cmai [^.;]* s'est tenue en mars 2023 a tunis"]),
    ("cmai-17", "cmai", [r"l'algerie a accueilli la 17e session du cmai du 29 au 31 janvier 2000"]),
    ("cmai-32", "cmai", [r"l'algerie a accueilli la 32e session du cmai les 11 et 12 mars 2015"]),
    ("cmai-35", "cmai", [r"l'algerie a accueilli la 35e session du cmai le 7 mars 2018"]),
    ("cmai-aim-coordination", "cmai", [r"renforcer la cooperation et la coordination arabes? en matiere de securite"]),
    ("cmai-aim-plans", "cmai", [r"etablir des strategies et des plans periodiques de cooperation securitaire"]),
    ("cmai-aim-terrorism", "cmai", [r"lutter contre le terrorisme"]),
    ("cmai-aim-organised-crime", "cmai", [r"contre le crime organise"]),
    ("cmai-aim-drugs", "cmai", [r"trafic illicite des stupefiants et des psychotropes"]),
    ("cmai-aim-police", "cmai", [r"capacites des fonctionnaires de police et des organes de securite des pays arabes"]),
    ("cmai-aim-academy", "cmai", [r"participer aux congres et aux reunions de l'academie arabe nayef"]),
    ("academy-organ", "cmai", [r"nayef des sciences de la securite est un organe scientifique rattache au cmai"]),
    ("academy-skills", "cmai", [r"consolider les competences des responsables en charge de la securite"]),
    ("academy-performance", "cmai", [r"ameliorer leur performance"]),
    (
        "justice-meetings",
        "cmai",
        [r"miclat participe egalement aux reunions et aux travaux des ministres arabes de la jus"],
    ),
    ("justice-signature", "cmai", [r"ont abouti a la signature de plusieurs conventions"]),
    ("justice-aim", "cmai", [r"combattre la criminalite sous toutes ses formes"]),
    ("justice-corruption", "cmai", [r"la convention arabe de lutte contre la corruption"]),
    ("justice-cyber", "cmai", [r"la convention arabe de lutte contre la cybercriminalite"]),
    ("justice-transborder", "cmai", [r"la convention arabe de lutte contre le crime organise transfrontalier"]),
    (
        "league-bodies",
        "cmai",
        [r"renforcer la cooperation avec les organismes qui relevent de la ligue des etats arabes"],
    ),
    ("league-disasters", "cmai", [r"notamment la lutte contre les risques et les catastrophes naturelles"]),
    ("league-centre", "cmai", [r"centre arabe de prevention des seismes et des catastrophes naturelles"]),
    ("league-mechanism", "cmai", [r"mecanisme arabe de coordination pour la lutte contre les catastrophes naturelles"]),
    # European Union
    (
        "eu-agreement",
        "union-europeenne",
        [r"l'algerie et l'union europeenne sont encadrees par l'accord d'association"],
    ),
    ("eu-2005", "union-europeenne", [r"l'accord d'association [^.;]* a ete signe en 2005"]),
    ("eu-plan", "union-europeenne", [r"nouveau plan d'action est en cours de negociation avec la partie europeenne"]),
    ("eu-plan-years", "union-europeenne", [r"nouveau plan d'action [^.;]* portera sur les annees a venir"]),
    ("eu-neighbourhood", "union-europeenne", [r"dans le cadre de la politique europeenne de voisinage"]),
    (
        "eu-2015",
        "union-europeenne",
        [r"depuis 2015, la cooperation avec l'union europeenne connait une dynamique import"],
    ),
    ("eu-initiatives", "union-europeenne", [r"nombreuses initiatives interessant le secteur ont ete lancees"]),
    ("eu-justice", "union-europeenne", [r"dialogue politique [^.;]* domaine « justice – affaires interieures »"]),
    ("eu-rights", "union-europeenne", [r"dialogue politique [^.;]* domaine « securite – droits de l'homme »"]),
    ("eu-migration", "union-europeenne", [r"dialogue informel [^.;]* « migration et circulation des personnes »"]),
    (
        "eu-capdel",
        "union-europeenne",
        [r"grace au programme capdel, le miclat a beneficie d'un appui financier europeen"],
    ),
    ("eu-capdel-name", "union-europeenne", [r"« renforcement des capacites des acteurs de developpement local »"]),
    ("eu-economy", "union-europeenne", [r"le developpement economique local"]),
    ("eu-democracy", "union-europeenne", [r"la democratie participative"]),
    (
        "eu-new-programme",
        "union-europeenne",
        [r"discussions sont en cours [^.;]* lancer un nouveau programme d'appui au developpement local"],
    ),
    ("eu-reforms", "union-europeenne", [r"apporter aux reformes un soutien institutionnel"]),
    (
        "eu-authorities",
        "union-europeenne",
        [r"collectivites locales dans leurs nouveaux roles d'acteurs du developpement"],
    ),
    ("eu-decentralisation", "union-europeenne", [r"a travers la decentralisation et la gouvernance locale"]),
    ("eu-police", "union-europeenne", [r"l'appui a la police algerienne dans ses efforts de modernisation"]),
    (
        "eu-civil-protection",
        "union-europeenne",
        [r"protection civile algerienne pour gerer les catastrophes naturelles et technologiques"],
    ),
    ("eu-solidarity", "union-europeenne", [r"la promotion de la solidarite face aux risques majeurs"]),
    # Euro-Atlantic
    (
        "5+5-partnership",
        "euro-atlantique",
        [r"dialogue 5\+5 a pour but de renforcer, [^.;]* le partenariat et le dialogue"],
    ),
    ("5+5-mediterranean", "euro-atlantique", [r"les pays de la mediterranee occidentale"]),
    (
        "5+5-practices",
        "euro-atlantique",
        [r"favoriser, entre ses differents partenaires, l'echange des meilleures pratiques"],
    ),
    ("5+5-5th", "euro-atlantique", [r"accueilli la 5e session du dialogue 5\+5 les 20 et 21 juillet 1999"]),
    ("5+5-15th", "euro-atlantique", [r"accueilli la 15e session du dialogue 5\+5 les 8 et 9 avril 2013"]),
    (
        "5+5-ministerial",
        "euro-atlantique",
        [r"le miclat a participe a la premiere reunion ministerielle du dialogue 5\+5, intitulee « coexistence"],
    ),
    ("5+5-title", "euro-atlantique", [r"« coexistence et amenagement des territoires »"]),
    ("5+5-montpellier", "euro-atlantique", [r"dialogue 5\+5 s'est tenue le 26 avril 2019 a montpellier, en france"]),
    (
        "coe-cybercrime",
        "euro-atlantique",
        [r"conseil de l'europe porte pour l'essentiel sur la lutte contre la cyberc"],
    ),
    ("coe-programme", "euro-atlantique", [r"cooperation avec le conseil de l'europe passe par le programme cyber-sud"]),
    (
        "coe-programme-title",
        "euro-atlantique",
        [r"« cooperation en matiere de cybercriminalite en matiere de voisinage sud »"],
    ),
    ("nato-regular", "euro-atlantique", [r"l'algerie participe de facon reguliere aux divers programmes de l'otan"]),
    (
        "nato-ipcp",
        "euro-atlantique",
        [r"« programme individuel de partenariat et de cooperation otan-algerie » \(ipcp\)"],
    ),
    ("nato-sps", "euro-atlantique", [r"« la science au service de la paix et de la securite » \(sps\)"]),
    # Arab Maghreb Union
    ("uma-founded", "maghreb", [r"conseil des ministres de l'interieur maghrebins a ete constitue en 1990"]),
    ("uma-four", "maghreb", [r"quatre reunions du conseil des ministres de l'interieur maghrebins se sont tenues"]),
    ("uma-1", "maghreb", [r"la premiere reunion [^.;]* du 16 au 18 mars 1990 a nouakchott"]),
    ("uma-2", "maghreb", [r"la deuxieme reunion [^.;]* les 12 et 13 novembre 1990 a nouakchott"]),
    ("uma-3", "maghreb", [r"la troisieme reunion [^.;]* les 16 et 17 juillet 1994 a alger"]),
    ("uma-4", "maghreb", [r"la quatrieme reunion [^.;]* du 17 au 19 decembre 1995 a tripoli"]),
    ("uma-security", "maghreb", [r"la coordination en matiere de securite"]),
    ("uma-circulation", "maghreb", [r"la libre circulation des personnes et des biens"]),
    ("uma-civil-protection", "maghreb", [r"la coordination dans le domaine de la protection civile"]),
    ("uma-authorities", "maghreb", [r"la cooperation en matiere de collectivites locales"]),
    ("uma-2012", "maghreb", [r"affaires etrangeres de l'uma s'est reuni les 8 et 9 juillet 2012 a alger"]),
    ("uma-2013", "maghreb", [r"conseil des ministres de l'interieur [^.;]* s'est reuni le 21 avril 2013 a rabat"]),
    ("uma-recommendations", "maghreb", [r"conformement aux recommandations de 2012 et de 2013"]),
    ("uma-four-groups", "maghreb", [r"quatre groupes de travail de l'uma ont ete mis en place"]),
    (
        "uma-group-terrorism",
        "maghreb",
        [r"groupe de travail [^.;]* la lutte contre le terrorisme et la criminalite organisee"],
    ),
    ("uma-group-migration", "maghreb", [r"lutte contre l'immigration clandestine et la traite des personnes"]),
    ("uma-group-drugs", "maghreb", [r"lutte contre le trafic de drogue et les substances psychotropes"]),
    (
        "uma-group-protection",
        "maghreb",
        [r"la cooperation dans le domaine de la protection civile et de l'elaboration"],
    ),
    ("uma-group-strategy", "maghreb", [r"strategie maghrebine de prevention et de lutte contre les risques majeurs"]),
]

# What may be named or dated. `test_what_may_be_said_is_what_the_original_says` holds these against the original.
DATES = {
    *{(day, 1, 2000) for day in (29, 31)},
    *{(day, 3, 2015) for day in (11, 12)},
    (7, 3, 2018),
    *{(day, 7, 1999) for day in (20, 21)},
    *{(day, 4, 2013) for day in (8, 9, 21)},
    (26, 4, 2019),
    *{(day, 3, 1990) for day in (16, 18)},
    *{(day, 11, 1990) for day in (12, 13)},
    *{(day, 7, 1994) for day in (16, 17)},
    *{(day, 12, 1995) for day in (17, 19)},
    *{(day, 7, 2012) for day in (8, 9)},
}
MONTH_YEARS = {(month, year) for _, month, year in DATES} | {(3, 2023)}
YEARS = {year for _, _, year in DATES} | {1982, 1990, 2005, 2015, 2019, 2023, 2063}
ORDINALS = {1, 2, 3, 4, 5, 15, 17, 32, 35}
ACRONYMS = {"PNUD", "FAO", "UNICEF", "PAM", "ONUDC", "MAECNE", "MICLAT", "CMAI", "CAPDEL", "OTAN", "IPCP", "SPS", "UMA"}
# Full names of well-known organisations, given in parentheses for the reader; nothing else comes from outside.
EXPANSIONS = [
    "Programme des Nations unies pour le développement",
    "Organisation des Nations unies pour l'alimentation et l'agriculture",
    "Fonds des Nations unies pour l'enfance",
    "Programme alimentaire mondial",
    "Office des Nations unies contre la drogue et le crime",
    "Organisation du traité de l'Atlantique Nord",
]
# Names that nobody can put in other words: a run of the original inside one of them is no copy.
EXACT_NAMES = [
    "Convention des Nations Unies sur la lutte contre la désertification",
    "Convention internationale sur la lutte contre la discrimination raciale",
    "Coexistence et aménagement des territoires",
    "la libre circulation des personnes et des biens",
    "la convention arabe de lutte contre la corruption",
    "la convention arabe de lutte contre la cybercriminalité",
    "Convention des Nations Unies sur la protection des droits des travailleurs migrants et des ayants droit de leur"
    " famille",
    "coopération en matière de cybercriminalité en matière de voisinage sud",
    "programme individuel de partenariat et de coopération OTAN-Algérie",
    "la science au service de la paix et de la sécurité",
    "renforcement des capacités des acteurs de développement local",
    "mécanisme arabe de coordination pour la lutte contre les catastrophes naturelles",
    "Centre arabe de prévention des séismes et des catastrophes naturelles",
    "la convention arabe de lutte contre le crime organisé transfrontalier",
    "stratégie maghrébine de prévention et de lutte contre les risques majeurs",
]

MONTHS = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
]
ORDINAL_WORDS = [
    "premier",
    "deuxieme",
    "troisieme",
    "quatrieme",
    "cinquieme",
    "sixieme",
    "septieme",
    "huitieme",
    "neuvieme",
    "dixieme",
]
MONTH = "|".join(MONTHS)
A_DAY = r"(\d{1,2})(?:er)?"


def plain(text: str) -> str:
    """Letters without case or accents, straight apostrophes, single spaces."""
    text = text.replace("œ", "oe").replace("Œ", "Oe").replace("’", "'")
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join("".join(letters).lower().split())


@cache
def raw(document: str) -> str:
    """A shipped text as it is extracted, page numbers of a PDF removed."""
    entry = next(entry for entry in read_manifest(shipped_texts()) if entry.id == document)
    path = shipped_texts() / entry.file
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n".join(re.sub(r"\n\d+\s*$", "", page.extract_text()) for page in PdfReader(path).pages)


def corpus() -> dict[str, str]:
    return {entry.id: raw(entry.id) for entry in read_manifest(shipped_texts())}


def original() -> str:
    """The text the corpus was written from, without the page furniture at its end."""
    found = sorted(ORIGINALS.glob("*.txt"))
    if not found:
        pytest.skip("the original text is not beside this checkout")
    return found[0].read_text(encoding="utf-8").split("Se connecter")[0]


def dates(text: str) -> set[tuple[int, int, int]]:
    """Every full date, both ends of a range or a pair included, in any of the forms in use.

    >>> sorted(dates("du 29 au 31 janvier 2000, les 20 et 21/07/1999"))
    [(20, 7, 1999), (21, 7, 1999), (29, 1, 2000), (31, 1, 2000)]
    """
    text = plain(text)
    found = set()
    several = rf"{A_DAY} ?(?:et|au|-) ?(?={A_DAY} ?(?:/(\d\d)/| ({MONTH}) )(\d{{4}}))"
    single = rf"{A_DAY}()(?: ?/(\d\d)/| ({MONTH}) )(\d{{4}})"
    for pattern in (several, single):
        for day, _, number, name, year in re.findall(pattern, text):
            found.add((int(day), int(number) if number else MONTHS.index(name) + 1, int(year)))
    return found


def month_years(text: str) -> set[tuple[int, int]]:
    named = re.findall(rf"({MONTH}) (\d{{4}})", plain(text))
    return {(MONTHS.index(name) + 1, int(year)) for name, year in named} | {(m, y) for _, m, y in dates(text)}


def years(text: str) -> set[int]:
    return {int(year) for year in re.findall(r"\d{4}", text)}


def ordinals(text: str) -> set[int]:
    text = plain(text)
    in_figures = {int(number) for number in re.findall(r"(\d+) ?(?:ere|er|eme|e)(?![a-df-qs-z])", text)}
    in_words = {
        place for place, word in enumerate(ORDINAL_WORDS, 1) if re.search(rf"\b{word.removesuffix('r')}r?e?s?\b", text)
    }
    return in_figures | in_words


def acronyms(text: str) -> set[str]:
    return set(re.findall(r"\b[A-Z]{2,}\b", text))


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[.;:!?…•]\s|\n", text) if part.strip()]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", plain(text))


@pytest.mark.parametrize(("document", "patterns"), [fact[1:] for fact in FACTS], ids=[fact[0] for fact in FACTS])
def test_the_corpus_states_the_fact(document: str, patterns: list[str]) -> None:
    """Each fact of the original is found in the document that should hold it."""
    text = plain(raw(document))
    for pattern in patterns:
        assert re.search(pattern, text), f"{document}: {pattern}"


def test_every_document_holds_facts_and_each_fact_has_its_own_name() -> None:
    """The list of facts leaves out no document and repeats no name."""
    assert {fact[1] for fact in FACTS} == set(corpus())
    assert len({fact[0] for fact in FACTS}) == len(FACTS)


def test_no_date_in_the_corpus_is_foreign() -> None:
    """Every full date, month with year, and year is one of the original's, and none is missing."""
    text = "\n".join(corpus().values())
    assert dates(text) == DATES
    assert month_years(text) == MONTH_YEARS
    assert years(text) == YEARS


def test_no_ordinal_in_the_corpus_is_foreign() -> None:
    """Every session and meeting has a rank that the original gives."""
    assert ordinals("\n".join(corpus().values())) == ORDINALS


def test_no_other_figure_stands_in_the_corpus() -> None:
    """Beside dates, ranks, `5+5` and the numbers of the list of frameworks, there is no figure."""
    for document, text in corpus().items():
        rest = re.sub(r"(?m)^\d\. |5\+5|\d{4}|\d+e\b", "", text)
        figures = {int(figure) for figure in re.findall(r"\d+", rest)}
        assert figures <= {day for day, _, _ in DATES}, document


def test_no_acronym_in_the_corpus_is_foreign() -> None:
    """Every acronym is one of the original's, and none is missing."""
    assert acronyms("\n".join(corpus().values())) == ACRONYMS


def test_what_may_be_said_is_what_the_original_says() -> None:
    """The dates, ranks and acronyms that these tests allow are those of the original."""
    text = original()
    body = "\n".join(line for line in text.splitlines() if not re.match(r"\d-[A-Z]", line))
    assert dates(text) == DATES
    assert month_years(text) == MONTH_YEARS
    assert years(text) == YEARS
    assert ordinals(body) | {1, 2, 3, 4} == ORDINALS
    assert {acronym.upper() for acronym in acronyms(body)} | {"CAPDEL"} == ACRONYMS


def test_every_name_in_the_corpus_is_in_the_original() -> None:
    """A word with a capital inside a sentence occurs in the original, or in the full name of an organisation."""
    known = set(words(original())) | {word for name in EXPANSIONS for word in words(name)}
    for document, text in corpus().items():
        for sentence in sentences(re.sub(r"(?m)^(?:#+|[-•]|\d\.) +", "", text)):
            inside = sentence.split(maxsplit=1)[1:]
            names = {word for part in inside for word in re.findall(r"\b[A-ZÀ-Þ]\w+", part)}
            assert {plain(name) for name in names} <= known, document


def test_every_expansion_stands_in_parentheses_and_nothing_else_does() -> None:
    """Parentheses hold an acronym of the original or the full name of an organisation."""
    held = {" ".join(part.split()) for text in corpus().values() for part in re.findall(r"\(([^)]*)\)", text)}
    assert held - ACRONYMS == set(EXPANSIONS)


def test_no_sentence_of_the_original_is_copied() -> None:
    """No sentence of eight words or more, and no run of twelve outside an exact name, is the original's."""
    text = original()
    exact = [" ".join(words(name)) for name in EXACT_NAMES]
    ours = " ".join(words("\n".join(corpus().values())))
    for sentence in re.split(r"[.;…•]\s|\n", text):
        its = words(sentence)
        assert len(its) < 8 or " ".join(its) not in ours or " ".join(its) in exact, sentence
    theirs = " ".join(words(text))
    for place, name in enumerate(exact):
        ours, theirs = ours.replace(name, f"name{place}"), theirs.replace(name, f"name{place}")
    run = theirs.split()
    for start in range(len(run) - 11):
        assert " ".join(run[start : start + 12]) not in ours


def test_a_sentence_names_what_it_is_about() -> None:
    """No sentence starts with a pronoun, so that a quoted one stands alone."""
    for document, text in corpus().items():
        flowing = " ".join(re.sub(r"(?m)^(?:#+|[-•]|\d\.) +", "", text).split())
        starts = re.findall(r"(?<=[.;:] )\w+(?:'\w+)?", flowing)
        assert not {start.lower() for start in starts} & {"il", "elle", "ils", "elles", "celui-ci", "cela"}, document
