"""How long a run may go on: so many steps, so many minutes, or so much work of the processor."""

from __future__ import annotations

import dataclasses

from facegen_lib.errors import FacegenError


@dataclasses.dataclass(frozen=True)
class Budget:
    """Exactly one of three limits, counted from the very first step of the run, interruptions left out.

    Args:
        steps: generator updates.
        minutes: of wall-clock time spent in steps.
        core_minutes: of processor time spent in steps: two cores fully used for a minute are two. On a machine that is
            busy with other things as well, this is the fair measure of a run.

    Raises:
        FacegenError: none or several are given, or the one given is not above zero.
    """

    steps: int | None = None
    minutes: float | None = None
    core_minutes: float | None = None

    def __post_init__(self):
        given = self.limits
        if len(given) != 1 or not next(iter(given.values())) > 0:
            raise FacegenError(
                f"A run needs one limit above zero: steps, minutes or core_minutes; got {given or 'none of them'}."
            )

    @property
    def limits(self) -> dict[str, float]:
        """The limit by its name, e.g. `{"steps": 2000}`."""
        return {name: limit for name, limit in dataclasses.asdict(self).items() if limit is not None}

    def __str__(self) -> str:
        return ", ".join(f"{limit:,} {name.replace('_', ' ')}" for name, limit in self.limits.items())

    def progress(self, steps: int, seconds: float, processor_seconds: float) -> float:
        """The share of the budget that is used up: 0 at the start, 1 or more at the end."""
        if self.steps is not None:
            return steps / self.steps
        if self.minutes is not None:
            return seconds / (60 * self.minutes)
        return processor_seconds / (60 * self.core_minutes)
