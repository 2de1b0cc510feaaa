"""Make pairs of question and passage to train on: answers in passages of every size, and hard wrong passages.

Pairs come in pools, each a pure function of the rows, the seed and its number, so that training can go on from any
pool. A pool draws from every source by its share from the start: languages that come later make earlier ones worse.
Refuses nothing of what it is given: rows set aside are removed before (`evals.training.rows`).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.training.overlap import Overlap
from evals.training.rows import ENCYCLOPEDIA, OWN, PAGES, Row, Span
from evals.training.swaps import changes, everywhere

GROUPS = 256
"""Questions in a pool."""
_SENTENCE = re.compile(r"(?<=[.!?؟。])(?:\s+)(?=\S)")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with a passage; `span` is its answer there, if it has a short one; `kind` says how it was made."""

    question: str
    passage: str
    answerable: bool
    span: Span | None
    kind: str
    lang: str
    passage_lang: str


@dataclass(frozen=True, slots=True)
class Mix:
    """How pools are mixed: the share of each source, the wrong passages a question gets, and of which kinds."""

    shares: Mapping[str, float]
    wrong: tuple[float, ...] = (0.1, 0.5, 0.4)
    """Chances of none, one and two wrong passages beside the right one."""
    kinds: Mapping[str, float] | None = None
    title: float = 0.25
    """Chance of the title in front, as the product's chunks have their headings."""


KINDS = {"nearest": 0.4, "neighbour": 0.24, "found": 0.08, "cut": 0.1, "swap": 0.2, "beside": 0.06}
"""Wrong passages: of the same article by words or by chance, of another article by words, the right passage without the
sentence of its answer, the right passage under a changed question, a sentence beside the one that answers."""

SHARES = {
    "piaf11_fr": 0.7,
    "squad20_dev_en": 0.10,
    "squad11_train44_en": 0.07,
    "squadshifts_newwiki_en": 0.03,
    "tydiqa_goldp_dev_ar": 0.07,
    "tydiqa_goldp_en": 0.02,
    "tydiqa_goldp_other": 0.005,
    "xquad_ar": 0.06,
    "xquad_other": 0.02,
    "cross_near": 0.11,
    "cross_other": 0.03,
    "faquad_pt": 0.005,
    "fr_admin_faq": 0.04,
    OWN: 0.4,
    ENCYCLOPEDIA: 0.3,
    PAGES: 0.7,
}
"""Half our own: pages and papers of administrations, articles; of the rest French first, Arabic and crossing languages
well above their number of rows. Sources that are absent drop out."""

ONWARD = Mix(
    {
        PAGES: 0.45,
        OWN: 0.15,
        "piaf11_fr": 0.15,
        ENCYCLOPEDIA: 0.08,
        "squad20_dev_en": 0.04,
        "cross_near": 0.035,
        "squad11_train44_en": 0.02,
        "tydiqa_goldp_dev_ar": 0.02,
        "fr_admin_faq": 0.02,
        "xquad_ar": 0.015,
        "squadshifts_newwiki_en": 0.01,
        "tydiqa_goldp_en": 0.01,
    }
)
"""For a reader that goes on from weights: half of what it learns is asked in other words than its passage's."""


class Pools:
    """Pools of pairs over `rows`."""

    def __init__(self, rows: Sequence[Row], mix: Mix | None = None, seed: int = 0) -> None:
        self._mix, self._seed = mix or Mix(SHARES), seed
        self._sources = _by_source(rows)
        self._articles = _Articles([row for source in self._sources.values() for row in source])
        total = sum(share for name, share in self._mix.shares.items() if self._sources.get(name))
        self._quotas = {
            name: max(1, round(GROUPS * share / total))
            for name, share in self._mix.shares.items()
            if share and self._sources.get(name)
        }

    def pool(self, number: int) -> list[Pair]:
        """The pairs of pool `number`: each source goes on where the pool before left it, in an order of its own."""
        rng = random.Random(f"{self._seed}-{number}")
        pairs = []
        for name, quota in self._quotas.items():
            rows = self._sources[name]
            for at in range(number * quota, (number + 1) * quota):
                turn, place = divmod(at, len(rows))
                pairs += self._of(rows[_shuffled(len(rows), f"{self._seed}-{name}-{turn}")[place]], rng)
        return pairs

    def _of(self, row: Row, rng: random.Random) -> list[Pair]:
        """A question with its passage and some that do not answer it."""
        title = _heading(row, rng.random() < self._mix.title)
        if not row.answerable:
            return [_pair(row, row.question, _part(row.passage, rng), None, "unanswerable", title)]
        count = rng.choices(range(len(self._mix.wrong)), self._mix.wrong)[0]
        kinds = self._mix.kinds or KINDS
        wrong: list[Pair] = []
        for _ in range(count):
            tried = rng.choices(list(kinds), list(kinds.values()))[0]
            made = self._wrong(row, tried, title, rng) or self._wrong(row, "nearest", title, rng)
            made = made or self._wrong(row, "found", title, rng)
            if made and all(made.passage != other.passage or made.question != other.question for other in wrong):
                wrong.append(made)
        return [self._right(row, title, rng), *wrong]

    def _right(self, row: Row, title: str, rng: random.Random) -> Pair:
        question, passage, span, kind = row.question, row.passage, row.span, "paragraph"
        if span and rng.random() < 0.4:
            drawn = changes(question, passage, [], rng)
            both = everywhere(rng.choice(drawn), question, passage, span) if drawn else None
            if both:
                (question, passage, span), kind = both, "changed both"
        if span and rng.random() < 0.5:
            passage, span = _around(passage, span, rng)
            kind = "sentences"
        return _pair(row, question, passage, span, kind, title)

    def _wrong(self, row: Row, kind: str, title: str, rng: random.Random) -> Pair | None:
        if kind in ("nearest", "neighbour"):
            others = self._articles.neighbours(row)
            if not others:
                return None
            text = others[min(int(rng.expovariate(0.7)), len(others) - 1)] if kind == "nearest" else rng.choice(others)
            return _pair(row, row.question, _part(text, rng), None, kind, title)
        if kind == "found":
            hits = self._articles.found(row)
            return _pair(row, row.question, _part(rng.choice(hits), rng), None, kind, "") if hits else None
        if kind == "swap":
            drawn = changes(row.question, row.passage, self._articles.neighbours(row)[:4], rng)
            return _pair(row, rng.choice(drawn).of(row.question), row.passage, None, kind, title) if drawn else None
        if row.span is None:
            return None
        rest = without_sentence(row.passage, row.span)
        if not rest or row.passage[slice(*row.span)].casefold() in rest.casefold():
            return None
        if kind == "beside":
            sentences = [rest[slice(*span)] for span in sentence_spans(rest)]
            rest = rng.choice(sentences)
        return _pair(row, row.question, rest, None, kind, title)


class _Articles:
    """Passages by article and language, and what of them is near a question."""

    def __init__(self, rows: Sequence[Row]) -> None:
        by_lang: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows:
            by_lang[_shelf(row)].setdefault(row.passage, row.title)
        self._passages = {lang: list(shelf) for lang, shelf in by_lang.items()}
        self._titles = {lang: list(shelf.values()) for lang, shelf in by_lang.items()}
        self._overlaps = {lang: Overlap(passages) for lang, passages in self._passages.items()}
        self._of_title: dict[tuple[str, str], list[int]] = defaultdict(list)
        for lang, titles in self._titles.items():
            for number, title in enumerate(titles):
                self._of_title[lang, title].append(number)
        self._kept: dict[tuple[str, str], list[str]] = {}

    def neighbours(self, row: Row) -> list[str]:
        """The other passages of the article (of the whole FAQ, which has no articles), nearest first."""
        lang = _shelf(row)
        passages = self._passages[lang]
        if not row.title:
            return [passages[i] for i in self._overlaps[lang].search(row.question, 12) if passages[i] != row.passage]
        numbers = [i for i in self._of_title[lang, row.title] if passages[i] != row.passage]
        return [passages[i] for i in self._overlaps[lang].among(row.question, numbers)]

    def found(self, row: Row) -> list[str]:
        """What a search for the question finds in other articles."""
        lang = _shelf(row)
        key = lang, row.question
        if key not in self._kept:
            hits = self._overlaps[lang].search(row.question, 8)
            self._kept[key] = [
                self._passages[lang][i]
                for i in hits
                if self._passages[lang][i] != row.passage and (not row.title or self._titles[lang][i] != row.title)
            ][:4]
        return self._kept[key]


def sentence_spans(text: str) -> list[Span]:
    """Spans of the sentences of `text`, by its full stops alone.

    >>> [("Un. Deux ? Trois"[slice(*span)]) for span in sentence_spans("Un. Deux ? Trois")]
    ['Un.', 'Deux ?', 'Trois']
    """
    cuts = [(match.start(), match.end()) for match in _SENTENCE.finditer(text)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return list(zip(starts, ends, strict=True))


def without_sentence(text: str, span: Span) -> str:
    """`text` without the sentences that `span` touches.

    >>> without_sentence("Un. Deux. Trois.", (4, 8))
    'Un. Trois.'
    """
    kept = [text[start:end] for start, end in sentence_spans(text) if end <= span[0] or start >= span[1]]
    return " ".join(kept)


def crossed(rows: Sequence[Row], rng: random.Random) -> list[Row]:
    """XQuAD questions in one of its languages with the same paragraph in another: ids line up but for their end."""
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_id[row.id.rsplit("-", 1)[0]].append(row)
    made = []
    for same in by_id.values():
        for asked in same:
            for read in rng.sample(same, len(same)):
                if asked.lang != read.lang:
                    made.append(
                        Row(
                            f"{asked.id}-{read.lang}",
                            "cross",
                            asked.lang,
                            read.lang,
                            read.title,
                            asked.question,
                            read.passage,
                            read.span,
                            True,
                        )
                    )
    return made


def _by_source(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows by source; those of XQuAD as Arabic, others, and crossed with or without English and Arabic."""
    sources: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.source == "xquad_all12":
            sources["xquad_ar" if row.lang == "ar" else "xquad_other"].append(row)
        elif row.source != "xquad_cross5":  # made anew, over all twelve languages
            sources[row.source].append(row)
    for row in crossed([row for row in rows if row.source == "xquad_all12"], random.Random(0)):
        both = {row.lang, row.passage_lang}
        if both == {"en", "ar"}:
            sources["cross_near"].append(row)
        elif both & {"en", "ar", "es", "ro"}:
            sources["cross_other"].append(row)
    return dict(sources)


def _shuffled(size: int, seed: str) -> list[int]:
    cached = _ORDERS.get((size, seed))
    if cached is None:
        if len(_ORDERS) > 64:
            _ORDERS.clear()
        cached = _ORDERS[size, seed] = random.Random(seed).sample(range(size), size)
    return cached


_ORDERS: dict[tuple[int, str], list[int]] = {}


def _heading(row: Row, drawn: bool) -> str:
    """What stands in front of a passage: the heading that came with it, the title of an article where it is `drawn`,
    and no mere number."""
    if row.source in (OWN, PAGES):
        return "" if row.id.startswith(row.title) else row.title
    return row.title if drawn else ""


def _shelf(row: Row) -> str:
    return row.source if not row.title else row.passage_lang


def _around(passage: str, span: Span, rng: random.Random) -> tuple[str, Span]:
    """The sentences of the answer, with up to two more on either side."""
    spans = sentence_spans(passage)
    touched = [i for i, (start, end) in enumerate(spans) if start < span[1] and end > span[0]]
    first = max(0, touched[0] - rng.choice((0, 0, 1, 1, 2)))
    last = min(len(spans) - 1, touched[-1] + rng.choice((0, 0, 1, 2)))
    start, end = spans[first][0], spans[last][1]
    return passage[start:end], (span[0] - start, span[1] - start)


def _part(passage: str, rng: random.Random) -> str:
    """The passage, or now and then some neighbouring sentences: size must not give the wrong ones away."""
    if rng.random() >= 0.45:
        return passage
    spans = sentence_spans(passage)
    first = rng.randrange(len(spans))
    last = min(len(spans) - 1, first + rng.choice((0, 1, 2, 3)))
    return passage[spans[first][0] : spans[last][1]]


def _pair(row: Row, question: str, passage: str, span: Span | None, kind: str, title: str) -> Pair:
    front = f"{title}. " if title else ""
    moved = (span[0] + len(front), span[1] + len(front)) if span else None
    answerable = row.answerable and kind in ("paragraph", "sentences", "changed both")
    return Pair(question, front + passage, answerable, moved, kind, row.lang, row.passage_lang)
