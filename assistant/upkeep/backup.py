"""The whole of the data in one file, and back: the database, and every file beside it that cannot be made again.

The file is a zip: `tables/<name>.jsonl`, `files/<path>`, and last `manifest.json` with the sha256 of each; the zip's
comment holds the manifest's own. A file of which a byte changed is refused before anything is touched. Indexes are left
out: they are made anew from the vectors, nothing embedded again. Never is a database that holds something replaced
unless that was asked for. The file holds password hashes and the secret key: it is readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path, PurePosixPath

from assistant.accounts import migrations as accounts_migrations
from corpus.fingerprint import fingerprint
from index.archive import (
    RECORDS,
    ArchiveRefused,
    History,
    database_file,
    is_empty,
    lines,
    reading,
    replace_all,
    replacing,
    revisions,
    tables,
)

FORMAT = 1
MARK = b"cooperation-backup:"
MANIFEST = "manifest.json"
HISTORIES = (RECORDS, History(Path(accounts_migrations.__file__).parent, accounts_migrations.VERSION_TABLE))
DERIVED = ("index-", "owner.lock", "service.sock", "gradio")
"""What lies in a data directory and is made again by itself."""
BLOCK = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, TypeError, RuntimeError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: its size and sha256, and the rows of a table (0 for others)."""

    bytes: int
    sha256: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. `revisions` are those of the schema, by the table that keeps each."""

    format: int
    product: str
    made_at: str
    revisions: dict[str, str]
    members: dict[str, Member]

    @property
    def documents(self) -> int:
        """How many documents it holds."""
        return self._rows("documents")

    @property
    def users(self) -> int:
        """How many accounts it holds."""
        return self._rows("users")

    def _rows(self, table: str) -> int:
        member = self.members.get(f"tables/{table}.jsonl")
        return member.rows if member else 0


def backup(url: str, data: Path, file: Path) -> tuple[Manifest, str]:
    """Write the archive, whole or not at all, and read it again; returns its manifest and the sha256 of the file.

    Works beside a running service: what it writes meanwhile is in the archive wholly or not.
    """
    database = database_file(url)
    if database is not None and not database.is_file():
        raise ArchiveRefused(f"Rien à sauvegarder : {database} n'existe pas.")
    part = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                _write(archive, url, data, {file.resolve(), part.resolve()})
            raw.flush()
            os.fsync(raw.fileno())
        manifest, digest = checked(part), fingerprint(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return manifest, digest


def checked(file: Path) -> Manifest:
    """The manifest of an archive of which every byte is as it was written; raises `ArchiveRefused`."""
    try:
        with zipfile.ZipFile(file) as archive:
            text = archive.read(MANIFEST)
            if archive.comment != MARK + hashlib.sha256(text).hexdigest().encode():
                raise ValueError("le manifeste n'est pas celui qui a été écrit")
            value = json.loads(text)
            members = {name: Member(**member) for name, member in value.pop("members").items()}
            manifest = Manifest(**value, members=members)
            if {*members, MANIFEST} != set(archive.namelist()) or len(archive.namelist()) != len(members) + 1:
                raise ValueError("il manque un fichier, ou il y en a un de trop")
            for name, member in members.items():
                with archive.open(name) as opened:
                    if hashlib.file_digest(opened, "sha256").hexdigest() != member.sha256:  # type: ignore[arg-type]
                        raise ValueError(f"{name} n'est pas celui qui a été écrit")
    except FileNotFoundError:
        raise
    except _DAMAGED as error:
        raise ArchiveRefused(
            f"{file} est refusé : ce n'est pas une sauvegarde intacte ({error or type(error).__name__}). "
            "Prenez une autre sauvegarde ; rien n'a été changé."
        ) from error
    if manifest.format != FORMAT:
        raise ArchiveRefused(f"{file} est d'un format plus récent ({manifest.format}) : mettez le produit à jour.")
    return manifest


def restore(url: str, data: Path, file: Path, force: bool = False, sha256: str | None = None) -> Manifest:
    """Put back what an archive holds; the caller owns the data directory, and makes the index anew.

    Raises `ArchiveRefused`, nothing touched, for a damaged file, for another than `sha256` says, and for a database
    that holds something already, unless `force`.
    """
    if sha256 is not None and fingerprint(file) != sha256.strip().lower():
        raise ArchiveRefused(f"{file} n'a pas l'empreinte {sha256} : ce n'est pas le fichier attendu.")
    manifest = checked(file)
    with zipfile.ZipFile(file) as archive:
        with replacing(url) as connection:
            if not force and not is_empty(connection, HISTORIES):
                raise ArchiveRefused(
                    "La base n'est pas vide : rien n'a été changé. Donnez un dossier vide avec --data, "
                    "ou --force pour remplacer ce qu'elle contient."
                )
            for folder in data.glob("index-*"):  # made of what is being replaced
                shutil.rmtree(folder, ignore_errors=True)
            names = {PurePosixPath(name).stem: name for name in manifest.members if name.startswith("tables/")}
            content = {table: _reader(archive, name) for table, name in names.items()}
            replace_all(connection, HISTORIES, manifest.revisions, content)
        for name in manifest.members:
            if name.startswith("files/"):
                _put_back(archive, name, data)
    return manifest


def _write(archive: zipfile.ZipFile, url: str, data: Path, skipped: set[Path]) -> None:
    members: dict[str, Member] = {}
    with reading(url) as connection:
        at = revisions(connection, HISTORIES)
        for table in tables(connection, HISTORIES):
            name = f"tables/{table.name}.jsonl"
            members[name] = _add(archive, name, lines(connection, table), heading=1)
        for path in sorted(_kept_files(url, data, skipped)):
            name = f"files/{path.relative_to(data).as_posix()}"
            with suppress(FileNotFoundError):  # its document was removed since the database was read
                members[name] = _add(archive, name, _blocks(path))
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(FORMAT, version("cooperation-assistant"), made_at, at, members)
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    archive.writestr(MANIFEST, text)
    archive.comment = MARK + hashlib.sha256(text).hexdigest().encode()


def _add(archive: zipfile.ZipFile, name: str, content: Iterable[bytes], heading: int | None = None) -> Member:
    digest, size, count = hashlib.sha256(), 0, 0
    blocks = iter(content)
    first = next(blocks, b"")  # a file that is gone is known before its name is written
    with archive.open(name, "w", force_zip64=True) as out:
        for block in chain([first], blocks):
            out.write(block)
            digest.update(block)
            size += len(block)
            count += 1
    return Member(size, digest.hexdigest(), 0 if heading is None else count - heading)


def _kept_files(url: str, data: Path, skipped: set[Path]) -> Iterator[Path]:
    database = database_file(url)
    own = {database.with_name(database.name + end) for end in ("", "-wal", "-shm", "-journal")} if database else set()
    for path in data.rglob("*"):
        top = path.relative_to(data).parts[0]
        if top.startswith(DERIVED) or path.suffix == ".part" or path.is_symlink() or not path.is_file():
            continue
        if path.resolve() not in skipped and path not in own and not _is_backup(path):
            yield path


def _is_backup(path: Path) -> bool:
    """Whether a file is an archive like those made here: one kept in the data directory is not put into the next."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - len(MARK) - 64))
            return file.read().startswith(MARK)
    except FileNotFoundError:  # it went meanwhile; whoever adds it finds that out
        return False


def _reader(archive: zipfile.ZipFile, name: str) -> Callable[[], Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        with archive.open(name) as file:
            yield from file

    return read


def _put_back(archive: zipfile.ZipFile, name: str, data: Path) -> None:
    parts = PurePosixPath(name).parts[1:]
    if not parts or any(part in ("..", "") or "\0" in part for part in parts) or PurePosixPath(*parts).is_absolute():
        raise ArchiveRefused(f"Un fichier de la sauvegarde a un nom qui sort du dossier : {name!r}.")
    path = data.joinpath(*parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with (
        archive.open(name) as source,
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
    ):
        shutil.copyfileobj(source, out, BLOCK)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
