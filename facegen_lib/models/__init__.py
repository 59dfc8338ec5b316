"""What learns."""

from facegen_lib.models.gan import GAN
from facegen_lib.models.generator import TrainedGenerator

__all__ = ["GAN", "TrainedGenerator"]
