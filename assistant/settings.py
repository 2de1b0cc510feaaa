"""The settings, read from the environment by whoever starts something. Nothing below `assistant` sees them, and nothing
is read at import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from assistant.errors import BadSetting
from assistant.model_settings import ModelSettings
from assistant.uploads.settings import UploadSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, with the defaults that make the product run on one machine with no network.

    `data` holds everything the product keeps; `cache` the unpacked model, which can be made again at any time.
    `lexical` off leaves the search by words out, which is for measuring what it brings; `questions` and `reader` are
    `bundled`, `off`, or a folder of other weights; `rerank_model` names another cross-encoder in its place.
    """

    data: Path
    cache: Path
    database_url: str
    embedding_model: str
    embedding_key: str = field(repr=False)
    refusal_threshold: float | None
    lexical: bool
    questions: str
    reader: str
    rerank_model: str
    host: str
    port: int
    llm: ModelSettings = field(default_factory=ModelSettings)
    uploads: UploadSettings = field(default_factory=UploadSettings)

    @classmethod
    def from_env(cls, environ: Mapping[str, str], data: str | None = None) -> Settings:
        """Settings from `COOPERATION_*` variables; `data` (a command's `--data`) wins over `COOPERATION_DATA`."""
        folder = Path(data or environ.get("COOPERATION_DATA") or "data").expanduser().resolve()
        home = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME", ".")) / ".cache")
        cache = Path(environ.get("COOPERATION_CACHE") or Path(home) / "cooperation-assistant").expanduser().resolve()
        return cls(
            data=folder,
            cache=cache,
            database_url=environ.get("COOPERATION_DATABASE_URL") or _own_database(folder),
            embedding_model=environ.get("COOPERATION_EMBEDDING_MODEL", ""),
            embedding_key=environ.get("COOPERATION_EMBEDDING_KEY", ""),
            refusal_threshold=_fraction(environ, "COOPERATION_REFUSAL_THRESHOLD"),
            lexical=_switch(environ, "COOPERATION_LEXICAL", default=True),
            questions=environ.get("COOPERATION_QUESTIONS") or "bundled",
            reader=environ.get("COOPERATION_READER") or "bundled",
            rerank_model=environ.get("COOPERATION_RERANK_MODEL", ""),
            host=environ.get("COOPERATION_HOST") or "127.0.0.1",
            port=_port(environ, "COOPERATION_PORT", 7860),
            llm=ModelSettings.from_env(environ),
            uploads=UploadSettings.from_env(environ),
        )

    def over(self, data: Path) -> Settings:
        """The same over another data directory, with the database of its own there."""
        return replace(self, data=data, database_url=_own_database(data))


def _own_database(folder: Path) -> str:
    return f"sqlite:///{quote(str(folder / 'cooperation.db'))}"


def _fraction(environ: Mapping[str, str], name: str) -> float | None:
    text = environ.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadSetting(f"{name}={text!r} : donnez un nombre entre 0 et 1.")
    return value


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name, "")
    if text not in ("", "on", "off"):
        raise BadSetting(f"{name}={text!r} : donnez « on » ou « off ».")
    return text == "on" if text else default


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "")
    if text and (not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536):
        raise BadSetting(f"{name}={text!r} : donnez un numéro de port entre 1 et 65535.")
    return int(text) if text else default
