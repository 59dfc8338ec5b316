import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from scipy import stats

from facegen_lib.models.vae import VAE, Autoencoder, gaussian_kl, reparametrise
from facegen_lib.networks import autoencoder

SHAPE = (8, 8, 1)


@pytest.fixture
def images():
    """Sixty-four pictures with one thing that varies: how bright the left half is."""
    brightness = np.linspace(-0.9, 0.9, 64, dtype="float32")
    pictures = np.zeros((64, *SHAPE), "float32")
    pictures[:, :, :4] = brightness[:, None, None, None]
    return tf.constant(pictures)


def built(model=VAE, learning_rate=0.01, **options):
    keras.utils.set_random_seed(1)
    encoder, decoder = autoencoder.encoder(SHAPE, 4, 4), autoencoder.decoder(SHAPE, 4, 4)
    if model is Autoencoder:
        encoder = keras.Model(encoder.input, encoder.outputs[0])
    trained = model(encoder, decoder, **options)
    trained.compile(keras.optimizers.Adam(learning_rate))
    return trained


def after(model, images, steps):
    """Metrics of the last of so many steps."""
    step = tf.function(model.train_step)
    for _ in range(steps):
        metrics = step(images)
    return {name: float(value) for name, value in metrics.items()}


# the divergence


@pytest.mark.parametrize(
    "mean, variance, expected",
    [(0, 1, 0.0), (1, 1, 0.5), (-3, 1, 4.5), (0, math.e, (math.e - 2) / 2), (0, 0.25, 0.3181471805599453)],
)
def test_the_divergence_has_its_known_values(mean, variance, expected):
    assert float(gaussian_kl(np.float32(mean), np.float32(math.log(variance)))) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("mean, deviation", [(0.0, 1.0), (1.5, 0.3), (-2.0, 2.5)])
def test_the_divergence_agrees_with_a_monte_carlo_estimate(mean, deviation):
    drawn = np.random.default_rng(0).normal(mean, deviation, 200_000)
    differences = stats.norm.logpdf(drawn, mean, deviation) - stats.norm.logpdf(drawn)
    closed = float(gaussian_kl(np.float32(mean), np.float32(2 * math.log(deviation))))
    assert abs(closed - differences.mean()) < 5 * differences.std() / math.sqrt(len(drawn)) + 1e-6


# the trick


def test_a_code_has_the_asked_mean_and_spread_and_passes_gradients_to_both():
    mean, log_variance = tf.constant([1.0, -2.0]), tf.constant([0.0, 2 * math.log(0.1)])
    epsilon = tf.random.stateless_normal((50_000, 2), seed=(1, 2))
    drawn = reparametrise(mean, log_variance, epsilon).numpy()
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.02)
    np.testing.assert_allclose(drawn.std(axis=0), [1.0, 0.1], rtol=0.02)
    with tf.GradientTape() as tape:
        tape.watch([mean, log_variance])
        z = tf.reduce_sum(reparametrise(mean, log_variance, tf.constant([3.0, 5.0])))
    towards_mean, towards_log_variance = tape.gradient(z, [mean, log_variance])
    np.testing.assert_allclose(towards_mean, [1, 1])
    np.testing.assert_allclose(towards_log_variance, [0.5 * 1.0 * 3, 0.5 * 0.1 * 5], rtol=1e-5)


# the loss


def test_surprise_is_the_negative_log_density_of_a_gaussian(images):
    vae = built(noise=0.3)
    expected = -stats.norm.logpdf(images.numpy(), 0.1, 0.3).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(vae.surprise(images, 0.1 * tf.ones_like(images)), expected, rtol=1e-4)


def test_the_papers_loss_is_squared_error_plus_divergence(images):
    metrics = after(built(warm_up=0), images, 1)
    constant = 32 * math.log(math.pi)
    assert metrics["loss"] == pytest.approx(64 * metrics["squared_error"] + metrics["kl"] + constant, rel=1e-5)


def test_beta_rises_linearly_and_stays():
    vae = built(beta=4.0, warm_up=10)
    seen = []
    for done in (0, 1, 5, 10, 99):
        vae.steps_done.assign(done)
        seen.append(float(vae.present_beta()))
    assert seen == pytest.approx([0.0, 0.4, 2.0, 4.0, 4.0])


# the training


@pytest.mark.parametrize("model", [Autoencoder, VAE])
def test_it_learns_to_give_back_what_came_in(model, images):
    trained = built(model)
    first, last = after(trained, images, 1), after(trained, images, 100)
    assert set(first) == set(model.METRICS)
    assert all(map(math.isfinite, last.values()))
    assert last["squared_error"] < 0.2 * first["squared_error"]
    assert int(trained.steps_done) == 101
    assert trained(images).shape == images.shape


def test_a_heavy_divergence_collapses_the_posterior(images):
    metrics = after(built(beta=1000.0), images, 200)
    assert metrics["active_codes"] == 0
    assert metrics["kl"] < 0.01
    assert metrics["squared_error"] > 0.9 * np.var(images.numpy(), axis=0).mean()


def test_the_same_seed_takes_the_same_steps(images):
    one, same, other = (after(built(seed=seed), images, 3) for seed in (1, 1, 2))
    assert one == same and one != other


# the bound


@pytest.fixture(scope="module")
def gaussian():
    """A Gaussian of six numbers, its probabilistic PCA with two components, and samples (Tipping and Bishop, 1999)."""
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(6, 6)) * [2.0, 1.2, 0.4, 0.3, 0.3, 0.2]
    data = (rng.normal(size=(4000, 6)) @ mixing.T + rng.normal(size=6)).astype("float32")
    values, vectors = np.linalg.eigh(np.cov(data.T, ddof=0))
    values, vectors = values[::-1], vectors[:, ::-1]
    variance = values[2:].mean()
    loadings = vectors[:, :2] * np.sqrt(values[:2] - variance)
    model = stats.multivariate_normal(data.mean(axis=0), loadings @ loadings.T + variance * np.eye(6))
    return data, loadings, variance, model.logpdf(data)


def linear_vae(variance):
    image = keras.Input((2, 3, 1))
    flat = layers.Flatten()(image)
    mean = layers.Dense(2, name="mean")(flat)
    log_variance = layers.Dense(2, kernel_initializer="zeros", name="log_variance")(flat)
    z = keras.Input((2,))
    decoder = keras.Model(z, layers.Reshape((2, 3, 1))(layers.Dense(6, name="loadings")(z)))
    return VAE(keras.Model(image, [mean, log_variance]), decoder, noise=math.sqrt(variance))


def test_a_linear_vae_at_the_closed_form_of_probabilistic_pca_has_its_likelihood(gaussian):
    data, loadings, variance, log_likelihood = gaussian
    vae = linear_vae(variance)
    moments = loadings.T @ loadings + variance * np.eye(2)  # diagonal, as the loadings are orthogonal
    inverse = np.linalg.inv(moments)
    reader = loadings @ inverse
    vae.encoder.get_layer("mean").set_weights([reader, -data.mean(axis=0) @ reader])
    vae.encoder.get_layer("log_variance").set_weights([np.zeros((6, 2)), np.log(variance * np.diag(inverse))])
    vae.decoder.get_layer("loadings").set_weights([loadings.T, data.mean(axis=0)])
    bound = vae.elbo(data.reshape(-1, 2, 3, 1), draws=50).numpy()
    assert abs(bound.mean() - log_likelihood.mean()) < 0.01
    np.testing.assert_allclose(bound, log_likelihood, atol=1.5)


def test_a_trained_linear_vae_comes_to_the_likelihood_of_probabilistic_pca_and_never_above(gaussian):
    data, _, variance, log_likelihood = gaussian
    keras.utils.set_random_seed(3)
    vae, images = linear_vae(variance), tf.constant(data.reshape(-1, 2, 3, 1))
    rates = keras.optimizers.schedules.CosineDecay(0.05, 1000)
    vae.compile(keras.optimizers.Adam(rates, beta_2=0.99))
    step, gaps = tf.function(vae.train_step), []
    for number in range(1001):
        if number % 200 == 0:
            gaps.append(float(log_likelihood.mean() - tf.reduce_mean(vae.elbo(images, draws=20))))
        step(images)
    assert gaps[0] > 1 and min(gaps) > -0.01
    assert gaps[-1] < 0.03
