"""Are portraits painted quickly enough, and are they faces? Run by `make bench`."""

import time

from facegen_lib.data import portraits, shapes
from facegen_lib.evaluation import face_rate


def test_painting_portraits(benchmark):
    benchmark.pedantic(portraits.make, args=(64,), rounds=5, warmup_rounds=1)


def test_drawing_boxes(benchmark):
    benchmark.pedantic(shapes.make, args=(64,), rounds=5, warmup_rounds=1)


def test_twenty_thousand_portraits_take_two_minutes_of_processor_time():
    """A minute on two cores: measured by the processor's clock, so that a busy machine does not count."""
    start, clock = time.process_time(), time.perf_counter()
    portraits.make(20_000)
    spent = time.process_time() - start
    print(
        f"20,000 portraits at 64×64: {spent:.0f} s of processor time, {time.perf_counter() - clock:.0f} s on this clock"
    )
    assert spent < 120


def test_the_detector_finds_a_face_in_nine_of_ten_of_500_portraits():
    rate = face_rate(portraits.make(500, seed=0).images)
    print(f"face rate of 500 portraits: {rate:.3f}")
    assert rate >= 0.9
