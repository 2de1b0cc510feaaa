"""The door to locust: many people in one process, each with a session of their own, who ask as a browser does.

`python -m evals.load.crowd PLAN.json RESULT.json`. Locust makes the whole process cooperative, so nothing else imports
this module, and its pages for controlling a test are never opened. Not done as a browser does: scripts, styles and
fonts are not fetched, which a browser keeps. The time of a question runs from sending it to the end of its answer.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, constant, constant_pacing, task
from locust.env import Environment
from locust.exception import RescheduleTask, StopUser

from evals.load import page
from evals.load.plan import Done, Plan
from evals.load.polite import polite

MOST_COMING = 120.0
"""Seconds after which those who have not come in yet are waited for no more."""
LONGEST_WAIT = 30.0
"""Seconds that somebody who is told to come back waits at most."""


class Book:
    """What happened, row by row."""

    def __init__(self) -> None:
        self.rows: list[Done] = []
        self.inside = 0

    def note(self, what: str, began: float, outcome: str, detail: str = "") -> None:
        """Something ended now."""
        now = time.time()
        self.rows.append(Done(round(now, 3), what, round((now - began) * 1000, 1), outcome, detail[:300]))


class Visitor(FastHttpUser):
    """Somebody who can log in; what is asked of them comes from the plan."""

    abstract = True
    connection_timeout = 30.0
    network_timeout = 120.0
    max_retries = 0
    default_headers = {"Accept": "text/html,application/json,*/*"}  # noqa: RUF012  # locust's own way to set it
    insecure = True
    plan: ClassVar[Plan]
    book: ClassVar[Book]
    numbers: ClassVar[count[int]]

    def send(self, what: str, method: str, path: str, **more: Any) -> Any:
        """A request; `None` where it was refused or failed, which is noted, and the wait that was asked for is kept."""
        began = time.time()
        with self.client.request(method, path, name=what, catch_response=True, **more) as answer:
            answer.success()
            status, text = answer.status_code, "" if more.get("stream") and answer.status_code == 200 else answer.text
        if status in (200, 303):
            self.book.note(what, began, "ok")
            return answer
        wait = polite(status, answer.headers, text or "")
        detail = f"{status} {(text or '')[:200]}" if status else f"no answer: {getattr(answer, 'error', '')}"
        self.book.note(what, began, "refused" if wait is not None else "error", detail)
        gevent.sleep(min(wait if wait is not None else 1.0, LONGEST_WAIT))
        return None

    def log_in(self, name: str) -> bool:
        """Whether they got in."""
        form = self.send("login page", "GET", page.LOGIN)
        if form is None:
            return False
        data = {"form": page.form_token(form.text), "name": name, "password": self.plan.password}
        return self.send("login", "POST", page.LOGIN, data=data, allow_redirects=False) is not None


class Reader(Visitor):
    """Logs in, opens the page and asks one question after another."""

    def on_start(self) -> None:
        """Log in and open the page, again and again until it is done."""
        number = next(self.numbers)
        self.session, self.beat = secrets.token_hex(6), None
        self.wired: page.Wiring | None = None
        self.asked = number * 7919
        while not self.log_in(self.plan.names[number % len(self.plan.names)]):
            pass
        self.open_page()

    def on_stop(self) -> None:
        """Close the page, as far as a server is told of it."""
        if self.beat is not None:
            self.beat.release() if hasattr(self.beat, "release") else None

    def open_page(self) -> None:
        """Fetch the page, have it filled, and hold its heartbeat open."""
        while self.wired is None:
            got = self.send("page", "GET", "/", allow_redirects=False)
            if got is not None and got.status_code == 200:
                self.wired = page.wiring(got.text)
        self.beat = self.send("heartbeat", "GET", page.HEARTBEAT + self.session, stream=True)
        self.send("fill", "POST", page.RUN, json=self.wired.opened(self.session))
        self.book.inside += 1

    @task
    def ask(self) -> None:
        """A question, its answer, and what the page sends after it."""
        if self.wired is None:
            raise StopUser
        self.asked += 1
        question, began = self.plan.questions[self.asked % len(self.plan.questions)], time.time()
        if self.send("join", "POST", page.JOIN, json=self.wired.asked(question, self.session)) is None:
            raise RescheduleTask
        stream = self.send("stream", "GET", page.DATA + self.session)
        if stream is None:
            self.book.note("question", began, "error", "the stream failed")
            raise RescheduleTask
        told = page.ending(stream.text)
        self.book.note("question", began, "ok" if told.state == "answered" else "error", _said(told, question))
        self.send("keep", "POST", page.RUN, json=self.wired.answered(self.session))


class Knocker(Visitor):
    """Logs in again and again, and does nothing else."""

    form, cookie = "", ""

    @task
    def knock(self) -> None:
        """A login with the form that was fetched first: its answer is thrown away, its session left."""
        if not self.form:
            got = self.send("login page", "GET", page.LOGIN)
            if got is None:
                raise RescheduleTask
            self.form = page.form_token(got.text)
            self.cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookiejar)
        self.client.cookiejar.clear()
        name = self.plan.names[next(self.numbers) % len(self.plan.names)]
        data = {"form": self.form, "name": name, "password": self.plan.password}
        more: dict[str, Any] = {"headers": {"Cookie": self.cookie}, "allow_redirects": False}
        began = time.time()
        with self.client.request("POST", page.LOGIN, name="login", data=data, catch_response=True, **more) as answer:
            answer.success()
            status = answer.status_code
        wait = polite(status, answer.headers, answer.text or "")
        outcome = "ok" if status == 303 else "refused" if wait is not None else "error"
        self.book.note("login", began, outcome, "" if status == 303 else f"{status} {(answer.text or '')[:100]}")


def _said(told: page.Told, question: str) -> str:
    return "" if told.state == "answered" else f"{told.state}: {question} {told.page[-200:]}"


def run(plan: Plan) -> dict[str, Any]:
    """Play a plan, its seconds counted from when all have come in; every row, and the processor seconds it took."""
    kind: type[Visitor] = Knocker if plan.logins_per_second else Reader
    pause = constant_pacing(plan.users / plan.logins_per_second) if plan.logins_per_second else constant(plan.think)
    people: type[Visitor] = type(kind.__name__, (kind,), {"wait_time": pause, "abstract": False})
    people.plan, people.book, people.numbers = plan, Book(), count()
    runner = Environment(user_classes=[people], host=plan.address).create_local_runner()
    used = time.process_time()
    runner.start(plan.users, spawn_rate=plan.spawn_rate)
    end = time.time() + MOST_COMING
    while kind is Reader and time.time() < end and people.book.inside < plan.users:
        gevent.sleep(0.1)
    began = time.time()
    gevent.sleep(plan.seconds)
    stopped = time.time()
    rows = [asdict(row) for row in people.book.rows]
    runner.quit()
    return {"rows": rows, "processor": round(time.process_time() - used, 2), "began": began, "stopped": stopped}


def main(plan: Path, result: Path) -> None:
    """Read the plan, play it, write what happened."""
    result.write_text(json.dumps(run(Plan(**json.loads(plan.read_text("utf-8")))), ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)  # streams that are still open would keep the process
