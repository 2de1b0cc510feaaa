"""Decide whether the texts hold the answer, before anything is shown. Pure.

The score is a probability made of what the reader read, of how near the best sentence is, how much of the question's
rare words it and its surroundings hold, whether its numbers are there, and whether the sentence holds the kind of thing
asked. Similarity alone cannot decide: a near miss is on the right topic and scores highest. Nor can the reader: it
reads facts, so its weight is another one where a list or an explanation is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from assistant.answers import wanted
from assistant.answers.counted import counted, counts
from assistant.answers.evidence import crosses
from assistant.answers.extract import Drafted
from assistant.answers.grain import bound
from assistant.answers.missing import missing
from assistant.answers.question import Question
from assistant.answers.relations import unstated
from assistant.answers.series import rank_held, rank_lacking
from assistant.answers.weights import Logistic
from index.codes import codes
from index.coverage import carried_share
from index.search import Found

REASONS = {
    "empty": {
        "fr": "La base ne contient encore aucun texte.",
        "en": "No text has been added yet.",
        "ar": "لا توجد نصوص في القاعدة بعد.",
    },
    "filtered": {
        "fr": "Aucun texte ne passe les filtres choisis.",
        "en": "No text passes the filters chosen.",
        "ar": "لا يوجد نص يطابق عوامل التصفية المختارة.",
    },
    "far": {
        "fr": "Les textes ne traitent pas de ce sujet.",
        "en": "The texts do not deal with this subject.",
        "ar": "لا تتناول النصوص هذا الموضوع.",
    },
    "near_miss": {
        "fr": "Les textes abordent ce sujet mais ne donnent pas cette réponse.",
        "en": "The texts touch on this subject but do not give this answer.",
        "ar": "تتطرق النصوص إلى هذا الموضوع لكنها لا تعطي هذه الإجابة.",
    },
}
FAR_SIMILARITY = 0.83
"""Below this best cosine a refusal says "off the subject", above it "not told"; only the wording depends on it."""
SUREST = 0.8
"""Of the best sentence's probability, what one must have for its date, figure or place to count as the one asked for."""
PLAIN, UNSTATED = 0.6, 0.1
"""The weight from which a relation is asked for plainly, and the score that an answer without it has at the most."""
HALF = 0.5
"""Where a passage holds this share of the question's words, it is on the subject however far it seems: across languages
everything does."""


def features(
    question: Question, found: Found, drafted: Sequence[Drafted], spans: Sequence[Drafted] = ()
) -> dict[str, float]:
    """What the answerable-or-not model looks at; every value about 0..1. `drafted` are to be shown, of all `spans`."""
    if not found.hits or not drafted:
        return {"nothing": 1.0}
    best = max(drafted, key=lambda item: item.probability)
    shown = [item.unit for item in drafted]
    ranked = sorted((max(hit.sentences) for hit in found.hits), reverse=True)
    crossing = crosses(question, best.unit.hit)
    values = best.unit.features
    evidence = "\n".join(f"{unit.hit.chunk.context}\n{unit.text}" for unit in shown)
    asked = codes(question.text)
    texts = [unit.text for unit in shown]
    surest = [item.unit for item in drafted if item.probability >= SUREST * best.probability]
    return (
        {
            "code_missing": float(bool(asked) and not any(asked & codes(unit.hit.chunk.whole) for unit in shown)),
            "similarity": (ranked[0] - 0.8) * 5,
            "dense": (max(hit.dense for hit in found.hits) - 0.8) * 5,
            "shown_similarity": (max(unit.hit.sentences[unit.first] for unit in shown) - 0.8) * 5,
            "margin": min(1.0, (ranked[0] - ranked[min(4, len(ranked) - 1)]) * 10),
            "unit": best.probability,
            "words": max(unit.features["words"] for unit in shown),
            "words_nearby": max(unit.features["words_nearby"] for unit in shown),
            "words_in_passage": max(unit.features["words_in_passage"] for unit in shown),
            "numbers_missing": min(unit.features["numbers_missing"] for unit in shown),
            "numbers_missing_nearby": values["numbers_missing_nearby"],
            "date_lacking": min(unit.features["date_lacking"] for unit in surest),
            "number_lacking": min(unit.features["number_lacking"] for unit in surest),
            "place_lacking": min(unit.features["place_lacking"] for unit in surest),
            "names_unknown": _names_unknown(question, found),
            "names_missing": min(unit.features["names_missing"] for unit in shown),
            "uncounted": _uncounted(question, [] if crossing else texts),
            "another_body": min(unit.features["another_body"] for unit in shown),
            "rank_lacking": rank_lacking(question.text, [unit.hit.chunk.whole for unit in shown]),
            "rank_held": rank_held(question.text, best.unit.text),
            "person_lacking": wanted.person_lacking(question.text, texts),
            "meaning_lacking": wanted.meaning_lacking(question.text, texts),
            "list_lacking": wanted.list_lacking(
                question.text, texts, any(u.is_list for u in shown), _told(question, crossing)
            ),
            "polar_unmet": max(values["names_missing"], values["numbers_missing"]) * ("polar" in question.kinds),
            "relation_unstated": max((relation.weight for relation in unstated(question.text, evidence)), default=0.0),
            "crossing": float(crossing) * (1.0 - carried_share(found.words)),
            "short_question": 1 / max(1, len(found.words)),
        }
        | _read(question, drafted, spans or drafted)
        | bound(question, found, shown)
    )


def probability(model: Logistic, made: Mapping[str, float]) -> float:
    """The score of an answer with these features.

    What is asked for in so many words and that nothing shown states is not outvoted by how well the rest fits: a relation
    ("entré en vigueur"; the date beside it is that of something else), the words behind an acronym. Nor is a question
    answered by a passage that holds none of its words, nor any near to them, where words can be compared.
    """
    likely = model.probability(made)
    wordless = made.get("crossing", 1.0) <= 0.0 and made.get("words_in_passage", 1.0) <= 0.0
    unmet = made.get("relation_unstated", 0.0) >= PLAIN or made.get("meaning_lacking", 0.0) >= 1.0
    return min(likely, UNSTATED) if unmet or wordless else likely


def _words_held(drafted: Sequence[Drafted]) -> float:
    return max((item.unit.features["words_in_passage"] for item in drafted), default=0.0)


def _names_unknown(question: Question, found: Found) -> float:
    """Share of the question's names that no text holds; of another language than the passages they say nothing."""
    if question.language not in {hit.language for hit in found.hits}:
        return 0.0
    names = [word for word in found.words if word.name]
    return sum(word.rarity is None for word in names) / max(1, len(names))


def _told(question: Question, crossing: bool) -> str:
    """The language whose words can be compared; none across languages."""
    return "" if crossing else question.language


def _uncounted(question: Question, shown: Sequence[str]) -> float:
    """1 where what is to be counted is named and not counted in what would be shown; 0 where it is or nothing is asked."""
    thing = counted(question.text, question.language)
    return 1.0 - max(counts(text, thing, question.language) for text in shown) if thing and shown else 0.0


def _read(question: Question, drafted: Sequence[Drafted], spans: Sequence[Drafted]) -> dict[str, float]:
    """What the reader says of the spans that would be shown, and of all that it read; nothing where nothing was read.

    A second span that answers as surely is no bad sign: most often it says the same.
    """
    shown = [log_odds(item.alone.answerable) for item in drafted if item.alone]
    if not shown:
        return {}
    best, *others = sorted((log_odds(item.alone.answerable) for item in spans if item.alone), reverse=True)
    by_kind = _asked_for(question)
    return {
        f"asks_{by_kind}": 1.0,
        f"alone_{by_kind}": max(shown),
        "alone_any": best,
        "alone_others": max(others, default=-1.0),
    }


def _asked_for(question: Question) -> str:
    """What the reader is to be believed by: it reads facts best."""
    if "polar" in question.kinds:
        return "polar"
    return "list" if question.wants_list else "explanation" if "explanation" in question.kinds else "fact"


def log_odds(probability: float) -> float:
    """The log-odds of a probability over five, within -1..1.

    >>> log_odds(0.5), log_odds(0.0), log_odds(1.0)
    (0.0, -1.0, 1.0)
    """
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return max(-1.0, min(1.0, math.log(bounded / (1 - bounded)) / 5))


def reason(
    question: Question, found: Found, drafted: Sequence[Drafted], language: str, filtered: bool = False
) -> tuple[str, str]:
    """Why an answer is refused: a code, and one line in the reader's language that says what is missing, if known."""
    if not found.hits:
        code = "filtered" if filtered else "empty"
    elif max(max(hit.sentences) for hit in found.hits) < FAR_SIMILARITY and _words_held(drafted) < HALF:
        code = "far"
    else:
        code = "near_miss"
        lacking = missing(question, found, drafted)
        if lacking:
            return code, lacking.line(language)
    return code, REASONS[code].get(language, REASONS[code]["fr"])
