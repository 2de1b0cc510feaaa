"""Train the question encoder: questions move, passages stay where the bundled model puts them.

A question must lie nearest to the passage that answers it, and to the sentence there, among all passages and sentences
of the training data at once: their vectors are made once, so each question has tens of thousands of wrong ones. It is
held near where it was, so that cosines keep their meaning, and in the end the weights are a mean of the tuned and the
first ones.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from evals.training.aside import FAQ, gather
from evals.training.batches import PAD, open_tokenizer
from evals.training.export import export_questions
from evals.training.fit import (
    CHECKPOINT,
    Plan,
    Position,
    copied,
    groups,
    learn,
    mean_with,
    progress,
    resumed,
    version_of,
)
from evals.training.model import QuestionModel, in_precision
from evals.training.near_miss import Ask
from evals.training.rows import ENCYCLOPEDIA, OWN, PAGES, Row
from index.bundled_model import PROMPTS
from index.embed import OnnxEmbedder
from index.question_encoder import FILE, QuestionEncoder
from index.sentences import split

LANGUAGES = frozenset(("fr", "ar", "en"))
SHARES = {
    "piaf11_fr": 0.24,
    PAGES: 0.15,
    OWN: 0.13,
    ENCYCLOPEDIA: 0.10,
    "xquad_cross5": 0.10,
    "xquad_all12": 0.05,
    "tydiqa_goldp_dev_ar": 0.05,
    "squad11_train44_en": 0.05,
    "squad20_dev_en": 0.04,
    "squadshifts_newwiki_en": 0.04,
    "tydiqa_goldp_en": 0.03,
    FAQ: 0.02,
}
"""Of the questions drawn, by source; sources without a share are left out."""
PLAN = Plan(minutes=40, batch=64, rate=5e-5, warm_up=0.06, first_layer=2)
TEMPERATURE = 0.02
SENTENCES = 0.5
"""What finding the sentence counts beside finding the passage."""
HOLD = 20.0
"""How much a question's way from where it was costs: this much times one minus the cosine of the two."""
TUNED = 0.6
"""Of the tuned weights in the mean."""
TOKENS = 96
_FAR = -1e4

Say = Callable[[str], None]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Texts:
    """Passages, sentences and questions with their vectors; `sentences` are `(passage, start, end)`."""

    passages: tuple[str, ...]
    sentences: tuple[tuple[int, int, int], ...]
    passage_vectors: Floats
    sentence_vectors: Floats
    questions: Mapping[str, int]
    question_vectors: Floats


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the vector it had, its passage and sentence (`-1`: none), and what is not wrong for it: by number."""

    question: str
    before: int
    passage: int
    sentence: int
    spared_passages: tuple[int, ...]
    spared_sentences: tuple[int, ...]


def train_questions(data: Path, retrieval: Path, base: Path, out: Path, plan: Plan, say: Say) -> Path:
    """Write `questions.safetensors` into `out`, from the checkpoint there if there is one; returns the weights."""
    gathered = gather(data, retrieval, 400, plan.seed)
    rows = [
        row
        for row in gathered.rows
        if row.source in SHARES and row.answerable and {row.lang, row.passage_lang} <= LANGUAGES
    ]
    embedder = OnnxEmbedder(base)
    texts = embedded(rows, embedder, out / "vectors.npz", say)
    pools = examples(rows, texts)
    model = QuestionModel(base, plan.first_layer, plan.dropout)
    first = copied(model)
    held_out = {name: column_of(asks, embedder) for name, asks in gathered.held_out.items() if asks}
    say("le bon passage le plus proche, parmi six, avant : " + nearest(held_out, embedder.queries))
    at = fit_questions(model, pools, texts, open_tokenizer(base), plan, out)
    mean_with(model, first, TUNED)
    export_questions(model, out / FILE, version_of(at))
    tuned = QuestionEncoder(out / FILE, base, embedder.tokenizer)
    say("après : " + nearest(held_out, lambda asked: np.stack([tuned.vector(question) for question in asked])))
    return out / FILE


@dataclass(frozen=True, slots=True)
class Column:
    """Held-out questions, and the vectors of each one's passage and its neighbours, the right one first."""

    questions: tuple[str, ...]
    passages: tuple[Floats, ...]


def column_of(asks: Sequence[Ask], embedder: OnnxEmbedder) -> Column:
    """The vectors of held-out passages, which no training changes."""
    return Column(
        tuple(ask.question for ask in asks), tuple(embedder.passages([ask.gold, *ask.neighbours]) for ask in asks)
    )


def nearest(columns: Mapping[str, Column], queries: Callable[[Sequence[str]], Floats]) -> str:
    """For each column, how often a held-out question lies nearest to its own passage among its neighbours."""
    told = []
    for name, column in columns.items():
        vectors = zip(column.passages, queries(column.questions), strict=True)
        right = [int(np.argmax(passages @ vector)) == 0 for passages, vector in vectors]
        told.append(f"{name} {sum(right) / len(right):.3f}")
    return ", ".join(told)


def embedded(rows: Sequence[Row], embedder: OnnxEmbedder, kept: Path, say: Say) -> Texts:
    """The texts of `rows` with their vectors, from the file `kept` where they are in it."""
    passages = tuple(dict.fromkeys(row.passage for row in rows))
    sentences = tuple(
        (at, start, end) for at, text in enumerate(passages) for start, end in split(text) or [(0, len(text))]
    )
    questions = {text: at for at, text in enumerate(dict.fromkeys(row.question for row in rows))}
    told = "\n".join([embedder.name, *passages, *(str(one) for one in sentences), *questions])
    made_of = hashlib.sha256(told.encode()).hexdigest()
    vectors = _kept_vectors(kept, made_of)
    if vectors is None:
        say(f"{len(passages)} passages, {len(sentences)} phrases, {len(questions)} questions à encoder")
        with tqdm(total=len(passages) + len(sentences), mininterval=2) as bar:
            whole = embedder.passages(passages, lambda done: _moved(bar, done))
            parts = embedder.passages(
                [passages[at][start:end] for at, start, end in sentences], lambda done: _moved(bar, done)
            )
        vectors = whole, parts, embedder.queries(list(questions))
        _keep(kept, made_of, *vectors)
    whole, parts, asked = vectors
    return Texts(passages, sentences, whole, parts, questions, asked)


def _moved(bar: tqdm[NoReturn], done: int) -> None:
    bar.update(done)


def _kept_vectors(path: Path, made_of: str) -> tuple[Floats, Floats, Floats] | None:
    """The vectors in `path`, where they are those of the same texts by the same model."""
    try:
        with np.load(path, allow_pickle=False) as file:
            kept = {name: file[name] for name in file.files}
    except (OSError, ValueError, BadZipFile):
        return None
    if str(kept.get("made_of")) != made_of:
        return None
    return kept["passages"], kept["sentences"], kept["questions"]


def _keep(path: Path, made_of: str, passages: Floats, sentences: Floats, questions: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_suffix(".part.npz")
    np.savez(work, made_of=np.array(made_of), passages=passages, sentences=sentences, questions=questions)
    os.replace(work, path)


def examples(rows: Sequence[Row], texts: Texts) -> dict[str, list[Example]]:
    """The questions of each source; what another row answers the same question by is no wrong passage for it, in
    another language either (XQuAD asks in the same words of each)."""
    number = {text: at for at, text in enumerate(texts.passages)}
    of_passage: dict[int, list[int]] = defaultdict(list)
    for at, (passage, _start, _end) in enumerate(texts.sentences):
        of_passage[passage].append(at)
    answering: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        answering[row.question].add(number[row.passage])
    pools: dict[str, list[Example]] = defaultdict(list)
    for row in rows:
        own = number[row.passage]
        spared = tuple(sorted(answering[row.question] - {own}))
        around = [at for at in of_passage[own] if row.span and _holds(texts.sentences[at], row.span[0])]
        pools[row.source].append(
            Example(
                row.question,
                texts.questions[row.question],
                own,
                around[0] if around else -1,
                spared,
                tuple(at for passage in spared for at in of_passage[passage]),
            )
        )
    return dict(pools)


def _holds(sentence: tuple[int, int, int], place: int) -> bool:
    return sentence[1] <= place < sentence[2]


def fit_questions(
    model: QuestionModel,
    pools: Mapping[str, Sequence[Example]],
    texts: Texts,
    tokenizer: Tokenizer,
    plan: Plan,
    out: Path,
) -> Position:
    """Train `model` in place, from the checkpoint in `out` if there is one; returns where it ended.

    What is drawn for step `n`, dropout with it, hangs on the seed and `n` alone: a run goes on as if never stopped.
    """
    torch.set_num_threads(plan.threads)
    optimiser = torch.optim.AdamW(groups(model.layers[plan.first_layer :], plan), weight_decay=plan.decay)
    at = resumed(model, optimiser, out / CHECKPOINT)
    passages, sentences, asked = (
        torch.from_numpy(vectors) for vectors in (texts.passage_vectors, texts.sentence_vectors, texts.question_vectors)
    )

    def of_batch(batch: list[Example]) -> str:
        with in_precision():
            vectors = model(*tokens([one.question for one in batch], tokenizer))
        loss = question_loss(vectors, asked[[one.before for one in batch]], batch, passages, sentences)
        loss.backward()  # type: ignore[no-untyped-call]
        return f"perte {loss.item():.3f}"

    return learn(model, optimiser, at, plan, out, _batches(pools, plan, at), of_batch)


def _batches(pools: Mapping[str, Sequence[Example]], plan: Plan, at: Position) -> Iterator[list[Example]]:
    """Batches for the steps from `at` on, which whoever takes them moves on."""
    sources = sorted(pools)
    while progress(at, plan) < 1:
        rng = random.Random(f"{plan.seed}-{at.step}")
        torch.manual_seed(rng.getrandbits(63))
        drawn = rng.choices(sources, [SHARES[source] for source in sources], k=plan.batch)
        yield [rng.choice(pools[source]) for source in drawn]


def tokens(questions: Sequence[str], tokenizer: Tokenizer) -> tuple[Tensor, Tensor]:
    """The padded ids `(batch, tokens)` of questions under their prompt, and their lengths."""
    ids = [item.ids[:TOKENS] for item in tokenizer.encode_batch([PROMPTS["query"] + text for text in questions])]
    longest = max(map(len, ids))
    return torch.tensor([[*item, *[PAD] * (longest - len(item))] for item in ids]), torch.tensor([len(i) for i in ids])


def question_loss(
    vectors: Tensor, before: Tensor, batch: Sequence[Example], passages: Tensor, sentences: Tensor
) -> Tensor:
    """How badly unit `vectors (batch, hidden)` find their passages and sentences among all, and how far they went."""
    loss = _found(vectors @ passages.T, [one.passage for one in batch], [one.spared_passages for one in batch])
    told = [at for at, one in enumerate(batch) if one.sentence >= 0]
    if told:
        wanted = [batch[at].sentence for at in told]
        spared = [batch[at].spared_sentences for at in told]
        loss = loss + SENTENCES * _found(vectors[told] @ sentences.T, wanted, spared)
    return loss + HOLD * (1 - (vectors * before).sum(dim=1)).mean()


def _found(cosines: Tensor, wanted: Sequence[int], spared: Sequence[Sequence[int]]) -> Tensor:
    mask = torch.zeros_like(cosines)
    for row, at in enumerate(spared):
        mask[row, list(at)] = _FAR
    return functional.cross_entropy(cosines / TEMPERATURE + mask, torch.tensor(list(wanted)))
