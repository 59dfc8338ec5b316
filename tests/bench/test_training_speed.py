"""Does the book's training cost more than a bare loop? Run by `make bench`; half a minute on two cores.

Both sides train the networks of `dcgan` at laptop scale on images of 64×64, in turns of a few steps on the same
machine. Ours is all of `fg.train` in a notebook: history, sample grids, advisor, dashboard. The bare loop does the same
arithmetic (one fake batch for both updates, R1 in every eighth step, moving average) and keeps no record of it.
"""

import time

import numpy as np
import pytest
import tensorflow as tf

from facegen_lib.data.images import ImageSet
from facegen_lib.notebook import dashboard
from facegen_lib.recipes import recipe
from facegen_lib.training import Budget, Callback, Run
from facegen_lib.training.callbacks import Advisor

SHAPE = (64, 64, 3)
TURN = 8  # steps: one of them with the penalty
TURNS = 14  # of each side; the first is for warming up
MOST = 1.10


def bare_loop(parts, images):
    """A function that takes so many steps of a hand-written training loop."""
    generator, discriminator = parts.generator, parts.discriminator
    averaged = [tf.Variable(weight) for weight in generator.trainable_variables]
    generator_optimizer, discriminator_optimizer = parts.generator_optimizer(), parts.discriminator_optimizer()
    generator_optimizer.build(generator.trainable_variables)
    discriminator_optimizer.build(discriminator.trainable_variables)
    shuffled = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=0).repeat().batch(parts.batch_size)
    batches = iter(shuffled.map(lambda batch: tf.cast(batch, tf.float32) / 127.5 - 1.0).prefetch(2))

    @tf.function(autograph=False)
    def step(real_images, penalised):
        noise = tf.random.normal((parts.batch_size, parts.latent_dim))
        with tf.GradientTape() as generator_tape:
            fake_images = generator(noise, training=True)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softplus(-discriminator(real_images, training=True)))
            loss += tf.reduce_mean(tf.nn.softplus(discriminator(tf.stop_gradient(fake_images), training=True)))
            if penalised:
                with tf.GradientTape() as inner:
                    inner.watch(real_images)
                    logits = discriminator(real_images, training=True)
                slope = inner.gradient(logits, real_images)
                loss += TURN / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=(1, 2, 3)))
        gradients = tape.gradient(loss, discriminator.trainable_variables)
        discriminator_optimizer.apply(gradients, discriminator.trainable_variables)
        with generator_tape:
            generator_loss = tf.reduce_mean(tf.nn.softplus(-discriminator(fake_images, training=True)))
        gradients = generator_tape.gradient(generator_loss, generator.trainable_variables)
        generator_optimizer.apply(gradients, generator.trainable_variables)
        for average, weight in zip(averaged, generator.trainable_variables, strict=True):
            average.assign(0.998 * average + 0.002 * weight)
        return loss, generator_loss

    def go(first, count):
        for number in range(first, first + count):
            losses = step(next(batches), number % TURN == 0)
        return [float(loss) for loss in losses]  # waits for the last step

    return go


def clocks():
    """Seconds of the wall's clock and of the processor's."""
    return np.array([time.perf_counter(), time.process_time()])


class InTurns(Callback):
    """After each turn of the run, as many steps of the bare loop; stops the run after the last turn."""

    def __init__(self, bare):
        self.bare = bare
        self.ours, self.theirs = [], []

    def on_start(self, run):
        self.began = clocks()

    def on_step(self, run):
        if run.steps % TURN:
            return
        self.ours.append(clocks() - self.began)
        began = clocks()
        self.bare(run.steps - TURN, TURN)
        self.theirs.append(clocks() - began)
        if len(self.ours) == TURNS:
            run.stop()
        self.began = clocks()


class Screen:
    """In place of a browser."""

    def update(self, *_outputs, **_options):
        pass


@pytest.mark.timeout(1800)  # on a machine that is busy with other things as well
def test_training_takes_at_most_a_tenth_more_than_a_bare_loop(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(dashboard, "display", lambda *_outputs, **_options: Screen())
    images = np.random.default_rng(0).integers(0, 256, (1000, *SHAPE), dtype="uint8")
    in_turns = InTurns(bare_loop(recipe("dcgan", SHAPE, scale="laptop"), images))
    board = dashboard.Dashboard()
    run = Run(tmp_path / "run", recipe("dcgan", SHAPE, scale="laptop"), ImageSet("noise", images))
    run.train(Budget(steps=2000), [board, Advisor(every=100, say=board.warn), in_turns])

    ours, theirs = np.array(in_turns.ours[1:]) / TURN, np.array(in_turns.theirs[1:]) / TURN
    ratios = np.median(ours, axis=0) / np.median(theirs, axis=0), ours.sum(axis=0) / theirs.sum(axis=0)
    with capsys.disabled():
        print("\n            ms/step  images/s  processor ms/step")
        for name, seconds in (("ours", ours), ("bare loop", theirs)):
            wall, processor = seconds.mean(axis=0)
            print(f"{name:10}{1000 * wall:9.0f}{run.recipe.batch_size / wall:10.0f}{1000 * processor:19.0f}")
        for name, (wall, processor) in zip(("median", "total"), ratios, strict=True):
            print(f"{name} ratio: {wall:.3f} by the wall's clock, {processor:.3f} by the processor's")
    assert ratios[1][1] <= MOST
