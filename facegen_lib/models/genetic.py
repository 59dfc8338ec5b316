"""Evolution on the batch axis: a population is one matrix, a generation a few operations on it, a run one loop.

Chromosomes, elite, crossover and mutation follow de Cid, Recio and Loyola, *FaceGen* (2019), section 3.1. Who may be a
parent the paper leaves open; here it is the elite (truncation selection).
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from facegen_lib.errors import FacegenError

FIRST, PARENTS, CUTS, MUTATION = range(4)  # each use of chance has a stream of its own
CUT_SPREAD = 1 / 6  # standard deviation of the cut, in chromosome lengths: three of them reach either end


@dataclasses.dataclass(frozen=True)
class Bytes:
    """Genes of an image: one byte per pixel and channel, uint8, uniform in [0, 255] (FaceGen, section 3.1.1)."""

    def draw(self, shape, seed: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.random.stateless_uniform(shape, seed, 0, 256, tf.int32), tf.uint8)


@dataclasses.dataclass(frozen=True)
class Latents:
    """Genes of a generator's latent vector: float32, each drawn, and drawn anew when it mutates, from N(0, 1)."""

    def draw(self, shape, seed: tf.Tensor) -> tf.Tensor:
        return tf.random.stateless_normal(shape, seed)


def pick_parents(count: int, elite: int, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Two different ranks within the elite for each child, uniformly: int32 (count,) twice."""
    drawn = tf.random.stateless_uniform((2, count), seed, 0, 2**30, tf.int32)
    mothers = drawn[0] % elite
    return mothers, (mothers + 1 + drawn[1] % (elite - 1)) % elite


def draw_cuts(count: int, length: int, seed: tf.Tensor) -> tf.Tensor:
    """Where chromosomes are cut: int32 (count,) in [1, length - 1], normally distributed about the middle."""
    middle = tf.random.stateless_normal((count,), seed, mean=length / 2, stddev=CUT_SPREAD * length)
    return tf.clip_by_value(tf.cast(tf.round(middle), tf.int32), 1, length - 1)


def crossover(mothers: tf.Tensor, fathers: tf.Tensor, cuts: tf.Tensor) -> tf.Tensor:
    """Single-point crossover: the mother's genes before the cut, the father's from it on.

    Args:
        mothers, fathers: (N, length), one pair per child.
        cuts: int32 (N,).
    """
    return tf.where(tf.range(mothers.shape[1]) < cuts[:, None], mothers, fathers)


def mutate(chromosomes: tf.Tensor, rate: float, genes: Bytes | Latents, seed: tf.Tensor) -> tf.Tensor:
    """Draws each gene anew with probability `rate`, independently of all others.

    A Poisson number of hits falls on places drawn uniformly, so that only the genes that change cost anything. With
    −ln(1 − rate) hits expected per gene, a gene is hit at least once with probability `rate`, exactly.

    Args:
        chromosomes: (N, length).
        rate: share of genes, in [0, 1).
        genes: how a gene is drawn.
        seed: int32 (2,).
    """
    places = math.prod(chromosomes.shape)
    expected = -math.log1p(-rate) * places
    hits = tf.random.stateless_poisson((), seed, expected, tf.int32)
    where = tf.random.stateless_uniform((hits, 1), seed + 1, 0, places, tf.int32)
    flat = tf.tensor_scatter_nd_update(tf.reshape(chromosomes, [-1]), where, genes.draw((hits,), seed + 2))
    return tf.reshape(flat, chromosomes.shape)


class GeneticAlgorithm:
    """A population that is judged, keeps its elite and replaces everybody else by mutated children of the elite.

    Generation n depends on the seed and on n alone, so ten generations and then ten more are twenty.

    Args:
        fitness: maps chromosomes (N, *shape) to scores (N,), larger is fitter; a TensorFlow function without chance in
            it. Only children are judged: whoever survives keeps its score.
        shape: of one chromosome as `fitness` sees it, e.g. `(64, 64, 3)`; crossover sees it flattened.
        genes: `Bytes()` for images, `Latents()` for latent vectors.
        population: chromosomes alive; the paper uses 100.
        elite: how many survive a generation and become parents; the paper uses 20.
        mutation_rate: share of a child's genes drawn anew.
        seed: of everything that is left to chance.

    Attributes:
        generation: generations done.
        chromosomes: (population, *shape), fittest first.
        scores: float32 (population,), the fitness of each.
        history: `"best"` and `"mean"` fitness, float32 (generation + 1,), the first population included.

    Raises:
        FacegenError: the elite is not smaller than the population or has fewer than two members, a chromosome has
            fewer than two genes, or the mutation rate is not in [0, 1).
    """

    def __init__(
        self,
        fitness: Callable[[tf.Tensor], tf.Tensor],
        shape: tuple[int, ...],
        genes: Bytes | Latents | None = None,
        population: int = 100,
        elite: int = 20,
        mutation_rate: float = 0.001,
        seed: int = 0,
    ):
        if not 2 <= elite < population:
            raise FacegenError(f"An elite has at least 2 members and fewer than all {population}; got {elite}.")
        if not 0 <= mutation_rate < 1:
            raise FacegenError(
                f"mutation_rate is a share of the genes, 0 or more and less than 1; got {mutation_rate}."
            )
        if math.prod(shape) < 2:
            raise FacegenError(f"A chromosome needs two genes or more to be cut in two; got shape {shape}.")
        self.fitness = fitness
        self.shape = tuple(shape)
        self.genes = genes or Bytes()
        self.population = population
        self.elite = elite
        self.mutation_rate = mutation_rate
        self.seed = seed
        self.generation = 0
        flat = self.genes.draw((population, math.prod(shape)), self.chance(0, FIRST))
        self._alive = self.ranked(flat, self.judge(flat))
        self.history = {"best": self.scores[:1], "mean": self.scores.mean(keepdims=True)}

    @property
    def chromosomes(self) -> np.ndarray:
        return self._alive[0].numpy().reshape(self.population, *self.shape)

    @property
    def scores(self) -> np.ndarray:
        return self._alive[1].numpy()

    @property
    def best(self) -> np.ndarray:
        """The fittest chromosome, of the given shape."""
        return self.chromosomes[0]

    @functools.cached_property
    def _loop(self) -> Callable:
        """`generations`, compiled once for populations of this shape."""
        return tf.function(self.generations).get_concrete_function(*self._alive, tf.constant(0), tf.constant(0))

    def evolve(self, generations: int) -> GeneticAlgorithm:
        """Goes on for so many generations, in one compiled loop; returns itself."""
        first, count = tf.constant(self.generation, tf.int32), tf.constant(generations, tf.int32)
        *self._alive, best, mean = self._loop(*self._alive, first, count)
        self.generation += generations
        for name, column in (("best", best), ("mean", mean)):
            self.history[name] = np.concatenate([self.history[name], column.numpy()])
        return self

    def generations(self, flat: tf.Tensor, scores: tf.Tensor, first: tf.Tensor, count: tf.Tensor):
        """`count` generations from number `first` on: chromosomes, scores, and both columns of the history."""
        best, mean = tf.TensorArray(tf.float32, count), tf.TensorArray(tf.float32, count)
        for number in tf.range(count):
            flat, scores = self.next_generation(flat, scores, first + number)
            best, mean = best.write(number, scores[0]), mean.write(number, tf.reduce_mean(scores))
        return flat, scores, best.stack(), mean.stack()

    def next_generation(self, flat: tf.Tensor, scores: tf.Tensor, number: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """One generation.

        Args:
            flat: chromosomes (population, length), fittest first.
            scores: float32 (population,).
            number: of the generation.
        """
        children = self.population - self.elite
        mothers, fathers = pick_parents(children, self.elite, self.chance(number, PARENTS))
        cuts = draw_cuts(children, flat.shape[1], self.chance(number, CUTS))
        born = crossover(tf.gather(flat, mothers), tf.gather(flat, fathers), cuts)
        born = mutate(born, self.mutation_rate, self.genes, self.chance(number, MUTATION))
        everybody = tf.concat([flat[: self.elite], born], axis=0)
        return self.ranked(everybody, tf.concat([scores[: self.elite], self.judge(born)], axis=0))

    def ranked(self, flat: tf.Tensor, scores: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Everybody with their scores, fittest first; of equals, whoever stood first."""
        scores, order = tf.math.top_k(scores, self.population)
        return tf.gather(flat, order), scores

    def judge(self, flat: tf.Tensor) -> tf.Tensor:
        """Fitness of flat chromosomes: float32 (N,)."""
        return tf.cast(tf.reshape(self.fitness(tf.reshape(flat, (-1, *self.shape))), [flat.shape[0]]), tf.float32)

    def chance(self, number: int | tf.Tensor, use: int) -> tf.Tensor:
        """The random stream of one use in one generation: int32 (2,)."""
        return tf.stack([self.seed, 16 * number + 4 * use])
