"""Which metric notices what: on portraits, with the extractor that ships. The chapter shows the same on real faces."""

import numpy as np
import pytest

from facegen_lib.data import portraits
from facegen_lib.evaluation.damage import DAMAGES
from facegen_lib.evaluation.sensitivity import Sensitivity, sensitivity
from facegen_lib.shipped import shipped_path

STRENGTHS = (0.0, 0.3, 1.0)
TRIED = {name: DAMAGES[name] for name in ("noise", "blur", "saturation", "ghosts")}
SHINING_THROUGH = "ghosts"  # whole faces, two in one picture: what the shipped features see least of


@pytest.fixture(scope="module")
def found():
    faces = portraits.make(400, size=64, seed=5)
    training = portraits.make(200, size=64, seed=6)
    modes = {"modes": faces.labels["background"], "label": "background"}  # which the shipped network knows best
    return sensitivity(faces, training=training, strengths=STRENGTHS, damages=TRIED, **modes)


def grows(values):
    return all(np.diff(values) > 0)


@pytest.mark.parametrize("damage", [*TRIED, "duplicates", "missing modes"])
def test_frechet_and_kernel_distance_grow_with_every_damage(found, damage):
    assert grows(found.values[damage]["Fréchet distance"])
    assert grows(found.values[damage]["kernel distance"])


@pytest.mark.parametrize("damage", TRIED)
def test_coverage_falls_when_pictures_are_hurt_and_so_does_precision_but_for_ghosts(found, damage):
    assert found.values[damage]["coverage"][-1] < 0.9 * found.values[damage]["coverage"][0]
    if damage != SHINING_THROUGH:
        assert found.values[damage]["precision"][-1] < 0.7 * found.values[damage]["precision"][0]


@pytest.mark.parametrize("loss", ["duplicates", "missing modes"])
def test_a_poorer_set_of_whole_pictures_is_precise_and_covers_less(found, loss):
    assert found.values[loss]["precision"][-1] > 0.8 * found.values[loss]["precision"][0]
    assert grows(-np.array(found.values[loss]["coverage"]))


def test_only_the_class_histogram_names_what_is_missing(found):
    assert grows(found.values["missing modes"]["class histogram distance"])
    assert found.values["missing modes"]["class histogram distance"][-1] > 0.6


def test_only_memorisation_notices_copies(found):
    copies = found.values["copies"]
    assert copies["memorisation ratio"][-1] < 0.1
    for metric in ("Fréchet distance", "kernel distance"):
        least = min(found.values[damage][metric][-1] - found.values[damage][metric][0] for damage in TRIED)
        assert abs(copies[metric][-1] - copies[metric][0]) < 0.2 * least
    assert abs(copies["coverage"][-1] - copies["coverage"][0]) < 0.1


def test_the_class_score_prefers_no_real_images_and_so_misses_copies_and_repetition(found):
    assert found.values["copies"]["class score"][-1] == pytest.approx(found.values["copies"]["class score"][0], rel=0.1)


def test_it_survives_the_disk(found, tmp_path):
    found.to_json(tmp_path / "found.json")
    assert Sensitivity.from_json(tmp_path / "found.json") == found


@pytest.fixture(scope="module")
def on_real_faces():
    """What chapter 04 draws: held-out photographs of UTKFace, measured by the command that the module names."""
    return Sensitivity.from_json(shipped_path("results/sensitivity.json"))


@pytest.mark.parametrize("damage", [*DAMAGES, "duplicates", "missing modes"])
def test_on_real_faces_too_frechet_distance_grows_and_coverage_falls(on_real_faces, damage):
    assert on_real_faces.count > 900
    assert grows(on_real_faces.values_of("Fréchet distance")[damage])
    assert all(np.diff(on_real_faces.values_of("coverage")[damage]) <= 0)  # some damages reach 0 at once
    assert on_real_faces.values_of("coverage")[damage][-1] < 0.8


def test_on_real_faces_too_only_memorisation_notices_copies(on_real_faces):
    for metric in ("Fréchet distance", "precision", "recall", "coverage", "face rate"):
        values = on_real_faces.values_of(metric)
        widest = max(abs(values[damage][-1] - values[damage][0]) for damage in DAMAGES)
        assert abs(values["copies"][-1] - values["copies"][0]) < 0.05 * widest
    assert on_real_faces.values_of("memorisation ratio")["copies"][-1] < 0.1
    for damage in [*DAMAGES, "duplicates", "missing modes"]:
        assert min(on_real_faces.values_of("memorisation ratio")[damage]) > 0.8


def test_on_real_faces_too_missing_modes_leave_precision_and_move_the_histogram(on_real_faces):
    assert min(on_real_faces.values_of("precision")["missing modes"]) > 0.85
    assert grows(on_real_faces.values_of("class histogram distance")["missing modes"])
