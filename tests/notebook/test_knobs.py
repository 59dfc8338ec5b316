import asyncio
import os
import threading

import ipywidgets as widgets
import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import PIL.Image
import pytest
from matplotlib_inline import backend_inline

from facegen_lib.errors import FacegenError
from facegen_lib.notebook import knobs, style

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("values", "kind", "start"),
    [
        ((0.0, 4.0), widgets.FloatSlider, 2.0),
        ((0.0, 4.0, 1.5), widgets.FloatSlider, 1.5),
        ((1, 9), widgets.IntSlider, 5),
        ((0, 200, 100, 50), widgets.IntSlider, 100),
        (["relu", "tanh"], widgets.Dropdown, "relu"),
        (True, widgets.Checkbox, True),
    ],
)
def test_the_values_choose_the_control(values, kind, start):
    control = knobs.knob("learning_rate", values)
    assert isinstance(control, kind) and control.value == start
    assert control.description == "learning rate"


@pytest.mark.parametrize("values", [(1,), (4.0, 0.0), [], "fast", (0, 1, 2, 3, 4)])
def test_values_that_make_no_control_are_named(values):
    with pytest.raises(FacegenError, match="'gap'"):
        knobs.knob("gap", values)


def test_a_drawing_that_draws_nothing_is_told_so():
    with pytest.raises(FacegenError, match="made no figure"):
        knobs.picture(lambda: None, {})


def test_a_figure_that_failed_does_not_stay_open():
    def draw():
        plt.figure()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        knobs.picture(draw, {})
    assert not plt.get_fignums()


@pytest.fixture
def cell(monkeypatch):
    """A notebook cell: `shown` gets every output, `updated` whatever replaces one, `controls` every knob."""

    class Screen:
        def __init__(self):
            self.shown, self.updated, self.controls = [], [], []

        def update(self, output):
            self.updated.append(output.data)

    screen = Screen()

    def display(output, **_options):
        screen.shown.append(output)
        return screen

    monkeypatch.setattr(knobs, "display", display)
    monkeypatch.setattr(knobs, "get_ipython", lambda: "a notebook")
    make_knob = knobs.knob

    def remember(name, values):
        screen.controls.append(make_knob(name, values))
        return screen.controls[-1]

    monkeypatch.setattr(knobs, "knob", remember)
    return screen


def draw(height, label="a line"):
    plt.figure(figsize=(2, 1))
    plt.plot([0, height])
    plt.title(label)


def test_a_still_figure_stands_beside_the_knobs(cell):
    knobs.turn(draw, height=(0.0, 4.0))
    panel, still = cell.shown
    assert "application/vnd.jupyter.widget-view+json" in panel
    assert "height" in panel["text/plain"]
    assert still.data.startswith(PNG)
    assert not plt.get_fignums()


def test_a_turned_knob_replaces_the_figure_and_turned_back_restores_it(cell):
    knobs.turn(draw, height=(0.0, 4.0, 1.0), label=["a line", "another"])
    height, label = cell.controls
    height.value = 3.0
    label.value = "another"
    label.value = "a line"
    height.value = 1.0
    still = cell.shown[1].data
    first, second, third, fourth = cell.updated
    assert len({still, first, second}) == 3
    assert third == first and fourth == still


def test_an_error_takes_the_place_of_the_figure_until_the_knob_is_turned_again(cell):
    def fragile(height):
        if height > 3:
            raise ValueError("too high")
        draw(height)

    knobs.turn(fragile, height=(0.0, 4.0, 1.0))
    cell.controls[0].value = 4.0
    cell.controls[0].value = 2.0
    message, figure = cell.updated
    assert message == "ValueError: too high"
    assert figure.startswith(PNG)


def test_a_knob_turned_on_another_thread_draws_once_on_the_first_and_only_when_it_is_free(cell):
    threads = []

    def draw_and_tell(height):
        threads.append(threading.current_thread())
        draw(height)

    async def notebook():
        knobs.turn(draw_and_tell, height=(0.0, 4.0, 1.0))

        def turn_thrice():
            for height in (2.0, 3.0, 4.0):
                cell.controls[0].value = height

        hand = threading.Thread(target=turn_thrice)
        hand.start()
        hand.join()  # a cell that runs meanwhile
        assert len(cell.updated) == 0
        await asyncio.sleep(0.01)

    asyncio.run(notebook())
    assert threads == [threading.main_thread()] * 2
    assert len(cell.updated) == 1


def test_a_slow_figure_waits_until_the_slider_is_let_go(cell, monkeypatch):
    monkeypatch.setattr(knobs, "SLOW_SECONDS", 0.0)
    knobs.turn(draw, height=(0.0, 4.0))
    assert cell.controls[0].continuous_update is False


def test_a_script_draws_once_and_shows_no_widget(monkeypatch):
    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(plt.get_fignums()))
    knobs.turn(draw, height=(0.0, 4.0))
    assert len(shown) == 1 and shown[0]
    plt.close("all")


def test_a_film_shows_every_frame_and_keeps_small_specks_of_colour(tmp_path):
    def specks(step):
        plt.figure(figsize=(2, 1))
        plt.plot([0, 1, step], [0, 1, 0], ".", color=style.REAL, markersize=6)
        plt.plot([0.5], [0.5], ".", color=style.FAKE, markersize=6)

    knobs.film(
        specks, [{"step": step} for step in (2, 3, 4)], tmp_path / "films" / "specks.gif", width=220, seconds=0.1
    )
    film = PIL.Image.open(tmp_path / "films" / "specks.gif")
    assert (film.n_frames, film.width, film.info["duration"]) == (3, 220, 100)
    for frame in range(3):
        film.seek(frame)
        red, _, blue = np.moveaxis(np.asarray(film.convert("RGB")).astype(int), -1, 0)
        assert (blue - red > 100).any() and (red - blue > 100).any()


def test_a_message_that_comes_while_a_figure_is_drawn_does_not_close_it():
    backend = plt.get_backend()
    plt.switch_backend("module://matplotlib_inline.backend_inline")
    plt.ion()

    def interrupted():
        plt.plot([0, 1])
        backend_inline.flush_figures()  # what the notebook does after each message

    try:
        assert knobs.picture(interrupted, {}).data
    finally:
        plt.ioff()
        plt.switch_backend(backend)


def test_a_notebook_whose_first_figure_is_turned_shows_the_next_one_too():
    turned = (
        "import matplotlib.pyplot as plt\nfrom facegen_lib.notebook import knobs\n"
        "knobs.turn(lambda height: plt.plot([0, height]), height=(0, 3))"
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (turned, "plt.plot([1, 0]);")]
    )
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(env=environment)
    shown = [[kind for output in cell.outputs for kind in output.get("data", {})] for cell in notebook.cells]
    assert all("image/png" in kinds for kinds in shown)
