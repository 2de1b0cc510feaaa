"""Was the answer right? Metrics of one case and one answer that need the words of both, and nothing else.

Each returns `None` where the question does not arise; `None` is counted and left out of means. A number is between 0
and 1 unless its docstring names a unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assistant.answers.answer import Answer
from evals.case import Case
from evals.matching import REGEX, matches
from evals.tokens import tokens


def correctness(case: Case, answer: Answer) -> float | None:
    """1 when the answer is right, else 0.

    To refuse: right when refused. Answerable: right when not refused, every group of `expect` has a pattern in the
    answer's text and none of `forbid` is there. A case that only forbids may be refused. `None` where nothing is
    expected, forbidden or to be refused.
    """
    if not case.judged:
        return None
    if answer.refused:
        return float(not case.answerable)
    if case.refuse or any(matches(pattern, answer.text) for pattern in case.forbid):
        return 0.0
    return float(all(any(matches(p, answer.text) for p in group) for group in case.expect.all_of))


def token_f1(case: Case, answer: Answer) -> float | None:
    """Harmonic mean of precision and recall between the tokens of the answer and those expected; 0 when refused.

    Expected are, of each group, the tokens of the plain alternative that fits best; regular expressions have none.
    Tokens are normalised (`evals.tokens`) and lose their articles. Source: SQuAD (Rajpurkar et al. 2016), with the
    articles of FQuAD (d'Hoffschmidt et al. 2020) and the Arabic one of MLQA (Lewis et al. 2020).
    """
    plain = [[p for p in group if not p.startswith(REGEX)] for group in case.expect.all_of]
    if case.refuse or not any(plain):
        return None
    if answer.refused:
        return 0.0
    said = bare(answer.text)
    wanted: list[str] = []
    for group in filter(None, plain):
        wanted += max((bare(p) for p in group), key=lambda words: f1(words, said))
    return f1(wanted, said)


def f1(wanted: Iterable[str], said: Iterable[str]) -> float:
    """2pr / (p + r) over two bags of tokens; 1 when both are empty, 0 when they share nothing.

    >>> f1(["7", "<3>"], ["7", "<3>", "2018"])
    0.8
    """
    left, right = Counter(wanted), Counter(said)
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0


def bare(text: str) -> list[str]:
    """The tokens of a text without articles, for token F1.

    >>> bare("La coopération de l'Algérie"), bare("الوزارة")
    (['cooperation', 'de', 'algerie'], ['وزاره'])
    """
    words = (word for word in tokens(text) if word not in _ARTICLES)
    return [word[2:] if word.startswith("ال") and len(word) > 4 else word for word in words]


def false_answer(case: Case, answer: Answer, kind: str) -> float | None:
    """1 when a case to refuse of this kind (`near_miss` or `far`) is answered; the mean is the false-answer rate."""
    return float(not answer.refused) if case.refuse == kind else None


def false_refusal(case: Case, answer: Answer) -> float | None:
    """1 when an answerable case is refused; the mean is the false-refusal rate."""
    return float(answer.refused) if case.answerable else None


def language_agreement(case: Case, answer: Answer) -> float | None:
    """1 when the product's own words are in the language of the case, `None` where it shows none.

    Its own words are the reason of a refusal, and every sentence but those it quotes letter for letter (`verbatim`):
    these are the source's, in the source's language. The language is read from the words (`language_of`); the answer's
    own claim counts where they do not tell.
    """
    words = own_words(answer)
    return float((language_of(words) or answer.language) == case.language) if words else None


def language_of(text: str) -> str | None:
    """`ar` where most letters are Arabic; else `fr` or `en`, whichever has more function words; `None`: no telling.

    >>> language_of("Le ministère et la police"), language_of("The minister"), language_of("وزارة"), language_of("2018")
    ('fr', 'en', 'ar', None)
    """
    letters = [c for c in text if c.isalpha()]
    if letters and sum("\u0600" <= c <= "\u06ff" for c in letters) * 2 > len(letters):
        return "ar"
    words = Counter(tokens(text))
    french, english = (sum(words[word] for word in of) for of in (_FRENCH, _ENGLISH))
    return None if french == english else "fr" if french > english else "en"


def length(_: Case, answer: Answer) -> float | None:
    """Words of the answer: its tokens (a number or a sign is one, a date three). `None` when refused."""
    return None if answer.refused else float(len(tokens(answer.text)))


def latency(_: Case, answer: Answer) -> float | None:
    """Wall-clock seconds of the whole answer, to a tenth of a millisecond as answers are written."""
    return round(answer.seconds.total, 4)


def own_words(answer: Answer) -> str:
    """What a person reads that the product wrote: the reason of the refusal, or the sentences that are no quotes."""
    if answer.refused:
        return answer.reason_text.strip()
    return "\n".join(s.text for s in answer.sentences if s.verdict != "verbatim").strip()


_ARTICLES = frozenset(tokens("a an the le la les l un une des du au aux"))
_FRENCH = frozenset(
    tokens("le la les l un une des du de d et est sont dans pour par avec sur au aux qui que ne pas ce")
)
_ENGLISH = frozenset(tokens("the of and to is are was were in for by with that this which it not has have been from"))
