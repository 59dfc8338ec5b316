"""Can people tell? The dissertation's questionnaire (Chen, 2019, section 3.5.1, after Salimans et al., 2016).

Each question shows examples of real and of generated images, then four images: two real, two generated. The
participant chooses the two that a computer made. Whoever cannot tell errs in half of the choices; a rate above one
half means that the generated images look more real than the real ones.
"""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from facegen_lib.data import ImageSet
from facegen_lib.data.images import content_hash, png
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.evaluate import images_of
from facegen_lib.evaluation.inputs import check_same_size
from facegen_lib.evaluation.intervals import wilson

COLUMNS = ("quiz", "participant", "question", "first", "second")


@dataclasses.dataclass(frozen=True)
class Question:
    """Four images, two of them generated.

    Attributes:
        model: who made the generated ones.
        pictures: uint8 (4, H, W, C) in the order shown.
        generated: the two positions, counted from 1, that are generated.
        real_examples, fake_examples: uint8 (examples, H, W, C), shown above and labelled as what they are.
    """

    model: str
    pictures: np.ndarray
    generated: tuple[int, int]
    real_examples: np.ndarray
    fake_examples: np.ndarray


class Questionnaire:
    """Questions in a seeded order, about one or several models.

    Args:
        models: name → what makes or holds its images, as `evaluate` takes it.
        image_set: real images, best of all ones that no model was trained on.
        questions: how many about each model.
        examples: how many real and generated examples each question shows; no example is asked about.
        seed: of images, places and order.

    Raises:
        FacegenError: too few images, or images of different size.
    """

    def __init__(
        self, models: Mapping[str, object], image_set: ImageSet, questions: int = 3, examples: int = 4, seed: int = 0
    ):
        rng = np.random.default_rng(seed)
        needed = questions * (2 + examples)
        if len(image_set) < needed * len(models) or not models:
            raise FacegenError(
                f"{questions} questions about each of {len(models)} models need {needed * len(models)} real images; "
                f"{image_set.name} has {len(image_set)}. Ask fewer questions or show fewer examples."
            )
        real = image_set.images[rng.permutation(len(image_set))[: needed * len(models)]]
        asked = []
        for number, (model, generated) in enumerate(models.items()):
            fake = images_of(generated, needed, image_set.image_shape, seed)
            check_same_size(real, fake)
            if len(fake) < needed:
                raise FacegenError(f"{model} gives {len(fake)} images; {questions} questions need {needed}.")
            mine = real[number * needed : (number + 1) * needed]
            for start in range(0, needed, 2 + examples):
                of_real, of_fake = mine[start : start + 2 + examples], fake[start : start + 2 + examples]
                places = rng.permutation(4)
                pictures = np.concatenate([of_fake[:2], of_real[:2]])[np.argsort(places)]
                generated_at = tuple(sorted(int(place) + 1 for place in places[:2]))
                asked.append(Question(model, pictures, generated_at, of_real[2:], of_fake[2:]))
        self.questions = [asked[position] for position in rng.permutation(len(asked))]
        self.identity = content_hash(np.concatenate([question.pictures for question in self.questions]))

    def key(self) -> dict:
        """Which pictures are generated, and by whom: what `score` needs and no participant may see."""
        rows = [{"model": question.model, "generated": list(question.generated)} for question in self.questions]
        return {"quiz": self.identity, "questions": rows}

    def export_html(self, path: str | Path, title: str = "Real or generated?") -> Path:
        """Write the questionnaire as one page that needs no network, and its key beside it.

        The page holds pictures and nothing else: which are generated stands only in `NAME.key.json`, which is to be
        kept back. Participants open the page from a mail or a disk, answer, and send back the CSV file that it saves.

        Args:
            path: of the page, e.g. `"quiz.html"`; the key becomes `quiz.key.json`.

        Returns:
            the path of the key.
        """
        path = Path(path)
        blocks = [_question_html(number, question) for number, question in enumerate(self.questions, start=1)]
        page = (Path(__file__).with_name("human_page.html")).read_text(encoding="utf-8")
        for name, text in {"title": title, "quiz": self.identity, "questions": "\n".join(blocks)}.items():
            page = page.replace(f"<!--{name}-->", text)
        path.write_text(page, encoding="utf-8")
        key = path.with_suffix(".key.json")
        key.write_text(json.dumps(self.key(), indent=1) + "\n", encoding="utf-8")
        return key

    def answers_csv(self, choices: Mapping[int, Sequence[int]], participant: str) -> str:
        """Choices as the page saves them.

        Args:
            choices: number of the question, from 1 → the two positions chosen, from 1.
            participant: any name; a person's answers are counted once.
        """
        rows = [[self.identity, participant, number, *sorted(pair)] for number, pair in sorted(choices.items())]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
        return text.getvalue()


@dataclasses.dataclass(frozen=True)
class Score:
    """How often people erred about one model.

    Attributes:
        model: its name.
        wrong: how many real pictures were taken for generated ones.
        choices: how many choices were made, two per question.
        people: how many participants made them.
        rate, low, high: wrong / choices and its 95 % Wilson interval, as though all choices were independent; people
            who differ make it too narrow.
    """

    model: str
    wrong: int
    choices: int
    people: int

    @property
    def rate(self) -> float:
        return self.wrong / self.choices

    @property
    def low(self) -> float:
        return wilson(self.wrong, self.choices)[0]

    @property
    def high(self) -> float:
        return wilson(self.wrong, self.choices)[1]

    def __str__(self) -> str:
        interval = f"{self.low:.1%} to {self.high:.1%}"
        return f"{self.model}: error rate {self.rate:.1%} ({interval}; {self.choices} choices, {self.people} people)"


def score(answers: Sequence[str | Path], key: Mapping | str | Path) -> list[Score]:
    """The error rate of each model from the answers of many people.

    Args:
        answers: CSV files as the page saves them, or their text. A participant who sent a file twice is counted once.
        key: what `Questionnaire.key` returns, or the path of the key file.

    Returns:
        one Score per model, highest error rate first.

    Raises:
        FacegenError: there are no answers, a file is not one that the page saved, or it answers another questionnaire.
    """
    if not isinstance(key, Mapping):
        key = _read_key(Path(key))
    given = {}
    for source in answers:
        for participant, number, pair in _read_answers(source, key):
            given[participant, number] = pair
    if not given:
        raise FacegenError("There are no answers to score. Each participant's page saves a file answers-….csv.")
    found = []
    for model in dict.fromkeys(question["model"] for question in key["questions"]):
        mine = {
            (participant, number): pair
            for (participant, number), pair in given.items()
            if key["questions"][number - 1]["model"] == model
        }
        wrong = sum(len(pair - set(key["questions"][number - 1]["generated"])) for (_, number), pair in mine.items())
        if mine:
            found.append(Score(model, wrong, 2 * len(mine), len({participant for participant, _ in mine})))
    return sorted(found, key=lambda one: -one.rate)


def _read_key(path: Path) -> Mapping:
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
        if not {"quiz", "questions"} <= key.keys():
            raise ValueError
    except (OSError, ValueError, AttributeError):
        raise FacegenError(f"{path} is no key as export_html writes it beside the page (NAME.key.json).") from None
    return key


def _read_answers(source: str | Path, key: Mapping):
    is_text = isinstance(source, str) and "\n" in source
    name = "The answers" if is_text else str(source)
    try:
        rows = list(csv.DictReader(io.StringIO(source if is_text else Path(source).read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as error:
        raise FacegenError(f"{name} cannot be read: {error}.") from None
    for row in rows:
        if set(COLUMNS) - row.keys() or None in row.values():
            raise FacegenError(f"{name}: expected columns {', '.join(COLUMNS)}, as the page saves them.")
        if row["quiz"] != key["quiz"]:
            raise FacegenError(f"{name} answers questionnaire {row['quiz']}, but the key is that of {key['quiz']}.")
        numbers = [row[column] for column in ("question", "first", "second")]
        if not all(number.isdigit() for number in numbers):
            raise FacegenError(f"{name}: question {row['question']} holds something that is no number.")
        number, *pair = map(int, numbers)
        if not 1 <= number <= len(key["questions"]) or len(set(pair)) != 2 or not set(pair) <= {1, 2, 3, 4}:
            raise FacegenError(f"{name}: question {number} with choices {pair} cannot be; two of four are chosen.")
        yield row["participant"], number, set(pair)


def _question_html(number: int, question: Question) -> str:
    def picture(image: np.ndarray, words: str) -> str:
        return f'<img src="{data_uri(image)}" alt="{words}">'

    reals = "".join(picture(image, "a real example") for image in question.real_examples)
    fakes = "".join(picture(image, "a generated example") for image in question.fake_examples)
    choices = "".join(
        f'<label><input type="checkbox" value="{place}">{picture(image, f"picture {place}")}{place}</label>'
        for place, image in enumerate(question.pictures, start=1)
    )
    return (
        f'<fieldset data-question="{number}"><legend>Question {number}</legend><div class="examples">'
        f"<figure><figcaption>Examples of real pictures</figcaption>{reals}</figure>"
        f"<figure><figcaption>Examples made by a computer</figcaption>{fakes}</figure></div>"
        f'<p>Choose the two that a computer made.</p><div class="choices">{choices}</div></fieldset>'
    )


def data_uri(image: np.ndarray) -> str:
    """A uint8 image (H, W, 1 or 3) as a PNG in a data URI, without any metadata."""
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()
