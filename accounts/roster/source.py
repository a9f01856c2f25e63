"""What somebody hands over: one file, several, or a folder as a zip. Nothing is ever written to a disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _

MAXIMUM_BYTES = 40 * 1024 * 1024
# What a zip may hold. Rosters shrink to a tenth; a hundredth is no roster.
MAXIMUM_MEMBERS = 200
MAXIMUM_UNPACKED_BYTES = 300 * 1024 * 1024
MAXIMUM_RATIO = 150
RATIO_COUNTS_FROM_BYTES = 1024 * 1024
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
PACKED = (".zip", ".gz", ".tgz", ".7z", ".rar", ".xz", ".bz2", ".xlsx", ".xlsm", ".ods", ".docx")
# What computers put beside the files of a folder.
NOT_OURS = ("__MACOSX/", "._", ".DS_Store", "Thumbs.db", "desktop.ini")
ENCRYPTED = 0x1


class UnreadableFile(Exception):
    """The whole file can't be used. Its text is the translated sentence that the page shows."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name without folders, small; and how to open its bytes anew, as often as one likes."""

    name: str
    open: Callable[[], IO[bytes]]


def gather(files: Sequence[tuple[str, bytes]]) -> list[Source]:
    """The files that were handed over (name, content), those of a zip one by one. Raises UnreadableFile."""
    if sum(len(content) for _name, content in files) > MAXIMUM_BYTES:
        raise UnreadableFile(_("This is larger than 40 MB. Pack the files into a zip, or split the list."))
    sources: list[Source] = []
    for name, content in files:
        if content.startswith((ZIP, EMPTY_ZIP)):
            if len(files) > 1:
                raise UnreadableFile(_("Choose either one zip or spreadsheet alone, or the CSV files of one folder."))
            return _unpack(name, content)
        sources.append(Source(_base(name), lambda content=content: io.BytesIO(content)))  # type: ignore[misc]
    _refuse_twins(sources)
    return sources


def _unpack(name: str, content: bytes) -> list[Source]:
    """The members of a zip; a spreadsheet, which is a zip too, stays whole."""
    with _told():
        archive = zipfile.ZipFile(io.BytesIO(content))
    is_sheet = "xl/workbook.xml" in archive.namelist()
    _refuse_bombs(archive, content, is_sheet=is_sheet)
    if is_sheet:
        return [Source(_base(name), lambda: io.BytesIO(content))]
    members = [member for member in archive.infolist() if not member.is_dir() and not _is_rubbish(member.filename)]
    sources = [
        Source(_base(member.filename), lambda member=member: _Member(archive, member))  # type: ignore[misc]
        for member in members
    ]
    for source in sources:
        if source.name.endswith(PACKED) or source.open().read(len(ZIP)) == ZIP:
            raise UnreadableFile(_("There is a packed file inside this zip. Put only the CSV files into it."))
    _refuse_twins(sources)
    if not sources:
        raise UnreadableFile(_("There is nothing in this zip."))
    return sources


def _refuse_bombs(archive: zipfile.ZipFile, content: bytes, *, is_sheet: bool) -> None:
    """Refuse what would grow without end, what is locked, and names that lead out of the folder.

    Sizes are what the zip says of itself; reading a member never goes further than it says.
    """
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    is_too_much = (
        len(members) > MAXIMUM_MEMBERS
        or unpacked > MAXIMUM_UNPACKED_BYTES
        or (unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MAXIMUM_RATIO * len(content))
    )
    if is_too_much:
        raise UnreadableFile(_("This zip would unpack to far more than a roster. It is not opened."))
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in member.filename or "\0" in member.filename:
            raise UnreadableFile(_("A name in this zip leads out of its folder. It is not opened."))
        if member.flag_bits & ENCRYPTED:
            raise UnreadableFile(_("This zip is locked with a password. Make one without."))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableFile(_("This zip file is damaged. Make it anew."))


class _Member(io.BufferedReader):
    """A member of a zip; its damage is told in our sentence."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        super().__init__(_Checked(archive, member))


class _Checked(io.RawIOBase):
    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        with _told():
            self.opened = archive.open(member)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _told():
            chunk = self.opened.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise UnreadableFile(_("This zip file is damaged. Make it anew.")) from None


def _is_rubbish(name: str) -> bool:
    base = name.rsplit("/", 1)[-1]
    return name.startswith(NOT_OURS) or base.startswith(NOT_OURS)


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].casefold()


def _refuse_twins(sources: list[Source]) -> None:
    names = [source.name for source in sources]
    if twin := next((name for name in names if names.count(name) > 1), ""):
        raise UnreadableFile(_("There are two files “%(name)s”. Choose one school's folder.") % {"name": twin[:60]})
