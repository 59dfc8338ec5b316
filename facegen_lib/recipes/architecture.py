"""What a network is built of, in a few letters, so that a run can tell whether it is still the same."""

from __future__ import annotations

import hashlib
import json

import keras

SAYS_NOTHING = ("module", "registered_name", "build_config", "build_input_shape")  # but what the other settings say too


def architecture_hash(network: keras.Model) -> str:
    """The first 16 hex digits of the sha256 of all layers, their settings and connections.

    What layers are called does not count: Keras numbers them anew in each session and for each network built in it.
    """
    plain = nameless(network.get_config(), {network.name: ""})
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]


def nameless(part: object, places: dict[str, str]) -> object:
    """A part of a network's config with the place of a layer where its name stood.

    Args:
        part: plain values, lists and dicts, as `get_config` and Keras's serialisation make them.
        places: of layers by name.
    """
    if isinstance(part, dict):
        if part.get("class_name") == "__lambda__":  # the code of a function, with the place of its file
            return "lambda"
        if isinstance(part.get("layers"), list):
            names = [layer["config"]["name"] for layer in part["layers"]]
            places = places | {name: f"layer {number}" for number, name in enumerate(names)}
        kept = {key: value for key, value in part.items() if key not in SAYS_NOTHING and value is not None}
        if kept.get("name") in places:
            del kept["name"]
        return {key: nameless(value, places) for key, value in kept.items()}
    if isinstance(part, list | tuple):
        return [places.get(item, item) if isinstance(item, str) else nameless(item, places) for item in part]
    return part
