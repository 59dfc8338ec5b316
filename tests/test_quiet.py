"""TensorFlow comes silently, and what matters still comes through."""

import subprocess
import sys


def stderr_of(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stderr


def test_tensorflow_is_imported_and_used_without_a_word():
    program = "from facegen_lib import quiet; quiet.import_tensorflow(); import keras; keras.ops.zeros(3) + 1"
    assert stderr_of(program) == ""


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
    text = stderr_of(program)
    assert text.startswith("kept") and "dropped" not in text
    assert "ValueError: heard" in text
