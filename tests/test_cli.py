"""The command line: every command has an example, every mistake a sentence and no traceback."""

import io
import json
import os
import pathlib
import sys
import types

import numpy as np
import pytest
import typer

from facegen_lib import cli
from facegen_lib.cli import words


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
        (["train", "dcgan", "lfw-mini", "--steps", "3", "--precision", "bfloat"], 'No precision is called "bfloat".'),
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
        (["data", "info", "folder:/my photos"], "`facegen data preview 'folder:/my photos'`"),
        (["data", "preview", "folder:"], "folder: needs a path"),
        (["evaluate", "vanilla-mnist", "--faces", "0"], "Nothing to measure: name --data, or leave --faces."),
        (["evaluate", "vanilla-mnist", "--images", "1", "--out", "/proc/version/here"], "could not be written"),
        (["evaluate", "vanilla-mnist", "--split", "train"], '"held_out" images, or with "all"'),
    ],
)
def test_a_mistake_gets_a_sentence_and_no_traceback(facegen, words, said):
    code, output, errors = facegen(*words)
    assert code == 1
    assert said in errors
    assert "Traceback" not in output + errors


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sample vanilla-mnist --count 0", "Invalid value for '--count'"),
        ("sample vanilla-mnist --columns -1", "Invalid value for '--columns'"),
        ("sample vanilla-mnist --seed -1", "Invalid value for '--seed'"),
        ("sample vanilla-mnist --out s.jpg", "ends in .png"),
        ("sample vanilla-mnist --out .", "is a directory"),
        ("data preview lfw-mini --out none.jpg", "ends in .png"),
        ("data preview lfw-mini --count -3", "Invalid value for '--count'"),
        ("evaluate vanilla-mnist --seed 4294967296", "Invalid value for '--seed'"),
        ("evaluate vanilla-mnist --images -1", "Invalid value for '--images'"),
        ("evaluate vanilla-mnist --count 0", "Invalid value for '--count'"),
        ("evaluate vanilla-mnist --out file", "is a file"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_is_done(facegen, tmp_path, line, said):
    (tmp_path / "file").write_text("in the way")
    code, output, errors = facegen(*line.split())
    assert code == 2
    assert said in " ".join(errors.replace("│", " ").split())
    assert "Traceback" not in output + errors
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


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

    asked, done = {}, types.SimpleNamespace(stopped=None)
    patches = fg.load("lfw-mini", size=16)
    monkeypatch.setattr(fg, "load", lambda name, **_: asked.update(data=name) or patches)
    monkeypatch.setattr(fg, "train", lambda recipe, _, **options: asked.update(options, recipe=recipe) or done)
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


def write_photos(folder, count, seed=0):
    """`count` noisy photos of 16×16."""
    from PIL import Image

    folder.mkdir(exist_ok=True)
    for number, pixels in enumerate(np.random.default_rng(seed).integers(0, 256, (count, 16, 16, 3), "uint8")):
        Image.fromarray(pixels).save(folder / f"{number:03}.png")


def test_a_run_that_has_saved_nothing_is_a_run_and_its_sheets_are_no_faces(facegen, small_run):
    pathlib.Path("runs/small/generator.npz").unlink()
    for command in ("evaluate", "sample"):
        code, _, errors = facegen(command, "runs/small")
        assert code == 1 and "runs/small has saved nothing yet: its first checkpoint is due" in errors
    for folder in ("runs", "."):
        code, _, errors = facegen("evaluate", folder, "--data", "lfw-mini")
        assert code == 1 and f"{folder} holds runs, not pictures. Name one of them, e.g. runs/small." in errors


def test_memorisation_is_measured_against_the_images_of_the_training_or_not_at_all(facegen, tmp_path):
    write_photos(tmp_path / "photos", 200)
    train = "train dcgan folder:photos --steps 1 --size 16 --batch-size 8 --folder runs/mine"
    facegen(*train.split())
    measure = "evaluate runs/mine --faces 0"
    with pytest.warns(UserWarning, match="does not exceed"):
        code, output, errors = facegen(*measure.split())
    assert code == 0 and "memorisation" in output, errors
    write_photos(tmp_path / "photos", 200, seed=1)
    code, _, errors = facegen(*measure.split())
    assert code == 1 and "folder:photos has changed since runs/mine was trained on it" in errors
    with pytest.warns(UserWarning, match="does not exceed"):
        code, _, errors = facegen(*measure.split(), "--data", "folder:photos")
    assert code == 0, errors


def test_few_photos_say_how_many_are_held_out_and_what_to_do(facegen, tmp_path):
    write_photos(tmp_path / "photos", 20)
    train = "train dcgan folder:photos --steps 1 --size 16 --batch-size 8 --folder runs/mine"
    facegen(*train.split())
    code, _, errors = facegen("evaluate", "runs/mine", "--faces", "0")
    assert code == 1 and "held out" in errors and "--split all compares with all of them" in errors
    with pytest.warns(UserWarning, match="does not exceed"):
        code, _, errors = facegen("evaluate", "runs/mine", "--faces", "0", "--split", "all")
    assert code == 0, errors


def test_generators_of_one_name_are_told_apart_by_what_stands_before_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("runs/v0", "other/v0", "runs/zoo/dcgan-utkface"):
        pathlib.Path(folder).mkdir(parents=True)
    names = ["runs/v0", "other/v0/", "dcgan-utkface", "runs/zoo/dcgan-utkface", "other"]
    assert list(words.labels(names).values()) == ["runs-v0", "other-v0", "dcgan-utkface", "zoo-dcgan-utkface", "other"]
    monkeypatch.chdir("runs/v0")
    assert words.labels(["."]) == {".": "v0"}


def test_images_of_another_seed_take_the_place_of_those_before(facegen, small_run):
    folder = pathlib.Path("runs/evaluation/small")
    for count, seed in (("6", "0"), ("3", "1")):
        code, *_ = facegen("evaluate", "runs/small", "--images", count, "--seed", seed, "--data", "folder:nowhere")
        assert code == 1
    assert sorted(path.name for path in folder.iterdir()) == ["00000.png", "00001.png", "00002.png"]


def test_images_of_a_folder_of_pictures_are_not_written_and_that_is_said(facegen, tmp_path):
    write_photos(tmp_path / "photos", 1)
    code, output, _ = facegen("evaluate", "photos", "--images", "5")
    assert code == 0 and "photos holds images already: --images writes none of it." in output


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


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has names that are no text")
def test_a_skipped_file_whose_name_is_no_text_is_named_all_the_same(facegen, tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"words")
    strict = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="strict", write_through=True)
    monkeypatch.setattr(sys, "stdout", strict)
    code, _, errors = facegen("data", "preview", "folder:photos")
    assert code == 0, errors
    assert "skipped caf?.jpg: it is not a picture" in strict.buffer.getvalue().decode()


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
