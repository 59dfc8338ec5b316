"""The doctor reports everything, survives anything, and names a remedy for whatever is wrong."""

import collections
import importlib.metadata
import re
import sys

import pytest

from facegen_lib import doctor, shipped
from facegen_lib.doctor import Finding
from facegen_lib.errors import FacegenError


def by_subject(check):
    return {finding.subject: finding for finding in doctor.examine((check,))}


@pytest.fixture(scope="module")
def findings():
    return doctor.examine()


def test_everything_is_looked_at(findings):
    subjects = {finding.subject for finding in findings}
    expected = {"python", "facegen-book", "tensorflow", "keras", "numpy", "jupyterlab", "processor", "memory", "device"}
    assert expected | {"disk, here", "disk, cache", "book", "shipped files", "kernel"} <= subjects
    assert [finding for finding in findings if finding.status == "FAIL"] == []


def test_the_report_is_one_line_per_finding_and_a_sum(findings):
    lines = doctor.report(findings).splitlines()
    assert len(lines) == len(findings) + 2
    assert all(re.match(r"\[(OK|WARN|FAIL)\] +\w.*: .+", line) for line in lines[:-2])
    assert lines[-1].startswith(f"{sum(finding.status == 'OK' for finding in findings)} OK, ")


def test_a_finding_reads_as_status_subject_detail_remedy():
    assert str(Finding("memory", "WARN", "1.0 of 4.0 GB free", "Close programs.")) == (
        "[WARN] memory: 1.0 of 4.0 GB free. Close programs."
    )
    assert str(Finding("python", "OK", "3.11.7")) == "[OK]   python: 3.11.7"


def test_whatever_is_wrong_comes_with_a_remedy(findings):
    assert [finding for finding in findings if (finding.status == "OK") != (finding.remedy == "")] == []


def test_a_check_that_breaks_is_a_finding():
    def device():
        raise ImportError("libtensorflow is for another processor")
        yield

    def manifest():
        raise FacegenError('book.toml, line 3, key "book.title": is missing.')
        yield

    found = doctor.examine((device, manifest))
    assert [finding.status for finding in found] == ["FAIL", "FAIL"]
    assert found[0].detail == "ImportError: libtensorflow is for another processor" and found[0].remedy
    assert found[1].detail.startswith("book.toml, line 3")


def test_an_old_python_fails(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert by_subject(doctor.python)["python"].status == "FAIL"


def test_a_missing_and_an_outdated_package_fail(monkeypatch):
    versions = collections.defaultdict(lambda: "99.0", {"keras": "2.0"})

    def version(name):
        if name == "tensorflow":
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["tensorflow>=2", "keras>=3", "numpy>=2"])
    found = by_subject(doctor.packages)
    assert [found[name].status for name in ("tensorflow", "keras", "numpy")] == ["FAIL", "FAIL", "OK"]
    assert "keras>=3" in found["keras"].remedy and "make book" in found["tensorflow"].remedy


def test_little_memory_and_a_full_disk_are_warned_of(monkeypatch):
    import psutil

    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: collections.namedtuple("state", "available total")(2**30, 2**32)
    )
    assert by_subject(doctor.memory)["memory"].detail == "1.0 of 4.0 GB free"
    assert by_subject(doctor.memory)["memory"].status == "WARN"
    usage = collections.namedtuple("usage", "free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage(2**29))
    assert by_subject(doctor.disk)["disk, here"].status == "WARN"
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert by_subject(doctor.disk)["disk, cache"].status == "FAIL"


def test_each_disk_is_named_by_its_own_folder_and_has_its_own_remedy(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEGEN_CACHE", str(tmp_path / "not-yet"))
    assert by_subject(doctor.disk)["disk, here"].detail.endswith(f"in {tmp_path}")
    assert by_subject(doctor.disk)["disk, cache"].detail.endswith(f"in {tmp_path / 'not-yet'}")
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert "FACEGEN_RUNS" in by_subject(doctor.disk)["disk, here"].remedy


def test_archives_are_found_by_the_name_of_their_data_set(tmp_path, monkeypatch):
    monkeypatch.setenv("FACEGEN_DATA", str(tmp_path))
    assert by_subject(doctor.data_sets)["data, utkface"].status == "WARN"
    (tmp_path / "UTKFace.tar").touch()
    assert by_subject(doctor.data_sets)["data, utkface"].detail == "UTKFace.tar"
    monkeypatch.setenv("FACEGEN_DATA", str(tmp_path / "nowhere"))
    assert by_subject(doctor.data_sets)["data_sets"].status == "FAIL"
    monkeypatch.delenv("FACEGEN_DATA")
    assert by_subject(doctor.data_sets)["data"].status == "OK"


def test_damaged_files_fail(monkeypatch):
    monkeypatch.setattr(shipped, "damages", lambda: ["a is missing", "b differs", "c differs", "d differs"])
    found = by_subject(doctor.what_ships)["shipped files"]
    assert found.status == "FAIL" and found.detail == "a is missing; b differs; c differs and 1 more"


def test_a_report_does_not_name_the_owner_of_the_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.Path, "home", lambda: tmp_path)
    assert doctor.short(tmp_path / "book" / "data") == "~/book/data"
