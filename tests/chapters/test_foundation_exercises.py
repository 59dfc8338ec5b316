"""The workbooks of chapters 01 and 02 as a student meets them: empty, wrong in the usual ways, and right."""

import itertools
import re

import jupytext
import numpy as np
import pytest
from scipy.special import rel_entr

from facegen_lib.notebook.check import NotYetError
from facegen_lib.shipped import HOME

SOLUTION = re.compile(r"    ### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)
WORKBOOKS = ["01_generative_models", "02_building_blocks"]


def work_through(slug: str, answers: dict | None = None) -> dict[str, str]:
    """Run a workbook with all solutions blank but for `answers`; for each function the first check's feedback."""
    cells = [
        cell for cell in jupytext.read(HOME / "chapters" / "exercises" / f"{slug}.py").cells if cell.cell_type == "code"
    ]
    names, feedback = {}, {}
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if "solution" in tags:
            exec(SOLUTION.sub("    raise NotImplementedError", cell.source), names)
            names.update(answers or {})
        elif "check" in tags:
            name = re.search(r'check\.report\(\s*"(\w+)"', cell.source)[1]
            try:
                exec(cell.source, names)
            except NotYetError as error:
                feedback[name] = str(error)
        elif not any(f"{name}(" in cell.source for name in feedback):  # a cell that goes on with an answer waits for it
            exec(cell.source, names)
    return feedback


@pytest.mark.parametrize("slug", WORKBOOKS)
def test_every_blank_is_still_to_be_written(slug):
    feedback = work_through(slug)
    assert len(feedback) == 5
    assert all("still to be written" in text for text in feedback.values())


def rounded_stamps(kernel, stride):
    return [kernel // stride] * stride


def half_jsd(p, q):
    return rel_entr(p, (p + q) / 2).sum()


def unscaled_bias(kernel, bias, gamma, beta, mean, variance):
    scale = gamma / np.sqrt(variance + 1e-3)
    return kernel * scale, bias + beta - mean * scale


MISTAKES = {
    "best_width": ("01", lambda training, held_out, widths: widths[0], "the narrowest wins"),
    "optimal_discriminator": ("01", lambda p, q, ratio: p / (p + q), "the ratio does not appear"),
    "jsd": ("01", lambda p, q: half_jsd(p, q) + half_jsd(q, p), "their mean is asked for"),
    "pull": ("01", lambda logit, loss: np.exp(logit) / (1 + np.exp(logit)) * (-1), "the sign"),
    "distance_after": ("01", lambda momentum: 1.0428613, "the speed is thrown away"),
    "discriminator_weights": ("02", lambda channels: 391_937, "batch normalisation is missing"),
    "same_padding": ("02", lambda size, kernel, stride: kernel - 1, "right for stride 1 only"),
    "stamps": ("02", rounded_stamps, "some places get one more"),
    "fold": ("02", unscaled_bias, "the convolution's own bias is scaled as well"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_usual_mistake_gets_its_own_advice(name):
    number, answer, advice = MISTAKES[name]
    slug = next(slug for slug in WORKBOOKS if slug.startswith(number))
    assert advice in work_through(slug, {name: answer})[name]


def without_the_last_bias(channels):
    pairs = itertools.pairwise(channels)
    return sum(9 * a * b + b for a, b in pairs) + 4 * sum(channels[2:]) + 16 * channels[-1]


def tenth_of_an_equal_share(real, made):
    values = np.unique(real).tolist()
    return [value for value in values if np.mean(made == value) < 1 / len(values) / 10]


def first_ball_only(among_real, fake_to_real, k):
    return (fake_to_real < np.sort(among_real, axis=1)[:, 1]).any(axis=1).mean()


CHANCE = {
    "01_generative_models": {
        "jsd": half_jsd,
        "pull": lambda logit, loss: np.exp(logit) if loss == "saturating" else 1 - np.exp(logit),
    },
    "02_building_blocks": {"discriminator_weights": without_the_last_bias},
    "03_data": {
        "to_bytes": lambda images: np.rint((images + 1) * 127.5).clip(0, 255),
        "batch_number": lambda number, count, size, seed: np.random.default_rng([seed, number // 2]).permutation(10)[
            number % 2 * size : number % 2 * size + size
        ],
        "zoom": lambda factor: np.diag([0.5, 0.5, 1]),
        "lost": tenth_of_an_equal_share,
    },
    "04_measuring": {"precision": first_ball_only},
}


@pytest.mark.parametrize("slug", CHANCE)
def test_an_answer_that_is_right_by_chance_only_is_refused(slug):
    feedback = work_through(slug, CHANCE[slug])
    assert [name for name in CHANCE[slug] if name not in feedback] == []
