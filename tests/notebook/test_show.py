import types

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from facegen_lib.errors import FacegenError
from facegen_lib.models.generator import draw_latents
from facegen_lib.notebook import show
from facegen_lib.training.history import History


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    yield
    plt.close("all")


def picture(axes):
    """The one image that axes show."""
    (image,) = axes.get_images()
    return np.asarray(image.get_array())


def test_images_are_shown_unchanged_in_rows(discs):
    figure = show.images(discs[:6], columns=4, title="six discs")
    sheet = picture(figure.axes[0])
    assert sheet.shape == (2 * 8 + 2, 4 * 8 + 3 * 2, 3)
    for number in range(6):
        row, column = divmod(number, 4)
        np.testing.assert_array_equal(sheet[row * 10 : row * 10 + 8, column * 10 : column * 10 + 8], discs[number])
    assert figure.axes[0].get_title(loc="left") == "six discs"


def test_names_stand_in_the_middle_of_their_rows_and_columns(discs):
    (axes,) = show.images(discs[:6], columns=2, rows=("one", "two", "three"), heads=("left", "right"), title="six").axes
    assert list(axes.get_yticks()) == [3.5, 13.5, 23.5] and list(axes.get_xticks()) == [3.5, 13.5]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["left", "right"]


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 8, 8, 3), "float32"), np.zeros((8, 8, 3), "uint8"), np.zeros((0, 8, 8, 3), "uint8")]
)
def test_what_is_no_sheet_of_images_is_refused_and_not_drawn_as_rubbish(wrong):
    with pytest.raises(FacegenError, match="to_uint8"):
        show.images(wrong)


def test_an_image_set_can_be_shown_whole(discs):
    assert picture(show.images(discs).axes[0]).shape[0] == 8 * 8 + 7 * 2


def test_grey_images_keep_black_and_white():
    grey = np.array([[[[100], [140]], [[100], [100]]]], dtype="uint8")
    (image,) = show.images(grey).axes[0].get_images()
    assert image.get_clim() == (0, 255)


def test_samples_are_the_first_of_the_seed_and_say_so(run):
    figure = show.samples(run, count=8, seed=3)
    np.testing.assert_array_equal(picture(figure.axes[0])[:, :8], run.sample(8, seed=3)[0])
    assert figure.axes[0].get_title(loc="left") == "dcgan-discs: the first 8 samples of seed 3, unselected"


def test_a_running_mean_averages_so_many_steps():
    np.testing.assert_allclose(show.smooth(np.array([0.0, 2.0, 4.0, 12.0]), 3), [2.0, 6.0])
    np.testing.assert_allclose(show.smooth(np.array([1.0, 3.0]), 50), [2.0])


def test_curves_end_at_the_last_step_with_the_mean_of_the_last_fiftieth():
    history = History(("loss",), np.arange(200, dtype="float32")[:, None])
    axes = plt.figure().subplots()
    show.curves(history, ["loss"], ["the loss"], ["red"], axes)
    mean = next(line for line in axes.get_lines() if line.get_label() == "the loss")
    steps, values = mean.get_data()
    assert steps[-1] == 200 and values[-1] == np.mean([196, 197, 198, 199])


@pytest.mark.parametrize("steps", [1, 2, 49, 5000])
def test_histories_of_any_length_can_be_drawn(steps):
    columns = ("discriminator_loss", "generator_loss", "real_score", "fake_score")
    show.losses(History(columns, np.ones((steps, len(columns)), "float32"))).canvas.draw()


def test_losses_come_from_a_run_or_from_its_history(run):
    drawn = []
    for source in (run, run.history):
        left, right = show.losses(source).axes
        drawn.append([line.get_ydata() for axes in (left, right) for line in axes.get_lines()])
        assert right.get_ylim() == (0, 1)
    for one, other in zip(*drawn, strict=True):
        np.testing.assert_array_equal(one, other)


def test_evolution_shows_the_same_vectors_from_the_first_step_to_the_last(run):
    figure = show.evolution(run, count=5, rows=4)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[0] == "step 0" and labels[-1] == "12" and len(labels) <= 4
    last = np.asarray(Image.open(max((run.folder / "samples").glob("*.png"))))
    np.testing.assert_array_equal(picture(figure.axes[0])[-8:], last[:8, :48])


def test_evolution_stretches_no_contrast_and_takes_sheets_whose_names_hold_no_step(tmp_path):
    (tmp_path / "samples").mkdir()
    for step, grey in ((0, 120), (10, 150)):
        sheet = np.full((78, 78), grey, "uint8")
        Image.fromarray(sheet).save(tmp_path / "samples" / f"step-{step:08d}.png")
    Image.fromarray(sheet).save(tmp_path / "samples" / "step-best.png")
    (axes,) = show.evolution(tmp_path).axes
    assert picture(axes)[0, 0] == 120 and axes.get_images()[0].get_clim() == (0, 255)


def test_evolution_of_a_run_without_grids_says_when_they_appear(tmp_path):
    with pytest.raises(FacegenError, match="no sample grids"):
        show.evolution(tmp_path)


def test_a_walk_keeps_to_the_sphere():
    start, end = draw_latents(2, 128)
    path = show.walk(start, end, 9)
    assert path.shape == (9, 128) and path.dtype == np.float32
    np.testing.assert_allclose(path[[0, -1]], [start, end], atol=1e-5)
    lengths = np.linalg.norm(path, axis=1)
    assert lengths.min() > 0.95 * min(lengths[0], lengths[-1])
    unit = path / lengths[:, None]
    angles = np.arccos(np.sum(unit[:-1] * unit[1:], axis=1))
    np.testing.assert_allclose(angles, angles.mean(), rtol=0.05)


def test_a_walk_to_the_same_place_stays_there():
    z = draw_latents(1, 16)[0]
    np.testing.assert_allclose(show.walk(z, z, 3), [z] * 3, atol=1e-5)


def test_source_is_the_librarys_own():
    assert show.source(show.smooth).data.startswith("def smooth(")


def test_pairs_stand_one_above_the_other(discs):
    figure = show.pairs(discs[:3], discs[3:6], ("photograph", "reconstruction"))
    sheet = picture(figure.axes[0])
    np.testing.assert_array_equal(sheet[:8, :8], discs[0])
    np.testing.assert_array_equal(sheet[10:, 20:], discs[5])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["photograph", "reconstruction"]


def test_importing_the_room_sets_the_look_of_figures():
    assert mpl.rcParams["figure.facecolor"] == mpl.rcParams["savefig.facecolor"] == show.style.CARD


def test_whatever_samples_can_be_shown():
    source = types.SimpleNamespace(name="noise", sample=lambda count, seed: np.full((count, 4, 4, 1), seed, "uint8"))
    np.testing.assert_array_equal(picture(show.samples(source, count=2, seed=9).axes[0])[:, :4], np.full((4, 4), 9))
