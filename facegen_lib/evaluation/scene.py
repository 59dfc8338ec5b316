"""What a measurement looks at: real images, other real images, generated ones, and through whose eyes."""

from __future__ import annotations

import functools

import numpy as np

from facegen_lib.data import ImageSet
from facegen_lib.evaluation import intervals
from facegen_lib.evaluation.features import Extractor, features_of, remembered_features
from facegen_lib.evaluation.report import Measurement


class Scene:
    """One comparison: real images, other real images for the floor, generated images, and who looks at them.

    Args:
        reference: real images.
        floor: other real images, uint8 (N, H, W, C).
        fake: generated images, uint8 (N, H, W, C).
        extractor: whose features are compared.
        seed: of resamples and everything else drawn.
        resamples: of the images, for intervals.
    """

    def __init__(
        self,
        reference: ImageSet,
        floor: np.ndarray,
        fake: np.ndarray,
        extractor: Extractor,
        seed: int,
        resamples: int = 100,
    ):
        self.reference, self.floor, self.fake = reference, floor, fake
        self.extractor, self.seed = extractor, seed
        self.size = len(fake)
        rng = np.random.default_rng(seed)
        self.drawn_real = intervals.resample(self.size, resamples, rng)
        self.drawn_fake = intervals.resample(self.size, resamples, rng)

    @functools.cached_property
    def real_features(self) -> np.ndarray:
        return remembered_features(self.reference.images, self.extractor)

    @functools.cached_property
    def floor_features(self) -> np.ndarray:
        return remembered_features(self.floor, self.extractor)

    @functools.cached_property
    def fake_features(self) -> np.ndarray:
        return features_of(self.fake, self.extractor)

    def measurement(self, name, value, interval, floor, better, extractor="", note="", count=0) -> Measurement:
        return Measurement(
            name,
            float(value),
            *interval,
            count or self.size,
            extractor or self.extractor.name,
            float(floor),
            better,
            note,
        )
