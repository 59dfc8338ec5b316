"""Earth mover's distance between small sets: the cheapest plan, and the critic which proves that none is cheaper.

Both are linear programs, each the other's dual (Kantorovich and Rubinstein, 1958; Villani, *Optimal Transport*, 2009,
theorem 5.10 and remark 6.5), and both are solved exactly. Hundreds of points are a matter of seconds, not thousands.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array, eye_array, kron, vstack
from scipy.spatial.distance import cdist

from facegen_lib.errors import FacegenError


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Euclidean distance of every point of one set from every point of another.

    Args:
        a, b: (N, …) and (M, …), any real dtype; whatever follows the first axis is one point. For images as float in
            [-1, 1] the unit is that of a pixel.

    Returns:
        float64 (N, M).

    Raises:
        FacegenError: the points have different dimensions.
    """
    a, b = (np.asarray(side, "float64").reshape(len(side), -1) for side in (a, b))
    if a.shape[1] != b.shape[1]:
        raise FacegenError(f"Points of {a.shape[1]} and of {b.shape[1]} numbers have no distance from each other.")
    return cdist(a, b)


def cheapest_plan(cost: np.ndarray, supply: np.ndarray | None = None, demand: np.ndarray | None = None) -> np.ndarray:
    """How much to carry from where to where, so that Σ plan · cost is smallest.

    Args:
        cost: of one unit from place n to place m, (N, M).
        supply: what lies at each place, non-negative, (N,); by default 1/N each.
        demand: what each place needs, (M,), of the same total; by default 1/M each.

    Returns:
        float64 (N, M) with the supply as its row sums and the demand as its column sums.

    Raises:
        FacegenError: a shape does not fit, a number is negative, or supply and demand have different totals.
    """
    cost = np.asarray(cost, "float64")
    count, places = cost.shape
    if supply is None and demand is None and count == places:
        plan = np.zeros_like(cost)
        plan[linear_sum_assignment(cost)] = 1 / count
        return plan
    supply = np.full(count, 1 / count) if supply is None else np.asarray(supply, "float64")
    demand = np.full(places, 1 / places) if demand is None else np.asarray(demand, "float64")
    if supply.shape != (count,) or demand.shape != (places,):
        raise FacegenError(
            f"A cost of shape {cost.shape} wants a supply of {count} numbers and a demand of {places}; "
            f"got {supply.shape} and {demand.shape}."
        )
    if min(supply.min(), demand.min()) < 0 or not np.isclose(supply.sum(), demand.sum()):
        raise FacegenError(
            f"Supply and demand must be of one total; got {supply.sum():.6g} and {demand.sum():.6g}. Divide each by "
            "its sum to compare shapes. Both must be non-negative; the least number is "
            f"{min(supply.min(), demand.min()):.6g}."
        )
    rows, columns = kron(eye_array(count), np.ones((1, places))), kron(np.ones((1, count)), eye_array(places))
    solved = linprog(
        cost.ravel(),
        A_eq=vstack([rows, columns]),
        b_eq=np.concatenate([supply, demand * supply.sum() / demand.sum()]),
        method="highs",
    )
    return solved.x.reshape(cost.shape)


def earth_movers_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Wasserstein-1 distance between two sets of equally heavy points (Arjovsky et al., 2017, eq. 1).

    Two samples of one distribution are not at distance 0: compare with the distance between two real sets of the same
    size.

    Args:
        a, b: (N, …) and (M, …), as for `distances`.

    Returns:
        the mean distance travelled, in the units of the points.
    """
    cost = distances(a, b)
    return float((cheapest_plan(cost) * cost).sum())


def best_critic(distance: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Values at P points, no two further apart than their points are, with the largest Σ mass · value.

    With real mass counted positive and generated mass negative, that largest sum is the Wasserstein-1 distance
    (Arjovsky et al., 2017, eq. 2).

    Args:
        distance: between the points, (P, P).
        mass: at each point, (P,), positive and negative, of total 0.

    Returns:
        float64 (P,); the first value is 0, for only differences count.

    Raises:
        FacegenError: the masses do not add up to 0, so that the sum has no largest value.
    """
    mass = np.asarray(mass, "float64")
    if not np.isclose(mass.sum(), 0, atol=1e-9):
        raise FacegenError(f"The masses add up to {mass.sum():.3g}, not to 0: as much must be real as is generated.")
    here, there = np.nonzero(~np.eye(len(mass), dtype=bool))
    pairs = np.arange(len(here))
    ones = np.ones(len(here))
    slopes = coo_array((np.concatenate([ones, -ones]), (np.tile(pairs, 2), np.concatenate([here, there]))))
    solved = linprog(
        -mass,
        A_ub=slopes,
        b_ub=np.asarray(distance, "float64")[here, there],
        bounds=[(0, 0), *[(None, None)] * (len(mass) - 1)],
        method="highs",
    )
    return solved.x


def between(points: np.ndarray, values: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest function of slope at most 1 through given values (McShane, 1934; Whitney, 1934).

        lowest(x) = maxₚ (f(p) − ‖x − p‖),   highest(x) = minₚ (f(p) + ‖x − p‖)

    Args:
        points: (P, d).
        values: (P,), of slope at most 1 already.
        x: where to evaluate, (N, d).

    Returns:
        two float64 (N,).
    """
    away = distances(x, points)
    return (values - away).max(axis=1), (values + away).min(axis=1)
