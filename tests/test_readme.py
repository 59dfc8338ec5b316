"""What the README promises is there."""

import re

import pytest

from facegen_lib import book, cli, zoo
from facegen_lib.shipped import HOME

README = (HOME / "README.md").read_text("utf-8")
MAKEFILE = (HOME / "Makefile").read_text("utf-8")


def test_the_chapter_table_is_that_of_the_manifest(tmp_path):
    copy = tmp_path / "README.md"
    copy.write_text(README, "utf-8")
    book.write_readme_table(copy)
    assert copy.read_text("utf-8") == README, "run `.venv/bin/python -m facegen_lib.book`"


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"^make (\w+)|`(?:\w+=\w+ )?make (\w+)`", README, re.MULTILINE)))
)
def test_every_make_command_exists(target):
    assert re.search(rf"^{''.join(target)}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_every_link_into_the_repository_leads_somewhere(link):
    assert (HOME / link).exists()


@pytest.mark.parametrize(
    "heading", ["Two commands", "Chapters", "Tests", "What generated faces must not be used for", "Licence"]
)
def test_a_reader_finds(heading):
    assert f"\n## {heading}\n" in README


def test_its_own_photos_are_measured_against_pictures_that_were_not_trained_on():
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    compile(example, "README.md", "exec")
    (trained_on,) = re.findall(r"fg\.train\(fg\.recipe\([^)]*\), (\w+),", example)
    (compared_with,) = re.findall(r"fg\.evaluate\(run, (\w+)", example)
    (loaded,) = re.findall(rf"^{compared_with} = fg\.load\((.*)\)", example, re.MULTILINE)
    assert compared_with != trained_on and 'split="held_out"' in loaded


def test_its_verbs_are_those_of_the_command_line():
    verbs = {command.callback.__name__ for command in cli.app.registered_commands}
    verbs |= {group.name for group in cli.app.registered_groups}
    (listed,) = re.findall(r"the same verbs: `facegen ([\w |]+)`", README)
    assert set(listed.split(" | ")) == verbs


def test_the_faces_at_its_head_took_as_long_as_it_says():
    about = zoo.pretrained("dcgan-utkface").about
    assert "seven\nminutes on one GPU" in README
    assert round(about["minutes"]) == 7 and "NVIDIA" in about["machine"]["devices"][0]
