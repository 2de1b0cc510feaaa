"""What people bring: the settings, the names that files are shown under, the reasons of loaders as codes."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
from assistant.errors import BadSetting
from assistant.settings import Settings
from assistant.uploads.names import LONGEST, extension, id_for, shown_name
from assistant.uploads.reading import REASONS, code_of
from assistant.uploads.settings import UploadSettings
from ui.i18n import words


def test_the_limits_are_settings() -> None:
    """Each by its name; what cannot be used is said by name."""
    environ = {
        "COOPERATION_UPLOAD_MEGABYTES": "7",
        "COOPERATION_UPLOAD_PAGES": "10",
        "COOPERATION_UPLOAD_FILES": "2",
        "COOPERATION_UPLOAD_QUOTA_FILES": "30",
        "COOPERATION_UPLOAD_QUOTA_MEGABYTES": "40",
        "COOPERATION_UPLOAD_FREE_MEGABYTES": "0",
        "COOPERATION_UPLOAD_FREE_PERCENT": "1",
    }
    assert Settings.from_env(environ).uploads == UploadSettings(7, 10, 2, 30, 40, 0, 1)
    assert Settings.from_env({}).uploads == UploadSettings()
    for name in environ:
        for wrong in ("beaucoup", "-1", "٣", "1.5"):
            with pytest.raises(BadSetting, match=name):
                UploadSettings.from_env({name: wrong})


@pytest.mark.parametrize(
    ("total", "free", "full"),
    [(10**13, 10**12, False), (10**13, 4 * 10**11, True), (10**10, 1074 * 10**6, False), (10**10, 10**9, True)],
)
def test_a_disk_is_full_below_a_gibibyte_or_five_per_cent(total: int, free: int, full: bool) -> None:
    """R-48: whichever comes first."""
    assert UploadSettings().full(total, free) is full


@given(st.text(max_size=400) | st.text("./\\\0\r\n\u202e nulPRN:*é", max_size=30).map(lambda text: f"{text}.PDF"))
def test_a_shown_name_holds_nothing_that_a_name_may_hide(given_name: str) -> None:
    """R-45: no path, no unseen character, no reserved name, of bounded length; shown again it is the same."""
    name = shown_name(given_name)
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\<>:"|?*')
    assert not [letter for letter in name if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")]
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
    assert name.strip(". ") == name
    assert shown_name(name) == name
    assert re.fullmatch(r"[a-z0-9-]+", id_for(name, "0" * 24))
    assert not extension(name) or name.lower().endswith(extension(name))


def test_every_reason_of_a_loader_has_words_in_three_languages() -> None:
    """Each code is in the interface, and each beginning is one that a loader writes."""
    folder = Path(corpus.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    for beginning, name in REASONS:
        assert f'"{beginning}' in code, beginning
        assert code_of(f"{beginning} ...") == name
    for language in ("fr", "ar", "en"):
        table = words(language).table
        assert all(f"library.refusals.{name}" in table for name in {name for _, name in REASONS} | {"unreadable"})
