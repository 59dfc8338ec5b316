"""The questionnaire in a notebook: two of four pictures are generated, choose them, beside a still figure for paper.

    asked = Questionnaire({"dcgan-utkface": people}, faces, questions=3)
    quiz.take(asked, "answers.csv")

Boxes and buttons are ordinary form controls, so the keyboard alone suffices: Tab, Space, Enter.
"""

from __future__ import annotations

import getpass
from pathlib import Path

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.core.getipython import get_ipython
from IPython.display import display

from facegen_lib.data.images import png
from facegen_lib.evaluation.human import Question, Questionnaire, score
from facegen_lib.notebook import style  # noqa: F401  (sets the look of the figures)
from facegen_lib.training import checkpoints

SIDE = 144  # pixels on the screen


def take(questionnaire: Questionnaire, path: str | Path = "answers.csv", participant: str = "") -> None:
    """Show one question after the other; the last button writes the answers and says how often you erred.

    Args:
        questionnaire: what is asked.
        path: of the CSV file, as `score` reads it; an older one is replaced.
        participant: who answers; by default the name of your account on this computer.
    """
    still(questionnaire)
    if get_ipython() is not None:
        display(Sitting(questionnaire, Path(path), participant or getpass.getuser()).panel)


def still(questionnaire: Questionnaire, number: int = 1) -> None:
    """A figure of one question as it is asked, without its answer.

    Args:
        questionnaire: what is asked.
        number: of the question, from 1.
    """
    question = questionnaire.questions[number - 1]
    examples = len(question.real_examples)
    figure = plt.figure(figsize=(7.5, 3.4))
    above, below = figure.subfigures(2, 1, height_ratios=(1, 2))
    rows = above.subplots(1, 2 * examples + 1, squeeze=False)[0]
    shown = [*question.real_examples, None, *question.fake_examples]
    for axes, image in zip(rows, shown, strict=True):
        _picture(axes, image)
    rows[0].set_title("real", fontsize=9.5)
    rows[examples + 1].set_title("generated", fontsize=9.5)
    for place, (axes, image) in enumerate(zip(below.subplots(1, 4), question.pictures, strict=True), start=1):
        _picture(axes, image)
        axes.set_title(f"{place}", loc="center")
    below.supxlabel("Which two were made by a computer?", fontsize=10.5)
    plt.show()


class Sitting:
    """One person answering: the widgets, and the choices made so far.

    Args:
        questionnaire: what is asked.
        path: where the answers go.
        participant: whose they are.
    """

    def __init__(self, questionnaire: Questionnaire, path: Path, participant: str):
        self.questionnaire, self.path, self.participant = questionnaire, path, participant
        self.choices: dict[int, tuple[int, int]] = {}
        self.number = 1
        self.heading = widgets.HTML()
        self.boxes = [widgets.Checkbox(description=f"picture {place}", indent=False) for place in range(1, 5)]
        self.pictures = [widgets.Image(format="png", width=SIDE, height=SIDE) for _ in range(4)]
        self.examples = widgets.HBox()
        self.next = widgets.Button(button_style="primary", disabled=True)
        for box in self.boxes:
            box.layout.width = f"{SIDE}px"
            box.observe(self.chosen, "value")
        self.next.on_click(self.answer)
        columns = [widgets.VBox(pair) for pair in zip(self.pictures, self.boxes, strict=True)]
        self.panel = widgets.VBox([self.heading, self.examples, widgets.HBox(columns), self.next])
        self.show()

    def show(self) -> None:
        """Put the present question on the screen."""
        question = self.questionnaire.questions[self.number - 1]
        total = len(self.questionnaire.questions)
        self.heading.value = f"<b>Question {self.number} of {total}.</b> Choose the two that a computer made."
        self.examples.children = _examples(question)
        for box, picture, image in zip(self.boxes, self.pictures, question.pictures, strict=True):
            picture.value = png(image)
            box.value = False
        self.next.description = "Next question" if self.number < total else "Save answers"

    def chosen(self, _change: object = None) -> None:
        """Close the rest when two are chosen, open it again when one is taken back."""
        full = sum(box.value for box in self.boxes) == 2
        for box in self.boxes:
            box.disabled = full and not box.value
        self.next.disabled = not full

    def answer(self, _button: object = None) -> None:
        """Keep the choice and go on, or write the file and say the score."""
        self.choices[self.number] = tuple(place for place, box in enumerate(self.boxes, start=1) if box.value)
        if self.number < len(self.questionnaire.questions):
            self.number += 1
            self.show()
            return
        answers = self.questionnaire.answers_csv(self.choices, self.participant)
        checkpoints.write_whole(self.path, lambda file: file.write(answers.encode()))
        found = "<br>".join(str(one) for one in score([answers], self.questionnaire.key()))
        self.panel.children = [widgets.HTML(f"{found}<br>One half is guessing. Your answers are in {self.path}.")]


def _examples(question: Question) -> list[widgets.Widget]:
    def row(words: str, images: np.ndarray) -> widgets.VBox:
        small = [widgets.Image(value=png(image), format="png", width=SIDE // 2) for image in images]
        return widgets.VBox([widgets.HTML(words), widgets.HBox(small)])

    return [row("real", question.real_examples), row("generated", question.fake_examples)]


def _picture(axes: plt.Axes, image: np.ndarray | None) -> None:
    axes.set_axis_off()
    if image is not None:
        axes.imshow(image.squeeze(), vmin=0, vmax=255)
