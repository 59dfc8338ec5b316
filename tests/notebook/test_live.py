import os
import types
import xml.etree.ElementTree as ElementTree

import nbclient
import nbformat
import numpy as np
import pytest
from PIL import Image

from facegen_lib.errors import FacegenError
from facegen_lib.notebook import dashboard, live
from facegen_lib.notebook.dashboard import Dashboard
from facegen_lib.shipped import HOME
from facegen_lib.training import Callback
from facegen_lib.training.callbacks import Advisor, TerminalProgress

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def screen(monkeypatch):
    """Where a dashboard is shown: `shown` gets what it displays first, `updated` what takes its place."""

    class Screen:
        def __init__(self):
            self.shown, self.updated = [], []

        def update(self, output, raw):
            self.updated.append(output)

    screen = Screen()

    def display(output, **_options):
        screen.shown.append(output)
        return screen

    monkeypatch.setattr(dashboard, "display", display)
    return screen


@pytest.fixture
def notebook(monkeypatch, screen):
    """`fg.train` finds itself in a notebook; the dashboards it makes are listed."""
    made = []

    class Remembered(Dashboard):
        def __init__(self):
            super().__init__(every=0.0)
            made.append(self)

    monkeypatch.setattr(live, "get_ipython", lambda: types.SimpleNamespace(kernel="a kernel"))
    monkeypatch.setattr(live, "Dashboard", Remembered)
    return made


class At(Callback):
    """Does something after one step."""

    def __init__(self, step, act):
        self.step, self.act = step, act

    def on_step(self, run):
        if run.steps == self.step:
            self.act(run)


def test_a_terminal_gets_a_bar_and_a_notebook_a_dashboard_that_the_advisor_writes_on(monkeypatch):
    bar, advisor = live.watchers()
    assert isinstance(bar, TerminalProgress) and isinstance(advisor, Advisor)
    monkeypatch.setattr(live, "get_ipython", lambda: types.SimpleNamespace(kernel="a kernel"))
    board, advisor = live.watchers()
    assert isinstance(board, Dashboard) and advisor.say == board.warn


def test_a_terminal_of_ipython_is_no_notebook(monkeypatch):
    monkeypatch.setattr(live, "get_ipython", lambda: object())
    assert isinstance(live.watchers()[0], TerminalProgress)


def test_when_a_run_ends_a_picture_takes_the_dashboards_place(notebook, screen, small_recipe, discs, tmp_path, capsys):
    run = live.train(small_recipe, discs, steps=6, folder=tmp_path)
    (first,) = screen.shown
    assert WIDGET in first and "dashboard" in first["text/plain"]
    (last,) = screen.updated
    assert set(last) == {"image/png", "text/plain"} and last["image/png"].startswith(b"\x89PNG")
    assert capsys.readouterr().out == f"{last['text/plain']}\n"
    assert "6 steps done" in last["text/plain"]
    assert run.steps == 6
    assert all(part.comm is None for part in (notebook[0].panel, notebook[0].button, notebook[0].samples))


def test_the_stop_button_ends_the_run_after_the_present_step_and_the_same_call_goes_on(
    notebook, screen, small_recipe, discs, tmp_path, capsys
):
    press = At(3, lambda run: notebook[0].button.click())
    stopped = live.train(small_recipe, discs, steps=6, folder=tmp_path, callbacks=[press])
    assert stopped.steps == 3 and stopped.stopped == "stopped"
    assert "stopped after step 3, 50% of the budget" in capsys.readouterr().out
    finished = live.train(small_recipe, discs, steps=6, folder=tmp_path)
    assert finished.steps == 6
    assert len(screen.updated) == 2


def test_a_run_that_had_finished_before_shows_its_picture_at_once(notebook, screen, run):
    again = live.train(run.recipe, run.faces, steps=12, folder=run.folder, sample_every=2)
    assert again.steps == 12
    assert screen.updated[0]["image/png"].startswith(b"\x89PNG")


def test_a_run_that_fails_leaves_its_picture_and_its_error(notebook, screen, small_recipe, discs, tmp_path, capsys):
    def spoil(run):
        run.model.discriminator.trainable_variables[0].assign(run.model.discriminator.trainable_variables[0] * np.nan)

    with pytest.raises(FacegenError, match="Step 3"):
        live.train(small_recipe, discs, steps=6, folder=tmp_path, callbacks=[At(2, spoil)])
    assert len(screen.updated) == 1
    assert "ended after step 2" in capsys.readouterr().out


def test_the_dashboard_says_how_far_how_fast_and_how_long(notebook, screen, small_recipe, discs, tmp_path):
    seen = []

    def look(run):
        board = notebook[0]
        newest = max((run.folder / "samples").glob("step-0*.png"))
        seen.append((board.bar.value, board.status.value, board.samples.value == newest.read_bytes()))

    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "step-best.png").write_bytes(b"kept aside")
    live.train(small_recipe, discs, steps=8, folder=tmp_path, sample_every=2, callbacks=[At(5, look)])
    ((share, status, newest_samples),) = seen
    assert share == 5 / 8 and newest_samples
    assert status.startswith("dcgan-discs: step 5 · ") and " ms/step · " in status and status.endswith(" s left")


def test_time_left_is_what_the_pace_since_the_first_step_promises(screen, run, monkeypatch):
    clock = iter([100.0, 100.0, 140.0])
    monkeypatch.setattr(dashboard.time, "monotonic", lambda: next(clock))
    board = Dashboard()
    history = {"seconds": np.array([0.02])}
    watched = types.SimpleNamespace(name="a-run", steps=1, progress=0.1, folder=run.folder, history=history)
    monkeypatch.setattr(dashboard, "charts", lambda run: "")
    board.on_start(watched)
    board.on_step(watched)
    watched.steps, watched.progress = 3, 0.3
    assert board.pace(watched) == "a-run: step 3 · 20 ms/step · 2 min 20 s left"


def test_a_dashboard_redraws_at_most_once_in_its_interval(screen, run, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(dashboard.time, "monotonic", lambda: now[0])
    board = Dashboard(every=1.0)
    drawn = []
    monkeypatch.setattr(board, "pace", lambda run: drawn.append(now[0]) or "")
    board.on_start(run)
    for now[0] in np.arange(0.1, 3.05, 0.1):
        board.on_step(run)
    assert np.allclose(drawn, [0.0, 1.0, 2.0, 3.0])


def test_warnings_are_shown_while_it_trains_and_printed_when_it_ends(screen, run, capsys):
    board = Dashboard()
    board.on_start(run)
    board.warn("D < G")
    board.warn("nothing moves")
    assert board.words.value == "⚠ D &lt; G<br>⚠ nothing moves"
    board.on_end(run)
    assert capsys.readouterr().out.splitlines()[:2] == ["D < G", "nothing moves"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (3900, "1 h 05 min")]
)
def test_durations_as_people_say_them(seconds, said):
    assert dashboard.duration(seconds) == said


def test_thinned_curves_are_means_and_lose_no_step():
    values = np.arange(1000.0)
    thinned = dashboard.thin(values, most=10)
    np.testing.assert_allclose(thinned, values.reshape(10, 100).mean(axis=1))
    np.testing.assert_array_equal(dashboard.thin(values[:7], most=10), values[:7])
    assert len(dashboard.thin(np.ones(1001), most=160)) == 160


def points(svg):
    """Every polyline of a drawing as an array (points, 2) of pixels."""
    lines = ElementTree.fromstring(svg).iter("polyline")
    return [np.array([pair.split(",") for pair in line.get("points").split()], "float64") for line in lines]


def test_a_chart_draws_values_where_they_belong_and_cuts_what_is_outside():
    upper, lower = points(
        dashboard.chart("scores", {"D(x)": np.array([0.0, 0.5, 1.0]), "f": np.array([-9.0, 9, 0])}, (0, 1))
    )
    np.testing.assert_allclose(upper, [[38, 112], [186, 68], [334, 24]])
    np.testing.assert_allclose(lower[:, 1], [112, 24, 112])


def test_one_step_and_a_constant_loss_can_be_drawn():
    for values in (np.array([0.7]), np.full(500, 0.7)):
        assert all(np.isfinite(line).all() for line in points(dashboard.chart("losses", {"a": values, "b": values})))


def test_names_of_curves_cannot_break_the_drawing():
    svg = ElementTree.fromstring(dashboard.chart("D & G", {"a < b": np.ones(3), "b > a": np.ones(3)}))
    assert "".join(svg.find("text").itertext()) == "D & Ga < bb > a"


def test_the_closing_picture_fits_a_notebook_cell(run, tmp_path):
    file = tmp_path / "summary.png"
    file.write_bytes(dashboard.summary(run))
    width, height = Image.open(file).size
    assert 700 < width < 900 and 300 < height < 500


SMALLEST = """
import numpy as np
import facegen_lib as fg
from facegen_lib.networks import convolutional
noise = fg.ImageSet("noise", np.random.default_rng(0).integers(0, 256, (32, 8, 8, 1), dtype="uint8"))
smallest = {"generator": convolutional.generator(noise.image_shape, latent_dim=4, width=2),
            "discriminator": convolutional.discriminator(noise.image_shape, width=2),
            "objective": fg.objectives.NonSaturating(), "batch_size": 8}
run = fg.train(fg.recipe("dcgan", noise, "laptop", **smallest), noise, steps=3)
"""


def test_without_a_browser_a_notebook_keeps_one_picture_and_one_sentence(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SMALLEST)])
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(
        cwd=str(tmp_path), env=environment | {"PYTHONPATH": str(HOME)}
    )
    picture, sentence = notebook.cells[0].outputs
    assert picture.output_type == "display_data" and set(picture.data) == {"image/png", "text/plain"}
    assert sentence.name == "stdout" and "3 steps done" in sentence.text
