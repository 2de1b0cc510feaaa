"""Invented figures, dates, names, places and relations are caught; what the source says is kept."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
from assistant.answers.support import Source, judge
from corpus.glossary import read_glossary
from corpus.language import detect
from index.sentences import split

DATA = Path(__file__).with_name("data")
HARD = ("number", "date", "name", "place")
SOFT = ("negation", "relation", "cause", "quantifier", "modality")


def drafted(path: Path) -> Iterator[tuple[str, str, Source, str]]:
    """Kind, sentence, its source and the sentence's language."""
    for entry in tomllib.loads(path.read_text("utf-8"))["source"]:
        source = Source(entry["text"], entry["language"], entry.get("context", ""))
        for kind, sentences in entry.items():
            if isinstance(sentences, list):
                yield from ((kind, text, source, entry.get("drafted", entry["language"])) for text in sentences)


def alike(_left: str, _right: str) -> float:
    """The worst measure of likeness: all sentences say the same to it."""
    return 1.0


def rates(path: Path) -> tuple[dict[str, list[bool]], list[str]]:
    """By kind, which sentences were judged right; and those judged wrong, to be read in a failure."""
    right: dict[str, list[bool]] = defaultdict(list)
    wrong = []
    for kind, text, source, language in drafted(path):
        judged = judge(text, [source], language, similarity=alike)
        ok = judged.kept == (kind == "true")
        right[kind].append(ok)
        if not ok:
            wrong.append(f"{kind}: {text} [{judged.verdict}] {judged.reason}")
    return right, wrong


def share(found: dict[str, list[bool]], kinds: tuple[str, ...]) -> float:
    """The share judged right over some kinds together."""
    every = [ok for kind in kinds for ok in found.get(kind, [])]
    return sum(every) / len(every)


SETS = tuple(f"support_sentences{batch}" for batch in ("", "_b", "_c", "_d", "_e", "_f"))


@pytest.mark.parametrize("name", SETS)
def test_no_wrong_figure_date_name_or_place_is_supported(name: str) -> None:
    """All are caught, in every set."""
    found, wrong = rates(DATA / f"{name}.toml")
    assert all(all(found[kind]) for kind in HARD), "\n".join(wrong)


def test_other_inventions_are_mostly_caught_and_true_sentences_mostly_kept() -> None:
    """Nine in ten, and nineteen in twenty on the first set; over all sets no less than what was reached."""
    first, wrong = rates(DATA / "support_sentences.toml")
    assert share(first, SOFT) >= 0.9, "\n".join(wrong)
    assert share(first, ("true",)) >= 0.95, "\n".join(wrong)
    every: dict[str, list[bool]] = defaultdict(list)
    for name in SETS:
        for kind, right in rates(DATA / f"{name}.toml")[0].items():
            every[kind].extend(right)
    assert sum(map(len, every.values())) >= 550
    assert share(every, SOFT) >= 0.98
    assert share(every, ("true",)) >= 0.94


def unseen(which: str) -> Iterator[tuple[str, str, list[Source], str, str]]:
    """Kind, sentence, its sources, its language and its number, of sets by other hands."""
    for path in sorted((DATA / "support_unseen").glob(f"[{which}].jsonl")):
        for entry in map(json.loads, path.read_text("utf-8").splitlines()):
            sources = [Source(s["text"], s["language"], "\n".join(s["context"])) for s in entry["sources"]]
            yield entry["kind"], entry["statement"], sources, entry["language"], entry["id"]


def test_sentences_by_another_hand_are_judged_as_well() -> None:
    """No wrong figure, date, name or place passes; of the rest no less than what was reached."""
    found: dict[str, list[bool]] = defaultdict(list)
    wrong = []
    for kind, text, sources, language, id in unseen("1-5"):
        judged = judge(text, sources, language, similarity=alike)
        found[kind].append(judged.kept == (kind == "true"))
        if not found[kind][-1]:
            wrong.append(f"{id} {kind}: {text} [{judged.verdict}] {judged.reason}")
    told = "\n".join(wrong)
    assert sum(map(len, found.values())) == 454
    assert all(all(found[kind]) for kind in HARD), told
    assert share(found, ("negation", "swap", "cause", "quantifier", "modality", "content")) >= 0.98, told
    assert share(found, ("swap",)) >= 0.95, told
    assert share(found, ("true",)) >= 0.95, told


# --- the shipped texts, altered --------------------------------------------------------------------------------------

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
PLACES = ("Tunis", "Montpellier", "France", "Algérie", "Rabat", "Mali", "Oran")
ADDED = (
    "depuis 1990", "à Rabat", "avec l'Italie", "grâce à l'ONUDC", "pour 3 millions d'euros", "afin de réduire",
    "selon Karim Benali", "uniquement", "parce que la loi le veut",
)  # fmt: skip
SPELLED = {"deux": "trois", "trois": "quatre", "quatre": "cinq", "six": "sept"}


def shipped_sentences() -> Iterator[tuple[str, str]]:
    """Each sentence of the shipped markdown texts, and the heading over it."""
    heading = ""
    for path in sorted((Path(corpus.__file__).parent / "texts").glob("*.md")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("#"):
                heading = line.strip("# ")
                continue
            text = re.sub(r"^(?:-|\d+\.)\s+", "", line.strip())
            yield from ((text[a:b], heading) for a, b in split(text))


def altered(text: str, heading: str) -> Iterator[str]:
    """The sentence with one figure, month, name or place changed, denied, or with something added."""
    for match in re.finditer(r"\d+", text):
        other = str(int(match.group()) + 1)
        if other not in text:
            yield text[: match.start()] + other + text[match.end() :]
    for month in MONTHS:
        if re.search(rf"\b{month}\b", text):
            yield re.sub(rf"\b{month}\b", MONTHS[MONTHS.index(month) - 5], text)
    for word, other in SPELLED.items():
        if re.search(rf"\b{word}\b", text):
            yield re.sub(rf"\b{word}\b", other, text)
    names = [term.forms["fr"][0] for term in read_glossary() if len(term.forms["fr"][0]) > 3]
    for at, name in enumerate(names):
        other = names[at - 7]
        if name in text and other not in text and other not in heading:
            yield text.replace(name, other)
    for at, place in enumerate(PLACES[:4]):
        if re.search(rf"\b{place}\b", text):
            yield re.sub(rf"\b{place}\b", PLACES[at + 3], text)
    for verb in ("a", "est"):
        yield text.replace(f" {verb} ", f" n'{verb} pas ", 1)
    yield from (f"{text.rstrip('. ;')} {words}." for words in ADDED)


def test_the_shipped_texts_support_themselves_and_none_of_their_alterations() -> None:
    """Hundreds of them, by rule."""
    tried = 0
    for text, heading in shipped_sentences():
        source = [Source(text, "fr", heading)]
        assert judge(text, source, "fr").verdict == "verbatim"
        for invented in altered(text, heading):
            if invented != text:
                tried += 1
                judged = judge(invented, source, "fr")
                assert not judged.kept, (text, invented)
                assert judged.reason
    assert tried > 900


# --- the verdicts ----------------------------------------------------------------------------------------------------

FRENCH = Source("L'Algérie a accueilli la 35e session du CMAI le 7 mars 2018.", "fr", "Les sessions du CMAI")
ENGLISH = "Algeria hosted the 35th session of the AIMC on 7 March 2018."


def test_across_languages_likeness_decides_once_everything_else_agrees() -> None:
    """Below its threshold, or with no measure at all, nothing is translated."""
    assert judge(ENGLISH, [FRENCH], "en", similarity=lambda _a, _b: 0.9).verdict == "translated"
    assert judge(ENGLISH, [FRENCH], "en", similarity=lambda _a, _b: 0.5).verdict == "unsupported"
    assert judge(ENGLISH, [FRENCH], "en").verdict == "unsupported"
    asked = []
    judge(ENGLISH.replace("35th", "36th"), [FRENCH], "en", similarity=lambda a, b: asked.append((a, b)) or 1.0)
    assert asked == []


def test_the_source_that_is_named_is_tried_first_and_others_after() -> None:
    """A number out of range is no error."""
    sources = [FRENCH, Source("Le CMAI siège à Tunis.", "fr"), FRENCH]
    statement = "La 35e session du CMAI a été accueillie par l'Algérie."
    assert judge(statement, sources, "fr", hints=(2,)).sources == (2,)
    assert judge(statement, sources, "fr", hints=(1, 99, -3)).sources == (0,)


LED = "lutter contre la criminalité organisée"


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [("Le CMAI a pour objectif de :", "supported"), ("Le CMAI n'a pas pour objectif de :", "unsupported")],
)
def test_a_point_of_a_list_says_what_it_says_behind_its_lead(lead: str, verdict: str) -> None:
    """Under a line that denies it, the same words say the contrary; in the point's own words, too."""
    source = Source(LED, "fr", f"Les objectifs\n{lead}", lead)
    assert (
        judge("Le CMAI a pour objectif de lutter contre la criminalité organisée.", [source], "fr").verdict == verdict
    )
    assert judge(LED, [source], "fr").kept == (verdict == "supported")


def test_every_refusal_says_why_in_french() -> None:
    """The reason is that of the nearest source."""
    judged = judge("L'Algérie a accueilli la 36e session du CMAI.", [Source("Le chat dort.", "fr"), FRENCH], "fr")
    assert judged.reason == "Les textes ne donnent pas ce nombre : 36."
    assert judge("", [FRENCH], "fr").reason
    assert judge("Bonjour.", [], "fr").reason == "Aucun passage ne dit cela."


@given(st.text(max_size=120), st.text(max_size=120), st.sampled_from(["fr", "ar", "en"]))
def test_any_two_texts_can_be_judged(statement: str, source: str, language: str) -> None:
    """Nothing is raised, and what is not the source is not called its quote."""
    judged = judge(statement, [Source(source, language)], "fr", similarity=lambda _a, _b: 1.0)
    assert judged.kept == bool(judged.sources)
    assert judged.kept or judged.reason


def test_sentences_by_a_third_hand_tell_what_the_judge_cannot_do() -> None:
    """270 freer ones, seen at their first run only: 144 of 148 inventions removed, and 21 of 122 true ones kept.

    The judge goes by words. Sums, everyday paraphrase and what a heading only implies it refuses, and the quotes are
    shown instead. What it lets pass that is wrong is what these floors are for.
    """
    removed = kept = 0
    for kind, text, sources, language, _id in unseen("6-8"):
        judged = judge(text, sources, language, similarity=alike)
        removed += kind != "true" and not judged.kept
        kept += kind == "true" and judged.kept
    assert removed >= 144
    assert kept >= 21


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("the convention arabe de lutte contre la corruption", True),
        ("the convention arabe de lutte contre la cybercriminalité", False),
        ("One of them is the convention arabe de lutte contre la corruption et le terrorisme", False),
        ("the Arab convention against corruption", True),
    ],
)
def test_what_is_taken_over_from_another_language_is_the_sources_to_its_end(statement: str, kept: bool) -> None:
    """A model that answers in two languages at once changes the word that matters behind words that are right."""
    source = Source("la convention arabe de lutte contre la corruption ;", "fr", "Les conventions signées")
    assert judge(statement, [source], "en", similarity=lambda _left, _right: 0.95).kept is kept


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("تنشيط وتطوير استراتيجيات وخطط مهنية لمواجهة التحديات الأمنية والاقتصادية والاجتماعية.", False),
        ("To launch professional strategies and plans against security, economic and social challenges.", False),
        ("تنمية وتطوير قدرات ومهارات المراقبين والمسؤولين.", False),
        ("تعزيز التعاون والتنسيق العربي في مجال الأمن.", True),
        ("To strengthen Arab cooperation and coordination in security.", True),
    ],
)
def test_a_sentence_whose_known_words_are_not_the_sources_is_another_one(statement: str, kept: bool) -> None:
    """However near a model of meaning finds the two."""
    source = Source("renforcer la coopération et la coordination arabes en matière de sécurité ;", "fr")
    assert judge(statement, [source], detect(statement), similarity=lambda *_: 1.0).kept == kept
