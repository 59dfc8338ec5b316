"""What learns."""

from facegen_lib.models.gan import GAN
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.models.genetic import GeneticAlgorithm
from facegen_lib.models.vae import VAE

__all__ = ["GAN", "VAE", "GeneticAlgorithm", "TrainedGenerator"]
