"""Pictures of a run: grids of the same latent vectors as training goes on, and the film of them."""

from __future__ import annotations

import contextlib
import pathlib

import numpy as np
from PIL import Image

from facegen_lib.training import checkpoints

GAP = 2  # white pixels between two images of a sheet


def grid(images: np.ndarray, columns: int = 8) -> np.ndarray:
    """Images side by side on white, `columns` in a row, or all in one where there are fewer.

    uint8 (N, H, W, C) → uint8 (height, width, 3 or 1) of the sheet.
    """
    count, height, width, channels = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    sheet = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels), 255, "uint8")
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        top, left = row * (height + GAP), column * (width + GAP)
        sheet[top : top + height, left : left + width] = image
    return sheet


def first_row(sheet: np.ndarray, side: int) -> np.ndarray:
    """The images in the first row of a sheet that `grid` made of square ones: (columns, side, side, …)."""
    return np.stack([sheet[:side, left : left + side] for left in range(0, sheet.shape[1], side + GAP)])


def save(image: np.ndarray, path: pathlib.Path, **settings) -> None:
    """One uint8 image (H, W, C), whole or not at all; settings are those of Pillow's `Image.save`.

    Raises:
        FacegenError: the disk is full or the folder cannot be written.
    """
    picture = Image.fromarray(image.squeeze())
    checkpoints.write_whole(path, lambda file: picture.save(file, **settings))


def save_png(image: np.ndarray, path: pathlib.Path) -> None:
    """One uint8 image (H, W, C) as PNG; raises what `save` raises."""
    save(image, path, format="PNG", optimize=True)


def save_strip(image: np.ndarray, path: pathlib.Path) -> None:
    """One uint8 image (H, W, C) as WebP of quality 95, a quarter of a PNG's bytes; raises what `save` raises."""
    save(image, path, format="WEBP", quality=95, method=6)


def corner(sheet: np.ndarray, image_shape: tuple[int, int, int]) -> np.ndarray:
    """The first 4 × 4 images of a sheet: small enough for a film."""
    height, width = (4 * (side + GAP) - GAP for side in image_shape[:2])
    return sheet[:height, :width]


def film(frames: list[np.ndarray], path: pathlib.Path, seconds: float = 8.0) -> None:
    """Frames, uint8 (H, W, C) of one size, as an endless GIF; the last stays for two seconds."""
    pictures = [Image.fromarray(frame.squeeze()) for frame in frames]
    durations = [max(40, round(1000 * seconds / len(pictures)))] * (len(pictures) - 1) + [2000]
    settings = {"append_images": pictures[1:], "duration": durations, "loop": 0}
    checkpoints.write_whole(path, lambda file: pictures[0].save(file, format="GIF", save_all=True, **settings))


def read_frames(folder: pathlib.Path, most: int) -> list[np.ndarray]:
    """The sample grids in a folder, oldest first, evenly thinned to `most`; damaged files are passed over."""
    paths = checkpoints.all_in(folder, ".png")
    chosen = np.unique(np.linspace(0, len(paths) - 1, min(most, len(paths))).astype(int))
    frames = []
    for number in chosen:
        with contextlib.suppress(OSError, SyntaxError, ValueError):  # Pillow's words for a damaged picture
            frames.append(read(paths[number]))
    return frames


def forget_after(folder: pathlib.Path, step: int) -> None:
    """Deletes the sample grids of steps that were lost with the checkpoint that was never written."""
    for path in checkpoints.all_in(folder, ".png"):
        if checkpoints.step_of(path) > step:
            path.unlink()


def read(path: pathlib.Path) -> np.ndarray:
    """A sample grid from its picture: uint8 (H, W, 3), or (H, W) when grey."""
    return np.asarray(Image.open(path))
