"""Where pictures lie: folders of any depth, and archives that are read item by item without unpacking them."""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Callable, Iterator, Mapping

from facegen_lib.data import archives
from facegen_lib.data.decode import RAW, Item
from facegen_lib.data.prepare import Source, cache_folder
from facegen_lib.errors import FacegenError

PICTURES = {".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".heif", ".avif", *RAW}
Labels = Callable[[str], Mapping]


def no_labels(name: str) -> dict:
    """What a bare file name tells: nothing."""
    return {}


def fingerprint(path: pathlib.Path) -> str:
    """Changes when the file does: its absolute path, size in bytes and time of the last change in nanoseconds."""
    return f"{path.resolve()}:{changes(path)}"


def changes(path: str | pathlib.Path) -> str:
    """Size in bytes and time of the last change in nanoseconds; "gone" where no file can be reached."""
    try:
        status = os.stat(path)
    except OSError:
        return "gone"
    return f"{status.st_size}:{status.st_mtime_ns}"


def is_picture(name: str) -> bool:
    """Whether a member looks like a picture by its name; hidden files and resource forks do not."""
    parts = name.removeprefix("./").split("/")
    return os.path.splitext(parts[-1])[1].lower() in PICTURES and not any(
        part.startswith((".", "__MACOSX")) for part in parts
    )


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
    root = str(folder.resolve())
    names = sorted(name for name in file_names(root) if is_picture(name))

    def items() -> Iterator[Item]:
        for name in names:
            yield Item(name, functools.partial(read, os.path.join(root, name)), labels(os.path.basename(name)))

    states = (f"{name}:{changes(os.path.join(root, name))}" for name in names)
    return Source("|".join([root, *states]), items)


def file_names(root: str) -> Iterator[str]:
    """Every file below a folder, with forward slashes; links to files count, even broken ones, which are then skipped
    by name; links to folders are not followed."""
    for place, _, files in os.walk(root):
        prefix = os.path.relpath(place, root).replace(os.sep, "/") + "/"
        for file in files:
            path = os.path.join(place, file)
            if os.path.isfile(path) or not os.path.exists(path):
                yield prefix.removeprefix("./") + file


def read(path: str) -> bytes:
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


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
