"""Conda, the lock and the package agree on the dependencies; manifest, package and citation on the title."""

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from facegen_lib import book
from facegen_lib.shipped import HOME

PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
CONDA = yaml.safe_load((HOME / "environment.yml").read_text("utf-8"))
LOCK = [Requirement(line) for line in (HOME / "requirements.lock").read_text("utf-8").splitlines() if line]
WANTED = [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]
PYTHONS = ["3.11", "3.12", "3.13"]


def locked(python: str) -> dict[str, str]:
    """Name → version of everything that the lock installs on Linux with that Python."""
    machine = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
    }
    chosen = [line for line in LOCK if line.marker is None or line.marker.evaluate(machine)]
    names = [canonicalize_name(line.name) for line in chosen]
    assert len(names) == len(set(names))
    return {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in chosen}


def test_the_pip_part_for_conda_is_the_list_of_the_package():
    (pip,) = (part["pip"] for part in CONDA["dependencies"] if isinstance(part, dict))
    assert pip == ["-e .", *PROJECT["dependencies"]]


def test_conda_takes_the_pythons_of_the_package():
    assert f"python{PROJECT['requires-python']}" in CONDA["dependencies"]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("wanted", WANTED, ids=lambda requirement: requirement.name)
def test_the_lock_satisfies_the_package(wanted, python):
    assert wanted.specifier.contains(locked(python)[canonicalize_name(wanted.name)])


def test_manifest_package_and_citation_carry_one_title_and_one_version():
    citation = yaml.safe_load((HOME / "CITATION.cff").read_text("utf-8"))
    manifest = book.load()
    assert citation["title"] == manifest.title and PROJECT["description"].startswith(f"{manifest.title}: ")
    assert [author["name"] for author in citation["authors"]] == list(manifest.authors)
    assert [author["name"] for author in PROJECT["authors"]] == list(manifest.authors)
    assert str(citation["version"]) == PROJECT["version"]


def test_the_licence_file_names_both_licences():
    text = (HOME / "LICENSE").read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in text
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text


def test_hooks_download_nothing():
    hooks = yaml.safe_load((HOME / ".pre-commit-config.yaml").read_text("utf-8"))
    assert {repository["repo"] for repository in hooks["repos"]} == {"local"}
    assert {hook["language"] for repository in hooks["repos"] for hook in repository["hooks"]} == {"system"}


def test_continuous_integration_calls_make_test():
    script = HOME / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text("utf-8").rstrip().endswith("exec make test")


def test_make_alone_prints_every_target_and_does_nothing():
    printed = subprocess.run(["make"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z]+):.*## ", (HOME / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {"book", "test", "lab", "pair", "bench", "zoo", "clean"} <= set(targets)
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("  make ")] == targets


def test_another_python_is_refused_with_the_remedy(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\ncase "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac\n')
    old.chmod(0o755)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).symlink_to(HOME / name)
    made = subprocess.run(["make", "book", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode != 0
    assert "The book needs Python 3.11, 3.12 or 3.13" in made.stdout and "Python 3.9.2" in made.stdout
    assert not (tmp_path / ".venv").exists()
