"""Portraits: the same for the same seed, one factor at a time, and faces to an independent eye."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facegen_lib.data import portraits
from facegen_lib.data.portrait_factors import FACTORS, Choice, Flag, Range, draw
from facegen_lib.data.portrait_head import Head
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import face_rate

PLAIN = dict(
    yaw=0, pitch=0, tilt=0, light_azimuth=0, light_elevation=30, skin_tone=0.3, face_width=0.5, jaw=0.5, nose_width=0.5,
    lip_fullness=0.5, age_lines=0, freckles=False, hair_style="none", hair_colour="brown", brows=0.5, brow_raise=0,
    eye_colour="brown", eye_openness=1, gaze=0, glasses=False, beard="none", smile=0, mouth_open=0, shirt="navy",
    background="studio",
)  # fmt: skip


def plain(**fixed):
    """One portrait of a plain sitter, int (64, 64, 3), with a few factors set otherwise."""
    return portraits.make(1, **{**PLAIN, **fixed}).images[0].astype(int)


def extremes(factor):
    if isinstance(factor, Range):
        return factor.low, factor.high
    return (False, True) if isinstance(factor, Flag) else factor.values[:2]


def lower_middle(image):
    return image[16:56, 16:48].sum(-1)


def test_the_same_seed_paints_the_same_portraits():
    first, second = portraits.make(10, seed=3), portraits.make(10, seed=3)
    assert first.hash == second.hash
    assert first.hash != portraits.make(10, seed=4).hash


def test_a_portrait_does_not_depend_on_how_many_are_painted_with_it():
    few, many = portraits.make(3, 32, seed=5), portraits.make(21, 32, seed=5)
    np.testing.assert_array_equal(few.images, many.images[:3])
    for name in FACTORS:
        np.testing.assert_array_equal(few.labels[name], many.labels[name][:3])


@pytest.mark.parametrize("size", [16, 17, 31, 32, 48, 63, 64, 65, 100, 128])
def test_any_size_from_16_to_128_comes_as_bytes_with_every_label(size):
    faces = portraits.make(2, size)
    assert faces.images.shape == (2, size, size, 3) and faces.images.dtype == np.uint8
    assert list(faces.labels) == list(FACTORS)
    assert all(len(values) == 2 for values in faces.labels.values())
    assert faces.images.std() > 20


@pytest.mark.parametrize("size", [16, 32, 64])
def test_a_portrait_shows_the_same_person_at_every_size(size):
    small, large = portraits.make(6, size, seed=1), portraits.make(6, 128, seed=1)
    shrunk = large.images.reshape(6, size, 128 // size, size, 128 // size, 3).mean((2, 4))
    assert np.abs(shrunk - small.images).mean() < 8


@pytest.mark.parametrize("name", FACTORS)
def test_each_factor_moves_pixels_and_no_other_label(name):
    low, high = (portraits.make(8, seed=2, **{name: value}) for value in extremes(FACTORS[name]))
    changed = np.abs(low.images.astype(int) - high.images).reshape(8, -1)
    assert (changed.max(1) > 12).mean() >= 0.7  # a few changes hide: a collar behind long hair
    for other in FACTORS:
        same = np.array_equal(low.labels[other], high.labels[other])
        assert same == (other != name)


@pytest.mark.parametrize("leaning", [-1, 1])
def test_painting_in_bands_cuts_nothing_off(monkeypatch, leaning):
    far = {
        "yaw": [-30, -30, 30, 30] * 4,
        "pitch": [-15, 15] * 8,
        "tilt": 10 * leaning,
        "mouth_open": 1,
        "brow_raise": 1,
    }
    fixed = {**far, "glasses": True, "beard": "full", "hair_style": "none", "seed": 9}
    in_bands = portraits.make(16, **fixed).images.astype(int)
    monkeypatch.setattr(Head, "rows", lambda head, top, bottom: slice(0, None))
    assert np.abs(in_bands - portraits.make(16, **fixed).images).max() <= 1


def test_a_fixed_factor_takes_one_value_or_one_for_each():
    assert portraits.make(5, 16, glasses=True).labels["glasses"].all()
    angles = np.linspace(-30, 30, 5)
    np.testing.assert_allclose(portraits.make(5, 16, yaw=angles).labels["yaw"], angles, rtol=1e-6)
    styles = ["bun", "bob", "none", "long", "curly"]
    assert list(portraits.make(5, 16, hair_style=styles).labels["hair_style"]) == styles


def test_factors_fill_their_ranges_evenly_and_independently():
    labels = draw(3000, 6, {})
    ranks = []
    for name, factor in FACTORS.items():
        values = labels[name]
        if isinstance(factor, Range):
            shares, _ = np.histogram(values, 5, (factor.low, factor.high))
            expected = np.full(5, 600)
        elif isinstance(factor, Choice):
            shares = np.array([np.sum(values == value) for value in factor.values])
            expected = np.full(len(shares), 3000 / len(shares))
        else:
            shares, expected = np.array([values.sum()]), np.array([3000 * factor.probability])
        assert np.all(np.abs(shares - expected) < 5 * np.sqrt(expected)), name
        ranks.append(np.unique(values, return_inverse=True)[1].astype(float))
    correlation = np.corrcoef(ranks) - np.eye(len(ranks))
    assert np.abs(correlation).max() < 5 / np.sqrt(3000)


def test_the_lamp_brightens_the_side_that_it_stands_on():
    left, right = (lower_middle(plain(light_azimuth=angle)) for angle in (-50, 50))
    assert left[:, :16].mean() > 1.1 * left[:, 16:].mean()
    assert right[:, 16:].mean() > 1.1 * right[:, :16].mean()


def test_head_and_eyes_turn_to_the_side_that_the_sign_says():
    def sideways(image):
        """Where the dark of eyes and brows lies, in pixels right of the middle."""
        dark = np.maximum(400 - lower_middle(image)[5:20], 0).sum(0)
        return (dark * (np.arange(32) - 15.5)).sum() / dark.sum()

    assert sideways(plain(yaw=-20)) < -2 and sideways(plain(yaw=20)) > 2
    assert sideways(plain(gaze=-1)) + 0.2 < sideways(plain()) < sideways(plain(gaze=1)) - 0.2


def test_skin_darkens_steadily_with_its_tone():
    cheeks = [plain(skin_tone=tone)[36:40, 22:26].mean() for tone in np.linspace(0, 1, 6)]
    assert np.all(np.diff(cheeks) < -8)


def test_a_broad_open_smile_shows_teeth():
    def whitest(image):
        return image[44:54, 24:40].min(-1).max()

    assert whitest(plain(smile=1, mouth_open=1, skin_tone=0.8)) > whitest(plain(skin_tone=0.8)) + 60


@pytest.mark.parametrize(
    ("fixed", "words"),
    [
        ({"glases": True}, 'Did you mean "glasses"'),
        ({"hair_style": "bobb"}, 'Did you mean "bob"'),
        ({"yaw": 45}, "from -30 to 30"),
        ({"smile": float("nan")}, "from -0.25 to 1"),
        ({"skin_tone": "pale"}, "from 0 to 1"),
        ({"glasses": 1}, "True or False"),
        ({"yaw": [0, 1, 2]}, "one value or 2"),
        ({"size": 12}, "16 to 128"),
        ({"size": 64.0}, "16 to 128"),
        ({"seed": -1}, "0 or above"),
        ({"count": 0}, "at least 1"),
    ],
)
def test_what_cannot_be_painted_is_refused_with_what_could_be(fixed, words):
    with pytest.raises(FacegenError, match=words):
        portraits.make(**{"count": 2, **fixed})


@settings(max_examples=15, deadline=None)
@given(data=st.data(), name=st.sampled_from(list(FACTORS)), seed=st.integers(0, 2**40))
def test_any_value_inside_a_range_is_painted_and_labelled(data, name, seed):
    factor = FACTORS[name]
    if isinstance(factor, Range):
        value = data.draw(st.floats(factor.low, factor.high))
    else:
        value = data.draw(st.sampled_from([False, True] if isinstance(factor, Flag) else factor.values))
    faces = portraits.make(1, 32, seed=seed, **{name: value})
    assert faces.labels[name][0] == (np.float32(value) if isinstance(factor, Range) else value)
    assert faces.images.std() > 10


def test_the_detector_finds_a_face_in_nine_of_ten():
    """60 of them here; 500 in tests/bench/test_portraits_speed.py."""
    assert face_rate(portraits.make(60, seed=11).images) >= 0.9
