"""Nine faces; click the ones that you like; breed. The fitness function is the reader.

The operators are those of `models.genetic` on the latent vectors of a generator: the faces that you like stay, and
mutated children of theirs take the places of the others (Sims, *Artificial Evolution for Computer Graphics*, 1991, had
people choose among pictures in this way).
"""

from __future__ import annotations

import base64
import dataclasses
import itertools
from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np
import tensorflow as tf
from IPython.core.getipython import get_ipython
from IPython.display import Image, display
from PIL import Image as Picture
from PIL import ImageDraw

from facegen_lib.data.images import png
from facegen_lib.errors import FacegenError
from facegen_lib.models import genetic
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.notebook import style

FACES = 9
COLUMNS = 3
FACE_PIXELS = 116  # of a face on the page
THUMBNAIL, GAP, CLIMB = 64, 14, 40  # pixels of a face in the tree, between faces, between generations
NUMBERS = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Generation:
    """Nine faces and where they come from.

    Attributes:
        latents: float32 (9, latent_dim).
        faces: uint8 (9, H, W, C).
        parents: int (9, 2), places of mother and father in the generation before; a face that stayed is its own
            parents. The first generation has none: (0, 2).
        liked: places of those who became parents; empty for the present generation.
    """

    latents: np.ndarray
    faces: np.ndarray
    parents: np.ndarray
    liked: tuple[int, ...] = ()


class Family:
    """Generations of faces from one generator, the oldest first.

    Args:
        generator: makes the faces.
        seed: of the first nine and of everything that is left to chance later.

    Attributes:
        generations: a list of `Generation`; the last is the present one.
    """

    def __init__(self, generator: TrainedGenerator, seed: int = 0):
        self.generator = generator
        self.seed = seed
        self.attempts = 0
        latents = genetic.Latents().draw((FACES, generator.latent_dim), self.chance(genetic.FIRST)).numpy()
        self.generations = [Generation(latents, generator.decode(latents), np.zeros((0, 2), int))]

    @property
    def latents(self) -> np.ndarray:
        """Latent vectors of the present generation: float32 (9, latent_dim)."""
        return self.generations[-1].latents

    @property
    def faces(self) -> np.ndarray:
        """The present generation: uint8 (9, H, W, C)."""
        return self.generations[-1].faces

    def breed(self, liked: Sequence[int], mutation_rate: float = 0.05) -> None:
        """Adds a generation: the faces that you like keep their places, children of theirs take the others.

        Args:
            liked: places, 0 to 8, at least one.
            mutation_rate: share of a child's latent vector that is drawn anew.

        Raises:
            FacegenError: nobody is liked, or a place is not there.
        """
        liked = sorted(set(liked))
        if not liked or liked[0] < 0 or liked[-1] >= FACES:
            raise FacegenError(f"Choose one face or more, by their places 0 to {FACES - 1}; got {liked}.")
        self.attempts += 1
        mothers = fathers = np.zeros(FACES, int)
        if len(liked) > 1:
            pairs = genetic.pick_parents(FACES, len(liked), self.chance(genetic.PARENTS))
            mothers, fathers = (ranks.numpy() for ranks in pairs)
        parents = np.stack([np.array(liked)[mothers], np.array(liked)[fathers]], axis=1)
        cuts = genetic.draw_cuts(FACES, self.latents.shape[1], self.chance(genetic.CUTS))
        born = genetic.crossover(
            tf.constant(self.latents[parents[:, 0]]), tf.constant(self.latents[parents[:, 1]]), cuts
        )
        latents = genetic.mutate(born, mutation_rate, genetic.Latents(), self.chance(genetic.MUTATION)).numpy()
        latents[liked] = self.latents[liked]
        parents[liked] = np.array(liked)[:, None]
        self.generations[-1] = dataclasses.replace(self.generations[-1], liked=tuple(liked))
        self.generations.append(Generation(latents, self.generator.decode(latents), parents))

    def undo(self) -> None:
        """Forgets the present generation and unmarks its parents; nothing to undo in the first. Breeding the same
        parents again gives other children."""
        if len(self.generations) > 1:
            self.generations.pop()
            self.generations[-1] = dataclasses.replace(self.generations[-1], liked=())

    def chance(self, use: int) -> tf.Tensor:
        """The random stream of one use in the present attempt: int32 (2,)."""
        return tf.constant([self.seed, 16 * self.attempts + 4 * use])

    def tree(self) -> np.ndarray:
        """The whole family, one row per generation, lines from parents to children: uint8 (H, W, 3)."""
        rows = len(self.generations)
        size = (FACES * (THUMBNAIL + GAP) + GAP, rows * THUMBNAIL + (rows - 1) * CLIMB + 2 * GAP)
        sheet = Picture.new("RGB", size, style.CARD)
        pen = ImageDraw.Draw(sheet)
        for row, generation in enumerate(self.generations):
            for place, couple in enumerate(generation.parents):
                stays = (couple == place).all()
                for parent in set(couple.tolist()):
                    (x, y), (child_x, child_y) = corner(row - 1, parent), corner(row, place)
                    line = (x + THUMBNAIL / 2, y + THUMBNAIL, child_x + THUMBNAIL / 2, child_y)
                    pen.line(line, fill=style.FAKE if stays else style.FAINT, width=3 if stays else 1)
        for row, generation in enumerate(self.generations):
            for place, face in enumerate(generation.faces):
                left, top = corner(row, place)
                if place in generation.liked:
                    pen.rectangle((left - 4, top - 4, left + THUMBNAIL + 3, top + THUMBNAIL + 3), fill=style.FAKE)
                sheet.paste(picture(face).resize((THUMBNAIL, THUMBNAIL), Picture.Resampling.BICUBIC), (left, top))
        return np.asarray(sheet)


def corner(row: int, place: int) -> tuple[int, int]:
    """The upper left pixel of a face in the tree."""
    return GAP + place * (THUMBNAIL + GAP), GAP + row * (THUMBNAIL + CLIMB)


def picture(face: np.ndarray) -> Picture.Image:
    """A face, uint8 (H, W, 1 or 3), as a colour picture."""
    return Picture.fromarray(face.squeeze()).convert("RGB")


def breed(generator: TrainedGenerator, seed: int = 0) -> Family:
    """Nine faces to click, and buttons to breed those that you like and to undo; below them the family tree.

    The tree is an ordinary picture of the notebook, redrawn as the family grows: it stays when the page is saved.

    Args:
        generator: e.g. `fg.pretrained("dcgan-utkface")`.
        seed: of the first nine faces.

    Returns:
        the family, which goes on growing as you click: `family.latents`, `family.faces`, `family.generations`.
    """
    family = Family(generator, seed)
    if get_ipython() is None:  # run as a script
        return family
    panel = Panel(family)
    bundle = panel.box._repr_mimebundle_() | {"text/plain": "In JupyterLab there are nine faces to click here."}
    display(bundle, raw=True)
    panel.screen = display(Image(data=png(family.tree())), display_id=True)
    return family


class Panel:
    """The clickable side of a family: a button for each face, with the face on it.

    ipywidgets has no picture that can be clicked, so a button gets its face from a style sheet on the page.
    """

    def __init__(self, family: Family):
        self.family = family
        self.screen = None
        self.style = f"facegen-family-{next(NUMBERS)}"
        self.paint = widgets.HTML()
        square = {"width": f"{FACE_PIXELS}px", "height": f"{FACE_PIXELS}px", "margin": "3px"}
        self.faces = [
            widgets.ToggleButton(tooltip=f"face {place + 1}", layout=widgets.Layout(**square)) for place in range(FACES)
        ]
        self.mutation = widgets.FloatSlider(
            value=0.05, min=0, max=0.5, step=0.01, description="mutation", readout_format=".0%"
        )
        self.breed = widgets.Button(description="Breed", tooltip="Children of the faces that you like")
        self.undo = widgets.Button(description="Undo", tooltip="Back to the generation before")
        self.caption = widgets.HTML()
        for place, face in enumerate(self.faces):
            face.add_class(f"{self.style}-{place}")
            face.observe(self.update_buttons, "value")
        self.breed.on_click(self.on_breed)
        self.undo.on_click(self.on_undo)
        grid = widgets.GridBox(
            self.faces,
            layout=widgets.Layout(grid_template_columns=f"repeat({COLUMNS}, {FACE_PIXELS + 8}px)"),
        )
        controls = widgets.VBox([self.caption, self.mutation, self.breed, self.undo])
        self.box = widgets.VBox([self.paint, widgets.HBox([grid, controls])])
        self.redraw()

    def on_breed(self, _button) -> None:
        """Breeds the faces that are pressed."""
        self.family.breed(self.liked(), self.mutation.value)
        self.redraw()

    def on_undo(self, _button) -> None:
        """Goes back a generation, its parents pressed as they were."""
        liked = self.family.generations[-2].liked
        self.family.undo()
        self.redraw(liked)

    def liked(self) -> list[int]:
        """Places of the faces that are pressed."""
        return [place for place, face in enumerate(self.faces) if face.value]

    def redraw(self, liked: Sequence[int] = ()) -> None:
        """Faces, buttons, caption and tree of the present generation."""
        rules = []
        for place, face in enumerate(self.family.faces):
            data = base64.b64encode(png(face)).decode()
            rules += [
                f".{self.style}-{place} {{ background: url(data:image/png;base64,{data}) center / cover !important; "
                "border: 4px solid transparent !important; }",
                f".{self.style}-{place}.mod-active {{ border-color: {style.FAKE} !important; }}",
            ]
        self.paint.value = f"<style>{''.join(rules)}</style>"
        for place, face in enumerate(self.faces):
            face.value = place in liked
        number = len(self.family.generations) - 1
        self.caption.value = f"<b>Generation {number}</b><br>Click the faces that you like."
        self.update_buttons()
        if self.screen:
            self.screen.update(Image(data=png(self.family.tree())))

    def update_buttons(self, _change=None) -> None:
        """Only what can be done can be pressed."""
        self.breed.disabled = not self.liked()
        self.undo.disabled = len(self.family.generations) == 1
