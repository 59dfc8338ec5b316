"""The command line: every command has an example, every mistake a sentence and no traceback."""

import pathlib
import sys

import pytest
import typer

from facegen_lib import cli


@pytest.fixture
def facegen(monkeypatch, capsys, tmp_path):
    """Types a command; returns (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FACEGEN_DATA", raising=False)
    monkeypatch.delenv("FACEGEN_RUNS", raising=False)
    monkeypatch.setenv("FACEGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")

    def type_command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["facegen", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        output, errors = capsys.readouterr()
        return ended.value.code or 0, output, errors

    return type_command


def commands(app: typer.Typer, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    own = [(*path, command.name or command.callback.__name__) for command in app.registered_commands]
    return own + [
        found for group in app.registered_groups for found in commands(group.typer_instance, (*path, group.name))
    ]


@pytest.mark.parametrize("command", commands(cli.app), ids=" ".join)
def test_every_help_has_an_example(facegen, command):
    code, output, _ = facegen(*command, "--help")
    assert code == 0
    assert f"Example: facegen {' '.join(command)}" in output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "dcgan", "olivetty", "--steps", "3"], 'No data set is called "olivetty". Did you mean "olivetti"?'),
        (["train", "dcgna", "lfw-mini", "--steps", "3"], 'No recipe is called "dcgna". Did you mean "dcgan"?'),
        (["train", "dcgan", "lfw-mini"], "one limit above zero"),
        (["train", "dcgan", "folder:nowhere", "--steps", "3"], "does not exist"),
        (["train", "dcgan", "lfw-mini", "--steps", "3", "--size", "4"], "8 to 1024"),
        (["train", "dcgan", "lfw-mini", "--steps", "3", "--scale", "lap"], 'Did you mean "laptop"?'),
        (["sample", "dcgan-nobody"], "trained generator"),
        (["evaluate", "dcgan-nobody"], "trained generator"),
        (["run", "show", "nowhere"], "holds no run"),
        (["data", "info", "utkfaces"], 'Did you mean "utkface"?'),
    ],
)
def test_a_mistake_gets_a_sentence_and_no_traceback(facegen, words, said):
    code, output, errors = facegen(*words)
    assert code == 1
    assert said in errors
    assert "Traceback" not in output + errors


def test_train_then_sample_list_and_show(facegen, tmp_path):
    shorter = ["--steps", "2", "--size", "16", "--batch-size", "8"]
    code, output, _ = facegen("train", "dcgan", "lfw-mini", *shorter, "--folder", "runs/small")
    assert code == 0 and "2 steps done" in output
    code, output, _ = facegen("sample", "runs/small", "--count", "4", "--out", "four.png")
    assert code == 0 and pathlib.Path("four.png").stat().st_size > 0
    code, output, _ = facegen("run", "list")
    assert "runs/small: dcgan on lfw-mini, 2 steps (budget 2 steps)" in output
    code, output, _ = facegen("run", "show", "runs/small")
    assert '"lfw-mini"' in output
    code, _, errors = facegen("train", "dcgan", "lfw-mini", "--steps", "2", "--size", "32", "--folder", "runs/small")
    assert code == 1 and "recipe.image_shape" in errors and "holds another run" in errors
    code, _, errors = facegen("sample", "runs/small", "--out", "/proc/four.png")
    assert code == 1 and "could not be written" in errors


def test_run_list_without_runs_says_how_to_make_one(facegen):
    code, output, _ = facegen("run", "list")
    assert code == 0 and "facegen train" in output


def test_a_folder_of_photos_is_previewed_with_what_was_skipped(facegen, tmp_path):
    from PIL import Image

    (tmp_path / "photos").mkdir()
    Image.new("RGB", (80, 60), "orange").save(tmp_path / "photos" / "солнце.png")
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    code, output, _ = facegen("data", "preview", "folder:photos", "--size", "32", "--out", "preview.png")
    assert code == 0
    assert "1 of 2 images at 32×32" in output and "skipped broken.jpg" in output


def test_doctor_reports_a_line_per_finding(facegen):
    _, output, _ = facegen("doctor")
    assert "tensorflow" in output
    assert all(line.startswith(("[OK]", "[WARN]", "[FAIL]")) for line in output.split("\n\n")[0].splitlines())
