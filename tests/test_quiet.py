"""TensorFlow comes silently, and what matters still comes through."""

import subprocess
import sys

import pytest


def ran(program: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


@pytest.mark.parametrize("first", ["import tensorflow", "import keras"])
def test_tensorflow_is_imported_and_used_without_a_word(first):
    program = (
        f"from facegen_lib import quiet; quiet.silence_tensorflow(); {first}; import keras; print(keras.ops.ones(3))"
    )
    finished = ran(program)
    assert finished.stderr == ""
    assert "tf.Tensor([1. 1. 1.]" in finished.stdout


def test_the_library_brings_it_so():
    assert ran("import facegen_lib; import keras").stderr == ""


def test_nothing_is_imported_before_it_is_asked_for():
    program = (
        "import sys; from facegen_lib import quiet; quiet.silence_tensorflow(); print('tensorflow' in sys.modules)"
    )
    assert ran(program).stdout == "False\n"


def test_without_tensorflow_the_error_is_pythons_own():
    program = (
        "import sys; from facegen_lib import quiet; quiet.silence_tensorflow(); sys.path.clear(); import tensorflow"
    )
    assert "ModuleNotFoundError: No module named 'tensorflow'" in ran(program).stderr


def test_errors_and_later_words_come_through():
    program = """
import os
from facegen_lib import quiet
with quiet.silent_stderr():
    os.write(2, b"dropped")
os.write(2, b"kept")
with quiet.silent_stderr():
    raise ValueError("heard")
"""
    text = ran(program).stderr
    assert text.startswith("kept") and "dropped" not in text
    assert "ValueError: heard" in text
