"""From a question to an answer: one shape, every quote verbatim, and the engine works on the passages it is given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import OpenData, Shipped
from fakes import found, hit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle

from assistant.answers.answer import Answer
from assistant.answers.ask import PASSAGES as READ
from assistant.answers.ask import Asker
from assistant.answers.conversation import standalone
from assistant.answers.engine import Asked, PassageRetriever, VerifiedSynthesizer, query_engine, run
from assistant.answers.weights import read_weights
from assistant.assistant import Assistant
from assistant.library import Request
from corpus.manifest import shipped_texts
from index.reader import Reading
from index.rerank import POLAR, TRUST, Trust
from index.search import Found

KEYS = [
    "id", "question", "understood_as", "language", "refused", "reason", "reason_text", "score", "threshold", "text",
    "reply", "parts", "sentences", "removed", "citations", "passages", "mode", "model", "notice", "fingerprint",
    "seconds",
]  # fmt: skip
CITATION = ["n", "document", "title", "framework", "page", "headings", "quote", "start", "end", "answer"]
PASSAGE = ["document", "title", "page", "text", "score", "start", "end", "answerable"]
CONVENTIONS = "Quelles conventions arabes contre la criminalité ont été signées ?"
QUESTIONS = [
    CONVENTIONS,
    "Quels sont les objectifs du CMAI ?",
    "Quand s'est tenue la 35e session du CMAI en Algérie ?",
    "date de la 32eme session du cmai",
    "Depuis quelle année le ministère participe-t-il aux sessions du CMAI ?",
    "Où s'est tenue la dernière session du CMAI ?",
    "Quels organismes des Nations unies sont présents en Algérie ?",
    "Que signifie CAPDEL ?",
    "Qui finance le programme CAPDEL ?",
    "Quels domaines concerne l'appui européen ?",
    "Combien de sessions l'Algérie a-t-elle accueillies ?",
    "Qu'est-ce que l'Académie arabe Nayef ?",
    "Quels pays sont membres de l'UMA ?",
    "L'Algérie coopère-t-elle avec l'OTAN ?",
    "c'est quoi le dialogue 5+5",
    "Qui préside le CMAI ?",
    "Quel est le prix du pain à Alger ?",
    "ما هي الاتفاقيات العربية لمكافحة الجريمة التي تم توقيعها؟",
    "متى انعقدت الدورة الخامسة والثلاثون لمجلس وزراء الداخلية العرب؟",
    "ما هي أهداف مجلس وزراء الداخلية العرب؟",
    "ما هو برنامج كابدال؟",
    "كم عدد الدورات التي استضافتها الجزائر؟",
    "من هو رئيس الاتحاد الأفريقي؟",
    "Which Arab conventions against crime were signed?",
    "When did Algeria host the 17th session of the Council?",
    "What are the objectives of the African Union cooperation?",
    "How is the CAPDEL programme financed?",
    "Does the ministry work with NATO?",
    "List the United Nations agencies.",
    "Who won the world cup in 1998?",
    "CMAI",
    "???",
]


def texts_of(product: Assistant) -> dict[str, str]:
    return {record.id: product.text(record.id) for record in product.documents()}


def assert_sound(answer: Answer, texts: Mapping[str, str]) -> None:
    """What every answer of the product promises, whatever was asked."""
    value = answer.to_json()
    assert list(value) == KEYS
    assert json.loads(json.dumps(value)) == value
    assert Answer.from_json(value).to_json() == value
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        assert texts[citation.document][citation.start : citation.end] == citation.quote
        assert citation.quote.strip() == citation.quote != ""
    cited = {n for sentence in answer.sentences for n in sentence.citations}
    assert cited == {citation.n for citation in answer.citations}
    quotes = {citation.n: citation.quote for citation in answer.citations}
    for sentence in answer.sentences:
        assert sentence.verdict in ("verbatim", "supported", "translated")
        assert sentence.citations
        if sentence.verdict == "verbatim":
            assert sentence.text in {quotes[n] for n in sentence.citations}
    for passage in answer.passages:
        assert passage.text in texts[passage.document]
    assert 0 <= answer.score <= 1
    assert 0 <= answer.threshold <= 1
    assert answer.refused is (not answer.sentences)
    assert bool(answer.reason) is bool(answer.reason_text) is answer.refused
    if answer.refused:
        assert not answer.citations
        assert answer.text == ""
    assert answer.text == "\n".join(sentence.text for sentence in answer.sentences)
    assert answer.seconds.total >= answer.seconds.search >= 0


# --- over the shipped corpus, by the real model ----------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_every_answer_over_the_shipped_corpus_is_sound_and_every_quote_verbatim(
    shipped: Shipped, question: str
) -> None:
    """Thirty questions in French, Arabic and English: facts, lists, follow-ups of nothing, and some with no answer."""
    answer = shipped.assistant.ask(question, id="q")
    assert_sound(answer, texts_of(shipped.assistant))
    assert (answer.id, answer.question, answer.understood_as) == ("q", question, question)
    assert answer.language == ("ar" if "\u0600" <= question[0] <= "\u06ff" else answer.language)
    assert (answer.mode, answer.model) == ("extractive", "none")


def test_the_shape_of_an_answer_is_the_one_that_was_promised(shipped: Shipped) -> None:
    """Keys, in order, at every depth: callers in other languages read it."""
    value = shipped.assistant.ask(CONVENTIONS, id="x").to_json()
    assert list(value) == KEYS
    assert list(value["seconds"]) == ["search", "draft", "total"]
    assert {tuple(sentence) for sentence in value["sentences"]} == {("text", "verdict", "citations")}
    assert {tuple(citation) for citation in value["citations"]} == {tuple(CITATION)}
    assert {tuple(passage) for passage in value["passages"]} == {tuple(PASSAGE)}
    assert value["citations"][0]["framework"] == "ligue-arabe"


def test_an_answer_holds_every_passage_that_was_read_for_it(shipped: Shipped) -> None:
    """As many as are read, in the order of the search, whether it is answered or refused."""
    for question in (CONVENTIONS, "Qui a gagné la coupe du monde de curling ?"):
        read = [hit.chunk for hit in shipped.assistant.find(question, READ).hits]
        held = shipped.assistant.ask(question).passages
        assert len(held) == READ
        assert [(passage.document, passage.start, passage.end) for passage in held] == [
            (chunk.document, chunk.start, chunk.end) for chunk in read
        ]


def test_an_answer_kept_before_passages_had_places_is_still_read(shipped: Shipped) -> None:
    """Their places are nought."""
    value = shipped.assistant.ask(CONVENTIONS).to_json()
    for passage in value["passages"]:
        del passage["start"], passage["end"]
    assert {(passage.start, passage.end) for passage in Answer.from_json(value).passages} == {(0, 0)}


def test_a_page_is_told_where_the_source_has_pages(shipped: Shipped) -> None:
    """A quote of a PDF can be looked up on paper."""
    answer = shipped.assistant.ask("Quel est l'intitulé du programme CAPDEL ?")
    pages = {citation.document: citation.page for citation in answer.citations}
    assert pages
    for document, page in pages.items():
        has_pages = {record.id: record.pages for record in shipped.assistant.documents()}[document]
        assert (page is None) is (has_pages is None)
        assert page is None or 1 <= page <= (has_pages or 0)


def test_the_same_question_has_the_same_answer(shipped: Shipped) -> None:
    """But for the time it took."""
    once, again = (shipped.assistant.ask(CONVENTIONS) for _ in range(2))
    assert replace(once, seconds=again.seconds) == again


def test_a_question_without_a_letter_is_not_answered(shipped: Shipped) -> None:
    """Whatever is nearest to nothing is no answer."""
    for question in ("", "   ", "???", "…", "🙂"):
        answer = shipped.assistant.ask(question)
        assert answer.refused, question
        assert answer.citations == ()


def test_the_threshold_of_the_settings_overrides_the_shipped_one(shipped: Shipped) -> None:
    """At nought what was refused is answered, at one what was answered is refused."""
    texts = shipped.assistant._whole.texts
    easy = Asker(texts, "f", read_weights(False), threshold=0.0).ask("Qui préside le CMAI ?")
    hard = Asker(texts, "f", read_weights(False), threshold=1.0).ask(CONVENTIONS)
    assert (easy.refused, easy.threshold) == (False, 0.0)
    assert (hard.refused, hard.threshold) == (True, 1.0)
    assert hard.passages


@pytest.mark.parametrize(
    ("said", "language", "within"),
    [
        ("Bonjour !", "fr", "Bonjour"),
        ("que sais-tu faire ?", "fr", "Par exemple"),
        ("Thank you very much!", "en", "welcome"),
        ("مرحبا", "ar", "مرحبا"),
    ],
)
def test_small_talk_is_answered_as_such_and_claims_nothing_of_the_texts(
    shipped: Shipped, said: str, language: str, within: str
) -> None:
    """No refusal, no citation, no search."""
    answer = shipped.assistant.ask(said)
    assert (answer.mode, answer.language, answer.refused) == ("conversation", language, False)
    assert within in answer.reply == answer.text
    assert (answer.sentences, answer.citations, answer.passages) == ((), (), ())
    assert Answer.from_json(json.loads(json.dumps(answer.to_json()))) == replace(
        answer,
        score=round(answer.score, 4),
        threshold=round(answer.threshold, 4),
        seconds=Answer.from_json(answer.to_json()).seconds,
    )


def test_the_examples_are_about_the_frameworks_that_the_texts_belong_to(shipped: Shipped, product: Assistant) -> None:
    """And there are none without texts."""
    assert "Union africaine" in shipped.assistant.ask("que sais-tu faire ?").reply
    assert "«" not in product.ask("que sais-tu faire ?").reply


def test_a_greeting_before_a_question_is_left_aside(shipped: Shipped) -> None:
    """The question is answered as if it stood alone."""
    alone = shipped.assistant.ask("Quels sont les objectifs du CMAI ?")
    greeted = shipped.assistant.ask("Bonjour, quels sont les objectifs du CMAI ?")
    assert greeted.understood_as == "quels sont les objectifs du CMAI ?"
    assert greeted.text == alone.text


def test_two_questions_in_one_are_answered_one_by_one(shipped: Shipped) -> None:
    """The half that the texts hold is answered, and the other said to be missing."""
    answer = shipped.assistant.ask("Qui préside le CMAI et quels sont ses objectifs ?")
    chair, aims = answer.parts
    assert (chair.refused, aims.refused, answer.refused) == (True, False, False)
    assert chair.first == chair.last
    assert chair.reason_text
    alone = shipped.assistant.ask("Quels sont les objectifs du CMAI ?")
    assert [s.text for s in answer.sentences[aims.first : aims.last]] == [s.text for s in alone.sentences]
    assert_sound(answer, texts_of(shipped.assistant))
    assert Answer.from_json(answer.to_json()).parts == answer.parts


def test_two_things_of_two_bodies_are_told_one_by_one(shipped: Shipped) -> None:
    """What the texts hold of the one, and that the other is missing; the last time is told by its date."""
    aims, budget = shipped.assistant.ask("Quels sont les objectifs du CMAI et le budget de l'UMA ?").parts
    assert (aims.refused, budget.refused) == (False, True)
    assert budget.reason_text
    answer = shipped.assistant.ask(
        "Combien de fois le Conseil des ministres de l'Intérieur maghrébins s'est-il réuni, et où la dernière fois ?"
    )
    often, where = (answer.sentences[part.first : part.last] for part in answer.parts)
    assert "Quatre réunions" in often[0].text
    assert [("Tripoli" in s.text, "Nouakchott" in s.text) for s in where] == [(True, False)]
    assert_sound(answer, texts_of(shipped.assistant))


def test_bodies_under_one_head_are_the_sides_of_a_comparison(shipped: Shipped) -> None:
    """Not the head alone and one of them."""
    answer = shipped.assistant.ask("Compare la coopération avec l'Union africaine et avec l'Union européenne")
    shown = [" ".join(s.text for s in answer.sentences[part.first : part.last]) for part in answer.parts]
    assert [("Union africaine" in text, "Union européenne" in text) for text in shown] == [(True, False), (False, True)]


def test_each_side_of_a_comparison_has_its_own_sentences(shipped: Shipped) -> None:
    """Numbers of citations go on from one side to the other."""
    answer = shipped.assistant.ask("Compare les objectifs du CMAI et de l'Union africaine")
    assert [part.question for part in answer.parts] == [
        "Quels sont les objectifs du CMAI ?",
        "Quels sont les objectifs de l'Union africaine ?",
    ]
    assert not answer.refused
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert_sound(answer, texts_of(shipped.assistant))


def test_where_no_part_is_held_the_whole_is_refused(shipped: Shipped) -> None:
    """As any refusal is."""
    answer = shipped.assistant.ask("Qui a peint la Joconde et quand a-t-il été couronné roi ?")
    assert answer.refused
    assert (answer.parts, answer.sentences, answer.citations) == ((), (), ())


def test_half_a_character_in_a_question_is_no_error(shipped: Shipped) -> None:
    """A terminal of another encoding hands it over."""
    answer = shipped.assistant.ask("Quels sont les objectifs du CMAI \udcff ?", ["\udcff"])
    assert_sound(answer, texts_of(shipped.assistant))
    assert shipped.assistant.search("CMAI \udcff")


# --- follow-ups ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "question", "carried", "found_in"),
    [
        (["Quand s'est tenue la 35e session du CMAI ?"], "Et la 32e ?", "la 32e session du CMAI", "cmai"),
        (
            ["Bonjour", "Qu'est-ce que le programme CAPDEL ?"],
            "Qui le finance, et pour quoi ?",
            "le programme CAPDEL",
            "union-europeenne",
        ),
        (["When was the 35th session of the CMAI held?"], "And the 32nd?", "the 32nd session of the CMAI", "cmai"),
    ],
)
def test_a_follow_up_is_understood_by_what_was_asked_before(
    shipped: Shipped, history: list[str], question: str, carried: str, found_in: str
) -> None:
    """What it was understood as is told beside what was typed."""
    answer = shipped.assistant.ask(question, history)
    assert answer.question == question
    assert carried in answer.understood_as
    assert_sound(answer, texts_of(shipped.assistant))
    assert found_in in {passage.document for passage in answer.passages}


@pytest.mark.parametrize(
    ("question", "history", "understood"),
    [
        ("Et la 32e ?", ["Quand s'est tenue la 35e session ?"], "Quand s'est tenue la 32e session ?"),
        ("And the 32nd?", ["When was the 35th session?"], "When was the 32nd session?"),
        ("Où siège-t-il ?", ["Qu'est-ce que le CMAI ?"], "Où le CMAI siège-t-il ?"),
        ("وماذا عن الدورة 32؟", ["متى انعقدت الدورة 35؟"], "متى انعقدت الدورة 32؟"),
        ("Quels sont les objectifs du programme CAPDEL dans les communes pilotes ?", ["Bonjour"], ""),
        ("Et la 32e ?", [], ""),
        ("Et la 32e ?", ["  "], ""),
    ],
)
def test_only_a_question_that_leans_on_the_one_before_takes_it_over(
    question: str, history: list[str], understood: str
) -> None:
    """One that stands alone stays as it is."""
    assert standalone(question, history) == (understood or question)


def test_a_follow_up_of_a_follow_up_is_understood_by_the_question_that_both_lean_on() -> None:
    """The subject was named two questions ago, and would be lost with the last one alone."""
    history = ["Quand s'est tenue la 35e session du CMAI ?", "Et la 32e ?"]
    assert "session du CMAI" in standalone("Et la 17e ?", history)
    assert "CAPDEL" in standalone("Et son coût ?", ["Bonjour", "Qu'est-ce que CAPDEL ?", "Quand a-t-il commencé ?"])


# --- over a folder of one's own --------------------------------------------------------------------------------------


def test_without_any_text_a_question_is_told_so(product: Assistant) -> None:
    """A refusal with a reason of its own, in the language of the question."""
    reasons = {lang: product.ask("?", language=lang).reason_text for lang in ("fr", "en", "ar")}
    assert product.ask("Où ?").reason == "empty"
    assert len(set(reasons.values())) == 3


def test_a_language_that_is_given_is_not_guessed(product: Assistant) -> None:
    """A bulk file says it."""
    assert product.ask("CMAI", language="ar").language == "ar"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A product over a few lines of hard text, with `WordVectors`."""
    from fakes import WordVectors

    from assistant.ownership import Ownership
    from index.generations import open_generation
    from index.records import Records

    folder: Path = tmp_path_factory.mktemp("small")
    ownership, model = Ownership(folder), WordVectors()
    assert ownership.claim()
    records = Records(f"sqlite:///{folder / 'r.db'}")
    product = Assistant(records, open_generation(records, folder, model.name), model, ownership, threshold=0.0)
    lines = folder / "l.jsonl"
    texts = [
        "Le conseil a deux buts :\n• la paix ;\n• la sécurité — « l’été » 😀.\n\nIl siège à Tunis depuis 1982.",
        "المجلس يعقد دورته في تونس سنة ٢٠٢٣. وله أهداف أربعة.",
        "- un\n- deux\n- trois\n\n1. premier\n2. second",
        "Une phrase. Une phrase. Une phrase.\n" * 4,
        "The council meets in Tunis. It has 22 members; 3 observers!",
    ]
    lines.write_text("\n".join(json.dumps({"id": f"t{n}", "text": text}) for n, text in enumerate(texts)), "utf-8")
    assert {outcome.status for outcome in product.ingest(Request((), lines))} == {"added"}
    yield product
    product.close()


@given(
    question=st.text(max_size=80)
    | st.lists(st.sampled_from("Quels buts conseil Tunis المجلس دورته 1982 22 ? combien phrase".split())).map(" ".join),
    history=st.lists(st.text(max_size=30), max_size=2),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_the_answer_is_sound(small: Assistant, question: str, history: list[str]) -> None:
    """Answering everything, at a threshold of nought, over text with marks, lists, emoji and two scripts."""
    assert_sound(small.ask(question, history), texts_of(small))


def test_questions_in_several_threads_are_answered_as_one_after_the_other(small: Assistant) -> None:
    """A service has many readers."""
    questions = ["Où siège le conseil ?", "Quels sont les buts ?", "How many members?", "دورته في تونس"] * 5
    alone = [small.ask(question) for question in questions]
    with ThreadPoolExecutor(5) as threads:
        together = list(threads.map(small.ask, questions))
    assert [answer.citations for answer in together] == [answer.citations for answer in alone]


def test_a_document_replaced_between_search_and_answer_is_not_quoted(small: Assistant) -> None:
    """The words that were found are no longer there: they are told as removed, and nothing is cited."""

    class Moved:
        def found(self, question: str, top_k: int, within: frozenset[str] | None) -> Found:
            return small.find(question, top_k, within)

        def mended(self, question: str) -> str:
            return question

        def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
            return []

        def text(self, document: str) -> str | None:
            return "Un tout autre texte."

        def frameworks(self) -> Mapping[str, str]:
            return {}

    answer = Asker(Moved(), "f", read_weights(False), threshold=0.0).ask("Où siège le conseil ?")
    assert answer.refused
    assert answer.removed
    assert answer.citations == ()
    assert answer.reason_text


# --- the engine ------------------------------------------------------------------------------------------------------

PASSAGES = found(
    hit("Un.", document="a"), hit("Deux.", document="b", score=0.5), hit("Trois.", document="c", score=0.1)
)


class Backwards(BaseNodePostprocessor):
    """A post-processor as the library's users write them: drops the first node and turns the others round."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        return nodes[:0:-1]


class Composer:
    """Keeps the passages that it was to make an answer of."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.given: list[str] = []

    def __call__(self, asked: Asked, found: Found) -> Answer:
        """The answer that was given to it, for the question that is."""
        self.given = [hit.chunk.document for hit in found.hits]
        return replace(self.answer, question=asked.original)


@pytest.fixture
def composer(product: Assistant) -> Composer:
    """A composer with an answer to give."""
    return Composer(product.ask("Où ?"))


def test_the_engine_is_llama_indexs_own(composer: Composer, product: Assistant) -> None:
    """Our retriever and our synthesizer in its `RetrieverQueryEngine`, in the product too."""
    engine = query_engine(lambda _question, _within: PASSAGES, composer)
    assert type(engine) is RetrieverQueryEngine
    assert isinstance(engine.retriever, PassageRetriever)
    assert type(product._asker._engine) is RetrieverQueryEngine


def test_the_answer_is_made_of_the_passages_in_the_order_of_the_search(composer: Composer) -> None:
    """And comes back as it was composed."""
    answer = run(query_engine(lambda _question, _within: PASSAGES, composer), Asked("q", original="Quoi ?"))
    assert composer.given == ["a", "b", "c"]
    assert answer.question == "Quoi ?"


def test_what_a_post_processor_drops_and_reorders_is_respected(composer: Composer) -> None:
    """The answer is made of the nodes that are left, in their order, under their own names."""
    engine = RetrieverQueryEngine(
        retriever=PassageRetriever(lambda _question, _within: PASSAGES),
        response_synthesizer=VerifiedSynthesizer(composer),
        node_postprocessors=[Backwards()],
    )
    run(engine, Asked("q"))
    assert composer.given == ["c", "b"]


def test_a_node_says_which_passage_it_is_and_where_it_stands() -> None:
    """Name, text, score, offsets, document and page are those of the passage."""
    (node, *_others) = PassageRetriever(lambda _question, _within: PASSAGES).retrieve("q")
    chunk = PASSAGES.hits[0].chunk
    assert (node.node.node_id, node.node.metadata["chunk_id"]) == (chunk.id, chunk.id)
    assert (node.text, node.score) == (chunk.text, 1.0)
    assert (node.node.start_char_idx, node.node.end_char_idx) == (chunk.start, chunk.end)  # type: ignore[attr-defined]
    assert node.node.metadata["document"] == "a"


def test_the_synthesizer_answers_nothing_without_its_sources(composer: Composer) -> None:
    """Bare text and a bare question are refused: nobody could check them."""
    synthesizer = VerifiedSynthesizer(composer)
    with pytest.raises(NotImplementedError):
        synthesizer.get_response("q", ["text"])
    with pytest.raises(TypeError):
        synthesizer.synthesize(QueryBundle("q"), [])


ALONE = """
import json, os, pathlib, sys
connections = []
sys.addaudithook(lambda event, args: connections.append(f"{event} {args[1:]}")
                 if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") else None)
from assistant.settings import Settings
from assistant.wiring import open_assistant
product = open_assistant(Settings.from_env(os.environ))
from assistant.library import Request
list(product.ingest(Request((pathlib.Path(sys.argv[1]),))))
answer = product.ask("Quels sont les objectifs du CMAI ?")
from llama_index.core import Settings as Shared
print(json.dumps({
    "answered": not answer.refused,
    "connections": connections,
    "resolved": [name for name, value in vars(Shared).items() if value is not None],
    "modules": [name for name in ("openai", "llama_index.llms.openai", "torch", "sentence_transformers", "gradio")
                if name in sys.modules],
}))
product.close()
"""


def test_answering_reads_no_shared_setting_and_opens_no_connection(model_cache: Path, data: Path) -> None:
    """In a process of its own, from a file to the answer: the shared settings' defaults would call a paid service."""
    environ = {"COOPERATION_CACHE": str(model_cache), "COOPERATION_DATA": str(data)}
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(shipped_texts() / "cmai.md")],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {"answered": True, "connections": [], "resolved": [], "modules": []}


def test_an_answer_belongs_to_the_index_it_was_made_from(data: Path, open_data: OpenData) -> None:
    """Model, chunking and generation are in its fingerprint."""
    product = open_data(data)
    assert product.ask("Où ?").fingerprint == product.fingerprint
    assert "word-vectors" in product.fingerprint


def test_an_answer_made_without_the_lexical_side_says_so(data: Path) -> None:
    """In its fingerprint, by the setting that switches it off."""
    from fakes import WordVectors

    from assistant.ownership import Ownership
    from index.generations import open_generation
    from index.records import Records

    model, fingerprints = WordVectors(), []
    for lexical in (True, False):
        ownership = Ownership(data)
        assert ownership.claim()
        records = Records(f"sqlite:///{data / 'cooperation.db'}")
        product = Assistant(records, open_generation(records, data, model.name), model, ownership, lexical=lexical)
        fingerprints.append(product.ask("Où ?").fingerprint)
        product.close()
    assert fingerprints[1] == f"{fingerprints[0]}|no-lexical"


@pytest.mark.parametrize(
    ("question", "trust"), [("Où s'est tenue la session ?", TRUST), ("La session est-elle close ?", POLAR)]
)
def test_the_reader_is_heard_less_where_yes_or_no_is_asked(data: Path, question: str, trust: Trust) -> None:
    """Of what `search` finds, fewer passages are read."""
    from fakes import ScriptedReader, WordVectors, embedded, plain_document, record_of

    from assistant.ownership import Ownership
    from index.generations import open_generation
    from index.records import Records

    ownership, model, reader = Ownership(data), WordVectors(), ScriptedReader({})
    assert ownership.claim()
    records = Records(f"sqlite:///{data / 'cooperation.db'}")
    for number in range(12):
        document = plain_document(f"La session numéro {number} du conseil est close.", f"d{number}", "")
        records.put(record_of(document), document, embedded(document, model))
    generation = open_generation(records, data, model.name)
    with closing(Assistant(records, generation, model, ownership, reader=reader)) as product:
        found = product.search(question, 12)
    assert [match.answerable is not None for match in found].count(True) == trust.read < len(found)
