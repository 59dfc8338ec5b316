"""Who lies near whom: precision and recall, density and coverage, and nearest neighbours.

The real images span a region, a ball around each that reaches to its k-th real neighbour; the generated ones span
another. Distances are computed a block of rows at a time: 5,000 against 5,000 need 40 MB, not a matrix of everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.distances import _same_dimension

BLOCK = 1000
SPARE = 8  # candidates for the nearest beyond those asked for


class Neighbourhoods(NamedTuple):
    """What each image contributes to the four numbers.

    Attributes:
        inside_real: bool (N fake,): the generated image lies in the ball of some real image. Mean: precision.
        inside_fake: bool (N real,): the real image lies in the ball of some generated one. Mean: recall.
        balls: float (N fake,): how many real balls hold the generated image, over k. Mean: density.
        visits: float (N real,): how many generated images the ball of the real image holds, over k. That is density,
            told by the real images.
    """

    inside_real: np.ndarray
    inside_fake: np.ndarray
    balls: np.ndarray
    visits: np.ndarray

    @property
    def visited(self) -> np.ndarray:
        """bool (N real,): the ball of the real image holds some generated image. Mean: coverage."""
        return self.visits > 0


def precision_recall(real: np.ndarray, fake: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Improved precision and recall (Kynkäänniemi et al., 2019, eq. 2).

    Precision: the share of generated images within the region of the real ones (are they good?). Recall: the share of
    real images within the region of the generated ones (are they varied?). Both in [0, 1]; real against real does not
    quite reach 1.

    Args:
        real, fake: features (N, d) and (M, d).
        k: the ball around a point reaches to its k-th neighbour in its own set; 1 ≤ k < min(N, M).

    Raises:
        FacegenError: features of different dimension, or k too large for a set.
    """
    found = neighbourhoods(real, fake, k)
    return float(found.inside_real.mean()), float(found.inside_fake.mean())


def density_coverage(real: np.ndarray, fake: np.ndarray, k: int = 5) -> tuple[float, float]:
    """Density and coverage (Naeem et al., 2020, eq. 3 and 4).

    Density: how many real balls hold a generated image, on average, over k; it may exceed 1 where samples crowd.
    Coverage: the share of real balls that hold a generated image, in [0, 1]. Only real balls count, so one odd sample
    cannot cover everything.

    Args and errors as in `precision_recall`.
    """
    found = neighbourhoods(real, fake, k)
    return float(found.balls.mean()), float(found.visited.mean())


def neighbourhoods(real: np.ndarray, fake: np.ndarray, k: int) -> Neighbourhoods:
    """The contribution of each image to precision, recall, density and coverage, in one pass over all pairs.

    A ball holds what lies at its radius, as in eq. 1 of Kynkäänniemi et al.; in the code that Naeem et al. published it
    does not. The two differ where images repeat each other: a picture with k copies has a ball of radius 0, which holds
    every other copy here, and nothing at all there.
    """
    real, fake = _same_dimension(real, fake)
    if not 1 <= k < min(len(real), len(fake)):
        raise FacegenError(
            f"k = {k} needs more than {k} images in each set; got {len(real)} real, {len(fake)} generated."
        )
    centre = real.mean(axis=0)  # distances do not change, rounding errors do
    real, fake = real - centre, fake - centre
    hair = 1e-9 * np.einsum("ij,ij->", real, real) / len(real)  # more than rounding takes from a squared distance
    real_radii, fake_radii = _radii(real, k) + hair, _radii(fake, k) + hair
    inside_real, balls = np.zeros(len(fake), bool), np.zeros(len(fake))
    inside_fake, visits = np.zeros(len(real), bool), np.zeros(len(real))
    for rows, squares in _blocks_of_squared_distances(fake, real):
        in_real_ball = squares < real_radii
        balls[rows] = in_real_ball.sum(axis=1) / k
        inside_real[rows] = in_real_ball.any(axis=1)
        visits += in_real_ball.sum(axis=0) / k
        inside_fake |= (squares < fake_radii[rows, None]).any(axis=0)
    return Neighbourhoods(inside_real, inside_fake, balls, visits)


def nearest(queries: np.ndarray, references: np.ndarray, k: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The k references nearest to each query.

    Args:
        queries, references: features or flattened pixels, (N, d) and (M, d), k ≤ M; whole numbers become float32.
            They are searched in the precision they come in, which tells near duplicates apart badly. So the distances
            of the k + 8 that seem nearest are computed anew, and a copy among them is at distance 0 exactly.

    Returns:
        Positions in `references` and Euclidean distances, both (N, k), nearest first.
    """
    queries, references = (x.astype("float32") if x.dtype.kind in "iu" else x for x in (queries, references))
    positions = np.empty((len(queries), k), dtype="int64")
    distances = np.empty((len(queries), k))
    candidates_each = min(k + SPARE, len(references))
    for rows, squares in _blocks_of_squared_distances(queries, references):
        found = np.argpartition(squares, candidates_each - 1, axis=1)[:, :candidates_each]
        for row, candidates in zip(range(rows.start, rows.stop), found, strict=True):
            exact = np.linalg.norm(references[candidates] - queries[row], axis=1)
            order = np.argsort(exact)[:k]
            positions[row], distances[row] = candidates[order], exact[order]
    return positions, distances


def _radii(points: np.ndarray, k: int) -> np.ndarray:
    """Squared distance from each point to its k-th neighbour, itself left out."""
    radii = np.empty(len(points))
    for rows, squares in _blocks_of_squared_distances(points, points):
        squares[np.arange(len(squares)), np.arange(len(points))[rows]] = np.inf
        radii[rows] = np.partition(squares, k - 1, axis=1)[:, k - 1]
    return radii


def _blocks_of_squared_distances(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """‖x − y‖² = ‖x‖² + ‖y‖² − 2 xᵀy for BLOCK rows of a at a time, never below zero."""
    squares_of_b = np.einsum("ij,ij->i", b, b)
    for start in range(0, len(a), BLOCK):
        rows = slice(start, min(start + BLOCK, len(a)))
        block = a[rows]
        squares = block @ b.T
        squares *= -2
        squares += np.einsum("ij,ij->i", block, block)[:, None]
        squares += squares_of_b
        yield rows, np.maximum(squares, 0, out=squares)
