"""Sliders beside a figure that redraws, a still figure where nothing can be turned, and a film of what a slider shows.

The figure is an ordinary image output which the sliders replace. GitHub, paper and a notebook without a kernel
therefore keep the still picture; only the sliders are missing there.
"""

import asyncio
import io
import pathlib
import time
from collections.abc import Callable, Iterable

import ipywidgets as widgets
import matplotlib.pyplot as plt
import PIL.Image
from IPython.core.getipython import get_ipython
from IPython.display import Image, Pretty, display

from facegen_lib.errors import FacegenError
from facegen_lib.notebook import style  # noqa: F401  (sets the look of the figures)

SLOW_SECONDS = 0.5  # a figure that takes longer redraws when the slider is let go, not while it moves


def knob(name: str, values) -> widgets.Widget:
    """One control for one argument.

    Args:
        name: the argument's name; underscores are shown as spaces.
        values: `(low, high)`, `(low, high, start)` or `(low, high, start, step)` for a slider, which starts in the
            middle if not told otherwise and is whole-numbered if `low`, `high` and `start` are; a list for a menu that
            starts with its first entry; `True` or `False` for a tick box.

    Raises:
        FacegenError: `values` is none of these.
    """
    label = {"description": name.replace("_", " "), "style": {"description_width": "initial"}}
    if isinstance(values, bool):
        return widgets.Checkbox(value=values, indent=False, **label)
    if isinstance(values, list) and values:
        return widgets.Dropdown(options=values, **label)
    if isinstance(values, tuple) and 2 <= len(values) <= 4 and values[0] < values[1]:
        low, high, *rest = values
        whole = all(isinstance(value, int) for value in values)
        start = rest[0] if rest else (low + high) // 2 if whole else (low + high) / 2
        step = rest[1] if len(rest) == 2 else 1 if whole else (high - low) / 100
        slider = widgets.IntSlider if whole else widgets.FloatSlider
        return slider(value=start, min=low, max=high, step=step, layout=widgets.Layout(width="22em"), **label)
    raise FacegenError(
        f"The knob {name!r} cannot be made from {values!r}. Give (low, high), (low, high, start) or "
        "(low, high, start, step) for a slider, a list for a menu, True or False for a tick box."
    )


def picture(draw: Callable[..., object], values: dict[str, object]) -> Image:
    """Call `draw(**values)`, which makes one pyplot figure, and return that figure as a PNG; the figure is closed.

    Interactive mode is off while it draws: otherwise the notebook, when it handles another knob's message on a second
    thread, would show and close the half-drawn figure. The backend is loaded first, because loading it turns
    interactive mode on: inside `ioff` that would be undone at the end, and no later cell would show its figures.
    """
    plt.switch_backend(plt.get_backend())
    plt.close("all")
    buffer = io.BytesIO()
    try:
        with plt.ioff():
            draw(**values)
        if not plt.get_fignums():
            raise FacegenError(
                f"{draw.__name__} made no figure. It should draw with matplotlib.pyplot and leave it open."
            )
        plt.gcf().savefig(buffer, format="png")
    finally:
        plt.close("all")  # one that failed would be shown under the next cell
    return Image(data=buffer.getvalue(), format="png")


def main_thread() -> Callable[[Callable[[], None]], object]:
    """A function that runs another one on this thread, as soon as no cell is running.

    JupyterLab hands what a knob says to a thread of its own, even while a cell runs; pyplot, with its one current
    figure, is not made for two.
    """
    try:
        return asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:  # no notebook: nothing else can be running
        return lambda function: function()


def film(
    draw: Callable[..., object],
    frames: Iterable[dict],
    path: str | pathlib.Path,
    width: int = 480,
    seconds: float = 0.24,
) -> None:
    """Save an endless GIF of the figures that `draw` makes from `frames`.

    Args:
        draw: as for `turn`.
        frames: the keyword arguments of each picture in turn.
        path: the file to write; its folder is made.
        width: of the film in pixels.
        seconds: how long each picture stands.
    """
    pictures = []
    for frame in frames:
        shot = PIL.Image.open(io.BytesIO(picture(draw, frame).data)).convert("RGB")
        shot = shot.resize((width, width * shot.height // shot.width))
        pictures.append(shot.quantize(96, PIL.Image.Quantize.FASTOCTREE))  # others drop small specks of colour
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=round(1000 * seconds), loop=0)


def turn(draw: Callable[..., object], **knobs) -> None:
    """Show the figure that `draw` makes, with one knob for each of its arguments.

        def bell(width):
            plt.plot(grid, np.exp(-((grid / width) ** 2) / 2))

        fg.turn(bell, width=(0.1, 3.0))

    Args:
        draw: makes one pyplot figure from keyword arguments alone. What it draws should depend on nothing else that
            changes, so that a knob turned back shows what it showed before.
        knobs: for each argument of `draw`, what `knob` accepts.

    Raises:
        FacegenError: a knob cannot be made, or `draw` made no figure.
    """
    controls = {name: knob(name, values) for name, values in knobs.items()}
    if get_ipython() is None:  # run as a script
        draw(**{name: control.value for name, control in controls.items()})
        plt.show()
        return

    later = main_thread()
    began = time.perf_counter()
    still = picture(draw, {name: control.value for name, control in controls.items()})
    live = time.perf_counter() - began < SLOW_SECONDS
    panel = widgets.HBox(list(controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
    note = "Run this cell in JupyterLab and turn: " + ", ".join(knobs) + "."
    bundle = panel._repr_mimebundle_() | {"text/plain": note}
    display(bundle, raw=True)
    screen = display(still, display_id=True)

    waiting = False

    def ask(_change) -> None:
        nonlocal waiting
        if not waiting:
            waiting = True
            later(redraw)

    def redraw() -> None:
        nonlocal waiting
        waiting = False
        try:
            screen.update(picture(draw, {name: control.value for name, control in controls.items()}))
        except Exception as error:  # a widget has no cell to fail in, so the message takes the figure's place
            screen.update(Pretty(f"{type(error).__name__}: {error}"))

    for control in controls.values():
        if hasattr(control, "continuous_update"):
            control.continuous_update = live
        control.observe(ask, "value")
