"""Who is missing from the samples: groups, presence, and two ways of counting."""

import dataclasses

import numpy as np
import pytest

from facegen_lib.data import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import groups
from facegen_lib.evaluation.neighbours import neighbourhoods


@pytest.fixture
def labels():
    return {
        "age": np.array([0, 12, 13, 19, 20, 39, 40, 59, 60, 79, 80, 116, -1]),
        "gender": np.array([0, 1] * 6 + [-1]),
        "race": np.array([0, 1, 2, 3, 4, 0, 1, -1, 2, 3, 4, 0, 1]),
    }


def test_a_birthday_is_the_first_day_of_an_age_of_life(labels):
    assert groups.places(labels)["age"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, -1]


def test_everybody_is_in_one_group_of_each_label_and_nobody_where_it_is_not_known(labels):
    members = groups.groups_of(labels)
    for label, names in groups.CLASSES.items():
        known = groups.places(labels)[label] >= 0
        assert np.array_equal(sum(members[name].astype(int) for name in names), known.astype(int))
    assert np.flatnonzero(members["others"]).tolist() == [4, 10]


@pytest.fixture
def two_towns():
    """Two groups far apart, 300 of one and 100 of the other, and what draws samples from them."""
    rng = np.random.default_rng(0)

    def draw(many, few):
        return np.concatenate([rng.normal(0, 1, (many, 4)), rng.normal(50, 1, (few, 4))])

    return draw, {"many": np.arange(400) < 300, "few": np.arange(400) >= 300}


@pytest.mark.parametrize("many, few", [(300, 100), (375, 25), (400, 0)])
def test_presence_is_the_number_of_samples_by_the_number_of_photographs(two_towns, many, few):
    draw, members = two_towns
    visits = neighbourhoods(draw(300, 100), draw(many, few), 5).visits
    found = groups.presence(visits, members)
    for name, expected in (("many", many / 300), ("few", few / 100)):
        value, low, high = found[name]
        assert value == pytest.approx(expected, rel=0.25)
        assert low <= value <= high


def test_an_interval_is_that_of_a_mean_over_the_group():
    visits = np.random.default_rng(5).exponential(size=400)
    value, low, high = groups.presence(visits, {"all": np.ones(400, bool)})["all"]
    assert value == visits.mean()
    assert high - low == pytest.approx(2 * 1.96 * visits.std() / 20, rel=0.15)


def blurred_classifier(truth, rng):
    """p(class | a number) of somebody who was taught 40 %, 40 %, 20 % and sees the number through fog."""
    seen = truth + rng.normal(0, 0.7, len(truth))
    likely = np.exp(-((seen[:, None] - np.arange(3)) ** 2) / (2 * 0.7**2)) * [0.4, 0.4, 0.2]
    return likely / likely.sum(axis=1, keepdims=True)


def test_adjusted_shares_are_right_where_counting_answers_is_not():
    rng, taught, true = np.random.default_rng(1), np.array([0.4, 0.4, 0.2]), np.array([0.05, 0.15, 0.8])
    probabilities = blurred_classifier(rng.choice(3, 20_000, p=true), rng)
    counted = np.bincount(probabilities.argmax(axis=1), minlength=3) / len(probabilities)
    found = groups.adjusted(probabilities, taught)
    assert np.abs(counted - true).max() > 0.15
    assert found == pytest.approx(true, abs=0.02) and found.sum() == pytest.approx(1)


def test_shares_as_they_were_taught_stay_as_they_are():
    rng, taught = np.random.default_rng(2), np.array([0.4, 0.4, 0.2])
    assert groups.adjusted(blurred_classifier(rng.choice(3, 20_000, p=taught), rng), taught) == pytest.approx(
        taught, abs=0.02
    )


@dataclasses.dataclass
class Children:
    """Draws only the children of a set."""

    faces: ImageSet

    def sample(self, count, seed=0):
        young = self.faces.images[groups.places(self.faces.labels)["age"] == 0]
        return young[np.random.default_rng(seed).integers(len(young), size=count)]


COUNT = 500


@pytest.fixture(scope="module")
def faces():
    """Pictures whose brightness is an age; of every twentieth nothing is known."""
    rng = np.random.default_rng(3)
    age = rng.integers(0, 100, 1200)
    images = np.clip(2 * age[:, None, None, None] + rng.normal(0, 6, (1200, 16, 16, 3)), 0, 255).astype("uint8")
    people = {"age": age, "gender": rng.integers(2, size=1200), "race": rng.integers(5, size=1200)}
    nothing = np.arange(1200) % 20 == 0
    return ImageSet("people", images, {label: np.where(nothing, -1, values) for label, values in people.items()})


@pytest.fixture(scope="module")
def found(faces):
    """A study of them, and of somebody who draws only children."""
    return groups.study(faces, {"children": Children(faces)}, count=COUNT)


def halves(faces, seed=0):
    """Places in the labels of the reference and of the other photographs."""
    order = np.random.default_rng(seed).permutation(len(faces))
    parts = (np.sort(order[start : start + COUNT]) for start in (0, COUNT))
    return [groups.places(faces.subset(part).labels) for part in parts]


def test_a_study_finds_who_is_missing(found):
    present = found["presence"]
    assert present["children"]["0 to 12"][0] > 3 and present["children"]["60 to 79"][0] < 0.1
    assert found["coverage"]["children"]["80 and older"] < 0.1 < 0.9 < found["coverage"]["real"]["80 and older"] <= 1
    assert found["shares"]["age"]["models"]["children"]["named"][0] > 0.9


def test_other_photographs_are_as_many_as_photographs(found):
    """They would be six fifths if both halves were the same pictures."""
    assert np.mean([found["presence"]["real"][gender][0] for gender in ("male", "female")]) == pytest.approx(1, abs=0.1)


def test_another_seed_draws_others(faces, found):
    again = groups.study(faces, {"children": Children(faces)}, count=COUNT, seed=1)
    assert again["image_set_hash"] != found["image_set_hash"]
    assert again["presence"]["children"] != found["presence"]["children"]


def test_a_study_says_nothing_of_groups_that_are_too_small(faces, found):
    members = halves(faces)[0]["age"]
    assert found["images"]["0 to 12"] == np.sum(members == 0)
    assert min(found["images"].values()) >= groups.FEWEST
    assert set(found["images"]) == set(found["presence"]["real"]) == set(found["coverage"]["children"])


def test_more_photographs_than_there_are_are_refused(faces):
    with pytest.raises(FacegenError, match="1,200 in all"):
        groups.study(faces, {}, count=601)


def test_shares_are_counted_on_photographs_that_taught_nothing(faces, found):
    reference, others = (places["age"][places["age"] >= 0] for places in halves(faces))
    ages = found["shares"]["age"]
    assert ages["taught"] == pytest.approx(np.bincount(reference, minlength=6) / len(reference))
    assert ages["real"]["true"] == pytest.approx(np.bincount(others, minlength=6) / len(others))
    assert ages["accuracy"] > 0.8


def test_both_ways_of_counting_are_tried_where_the_truth_is_known(found):
    ages = found["shares"]["age"]
    assert set(ages["thinned"]) == set(ages["names"])
    for number, name in enumerate(ages["names"]):
        thinned = ages["thinned"][name]
        assert thinned["true"][number] < 0.15 * ages["real"]["true"][number]
        assert thinned["named"] != ages["real"]["named"] and thinned["named"] != thinned["adjusted"]
        named, better = (abs(thinned[way][number] - thinned["true"][number]) for way in ("named", "adjusted"))
        assert better <= named + 0.01
        assert all(sum(thinned[way]) == pytest.approx(1) for way in ("true", "named", "adjusted"))
