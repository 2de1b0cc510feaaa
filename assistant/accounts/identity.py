"""Names by which a person is known: an identifier, or an e-mail address. Pure, and strict about look-alikes.

Two names are the same when their keys are (NFKC and case folded away). Two identifiers may not even look alike: their
skeletons (accents off, `0` as `o`, `1` and `i` as `l`, Arabic letters unified) must differ. Letters are those of one
script, Latin or Arabic; what Unicode would replace by something else (full width, ligatures) is refused, and so are
letters that only look Latin (dotless i). The part before the `@` is ASCII, the domain is kept in its ASCII form.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.accounts.errors import BadIdentity

RESERVED = frozenset({"console", "system", "root", "anonymous"})
_SHAPE = re.compile(r"[^\W_][\w.\-]{1,62}[^\W_]")
_OTHER_LATIN = frozenset("œæøłđðþß")
_SKELETON = str.maketrans({"0": "o", "1": "l", "i": "l", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ß": "ss"})
_LONGEST = 320
_NO_TEXT = frozenset({"Cc", "Cs"})
"""Control characters and lone surrogates: no database takes them all, no name has one."""


def name_key(text: str) -> str:
    """The key under which a name is looked up, whatever its case and compatibility forms.

    >>> name_key(" Amel.BEN "), name_key("miKe") == name_key("mike"), name_key("mıke") == name_key("mike")
    ('amel.ben', True, False)
    """
    shown = "".join(letter if unicodedata.category(letter) not in _NO_TEXT else "\ufffd" for letter in text[:_LONGEST])
    folded = unicodedata.normalize("NFKC", shown.strip()).casefold()
    return unicodedata.normalize("NFKC", folded)


def login_key(text: str) -> str:
    """The key of what was typed at login or reset, which may be an identifier or an address.

    >>> login_key("Amel@Münster.example")
    'amel@xn--mnster-3ya.example'
    """
    if "@" in text:
        try:
            return name_key(parse_email(text))
        except BadIdentity:
            pass
    return name_key(text)


def skeleton(identifier: str) -> str:
    """What an identifier looks like from afar; two accounts never share it.

    >>> skeleton("Béa10") == skeleton("bealo"), skeleton("أحمد") == skeleton("احمد")
    (True, True)
    """
    decomposed = unicodedata.normalize("NFD", name_key(identifier))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    digits = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in letters)
    return digits.translate(_SKELETON)


def parse_identifier(text: str) -> str:
    """An identifier in its kept form; raises `BadIdentity` for one that cannot be used.

    >>> parse_identifier(" Amel.Ben ")
    'Amel.Ben'
    """
    given = unicodedata.normalize("NFC", text.strip()[:_LONGEST])
    if not _SHAPE.fullmatch(given):
        raise BadIdentity(
            "L'identifiant prend de 3 à 64 lettres ou chiffres, et entre eux des points, tirets ou tirets bas.",
            "identifier-shape",
        )
    scripts = {_script(letter) for letter in given if not letter.isdecimal() and letter not in "._-"}
    if given != unicodedata.normalize("NFKC", given) or len(scripts) > 1 or "" in scripts:
        raise BadIdentity(
            "L'identifiant s'écrit en lettres latines ou en lettres arabes, sans les mêler ni prendre de signes rares.",
            "identifier-letters",
        )
    if name_key(given) in RESERVED:
        raise BadIdentity("Cet identifiant est réservé. Choisissez-en un autre.", "identifier-reserved")
    return given


def _script(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    if base.isascii() or base.lower() in _OTHER_LATIN:
        return "latin"
    if unicodedata.combining(letter):
        return ""
    return "arabic" if unicodedata.name(letter, "").startswith("ARABIC LETTER") else ""


def parse_email(text: str) -> str:
    """An address in its kept form, domain in ASCII; raises `BadIdentity` for one that cannot be used.

    Whether mail arrives there is not asked: that needs a network, and the confirmation tells.

    >>> parse_email("Amel@Example.ORG")
    'Amel@example.org'
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            text.strip()[:_LONGEST], allow_smtputf8=False, check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError as error:
        raise BadIdentity("Cette adresse e-mail n'est pas valable. Vérifiez-la.", "email-shape") from error
    return found.ascii_email or found.normalized


def domain_of(email: str) -> str:
    """The domain of an address.

    >>> domain_of("amel@example.org")
    'example.org'
    """
    return email.rpartition("@")[2].casefold()


def parse_group(text: str) -> str:
    """A group's name in its kept form; raises `BadIdentity` for an empty or long one, or one with control characters.

    >>> parse_group(" Union  africaine ")
    'Union africaine'
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= 60 or "," in name or any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise BadIdentity("Le nom d'un groupe prend de 1 à 60 caractères, sans virgule.", "group-name")
    return name
