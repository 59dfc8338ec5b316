"""Is measuring quick enough to be done often? Run by `make bench`, each pair side by side on the same machine."""

import os
import subprocess
import sys
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


WHOLE_REPORT = """
import resource, time
import numpy as np
from facegen_lib.data import ImageSet
from facegen_lib.evaluation.evaluate import evaluate
from facegen_lib.evaluation.features import extractor

rng = np.random.default_rng(0)
coarse = rng.integers(0, 256, (20_000, 8, 8, 3), dtype="uint8")
pictures = coarse.repeat(8, axis=1).repeat(8, axis=2)
real = ImageSet("real", pictures[:5000], {"class": rng.integers(10, size=5000)})
extractor("shipped")
wall, processor = time.perf_counter(), time.process_time()
more = {"others": pictures[10_000:15_000], "training": pictures[15_000:]}
report = evaluate(pictures[5000:10_000], real, face_images=0, **more)
assert {measurement.count for measurement in report.measurements} == {5000, 500}
wall, processor = time.perf_counter() - wall, time.process_time() - processor
print(wall, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)
"""


def test_a_report_on_five_thousand_images_takes_a_minute_of_two_cores_and_two_gigabytes(tmp_path):
    environment = os.environ | {"FACEGEN_CACHE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WHOLE_REPORT], env=environment, capture_output=True, text=True, check=True
    )
    wall, processor, gigabytes = map(float, done.stdout.split())
    print(f"5,000 against 5,000 at 64×64: {wall:.0f} s, {processor:.0f} processor seconds, {gigabytes:.2f} GB")
    assert processor < 120  # on two cores that are free, a minute
    assert gigabytes < 2
