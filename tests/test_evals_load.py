"""The crowds: what a browser sends, what is polite, what grew; and one crowd each at a real server in this process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from account_fakes import PASSWORD, desk_over
from browsing import site_over
from test_ui_accounts import KEYS
from test_ui_chat import FakeAssistant

from assistant.answers.events import Event
from assistant.settings import Settings
from evals.bench import BenchError, read_texts, this_machine
from evals.bench_import import Opened
from evals.load import page, rush, soak, storm
from evals.load.place import Place, prepared
from evals.load.plan import Done, Plan
from evals.load.polite import polite
from evals.load.site import Crowd, Site
from evals.load.watch import Held, held, plot, watched, write_csv
from ui.visits import Door

if find_spec("locust") is None:  # not imported: it would make this whole process cooperative
    pytest.skip("make load l'installe : pip install -e '.[load]'", allow_module_level=True)


class Slow(FakeAssistant):
    """Answers after a moment, so that a crowd has to wait."""

    def ask_stream(self, *asked: Any, **more: Any) -> Iterator[Event]:
        """The same as the other, later."""
        time.sleep(0.3)
        yield from super().ask_stream(*asked, **more)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site where few may wait, in this process."""
    data = tmp_path_factory.mktemp("crowded")
    settings = Settings.from_env({"COOPERATION_DATA": str(data)})
    raised = {"login_minutely_address": 10_000, "questions_minutely": 10_000}
    few = {"questions_waiting": 1, "logins_waiting": 1}
    with desk_over(f"sqlite:///{data / 'a.db'}", data, **raised, **few) as desk:
        names = [f"charge{number}" for number in range(8)]
        for name in names:
            desk.member(name)
        with site_over(Slow(), Door(desk.opened, KEYS)) as address:
            opened = Opened(address, os.getpid(), Queue())
            yield Site(Place(settings, 0, names, 0.0), opened, ["Quelles conventions ?"], dict(os.environ))


def plan(site: Site, users: int, seconds: float, **more: float) -> Plan:
    made = site.plan(users, seconds, **more)
    assert made.password
    return Plan(**{**{name: getattr(made, name) for name in Plan.__dataclass_fields__}, "password": PASSWORD})


def outcomes(crowd: Crowd, what: str) -> set[str]:
    return {row.outcome for row in crowd.rows if row.what == what}


def test_too_many_are_told_to_come_back_and_few_are_all_answered(crowded: Site) -> None:
    """Refusals are polite, nothing fails, and when the crowd has left it is as before."""
    crowd = crowded.crowd(plan(crowded, 8, 3.0))
    wrong = [row for row in crowd.rows if row.outcome == "error"]
    assert wrong == []
    assert outcomes(crowd, "question") == {"ok"}
    assert "refused" in outcomes(crowd, "join")
    said = next(row.detail for row in crowd.rows if row.what == "join" and row.outcome == "refused")
    assert said.startswith("429")
    assert "Beaucoup de questions" in json.loads(said[4:])["detail"]
    alone = crowded.crowd(plan(crowded, 1, 1.5))
    assert {row.outcome for row in alone.rows} == {"ok"}
    assert rush.played(rush.Scenario("alone", 1, 0.0, None), alone).answered > 0


def test_a_storm_of_logins_is_let_in_bit_by_bit_and_the_rest_told_to_come_back(crowded: Site) -> None:
    """Never an error, never a login page that does not answer."""
    crowd = crowded.crowd(plan(crowded, 12, 3.0, logins=60.0))
    assert {row.outcome for row in crowd.rows if row.what == "login"} == {"ok", "refused"}
    assert outcomes(crowd, "login page") == {"ok"}


def test_the_page_is_read_as_its_script_would_and_another_page_is_refused() -> None:
    """The stream's last event tells how a question ended."""
    with pytest.raises(page.NotOurPage):
        page.wiring("<html></html>")
    with pytest.raises(page.NotOurPage):
        page.wiring('window.gradio_config = {"components": [], "dependencies": []};</script>')
    with pytest.raises(page.NotOurPage):
        page.form_token("<form></form>")
    done = {
        "msg": "process_completed",
        "success": True,
        "output": {"data": ["", None, None, '<p class="turn answered">']},
    }
    assert page.ending(f"event: x\ndata: {json.dumps(done)}\n\n").state == "answered"
    assert page.ending(f"data: {json.dumps({**done, 'success': False})}").state == "lost"


@pytest.mark.parametrize(
    ("status", "headers", "text", "wait"),
    [
        (503, {"retry-after": "5"}, "Beaucoup de monde.", 5.0),
        (429, {"Retry-After": "1"}, "{}", 1.0),
        (503, {"Retry-After": "5"}, " ", None),
        (503, {}, "Queue is full.", None),
        (500, {"Retry-After": "5"}, "Une erreur.", None),
        (503, {"Retry-After": "5"}, "Traceback (most recent call last)", None),
        (0, None, "", None),
    ],
)
def test_a_refusal_is_polite_that_says_when_to_come_back_and_why(
    status: int, headers: Mapping[str, str] | None, text: str, wait: float | None
) -> None:
    """Anything else is an error."""
    assert polite(status, headers, text) == wait


def row(at: float, ms: float, what: str = "question", outcome: str = "ok") -> Done:
    return Done(at, what, ms, outcome)


def looked(at: float, rss: float, files: int = 20, threads: int = 30) -> Held:
    return Held(at, rss, files, threads, 1.0, at)


def soaked(rss: Callable[[int], float], ms: Callable[[int], float]) -> soak.SoakBench:
    rows = tuple(row(float(at), ms(at)) for at in range(1, 121))
    seen = [looked(float(at), rss(at)) for at in range(0, 121, 2)]
    return soak.summed(this_machine(), 1, 10, Crowd(rows, 0.0, 120.0, 1.0, 1.0), seen, 0)


def test_a_soak_that_grows_is_told_from_one_that_only_warms_up() -> None:
    """Its first sixth does not count; memory, and the time of answers, each decide."""
    assert soaked(lambda at: min(600, 300 + at * 20), lambda at: 9000 if at < 15 else 400).kept
    leaking = soaked(lambda at: 600 + at * 2, lambda at: 400)
    assert not leaking.kept
    assert leaking.grown["rss_mb"] == pytest.approx(150, abs=5)
    slower = soaked(lambda at: 600, lambda at: 400 + at * 4)
    assert not slower.kept
    assert slower.grown["p95_percent"] > 20
    assert "memory, MB" in soak.render(leaking)
    with pytest.raises(BenchError, match="trop court"):
        soak.summed(this_machine(), 1, 10, Crowd((), 0.0, 1.0, 1.0, 1.0), [], 0)


def stormed(meanwhile: Sequence[Done], outcome: str = "refused", grown: float = 20.0) -> storm.StormBench:
    calm = Crowd((row(1, 300), row(2, 400)), 0.0, 3.0, 1.0, 1.0)
    knocks = (row(11, 900, "login"), row(12, 50, "login", outcome), row(30, 800, "login"))
    seen = [looked(9.0, 700), looked(20.0, 700 + grown)]
    crowd = Crowd(tuple(meanwhile), 8.0, 40.0, 1.0, 1.0)
    return storm.summed(this_machine(), 1, 50, calm, Crowd(knocks, 10, 30, 2.0, 1.0), crowd, seen)


def test_a_storm_is_judged_by_the_questions_that_began_in_it() -> None:
    """What was asked before and after it does not count; an error of a login, or much memory, does."""
    kept = stormed([row(9.5, 9000), row(15, 700), row(50, 9000)])
    assert (kept.storm_p95, kept.storm_answers, kept.kept, kept.refused) == (700, 1, True, 1)
    assert not stormed([row(15, 900)]).kept
    assert not stormed([row(15, 700)], "error").kept
    assert not stormed([row(15, 700)], grown=300).kept
    assert "told to come back" in storm.render(kept)
    with pytest.raises(BenchError):
        stormed([])


def test_what_a_process_holds_is_read_while_it_runs_and_kept_as_a_table_and_a_picture(tmp_path: Path) -> None:
    """This very process, with a file in the cache."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "x").write_bytes(bytes(2_000_000))
    now = held(os.getpid(), tmp_path / "cache")
    assert now.rss_mb > 20
    assert now.files > 2
    assert now.cache_mb == 2.0
    with watched(os.getpid(), tmp_path / "cache", 0.01) as rows:
        end = time.monotonic() + 10
        while len(rows) < 3 and time.monotonic() < end:
            time.sleep(0.01)
    write_csv(rows, tmp_path / "soak.csv")
    plot(rows, tmp_path / "soak.png")
    assert (tmp_path / "soak.csv").read_text().startswith("at,rss_mb,files,threads,cache_mb,processor\n0.0,")
    assert (tmp_path / "soak.png").read_bytes().startswith(b"\x89PNG")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Place:
    """20,000 passages and 200 people."""
    folder = tmp_path_factory.mktemp("large")
    settings = Settings.from_env({"COOPERATION_CACHE": str(model_cache), "COOPERATION_DATA": str(folder)})
    return prepared(folder, settings, read_texts(None, folder), 20_000, 200, print)


@pytest.mark.nightly
@pytest.mark.timeout(6000)
def test_nothing_grows_in_an_hour(large: Place, tmp_path: Path) -> None:
    """R-62."""
    result = soak.bench_soak(large, os.environ, 60, tmp_path, print)
    assert result.kept, soak.render(result)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_storm_of_logins_is_hardly_noticed(large: Place) -> None:
    """R-64."""
    result = storm.bench_storm(large, os.environ, 50, 20, 30, print)
    assert result.kept, storm.render(result)
