"""`facegen doctor`: is everything here that the book needs? One line per finding, fit for a bug report."""

import dataclasses
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from facegen_lib import book, quiet, shipped
from facegen_lib.errors import FacegenError

PACKAGES = ("tensorflow", "keras", "numpy", "jupyterlab", "ipywidgets", "jupytext")
INSTALL = "Run `make book`, or `pip install .` in the book's folder."
GIGABYTE = 1024**3


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing looked at: `status` is "OK", "WARN" or "FAIL"; `remedy` says what to do, empty when all is well."""

    subject: str
    status: str
    detail: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{f'[{self.status}]':6} {self.subject}: {self.detail}{'. ' if self.remedy else ''}{self.remedy}"


def short(path: Path) -> str:
    """A path without the name of its owner."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) and path != home else str(path)


def python() -> Iterator[Finding]:
    version = f"{platform.python_version()} at {short(Path(sys.executable))}"
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        yield Finding("python", "OK", version)
    else:
        yield Finding("python", "FAIL", version, "The book needs 3.11, 3.12 or 3.13: `make book PYTHON=python3.12`.")


def packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    try:
        version, wanted = importlib.metadata.version("facegen-book"), importlib.metadata.requires("facegen-book")
    except importlib.metadata.PackageNotFoundError:
        yield Finding("facegen-book", "FAIL", "not installed", INSTALL)
        return
    yield Finding("facegen-book", "OK", f"{version}, its files in {short(shipped.HOME)}")
    for requirement in map(Requirement, wanted):
        if requirement.name not in PACKAGES:
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(requirement.name, "FAIL", "not installed", INSTALL)
            continue
        fits = requirement.specifier.contains(version, prereleases=True)
        remedy = "" if fits else f"The book needs {requirement}. {INSTALL}"
        yield Finding(requirement.name, "OK" if fits else "FAIL", version, remedy)


def processor() -> Iterator[Finding]:
    information = Path("/proc/cpuinfo")
    lines = information.read_text("utf-8", errors="replace").splitlines() if information.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = named[0] if named else platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    detail = f"{name}, {cores} core{'' if cores == 1 else 's'}, {platform.system()} {platform.release()}"
    remedy = "" if cores > 1 else "Chapters take twice the time they name: that was measured on two cores."
    yield Finding("processor", "OK" if cores > 1 else "WARN", detail, remedy)


def memory() -> Iterator[Finding]:
    import psutil

    state = psutil.virtual_memory()
    free, total = state.available / GIGABYTE, state.total / GIGABYTE
    remedy = "" if free >= 3 else "Training takes up to 3 GB: close other programs or shut down idle notebooks."
    yield Finding("memory", "OK" if free >= 3 else "WARN", f"{free:.1f} of {total:.1f} GB free", remedy)


def device() -> Iterator[Finding]:
    import tensorflow

    with quiet.silent_stderr():
        cards = tensorflow.config.list_physical_devices("GPU")
        names = [
            tensorflow.config.experimental.get_device_details(card).get("device_name", card.name) for card in cards
        ]
    yield Finding("device", "OK", ", ".join(names) or "CPU; no GPU that TensorFlow can use, and none is needed")


def disk() -> Iterator[Finding]:
    from facegen_lib.data import prepare

    folder = prepare.cache_folder()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    here = Path.cwd()
    for subject, named, path, remedy in (
        ("disk, here", here, here, "Work in another folder, or name one for runs in FACEGEN_RUNS."),
        ("disk, cache", folder, existing, "Name another folder in FACEGEN_CACHE."),
    ):
        free, writable = shutil.disk_usage(path).free / GIGABYTE, os.access(path, os.W_OK)
        detail = f"{free:.1f} GB free in {short(named)}"
        if not writable:
            yield Finding(subject, "FAIL", f"{short(path)} cannot be written to", remedy)
        elif free < 2:
            yield Finding(subject, "WARN", detail, "A prepared data set takes up to 1 GB: make room.")
        else:
            yield Finding(subject, "OK", detail)


def manifest() -> Iterator[Finding]:
    yield Finding("book", "OK", f"chapters: {len(book.load().chapters)}, profile: {book.profile().name}")


def data_sets() -> Iterator[Finding]:
    from facegen_lib.data import catalog, sources

    if sources.search_path() is None:
        yield Finding(
            "data", "OK", "FACEGEN_DATA is not set: the sets that need no archive are there, and they are enough"
        )
        return
    for sheet in catalog.SHEETS.values():
        if sheet.archives:
            found = sources.find_archive(*sheet.archives)
            missing = (
                "" if found else f"Put {sheet.archives[0]} into the folder that FACEGEN_DATA names, if you want it."
            )
            yield Finding(
                f"data, {sheet.name}", "OK" if found else "WARN", found.name if found else "not found", missing
            )


def what_ships() -> Iterator[Finding]:
    damages, files = shipped.damages(), shipped.shipped_files()
    if damages:
        more = f" and {len(damages) - 3} more" if len(damages) > 3 else ""
        remedy = "Bring them back: `git checkout -- data`, or reinstall the package."
        yield Finding("shipped files", "FAIL", "; ".join(damages[:3]) + more, remedy)
    else:
        size = sum((shipped.DATA / name).stat().st_size for name in files)
        yield Finding("shipped files", "OK", f"{len(files)} files, {shipped.human_size(size)}, all as listed")


def kernel() -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        yield Finding(
            "kernel", "FAIL", 'Jupyter knows no kernel "python3"', "Run `python -m ipykernel install --sys-prefix`."
        )
        return
    if program in ("python", "python3", sys.executable):  # Jupyter takes the first two for the Python that it runs on
        yield Finding("kernel", "OK", "notebooks run on this Python")
    else:
        remedy = "Run `python -m ipykernel install --sys-prefix`."
        yield Finding("kernel", "WARN", f"notebooks run on {short(Path(program))}, not on this Python", remedy)


CHECKS = (python, packages, processor, memory, device, disk, manifest, data_sets, what_ships, kernel)


def examine(checks: tuple[Callable[[], Iterator[Finding]], ...] = CHECKS) -> list[Finding]:
    """Look at everything; a check that cannot be made is a finding too, so that there is always a report."""
    findings = []
    for check in checks:
        try:
            findings += check()
        except FacegenError as error:
            findings.append(Finding(check.__name__, "FAIL", str(error)))
        except Exception as error:  # whatever is broken here is what the reader wants to know
            findings.append(Finding(check.__name__, "FAIL", f"{type(error).__name__}: {error}", INSTALL))
    return findings


def report(findings: list[Finding]) -> str:
    """The findings as text, one line each, and a line that sums them up."""
    counts = {status: sum(finding.status == status for finding in findings) for status in ("OK", "WARN", "FAIL")}
    summary = f"{counts['OK']} OK, {counts['WARN']} to know about, {counts['FAIL']} to put right"
    return "\n".join([*map(str, findings), "", summary])


if __name__ == "__main__":
    print(report(examine()))
