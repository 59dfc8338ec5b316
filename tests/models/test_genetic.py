import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from facegen_lib.errors import FacegenError
from facegen_lib.models import genetic
from facegen_lib.models.genetic import Bytes, GeneticAlgorithm, Latents, crossover, draw_cuts, mutate, pick_parents

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**31 - 100).map(lambda number: tf.constant([number, 7]))


def brightness(images):
    return tf.reduce_mean(tf.cast(images, tf.float32), axis=(1, 2, 3))


def closeness(target):
    return lambda images: -tf.reduce_mean((tf.cast(images, tf.float32) - target) ** 2, axis=(1, 2, 3))


def evolution(fitness=brightness, **changes):
    options = {"shape": (4, 5, 3), "population": 20, "elite": 6, "mutation_rate": 0.05, "seed": 3}
    return GeneticAlgorithm(fitness, **{**options, **changes})


@few
@given(seed=seeds, count=st.integers(1, 9), length=st.integers(2, 40))
def test_a_child_has_its_mothers_genes_before_the_cut_and_its_fathers_from_it_on(seed, count, length):
    mothers, fathers = Bytes().draw((count, length), seed), Bytes().draw((count, length), seed + 1)
    cuts = draw_cuts(count, length, seed + 2)
    children = crossover(mothers, fathers, cuts).numpy()
    assert children.shape == (count, length) and children.dtype == np.uint8
    for child, mother, father, cut in zip(children, mothers.numpy(), fathers.numpy(), cuts.numpy(), strict=True):
        assert 1 <= cut <= length - 1
        np.testing.assert_array_equal(child, [*mother[:cut], *father[cut:]])


def test_cuts_are_normal_about_the_middle():
    cuts = draw_cuts(20_000, 12_288, tf.constant([1, 2])).numpy()
    inside = cuts[(cuts > 1) & (cuts < 12_287)]
    assert len(inside) > 0.99 * len(cuts)
    assert abs(cuts.mean() - 6144) < 5 * 2048 / np.sqrt(20_000)
    bounds = (-5143 / 2048, 5143 / 2048)
    kept = cuts[np.abs(cuts - 6144) < 5143]
    assert stats.kstest((kept - 6144) / 2048, stats.truncnorm(*bounds).cdf).pvalue > 0.01


@few
@given(seed=seeds, elite=st.integers(2, 30))
def test_parents_are_two_and_of_the_elite(seed, elite):
    mothers, fathers = (rank.numpy() for rank in pick_parents(200, elite, seed))
    assert (mothers != fathers).all()
    assert min(mothers.min(), fathers.min()) >= 0 and max(mothers.max(), fathers.max()) < elite


def test_every_pair_of_the_elite_is_equally_likely():
    mothers, fathers = (rank.numpy() for rank in pick_parents(60_000, 4, tf.constant([1, 1])))
    counts = np.bincount(4 * mothers + fathers, minlength=16).reshape(4, 4)[~np.eye(4, dtype=bool)]
    assert stats.chisquare(counts).pvalue > 0.001


@few
@given(seed=seeds, rate=st.floats(0, 0.95), genes=st.sampled_from([Bytes(), Latents()]))
def test_mutation_keeps_length_type_and_range_and_touches_the_asked_share(seed, rate, genes):
    before = tf.zeros((50, 200), tf.uint8) if genes == Bytes() else tf.fill((50, 200), 99.0)
    after = mutate(before, rate, genes, seed)
    assert after.shape == before.shape and after.dtype == before.dtype
    seen = rate * 255 / 256 if genes == Bytes() else rate  # a byte drawn anew is the old one once in 256 times
    changed = int(np.sum(after.numpy() != before.numpy()))
    lowest, highest = stats.binom.ppf([1e-6, 1 - 1e-6], 10_000, seen)
    assert lowest <= changed <= highest


def test_mutations_hit_every_gene_of_every_child_alike():
    hits = sum(
        (mutate(tf.fill((8, 30), 99.0), 0.3, Latents(), tf.constant([5, 16 * number])).numpy() != 99)
        for number in range(400)
    )
    assert stats.chisquare(hits.ravel()).pvalue > 0.001
    assert abs(hits.mean() / 400 - 0.3) < 5 * np.sqrt(0.3 * 0.7 / (400 * 240))


@few
@given(seed=seeds)
def test_a_gene_drawn_is_in_range_and_latents_are_normal(seed):
    drawn = Bytes().draw((4000,), seed).numpy()
    assert drawn.dtype == np.uint8 and drawn.min() < 10 and drawn.max() > 245
    assert stats.kstest(Latents().draw((4000,), seed).numpy(), "norm").pvalue > 1e-6


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_the_elite_survives_unchanged_and_the_best_never_falls(seed):
    population = evolution(seed=seed)
    elite = {chromosome.tobytes() for chromosome in population.chromosomes[:6]}
    population.evolve(1)
    assert elite <= {chromosome.tobytes() for chromosome in population.chromosomes}
    population.evolve(10)
    assert (np.diff(population.history["best"]) >= 0).all()
    assert population.scores[0] == population.history["best"][-1]


def test_everybody_is_ranked_and_wears_its_own_score():
    population = evolution().evolve(7)
    assert population.chromosomes.dtype == np.uint8 and population.chromosomes.shape == (20, 4, 5, 3)
    assert (np.diff(population.scores) <= 0).all()
    np.testing.assert_allclose(population.scores, brightness(population.chromosomes), rtol=1e-6)
    np.testing.assert_array_equal(population.best, population.chromosomes[0])


def test_exactly_the_elite_survives_when_all_children_are_worse():
    population = evolution(lambda images: tf.cast(tf.reduce_all(images == images, axis=(1, 2, 3)), tf.float32))
    before = population.chromosomes  # everybody scores 1, and of equals whoever stood first stays first
    population.evolve(5)
    np.testing.assert_array_equal(population.chromosomes[:6], before[:6])
    assert (population.chromosomes[6:] != before[6:]).any(axis=(1, 2, 3)).all()


class Colours(Bytes):
    """Chromosome n is of colour n throughout."""

    def draw(self, shape, seed):
        if len(shape) == 1:  # single genes, for a mutation
            return super().draw(shape, seed)
        return tf.repeat(tf.cast(tf.range(shape[0]), tf.uint8)[:, None], shape[1], axis=1)


def test_children_have_the_genes_of_the_elite_alone():
    population = evolution(genes=Colours(), mutation_rate=0.0).evolve(1)  # the elite: the six brightest of 0 … 19
    assert population.chromosomes.min() == 14


def test_each_use_of_chance_in_each_generation_has_a_stream_of_its_own(monkeypatch):
    population, seeds = evolution(), []

    def remember(use):
        monkeypatch.setattr(genetic, use.__name__, lambda *given: seeds.append(tuple(given[-1].numpy())) or use(*given))

    for use in (pick_parents, draw_cuts, mutate):
        remember(use)
    for number in range(3):
        population.next_generation(*population._alive, tf.constant(number))
    assert len(set(seeds)) == len(seeds) == 9


def test_only_children_are_judged():
    judged = []
    population = evolution(lambda images: judged.append(images.shape[0]) or brightness(images))
    population.evolve(3)
    assert judged == [20, 14]  # the first population, then once in the compiled loop


def test_the_same_seed_has_the_same_history_and_another_seed_another():
    one, same, other = (evolution(seed=seed).evolve(30) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.chromosomes, same.chromosomes)
    np.testing.assert_array_equal(one.history["mean"], same.history["mean"])
    assert (one.history["mean"] != other.history["mean"]).any()


def test_ten_generations_and_ten_more_are_twenty():
    whole, parts = evolution().evolve(20), evolution().evolve(10).evolve(np.int64(10))
    np.testing.assert_array_equal(whole.chromosomes, parts.chromosomes)
    np.testing.assert_array_equal(whole.history["best"], parts.history["best"])
    assert whole.generation == parts.generation == 20 and len(whole.history["mean"]) == 21


def test_a_known_target_is_found():
    target = np.random.default_rng(0).integers(0, 256, (3, 3, 1)).astype("float32")
    population = evolution(closeness(target), shape=(3, 3, 1), population=50, elite=10, mutation_rate=0.1)
    population.evolve(1500)
    assert population.history["best"][-1] > -4  # within two grey levels, root mean square


def test_latent_vectors_evolve_as_well():
    population = evolution(lambda z: -tf.norm(z - 1, axis=1), shape=(16,), genes=Latents()).evolve(300)
    assert population.best.dtype == np.float32
    assert population.history["best"][-1] > 0.3 * population.history["best"][0]


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"elite": 1}, "at least 2 members"),
        ({"elite": 20}, "fewer than all 20"),
        ({"mutation_rate": 1}, "less than 1; got 1"),
        ({"mutation_rate": -0.1}, "got -0.1"),
        ({"shape": (1, 1, 1)}, "two genes"),
    ],
)
def test_what_cannot_evolve_is_refused_with_a_reason(changes, sentence):
    with pytest.raises(FacegenError, match=sentence):
        evolution(**changes)
