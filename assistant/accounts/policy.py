"""Which new passwords are accepted: long enough, not common, not made of the person's or the product's own names.

Length is what protects (15 characters, 16 for administrators); there is no rule about kinds of characters. The list of
common passwords is shipped (`texts/`): the check needs no network. Refusals depend on what was typed and nothing else.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from assistant.accounts.account import Role
from assistant.accounts.errors import PasswordRefused
from assistant.accounts.passwords import composed, too_long

CONTEXT = (
    "cooperation",
    "cooperationassistant",
    "assistant",
    "ministere",
    "ministry",
    "affairesetrangeres",
    "diplomatie",
)
FIRST_HERE = frozenset(
    "motdepasse azerty azertyuiop qsdfghjklm bonjour bienvenue tunisie carthage marhaba jetaime soleil chocolat "
    "administrateur secretariat direction".split()
)
"""What people here would choose first: the shipped list is mostly English."""
_LEFT = 8
"""How many characters must be left of a password beside the names it contains."""
_LOOKS = str.maketrans("@401357$!", "aaoiestsi")


class Policy:
    """The rules for new passwords; `context` are further words that the ministry wants refused."""

    def __init__(self, least: int = 15, least_administrator: int = 16, context: Sequence[str] = ()) -> None:
        self._least, self._least_administrator = least, least_administrator
        self._context = tuple(filter(None, (_letters(word) for word in (*CONTEXT, *context))))

    def check(self, password: str, own: Collection[str] = (), role: Role = Role.READER) -> None:
        """Raise `PasswordRefused` for a password that breaks a rule; `own` are the person's names and address."""
        if too_long(password):
            raise PasswordRefused("Ce mot de passe est trop long : 1 024 octets au plus.", "password-long")
        least = self._least_administrator if role is Role.ADMINISTRATOR else self._least
        if len(composed(password)) < least:
            raise PasswordRefused(
                f"Le mot de passe a au moins {least} caractères. Une phrase de plusieurs mots est facile à retenir.",
                "password-short",
                least=least,
            )
        if is_common(password):
            raise PasswordRefused(
                "Ce mot de passe est trop courant ou trop répétitif. Choisissez plusieurs mots sans lien entre eux.",
                "password-common",
            )
        if self._is_made_of_names(password, own):
            raise PasswordRefused(
                "Ce mot de passe contient votre nom, votre adresse ou le nom du service. Choisissez d'autres mots.",
                "password-context",
            )

    def suits_administrator(self, password: str) -> bool:
        """Whether an accepted password would be long enough for an administrator."""
        return len(composed(password)) >= self._least_administrator

    def _is_made_of_names(self, password: str, own: Collection[str]) -> bool:
        letters = _letters(password)
        names = [_letters(part) for name in own for part in (name, name.partition("@")[0])]
        if any(len(name) >= 5 and name in letters for name in names):
            return True
        left = letters
        for word in sorted({*self._context, *names} - {""}, key=len, reverse=True):
            left = left.replace(word, "")
        return left != letters and len(re.sub(r"\d", "", left)) < _LEFT


def is_common(password: str) -> bool:
    """Whether a password is on the list, or is one of the list dressed up, repeated, or a run of neighbours.

    >>> [is_common(word) for word in ("Password", "P@ssw0rd!2024", "dragondragondragon", "abcdefghijklmnop")]
    [True, True, True, True]
    >>> is_common("quatre chevaux lents boivent")
    False
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    forms = {folded, bare, folded.translate(_LOOKS), bare.translate(_LOOKS), folded[::-1]}
    forms |= {re.sub(r"[\s._-]", "", form) for form in forms}
    forms |= {_unit(form) for form in forms}
    if not forms.isdisjoint(common()) or len(set(folded)) < 5:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return (
        steps <= {1, -9} or steps <= {-1, 9} or any(_unit(form) != form and len(_unit(form)) < _LEFT for form in forms)
    )


@cache
def common() -> frozenset[str]:
    """The shipped list of common passwords, case folded."""
    packed = (files("assistant.accounts") / "texts" / "common_passwords.txt.gz").read_bytes()
    return FIRST_HERE.union(gzip.decompress(packed).decode("utf-8").split("\n"))


def _unit(text: str) -> str:
    """What a text repeats from end to end, or itself.

    >>> _unit("azeaze"), _unit("azert")
    ('aze', 'azert')
    """
    at = (text + text).find(text, 1)
    return text[:at] if 0 < at < len(text) else text


def _letters(text: str) -> str:
    """Letters and digits of a text, folded, without accents: `Coopération 2025` is `cooperation2025`."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum())
