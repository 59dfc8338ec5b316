"""The command line: every command has an example, every mistake a sentence and no traceback."""

import json
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
        (["train", "dcgan", "lfw-mini", "--steps", "3", "--batch-size", "0"], "at least one image, got batch_size=0"),
        (["train", "dcgan", "lfw-mini", "--steps", "3", "--save-every", "0"], "save_every of 1 or more, got 0"),
        (["train", "dcgan", "lfw-mini", "--steps", "3", "--precision", "bfloat"], 'Did you mean "bfloat16"?'),
        (["sample", "dcgan-nobody"], "trained generator"),
        (["evaluate", "dcgan-nobody"], "trained generator"),
        (["run", "show", "nowhere"], "holds no run"),
        (["data", "info", "utkfaces"], 'Did you mean "utkface"?'),
        (["data", "fetch", "utkface"], "put UTKFace.tar.gz"),
        (["data", "preview", "folder:nowhere"], "does not exist"),
        (["quiz", "export", "dcgan-nobody", "--data", "lfw-mini"], "trained generator"),
        (["quiz", "score", "nowhere.key.json", "answers.csv"], "is no key"),
        (["evaluate", "nowhere.json"], "No report can be read"),
        (["zoo", "train", "dcgan-nobody"], "run of the zoo"),
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


def test_a_fresh_run_and_its_tensorboard_log_share_a_folder(facegen, tmp_path):
    options = "--steps 1 --size 16 --batch-size 8 --folder runs/new --fresh --tensorboard"
    code, _, errors = facegen("train", "dcgan", "lfw-mini", *options.split())
    assert code == 0, errors
    assert [folder.name for folder in (tmp_path / "runs").iterdir()] == ["new"]
    assert list((tmp_path / "runs" / "new" / "logs").glob("events.out.tfevents.*"))


def test_run_list_without_runs_says_how_to_make_one(facegen):
    code, output, _ = facegen("run", "list")
    assert code == 0 and "facegen train" in output


def test_the_line_of_the_dissertation_needs_only_the_names_of_this_book(facegen, monkeypatch):
    """Chen, 2019, figure 3-11: GAN_main.py WGANGP 102flowers 40000 64 1000 10000."""
    import facegen_lib as fg

    asked = {}
    patches = fg.load("lfw-mini", size=16)
    monkeypatch.setattr(fg, "load", lambda name, **_: asked.update(data=name) or patches)
    monkeypatch.setattr(fg, "train", lambda recipe, _, **options: asked.update(options, recipe=recipe))
    line = "train wgan-gp flowers --steps 40000 --batch-size 64 --sample-every 1000 --save-every 10000"
    code, _, errors = facegen(*line.split(), "--scale", "laptop", "--seed", "3")
    assert code == 0, errors
    assert asked["data"] == "flowers" and asked["recipe"].name == "wgan-gp"
    assert (asked["recipe"].batch_size, asked["recipe"].seed) == (64, 3)
    assert (asked["steps"], asked["sample_every"], asked["save_every"]) == (40_000, 1_000, 10_000)


@pytest.fixture
def small_run(facegen):
    facegen("train", "dcgan", "lfw-mini", "--steps", "1", "--size", "16", "--batch-size", "8", "--folder", "runs/small")


def test_evaluate_takes_a_run_a_number_of_samples_and_a_number_of_images(facegen, small_run):
    """Chen, 2019, figure 3-12: GAN_evaluation.py gan_models/test 1000 500."""
    line = "evaluate runs/small --split all --count 20 --images 5 --faces 0"
    with pytest.warns(UserWarning, match="does not exceed"):
        code, output, errors = facegen(*line.split())
    assert code == 0, errors
    assert "against lfw-mini" in output and "precision" in output and "real against real" in output
    assert len(list(pathlib.Path("runs/evaluation/small").glob("*.png"))) == 5
    code, output, _ = facegen("evaluate", "runs/evaluation/small.json", "runs/evaluation/small.json")
    assert code == 0 and output.count("small  ") >= 2


def test_a_questionnaire_is_exported_and_scored(facegen, small_run):
    export = "quiz export runs/small --data lfw-mini --size 16 --questions 1 --examples 1 --out quiz.html"
    code, output, errors = facegen(*export.split())
    assert code == 0, errors
    assert "quiz.key.json" in output and pathlib.Path("quiz.html").stat().st_size > 0
    key = json.loads(pathlib.Path("quiz.key.json").read_text())
    rows = [f"{key['quiz']},{name},1,{first},{second}" for name, first, second in [("Ada", 1, 2), ("Bo", 3, 4)]]
    pathlib.Path("answers.csv").write_text("\n".join(["quiz,participant,question,first,second", *rows]))
    code, output, _ = facegen("quiz", "score", "quiz.key.json", "answers.csv")
    assert code == 0 and "small: error rate 50.0%" in output and "4 choices, 2 people" in output


def test_a_folder_of_photos_is_previewed_with_what_would_be_skipped(facegen, tmp_path):
    from PIL import Image

    (tmp_path / "photos").mkdir()
    Image.new("RGB", (80, 60), "orange").save(tmp_path / "photos" / "солнце.png")
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    code, output, _ = facegen("data", "preview", "folder:photos", "--size", "32", "--out", "preview.png")
    assert code == 0
    assert "of 2 pictures looked at, 1 can be used" in output and "skipped broken.jpg" in output
    code, output, _ = facegen("data", "preview", "faces:photos", "--size", "32")
    assert code == 0
    assert "0 can be used" in output and "skipped солнце.png: it has no face" in output


def test_data_list_says_what_is_here_and_how_to_get_the_rest(facegen):
    code, output, _ = facegen("data", "list")
    state = {line[:14].strip(): line[14:30].strip() for line in output.splitlines()}
    assert code == 0
    assert state["portraits"] == "ready" and state["utkface"] == "by hand" and state["flowers"] == "can be fetched"
    code, output, _ = facegen("data", "fetch", "portraits")
    assert code == 0 and "needs nothing" in output


def test_doctor_reports_a_line_per_finding(facegen):
    _, output, _ = facegen("doctor")
    assert "tensorflow" in output
    assert all(line.startswith(("[OK]", "[WARN]", "[FAIL]")) for line in output.split("\n\n")[0].splitlines())
