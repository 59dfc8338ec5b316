"""What a run should remember about where it ran."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import pathlib
import platform


@functools.cache
def processor() -> str:
    """The processor's own name, as far as the system tells."""
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


@functools.cache
def fastest_precision() -> str:
    """`"mixed_bfloat16"` where the processor multiplies bfloat16 itself, else `"float32"`."""
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    flags = cpuinfo.read_text() if cpuinfo.exists() else ""
    return "mixed_bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide a number."""
    packages = ("tensorflow", "keras", "numpy", "pillow")
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}}


def describe() -> dict:
    """Machine and versions, for a run's config.json."""
    import tensorflow as tf

    gpus = [
        tf.config.experimental.get_device_details(gpu).get("device_name", "GPU")
        for gpu in tf.config.list_physical_devices("GPU")
    ]
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "devices": gpus or ["CPU"],
        "system": platform.platform(),
        "versions": versions(),
    }
