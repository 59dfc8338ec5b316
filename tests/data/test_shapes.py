"""Boxes of shapes: drawn as NLVR has them, and read back from pixels."""

import io
import os
import pathlib
import tarfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from facegen_lib.data import shapes
from facegen_lib.data.shape_scenes import BACKGROUND, COLOURS, KINDS, apart, description, draw_scene, render
from facegen_lib.errors import FacegenError

NLVR = pathlib.Path(os.environ.get("FACEGEN_DATA", "data")) / "nlvr.tar"


def rows(labels, box):
    """The shapes of one box, without their places, in an order of their own."""
    columns = [labels[name][box][: labels["count"][box]].tolist() for name in ("kind", "colour", "size")]
    return sorted(zip(*columns, strict=True))


def boxes_of(*scenes, size=64):
    return render(description(list(scenes)), size)


def test_the_same_seed_draws_the_same_boxes():
    assert shapes.make(20, seed=1).hash == shapes.make(20, seed=1).hash != shapes.make(20, seed=2).hash


@pytest.mark.parametrize("size", [16, 33, 64, 100, 128])
def test_what_a_box_holds_depends_neither_on_the_others_nor_on_its_size(size):
    few, many = shapes.make(3, size, seed=4), shapes.make(20, 64, seed=4)
    assert few.images.shape == (3, size, size, 3)
    np.testing.assert_array_equal(few.images, shapes.make(11, size, seed=4).images[:3])
    for name, values in few.labels.items():
        np.testing.assert_array_equal(values, many.labels[name][:3])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_shapes_stay_inside_the_box_and_apart(seed):
    labels = shapes.make(4, 16, seed=seed).labels
    for box in range(4):
        count = labels["count"][box]
        places = [tuple(labels[name][box][shape] for name in ("x", "y", "size")) for shape in range(count)]
        assert all(x >= 0 and y >= 0 and x + size <= 100 and y + size <= 100 for x, y, size in places)
        assert all(apart(*places[a], *places[b]) for a in range(count) for b in range(a))
        assert np.isnan(labels["x"][box][count:]).all() and (labels["kind"][box][count:] == "").all()


def test_counts_kinds_and_sizes_are_as_frequent_as_in_nlvr():
    rng = np.random.default_rng(0)
    layouts, scenes = zip(*[draw_scene(rng) for _ in range(3000)], strict=True)
    labels, tower = description(scenes), np.array(layouts) == "tower"
    assert abs(tower.mean() - 1461 / 3163) < 0.03
    scattered, stacked = np.bincount(labels["count"][~tower])[1:], np.bincount(labels["count"][tower])[1:]
    assert len(scattered) == 7 and len(stacked) == 4
    assert np.all(np.abs(scattered / scattered.mean() - 1) < 0.25) and np.all(
        np.abs(stacked / stacked.mean() - 1) < 0.2
    )
    there = ~tower[:, None] & (labels["kind"] != "")
    for name, values in (("kind", KINDS), ("colour", COLOURS), ("size", (10, 20, 30))):
        shares = [np.mean(labels[name][there] == value) for value in values]
        np.testing.assert_allclose(shares, 1 / 3, atol=0.03)
    right = labels["x"][there] + labels["size"][there]
    assert abs(np.mean(right == 100) - 3860 / 20347) < 0.03
    assert set(labels["y"][tower][labels["kind"][tower] != ""]) == {80, 59, 38, 17}


def test_pixels_have_the_colours_of_nlvr():
    image = boxes_of(
        [("square", "yellow", 0, 0, 20), ("circle", "black", 40, 40, 30), ("triangle", "blue", 60, 70, 30)], size=100
    )[0]
    assert tuple(image[10, 10]) == COLOURS["yellow"] and tuple(image[55, 55]) == COLOURS["black"]
    assert tuple(image[95, 75]) == COLOURS["blue"] and tuple(image[30, 80]) == BACKGROUND
    assert tuple(image[75, 63]) == BACKGROUND, "a triangle has its apex at the top"


@pytest.mark.parametrize("size", [48, 64, 100])
def test_what_was_drawn_is_read_back(size):
    drawn = shapes.make(100, size, seed=7)
    read = shapes.describe(drawn.images)
    same = [rows(read, box) == rows(drawn.labels, box) for box in range(100)]
    assert np.mean(same) >= 0.95
    assert np.mean(shapes.count_shapes(drawn.images) == drawn.labels["count"]) >= 0.95
    assert read["malformed"].mean() < 0.05 and read["overlaps"].mean() < 0.05
    for name in ("x", "y"):
        first, drawn_first = np.nanmin(read[name], 1), np.nanmin(drawn.labels[name], 1)
        assert np.abs(first - drawn_first)[same].max() < 1.5


def test_boxes_are_read_through_a_little_noise_and_blur():
    drawn = shapes.make(100, 64, seed=8)
    rng = np.random.default_rng(0)
    noisy = np.clip(drawn.images + rng.normal(0, 8, drawn.images.shape), 0, 255).astype("uint8")
    blurred = ndimage.gaussian_filter(drawn.images, (0, 0.4, 0.4, 0))
    for images in (noisy, blurred):
        assert np.mean(shapes.count_shapes(images) == drawn.labels["count"]) >= 0.95


def test_overlaps_are_seen():
    apart_, other_colour, same_colour = (
        [("square", "black", 10, 10, 30), ("circle", colour, left, 20, 30)]
        for colour, left in (("blue", 50), ("blue", 30), ("black", 30))
    )
    read = shapes.describe(boxes_of(apart_, other_colour, same_colour))
    assert read["overlaps"].tolist() == [0, 1, 0]
    assert read["count"].tolist() == [2, 2, 1]
    assert read["malformed"].tolist()[0] == 0 and read["malformed"].tolist()[2] == 1


def test_shapes_that_are_none_are_malformed_and_specks_are_dirt():
    image = np.full((1, 64, 64, 3), BACKGROUND, "uint8")
    assert shapes.count_shapes(image).tolist() == [0]
    image[0, 10:14, 5:60] = COLOURS["black"]  # a bar
    image[0, 40, 40] = COLOURS["blue"]  # a speck
    read = shapes.describe(image)
    assert read["count"].tolist() == [1] and read["kind"][0, 0] == "malformed" and read["colour"][0, 0] == "black"


def test_no_boxes_are_read_as_no_boxes():
    assert shapes.count_shapes(np.zeros((0, 64, 64, 3), "uint8")).shape == (0,)


@pytest.mark.parametrize(
    "images", [np.zeros((2, 64, 64, 3)), np.zeros((64, 64, 3), "uint8"), np.zeros((1, 64, 60, 3), "uint8")]
)
def test_only_square_colour_bytes_are_read(images):
    with pytest.raises(FacegenError, match="uint8"):
        shapes.describe(images)


def test_boxes_too_small_to_read_are_refused():
    with pytest.raises(FacegenError, match="48"):
        shapes.describe(shapes.make(1, 32).images)


@pytest.mark.archives
@pytest.mark.skipif(not NLVR.is_file(), reason="FACEGEN_DATA names no folder with nlvr.tar")
def test_real_boxes_are_read_as_what_they_hold():
    """Truth here is the exact palette at full size; the reader sees the boxes at 64×64."""
    boxes = []
    with tarfile.open(NLVR) as archive:
        members = [member for member in archive if member.isfile()][::40]
        for member in members:
            scene = Image.open(io.BytesIO(archive.extractfile(member).read())).convert("RGB")
            boxes += [scene.crop((left, 0, left + 100, 100)) for left in (0, 150, 300)]
    full = np.stack([np.asarray(box) for box in boxes])
    half_covered = {name: np.abs(full.astype(int) - colour).max(-1) < 60 for name, colour in COLOURS.items()}
    truth = sum(np.array([ndimage.label(mask)[1] for mask in masks]) for masks in half_covered.values())
    small = np.stack([np.asarray(box.resize((64, 64), Image.Resampling.LANCZOS)) for box in boxes])
    read = shapes.describe(small)
    assert np.mean(read["count"] == truth) >= 0.98
    assert np.mean((read["malformed"] == 0) & (read["overlaps"] == 0)) >= 0.98
    assert read["count"].min() == 1 and read["count"].max() == 7
