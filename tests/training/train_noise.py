"""A training process for the tests to kill: `python train_noise.py FOLDER STEPS [PAUSE_IN_CHECKPOINT]`.

Prints every step. With a third argument the process stops for good in the middle of writing that checkpoint.
"""

import signal
import sys
import time

import numpy as np
import tensorflow as tf

from facegen_lib import recipes, training
from facegen_lib.data.images import ImageSet
from facegen_lib.training import checkpoints


class PrintSteps(training.Callback):
    def on_step(self, run):
        print(run.steps, flush=True)


def main(folder: str, steps: int, pause_in: str = "") -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests run under nohup
    tf.config.threading.set_intra_op_parallelism_threads(1)
    pixels = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype="uint8")
    recipe = recipes.recipe("dcgan", (16, 16, 3), "laptop", batch_size=8)
    if pause_in:
        save = np.savez

        def savez_that_hangs(file, **arrays):
            if f"step-{int(pause_in):08d}" not in file.name:
                return save(file, **arrays)
            file.write(b"half a checkpoint")
            file.flush()
            print("writing", flush=True)
            time.sleep(60)

        checkpoints.np.savez = savez_that_hangs
    training.train(
        recipe, ImageSet("noise", pixels), steps=steps, folder=folder, save_every=20, callbacks=[PrintSteps()]
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
