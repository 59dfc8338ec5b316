"""Which kinds of picture are made, which are missing: class histogram, its distance, and the Inception-style score.

A labelled set teaches a linear classifier on top of the extractor's features; the classifier then names the kind of
every generated image, and of other real images for comparison.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping

import numpy as np

from facegen_lib.errors import FacegenError, unknown_name

MOST_CLASSES = 20
FOLDS = 5
# Tried for scikit-learn's C: how large the weights of the classifier may grow, and with them how sure it may be.
FREEDOMS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A linear classifier on features.

    Attributes:
        label: what it names, e.g. `"digit"`.
        names: its classes.
        answers: p(class | image) of all images that it was made from, each by a classifier that was not taught that
            image, (N, classes).
        accuracy: share of right answers among those.
        commonest: what always giving the commonest answer would score.
        pipeline: of scikit-learn, taught four fifths of the images.
    """

    label: str
    names: list[str]
    answers: np.ndarray
    accuracy: float
    commonest: float
    pipeline: object

    @property
    def is_legible(self) -> bool:
        """The label can be read off the pictures: a tenth of the mistakes of the commonest answer are avoided."""
        return 1 - self.accuracy <= 0.9 * (1 - self.commonest)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """p(class | image), (N, classes), rows sum to 1."""
        return self.pipeline.predict_proba(features)


def choose_label(labels: Mapping[str, np.ndarray], label: str | None = None) -> str | None:
    """The label to look at: the one asked for, else the one with most classes, at most 20; None when there is none.

    Raises:
        FacegenError: the label asked for is unknown or does not divide the set into 2 to 20 classes.
    """
    sizes = {name: len(np.unique(_known(values))) for name, values in labels.items() if np.ndim(values) == 1}
    if label is not None:
        if label not in sizes:
            raise unknown_name("label", label, sizes)
        if not 2 <= sizes[label] <= MOST_CLASSES:
            raise FacegenError(
                f'Label "{label}" has {sizes[label]} different values; a histogram needs 2 to {MOST_CLASSES}. '
                "Put them into classes first, e.g. np.digitize(ages, [13, 20, 40, 60])."
            )
        return label
    usable = {name: size for name, size in sizes.items() if 2 <= size <= MOST_CLASSES}
    return max(usable, key=usable.get) if usable else None


def teach(label: str, features: np.ndarray, values: np.ndarray, seed: int = 0) -> Classifier | None:
    """A classifier of `values` by features, taught four fifths of the images.

    Each fifth of them is named by a classifier that was taught the other four, so that these images can be compared
    with others: a classifier names the very images that it was taught better than any new ones. How large its weights
    may be, and with them how sure it is, is decided by these answers: the least surprised by the right ones (lowest log
    loss) is taken. So a confidence of 0.9 means, for real images, about what it says.

    Args:
        label: what the values say, for people.
        features: (N, d).
        values: (N,) class of each image; -1 where it is not known. Classes of fewer than five images are not taught.

    Returns:
        the classifier; None when fewer than two classes have five images.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    names, sizes = np.unique(_known(values), return_counts=True)
    known = np.flatnonzero(np.isin(values, names[sizes >= FOLDS]))
    shown, right = features[known], np.asarray(values)[known].astype(str)
    names, sizes = np.unique(right, return_counts=True)
    if len(names) < 2:
        return None
    fifths = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(shown, right))
    taught, _ = fifths[0]
    pipelines = [make_pipeline(StandardScaler(), LogisticRegression(max_iter=100, C=freedom)) for freedom in FREEDOMS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        answered = [cross_val_predict(each, shown, right, cv=fifths, method="predict_proba") for each in pipelines]
        best = int(np.argmin([log_loss(right, answers) for answers in answered]))
        pipeline = pipelines[best].fit(shown[taught], right[taught])
        answers = pipeline.predict_proba(features)
        answers[known] = answered[best]
    accuracy = np.mean(names[answers[known].argmax(axis=1)] == right)
    return Classifier(label, names.tolist(), answers, float(accuracy), float(sizes.max() / len(right)), pipeline)


def histogram(probabilities: np.ndarray) -> np.ndarray:
    """Share of images whose most probable class is each class, (classes,)."""
    return np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1]) / len(probabilities)


def histogram_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Total variation ½ Σ|a − b| of two histograms, in [0, 1]: the share of images that would have to change class."""
    return float(np.abs(np.asarray(a) - np.asarray(b)).sum() / 2)


def class_score(probabilities: np.ndarray) -> float:
    """exp E KL(p(y|x) ‖ p(y)), the Inception Score's formula (Salimans et al., 2016, section 4), of any classifier.

    From 1 (every image gets the same answer, or none gets a clear one) to the number of classes (clear answers,
    evenly spread). It compares with no real image: a set of one perfect picture per class scores best.

    Args:
        probabilities: p(y|x), (N, classes), rows sum to 1.

    Raises:
        FacegenError: these are no such rows.
    """
    probabilities = np.asarray(probabilities, dtype="float64")
    if probabilities.ndim != 2 or np.any(probabilities < 0) or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-4):
        raise FacegenError(
            f"Class probabilities (N, classes) with rows that sum to 1 are expected; got shape {probabilities.shape}. "
            "A softmax turns logits into such rows."
        )
    marginal = probabilities.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(probabilities > 0, probabilities * np.log(probabilities / marginal), 0)
    return float(np.exp(terms.sum(axis=1).mean()))


def _known(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values)
    return values[values != -1] if values.dtype.kind in "iuf" else values
