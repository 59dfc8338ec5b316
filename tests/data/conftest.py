"""Pictures, folders and archives in the form that publishers give them, small and made here."""

import gzip
import io
import struct
import tarfile
import zipfile

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

settings.register_profile("patient", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Every test has a cache of its own, and no archives but those it makes."""
    monkeypatch.setenv("FACEGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FACEGEN_DATA", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """An empty folder that FACEGEN_DATA names."""
    folder = tmp_path / "archives"
    folder.mkdir()
    monkeypatch.setenv("FACEGEN_DATA", str(folder))
    return folder


def pixels(width, height, number=0):
    """A smooth colourful picture, another one for each number: uint8 (height, width, 3)."""
    y, x = np.mgrid[:height, :width]
    waves = [127 + 120 * np.sin((x * (1 + channel) + y * (3 - channel) + 40 * number) / 25) for channel in range(3)]
    return np.stack(waves, axis=-1).astype("uint8")


def encoded(width=80, height=80, number=0, kind="JPEG", mode="RGB", **options):
    """That picture as the bytes of a file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels(width, height, number)).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def write_folder(folder, files):
    """Files by name, with their folders."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def write_tar(path, files, mode="w"):
    """A .tar (mode "w:gz" for a .tgz) of files by name; a TarInfo in place of bytes goes in as it is."""
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            if isinstance(data, tarfile.TarInfo):
                archive.addfile(data)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def write_zip(path, files):
    """A .zip of files by name, or by ZipInfo."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_idx(path, array):
    """An array in the idx format of MNIST."""
    data = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path
