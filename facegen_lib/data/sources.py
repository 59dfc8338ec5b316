"""Where pictures lie: folders of any depth, and archives that are read item by item without unpacking them."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator, Mapping

from facegen_lib.data import archives
from facegen_lib.data.decode import Item
from facegen_lib.data.prepare import Source, cache_folder
from facegen_lib.errors import FacegenError

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
Labels = Callable[[str], Mapping]


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


def from_path(path: pathlib.Path, labels: Labels = no_labels) -> Source:
    """Every picture of a folder or an archive.

    Args:
        path: a folder, or a .tar, .tar.gz, .tgz or .zip.
        labels: what the name of a file, without its folder, says about the picture.

    Raises:
        FacegenError: nothing is there, or it is neither.
    """
    if path.is_dir():
        return from_folder(path, labels)
    if not path.exists():
        raise FacegenError(f"{path} does not exist. Name a folder of pictures, e.g. folder:~/photos.")
    return from_archive(path, labels)


def from_folder(folder: pathlib.Path, labels: Labels = no_labels) -> Source:
    """Every picture below a folder, in the order of its names; each file is read when its turn comes."""
    paths = sorted(path for path in folder.rglob("*") if is_picture(str(path.relative_to(folder))) and path.is_file())

    def items() -> Iterator[Item]:
        for path in paths:
            yield Item(path.relative_to(folder).as_posix(), path.read_bytes, labels(path.name))

    return Source("|".join([str(folder.resolve()), *map(fingerprint, paths)]), items)


def from_archive(path: pathlib.Path, labels: Labels = no_labels) -> Source:
    """Every picture of a .tar, .tar.gz, .tgz or .zip, in the order of their names.

    Nothing is written to disk, so nothing in an archive can land outside a folder. Members that try are refused by
    name, and so are links and bombs: they appear among what was skipped, with the reason.
    """

    def items() -> Iterator[Item]:
        for name, payload in archives.members(path, is_picture):
            yield Item(name, payload, labels(os.path.basename(name)))

    archives.check(path)
    return Source(fingerprint(path), items)


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


def download_folder() -> pathlib.Path:
    """Where fetched archives are kept, beside the prepared sets."""
    return cache_folder() / "archives"


def find_archive(*names: str) -> pathlib.Path | None:
    """The first of the named archives, folders or files that lies in FACEGEN_DATA, or was fetched before."""
    folders = [folder for folder in (search_path(), download_folder()) if folder]
    return next((folder / name for folder in folders for name in names if (folder / name).exists()), None)
