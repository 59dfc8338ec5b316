"""A run that can be watched, and stopped, in a notebook. When it ends, a still picture takes the dashboard's place.

The kernel is busy while it trains. The Stop button works all the same, because JupyterLab (4.4 and later) and Notebook
(7.4 and later) hand the messages of widgets to a thread of their own in the kernel, a subshell (ipykernel 7 and later).
A front-end that does not do so delivers a click when the run is over; ■ in its toolbar stops the run everywhere.
"""

from __future__ import annotations

import html
import io
import pathlib
import time

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure

from facegen_lib.notebook import show, style
from facegen_lib.training import Callback, Run, checkpoints
from facegen_lib.training.callbacks import how_it_ended

POINTS = 160  # of a curve in the dashboard, each the mean of a stretch of steps


class Dashboard(Callback):
    """Progress, time left, losses, scores, samples, warnings and a Stop button, redrawn while a run trains.

    The curves are drawn by the browser and the samples are those that the run saves anyway, so that watching costs the
    kernel a millisecond or two a second.

    Args:
        every: seconds between two redraws.
    """

    def __init__(self, every: float = 1.0):
        self.every = every
        self.warnings: list[str] = []
        self.bar = widgets.FloatProgress(max=1.0, layout={"width": "26em"})
        self.button = widgets.Button(
            description="Stop",
            icon="stop",
            tooltip="ends the run after the present step and saves it, as ■ in the toolbar does",
        )
        # ipykernel 7.4 hands a click to the thread that drew the button, which is training; 7.0 to 7.3 never did.
        self.button.comm._reply_subshell_for = lambda _data, subshell: subshell
        self.status, self.curves, self.words = (widgets.HTML() for _ in range(3))
        self.samples = widgets.Image(format="png", layout={"width": "340px", "height": "max-content"})
        self.panel = widgets.VBox(
            [
                widgets.HBox([self.bar, self.button]),
                self.status,
                widgets.HBox(
                    [self.curves, self.samples], layout={"flex_flow": "row wrap", "align_items": "flex-start"}
                ),
                self.words,
            ]
        )

    def on_start(self, run: Run) -> None:
        self.button.on_click(lambda _button: self.stop(run))
        self.began: tuple[float, float] | None = None
        self.newest: list[pathlib.Path] = []
        self.redraw(run)
        note = f"{run.name}: in JupyterLab a dashboard stands here while it trains."
        self.screen = display(self.panel._repr_mimebundle_() | {"text/plain": note}, raw=True, display_id=True)

    def on_step(self, run: Run) -> None:
        now = time.monotonic()
        if self.began is None:  # the first step builds the graph; what follows is the pace
            self.began = now, run.progress
        if now - self.drawn >= self.every:
            self.redraw(run)

    def on_end(self, run: Run) -> None:
        ending = how_it_ended(run)
        if run.steps:
            self.screen.update({"image/png": summary(run), "text/plain": ending}, raw=True)
        self.samples.value = b""  # what runs notebooks without a browser stores the last values of all widgets
        self.curves.value = ""
        close(self.panel)
        print("\n".join([*self.warnings, ending]))

    def warn(self, sentence: str) -> None:
        """Shows a sentence under the curves, and once more when the run has ended."""
        self.warnings.append(sentence)
        self.words.value = "<br>".join(f"⚠ {html.escape(warning)}" for warning in self.warnings)

    def stop(self, run: Run) -> None:
        """What the button does."""
        run.stop()
        self.button.description, self.button.disabled = "stopping…", True

    def redraw(self, run: Run) -> None:
        """Everything as it is after the present step."""
        self.drawn = time.monotonic()
        self.bar.value = run.progress
        self.status.value = self.pace(run)
        if run.steps:
            self.curves.value = charts(run)
        newest = checkpoints.all_in(run.folder / "samples", ".png")[-1:]
        if newest != self.newest:
            self.newest, self.samples.value = newest, newest[0].read_bytes()

    def pace(self, run: Run) -> str:
        """Steps done, milliseconds per step, time left."""
        if not run.steps:
            return f"{run.name}: building the graph of the first step …"
        said = [f"step {run.steps:,}", f"{1000 * run.history['seconds'][-100:].mean():.0f} ms/step"]
        if self.began and run.progress > self.began[1]:
            moment, progress = self.began
            left = (1 - run.progress) * (time.monotonic() - moment) / (run.progress - progress)
            said.append(f"{duration(left)} left")
        return f"{run.name}: {' · '.join(said)}"


def close(widget: widgets.Widget) -> None:
    """Takes a widget and all that is in it away, in the browser and here."""
    for part in getattr(widget, "children", ()):
        close(part)
    widget.close()


def duration(seconds: float) -> str:
    """Seconds as people say them: 40 s, 3 min 20 s, 1 h 05 min."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def summary(run: Run) -> bytes:
    """The curves and the fixed samples at the end of a run: one PNG."""
    figure, panels = Figure(figsize=(7.5, 3.9)), run.history.panels
    axes = figure.subplot_mosaic([[panel.title, "samples"] for panel in panels], width_ratios=[1, 1.1])
    for panel in panels:
        show.draw_panel(run.history, panel, axes[panel.title])
    for panel in panels[:-1]:
        axes[panel.title].set_xlabel("")
    axes["samples"].imshow(run.sample_grid().squeeze(), vmin=0, vmax=255, interpolation="antialiased")
    axes["samples"].set_title(f"unselected samples after {run.steps:,} steps")
    axes["samples"].set_axis_off()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def charts(run: Run) -> str:
    """The panels of the run, one above the other, as drawings for the browser (SVG)."""
    return "".join(
        chart(panel.title, {label: run.history[column] for label, column in panel.columns.items()}, panel.limits)
        for panel in run.history.panels
    )


def chart(title: str, curves: dict[str, np.ndarray], limits: tuple[float, float] | None = None) -> str:
    """One SVG of one or two curves over the steps, in the colours of what is real and of what is fake.

    Args:
        title: stands above.
        curves: label → float (steps,).
        limits: lowest and highest value drawn; without them 96 % of the points decide.
    """
    thinned = {label: thin(values) for label, values in curves.items()}
    low, high = limits or np.quantile(np.concatenate(list(thinned.values())), [0.02, 0.98])
    lines, labels = "", html.escape(title)
    for (label, values), colour in zip(thinned.items(), (style.REAL, style.FAKE), strict=False):
        across = np.linspace(38, 334, len(values))
        down = 112 - 88 * np.clip((values - low) / max(high - low, 1e-9), 0, 1)
        points = " ".join(f"{x:.0f},{y:.1f}" for x, y in zip(across, down, strict=True))
        lines += f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        labels += f'<tspan dx="12" fill="{colour}">{html.escape(label)}</tspan>'
    steps = len(next(iter(curves.values())))
    return (
        f'<svg width="340" height="134" style="display:block;background:{style.CARD};font:12px sans-serif">'
        f'<text x="38" y="15" fill="{style.INK}">{labels}</text>'
        f'<path d="M38,24V112H334" fill="none" stroke="{style.FAINT}"/>{lines}'
        f'<g fill="{style.INK}" text-anchor="end"><text x="34" y="30">{high:.3g}</text>'
        f'<text x="34" y="112">{low:.3g}</text><text x="334" y="127">step {steps:,}</text></g></svg>'
    )


def thin(values: np.ndarray, most: int = POINTS) -> np.ndarray:
    """Means over at most `most` stretches of equal length: float (steps,) → float (at most `most`,)."""
    edges = np.linspace(0, len(values), min(most, len(values)) + 1).astype(int)
    return np.add.reduceat(values, edges[:-1]) / np.diff(edges)
