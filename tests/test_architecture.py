"""The floors of facegen_lib: a room imports only from floors below its own."""

import ast
import re
from pathlib import Path

import pytest

from facegen_lib.shipped import HOME

FLOORS = {
    "errors": -1, "manifest": -1, "quiet": -1, "shipped": -1,
    "data": 0, "networks": 0,
    "models": 1, "objectives": 1,
    "recipes": 2,
    "evaluation": 3, "training": 3,
    "notebook": 4, "zoo": 4,
    "__init__": 5, "book": 5, "cli": 5, "doctor": 5, "pairs": 5,
}  # fmt: skip
WITHIN = {-1, 5}  # the cellar, on which everything stands, and the roof, on which nothing does: rooms there may share
BESIDE = {("models", "objectives")}  # the one look sideways: a model is handed the objective that it plays for

LIBRARY = HOME / "facegen_lib"
MACHINE_PATH = re.compile(r"(?<![\w.~/-])(/(work|root|home|Users)/\w|[A-Z]:\\\\?Users)")


def module_file(package: Path, parts: list[str]) -> Path:
    """The file that a dotted name leads to; names of things inside a module lead to that module."""
    found = package / "__init__.py"
    for end in range(1, len(parts) + 1):
        path = package.joinpath(*parts[:end])
        if path.is_dir():
            found = path / "__init__.py"
        elif path.with_suffix(".py").is_file():
            return path.with_suffix(".py")
    return found


def imports(package: Path, file: Path) -> list[Path]:
    """Files of the package that a file imports, wherever in it the import stands."""
    here = list(file.relative_to(package).parent.parts)
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found += [module_file(package, name[1:]) for name in names if name[0] == package.name]
        elif isinstance(node, ast.ImportFrom):
            parts = node.module.split(".") if node.module else []
            if node.level:
                parts = here[: len(here) - node.level + 1] + parts
            elif parts[0] == package.name:
                parts = parts[1:]
            else:
                continue
            found += [module_file(package, [*parts, alias.name]) for alias in node.names]
    return found


def room(package: Path, file: Path) -> str:
    """The room that a file belongs to: the name of its folder, or its own on the top level."""
    parts = file.relative_to(package).with_suffix("").parts
    return parts[0]


def upward_imports(package: Path) -> list[str]:
    """One line, with both file names, for every import that does not lead downwards or stay in its room."""
    wrong = []
    for file in sorted(package.rglob("*.py")):
        name = room(package, file)
        if name not in FLOORS:
            wrong.append(f"{file.relative_to(package.parent)} stands on no floor: add {name} to FLOORS")
            continue
        for target in imports(package, file):
            other = room(package, target)
            if other == name or other not in FLOORS:
                continue
            sideways = FLOORS[other] == FLOORS[name] and FLOORS[name] not in WITHIN and (name, other) not in BESIDE
            if FLOORS[other] > FLOORS[name] or sideways:
                here, there = file.relative_to(package.parent), target.relative_to(package.parent)
                wrong.append(f"{here} (floor {FLOORS[name]}) imports {there} (floor {FLOORS[other]})")
    return wrong


@pytest.fixture
def house(tmp_path):
    """A small facegen_lib of three floors with nothing wrong in it."""
    package = tmp_path / "facegen_lib"
    (package / "data").mkdir(parents=True)
    (package / "networks").mkdir()
    (package / "__init__.py").write_text("from facegen_lib.zoo import names\nfrom facegen_lib import book\n")
    (package / "errors.py").write_text("import json\n")
    (package / "book.py").write_text("import facegen_lib.zoo\n")
    (package / "zoo.py").write_text("from facegen_lib.data import images\n\nnames = images\n")
    (package / "data" / "__init__.py").write_text("")
    (package / "networks" / "__init__.py").write_text("")
    (package / "data" / "images.py").write_text(
        "from facegen_lib.data.sources import read\nfrom ..errors import Oops\n"
    )
    (package / "data" / "sources.py").write_text("from facegen_lib import errors\nfrom . import images\n")
    return package


def test_no_room_of_the_library_imports_from_its_own_floor_or_above():
    assert upward_imports(LIBRARY) == []


def test_a_house_in_order_passes(house):
    assert upward_imports(house) == []


@pytest.mark.parametrize(
    "line",
    [
        "from facegen_lib.zoo import names",
        "from facegen_lib import zoo",
        "import facegen_lib.zoo",
        "import facegen_lib.zoo as shipped",
        "from .. import zoo",
        "from ..zoo import names",
        "def late():\n    from facegen_lib import zoo",
    ],
)
def test_an_upward_import_fails_with_both_file_names(house, line):
    (house / "data" / "images.py").write_text(line)
    expected = str(Path("facegen_lib/data/images.py (floor 0) imports facegen_lib/zoo.py (floor 4)"))
    assert upward_imports(house) == [expected]


def test_a_sideways_import_and_one_of_the_whole_vocabulary_fail(house):
    (house / "data" / "images.py").write_text("from facegen_lib import networks\nimport facegen_lib as fg\n")
    assert upward_imports(house) == [
        "facegen_lib/data/images.py (floor 0) imports facegen_lib/networks/__init__.py (floor 0)",
        "facegen_lib/data/images.py (floor 0) imports facegen_lib/__init__.py (floor 5)",
    ]


def test_a_room_without_a_floor_fails(house):
    (house / "attic.py").write_text("")
    assert upward_imports(house) == ["facegen_lib/attic.py stands on no floor: add attic to FLOORS"]


@pytest.mark.parametrize("file", sorted(LIBRARY.rglob("*.py")), ids=lambda file: file.relative_to(LIBRARY).as_posix())
def test_a_room_has_at_most_300_lines(file):
    assert len(file.read_text("utf-8").splitlines()) <= 300


def test_the_reader_has_at_most_25_names():
    import facegen_lib

    names = facegen_lib.__all__
    assert 0 < len(names) <= 25
    assert all(hasattr(facegen_lib, name) for name in names)


def test_no_file_names_a_path_of_one_machine():
    kinds = {".py", ".ipynb", ".toml", ".yml", ".yaml", ".md", ".cff", ".lock", ".json", ".cfg", ""}
    folders = ["facegen_lib", "chapters", "tests", "data", ".ci"]
    files = [file for folder in folders for file in (HOME / folder).rglob("*") if file.is_file()]
    files += [file for file in HOME.iterdir() if file.is_file()]
    named = {}
    for file in files:
        if file.suffix in kinds and ".ipynb_checkpoints" not in file.parts:
            found = MACHINE_PATH.search(file.read_text("utf-8", errors="replace"))
            if found:
                named[file.relative_to(HOME).as_posix()] = found[0]
    assert named == {}


@pytest.mark.parametrize("text", ["in '|work|main'", "at |home|me", '"|Users|me|x"', "C:\\|Users\\me"])
def test_paths_of_one_machine_are_recognised(text):
    assert MACHINE_PATH.search(text.replace("\\|", "\\").replace("|", "/"))


@pytest.mark.parametrize("text", ["~|photos", "https:||host|home|page", "data|work|images", "..|beside|root|x"])
def test_other_paths_are_not(text):
    assert not MACHINE_PATH.search(text.replace("|", "/"))
