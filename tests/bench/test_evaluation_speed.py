"""Is measuring quick enough to be done often? Run by `make bench`, each pair side by side on the same machine."""

import time

import numpy as np
import scipy.linalg
import threadpoolctl

from facegen_lib.evaluation import frechet_distance


def processor_seconds(work) -> float:
    """On one thread and by the processor's clock, so that a busy machine slows both sides of a pair alike."""
    with threadpoolctl.threadpool_limits(1):
        start = time.process_time()
        work()
        return time.process_time() - start


def test_frechet_at_inceptions_dimension_is_three_times_as_quick_as_through_sqrtm():
    rng = np.random.default_rng(0)
    mean, (cov_a, cov_b) = np.zeros(2048), (np.cov(rng.normal(size=(2048, 4096))) for _ in range(2))

    answers = {}

    def directly():
        answers["ours"] = frechet_distance(mean, cov_a, mean, cov_b)

    def through_sqrtm():
        cross = np.trace(scipy.linalg.sqrtm(cov_a @ cov_b)).real
        answers["theirs"] = np.trace(cov_a) + np.trace(cov_b) - 2 * cross

    theirs = processor_seconds(through_sqrtm)
    ours = processor_seconds(directly)
    print(f"frechet at 2,048 dimensions: {ours:.2f} s, through sqrtm {theirs:.2f} s")
    assert theirs > 3 * ours
    np.testing.assert_allclose(answers["ours"], answers["theirs"], rtol=1e-6)
