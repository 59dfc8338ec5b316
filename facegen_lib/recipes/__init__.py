"""Every configuration by name: networks, game, optimizers, batch, and where it comes from. A table, not a program."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import keras

from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError, unknown_name
from facegen_lib.recipes import appendix, dissertation, facegen, laptop, patel
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, Recipe, VAERecipe, adam, dtype_policy

__all__ = ["RECIPES", "GANRecipe", "Recipe", "VAERecipe", "adam", "recipe"]

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
SEEDS = 2**31  # TensorFlow draws noise from an int32

RECIPES: dict[str, dict[str, Callable[[ImageShape], Maker]]] = {
    "vanilla": {"source": dissertation.vanilla, "laptop": laptop.vanilla},
    "dcgan": {"source": dissertation.dcgan, "laptop": laptop.dcgan},
    "wgan": {"source": dissertation.wgan, "laptop": laptop.wgan},
    "wgan-gp": {"source": dissertation.wgan_gp, "laptop": laptop.wgan_gp},
    "appendix": {"source": appendix.mlp},
    "patel-simple": {"source": patel.simple},
    "patel-improved": {"source": patel.improved},
    "patel-refined": {"source": patel.refined},
    "facegen": {"source": facegen.gan},
    "vae": {"source": facegen.vae, "laptop": laptop.vae},
}


def recipe(
    name: str,
    faces_or_shape: ImageSet | ImageShape,
    scale: str = "source",
    precision: str = "float32",
    seed: int = 0,
    **changes,
) -> Recipe:
    """A recipe with its networks built for these images.

    Args:
        name: e.g. `"dcgan"`.
        faces_or_shape: an image set, or (height, width, channels).
        scale: `"source"` or `"laptop"`. A recipe that exists at one scale only is built at that one.
        precision: dtype policy of the hidden layers, one of `PRECISIONS`: `"float32"`, or `"mixed_bfloat16"` where the
            processor has it.
        seed: of the initial weights, the order of the images and all noise; 0 or more, below 2³¹.
        changes: any field of `Recipe` to replace, e.g. `batch_size=32`.

    Raises:
        FacegenError: the name, the scale, the precision or a changed field is unknown, the seed is out of range, a
            batch would hold no image, or the networks cannot make such images.
    """
    if name not in RECIPES:
        raise unknown_name("recipe", name, RECIPES)
    scales = RECIPES[name]
    if scale not in ("source", "laptop"):
        raise unknown_name("scale", scale, ["source", "laptop"])
    if scale not in scales:
        (scale,) = scales
    image_shape = faces_or_shape.image_shape if isinstance(faces_or_shape, ImageSet) else faces_or_shape
    if not isinstance(image_shape, tuple | list) or len(image_shape) != 3 or image_shape[2] not in (1, 3):
        given = image_shape if isinstance(image_shape, tuple | list | int) else type(image_shape).__name__
        raise FacegenError(f"A recipe needs an image set or (height, width, 1 or 3), got {given}.")
    image_shape = tuple(image_shape)
    if precision not in PRECISIONS:
        raise unknown_name("precision", precision, PRECISIONS)
    if not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise FacegenError(f"A seed is a whole number from 0 to {SEEDS - 1:,}, got {seed!r}.")
    if changes.get("batch_size", 1) < 1:
        raise FacegenError(
            f"A batch holds at least one image, got batch_size={changes['batch_size']}. Give 1 or more, or leave it "
            "out for the recipe's own."
        )
    keras.utils.set_random_seed(seed)
    with dtype_policy(precision):
        make = scales[scale](image_shape)
    known = {field.name for field in dataclasses.fields(make.func)}
    for change in changes:
        if change not in known:
            raise unknown_name("part of a recipe", change, known)
    chosen = {"name": name, "scale": scale, "image_shape": image_shape, "precision": precision, "seed": seed}
    return make(**{**chosen, **changes})
