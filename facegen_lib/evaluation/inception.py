"""The canonical Inception network of 2015, in whose features a Fréchet distance is called FID.

Its graph was published as `classify_image_graph_def.pb` inside `inception-2015-12-05.tgz` (Szegedy et al., 2016, used
by Salimans et al., 2016 and Heusel et al., 2017). It does not ship with the book: it is looked for in FACEGEN_DATA
and in the cache folder, then fetched, and used only when its sha256 is right. An Inception network from elsewhere, or
another way of resizing, gives other numbers.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tarfile
from pathlib import Path

import numpy as np

from facegen_lib.data.prepare import cache_folder
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.features import Extractor

FILE = "classify_image_graph_def.pb"
ARCHIVE = "inception-2015-12-05.tgz"
SHA256 = "009d6814d1bc560d4e7b236e170e9b2d5ca6f4b57bd8037f6db05776204415c6"
ADDRESS = f"https://openaipublic.blob.core.windows.net/diffusion/jul-2021/ref_batches/{FILE}"
SIZE = 299
INPUT, OUTPUT = "ResizeBilinear:0", "pool_3:0"


@functools.cache
def inception() -> Extractor:
    """The extractor: 2,048 features, the last pooling layer.

    Raises:
        FacegenError: the graph is neither here nor to be had, or it is another one.
    """
    return from_graph(graph_bytes(), "inception")


def graph_bytes() -> bytes:
    """The published graph, from FACEGEN_DATA, from the cache folder, or from the network; always checked.

    Raises:
        FacegenError: the file is not the published one, or it is not here and cannot be fetched.
    """
    here = [Path(folder).expanduser() for folder in (os.environ.get("FACEGEN_DATA"), cache_folder()) if folder]
    for folder in here:
        if (folder / FILE).is_file():
            return checked((folder / FILE).read_bytes(), folder / FILE)
        if (folder / ARCHIVE).is_file():
            with tarfile.open(folder / ARCHIVE) as archive:
                member = next((name for name in archive.getnames() if name.endswith(FILE)), None)
                if member is None:
                    raise FacegenError(f"{folder / ARCHIVE} holds no {FILE}; it is not the published archive.")
                return checked(archive.extractfile(member).read(), folder / ARCHIVE)
    import pooch

    try:
        fetched = pooch.retrieve(ADDRESS, f"sha256:{SHA256}", fname=FILE, path=cache_folder())
    except Exception as error:  # whatever the network says, the remedy is the same
        raise FacegenError(
            f"The Inception graph is not on this computer and could not be fetched ({type(error).__name__}). "
            f'Put {FILE} or {ARCHIVE} into the folder that FACEGEN_DATA names, or measure with features="shipped".'
        ) from None
    return Path(fetched).read_bytes()


def checked(graph: bytes, where: Path, sha256: str = SHA256) -> bytes:
    """The graph itself when its checksum is right.

    Raises:
        FacegenError: it is not the published file.
    """
    found = hashlib.sha256(graph).hexdigest()
    if found != sha256:
        raise FacegenError(
            f"{where} is not the published Inception graph: its sha256 is {found[:16]}…, not {sha256[:16]}…. "
            f"Remove it, or get it again from {ADDRESS}."
        )
    return graph


def resize_as_in_2015(images):
    """uint8 or float (N, H, W, 3) in [0, 255] to float32 (N, 299, 299, 3), with the bilinear resize of TensorFlow 1.

    Output pixel i looks at input position i · H / 299, with no half-pixel shift and no antialiasing: a known flaw
    (Parmar et al., 2022) that every published FID shares, and so must we.
    """
    import tensorflow as tf

    images = tf.cast(images, tf.float32)
    return tf.compat.v1.image.resize_bilinear(images, (SIZE, SIZE), align_corners=False, half_pixel_centers=False)


def from_graph(graph: bytes, name: str) -> Extractor:
    """An extractor of a frozen graph with the tensor names of the published one.

    Args:
        graph: a serialised GraphDef that holds ResizeBilinear:0, its resized input, and pool_3:0, (N, 1, 1, d).
        name: of the extractor.
    """
    import tensorflow as tf

    definition = tf.compat.v1.GraphDef.FromString(graph)
    with tf.Graph().as_default() as place:
        resized = tf.compat.v1.placeholder(tf.float32, (None, SIZE, SIZE, 3))
        (pooled,) = tf.import_graph_def(definition, input_map={INPUT: resized}, return_elements=[OUTPUT], name="")
        session = tf.compat.v1.Session(graph=place)

    def measure(images: np.ndarray) -> np.ndarray:
        colour = np.broadcast_to(images, (*images.shape[:3], 3))
        parts = [resize_as_in_2015(colour[start : start + 32]).numpy() for start in range(0, len(colour), 32)]
        return np.concatenate([session.run(pooled, {resized: part}).reshape(len(part), -1) for part in parts])

    return Extractor(name, int(pooled.shape[-1]), hashlib.sha256(graph).hexdigest()[:16], measure)
