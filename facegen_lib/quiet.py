"""TensorFlow, without the notes to its own developers that it writes on standard error while it is imported.

`TF_CPP_MIN_LOG_LEVEL` silences only part of them: what is said before its logger is set up goes straight to file
descriptor 2. Errors are Python exceptions and come through.

It is also told here to use oneDNN, the faster of its two sets of convolutions. It chooses oneDNN by itself only on
processors with AVX-512, and most laptops have none; there a training step becomes up to twice as fast.
"""

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterator


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


class SilentTensorflow(importlib.abc.MetaPathFinder):
    """Waits for the first import of tensorflow, whoever asks for it, and makes it a silent one."""

    def find_spec(self, name, path, target=None) -> importlib.machinery.ModuleSpec | None:
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            execute = spec.loader.exec_module

            def execute_silently(module):
                with silent_stderr():
                    execute(module)

            spec.loader.exec_module = execute_silently
        return spec


def silence_tensorflow() -> None:
    """From now on the first import of tensorflow says nothing; it is not imported by this."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, SilentTensorflow())
