"""Arabic as it is written: attached words, letters that vary, digits, months, ordinals."""

from __future__ import annotations

import pytest

from corpus.glossary import read_glossary
from index.expand import Expander, spelled_ordinals
from index.terms import query_terms, stem, terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("والاتفاقيات", "اتفاقية"),
        ("بالاتفاقية", "اتفاقية"),
        ("للاتفاقية", "الاتفاقية"),
        ("وبالجزائر", "الجزائر"),
        ("كالإرهاب", "إرهاب"),
        ("فالأمن", "أمن"),
        ("وللأمن", "الأمن"),
        ("مدرسه", "مدرسة"),
        ("مستشفى", "مستشفي"),
        ("الـدورة", "الدورة"),
        ("وزارة", "الوزارة"),
        ("تعاون", "التعاون"),
        ("والوقاية", "الوقاية"),
        ("وقاية", "الوقاية"),
        ("اجتماعات", "الاجتماع"),
        ("مُكَافَحَة", "المكافحه"),
        ("أوروبا", "اوروبا"),
    ],
)
def test_an_attached_or_varied_form_is_the_same_term(one: str, other: str) -> None:
    """Article, conjunction and preposition, ta marbuta, alef maqsura, hamza and stretching strokes part no words."""
    assert stem(one, "ar") == stem(other, "ar")


@pytest.mark.parametrize("written", ["لمجلس", "ومجلس", "بمجلس", "كمجلس", "فمجلس", "ولمجلس"])
def test_a_question_finds_its_word_with_what_is_attached_to_it(written: str) -> None:
    """A text's "to a council" is found by "council", and a question's "to a council" finds "council"."""
    assert set(terms(written, "ar")) <= set(query_terms("مجلس", ("ar",))[0])
    assert set(terms("مجلس", "ar")) <= set(query_terms(written, ("ar",))[0])


@pytest.mark.parametrize(
    ("one", "other"), [("وزير", "زيارة"), ("بلدية", "ليبيا"), ("لجنة", "جنة"), ("كتاب", "تاب"), ("فرنسا", "رنين")]
)
def test_a_first_letter_that_belongs_to_the_word_stays(one: str, other: str) -> None:
    """What only looks attached is kept: the term of one word is not that of another."""
    assert stem(one, "ar") != stem(other, "ar")


def test_digits_of_both_arabic_alphabets_are_digits() -> None:
    """Eastern Arabic and Persian digits ask for the same number."""
    assert terms("٣٥ ۳۵ 35", "ar") == ["35", "35", "35"]
    assert words("الدورة الـ٣٥")[-1] == "٣٥"


EXPANDER = Expander(read_glossary())


@pytest.mark.parametrize(
    ("question", "month"),
    [
        ("آذار 2018", "مارس"),
        ("كانون الأول", "ديسمبر"),
        ("كانون الثاني", "يناير"),
        ("تشرين الأول", "أكتوبر"),
        ("تشرين الثاني 1990", "نوفمبر"),
        ("في شباط", "فيفري"),
        ("جوان 2012", "يونيو"),
        ("جويلية", "يوليو"),
        ("بمارس", "آذار"),
        ("وأيار", "ماي"),
        ("novembre 1990", "نوفمبر"),
        ("غشت", "أوت"),
        ("شتنبر", "سبتمبر"),
    ],
)
def test_a_month_is_found_by_its_other_names(question: str, month: str) -> None:
    """Levantine, Egyptian and Maghrebi names of one month find each other, attached prepositions or not."""
    found = {term for word in EXPANDER.expand(question, ("fr", "ar")) for term in word}
    assert stem(month, "ar") in found


@pytest.mark.parametrize(
    "question", ["تشرين الثاني", "كانون الثاني 1990", "ربيع الأول", "جمادى الثانية", "ربيع الثاني"]
)
def test_a_month_named_second_is_no_second_session(question: str) -> None:
    """The second Kanun is January and not the second of anything."""
    assert spelled_ordinals(question) == []


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("رمضان 1440", "ramadan"),
        ("محرم", "muharram"),
        ("chaoual", "شوال"),
        ("dhou al-hijja", "ذو الحجة"),
        ("rajab", "رجب"),
    ],
)
def test_a_hijri_month_is_found_by_its_other_spelling(question: str, term: str) -> None:
    """Hijri months are months in every alphabet; they are not turned into other months."""
    found = {term for word in EXPANDER.expand(question, ("fr", "ar", "en")) for term in word}
    language = "ar" if term[0] > "z" else "fr"
    assert set(terms(term, language)) & found


@pytest.mark.parametrize(
    "question", ["للاتحاد الأفريقي", "بالاتحاد الأفريقي", "والاتحاد الإفريقي", "AU", "African Union", "UA"]
)
def test_a_body_is_found_behind_an_attached_preposition(question: str) -> None:
    """ "to the African Union" names it as well as "the African Union" does."""
    found = {term for word in EXPANDER.expand(question, ("fr",)) for term in word} | set(terms(question, "fr"))
    assert "ua" in found


UNITS = "الثانية الثالثة الرابعة الخامسة السادسة السابعة الثامنة التاسعة".split()
MEN = "الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع".split()
TENS = {20: "العشرين العشرون", 30: "الثلاثين الثلاثون", 40: "الأربعين الأربعون", 50: "الخمسين الخمسون"}


def _arabic_ordinals() -> list[tuple[str, int]]:
    found = [("الدورة الأولى", 1), ("اللقاء الأول", 1), ("الدورة العاشرة", 10), ("الاجتماع العاشر", 10)]
    for names, first, ten in ((UNITS, "الحادية", "عشرة"), (MEN, "الحادي", "عشر")):
        found += [(name, value) for value, name in enumerate(names, 2)]
        found += [(f"{name} {ten}", 10 + value) for value, name in enumerate([first, *names], 1)]
        for tens, spelled in TENS.items():
            for word in spelled.split():
                found.append((word, tens))
                found += [(f"{name} و{word}", tens + value) for value, name in enumerate([first, *names], 1)]
    return [*found, ("الستين", 60), ("الستون", 60)]


@pytest.mark.parametrize(("text", "value"), _arabic_ordinals())
def test_arabic_ordinals_from_1_to_60_are_numbers(text: str, value: int) -> None:
    """Both genders and both cases."""
    assert spelled_ordinals(text, first=True) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("la première session", 1),
        ("vingt et unième", 21),
        ("vingt-et-unième", 21),
        ("trente et unième", 31),
        ("cinquantième", 50),
        ("cinquante-deuxième", 52),
        ("soixantième", 60),
        ("twenty-first", 21),
        ("the first meeting", 1),
        ("fifty-second", 52),
        ("sixtieth", 60),
        ("fortieth", 40),
        ("quarantième", 40),
    ],
)
def test_french_and_english_ordinals_are_numbers(text: str, value: int) -> None:
    """First, the tens, and what joins them."""
    assert spelled_ordinals(text, first=True) == [value]


@pytest.mark.parametrize(
    "text", ["في المقام الأول من اليوم", "premièrement", "secondes", "كانون الأول", "أول من أمس", "firstly"]
)
def test_what_only_looks_like_a_first_is_no_number(text: str) -> None:
    """Adverbs and months are not ranks."""
    assert spelled_ordinals(text, first=True) == []
