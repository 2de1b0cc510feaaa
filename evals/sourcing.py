"""Is the answer sourced? Metrics of the passages found and of the citations shown, at the level of pages.

Each returns `None` where the question does not arise; `None` is counted and left out of means.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

from assistant.answers.answer import Answer, Passage, Sentence
from evals import ranking
from evals.case import Case, Relevant
from evals.matching import holds
from evals.tokens import read, tokens

Texts = Callable[[str], str | None]
"""The whole text of a document by its id, `None` for one that is not there."""


def reaches(passage: Passage, relevant: Relevant) -> bool:
    """Whether a passage is of the relevant document, of its page if one is named, and holds its quote if one is given.

    Chunks may cut a quote: half of its tokens in one run are enough, or a passage that is a part of it.
    """
    if passage.document != relevant.document or relevant.page not in (None, passage.page):
        return False
    if relevant.quote is None:
        return True
    quote, text = tokens(relevant.quote), tokens(passage.text)
    run = SequenceMatcher(None, quote, text, autojunk=False).find_longest_match().size
    return bool(text) and run >= min(len(quote) / 2, len(text))


def hit(case: Case, answer: Answer, k: int) -> float | None:
    """hit@k: 1 when one of the first k passages reaches something relevant (`reaches`)."""
    return ranking.hit(*_ranked(case, answer), k)


def recall(case: Case, answer: Answer, k: int) -> float | None:
    """recall@k: share of what is relevant that the first k passages reach; one passage may reach several."""
    if not case.relevant:
        return None
    return sum(any(reaches(p, r) for p in answer.passages[:k]) for r in case.relevant) / len(case.relevant)


def reciprocal_rank(case: Case, answer: Answer) -> float | None:
    """1 / rank of the first passage that reaches something relevant; the mean is MRR."""
    return ranking.reciprocal_rank(*_ranked(case, answer))


def ndcg(case: Case, answer: Answer, k: int) -> float | None:
    """nDCG@k with a gain of 1 for each relevant thing where it is first reached.

    A passage that reaches several new ones counts as that many places of the ranking, so that the best order is 1.
    """
    return ranking.ndcg(*_ranked(case, answer), k)


def verbatimness(answer: Answer, texts: Texts) -> float | None:
    """Share of citations whose quote is, letter for letter, the span of the document it claims to be."""
    if not answer.citations:
        return None
    return sum((texts(c.document) or "")[c.start : c.end] == c.quote != "" for c in answer.citations) / len(
        answer.citations
    )


def citation_precision(case: Case, answer: Answer) -> float | None:
    """Share of the cited pages that are relevant. Source: Gao et al. 2023 (ALCE), at the level of pages.

    Cited are the (document, page) pairs of the citations some sentence shows. `None` where none is, or nothing is
    relevant.
    """
    cited = _cited(answer)
    if not case.relevant or not cited:
        return None
    return sum(any(_on(place, relevant) for relevant in case.relevant) for place in cited) / len(cited)


def citation_recall(case: Case, answer: Answer) -> float | None:
    """Share of the relevant pages that are cited; 0 when refused. Source: as `citation_precision`."""
    if not case.relevant:
        return None
    wanted = {(relevant.document, relevant.page): relevant for relevant in case.relevant}.values()
    return sum(any(_on(place, relevant) for place in _cited(answer)) for relevant in wanted) / len(wanted)


def groundedness(answer: Answer) -> float | None:
    """Share of the shown sentences that have a verdict and a citation that exists."""
    if answer.refused or not answer.sentences:
        return None
    known = {citation.n for citation in answer.citations}
    return sum(bool(s.verdict) and not known.isdisjoint(s.citations) for s in answer.sentences) / len(answer.sentences)


def citation_support(answer: Answer) -> float | None:
    """Share of the shown sentences that the quotes they cite do support, by a check that shares no code with them.

    Every number and date of the sentence is in the quotes it cites; and a `verbatim` sentence is in one of them (or
    holds it), a `supported` one has half of its words of four letters and more in them, by their first five letters.
    """
    if answer.refused or not answer.sentences:
        return None
    quotes = {citation.n: citation.quote for citation in answer.citations}
    return sum(_supported(s, [quotes[n] for n in s.citations if n in quotes]) for s in answer.sentences) / len(
        answer.sentences
    )


def _ranked(case: Case, answer: Answer) -> tuple[list[str], list[str]]:
    """The passages as names: of the relevant things each is the first to reach, or of nothing relevant."""
    wanted = [f"relevant {n}" for n in range(len(case.relevant))]
    names: list[str] = []
    for n, passage in enumerate(answer.passages):
        reached = (name for name, r in zip(wanted, case.relevant, strict=True) if reaches(passage, r))
        names += [name for name in reached if name not in names] or [f"other {n}"]
    return names, wanted


def _cited(answer: Answer) -> set[tuple[str, int | None]]:
    shown = {n for sentence in answer.sentences for n in sentence.citations}
    return {(citation.document, citation.page) for citation in answer.citations if citation.n in shown}


def _on(place: tuple[str, int | None], relevant: Relevant) -> bool:
    return place[0] == relevant.document and relevant.page in (None, place[1])


def _supported(sentence: Sentence, quotes: list[str]) -> bool:
    if not quotes:
        return False
    there = {form for quote in quotes for token in read(quote) for form in token}
    said = tokens(sentence.text)
    if any(word not in there for word in said if not word.isalpha() and any(c.isdigit() for c in word)):
        return False
    if sentence.verdict == "verbatim":
        return any(holds(sentence.text, quote) or holds(quote, sentence.text) for quote in quotes)
    if sentence.verdict == "translated":
        return True
    stems = {word[:5] for word in there}
    words = [word for word in said if word.isalpha() and len(word) >= 4]
    return sum(word[:5] in stems for word in words) * 2 >= len(words)
