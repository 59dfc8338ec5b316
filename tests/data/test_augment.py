"""Augmentation: exact where nothing should change, right where the change is known, differentiable where promised."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import pixels

from facegen_lib.data import ImageSet, augment, to_float
from facegen_lib.data.augment import Augmentation

FACES = tf.constant(to_float(np.stack([pixels(32, 32, number) for number in range(6)])))
SEED = tf.constant([3, 4])
YES, NO = tf.fill([6], True), tf.fill([6], False)
NOTHING = Augmentation(flip=0, crop=0, rotation=0, perspective=0)


def of_one(value):
    return tf.constant([value], tf.float32)


def cross(x, y, size=33):
    """One bright pixel at (x, y) of a dark image."""
    image = np.full((1, size, size, 1), -1.0, "float32")
    image[0, y, x] = 1.0
    return tf.constant(image)


def brightest(image):
    y, x = np.unravel_index(np.argmax(np.asarray(image)[0, :, :, 0]), image.shape[1:3])
    return int(x), int(y)


def test_a_flip_exchanges_left_and_right_and_twice_is_the_identity():
    flipped = augment.flip(FACES, YES)
    np.testing.assert_array_equal(flipped, FACES[:, :, ::-1])
    np.testing.assert_array_equal(augment.flip(flipped, YES), FACES)


def test_only_the_images_that_are_marked_are_flipped():
    which = tf.constant([True, False, False, True, False, False])
    flipped = augment.flip(FACES, which)
    np.testing.assert_array_equal(flipped[1], FACES[1])
    np.testing.assert_array_equal(flipped[3], FACES[3, :, ::-1])


@pytest.mark.parametrize("size", [(32, 32), (27, 27), (28, 36)], ids=str)
@pytest.mark.parametrize(
    "matrices",
    [
        augment.rotations(tf.zeros(6)),
        augment.crops(tf.ones(6), tf.ones(6), -tf.ones(6)),
        augment.perspectives(tf.zeros(6), tf.zeros(6)),
        tf.eye(3, batch_shape=[6]),
    ],
    ids=["zero degrees", "all of the image", "no tilt", "identity"],
)
def test_changes_of_size_zero_change_no_bit(matrices, size):
    images = tf.random.stateless_uniform((6, *size, 3), SEED, -1, 1)
    np.testing.assert_array_equal(augment.warp(images, matrices), images)


def test_four_quarter_turns_are_the_identity_and_one_is_numpys():
    turned = FACES
    for quarter in range(1, 5):
        turned = augment.warp(turned, augment.rotations(tf.fill([6], 90.0)))
        np.testing.assert_allclose(turned, np.rot90(FACES, -quarter, axes=(1, 2)), atol=1e-4)


@pytest.mark.parametrize(
    ("degrees", "where"), [(90.0, (16, 26)), (-90.0, (16, 6)), (180.0, (6, 16)), (45.0, (23, 23))], ids=str
)
def test_a_turn_is_clockwise_about_the_middle(degrees, where):
    assert brightest(augment.warp(cross(26, 16), augment.rotations(of_one(degrees)))) == where


def test_a_crop_enlarges_what_is_inside():
    image = tf.constant(to_float(pixels(64, 64)[None]))
    cropped = augment.warp(image, augment.crops(of_one(0.5), of_one(-1.0), of_one(1.0)))
    corner = tf.image.resize(image[:, 32:, :32], (64, 64))  # the lower left quarter
    np.testing.assert_allclose(cropped[:, 2:-2, 2:-2], corner[:, 2:-2, 2:-2], atol=0.02)


def test_a_tilt_enlarges_the_near_side_and_keeps_its_corner():
    ramp = tf.constant(np.linspace(-1, 1, 33, dtype="float32")[None, None, :, None] * np.ones((1, 33, 1, 1), "float32"))
    tilted = augment.warp(ramp, augment.perspectives(of_one(0.2), of_one(0.0)))[0, 16, :, 0]
    steps = np.diff(tilted)
    assert (steps > 0).all()
    assert steps[-1] < steps[0] * 0.6  # on the right, a pixel covers less of the old image: it is nearer
    assert np.all(np.abs(tilted) <= 1)
    corner = augment.warp(cross(32, 32), augment.perspectives(of_one(-0.2), of_one(-0.2)))
    assert brightest(corner) == (32, 32)


def test_nothing_is_ever_missing_at_the_edges():
    grey = tf.fill((64, 32, 32, 3), 0.25)
    everything = Augmentation(flip=1, crop=1, rotation=1, perspective=1, largest_angle=45)
    np.testing.assert_allclose(everything(grey, SEED), grey, atol=1e-5)


def test_with_probability_zero_no_bit_changes():
    np.testing.assert_array_equal(NOTHING(FACES, SEED), FACES)


@pytest.mark.parametrize("change", ["flip", "crop", "rotation", "perspective"])
def test_every_change_happens_with_its_own_probability(change):
    images = tf.repeat(FACES[:1], 4000, axis=0)
    changed = Augmentation(**(dict.fromkeys(["flip", "crop", "rotation", "perspective"], 0.0) | {change: 0.3}))
    happened = np.any(changed(images, SEED) != images, axis=(1, 2, 3))
    assert abs(happened.mean() - 0.3) < 0.03


def test_changes_happen_independently_of_each_other():
    images = tf.repeat(FACES[:1], 4000, axis=0)
    half = {"flip": 0.0, "crop": 0.0, "rotation": 0.0, "perspective": 0.0}
    happened = [np.any(Augmentation(**half | {change: 0.5})(images, SEED) != images, axis=(1, 2, 3)) for change in half]
    assert abs(np.corrcoef(happened) - np.eye(4)).max() < 0.08


def test_the_same_seed_changes_the_same_way_and_another_does_not():
    change = Augmentation(crop=1, rotation=1, perspective=1)
    np.testing.assert_array_equal(change(FACES, SEED), change(FACES, SEED))
    assert np.any(change(FACES, SEED) != change(FACES, tf.constant([3, 5])))
    assert len(np.unique(np.asarray(change(tf.repeat(FACES[:1], 6, axis=0), SEED)), axis=0)) == 6


def test_what_may_vary_stays_in_its_range():
    ramp = np.linspace(-1, 1, 32, dtype="float32")
    images = tf.constant(np.stack(np.meshgrid(ramp, ramp), -1)[None] * np.ones((500, 1, 1, 1), "float32"))
    cropped = Augmentation(flip=0, crop=1, rotation=0, perspective=0, smallest_crop=0.7)(images, SEED)
    width = np.ptp(np.asarray(cropped)[..., 0], axis=(1, 2)) / 2
    assert width.min() > 0.69
    assert width.max() > 0.97
    turned = Augmentation(flip=0, crop=0, rotation=1, perspective=0, largest_angle=20)(images, SEED)[:, 15:17, 15:17]
    angle = np.degrees(np.arctan2(turned[:, 0, 1, 1] - turned[:, 0, 0, 1], turned[:, 0, 1, 0] - turned[:, 0, 0, 0]))
    assert 18 < np.abs(angle).max() < 20.5
    assert abs(angle.mean()) < 2


def test_batches_come_augmented_and_in_their_fixed_shape():
    faces = ImageSet("faces", np.stack([pixels(32, 32, number) for number in range(8)]))
    batches = faces.batches(4, seed=1, augment=Augmentation(crop=1))
    assert batches.element_spec == tf.TensorSpec((4, 32, 32, 3), tf.float32)
    first = next(iter(batches))
    np.testing.assert_array_equal(first, next(iter(faces.batches(4, seed=1, augment=Augmentation(crop=1)))))
    assert np.any(first != next(iter(faces.batches(4, seed=1))))


def test_a_twice_shown_image_is_augmented_anew():
    faces = ImageSet("faces", np.stack([pixels(32, 32, number) for number in range(4)]))
    first, second = faces.batches(4, augment=Augmentation(rotation=1)).take(2)
    assert np.any(np.sort(np.ravel(first)) != np.sort(np.ravel(second)))


@pytest.mark.parametrize(("reach", "first", "last"), [(1 / 8, 12, 20), (1 / 32, 15, 17)])
def test_translation_moves_whole_pixels_by_at_most_its_reach_and_fills_with_grey(reach, first, last):
    images = tf.repeat(tf.concat([cross(16, 16)] * 3, axis=3), 300, axis=0)
    moved = np.asarray(augment.translate(images, SEED, reach))[..., 0]
    rows, columns = np.nonzero(moved == 1)[1:]
    assert len(rows) == 300
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (first, last, first, last)
    assert abs(np.corrcoef(rows, columns)[0, 1]) < 0.15
    assert set(np.unique(moved)) == {-1.0, 0.0, 1.0}


def test_translation_loses_what_leaves_and_changes_nothing_else():
    moved = np.asarray(augment.translate(FACES, SEED))
    for image, original in zip(moved, np.asarray(FACES), strict=True):
        fits = [
            (down, right)
            for down in range(-4, 5)
            for right in range(-4, 5)
            if np.array_equal(shifted(original, down, right), image)
        ]
        assert len(fits) == 1


def shifted(image, down, right):
    height, width = image.shape[:2]
    result = np.zeros_like(image)
    result[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = image[
        max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)
    ]
    return result


def test_colour_moves_brightness_saturation_and_contrast_as_the_paper_has_it():
    colours = np.asarray(augment.jitter_colour(FACES, SEED))
    for image, original in zip(colours, np.asarray(FACES), strict=True):
        grey, old_grey = image.mean(-1, keepdims=True), original.mean(-1, keepdims=True)
        contrast = np.std(grey) / np.std(old_grey)
        saturation = np.std(image - grey) / np.std(original - old_grey) / contrast
        assert 0.5 <= contrast <= 1.5
        assert 0 <= saturation <= 2
        assert abs(image.mean() - original.mean()) <= 0.5
        rebuilt = (original - old_grey) * saturation * contrast + (old_grey - original.mean()) * contrast + image.mean()
        np.testing.assert_allclose(rebuilt, image, atol=1e-4)


def test_colour_leaves_no_colour_in_grey_images():
    grey = FACES[..., :1]
    assert augment.jitter_colour(grey, SEED).shape == grey.shape


@pytest.mark.parametrize(
    "change",
    [augment.jitter_colour, augment.translate, augment.diff_augment],
    ids=["colour", "translation", "DiffAugment"],
)
def test_gradients_are_those_of_finite_differences(change):
    images = tf.constant(to_float(np.stack([pixels(8, 8, number) for number in range(2)])))
    weights = tf.random.stateless_normal(images.shape, SEED)

    def loss(images):
        return tf.reduce_sum(weights * change(images, SEED))

    with tf.GradientTape() as tape:
        tape.watch(images)
        value = loss(images)
    direction = tf.random.stateless_normal(images.shape, [7, 8])
    expected = (loss(images + 0.01 * direction) - loss(images - 0.01 * direction)) / 0.02  # all changes are linear
    gradient = tape.gradient(value, images)
    np.testing.assert_allclose(tf.reduce_sum(gradient * direction), expected, rtol=1e-3)
    assert float(tf.reduce_mean(tf.cast(gradient != 0, tf.float32))) > 0.5


def test_diffaugment_runs_in_half_precision_and_in_a_graph():
    half = tf.cast(FACES, tf.bfloat16)
    augmented = tf.function(augment.diff_augment)(half, SEED)
    assert augmented.dtype == tf.bfloat16
    assert augmented.shape == FACES.shape


def test_real_and_generated_batches_are_augmented_apart_by_their_seeds():
    a, b = (augment.diff_augment(FACES, tf.constant([5, kind])) for kind in (0, 1))
    assert np.any(a != b)
