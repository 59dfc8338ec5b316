"""A pytest plugin for `make test`: kernels of nbval are reached through sockets in files, not through numbered ports.

A kernel's five ports are chosen, let go of, and bound seconds later by the kernel itself. Of two notebooks that run at
once, one now and then took a port of the other's meanwhile, whose kernel died. A file name of its own cannot be taken.
"""

import pathlib
import tempfile

import nbval.kernel
from jupyter_client.manager import KernelManager


def kernel_with_sockets(**settings) -> KernelManager:
    """A manager for one kernel, whose sockets lie in a new folder; the system clears its temporary files away."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kernel-"))
    return KernelManager(transport="ipc", connection_file=str(folder / "kernel.json"), **settings)


nbval.kernel.KernelManager = kernel_with_sockets
