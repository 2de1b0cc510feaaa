"""What the reader is trained on: rows that stay out, wrong passages that are hard, changes that make a near miss."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.training.overlap import Overlap
from evals.training.pairs import Mix, Pools, crossed, sentence_spans, without_sentence
from evals.training.rows import (
    ENCYCLOPEDIA,
    OWN,
    PAGES,
    Row,
    TrainingDataMissing,
    held_out,
    own_rows,
    read_faq,
    read_rows,
    without_test,
)
from evals.training.swaps import Change, changes, everywhere

ALGER = "La 35e session s'est ouverte à Alger en 2015. Le président a lu le rapport. Les délégués ont adopté le budget."
TUNIS = "La 34e session s'est tenue à Tunis en 2014. Elle a réuni vingt délégations. Le Conseil a siégé deux jours."
RABAT = "Le Conseil des ministres siège à Rabat. Son secrétariat compte douze agents. Il publie un bulletin."


def row(question: str, passage: str, answer: str | None, title: str = "Sessions", source: str = "piaf11_fr") -> Row:
    start = passage.index(answer) if answer else 0
    span = (start, start + len(answer)) if answer else None
    return Row(question, source, "fr", "fr", title, question, passage, span, answer is not None)


ROWS = [
    row("Où s'est ouverte la 35e session ?", ALGER, "Alger"),
    row("Quand s'est tenue la 34e session ?", TUNIS, "2014"),
    row("Où siège le Conseil des ministres ?", RABAT, "Rabat"),
]


def test_a_pool_is_a_pure_function_of_its_number():
    """Training that goes on from a checkpoint sees what it would have seen."""
    first, again = Pools(ROWS, seed=3), Pools(ROWS, seed=3)
    assert [first.pool(n) for n in (0, 1)] == [again.pool(n) for n in (0, 1)]
    assert first.pool(0) != first.pool(1)
    assert again.pool(1) == first.pool(1)


def test_every_answer_lies_where_its_pair_says():
    for pair in Pools(ROWS).pool(0):
        if pair.span:
            assert pair.answerable
            assert pair.passage[slice(*pair.span)] in {"Alger", "2014", "Rabat"}


def test_wrong_passages_are_of_many_kinds_and_never_marked_answerable():
    kinds = Counter(pair.kind for number in range(3) for pair in Pools(ROWS).pool(number) if not pair.answerable)
    assert set(kinds) >= {"nearest", "neighbour", "cut", "swap", "beside"}
    right = {"paragraph", "sentences", "changed both"}
    assert all((pair.kind in right) == pair.answerable for pair in Pools(ROWS).pool(0))


def test_a_passage_without_the_sentence_of_its_answer_does_not_hold_it():
    for pair in Pools(ROWS, Mix({"piaf11_fr": 1.0}, wrong=(0, 0, 1), kinds={"cut": 1.0})).pool(0):
        if pair.kind == "cut":
            asked = next(one for one in ROWS if one.question == pair.question)
            assert asked.span
            assert asked.passage[slice(*asked.span)] not in pair.passage


@pytest.mark.parametrize(
    ("question", "passage", "old"),
    [
        ("Qui ouvre la 35e session ?", "La 35e session s'ouvre.", "35"),
        ("Que dit-on en 2015 ?", "En 2015 tout change.", "2015"),
        ("Le cinquième point ?", "Le cinquième point est clos.", "cinquième"),
        ("Au XIXe siècle, qui règne ?", "Le XIXe siècle commence.", "XIX"),
        ("ما هو الاجتماع الثالث ؟", "عقد الاجتماع الثالث في تونس", "الثالث"),
        ("What did he say in March?", "In March he spoke.", "March"),
    ],
    ids=["ordinal in figures", "year", "ordinal", "century", "arabic ordinal", "month"],
)
def test_a_figure_the_passage_states_is_changed_to_one_it_does_not(question: str, passage: str, old: str):
    found = changes(question, passage, [], random.Random(1))
    assert [change.old for change in found] == [old]
    assert found[0].new != old
    assert found[0].new in found[0].of(question)


def test_a_name_is_changed_to_one_of_the_same_article():
    [change] = changes(
        "Quand Tunis a-t-elle reçu Alger ?", "À Alger, la session.", ["Le Conseil de Rabat."], random.Random(0)
    )
    assert (change.old, change.new) == ("Alger", "Rabat")


def test_a_change_on_both_sides_leaves_the_answer_alone():
    span = ALGER.index("Alger"), ALGER.index("Alger") + 5
    changed = everywhere(Change("35", "38"), "Où s'ouvre la 35e session ?", ALGER, span)
    assert changed == ("Où s'ouvre la 38e session ?", ALGER.replace("35e", "38e"), span)
    assert everywhere(Change("2015", "2017"), "2015 ?", ALGER, (ALGER.index("2015"), ALGER.index("2015") + 4)) is None


def test_the_passage_that_shares_rare_words_is_nearest():
    overlap = Overlap([ALGER, TUNIS, RABAT])
    assert overlap.among("Combien d'agents compte le secrétariat ?", [0, 1, 2])[0] == 2


@given(st.text(alphabet="ab .!?\n", max_size=60))
def test_sentences_hold_all_but_the_spaces_between_them(text: str):
    spans = sentence_spans(text)
    assert "".join("".join(text[slice(*span)].split()) for span in spans) == "".join(text.split())
    assert without_sentence(text, (0, max(1, len(text)))) in ("", text) or not text.strip()


def test_crossed_questions_are_read_in_every_other_language():
    same = [
        Row(f"xq-1-{lang}", "xquad_all12", lang, lang, "Warsaw", f"question {lang}", f"passage {lang}", (0, 7), True)
        for lang in ("en", "ar", "es")
    ]
    made = crossed(same, random.Random(0))
    assert {(one.lang, one.passage_lang) for one in made} == {
        (asked, read) for asked in ("en", "ar", "es") for read in ("en", "ar", "es") if asked != read
    }
    assert all(one.question.endswith(one.lang) and one.passage.endswith(one.passage_lang) for one in made)


def test_rows_of_test_articles_stay_out():
    """By paragraph, or by the article's title in whatever case."""
    assert without_test(ROWS, {ALGER + " "}, set()) == ROWS[1:]
    assert without_test(ROWS, set(), {"SESSIONS", ""}) == []


def test_an_article_is_held_out_by_its_title_alone():
    assert held_out("Alger", 1.0)
    assert not held_out("Alger", 0.0)
    assert 20 < sum(held_out(f"article {n}", 0.06) for n in range(1000)) < 100


def test_faq_rows_are_of_train_questions_whose_passage_answers_no_test_question(tmp_path: Path):
    passages = [{"id": name, "text": f"texte {name}"} for name in "abc"]
    queries = [
        {"id": "1", "text": "a ?", "lang": "fr", "relevant": ["a"], "split": "train"},
        {"id": "2", "text": "b ?", "lang": "fr", "relevant": ["b"], "split": "train"},
        {"id": "3", "text": "b encore ?", "lang": "fr", "relevant": ["b", "c"], "split": "test"},
    ]
    for name, lines in (("corpus", passages), ("queries", queries)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    [one] = read_faq(tmp_path)
    assert (one.question, one.passage, one.span, one.answerable) == ("a ?", "texte a", None, True)


def test_rows_are_read_with_their_first_answer(tmp_path: Path):
    line = {"id": "1", "lang": "fr", "plang": "fr", "title": "T", "question": "Où ?", "context": "À Alger."}
    lines = [
        {**line, "answers": [{"text": "Alger", "start": 2}], "answerable": True},
        {**line, "answers": [{"text": "plausible", "start": 0}], "answerable": False},
    ]
    with gzip.open(tmp_path / "set.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, lines)))
    answered, refused = read_rows(tmp_path)
    assert answered.passage[slice(*(answered.span or (0, 0)))] == "Alger"
    assert (answered.source, refused.span, refused.answerable) == ("set", None, False)


def test_an_empty_folder_says_which_option_to_give(tmp_path: Path):
    with pytest.raises(TrainingDataMissing, match="--data"):
        read_rows(tmp_path)


def test_the_rows_of_the_product_are_papers_and_articles_whose_answers_stand_in_their_passages():
    """Of papers each passage answers as many questions as it does not, half of them in another language."""
    rows = own_rows()
    assert all((row.span is not None) == row.answerable for row in rows)
    assert all(row.passage[slice(*row.span)].strip() for row in rows if row.span)
    papers, articles, pages = ([row for row in rows if row.source == own] for own in (OWN, ENCYCLOPEDIA, PAGES))
    assert len(papers) + len(articles) + len(pages) == len(rows)
    for own in (papers, articles, pages):
        assert len({row.id for row in own}) == len(own) >= 2000
    assert set(Counter((row.title, row.answerable) for row in papers).values()) == {3}
    assert 0.3 < sum(row.lang != row.passage_lang for row in papers) / len(papers) < 0.7
    paragraphs = {(row.title, row.passage) for row in articles}
    assert min(Counter(title for title, _ in paragraphs).values()) >= 3
    assert 0.2 < sum(not row.answerable for row in articles) / len(articles) < 0.4
    assert 0.35 < sum(not row.answerable for row in pages) / len(pages) < 0.5
