"""`fg.explore`: a generator's latent space with knobs. Pull a face, walk between two, add and subtract.

A face is named by its number: face 3 is `people.sample(64, seed)[3]`, the fourth that `fg.show.samples(people)` shows.
"""

from __future__ import annotations

import keras
import matplotlib.pyplot as plt
import numpy as np

from facegen_lib.models.generator import TrainedGenerator, draw_latents
from facegen_lib.notebook import show
from facegen_lib.notebook.knobs import turn
from facegen_lib.training import Run
from facegen_lib.training.samples import grid

FACES = 64  # that the knobs choose from
FARTHEST = 3.0  # standard deviations of the latent prior that a face may be pulled


def explore(people: TrainedGenerator | Run, directions: int = 5, seed: int = 0) -> None:
    """Show three figures with knobs, which stay as they are where nothing can be turned.

    Args:
        people: a trained generator, or a run: its averaged generator.
        directions: how many of the strongest latent directions get a slider.
        seed: of the 64 faces that the knobs choose from.
    """
    people = people.trained if isinstance(people, Run) else people
    latents = draw_latents(FACES, people.latent_dim, seed)
    strongest = strongest_directions(people.generator)[:directions]
    sliders = {f"direction_{number}": (-FARTHEST, FARTHEST, 0.0) for number in range(1, len(strongest) + 1)}

    def pull(face: int, **amounts: float) -> None:
        draw_pull(people, latents[face], strongest, np.array(list(amounts.values())))

    def walk(start: int, end: int, way: float) -> None:
        draw_walk(people, latents[start], latents[end], way)

    def add(this: int, minus: int, plus: int) -> None:
        draw_sum(people, latents[this], latents[minus], latents[plus])

    turn(pull, face=(0, FACES - 1, 0), **sliders)
    turn(walk, start=(0, FACES - 1, 0), end=(0, FACES - 1, 1), way=(0.0, 1.0, 0.5))
    turn(add, this=(0, FACES - 1, 0), minus=(0, FACES - 1, 1), plus=(0, FACES - 1, 2))


def strongest_directions(generator: keras.Model) -> np.ndarray:
    """Unit directions n of the latent space, strongest first: float32 (directions, latent_dim).

    Strong is what moves the output of the first layer A far: the n that maximise ‖An‖ are the singular vectors of A
    (SeFa, Shen and Zhou, 2021). For a normal prior they are also what a principal component analysis of that
    layer's output finds (GANSpace, Härkönen et al., 2020). A transposed convolution of one pixel, with a kernel
    (H, W, outputs, latent_dim), is such a layer too.
    """
    first = next(layer for layer in generator.layers if layer.weights)
    kernel = np.asarray(first.kernel, dtype="float32")
    if isinstance(first, keras.layers.Conv2DTranspose):
        kernel = np.moveaxis(kernel, -1, 0).reshape(kernel.shape[-1], -1)
    left, _, _ = np.linalg.svd(kernel, full_matrices=False)
    return left.T


def on_the_sphere(z: np.ndarray) -> np.ndarray:
    """A latent vector, float32 (latent_dim,), brought to length √latent_dim, near which the prior puts all of them."""
    return z * np.float32(np.sqrt(len(z)) / max(np.linalg.norm(z), 1e-9))


def draw_pull(people: TrainedGenerator, z: np.ndarray, directions: np.ndarray, amounts: np.ndarray) -> None:
    """The pulled face, and beside it what each slider would make of it from one end to the other."""
    places = np.linspace(-FARTHEST, FARTHEST, 7)
    settings = np.repeat(amounts[None], len(places) * len(directions), axis=0)
    for row in range(len(directions)):
        settings[row * len(places) : (row + 1) * len(places), row] = places
    pictures = people.decode(z + np.concatenate([amounts[None], settings]) @ directions)
    pulled = grid(pictures[1:], columns=len(places))
    picture, sheet = two_panels(pictures[0], pulled, height=0.78 * len(directions))
    picture.set_title("the face, pulled")
    sheet.set_title("what each direction does from here")
    sheet.set_yticks(show.middles(pulled.shape[0], len(directions)), [f"{row + 1}" for row in range(len(directions))])
    signed = [f"{place:+.0f}".replace("-", "−") if place else "0" for place in places]
    sheet.set_xticks(show.middles(pulled.shape[1], len(places)), signed)
    sheet.set_xlabel("standard deviations")


def draw_walk(people: TrainedGenerator, start: np.ndarray, end: np.ndarray, way: float) -> None:
    """The face at `way` (0 to 1) between two others, and the whole walk along the sphere in eight faces."""
    path = show.walk(start, end, 101)
    chosen = np.linspace(0, 100, 8).round().astype(int)
    pictures = people.decode(path[[round(100 * way), *chosen]])
    picture, sheet = two_panels(pictures[0], grid(pictures[1:]), height=1.5)
    picture.set_title(f"{way:.0%} of the way")
    sheet.set_title("from start to end")


def draw_sum(people: TrainedGenerator, this: np.ndarray, minus: np.ndarray, plus: np.ndarray) -> None:
    """Three faces and the one that their latent vectors add up to (Radford et al., 2016, section 6.3.2).

    The paper takes the mean of three vectors for each term, because a single one carries more than what is meant.
    """
    total = on_the_sphere(this - minus + plus)
    pictures = people.decode(np.stack([this, minus, plus, total]))
    _, panels = plt.subplots(1, 4, figsize=(7.5, 2.0))
    for axes, image, title in zip(panels, pictures, ["this", "minus", "plus", "this − minus + plus"], strict=True):
        frame(axes, image)
        axes.set_title(title, loc="center")


def two_panels(face: np.ndarray, sheet: np.ndarray, height: float) -> tuple[plt.Axes, plt.Axes]:
    """One large face on the left, a sheet of faces on the right, uint8 both; `height` in inches."""
    _, (left, right) = plt.subplots(1, 2, figsize=(7.5, height + 0.4), width_ratios=[1, 3.2])
    frame(left, face)
    frame(right, sheet)
    return left, right


def frame(axes: plt.Axes, picture: np.ndarray) -> None:
    """A picture, uint8 (H, W, 1 or 3), without axes around it."""
    axes.imshow(picture.squeeze(), vmin=0, vmax=255, interpolation="antialiased")
    axes.set(xticks=[], yticks=[])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
