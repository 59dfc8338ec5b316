"""What happened in each step, kept as plain columns."""

from __future__ import annotations

import pathlib

import numpy as np

from facegen_lib.models.gan import METRICS
from facegen_lib.training import checkpoints

COLUMNS = (*METRICS, "seconds", "processor_seconds")


class History:
    """One float32 row per step: the metrics of `models.gan`, wall-clock seconds and processor seconds.

    `history["generator_loss"]` is the column, float32 (steps,).
    """

    def __init__(self, rows: np.ndarray | None = None):
        self.rows = np.zeros((0, len(COLUMNS)), "float32") if rows is None else rows
        self.length = len(self.rows)

    def append(self, row: np.ndarray) -> None:
        """Adds one step; the array doubles when it is full."""
        if self.length == len(self.rows):
            more = np.zeros((max(1024, len(self.rows)), len(COLUMNS)), "float32")
            self.rows = np.concatenate([self.rows, more])
        self.rows[self.length] = row
        self.length += 1

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, column: str) -> np.ndarray:
        return self.rows[: self.length, COLUMNS.index(column)]

    def save(self, path: pathlib.Path, dtype: str = "float32") -> None:
        """Writes a .npz with one array per column; float16 is enough to draw curves from."""
        columns = {column: self[column].astype(dtype) for column in COLUMNS}
        checkpoints.write_whole(path, lambda file: np.savez_compressed(file, **columns))

    @classmethod
    def load(cls, path: pathlib.Path, steps: int | None = None) -> History:
        """Reads a .npz back, at most its first `steps` steps."""
        with np.load(path) as stored:
            rows = np.stack([stored[column] for column in COLUMNS], axis=1)
        return cls(rows[:steps].astype("float32"))
