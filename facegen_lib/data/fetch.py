"""From a publisher's server to a file that is whole, or to no file at all."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import time
from collections.abc import Sequence

from facegen_lib.errors import FacegenError

TRIES = 4
WAIT = 2.0  # seconds before the second try; twice as long before each one after it
BLOCK = 16 * 1024  # bytes; what came of a block when a connection breaks is lost
COME_BACK = (408, 429)  # how a server says that it took too long, or was asked too often
SILENCE = 30.0  # seconds without a byte, after which a connection counts as dropped


@dataclasses.dataclass(frozen=True)
class RemoteFile:
    """A file on a server.

    Attributes:
        name: under which it is kept.
        url: where it is.
        checksum: `"sha256:…"` or `"md5:…"`, as its publisher or a well-kept library gives it.
    """

    name: str
    url: str
    checksum: str


class Unfinished(Exception):
    """A download that broke off; what came is kept, and another try goes on from there."""


def fetch(files: Sequence[RemoteFile], folder: pathlib.Path, bar: bool = True) -> list[pathlib.Path]:
    """Downloads files that are not there yet. A file has its name only once its checksum is right.

    Args:
        files: what to get.
        folder: where to put it; made if it does not exist.
        bar: whether to show a progress bar.

    Returns:
        their paths.

    Raises:
        FacegenError: the server cannot be reached, does not have the file, keeps breaking off or sends something else,
            or the disk is full. What came of a broken download is kept as `NAME.part`, to go on from.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    paths = []
    for file in files:

        def download(url: str, destination: str, _pooch, file: RemoteFile = file) -> None:
            part = folder / f"{file.name}.part"
            complete(file, part, bar)
            os.replace(part, destination)

        try:
            paths.append(pathlib.Path(pooch.retrieve(file.url, file.checksum, file.name, folder, downloader=download)))
        except ValueError as error:  # how pooch says that a checksum differs; it has removed the file
            raise FacegenError(
                f"{file.url} sent something other than {file.name}: its checksum should be {file.checksum}. "
                "It was deleted. Try again. If it happens again, the file was replaced or is changed on the way: "
                f"{by_hand(file)}"
            ) from error
        except OSError as error:
            raise FacegenError(
                f"{file.name} could not be written to {folder}: {error.strerror or error}. "
                "Free some space, or name another place with FACEGEN_CACHE."
            ) from error
    return paths


def complete(file: RemoteFile, part: pathlib.Path, bar: bool) -> None:
    """Downloads what `part` still lacks, in several tries if need be."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(WAIT * 2 ** (attempt - 1))
        try:
            return download_rest(file, part, bar)
        except Unfinished as error:
            reason = error
    have = part.stat().st_size if part.exists() else 0
    kept = f" {have:,} bytes are kept, and the next try goes on from there." if have else ""
    raise FacegenError(
        f"{file.name} could not be fetched from {file.url} in {TRIES} tries ({reason}).{kept} "
        f"Is there a network? Otherwise {by_hand(file)}"
    )


def download_rest(file: RemoteFile, part: pathlib.Path, bar: bool) -> None:
    """One connection: asks for the bytes after those that `part` holds, and appends them.

    Raises:
        Unfinished: the connection failed or broke off.
        FacegenError: the server answered that it has no such file.
    """
    import requests
    import tqdm

    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(file.url, headers=headers, stream=True, timeout=SILENCE) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                return  # every byte is here already; the checksum decides whether they are the right ones
            if 400 <= response.status_code < 500 and response.status_code not in COME_BACK:
                raise FacegenError(
                    f"{file.url} answers {response.status_code} {response.reason}: the file has moved or is no longer "
                    f"given out; {by_hand(file)}"
                )
            response.raise_for_status()
            goes_on = response.status_code == requests.codes.partial_content
            length = int(response.headers.get("Content-Length", 0)) + have * goes_on
            progress = tqdm.tqdm(
                total=length or None, initial=have * goes_on, unit="B", unit_scale=True, desc=file.name, disable=not bar
            )
            with part.open("ab" if goes_on else "wb") as output, progress:
                for block in response.iter_content(BLOCK):
                    output.write(block)
                    progress.update(len(block))
    except requests.RequestException as error:
        raise Unfinished(plain(error)) from error


def plain(error: Exception) -> str:
    """What went wrong with a connection, without the names of other people's classes."""
    text = str(error)
    for sign, meaning in {
        "NameResolution": "the name of the server cannot be looked up",
        "Failed to resolve": "the name of the server cannot be looked up",
        "refused": "the server refuses connections",
        "timed out": "the server does not answer",
        "IncompleteRead": "the connection broke off",
        "Connection broken": "the connection broke off",
        "reset": "the connection broke off",
        "Remote end closed": "the connection broke off",
        "unreachable": "the network cannot be reached",
    }.items():
        if sign.lower() in text.lower():
            return meaning
    return text


def by_hand(file: RemoteFile) -> str:
    """What to do when a download does not work."""
    return f"get {file.name} by hand, put it in a folder and name that folder in FACEGEN_DATA."
