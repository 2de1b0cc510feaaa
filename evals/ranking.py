"""Metrics of a ranking: identifiers in the order they were found, against the identifiers that are relevant.

Equal to trec_eval (through pytrec_eval and ir_measures) on every query with a relevant document; where none is
relevant these are `None`, not applicable, and trec_eval says 0. An identifier that comes twice counts where it came
first. `k` counts from 1.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from ctypes import c_float
from math import log2


def rank(scores: Mapping[str, float]) -> tuple[str, ...]:
    """Identifiers by falling score; equal scores by falling identifier.

    As trec_eval does: scores are compared in single precision, so 1.0 and 1.0 + 1e-9 are equal, and ties are broken
    by the identifier in descending order of code points, whatever order the run was given in.
    Source: trec_eval 9, `form_res_rels.c`.

    >>> rank({"a": 1.0, "b": 1.0, "c": 2.0, "d": 1.0 + 1e-9})
    ('c', 'd', 'b', 'a')
    """
    return tuple(sorted(scores, key=lambda name: (c_float(scores[name]).value, name), reverse=True))


def hit(ranked: Sequence[str], relevant: Collection[str], k: int) -> float | None:
    """hit@k (Success@k): 1 when any of the first k is relevant, else 0.

    >>> hit(["x", "a"], {"a"}, 1), hit(["x", "a"], {"a"}, 2), hit(["x"], set(), 1)
    (0.0, 1.0, None)
    """
    return float(any(name in relevant for name in _first(ranked, k))) if relevant else None


def recall(ranked: Sequence[str], relevant: Collection[str], k: int) -> float | None:
    """recall@k: share of the relevant that is among the first k.

    >>> recall(["x", "a", "b"], {"a", "b"}, 2)
    0.5
    """
    return sum(name in relevant for name in _first(ranked, k)) / len(set(relevant)) if relevant else None


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int | None = None) -> float | None:
    """1 / rank of the first relevant, 0 when none is found (among the first k); its mean is MRR (Voorhees 1999).

    >>> reciprocal_rank(["x", "a"], {"a"}), reciprocal_rank(["x", "a"], {"a"}, 1)
    (0.5, 0.0)
    """
    if not relevant:
        return None
    return next((1 / n for n, name in enumerate(_first(ranked, k), 1) if name in relevant), 0.0)


def ndcg(ranked: Sequence[str], grades: Mapping[str, float] | Collection[str], k: int | None = None) -> float | None:
    """nDCG@k = DCG / DCG of the best order, with DCG = sum of grade / log2(rank + 1) over the first k.

    `grades` maps an identifier to its grade (0 or less: no gain), or is a collection of identifiers of grade 1.
    Source: Järvelin and Kekäläinen 2002, with the linear gain of trec_eval.

    >>> ndcg(["a", "b"], {"a": 1, "b": 3}) == (1 + 3 / log2(3)) / (3 + 1 / log2(3))
    True
    >>> ndcg(["a"], {"a", "b"}, 1)
    1.0
    """
    of = grades if isinstance(grades, Mapping) else dict.fromkeys(grades, 1)
    best = sorted((grade for grade in of.values() if grade > 0), reverse=True)
    if not best:
        return None
    return _dcg([max(of.get(name, 0), 0) for name in _first(ranked, k)]) / _dcg(best[:k])


def _first(ranked: Sequence[str], k: int | None) -> list[str]:
    return list(dict.fromkeys(ranked))[:k]


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / log2(n + 1) for n, gain in enumerate(gains, 1))
