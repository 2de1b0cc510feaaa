"""What people may bring: the size of a file, how many at a time and in all, and the disk that must stay free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.whole_number import whole_number

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class UploadSettings:
    """Limits of a file (`megabytes`, `pages`), of one sending (`files`), of a person, and of the disk.

    With less than `free_megabytes` or `free_percent` of the disk free, nothing is taken in.
    """

    megabytes: int = 50
    pages: int = 2000
    files: int = 20
    quota_files: int = 500
    quota_megabytes: int = 2000
    free_megabytes: int = 1074
    free_percent: int = 5

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> UploadSettings:
        """Settings from the environment; raises `BadSetting` for one that cannot be used."""
        return cls(
            megabytes=whole_number(environ, "COOPERATION_UPLOAD_MEGABYTES", cls().megabytes, 1, 1000),
            pages=whole_number(environ, "COOPERATION_UPLOAD_PAGES", cls().pages, 1, 100_000),
            files=whole_number(environ, "COOPERATION_UPLOAD_FILES", cls().files, 1, 200),
            quota_files=whole_number(environ, "COOPERATION_UPLOAD_QUOTA_FILES", cls().quota_files, 1),
            quota_megabytes=whole_number(environ, "COOPERATION_UPLOAD_QUOTA_MEGABYTES", cls().quota_megabytes, 1),
            free_megabytes=whole_number(environ, "COOPERATION_UPLOAD_FREE_MEGABYTES", cls().free_megabytes, 0),
            free_percent=whole_number(environ, "COOPERATION_UPLOAD_FREE_PERCENT", cls().free_percent, 0, 90),
        )

    @property
    def file_bytes(self) -> int:
        """The longest file."""
        return self.megabytes * MEGABYTE

    @property
    def quota_bytes(self) -> int:
        """What the files of one person may weigh together."""
        return self.quota_megabytes * MEGABYTE

    def full(self, total: int, free: int) -> bool:
        """Whether a disk of `total` bytes with `free` of them free takes nothing more.

        >>> UploadSettings().full(10**12, 10**11), UploadSettings().full(10**12, 4 * 10**10)
        (False, True)
        >>> UploadSettings().full(10**10, 10**9)
        True
        """
        return free < self.free_megabytes * MEGABYTE or free * 100 < total * self.free_percent
