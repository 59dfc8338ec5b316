"""The canonical Inception graph: found, checked, fed as in 2015. A small graph with its tensor names stands in."""

import hashlib
import tarfile

import numpy as np
import pytest
import tensorflow as tf

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import inception
from facegen_lib.evaluation.features import features_of

FEATURES = 5


@pytest.fixture(scope="module")
def small_graph() -> bytes:
    """Input, resize, scaling, convolution, the normalisation op that TensorFlow has since retired, and pooling."""
    with tf.Graph().as_default() as graph:
        pixels = tf.compat.v1.placeholder(tf.float32, (1, None, None, 3), name="ExpandDims")
        resized = tf.compat.v1.image.resize_bilinear(pixels, (299, 299), name="ResizeBilinear")
        scaled = tf.multiply(tf.subtract(resized, 128.0, name="Sub"), 1 / 128, name="Mul")
        kernel = tf.constant(np.random.default_rng(0).normal(size=(3, 3, 3, FEATURES)), tf.float32)
        mapped = tf.nn.conv2d(scaled, kernel, 37, "VALID", name="conv")
        tf.constant(np.arange(1.0, 1 + FEATURES), tf.float32, name="statistics")
        tf.reduce_mean(mapped, (1, 2), keepdims=True, name="pool_3")
    definition = graph.as_graph_def()
    definition.versions.producer = 8
    normalise = definition.node.add(op="BatchNormWithGlobalNormalization", name="conv/batchnorm")
    normalise.input.extend(["conv", "statistics", "statistics", "statistics", "statistics"])
    normalise.attr["T"].type = tf.float32.as_datatype_enum
    normalise.attr["variance_epsilon"].f = 0.001
    normalise.attr["scale_after_normalization"].b = True
    (pool,) = [node for node in definition.node if node.name == "pool_3"]
    pool.input[0] = "conv/batchnorm"
    return definition.SerializeToString()


def test_the_resize_is_that_of_tensorflow_1():
    ramp = np.zeros((1, 1, 2, 3), "float32")
    ramp[:, :, 1] = 299
    row = inception.resize_as_in_2015(ramp)[0, 0, :, 0].numpy()
    positions = np.arange(299) * 2 / 299  # no half-pixel shift
    np.testing.assert_allclose(row, np.minimum(positions, 1) * 299, rtol=1e-5)
    assert not np.allclose(row, tf.image.resize(ramp, (299, 299))[0, 0, :, 0], atol=1)


def test_a_graph_of_2015_runs_on_batches_of_any_size(small_graph):
    images = np.random.default_rng(1).integers(0, 256, (35, 20, 20, 3), dtype="uint8")
    extractor = inception.from_graph(small_graph, "small")
    features = features_of(images, extractor)
    assert features.shape == (35, FEATURES)
    np.testing.assert_allclose(features[7:8], features_of(images[7:8], extractor), rtol=1e-4)


def test_our_resize_gives_what_the_resize_inside_the_graph_gives(small_graph):
    image = np.random.default_rng(2).integers(0, 256, (1, 33, 21, 3), dtype="uint8")
    with tf.Graph().as_default() as place:
        (pooled,) = tf.import_graph_def(
            tf.compat.v1.GraphDef.FromString(small_graph), return_elements=["pool_3:0"], name=""
        )
        with tf.compat.v1.Session(graph=place) as session:
            by_the_graph = session.run(pooled, {"ExpandDims:0": image.astype("float32")})
    ours = features_of(image, inception.from_graph(small_graph, "small"))
    np.testing.assert_allclose(ours[0], by_the_graph.ravel(), rtol=1e-4)


def test_grey_images_are_repeated_to_colour(small_graph):
    grey = np.random.default_rng(3).integers(0, 256, (2, 28, 28, 1), dtype="uint8")
    extractor = inception.from_graph(small_graph, "small")
    np.testing.assert_array_equal(features_of(grey, extractor), features_of(np.repeat(grey, 3, axis=-1), extractor))


@pytest.mark.parametrize("packed", [False, True])
def test_the_graph_is_found_beside_the_archives_packed_or_not(small_graph, tmp_path, monkeypatch, packed):
    (tmp_path / inception.FILE).write_bytes(small_graph)
    if packed:
        with tarfile.open(tmp_path / inception.ARCHIVE, "w:gz") as archive:
            archive.add(tmp_path / inception.FILE, "./" + inception.FILE)
        (tmp_path / inception.FILE).unlink()
    monkeypatch.setenv("FACEGEN_DATA", str(tmp_path))
    monkeypatch.setattr(inception.checked, "__defaults__", (hashlib.sha256(small_graph).hexdigest(),))
    assert inception.graph_bytes() == small_graph


def test_another_graph_under_its_name_is_refused(small_graph, tmp_path, monkeypatch):
    (tmp_path / inception.FILE).write_bytes(small_graph)
    monkeypatch.setenv("FACEGEN_DATA", str(tmp_path))
    with pytest.raises(FacegenError, match="not the published Inception graph"):
        inception.graph_bytes()


def test_without_the_graph_and_a_network_the_remedy_is_named(tmp_path, monkeypatch):
    import pooch

    def unreachable(*args, **kwargs):
        raise OSError("no route to host")

    monkeypatch.setattr(pooch, "retrieve", unreachable)
    monkeypatch.setenv("FACEGEN_DATA", str(tmp_path))
    monkeypatch.setenv("FACEGEN_CACHE", str(tmp_path))
    with pytest.raises(FacegenError, match='FACEGEN_DATA names, or measure with features="shipped"'):
        inception.graph_bytes()
