"""Generating Faces: the small shared library behind the book. `import facegen_lib as fg` is all a chapter needs.

Every name is fetched when it is first used, so that `facegen --help` does not wait for TensorFlow.
"""

import importlib

from facegen_lib.quiet import silence_tensorflow

silence_tensorflow()

VOCABULARY = {
    "FacegenError": "facegen_lib.errors:FacegenError",
    "ImageSet": "facegen_lib.data.images:ImageSet",
    "load": "facegen_lib.data.catalog:load",
    "data": "facegen_lib.data",
    "networks": "facegen_lib.networks",
    "models": "facegen_lib.models",
    "objectives": "facegen_lib.objectives",
    "recipe": "facegen_lib.recipes:recipe",
    "recipes": "facegen_lib.recipes",
    "train": "facegen_lib.notebook.live:train",
    "training": "facegen_lib.training",
    "evaluate": "facegen_lib.evaluation.evaluate:evaluate",
    "evaluation": "facegen_lib.evaluation",
    "show": "facegen_lib.notebook.show",
    "turn": "facegen_lib.notebook.knobs:turn",
    "check": "facegen_lib.notebook.check",
    "explore": "facegen_lib.notebook.explorer:explore",
    "breed": "facegen_lib.notebook.breeding:breed",
    "pretrained": "facegen_lib.zoo:pretrained",
    "zoo": "facegen_lib.zoo",
    "book": "facegen_lib.book",
}
__all__ = sorted(VOCABULARY)


def __getattr__(name: str):
    if name not in VOCABULARY:
        raise AttributeError(f"facegen_lib has no {name!r}; it has {', '.join(__all__)}")
    module, _, attribute = VOCABULARY[name].partition(":")
    found = importlib.import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
