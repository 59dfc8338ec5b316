"""Resume is exact: 200 steps equal 100, a kill that nothing survives, and the rest, bit for bit."""

import pathlib
import signal
import subprocess
import sys

import numpy as np
import pytest

SCRIPT = pathlib.Path(__file__).with_name("train_noise.py")


def start(folder: pathlib.Path, steps: int, *more: str) -> subprocess.Popen:
    command = [sys.executable, str(SCRIPT), str(folder), str(steps), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(folder: pathlib.Path, steps: int) -> None:
    process = start(folder, steps)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    assert output.split()[-1] == str(steps)


def kill_at(line: str, process: subprocess.Popen) -> None:
    for printed in process.stdout:
        if printed.strip() == line:
            process.kill()
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def arrays(path: pathlib.Path) -> dict[str, np.ndarray]:
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("whole") / "run"
    finish(folder, 200)
    return folder


def assert_equal_runs(one: pathlib.Path, other: pathlib.Path) -> None:
    last = "checkpoints/step-00000200.npz"
    states = arrays(one / last), arrays(other / last)
    assert states[0].keys() == states[1].keys()
    for name in states[0]:
        np.testing.assert_array_equal(states[0][name], states[1][name], err_msg=name)
    histories = arrays(one / "history.npz"), arrays(other / "history.npz")
    for column in set(histories[0]) - {"seconds", "processor_seconds"}:
        np.testing.assert_array_equal(histories[0][column], histories[1][column], err_msg=column)


def test_a_killed_run_goes_on_as_if_nothing_had_happened(uninterrupted, tmp_path):
    folder = tmp_path / "run"
    kill_at("113", start(folder, 200))
    assert sorted(path.name for path in (folder / "checkpoints").glob("*.npz"))[-1] == "step-00000100.npz"
    finish(folder, 200)
    assert_equal_runs(uninterrupted, folder)


def test_a_run_killed_in_the_middle_of_a_checkpoint_goes_on_from_the_one_before(uninterrupted, tmp_path):
    folder = tmp_path / "run"
    kill_at("writing", start(folder, 200, "100"))
    assert (folder / "checkpoints" / ".step-00000100.npz.partial").exists()
    finish(folder, 200)
    assert not list((folder / "checkpoints").glob(".*"))
    assert_equal_runs(uninterrupted, folder)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_asked_to_end_saves_and_goes_on_as_if_nothing_had_happened(uninterrupted, tmp_path, asked):
    folder = tmp_path / "run"
    process = start(folder, 200)
    for printed in process.stdout:
        if printed.strip() == "57":
            process.send_signal(asked)
            break
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert max((folder / "checkpoints").glob("*.npz")).name.startswith("step-0000005")
    finish(folder, 200)
    assert_equal_runs(uninterrupted, folder)
