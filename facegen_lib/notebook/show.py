"""Pictures of data, runs and samples: `fg.show.samples(run)`, `fg.show.losses(run)`, …

Each function draws one figure with matplotlib and returns it; a notebook shows it once.
"""

from __future__ import annotations

import inspect
import pathlib
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Code

from facegen_lib.errors import FacegenError
from facegen_lib.notebook import style
from facegen_lib.training import checkpoints
from facegen_lib.training import samples as sheets
from facegen_lib.training.history import History, Panel

PAGE = 825  # pixels across a notebook cell
TITLE = 0.3  # inches that a line above a sheet takes
INDENT, LETTER = 0.25, 0.085  # inches beside a sheet with names of rows, and for each letter of the longest


def images(
    pictures: np.ndarray,
    columns: int = 8,
    title: str = "",
    zoom: int | None = None,
    rows: Sequence[str] = (),
    heads: Sequence[str] = (),
) -> plt.Figure:
    """A sheet of images in rows, pixel for pixel: small images are magnified two or three times, never blurred.

    Args:
        pictures: uint8 (N, H, W, 1 or 3), or an image set.
        columns: images in a row.
        title: one line above the sheet.
        zoom: screen pixels per pixel; by default 1, 2 or 3, as fits the page.
        rows: what each row shows, at its left; names fewer than rows stand for several of them each.
        heads: what each column shows, above it.

    Raises:
        FacegenError: the pictures are no such array, or there are none.
    """
    pictures = np.asarray(pictures[:])
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or not len(pictures):
        raise FacegenError(
            f"A sheet shows uint8 images (N, height, width, 1 or 3), one or more, got {pictures.dtype} "
            f"{pictures.shape}. `facegen_lib.data.to_uint8` turns floats in [-1, 1] into such images."
        )
    sheet = sheets.grid(pictures, columns)
    margin = INDENT + LETTER * max(map(len, rows)) if rows else 0
    zoom = zoom or min(3, max(1, int(PAGE - margin * plt.rcParams["figure.dpi"]) // sheet.shape[1]))
    height, width = (side * zoom / plt.rcParams["figure.dpi"] for side in sheet.shape[:2])
    above = TITLE * (bool(title) + max((head.count("\n") + 1 for head in heads), default=0))
    figure = plt.figure(figsize=(margin + width, height + above), layout="none")
    axes = figure.add_axes((margin / (margin + width), 0, width / (margin + width), height / (height + above)))
    axes.imshow(sheet.squeeze(), cmap="gray", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.xaxis.tick_top()
    axes.set_yticks(middles(sheet.shape[0], len(rows)), rows)
    axes.set_xticks(middles(sheet.shape[1], len(heads)), heads)
    if title:
        axes.set_title(title)
    return figure


def middles(side: int, parts: int) -> np.ndarray:
    """Where the middles of equal parts of a sheet lie, parted by white gaps: float (parts,), in pixels."""
    return (np.arange(parts) + 0.5) * (side + sheets.GAP) / max(parts, 1) - (sheets.GAP + 1) / 2


def samples(source, count: int = 64, seed: int = 0, title: str | None = None, **layout) -> plt.Figure:
    """The first `count` samples of a seed, unselected, from a run or a trained generator."""
    if title is None:
        title = f"{source.name}: the first {count} samples of seed {seed}, unselected"
    return images(source.sample(count, seed=seed), title=title, **layout)


def smooth(values: np.ndarray, window: int) -> np.ndarray:
    """Running mean over `window` steps, float (steps - window + 1,)."""
    window = max(1, min(window, len(values)))
    return np.convolve(values, np.ones(window) / window, mode="valid")


def curves(history, columns: Sequence[str], labels: Sequence[str], colours: Sequence[str], axes: plt.Axes) -> None:
    """Columns of a history over steps: the running mean of a fiftieth of the run, the single steps faint behind it."""
    steps = history.steps
    for column, label, colour in zip(columns, labels, colours, strict=True):
        values = history[column]
        mean = smooth(values, max(1, len(values) // 50))
        thin = slice(None, None, max(1, len(values) // 2000))
        axes.plot(steps[thin], values[thin], color=colour, alpha=0.15, linewidth=0.8)
        axes.plot(steps[-len(mean) :], mean, color=colour, label=label)
    axes.set_xlabel("step")
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend()


def losses(run) -> plt.Figure:
    """What was minimised over the steps of a run, and what D thinks of images or how large the KL is.

    `run` is anything with a `history`: a run, or a history that ships.
    """
    history = getattr(run, "history", run)
    figure, axes = plt.subplots(1, len(history.panels), figsize=(7.5, 3.0), squeeze=False)
    for each, panel in zip(axes.flat, history.panels, strict=True):
        draw_panel(history, panel, each)
    return figure


def draw_panel(history: History, panel: Panel, axes: plt.Axes) -> None:
    """One panel of a history, in the colours of what is real and of what is fake."""
    colours = (style.REAL, style.FAKE)[: len(panel.columns)]
    curves(history, tuple(panel.columns.values()), tuple(panel.columns), colours, axes)
    axes.set_title(panel.title)
    if panel.limits:
        axes.set_ylim(*panel.limits)
        axes.axhline(sum(panel.limits) / 2, color=style.FAINT, linewidth=1, linestyle=":")
        axes.legend(
            loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0, handlelength=1
        )  # above: it is full


def evolution(run, count: int = 8, rows: int = 6) -> plt.Figure:
    """The same few latent vectors at `rows` moments of a run, oldest at the top, from its folder's sample grids.

    Raises:
        FacegenError: the run has saved no sample grid.
    """
    folder = pathlib.Path(getattr(run, "folder", run)) / "samples"
    paths = checkpoints.all_in(folder, "")
    if not paths:
        raise FacegenError(f"There are no sample grids in {folder}. They appear while a run trains.")
    moments = np.geomspace(1, len(paths), rows) if len(paths) > rows else np.arange(1, len(paths) + 1)
    chosen = [paths[index] for index in np.unique(moments.round().astype(int) - 1)]
    strips = [sheets.read(path) for path in chosen]
    side = (strips[0].shape[1] + sheets.GAP) // 8 - sheets.GAP  # a grid has eight square images in a row
    pictures = np.concatenate([sheets.first_row(strip, side)[:count] for strip in strips])
    names = [f"{checkpoints.step_of(path):,}" for path in chosen]
    names[0] = f"step {names[0]}"
    return images(pictures.reshape(len(pictures), side, side, -1), columns=count, rows=names)


def walk(start: np.ndarray, end: np.ndarray, count: int = 8) -> np.ndarray:
    """Latent vectors on the way from one to another, along the sphere: float32 (count, latent_dim).

    Gaussian vectors in many dimensions lie near a sphere of radius √latent_dim; a straight line would leave it
    (White, 2016, section 2.1).
    """
    cosine = np.clip(start @ end / (np.linalg.norm(start) * np.linalg.norm(end)), -1, 1)
    angle = np.arccos(cosine)
    if np.sin(angle) < 1e-6:
        return np.linspace(start, end, count, dtype="float32")
    share = np.linspace(0, 1, count)[:, None]
    path = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)
    return path.astype("float32")


def source(thing) -> Code:
    """The library's own source of a class or function, with highlighting."""
    return Code(inspect.getsource(thing), language="python")


def pairs(pictures: np.ndarray, others: np.ndarray, labels: tuple[str, str]) -> plt.Figure:
    """Two rows of images, one above the other, e.g. reconstructions under originals."""
    return images(np.concatenate([pictures, others]), columns=len(pictures), rows=labels)
