import keras
import numpy as np
import pytest
from keras import layers

from facegen_lib.errors import FacegenError
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.notebook import breeding


@pytest.fixture(scope="module")
def generator():
    """Forty latent numbers, painted as the grey levels of a picture of 5×8."""
    z = keras.Input((40,))
    images = layers.Activation("tanh")(layers.Reshape((5, 8, 1))(z))
    return TrainedGenerator("plain", keras.Model(z, images))


@pytest.fixture
def family(generator):
    return breeding.Family(generator, seed=4)


def test_a_family_begins_with_nine_faces_of_its_seed(family, generator):
    assert family.faces.shape == (9, 5, 8, 1) and family.faces.dtype == np.uint8
    assert family.latents.shape == (9, 40)
    np.testing.assert_array_equal(family.faces, generator.decode(family.latents))
    assert (breeding.Family(generator, seed=5).faces != family.faces).any()


def test_whom_you_like_stays_and_the_others_are_children_of_those_who_stay(family):
    before = family.latents
    family.breed([7, 2], mutation_rate=0.0)
    first, second = family.generations
    assert first.liked == (2, 7) and second.liked == ()
    np.testing.assert_array_equal(family.latents[[2, 7]], before[[2, 7]])
    for place, (mother, father) in enumerate(second.parents):
        if place in (2, 7):
            assert mother == father == place
        else:
            assert {mother, father} == {2, 7}
        from_mother, from_father = (before[parent] == family.latents[place] for parent in (mother, father))
        assert from_mother[0] and from_father[-1] and (from_mother | from_father).all()


def test_mutation_draws_the_asked_share_of_children_anew(family):
    before = family.latents[3]
    family.breed([3], mutation_rate=0.25)
    children = np.delete(family.latents, 3, axis=0)
    assert 40 < (children != before).sum() < 120  # 80 of 320 expected
    np.testing.assert_array_equal(family.latents[3], before)


def test_undo_brings_the_generation_before_back_and_another_try_has_other_children(family):
    before = family.faces
    family.breed([0, 1])
    children = family.latents
    family.undo()
    np.testing.assert_array_equal(family.faces, before)
    assert len(family.generations) == 1 and family.generations[0].liked == ()
    family.undo()
    assert len(family.generations) == 1
    family.breed([0, 1])
    assert (family.latents != children).any()


@pytest.mark.parametrize("liked", [[], [9], [-1]])
def test_nobody_and_places_that_are_not_there_cannot_breed(family, liked):
    with pytest.raises(FacegenError, match="Choose one face or more"):
        family.breed(liked)
    assert len(family.generations) == 1


def test_the_tree_has_a_row_for_every_generation_and_marks_the_parents(family):
    one = family.tree()
    family.breed([0, 4])
    two = family.tree()
    assert two.shape[1] == one.shape[1] and two.shape[0] == one.shape[0] + breeding.THUMBNAIL + breeding.CLIMB
    frames = [breeding.corner(0, place) for place in range(9)]
    vermilion = [(two[top - 3, left] == (0xD5, 0x5E, 0x00)).all() for left, top in frames]
    assert np.flatnonzero(vermilion).tolist() == [0, 4]


def test_a_panel_shows_only_what_can_be_pressed(family):
    panel = breeding.Panel(family)
    assert panel.breed.disabled and panel.undo.disabled
    panel.faces[5].value = True
    assert not panel.breed.disabled
    panel.breed.click()
    assert panel.breed.disabled and not panel.undo.disabled and "Generation 1" in panel.caption.value
    panel.undo.click()
    assert panel.liked() == [5] and panel.undo.disabled and not panel.breed.disabled
