"""Archives, folders and packages, read item by item without unpacking anything to disk."""

from __future__ import annotations

import os
import pathlib
import tarfile
import zipfile
from collections.abc import Callable, Iterator

from facegen_lib.data.prepare import Item, Source
from facegen_lib.errors import FacegenError

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
Labels = Callable[[str], dict]


def no_labels(name: str) -> dict:
    """What a bare file name tells: nothing."""
    return {}


def fingerprint(path: pathlib.Path) -> str:
    """Changes when the file does: its absolute path, size in bytes and time of the last change in nanoseconds."""
    status = path.stat()
    return f"{path.resolve()}:{status.st_size}:{status.st_mtime_ns}"


def is_picture(name: str) -> bool:
    """Whether a member looks like a picture by its name; hidden files and resource forks do not."""
    path = pathlib.PurePosixPath(name)
    return path.suffix.lower() in PICTURES and not any(part.startswith((".", "__MACOSX")) for part in path.parts)


def from_folder(folder: pathlib.Path, labels: Labels = no_labels) -> Source:
    """Every picture below a folder, in the order of its names.

    Raises:
        FacegenError: the folder does not exist, or is not a folder.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise FacegenError(f"{folder} {what}. Name a folder of pictures, e.g. folder:~/photos.")
    paths = sorted(path for path in folder.rglob("*") if is_picture(str(path.relative_to(folder))) and path.is_file())

    def items() -> Iterator[Item]:
        for path in paths:
            name = path.relative_to(folder).as_posix()
            try:
                yield Item(name, path.read_bytes(), labels(path.name))
            except OSError:
                yield Item(name, b"", labels(path.name))

    return Source("|".join([str(folder.resolve()), *map(fingerprint, paths)]), items)


def from_archive(path: pathlib.Path, labels: Labels = no_labels) -> Source:
    """Every picture of a .tar, .tar.gz, .tgz or .zip, in the order of their names.

    Members are read into memory one by one and never written, so nothing in an archive can land outside a folder;
    links are not followed.
    """

    def tar_items() -> Iterator[Item]:
        with tarfile.open(path) as archive:
            members = [member for member in archive.getmembers() if member.isfile() and is_picture(member.name)]
            for member in sorted(members, key=lambda member: member.name):
                yield Item(member.name, archive.extractfile(member).read(), labels(os.path.basename(member.name)))

    def zip_items() -> Iterator[Item]:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                if is_picture(member.filename):
                    yield Item(member.filename, archive.read(member), labels(os.path.basename(member.filename)))

    return Source(fingerprint(path), zip_items if zipfile.is_zipfile(path) else tar_items)


def search_path() -> pathlib.Path | None:
    """The folder named by FACEGEN_DATA, or None.

    Raises:
        FacegenError: the variable names something that is not a folder.
    """
    named = os.environ.get("FACEGEN_DATA")
    if not named:
        return None
    folder = pathlib.Path(named).expanduser()
    if not folder.is_dir():
        raise FacegenError(
            f"FACEGEN_DATA names {named}, which is not a folder. Name the folder that holds your archives."
        )
    return folder


def find_archive(*names: str) -> pathlib.Path | None:
    """The first of the named archives or folders that lies in FACEGEN_DATA."""
    folder = search_path()
    found = [folder / name for name in names if (folder / name).exists()] if folder else []
    return found[0] if found else None
