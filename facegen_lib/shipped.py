"""What ships with the book: where it lies, and whether it is whole.

A checkout has `data/` and `book.toml` in its root; an installed wheel carries the same two in `facegen_lib/_shipped/`.
`data/README.md` lists every file with its provenance, licence and sha256; after adding a file, run

    python -m facegen_lib.shipped

which brings the list's sizes and checksums up to date and adds a row for what is new, for you to complete.
"""

import difflib
import fnmatch
import hashlib
import re
from pathlib import Path

from facegen_lib.errors import FacegenError

PACKAGE = Path(__file__).resolve().parent
HOME = PACKAGE.parent if (PACKAGE.parent / "book.toml").is_file() else PACKAGE / "_shipped"
DATA = HOME / "data"
PROVENANCE = DATA / "README.md"
ROW = re.compile(
    r"^\| `(?P<name>[^`]+)` \|(?P<size>[^|]*)\|(?P<what>[^|]*)\|(?P<licence>[^|]*)\| `(?P<sha256>\w+)` \|$"
)


def shipped_path(name: str) -> Path:
    """The path of a file or folder under `data/`, e.g. `shipped_path("results/zoo.json")`.

    Raises:
        FacegenError: nothing of that name ships.
    """
    path = DATA / name
    if path.exists():
        return path
    nearest = difflib.get_close_matches(name, shipped_files(), n=1, cutoff=0.6)
    guess = f' Did you mean "{nearest[0]}"?' if nearest else ""
    raise FacegenError(
        f'"{name}" should ship with the book, but {DATA} does not hold it.{guess} '
        "`facegen doctor` lists what is missing; `git checkout -- data` or reinstalling the package brings it back."
    )


def shipped_files(data: Path = DATA) -> list[str]:
    """Names of all files under `data/` but the list itself and hidden ones, sorted, with forward slashes."""
    names = (path.relative_to(data) for path in data.rglob("*") if path.is_file() and path != data / "README.md")
    return sorted(name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts))


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


OWN, LEARNED = "CC BY 4.0", "CC BY 4.0; the model was trained on photographs for non-commercial research"
RUN_PAPERS = {  # what every run of the zoo brings along: name → what it is, licence
    "results/*/config.json": ("Recipe, data hash, budget, versions and machine of that run", OWN),
    "results/*/history.npz": ("Every metric of that run, step by step or means of a few steps, float16", OWN),
    "results/*/report.json": ("What was measured of that generator", OWN),
    "results/*/progress/step-*.json": ("What was measured of that run's generator at that step", OWN),
    "results/*/samples/step-*.webp": ("Eight of the run's fixed latent vectors at that step", LEARNED),
}


def described(name: str) -> dict[str, str]:
    """What a file without a row is and its licence; "?" where somebody has to say it."""
    found = [words for pattern, words in RUN_PAPERS.items() if fnmatch.fnmatch(name, pattern)]
    what, licence = found[0] if found else ("?", "?")
    return {"what": what, "licence": licence}


def listed(text: str) -> dict[str, dict[str, str]]:
    """Rows of the provenance table: name → size, what, licence, sha256."""
    rows = (ROW.match(line) for line in text.splitlines())
    return {row["name"]: {key: value.strip() for key, value in row.groupdict().items()} for row in rows if row}


def damages(data: Path = DATA) -> list[str]:
    """One line for every shipped file that is missing, changed or not listed; empty when all is whole."""
    if not (data / "README.md").is_file():
        return [f"{data / 'README.md'} is missing"]
    rows, present = listed((data / "README.md").read_text("utf-8")), shipped_files(data)
    missing = [f"{name} is missing" for name in rows if name not in present]
    unlisted = [f"{name} is not listed in data/README.md" for name in present if name not in rows]
    changed = [
        f"{name} differs from its sha256 in data/README.md"
        for name in present
        if name in rows and sha256_of(data / name) != rows[name]["sha256"]
    ]
    return missing + unlisted + changed


def human_size(number: float) -> str:
    """Bytes for people: `human_size(2_621_440)` is "2.5 MB" (1 MB = 1024² bytes)."""
    for unit in ("B", "kB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def refresh(data: Path = DATA) -> str:
    """Write the table of `data/README.md` anew from the files on disk, keeping every sentence; returns the text.

    A file without a row gets one. The papers of a run are known; any other gets "?" for its provenance and licence,
    which the tests refuse until somebody writes.
    """
    readme = data / "README.md"
    text = readme.read_text("utf-8")
    rows = listed(text)
    table = []
    for name in shipped_files(data):
        known = rows.get(name) or described(name)
        size = human_size((data / name).stat().st_size)
        table.append(f"| `{name}` | {size} | {known['what']} | {known['licence']} | `{sha256_of(data / name)}` |")
    lines = [line for line in text.splitlines() if not ROW.match(line)]
    rule = next((number for number, line in enumerate(lines) if line.startswith("| ---")), None)
    if rule is None:
        raise FacegenError(f"{readme} holds no table: bring it back with `git checkout -- data/README.md`.")
    text = "\n".join([*lines[: rule + 1], *table, *lines[rule + 1 :]]) + "\n"
    readme.write_text(text, "utf-8")
    return text


if __name__ == "__main__":
    refresh()
    print("\n".join(damages()) or f"{len(shipped_files())} files, all listed in {PROVENANCE}")
