"""One call measures everything: with N, interval and floor, and with a word about what looks wrong."""

import dataclasses
import json
import warnings

import keras
import numpy as np
import pytest
from PIL import Image

from facegen_lib.data import ImageSet, shapes
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import measures
from facegen_lib.evaluation.baselines import Averager, Copier, RandomGenerator
from facegen_lib.evaluation.evaluate import evaluate, images_of
from facegen_lib.evaluation.features import extractor, features_of
from facegen_lib.evaluation.neighbours import density_coverage, precision_recall
from facegen_lib.evaluation.report import Measurement, Report, compare
from facegen_lib.evaluation.scene import Scene


@pytest.fixture(scope="module")
def real(make_patches):
    return make_patches(400, 1)


def measure(generated, real, quarters, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(generated, real, features=quarters, face_images=0, **options)


@pytest.fixture(scope="module")
def of_good(real, make_patches, quarters):
    return measure(make_patches(300, 2), real, quarters, training=make_patches(300, 3), name="good")


@pytest.fixture(scope="module")
def of_noise(real, quarters, make_patches):
    return measure(RandomGenerator((16, 16, 3)), real, quarters, training=make_patches(300, 3), name="noise")


def test_every_number_has_its_n_extractor_interval_and_floor(of_good):
    names = [measurement.name for measurement in of_good.measurements]
    assert {"Fréchet distance", "kernel distance", "precision", "recall", "density", "coverage"} < set(names)
    assert {"sliced Wasserstein", "class histogram distance", "class score", "memorisation ratio"} < set(names)
    for measurement in of_good.measurements:
        assert measurement.count == 200
        assert measurement.low <= measurement.value <= measurement.high
        assert np.isfinite(measurement.floor)
        assert measurement.extractor in ("quarters", "pixels")


def test_the_four_numbers_of_a_report_are_those_of_the_formulas(make_patches, quarters):
    reference, others, fake = (
        make_patches(60, 1),
        make_patches(60, 2).images,
        make_patches(60, 3).images[:20].repeat(3, 0),
    )
    measured = measures.neighbourhoods(Scene(reference, others, fake, extractor(quarters), seed=0))
    found = {each.name: (each.value, each.floor) for each in measured}
    real, *sets = (features_of(images, quarters) for images in (reference.images, fake, others))
    for names, formula in ((("precision", "recall"), precision_recall), (("density", "coverage"), density_coverage)):
        expected = zip(*(formula(real, each, measures.NEIGHBOURS) for each in sets), strict=True)
        assert [found[name] for name in names] == [pytest.approx(pair) for pair in expected]


def test_a_number_without_its_floor_is_no_measurement():
    with pytest.raises(FacegenError, match="without its floor"):
        Measurement("Fréchet distance", 12.0, 11.0, 13.0, 100, "shipped", None, "lower")
    with pytest.raises(FacegenError, match="without its count, extractor"):
        Measurement("Fréchet distance", 12.0, 11.0, 13.0, 0, "", 1.0, "lower")
    with pytest.raises(FacegenError, match="without its count\\."):
        Measurement("face rate", 1.0, 1.0, 1.0, 0, "mtcnn", 0.0, "higher")
    assert Measurement("face rate", 1.0, 1.0, 1.0, 100, "mtcnn", 0.0, "higher").floor == 0


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0, "0"), (0.12345, "0.123"), (12.0, "12.0"), (999.4, "999"), (999.7, "1,000"), (-1234.5, "-1,234")],
)
def test_a_number_is_printed_with_three_digits_or_more(value, printed):
    report = Report("a", "b", "", (Measurement("distance", value, value, value, 10, "pixels", 1.0, "lower"),))
    assert f"  {printed}  [{printed}, {printed}]" in str(report)


@pytest.mark.parametrize(
    ("value", "low", "high", "printed"),
    [
        (-0.000906, -0.00536, 0.00617, "-0.001  [-0.005, 0.006]"),
        (-0.0001, -0.04, 0.04, "0.000  [-0.040, 0.040]"),
        (0.784, 0.559, 1.06, "0.78  [0.56, 1.06]"),
        (534.2, 520.9, 1547.1, "534  [521, 1,547]"),
        (2.0, 1.0, float("inf"), "2.00  [1.00, inf]"),
    ],
)
def test_an_interval_decides_how_many_decimals_mean_something(value, low, high, printed):
    measurement = Measurement("distance", value, low, high, 10, "pixels", 1.0, "lower")
    assert measurement.text == printed
    assert str(measurement).startswith(f"distance {printed}, N = 10, as seen by pixels; real against real 1.00;")


def test_other_real_images_measure_like_the_floor(of_good):
    for measurement in of_good.measurements:
        width = measurement.high - measurement.low
        assert abs(measurement.value - measurement.floor) < 1.5 * width + 0.1 * abs(measurement.floor), measurement.name


def test_floors_do_not_depend_on_what_was_generated(of_good, of_noise):
    floors = [{one.name: one.floor for one in report.measurements} for report in (of_good, of_noise)]
    assert floors[0] == floors[1]
    assert all(one.floor != one.value for one in of_noise.measurements)


def test_a_narrow_set_is_more_precise_than_varied(real, make_patches, quarters):
    others = make_patches(900, 5)
    report = measure(others.subset(others.labels["hue"] == 0), real, quarters)
    assert report["precision"].value > report["recall"].value + 0.2


def test_noise_is_worse_in_everything_that_looks_for_it(of_good, of_noise):
    for name in ("Fréchet distance", "kernel distance"):
        assert of_noise[name].low > 3 * max(of_good[name].high, 0)
    for name in ("precision", "density", "recall", "coverage"):
        assert of_noise[name].value < 0.5 * of_good[name].value


def test_the_class_histogram_counts_what_is_missing(real, make_patches, quarters):
    others = make_patches(600, 5)
    report = measure(others.subset(others.labels["hue"] != 2), real, quarters)
    (of_real, of_fake) = report.classes["hue 2"]
    assert of_real == pytest.approx(1 / 3, abs=0.08) and of_fake < 0.03
    assert report["class histogram distance"].value == pytest.approx(of_real, abs=0.08)
    assert report["class histogram distance"].low > report["class histogram distance"].floor


def test_few_generated_images_are_compared_with_all_kinds(make_patches, quarters):
    """Sets are stored in the order of their files, so a part of one must be drawn and not cut off."""
    stored = make_patches(600, 5)
    report = measure(make_patches(45, 2), stored.subset(np.argsort(stored.labels["hue"])), quarters)
    assert report["Fréchet distance"].count == 45
    assert min(of_real for of_real, _ in report.classes.values()) > 0.15


def test_other_real_images_are_drawn_from_all_over_their_set(real, make_patches, quarters):
    stored = make_patches(600, 9)
    stored = stored.subset(np.argsort(stored.labels["hue"]))
    report = measure(make_patches(300, 2), real, quarters, count=100, others=stored)
    assert report["class histogram distance"].floor < 0.3


def test_memories_are_looked_for_all_over_the_training_images_and_the_floor(real, make_patches, quarters, monkeypatch):
    training, searched = make_patches(400, 3), []
    ratios_of = measures.memory.memorisation_ratios
    monkeypatch.setattr(
        measures.memory, "memorisation_ratios", lambda *given: searched.append(given[:2]) or ratios_of(*given)
    )
    monkeypatch.setattr(measures, "SEARCHED", 60)
    monkeypatch.setattr(measures, "MEMORIES", 50)
    measure(make_patches(300, 2), real, quarters, training=training)
    place = [{image.tobytes(): number for number, image in enumerate(images)} for images in (real, training)]
    floor, seen = searched[0][0][50:], searched[0][1]
    assert len(floor) == 50 and max(place[0][image.tobytes()] for image in floor) > 300
    assert len(seen) == 60 and max(place[1][image.tobytes()] for image in seen) > 300


def test_the_face_rates_floor_is_that_of_real_images_in_which_faces_are_found(
    real, make_patches, quarters, monkeypatch
):
    monkeypatch.setattr(measures, "face_confidences", lambda images: (images.mean(axis=(1, 2, 3)) > 60).astype(float))
    dark = make_patches(300, 2).images // 4
    report = evaluate(dark, real, features=quarters, face_images=20)
    assert (report["face rate"].value, report["face rate"].floor, report["face rate"].count) == (0, 1, 20)
    of_dark = evaluate(real, make_patches(300, 4).images // 4, features=quarters, face_images=20)
    assert "face rate" not in [measurement.name for measurement in of_dark.measurements]


def test_a_copier_is_found_out_by_memorisation_alone(real, make_patches, quarters):
    training = make_patches(300, 3)
    with pytest.warns(UserWarning, match="generated images differ"):
        report = evaluate(Copier(training), real, features=quarters, face_images=0, training=training)
    assert report["memorisation ratio"].high < 0.8 * report["memorisation ratio"].floor
    assert report["Fréchet distance"].value < 3 * report["Fréchet distance"].floor


def test_the_floor_does_not_find_itself_among_the_training_images(real, make_patches, quarters):
    training = make_patches(500, 3)
    report = measure(make_patches(300, 2), real, quarters, others=training, training=training)
    assert report["memorisation ratio"].floor == pytest.approx(1, abs=0.15)


def test_memorisation_may_be_measured_against_images_of_its_own(real, make_patches, quarters):
    training, everything = make_patches(300, 3), make_patches(600, 11)
    copier = make_patches(300, 3).images
    report = measure(copier, everything, quarters, training=training, unseen=make_patches(300, 12))
    assert report["memorisation ratio"].high < 0.2
    honest = measure(make_patches(300, 2), everything, quarters, training=training, unseen=make_patches(300, 12))
    assert honest["memorisation ratio"].value == pytest.approx(1, abs=0.15)


def test_a_copier_is_found_also_where_unseen_images_are_few(make_patches, quarters):
    training, everything = make_patches(900, 3), make_patches(600, 11)
    with pytest.warns(UserWarning, match="generated images differ"):
        report = evaluate(
            Copier(training),
            everything,
            features=quarters,
            face_images=0,
            training=training,
            unseen=make_patches(90, 12),
        )
    assert report["memorisation ratio"].value == 0


def test_answers_are_sure_of_good_pictures_and_unsure_of_mixed_ones(of_good, real, make_patches, quarters):
    one, other = make_patches(300, 7).images, make_patches(300, 8).images
    between = ((one.astype("uint16") + other) // 2).astype("uint8")
    mixed = measure(between, real, quarters)["named with confidence"]
    assert of_good["named with confidence"].value > 0.85
    assert mixed.high < 0.75 and mixed.floor > 0.85


def test_a_label_that_cannot_be_seen_names_no_classes(real, make_patches, quarters):
    arbitrary = ImageSet("patches", real.images, {"side": np.arange(len(real)) % 3})
    assert measure(make_patches(300, 2), arbitrary, quarters).classes == {}
    with pytest.warns(UserWarning, match='Label "side" is left out'):
        asked = evaluate(make_patches(300, 2), arbitrary, features=quarters, face_images=0, label="side")
    assert any('"side"' in text for text in asked.warnings)


def test_a_rare_class_that_can_be_seen_is_counted(make_patches, quarters):
    """A generator that never makes what a tenth of the pictures show is found out."""
    real = make_patches(1200, 1)
    bluish = np.flatnonzero(real.labels["hue"] == 2)
    rare = real.subset(np.setdiff1d(np.arange(len(real)), bluish[80:]))
    rare = ImageSet("patches", rare.images, {"hue": (rare.labels["hue"] == 2).astype(int)})
    others = make_patches(600, 5)
    report = measure(others.subset(others.labels["hue"] != 2), rare, quarters, label="hue")
    of_real, of_fake = report.classes["hue 1"]
    assert of_real == pytest.approx(0.09, abs=0.03) and of_fake < 0.02


def test_damaged_copies_in_the_order_of_their_originals_are_no_better_than_new_images(make_patches, quarters):
    """Which images are drawn of one set must not depend on which are drawn of another of the same length."""
    real = make_patches(600, 1)
    shift = np.random.default_rng(0).integers(-2, 3, real.images.shape)
    copies = (real.images.astype(int) + shift).clip(0, 255).astype("uint8")
    report = measure(copies, real, quarters, count=100)
    assert report["Fréchet distance"].value > 0.3 * report["Fréchet distance"].floor
    assert report["precision"].value < 1


def test_other_real_images_in_the_same_order_make_no_lower_floor(make_patches, quarters):
    real = make_patches(600, 1)
    shift = np.random.default_rng(0).integers(-2, 3, real.images.shape)
    twins = ImageSet("twins", (real.images.astype(int) + shift).clip(0, 255).astype("uint8"))
    report = measure(make_patches(600, 2), real, quarters, count=100, others=twins)
    assert report["Fréchet distance"].floor > 0.3 * report["Fréchet distance"].value


def test_only_the_frechet_distance_of_many_features_is_content_with_ten_resamples(make_patches, quarters, monkeypatch):
    real, fake = make_patches(400, 1), make_patches(200, 2)
    few = measure(fake, real, quarters)
    monkeypatch.setattr(measures, "MANY_FEATURES", 11)
    many = measure(fake, real, quarters)
    assert many["kernel distance"] == few["kernel distance"]
    assert many["sliced Wasserstein"] == few["sliced Wasserstein"]
    assert many["Fréchet distance"] != few["Fréchet distance"]


@pytest.mark.filterwarnings("ignore:.*generated images")  # few towers differ
def test_shapes_and_colours_are_counted_in_boxes():
    boxes = shapes.make(400, 64, seed=1)
    without_circles = boxes.subset(~np.any(boxes.labels["kind"] == "circle", axis=1))
    others = shapes.make(600, 64, seed=2)
    report = evaluate(without_circles, others, features="shipped", face_images=0)
    of_real, of_fake = report.classes["any circle"]
    assert of_real > 0.3 > 0.15 > of_fake
    assert report.classes["any yellow"][1] > 0.3


def test_others_free_the_whole_set_for_the_comparison(real, make_patches, quarters):
    report = measure(make_patches(400, 2), real, quarters, others=make_patches(400, 9))
    assert report["precision"].count == 400


def test_a_seed_gives_the_same_report_again(real, quarters):
    once, again = (measure(Averager(real), real, quarters, count=50, seed=3) for _ in range(2))
    assert once == again
    assert once != measure(Averager(real), real, quarters, count=50, seed=4)


def test_real_features_are_remembered_by_their_pixels(real, quarters, make_patches, tmp_path):
    measure(make_patches(300, 2), real, quarters, count=100)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache" / "features").iterdir()}
    assert len(kept) == 2  # both halves of the real images, not the generated ones
    measure(make_patches(300, 7), real, quarters, count=100)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache" / "features").iterdir()} == kept


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda real: (real.images, real), "Was the same array given twice"),
        (lambda real: (real.images[:, :8], real), "at the size that the generator makes"),
        (lambda real: (real.images / np.float32(255), real), r"images \* 255"),
        (lambda real: (np.zeros((50, 16, 16, 3), "uint8"), real), "every pixel"),
        (
            lambda real: (RandomGenerator((16, 16, 3)), real.subset(slice(15))),
            r"N = 7 says nothing: it takes 10 images.*larger count",
        ),
        (lambda real: (object(), real), "neither makes nor holds images"),
        (lambda real: (real.images, None), "the real images should be an image set"),
    ],
)
def test_nonsense_is_refused(real, quarters, spoil, message):
    with pytest.raises(FacegenError, match=message):
        evaluate(*spoil(real), features=quarters, face_images=0)


def test_more_images_than_there_are_is_refused_with_what_to_do(real, quarters):
    with pytest.raises(FacegenError, match="count=200 or less"):
        evaluate(RandomGenerator((16, 16, 3)), real, features=quarters, count=300)


def test_fewer_images_than_features_drop_the_frechet_distance_loudly(real, make_patches, quarters):
    with pytest.warns(UserWarning, match="does not exceed the 12 features"):
        report = evaluate(make_patches(20, 2), real, features=quarters, count=12, face_images=0)
    assert "Fréchet distance" not in [measurement.name for measurement in report.measurements]
    assert report["kernel distance"].count == 12
    assert any("kernel distance is unbiased" in text for text in report.warnings)


def test_a_keras_generator_a_folder_and_an_array_are_all_generators(tmp_path):
    z = keras.Input((5,))
    generator = keras.Model(z, keras.layers.Reshape((16, 16, 1))(keras.layers.Dense(256, "tanh")(z)))
    made = images_of(generator, 7, (16, 16, 1))
    assert made.shape == (7, 16, 16, 1) and made.dtype == np.uint8 and made.std() > 1
    for number, image in enumerate(made):
        Image.fromarray(image[..., 0]).save(tmp_path / f"{number}.png")
    from_folder = images_of(tmp_path, 7, (16, 16, 1))
    assert {image.tobytes() for image in from_folder} == {image.tobytes() for image in made}
    assert images_of(made, 3, (16, 16, 1)).shape == (3, 16, 16, 1)


def test_a_report_survives_the_disk(of_good, tmp_path):
    text = of_good.to_json(tmp_path / "report.json")
    assert Report.from_json(tmp_path / "report.json") == Report.from_json(text) == of_good
    with pytest.raises(FacegenError, match="no report"):
        Report.from_json(json.dumps({"subject": "x"}))
    with pytest.raises(FacegenError, match="No report can be read"):
        Report.from_json(tmp_path / "missing.json")


def test_a_report_reads_as_text_and_as_a_table(of_good):
    text, table = str(of_good), of_good._repr_html_()
    for words in ("as seen by", "quarters", "real against real", "Fréchet distance", "200", "95 % intervals"):
        assert words in text and words in table


def test_compared_reports_share_a_table_only_if_they_share_the_extractor(of_good, of_noise, real):
    tables = compare([of_good, of_noise]).tables()
    assert list(tables) == ["quarters", "pixels"]
    assert all(row[1:3] != ["–", "–"] for row in tables["quarters"])
    assert tables["quarters"][0][1:3] == ["good", "noise"]


def test_a_class_that_a_report_never_measured_has_a_dash(of_good):
    one, other = (
        dataclasses.replace(of_good, classes=classes) for classes in ({"a": (0.5, 0.0)}, {"b": (0.25, 0.125)})
    )
    assert compare([one, other]).classes()[1:] == [["a", "0.0%", "–", "50.0%"], ["b", "–", "12.5%", "25.0%"]]


def test_columns_that_may_not_be_compared_are_called_out(of_good, real, make_patches, quarters):
    other_n = measure(make_patches(300, 2), real, quarters, count=50)
    said = " ".join(compare([of_good, other_n]).warnings)
    assert "different N" in said
    assert "different real images" in said
    assert not compare([of_good, of_good]).warnings


def test_an_unknown_measurement_is_answered_with_the_list(of_good):
    with pytest.raises(FacegenError, match="It holds: Fréchet distance, kernel distance"):
        of_good["FID"]


def test_features_of_a_model_with_another_form_are_refused(real):
    images = keras.Input((16, 16, 3))
    with pytest.raises(FacegenError, match="GlobalAveragePooling2D"):
        evaluate(RandomGenerator((16, 16, 3)), real, features=keras.Model(images, keras.layers.Conv2D(2, 3)(images)))
    with pytest.raises(FacegenError, match='"shipped"'):
        evaluate(RandomGenerator((16, 16, 3)), real, features="shiped")


def test_an_image_set_without_labels_has_no_classes(real, make_patches, quarters):
    report = measure(make_patches(300, 2), ImageSet("bare", real.images), quarters)
    assert report.classes == {}
    assert "class score" not in [measurement.name for measurement in report.measurements]
