"""How good are the images? Distances, face rate, memorisation, the human test, and the report that gathers them."""

from facegen_lib.evaluation.distances import frechet_distance, kid
from facegen_lib.evaluation.faces import face_rate
from facegen_lib.evaluation.neighbours import density_coverage, precision_recall

__all__ = ["density_coverage", "face_rate", "frechet_distance", "kid", "precision_recall"]
