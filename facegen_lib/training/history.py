"""What happened in each step, kept as plain columns."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np

from facegen_lib.training import checkpoints

TIMES = ("seconds", "processor_seconds")


@dataclasses.dataclass(frozen=True)
class Panel:
    """A drawing of one or two columns: `columns` is label → column, `limits` the fixed lowest and highest value."""

    title: str
    columns: dict[str, str]
    limits: tuple[float, float] | None = None


PANELS = (
    Panel("losses", {"discriminator": "discriminator_loss", "generator": "generator_loss"}),
    Panel("probability of being real, says D", {"D(x)": "real_score", "D(G(z))": "fake_score"}, (0.0, 1.0)),
    Panel("what the critic says", {"f(x)": "real_value", "f(G(z))": "fake_value"}),
    Panel("squared error per number", {"reconstruction": "squared_error"}),
    Panel("nats per image", {"KL": "kl"}),
)


class History:
    """One float32 row per step: the model's metrics, wall-clock seconds and processor seconds.

    `history["generator_loss"]` is the column, float32 (steps,).

    Args:
        columns: what a row holds.
        rows: float32 (steps, columns) to go on from.
    """

    def __init__(self, columns: Sequence[str], rows: np.ndarray | None = None):
        self.columns = tuple(columns)
        self.rows = np.zeros((0, len(self.columns)), "float32") if rows is None else rows
        self.length = len(self.rows)

    def append(self, row: np.ndarray) -> None:
        """Adds one step; the array doubles when it is full."""
        if self.length == len(self.rows):
            more = np.zeros((max(1024, len(self.rows)), len(self.columns)), "float32")
            self.rows = np.concatenate([self.rows, more])
        self.rows[self.length] = row
        self.length += 1

    def __len__(self) -> int:
        return self.length

    @property
    def panels(self) -> list[Panel]:
        """What is drawn of this run, from top to bottom: the panels whose columns it has."""
        return [panel for panel in PANELS if set(panel.columns.values()) <= set(self.columns)]

    def __getitem__(self, column: str) -> np.ndarray:
        return self.rows[: self.length, self.columns.index(column)]

    def save(self, path: pathlib.Path, dtype: str = "float32") -> None:
        """Writes a .npz with one array per column; float16 is enough to draw curves from."""
        columns = {column: self[column].astype(dtype) for column in self.columns}
        checkpoints.write_whole(path, lambda file: np.savez_compressed(file, **columns))

    @classmethod
    def load(cls, path: pathlib.Path, steps: int | None = None) -> History:
        """Reads a .npz back, at most its first `steps` steps."""
        with np.load(path) as stored:
            columns = stored.files
            rows = np.stack([stored[column] for column in columns], axis=1)
        return cls(columns, rows[:steps].astype("float32"))
