"""The gate's decision as JUnit XML, which every continuous integration shows.

There is one failure for each reason of the gate and no other, so that the file and the exit code never disagree. Each
case is there with its time and what became of it; one that is wrong, and that the gate lets through, is not a failure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from evals.gate import Finding
from evals.metrics import METRICS
from evals.review import CaseView, Review
from evals.words import say

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(review: Review) -> str:
    """The XML of a review that has a verdict."""
    assert review.verdict is not None
    left = list(review.verdict.reasons)
    root = ET.Element("testsuites", name=_plain(f"evals {review.run.header.set}"))
    cases = [_case(view, _taken(left, "case", view.case.id)) for view in review.cases]
    checks = [_check(metric.name, _taken(left, "metric", metric.name)) for metric in METRICS]
    checks += [_check(f"tag {tag}", _taken(left, "tag", tag)) for tag in review.run.header.gate_tags]
    checks += [_check("gate", left)]
    for name, tests in (("gate", checks), ("cases", cases)):
        suite = ET.SubElement(root, "testsuite", name=_plain(f"{review.run.header.set}: {name}"))
        suite.extend(tests)
        _count(suite)
        suite.set("timestamp", review.run.header.made_at)
    _count(root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _check(name: str, reasons: list[Finding]) -> ET.Element:
    return _test("gate", name, 0.0, reasons)


def _case(view: CaseView, reasons: list[Finding]) -> ET.Element:
    test = _test("cases", view.case.id, view.record.seconds, reasons)
    ET.SubElement(test, "system-out").text = _plain("\n".join(_lines(view)))
    return test


def _lines(view: CaseView) -> Iterator[str]:
    yield f"{view.judged}{f', {view.flip}' if view.flip else ''}"
    yield f"question: {view.case.question}"
    if view.record.error:
        yield f"error: {view.record.error}"
    answer = view.record.answer
    if answer:
        yield f"refused: {answer.reason}" if answer.refused else f"answer: {answer.text}"


def _test(kind: str, name: str, seconds: float, reasons: list[Finding]) -> ET.Element:
    test = ET.Element("testcase", classname=kind, name=_plain(name), time=f"{seconds:.3f}")
    for reason in map(say, reasons):
        ET.SubElement(test, "failure", message=_plain(reason)).text = _plain(reason)
    return test


def _taken(left: list[Finding], key: str, name: str) -> list[Finding]:
    """The reasons about this case, metric or tag, taken out of those that are left."""
    found = [reason for reason in left if reason.values.get(key) == name]
    for reason in found:
        left.remove(reason)
    return found


def _count(element: ET.Element) -> None:
    tests = list(element.iter("testcase"))
    element.set("tests", str(len(tests)))
    element.set("failures", str(len(list(element.iter("failure")))))
    element.set("errors", "0")
    element.set("time", f"{sum(float(test.get('time', '0')) for test in tests):.3f}")


def _plain(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
