"""Archives, read member by member and trusted with nothing: no path is used, no link followed, no size believed."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import pathlib
import re
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from facegen_lib.data.prepare import cache_folder
from facegen_lib.errors import FacegenError

LARGEST_MEMBER = 256 * 1024**2  # bytes; no picture is larger
LARGEST_GROWTH = 100  # packing hardly shrinks pictures: an archive that grows a hundredfold is a bomb
COMPRESSIONS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7z": lzma.open}
UNREADABLE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError)

Payload = bytes | Callable[[], bytes]


def check(path: pathlib.Path) -> None:
    """Makes sure that a file is an archive.

    Raises:
        FacegenError: it is not, or it cannot be opened.
    """
    try:
        known = zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except OSError as error:
        raise FacegenError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UNREADABLE as error:
        raise cut_short(path, error) from error
    if not known:
        raise FacegenError(f"{path} is no archive. A .tar, .tar.gz, .tgz or .zip of pictures is wanted, or a folder.")


def members(path: pathlib.Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Payload]]:
    """Name and bytes of every wanted file in an archive, in the order of their names.

    Args:
        path: a .zip, or a .tar, compressed or not.
        wanted: whether a name is of interest.

    Yields:
        (name, bytes); for a member that could do harm, whether wanted or not, (name, a function that raises ValueError
        with the reason).

    Raises:
        FacegenError: the archive is damaged, cut short, or a bomb.
    """
    try:
        yield from (zip_members if zipfile.is_zipfile(path) else tar_members)(path, wanted)
    except UNREADABLE as error:
        raise cut_short(path, error) from error
    except OSError as error:
        if error.errno is None:  # a spoilt .bz2 has no exception of its own; what the disk says has a number
            raise cut_short(path, error) from error
        raise


def zip_members(path: pathlib.Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Payload]]:
    """`members` of a .zip."""
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if reason := danger(member.filename, kind in (0, stat.S_IFREG)):
                yield member.filename, refused(reason)
            elif wanted(member.filename):
                yield member.filename, too_large(member.file_size) or unzipped(archive, member)


def unzipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Payload:
    """The bytes of one member; never more than it declares, whatever is really packed in it."""
    try:
        with archive.open(member) as file:
            return file.read(member.file_size)
    except (*UNREADABLE, NotImplementedError, RuntimeError) as error:  # broken, packed in a strange way, or encrypted
        return refused(f"cannot be unpacked ({error})")


def tar_members(path: pathlib.Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Payload]]:
    """`members` of a .tar, compressed or not."""
    with uncompressed(path) as file, tarfile.open(fileobj=file, mode="r:") as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            if member.isdir():
                continue
            if reason := danger(member.name, member.isreg()):
                yield member.name, refused(reason)
            elif wanted(member.name):
                yield member.name, too_large(member.size) or archive.extractfile(member).read()


def danger(name: str, is_plain_file: bool) -> str:
    """Why a member should not be read; "" if it may be."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts:
        return "would climb out of its folder"
    if parts[0] == "" or re.match("[A-Za-z]:", name):
        return "has an absolute path"
    if not is_plain_file:
        return "is a link or a device, not a file"
    return ""


def too_large(size: int) -> Payload | None:
    """A refusal, if a member says that it unpacks to more bytes than a picture can have."""
    if size <= LARGEST_MEMBER:
        return None
    return refused(f"is larger than a picture can be ({size / 1024**2:,.0f} MB unpacked)")


def refused(reason: str) -> Callable[[], bytes]:
    """In place of bytes: whoever reads them is told the reason."""

    def read() -> bytes:
        raise ValueError(reason)

    return read


@contextlib.contextmanager
def uncompressed(path: pathlib.Path) -> Iterator[BinaryIO]:
    """A file with the bytes of another, unpacked if that one is compressed.

    Members are read in the order of their names, and a compressed file can only be read from the start; so it is
    unpacked once, into a file that has no name and is gone when it is closed.

    Raises:
        FacegenError: it grows beyond belief.
    """
    with path.open("rb") as file:
        head = file.read(3)
        unpack = next((opener for magic, opener in COMPRESSIONS.items() if head.startswith(magic)), None)
        if unpack is None:
            file.seek(0)
            yield file
            return
    limit = LARGEST_GROWTH * max(path.stat().st_size, 1024**2)
    cache_folder().mkdir(parents=True, exist_ok=True)
    with unpack(path, "rb") as packed, tempfile.TemporaryFile(dir=cache_folder()) as plain:
        while block := packed.read(1024**2):
            plain.write(block)
            if plain.tell() > limit:
                raise FacegenError(
                    f"{path} is a bomb: it unpacks to more than {LARGEST_GROWTH} times its size. "
                    "Delete it, and get the archive from its publisher."
                )
        plain.seek(0)
        yield plain


def cut_short(path: pathlib.Path, error: Exception) -> FacegenError:
    """The error for an archive that cannot be read to its end."""
    return FacegenError(f"{path} is damaged or cut short ({error}). Get it again from where it came from.")
