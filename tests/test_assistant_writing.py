"""Answers worded by a language model, from the settings to the answer: a real index, a real connection, a script."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from scripted_llm import (
    Exchange,
    Script,
    ScriptedServer,
    cut,
    drips,
    endless,
    hangs,
    in_tokens,
    says,
    sends,
    served,
    status,
)

from assistant.answers.answer import Answer, Removed
from assistant.answers.events import Event, Step, Told, event_from, event_json
from assistant.answers.llm import Listener
from assistant.assistant import Assistant
from assistant.cli import main
from assistant.errors import BadSetting
from assistant.library import Request
from assistant.remote import RemoteAssistant, Service
from assistant.settings import Settings
from assistant.wiring import SOCKET, open_assistant
from index.search import Searcher

WHO = "Qui finance le programme CAPDEL ?"
TRUE = "Le programme CAPDEL est financé par l'Union européenne [1]."
TEXTS = {
    "capdel.md": "# Le programme CAPDEL\n\nLe programme CAPDEL est financé par l'Union européenne. "
    "Il concerne dix communes pilotes. Il a été lancé le 12 mai 2017 à Alger.\n",
    "cmai.md": "# Le CMAI\n\nL'Algérie a accueilli la 35e session du CMAI le 7 mars 2018. "
    "La 32e session du CMAI s'est tenue à Tunis en 2015.\n",
}


@dataclass
class Stage:
    """An assistant whose model says what `script` says."""

    assistant: Assistant
    server: ScriptedServer
    data: Path
    script: list[Script] = field(default_factory=list)

    def ask(self, question: str, *said: str, history: tuple[str, ...] = ()) -> Answer:
        """The answer where the model says this, or does what was scripted."""
        if said:
            self.script[:] = [in_tokens(text) for text in said]
        return self.assistant.ask(question, history)


def environ(model_cache: Path, data: Path, url: str, **more: str) -> dict[str, str]:
    return {
        "COOPERATION_CACHE": str(model_cache),
        "COOPERATION_DATA": str(data),
        "COOPERATION_LLM": f"openai:scripted@{url}",
        "COOPERATION_LLM_API_KEY": "k3y",
        **more,
    }


SHORT = {
    "COOPERATION_LLM_CONNECT_SECONDS": "2",
    "COOPERATION_LLM_FIRST_TOKEN_SECONDS": "4",
    "COOPERATION_LLM_TOTAL_SECONDS": "8",
    "COOPERATION_LLM_ANSWER_TOKENS": "200",
}


@pytest.fixture(scope="module")
def stage(model_cache: Path, short_folders: Callable[[], Path]) -> Iterator[Stage]:
    """Two texts read by the real model, and a language model by script with short budgets."""
    data, texts = short_folders(), short_folders()
    for name, text in TEXTS.items():
        (texts / name).write_text(text, "utf-8")
    script: list[Script] = []

    def play(exchange: Exchange) -> None:
        (script.pop(0) if len(script) > 1 else script[0])(exchange)

    with served(play) as server:
        assistant = open_assistant(Settings.from_env(environ(model_cache, data, server.url, **SHORT)))
        list(assistant.ingest(Request((texts,))))
        yield Stage(assistant, server, data, script)
        assistant.close()


# --- settings --------------------------------------------------------------------------------------------------------


def test_a_model_is_none_unless_it_is_set() -> None:
    """And the key is in no text that is printed."""
    assert Settings.from_env({}).llm.model == "none"
    llm = Settings.from_env({"COOPERATION_LLM": "gguf:/m", "COOPERATION_LLM_API_KEY": "k3y"}).llm
    assert (llm.model, llm.api_key) == ("gguf:/m", "k3y")
    assert "k3y" not in repr(llm)


def test_budgets_are_settings(tmp_path: Path) -> None:
    """With the defaults that the limits name."""
    llm = Settings.from_env({}).llm
    assert (llm.connect, llm.first_token, llm.total) == (5, 30, 120)
    assert (llm.passages, llm.context_tokens, llm.answer_tokens) == (5, 4000, 1024)
    assert Settings.from_env(environ(tmp_path, tmp_path, "http://x", **SHORT)).llm.first_token == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONNECT_SECONDS", "0"),
        ("FIRST_TOKEN_SECONDS", "soon"),
        ("TOTAL_SECONDS", "nan"),
        ("TOTAL_SECONDS", "inf"),
        ("PASSAGES", "9"),
        ("PASSAGES", "0"),
        ("CONTEXT_TOKENS", "-1"),
        ("ANSWER_TOKENS", "1.5"),
    ],
)
def test_a_budget_that_cannot_be_used_is_told_with_its_name(name: str, value: str) -> None:
    """And with what it takes."""
    with pytest.raises(BadSetting, match=f"COOPERATION_LLM_{name}"):
        Settings.from_env({f"COOPERATION_LLM_{name}": value})


def test_a_model_that_cannot_be_opened_is_told_before_anything_is_asked(model_cache: Path, data: Path) -> None:
    """And the data directory is given back."""
    wrong = Settings.from_env({**environ(model_cache, data, "x"), "COOPERATION_LLM": "llama"})
    for _ in range(2):
        with pytest.raises(BadSetting, match="donnez « none »"):
            open_assistant(wrong)


# --- an answer in a model's words ------------------------------------------------------------------------------------


def test_each_sentence_is_shown_with_what_holds_it_and_inventions_are_removed(stage: Stage) -> None:
    """The shape is the extractive answer's; the quotes are the texts'."""
    answer = stage.ask(
        WHO, "L'Union européenne finance le CAPDEL [1]. Son budget est de 40 millions d'euros [1]. " + TRUE
    )
    assert (answer.mode, answer.model, answer.notice, answer.refused) == ("generative", "scripted", "", False)
    assert [(s.text, s.verdict, s.citations) for s in answer.sentences] == [
        ("L'Union européenne finance le CAPDEL.", "supported", (1,)),
        ("Le programme CAPDEL est financé par l'Union européenne.", "verbatim", (1,)),
    ]
    assert [removed.text for removed in answer.removed] == ["Son budget est de 40 millions d'euros."]
    assert "40000000" in answer.removed[0].reason
    (citation,) = answer.citations
    text = stage.assistant.text(citation.document)
    assert text[citation.start : citation.end] == citation.quote
    assert Answer.from_json(answer.to_json()).notice == ""
    assert "llm scripted" in answer.fingerprint


def test_a_refusal_asks_no_model(stage: Stage) -> None:
    """It is decided before, on the texts alone."""
    stage.server.asked.clear()
    stage.script[:] = [says("La recette demande de la semoule [1].")]
    answer = stage.assistant.ask("Quelle est la recette du couscous ?")
    assert answer.refused
    assert (answer.mode, answer.notice) == ("extractive", "")
    assert stage.server.asked == []


def test_the_model_is_told_the_key_the_passages_and_its_limits(stage: Stage) -> None:
    """Five passages at most, within their tokens."""
    stage.server.asked.clear()
    stage.ask(WHO, TRUE)
    (asked,) = stage.server.asked
    assert asked["max_tokens"] == 200
    assert asked["messages"][1]["content"].count("===") <= 10
    assert "financé par l'Union européenne" in asked["messages"][1]["content"]


def test_the_answer_is_in_the_questions_language_over_foreign_texts(stage: Stage) -> None:
    """Each sentence with the source's own words beside, and none that says something else."""
    answer = stage.ask(
        "Who finances the CAPDEL programme?",
        "The CAPDEL programme is financed by the European Union [1]. It was launched on 13 June 2017 [1].",
    )
    assert [(s.text, s.verdict) for s in answer.sentences] == [
        ("The CAPDEL programme is financed by the European Union.", "translated")
    ]
    assert answer.citations[0].quote == "Le programme CAPDEL est financé par l'Union européenne."
    assert len(answer.removed) == 1
    arabic = stage.ask("من يمول برنامج كابدال؟", "يمول الاتحاد الأوروبي برنامج كابدال [1].")
    assert arabic.language == "ar"
    assert [s.verdict for s in arabic.sentences] == ["translated"]


def test_both_halves_of_a_question_are_worded(stage: Stage) -> None:
    """Each under its part, one numbering."""
    answer = stage.ask(
        "Qui finance le programme CAPDEL et quand s'est tenue la 35e session du CMAI ?",
        TRUE,
        "L'Algérie a accueilli la 35e session du CMAI le 7 mars 2018.",
    )
    assert answer.mode == "generative"
    assert [part.refused for part in answer.parts] == [False, False]
    assert {n for s in answer.sentences for n in s.citations} == {c.n for c in answer.citations} == {1, 2}


# --- when it gives nothing to rely on --------------------------------------------------------------------------------


def test_a_model_that_only_invents_gives_way_to_the_texts(stage: Stage) -> None:
    """What it said is listed as removed."""
    answer = stage.ask(WHO, "L'OTAN finance le CAPDEL [1].")
    assert (answer.mode, answer.model) == ("extractive", "none")
    assert answer.notice.startswith("Le modèle de langue n'a rien dit que les textes confirment.")
    assert answer.sentences[0].text == "Le programme CAPDEL est financé par l'Union européenne."
    assert [removed.text for removed in answer.removed] == ["L'OTAN finance le CAPDEL."]


def test_what_was_asked_for_is_given_by_the_texts_where_the_model_leaves_it_out(stage: Stage) -> None:
    """A true sentence beside the question is no answer."""
    answer = stage.ask("Quand s'est tenue la 35e session du CMAI ?", "L'Algérie a accueilli la 35e session du CMAI.")
    assert answer.mode == "extractive"
    assert "7 mars 2018" in answer.text
    assert answer.notice.startswith("Le modèle de langue n'a pas donné ce qui est demandé.")


def test_true_sentences_about_something_else_are_no_answer(stage: Stage) -> None:
    """The session asked for is in none of the sentences that hold them."""
    answer = stage.ask(
        "Quand s'est tenue la 35e session du CMAI ?",
        "La 32e session du CMAI s'est tenue à Tunis en 2015 [1]. En 2015 [1].",
    )
    assert answer.mode == "extractive"
    assert "7 mars 2018" in answer.text
    assert answer.notice.startswith("Le modèle de langue n'a pas donné ce qui est demandé.")
    short = stage.ask("Quand s'est tenue la 35e session du CMAI ?", "Le 7 mars 2018 [1].")
    assert (short.mode, short.sentences[0].text) == ("generative", "Le 7 mars 2018.")
    assert "35e session" in short.citations[0].quote


FAILURES: dict[str, Script] = {
    "500": status(500),
    "429": status(429, Retry_After="600"),
    "401": status(401),
    "hangs": hangs(60),
    "hangs mid-stream": hangs(60, after=3),
    "a byte at a time": drips(0.4),
    "invalid JSON": sends(b"data: {nonsense\n\n"),
    "wrong schema": sends(b'data: {"hello": [1, 2]}\n\ndata: [DONE]\n\n'),
    "not a stream": sends(b"<html>hello</html>", "text/html"),
    "empty": says(),
    "no body": sends(b""),
    "endless": endless,
    "10 MB": sends(b'data: {"choices":[{"index":0,"delta":{"content":"' + b"a" * 10_000_000 + b'"}}]}\n\n'),
    "cut mid-stream": cut("Le programme CAPDEL est financé par l'Union européenne. ", "Il"),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_whatever_fails_the_texts_answer_in_time(stage: Stage, kind: str) -> None:
    """With a notice, within the budgets and a little; the next question is answered as if nothing had been."""
    stage.script[:] = [FAILURES[kind]]
    began = time.monotonic()
    answer = stage.assistant.ask(WHO)
    assert time.monotonic() - began < 8 + 6  # the machine is shared: the budget, and time for the search itself
    assert (answer.mode, answer.refused) == ("extractive", False)
    assert answer.notice.endswith("La réponse cite donc les textes.")
    assert answer.sentences[0].text == "Le programme CAPDEL est financé par l'Union européenne."
    assert answer.passages
    assert stage.ask(WHO, TRUE).mode == "generative"


def test_a_server_that_is_not_there_is_left_alone_after_five_failures(model_cache: Path, stage: Stage) -> None:
    """Then no question waits for it; two hundred faulty calls leave no thread behind."""
    settings = Settings.from_env(environ(model_cache, stage.data, "http://127.0.0.1:9/v1", **SHORT))
    from assistant.wiring import embedder_of, writer_of

    writer = writer_of(settings, embedder_of(settings))
    assert writer is not None
    asker = stage.assistant._asker
    before, asker.writer = asker.writer, writer
    try:
        notices = [stage.assistant.ask(WHO).notice for _ in range(6)]
    finally:
        asker.writer = before
    assert all(notice.startswith("Le modèle de langue ne répond pas") for notice in notices[:5])
    assert notices[5].startswith("Le modèle de langue est mis au repos")
    for _ in range(200):
        with pytest.raises(Exception, match="repos"):
            list(writer.model.stream(()))
    time.sleep(0.5)
    assert not [t for t in threading.enumerate() if t.name == "language-model"]


def test_an_index_that_is_down_gives_no_answer_of_the_models_own(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails closed: the model is not even asked."""
    stage.server.asked.clear()
    stage.script[:] = [says(TRUE)]

    def down(*_arguments: object, **_more: object) -> None:
        raise OSError("the index is gone")

    monkeypatch.setattr(Searcher, "search", down)
    with pytest.raises(OSError, match="gone"):
        stage.assistant.ask(WHO)
    assert stage.server.asked == []


# --- while it is written ---------------------------------------------------------------------------------------------


def test_a_sentence_is_told_right_after_its_full_stop(stage: Stage) -> None:
    """While the model still speaks; the answer comes last, and is the one `ask` gives."""
    go = threading.Event()

    def slowly(exchange: Exchange) -> None:
        exchange.head()
        exchange.piece(f"{TRUE} ")
        go.wait(6)
        exchange.piece("L'OTAN finance le CAPDEL. ")
        exchange.finish()

    stage.script[:] = [slowly]
    stream = stage.assistant.ask_stream(WHO)
    assert next(stream) == Step("search")
    assert next(stream) == Step("read", WHO)
    told = next(stream)
    assert not go.is_set()
    assert isinstance(told, Told)
    assert told.sentence.text == told.citation.quote == "Le programme CAPDEL est financé par l'Union européenne."
    go.set()
    removed, answer = stream
    assert isinstance(removed, Removed)
    assert isinstance(answer, Answer)
    assert answer.sentences == (told.sentence,)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_listener_who_leaves_ends_the_models_call(stage: Stage) -> None:
    """The server sees the connection close, and failures are not counted."""
    stage.server.left.clear()

    listener = Listener()

    def drone(exchange: Exchange) -> None:
        exchange.head()
        threading.Timer(0.5, listener.leave).start()
        while True:
            exchange.piece("mot ")
            time.sleep(0.05)

    stage.script[:] = [drone]
    *_, answer = stage.assistant.ask_stream(WHO, listener=listener)
    assert isinstance(answer, Answer)
    assert answer.mode == "extractive"
    assert stage.server.left.wait(10)


def test_the_service_tells_as_much_and_stops_when_its_client_hangs_up(stage: Stage) -> None:
    """Through the socket, event by event."""
    service = Service(stage.assistant, stage.data / SOCKET)
    try:
        remote = RemoteAssistant(stage.data / SOCKET)
        stage.script[:] = [in_tokens(TRUE)]
        events = list(remote.ask_stream(WHO))
        assert [type(event) for event in events] == [Step, Step, Told, Answer]
        stage.server.left.clear()
        stage.script[:] = [hangs(60, after=3)]
        asked = len(stage.server.asked)
        stream = remote.ask_stream(WHO)
        assert [next(stream), next(stream)] == events[:2]
        until(lambda: len(stage.server.asked) > asked)
        stream.close()
        assert stage.server.left.wait(10)
    finally:
        service.close()


def test_events_go_through_json_unchanged(stage: Stage) -> None:
    """All four kinds."""
    stage.script[:] = [in_tokens(f"{TRUE} L'OTAN finance le CAPDEL.")]
    events: list[Event] = list(stage.assistant.ask_stream(WHO))
    assert {type(event) for event in events} == {Step, Told, Removed, Answer}
    for event in events[:-1]:
        assert event_from(event_json(event)) == event
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert event_from(event_json(answer)) == Answer.from_json(answer.to_json())


# --- follow-ups ------------------------------------------------------------------------------------------------------

BEFORE = ("Quand s'est tenue la 35e session du CMAI ?",)


def test_a_follow_up_is_understood_by_the_model_where_it_adds_nothing(stage: Stage) -> None:
    """Its words are the history's and the follow-up's."""
    answer = stage.ask(
        "Et la 32e, dans quelle ville ?",
        "Dans quelle ville s'est tenue la 32e session du CMAI ?",
        "La 32e session du CMAI s'est tenue à Tunis en 2015 [1].",
        history=BEFORE,
    )
    assert answer.understood_as == "Dans quelle ville s'est tenue la 32e session du CMAI ?"
    assert "Tunis" in answer.text


@pytest.mark.parametrize(
    "said",
    [
        "Quand s'est tenue la 32e session de l'OTAN ?",
        "Quand s'est tenue la 33e session du CMAI ?",
        "Quand s'est tenue la 32e session du CMAI au Caire ?",
        "Quand s'est tenue la 35e session du CMAI ?",
        "Quel est le budget de la 32e session du CMAI ?",
        "![x](http://evil.example) la 32e session du CMAI",
        "La 32e session du CMAI s'est tenue à Tunis.",
        "",
    ],
)
def test_a_follow_up_that_the_model_bends_is_the_rules(stage: Stage, said: str) -> None:
    """A name, a number, a place, a thing of its own, or one lost."""
    stage.script[:] = [in_tokens(said), in_tokens("La 32e session du CMAI s'est tenue à Tunis en 2015 [1].")]
    answer = stage.assistant.ask("Et la 32e ?", BEFORE)
    assert answer.understood_as == "Quand s'est tenue la 32e session du CMAI ?"


def test_a_question_that_stands_alone_is_not_put_to_the_model_twice(stage: Stage) -> None:
    """What says what it is about is left as it is."""
    stage.server.asked.clear()
    assert stage.ask(WHO, TRUE, history=BEFORE).understood_as == WHO
    assert len(stage.server.asked) == 1


# --- on a terminal ---------------------------------------------------------------------------------------------------


def test_a_terminal_prints_sentences_as_they_come(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each once, the sources after them; a model that fails half way is followed by the whole answer."""
    service = Service(stage.assistant, stage.data / SOCKET)
    monkeypatch.setenv("COOPERATION_DATA", str(stage.data))
    try:
        stage.script[:] = [in_tokens(f"{TRUE} L'OTAN finance le CAPDEL.")]
        assert main(["ask", WHO]) == 0
        whole = capsys.readouterr().out
        stage.script[:] = [cut(f"{TRUE} ", "Il")]
        assert main(["ask", WHO]) == 0
        broken = capsys.readouterr().out
    finally:
        service.close()
    sentence = "Le programme CAPDEL est financé par l'Union européenne. [1]"
    assert whole.startswith(f"{sentence}\n\nPhrases retirées, que les textes ne confirment pas : 1\n\n[1] ")
    assert whole.count(sentence) == 1
    assert "OTAN" not in whole
    assert broken.startswith(f"{sentence}\n--------\n(La réponse du modèle de langue a été interrompue.")
    assert broken.count(sentence) == 2
