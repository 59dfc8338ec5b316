"""`facegen quiz export | score`: ask a class which pictures are generated, and read what they answered."""

from __future__ import annotations

import pathlib
import shlex
from typing import Annotated

import typer

from facegen_lib.cli.words import Out, Seed, Size, bar, is_pictures, labels, open_generator

app = typer.Typer(help="The human test: can people tell?", no_args_is_help=True)


@app.command("export", epilog="Example: facegen quiz export dcgan-utkface --data utkface --out quiz.html")
def export(
    generators: Annotated[list[str], typer.Argument(help="Generators that ship, run folders or folders of pictures.")],
    data: Annotated[str, typer.Option(help="Where the real pictures come from; held-out ones are shown.")],
    questions: Annotated[int, typer.Option(help="Questions about each generator.", min=1)] = 3,
    examples: Annotated[int, typer.Option(help="Real and generated examples above each question.", min=0)] = 4,
    size: Size = 64,
    seed: Seed = 0,
    out: Out = pathlib.Path("quiz.html"),
) -> None:
    """Write the questionnaire as one page that can be mailed, and its key, which is to be kept back."""
    import facegen_lib as fg

    real = fg.load(data, size=size, split="held_out", progress=bar)
    called = labels(generators)
    models = {called[name]: name if is_pictures(name) else open_generator(name) for name in generators}
    asked = fg.evaluation.Questionnaire(models, real, questions, examples, seed)
    key = asked.export_html(out)
    typer.echo(
        f"{len(asked.questions)} questions are in {out}: mail it, it needs no network. Its key is {key}: keep it. "
        f"Participants send back a CSV file; `facegen quiz score {shlex.quote(str(key))} answers-*.csv` reads them."
    )


@app.command("score", epilog="Example: facegen quiz score quiz.key.json answers-*.csv")
def score(
    key: Annotated[pathlib.Path, typer.Argument(help="The key that `facegen quiz export` wrote beside the page.")],
    answers: Annotated[list[pathlib.Path], typer.Argument(help="What the participants sent back.")],
) -> None:
    """The error rate of people for each generator, with its Wilson interval. One half is guessing."""
    from facegen_lib.evaluation import human

    for found in human.score(answers, key):
        typer.echo(str(found))
