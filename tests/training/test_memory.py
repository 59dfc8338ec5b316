"""Training reads its images from disk a batch at a time: 20,000 of them stay well below 3 GB resident."""

import subprocess
import sys

SCRIPT = """
import resource, sys
import numpy as np
from facegen_lib import recipes, training
from facegen_lib.data.images import ImageSet

path = sys.argv[1] + "/pixels.u8"
pixels = np.memmap(path, "uint8", "w+", shape=(20_000, 64, 64, 3))
rng = np.random.default_rng(0)
for start in range(0, 20_000, 1000):
    pixels[start : start + 1000] = rng.integers(0, 256, (1000, 64, 64, 3), dtype="uint8")
pixels.flush()
faces = ImageSet("noise", np.memmap(path, "uint8", "r", shape=pixels.shape), hash="noise")
del pixels
recipe = recipes.recipe("dcgan", faces, "laptop")
training.train(recipe, faces, steps=6, folder=sys.argv[1] + "/run")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)
"""


def test_training_on_twenty_thousand_images_stays_below_three_gigabytes(tmp_path):
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    gigabytes = float(done.stdout.split()[-1])
    assert 0.2 < gigabytes < 3.0
