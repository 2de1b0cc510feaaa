"""Passwords: hashed as the requirement says, refused when short, common or made of names, never cut."""

from __future__ import annotations

import itertools
import random
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from account_fakes import CHEAP, OTHER, PASSWORD, Desk, token_in
from hypothesis import given
from hypothesis import strategies as st

from assistant.accounts.account import Role
from assistant.accounts.errors import PasswordRefused
from assistant.accounts.passwords import Passwords, too_long
from assistant.accounts.policy import CONTEXT, Policy, common

policy = Policy()


def refusal(password: str, own: tuple[str, ...] = (), role: Role = Role.READER) -> str:
    """The code of the rule that a password breaks, or nothing."""
    try:
        policy.check(password, own, role)
    except PasswordRefused as refused:
        return refused.code
    return ""


# --- hashing ---------------------------------------------------------------------------------------------------------


def test_the_default_hash_is_argon2id_as_required_and_takes_its_time() -> None:
    """R-01: the PHC string says so; a verification takes from 10 to 500 ms here (the best of five: it is busy)."""
    passwords = Passwords()
    kept = passwords.hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    times = []
    for word, right in [(PASSWORD, True), (OTHER, False), (PASSWORD, True), (OTHER, False), (PASSWORD, True)]:
        began = time.perf_counter()
        assert passwords.verify(kept, word) is right
        times.append(time.perf_counter() - began)
    assert 0.010 <= min(times) <= 0.500


@pytest.mark.parametrize("parameters", [(19_455, 2, 1), (65_536, 1, 1), (65_536, 3, 0)])
def test_parameters_below_the_floor_are_refused(parameters: tuple[int, int, int]) -> None:
    """R-01."""
    with pytest.raises(ValueError, match="at least"):
        Passwords(*parameters)


def test_nothing_kept_is_verified_as_long_and_is_false() -> None:
    """R-06: the made-up hash has the same parameters; it never opens."""
    passwords = Passwords(*CHEAP)
    kept = passwords.hash(PASSWORD)
    assert not passwords.outdated(passwords._nobody)
    assert not passwords.verify(None, PASSWORD)
    assert not passwords.verify("", PASSWORD)
    assert not passwords.verify("no hash", PASSWORD)
    assert passwords.verify(kept, PASSWORD)


def test_no_more_than_two_hashes_are_made_at_once() -> None:
    """R-64: however many log in."""
    passwords = Passwords(*CHEAP)
    running, most, lock = 0, 0, threading.Lock()

    class Counting:
        def hash(self, password: str) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1
            return "hash"

    passwords._hasher = Counting()  # type: ignore[assignment]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(passwords.hash, ["x"] * 16))
    assert most == 2


def test_a_password_is_one_however_it_was_composed_and_is_never_cut() -> None:
    """R-02: NFC; two of 80 characters that differ in the last."""
    passwords = Passwords(*CHEAP)
    kept = passwords.hash("été à Nabeul, trois figues")
    assert passwords.verify(kept, "e\u0301te\u0301 a\u0300 Nabeul, trois figues")
    long = "".join(random.Random(7).choices("abcdefghij klmnop", k=79))
    assert not passwords.verify(passwords.hash(long + "a"), long + "b")


# --- length ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "role", "expected"),
    [
        (14, Role.READER, "password-short"),
        (15, Role.READER, ""),
        (15, Role.EDITOR, ""),
        (15, Role.ADMINISTRATOR, "password-short"),
        (16, Role.ADMINISTRATOR, ""),
        (128, Role.READER, ""),
        (1024, Role.READER, ""),
        (1025, Role.READER, "password-long"),
    ],
)
def test_length_is_what_is_asked_for(length: int, role: Role, expected: str) -> None:
    """R-02."""
    word = "".join(itertools.islice(itertools.cycle("vert lampe rue neuf zinc "), length))
    word = word[:-1] + "K"
    assert refusal(word, (), role) == expected


@pytest.mark.parametrize(
    "word", ["خمس تفاحات خضراء فوق الطاولة", "un bus jaune traîne là-bas", "🦊 sous la lune bleue 🦊"]
)
def test_spaces_and_any_letters_are_accepted(word: str) -> None:
    """R-02: no rule about kinds of characters."""
    assert refusal(word) == ""


def test_an_endless_password_is_refused_at_once() -> None:
    """R-02: in 50 ms, in bytes; a lone surrogate is no character."""
    began = time.perf_counter()
    assert refusal("é" * 10_000_000) == "password-long"
    assert not Passwords(*CHEAP).verify(None, "é" * 10_000_000)
    assert time.perf_counter() - began < 0.050
    assert too_long("é" * 513)
    assert not too_long("é" * 512)
    assert too_long("\ud800" * 20)


# --- the list and the names ------------------------------------------------------------------------------------------


def test_every_common_password_is_refused_as_it_is_and_dressed_up() -> None:
    """R-03: all of the shipped list, by the list itself and not by length alone."""
    assert len(common()) >= 10_000
    lenient = Policy(least=1)
    for word in common():
        dressed = (f"{word}2024!", f"!{word}") if word[0].isalpha() and word[-1].isalpha() else ()
        for form in (word, word.upper(), *dressed):
            with pytest.raises(PasswordRefused):
                lenient.check(form)


@pytest.mark.parametrize(
    "word",
    [
        "passwordpassword", "aaaaaaaaaaaaaaaaaaaa", "azeazeazeazeazeaze", "123456789012345678", "abcdefghijklmnopq",
        "P@ssw0rd1234567890", "motdepasse motdepasse", "987654321098765", "ababababababababab",
    ],
)  # fmt: skip
def test_repetitions_and_runs_are_refused(word: str) -> None:
    """Long enough, and the first things to be tried."""
    assert refusal(word) == "password-common"


@pytest.mark.parametrize(
    ("word", "own"),
    [
        ("benali est à la maison", ("benali", "b@example.org")),
        ("le chat de Bén-Ali dort", ("benali", "b@example.org")),
        ("salah.trabelsi et moi", ("s", "salah.trabelsi@example.org")),
        ("Coopération2026!", ()),
        ("assistant-coopération-7", ()),
        ("ministère ministère 1", ()),
        ("sami 2026 sami 2027", ("sami", "s@example.org")),
    ],
)
def test_names_are_refused(word: str, own: tuple[str, ...]) -> None:
    """R-03: the ministry, the product, one's own."""
    assert refusal(word, own) == "password-context"


def test_every_word_of_the_product_is_refused_padded_to_length() -> None:
    """R-03: and those that a setting adds."""
    strict = Policy(context=("Carthage",))
    for word in (*CONTEXT, "carthage"):
        with pytest.raises(PasswordRefused):
            strict.check(word.ljust(16, "7"))
    strict.check("ma phrase parle de carthage sans peine")


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_the_policy_answers_for_any_text(word: str, name: str) -> None:
    """It refuses or accepts, and never fails."""
    assert refusal(word, (name, f"{name}@example.org")).startswith(("password-", ""))


def test_a_bad_password_is_refused_at_sign_up_change_and_reset(small_desk: Desk) -> None:
    """R-03: by the same rules; and nothing changed."""
    account = small_desk.member("amel")
    small_desk.accounts.ask_reset("amel")
    token = token_in(small_desk.mail())
    for word in ("passwordpassword", "amel amel amel amel", "court"):
        with pytest.raises(PasswordRefused):
            small_desk.opened.sign_ups.ask("lena.amel", "amel2@example.org", word)
        with pytest.raises(PasswordRefused):
            small_desk.accounts.reset(token, word)
        with pytest.raises(PasswordRefused):
            small_desk.accounts.change_password(account, PASSWORD, word)
    assert small_desk.accounts.reset_works(token)
    small_desk.enter("amel", PASSWORD)


def test_the_shipped_list_and_letters_are_under_version_control_with_their_licence() -> None:
    """What is ignored is not shipped: a folder called `data` would be."""
    import assistant.accounts as accounts

    folder = Path(accounts.__file__).parent / "texts"
    assert {file.name for file in folder.iterdir()} == {"LICENCE.txt", "common_passwords.txt.gz", "letters.toml"}
    assert "MIT License" in (folder / "LICENCE.txt").read_text("utf-8")
    ignored = subprocess.run(
        ["git", "check-ignore", *map(str, folder.iterdir())], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ignored.stdout == ""
