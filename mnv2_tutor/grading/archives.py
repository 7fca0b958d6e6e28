"""Zips and tar archives: nothing is unpacked to a folder, and no name in one is trusted."""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath, PurePosixPath
from typing import IO, Any, cast

from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.names import one_line
from mnv2_tutor.submission.damage import what_is_wrong
from mnv2_tutor.submission.notebook import LARGEST

ZIP, TAR = ".zip", (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
ENDINGS = (ZIP, *TAR)
UNDER_ANOTHER_NAME = {"", ".ipynb", ".py", ".rar", ".7z", ".gz"}
"""With these endings it is seen by the content whether a file is a zip or a tar."""
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
"""How a packed tar begins."""
MOST_MEMBERS = 100_000
IN_MEMORY = 50_000_000
"""Bytes of an unpacked tar that are kept in memory; more goes to a file without a name."""


@dataclass(frozen=True)
class Member:
    """A file in a folder or an archive: its path there, and how to read it.

    Reading may raise ``Unusable``, and gives at most one byte more than a file may have.
    """

    path: PurePosixPath
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Tree:
    """What a folder or an archive holds: its files, and its folders, empty ones too."""

    members: tuple[Member, ...]
    folders: tuple[PurePosixPath, ...] = ()


def ending_of(path: PurePath) -> str:
    """``.zip`` of ``Work.ZIP``, ``.tar.gz`` of ``work.tar.gz``."""
    name = path.name.lower().rstrip()
    return next((ending for ending in TAR if name.endswith(ending)), path.suffix.lower().rstrip())


def is_archive(path: PurePath, data: bytes) -> bool:
    """By its ending, or where that says nothing by its content."""
    ending = ending_of(path)
    if ending in ENDINGS:
        return True
    if ending not in UNDER_ANOTHER_NAME:
        return False
    if data.startswith(b"PK\x03\x04"):
        return b"[Content_Types].xml" not in data[:4000]
    return data[257:262] == b"ustar" or (data.startswith(PACKED) and ending in ("", ".ipynb"))


def opened(data: bytes, most: int) -> Tree:
    """The files of an archive, not read yet; ``most`` bytes are unpacked of a tar at most.

    Raises:
        Unusable: it is none, holds too much, or a name in it leads out of it.
    """
    if data.startswith(b"PK"):
        return _tree(_zip_members(data))
    return _tree(_tar_members(data, most))


Found = tuple[str, Callable[[], bytes] | None]
"""A name in an archive, and how to read it; a folder is not read."""


def _tree(found: Iterator[Found]) -> Tree:
    members, folders = [], []
    for raw, read in found:
        name = PurePosixPath(raw.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise Unusable(f"a name in the zip leads out of it: {one_line(raw)!r}")
        if not name.parts:
            continue
        if read is None:
            folders.append(name)
        else:
            members.append(Member(name, read))
        if len(members) + len(folders) > MOST_MEMBERS:
            raise Unusable(f"the zip holds more than {MOST_MEMBERS:,} files")
    return Tree(tuple(members), tuple(folders))


def _zip_members(data: bytes) -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except Exception:  # noqa: BLE001 - whatever a broken archive makes zipfile raise
        raise Unusable("the zip cannot be read: make it again") from None
    for info in infos:
        if info.is_dir():
            yield info.filename, None
        elif stat.S_ISLNK(info.external_attr >> 16):
            yield info.filename, partial(_refuse_link, info.filename)
        else:
            yield info.filename, partial(_read_zipped, archive, info)


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """No more of it than may be, whatever it says of its size."""
    try:
        with archive.open(info) as member:
            return member.read(LARGEST + 1)
    except Exception:  # noqa: BLE001 - damaged, locked, an unknown method: each has its own error
        how = "locked with a password" if info.flag_bits & 1 else "damaged or locked"
        raise Unusable(f"{one_line(info.filename)!r} in the zip is {how}") from None


def _tar_members(data: bytes, most: int) -> Iterator[Found]:
    lock = threading.Lock()  # of a class several are read at a time, all from one place
    try:
        archive = tarfile.open(fileobj=_unpacked(data, most), mode="r:")  # noqa: SIM115
        for info in archive:
            if info.isdir():
                yield info.name, None
            elif info.isfile():
                yield info.name, partial(_read_tarred, archive, info, lock)
            else:
                yield info.name, partial(_refuse_link, info.name)
    except (tarfile.TarError, OSError, EOFError, lzma.LZMAError, ValueError):
        is_tar = data[257:262] == b"ustar" or data.startswith(PACKED)
        why = "make it again" if is_tar else what_is_wrong(data)
        raise Unusable(f"the archive cannot be read: {why}") from None


def _unpacked(data: bytes, most: int) -> IO[bytes]:
    """The tar itself, at most so long: a small archive may unpack to terabytes."""
    packed = io.BytesIO(data)
    source: IO[bytes] = packed
    if data.startswith(b"\x1f\x8b"):
        source = cast("IO[bytes]", gzip.GzipFile(fileobj=packed))
    elif data.startswith(b"BZh"):
        source = bz2.BZ2File(packed)
    elif data.startswith(b"\xfd7zXZ"):
        source = lzma.LZMAFile(packed)  # noqa: SIM115 - reads from memory
    else:
        return packed
    found: Any = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - lives with the members
    size = 0
    while part := source.read(1 << 20):
        size += len(part)
        if size > most:
            raise Unusable(f"the archive is larger than {most // 1_000_000} MB unpacked")
        found.write(part)
    found.seek(0)
    return cast("IO[bytes]", found)


def _read_tarred(archive: tarfile.TarFile, info: tarfile.TarInfo, lock: threading.Lock) -> bytes:
    try:
        with lock:
            file = archive.extractfile(info)
            return file.read(LARGEST + 1) if file else b""
    except (tarfile.TarError, OSError, EOFError):
        raise Unusable(f"{one_line(info.name)!r} in the archive is damaged") from None


def _refuse_link(name: str) -> bytes:
    raise Unusable(f"{one_line(name)} is a link: hand in the file itself")
