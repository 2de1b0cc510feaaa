"""Settings come from the environment once; what cannot be used is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import BadSetting
from assistant.settings import Settings
from index.records import opened


def test_without_a_setting_everything_has_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data lie in `./data`, the model in the user's cache, the service on this machine alone."""
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_env({"HOME": str(tmp_path / "home")})
    assert settings.data == tmp_path / "data"
    assert settings.cache == tmp_path / "home" / ".cache" / "cooperation-assistant"
    assert settings.database_url.startswith("sqlite:///")
    assert (settings.embedding_model, settings.refusal_threshold) == ("", None)
    assert settings.lexical
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert not (tmp_path / "data").exists()


def test_every_setting_is_read_from_its_variable(tmp_path: Path) -> None:
    """As the README names them."""
    settings = Settings.from_env(
        {
            "COOPERATION_DATA": str(tmp_path / "d"),
            "COOPERATION_CACHE": str(tmp_path / "c"),
            "COOPERATION_DATABASE_URL": "postgresql://host/db",
            "COOPERATION_EMBEDDING_MODEL": "a/model",
            "COOPERATION_REFUSAL_THRESHOLD": "0.25",
            "COOPERATION_LEXICAL": "off",
            "COOPERATION_QUESTIONS": "a/folder",
            "COOPERATION_HOST": "::1",
            "COOPERATION_PORT": "8080",
        }
    )
    assert settings.data == tmp_path / "d"
    assert settings.cache == tmp_path / "c"
    assert settings.database_url == "postgresql://host/db"
    assert settings.embedding_model == "a/model"
    assert settings.refusal_threshold == 0.25
    assert not settings.lexical
    assert settings.questions == "a/folder"
    assert (settings.host, settings.port) == ("::1", 8080)


def test_the_commands_own_data_directory_wins(tmp_path: Path) -> None:
    """`--data` over `COOPERATION_DATA`."""
    environ = {"COOPERATION_DATA": str(tmp_path / "environment")}
    assert Settings.from_env(environ, str(tmp_path / "option")).data == tmp_path / "option"
    assert Settings.from_env(environ, None).data == tmp_path / "environment"
    assert Settings.from_env(environ, "").data == tmp_path / "environment"


def test_the_users_cache_is_where_the_system_says(tmp_path: Path) -> None:
    """`XDG_CACHE_HOME` where it is set."""
    assert Settings.from_env({"XDG_CACHE_HOME": str(tmp_path)}).cache == tmp_path / "cooperation-assistant"


def test_a_tilde_is_the_users_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a shell would have it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings.from_env({}, "~/textes").data == tmp_path / "textes"


@pytest.mark.parametrize("name", ["données été", "100 %", "a%20b", "quoi?", "n#1", "a;b&c=d", "بيانات"])
def test_a_data_directory_of_any_name_holds_its_own_database(tmp_path: Path, name: str) -> None:
    """What a URL takes for its own signs is a name like another; no file appears beside it."""
    folder = tmp_path / name
    folder.mkdir()
    with opened(Settings.from_env({}, str(folder)).database_url) as records:
        assert records.documents() == []
    assert (folder / "cooperation.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COOPERATION_REFUSAL_THRESHOLD", "high"),
        ("COOPERATION_REFUSAL_THRESHOLD", "0,5"),
        ("COOPERATION_REFUSAL_THRESHOLD", "1.5"),
        ("COOPERATION_REFUSAL_THRESHOLD", "-0.1"),
        ("COOPERATION_REFUSAL_THRESHOLD", "nan"),
        ("COOPERATION_PORT", "http"),
        ("COOPERATION_PORT", "0"),
        ("COOPERATION_PORT", "65536"),
        ("COOPERATION_PORT", "-1"),
        ("COOPERATION_PORT", "80.5"),
        ("COOPERATION_PORT", "²"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_name(name: str, value: str) -> None:
    """And with what the setting takes."""
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({name: value})


@pytest.mark.parametrize("value", ["0", "1", "0.35"])
def test_the_threshold_is_any_share(value: str) -> None:
    """Nought answers all, one answers nothing but certainties."""
    assert Settings.from_env({"COOPERATION_REFUSAL_THRESHOLD": value}).refusal_threshold == float(value)


def test_an_empty_variable_is_as_one_that_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As container files write them."""
    monkeypatch.chdir(tmp_path)
    names = ("DATA", "CACHE", "DATABASE_URL", "EMBEDDING_MODEL", "REFUSAL_THRESHOLD", "HOST", "PORT")
    assert Settings.from_env({f"COOPERATION_{name}": "" for name in names}) == Settings.from_env({})


def test_a_switch_is_on_or_off(tmp_path: Path) -> None:
    """Anything else is told by name, with what it takes."""
    with pytest.raises(BadSetting, match=r"COOPERATION_LEXICAL='no' : donnez « on » ou « off »"):
        Settings.from_env({"HOME": str(tmp_path), "COOPERATION_LEXICAL": "no"})
