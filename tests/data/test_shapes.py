"""Boxes of shapes: drawn as NLVR has them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facegen_lib.data import shapes
from facegen_lib.data.shape_scenes import BACKGROUND, COLOURS, KINDS, apart, description, draw_scene, render


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
