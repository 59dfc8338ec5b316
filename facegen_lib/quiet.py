"""TensorFlow, without the notes to its own developers that it writes on standard error while it is imported.

`TF_CPP_MIN_LOG_LEVEL` silences only part of them: what is said before its logger is set up goes straight to file
descriptor 2. Errors are Python exceptions and come through.
"""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType


@contextlib.contextmanager
def silent_stderr() -> Iterator[None]:
    """Whatever this process, native code included, writes on file descriptor 2 inside the block is dropped."""
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def import_tensorflow() -> ModuleType:
    """The tensorflow module; imported silently if this is the first import of it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silent_stderr():
        return importlib.import_module("tensorflow")
