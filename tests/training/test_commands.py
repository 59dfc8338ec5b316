"""`facegen train`, `facegen run` and `facegen zoo train` when something is not as it should be."""

import types

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import facegen_lib as fg
from facegen_lib import cli, training, zoo
from facegen_lib.errors import FacegenError

SMALL = ["--size", "16", "--batch-size", "8", "--steps", "1"]


@pytest.fixture
def facegen(monkeypatch, tmp_path):
    """Types a command that succeeds; returns what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FACEGEN_RUNS", raising=False)
    monkeypatch.setenv("FACEGEN_CACHE", str(tmp_path / "cache"))

    def type_command(*words: str) -> str:
        return CliRunner().invoke(cli.app, words, catch_exceptions=False).output

    return type_command


def test_one_damaged_run_does_not_hide_the_others(facegen, tmp_path):
    facegen("train", "dcgan", "lfw-mini", *SMALL, "--folder", "runs/whole")
    for name, text in (("brace", "{"), ("list", "[]"), ("latin", "\xe9")):
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / "config.json").write_text(text, "latin-1")
    (tmp_path / "runs" / "whole" / "checkpoints" / "step-best.npz").touch()
    said = facegen("run", "list")
    assert said.count("is damaged") == 3
    assert "runs/whole: dcgan on lfw-mini, 1 steps (budget 1 steps)" in said


def test_pictures_that_were_skipped_are_named_with_their_reasons(facegen, tmp_path):
    photos = tmp_path / "my photos"
    photos.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (40, 20, 20, 3), dtype="uint8")
    for number, picture in enumerate(pixels):
        Image.fromarray(picture).save(photos / f"{number}.png")
    for number in range(7):
        (photos / f"broken{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    said = facegen("train", "dcgan", "folder:my photos", *SMALL, "--folder", "run")
    assert "7 pictures of folder:my photos could not be used" in said and "broken0.jpg: it is damaged" in said
    assert said.count("it is damaged") == 5 and "and 2 more" in said
    assert len(training.read_config(tmp_path / "run")["provenance"]["skipped"]) == 7


def test_a_name_with_bytes_that_are_no_letters_can_be_printed(facegen, tmp_path):
    config = {"recipe": {"name": "dcgan"}, "data": {"name": "folder:caf\udce9"}, "budget": {"steps": 1}}
    (tmp_path / "runs" / "latin").mkdir(parents=True)
    training.folder.write_config(tmp_path / "runs" / "latin", config)
    assert "folder:caf?" in facegen("run", "list")
    assert "folder:caf?" in facegen("run", "show", "runs/latin")


@pytest.mark.parametrize(
    ("stopped", "trained"), [("interrupted", ["dcgan-mnist"]), (None, ["dcgan-mnist", "vae-utkface"])]
)
def test_ctrl_c_in_one_run_of_the_zoo_does_not_begin_the_next(facegen, monkeypatch, stopped, trained):
    begun = []

    def train(name, callbacks):
        begun.append(name)
        return types.SimpleNamespace(progress=0.5 if stopped else 1.0, stopped=stopped)

    monkeypatch.setattr(zoo, "train", train)
    monkeypatch.setattr(zoo, "ship", lambda name: None)
    facegen("zoo", "train", "dcgan-mnist", "vae-utkface")
    assert begun == trained


@pytest.mark.parametrize(("stopped", "code"), [("interrupted", 130), (None, 0)])
def test_what_follows_an_interrupted_training_does_not_begin(facegen, monkeypatch, stopped, code):
    run = types.SimpleNamespace(progress=0.5, stopped=stopped)
    monkeypatch.setattr(fg, "train", lambda *_, **__: run, raising=False)
    monkeypatch.setattr(zoo, "train", lambda *_, **__: run)
    for words in (("train", "dcgan", "lfw-mini", *SMALL), ("zoo", "train", "dcgan-mnist")):
        assert CliRunner().invoke(cli.app, words).exit_code == code


def test_a_misspelt_name_is_said_before_anything_is_trained(facegen, monkeypatch):
    monkeypatch.setattr(zoo, "train", lambda *_, **__: pytest.fail("it trains"))
    with pytest.raises(FacegenError, match="wgan-flower"):
        facegen("zoo", "train", "dcgan-flowers", "wgan-flower")
