"""A face drawn in sand: where the grains lie, and that a seed draws the same face again."""

import numpy as np

from facegen_lib.data import sand


def test_every_grain_lies_near_a_stroke_and_the_strokes_get_their_shares():
    grains = sand.face(20_000, np.random.default_rng(0))
    assert grains.shape == (20_000, 2) and grains.dtype == np.float32
    off, shares = [], []
    for centre, axes, _, share in sand.STROKES:
        scaled = (grains - centre) / axes
        off.append(np.abs(np.linalg.norm(scaled, axis=1) - 1) * min(axes))
        shares.append(share)
    nearest = np.argmin(off, axis=0)
    assert np.min(off, axis=0).max() < 6 * sand.GRAIN
    found = np.bincount(nearest, minlength=4) / len(grains)
    assert np.abs(found - shares).max() < 0.03
    assert sum(shares) == 1


def test_the_mouth_smiles():
    grains = sand.face(20_000, np.random.default_rng(1))
    mouth = grains[(np.abs(grains[:, 0]) < 0.4) & (grains[:, 1] > -0.7) & (grains[:, 1] < -0.3)]
    middle, corners = np.abs(mouth[:, 0]) < 0.1, np.abs(mouth[:, 0]) > 0.3
    assert mouth[corners, 1].mean() > mouth[middle, 1].mean() + 0.05


def test_a_seed_draws_the_same_grains():
    one, other, another = (sand.face(50, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one, other) and not np.array_equal(one, another)
