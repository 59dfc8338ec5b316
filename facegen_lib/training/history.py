"""What happened in each step, kept as plain columns."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np

from facegen_lib.errors import FacegenError
from facegen_lib.training import checkpoints

TIMES = ("seconds", "processor_seconds")
STEPS_PER_ROW = "steps_per_row"


@dataclasses.dataclass(frozen=True)
class Panel:
    """A drawing of one or two columns: `columns` is label → column, `limits` the fixed lowest and highest value."""

    title: str
    columns: dict[str, str]
    limits: tuple[float, float] | None = None


LOSSES = Panel("losses", {"discriminator": "discriminator_loss", "generator": "generator_loss"})
CRITIC_LOSSES = Panel("losses", {"critic": "discriminator_loss", "generator": "generator_loss"})
PANELS = (
    LOSSES,
    CRITIC_LOSSES,
    Panel("how real, says D", {"D(x)": "real_score", "D(G(z))": "fake_score"}, (0.0, 1.0)),
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
        steps_per_row: more than 1 for a history that was thinned out.
    """

    def __init__(self, columns: Sequence[str], rows: np.ndarray | None = None, steps_per_row: int = 1):
        self.columns = tuple(columns)
        self.steps_per_row = steps_per_row
        self.rows = np.zeros((0, len(self.columns)), "float32") if rows is None else rows
        self.length = len(self.rows)
        self.totals = {name: float(self[name].sum(dtype="float64")) for name in TIMES if name in self.columns}

    def append(self, row: np.ndarray) -> None:
        """Adds one step; the array doubles when it is full."""
        if self.length == len(self.rows):
            more = np.zeros((max(1024, len(self.rows)), len(self.columns)), "float32")
            self.rows = np.concatenate([self.rows, more])
        self.rows[self.length] = row
        self.length += 1
        for name in self.totals:
            self.totals[name] += float(self[name][-1])

    def __len__(self) -> int:
        return self.length

    @property
    def steps(self) -> np.ndarray:
        """The step that each row ends with, int (rows,)."""
        return np.arange(1, self.length + 1) * self.steps_per_row

    @property
    def spent(self) -> tuple[int, float, float]:
        """Steps, and the seconds and processor seconds that they took: kept while rows are added, not added up anew."""
        per_row = self.steps_per_row
        return per_row * self.length, *(per_row * self.totals[name] for name in TIMES)

    @property
    def panels(self) -> list[Panel]:
        """What is drawn of this run, from top to bottom: the panels whose columns it has."""
        unfit = LOSSES if "real_value" in self.columns else CRITIC_LOSSES
        return [panel for panel in PANELS if panel != unfit and set(panel.columns.values()) <= set(self.columns)]

    def __getitem__(self, column: str) -> np.ndarray:
        return self.rows[: self.length, self.columns.index(column)]

    def thinned(self, rows: int) -> History:
        """The same curves in at most `rows` rows, each the mean of equally many steps; the last few are dropped."""
        together = -(-self.length // rows)
        kept = self.length // together * together
        means = self.rows[:kept].reshape(-1, together, len(self.columns)).mean(axis=1)
        return History(self.columns, means, self.steps_per_row * together)

    def save(self, path: pathlib.Path, small: bool = False) -> None:
        """Writes a .npz with one array per column; `small`: in float16, enough to draw curves from, where it fits."""
        fits = {column: small and np.abs(self[column]).max(initial=0) < 60_000 for column in self.columns}
        columns = {column: self[column].astype("float16" if fits[column] else "float32") for column in self.columns}
        stored = {STEPS_PER_ROW: self.steps_per_row, **columns}
        checkpoints.write_whole(path, lambda file: np.savez_compressed(file, **stored))

    @classmethod
    def load(cls, path: pathlib.Path, steps: int | None = None) -> History:
        """Reads a .npz back, at most its first `steps` steps.

        Raises:
            FacegenError: the file is missing, damaged or shorter than that.
        """
        try:
            with np.load(path) as stored:
                columns = [name for name in stored.files if name != STEPS_PER_ROW]
                rows = np.stack([stored[column] for column in columns], axis=1)
                steps_per_row = int(stored[STEPS_PER_ROW]) if STEPS_PER_ROW in stored.files else 1
        except FileNotFoundError:
            raise FacegenError(f"{path} is missing. Put it back, or name another folder.") from None
        except Exception as error:  # zip and numpy raise half a dozen kinds on a damaged file
            raise FacegenError(f"{path} is damaged ({error}). Put a copy back, or name another folder.") from None
        if steps is not None and len(rows) < steps:
            raise FacegenError(
                f"{path} holds {len(rows):,} steps, fewer than the {steps:,} of the newest checkpoint. "
                "Put the history of this run back, or name another folder."
            )
        return cls(columns, rows[:steps].astype("float32"), steps_per_row)
