"""How good are the images? Distances, face rate, memorisation, the human test, and the report that gathers them."""

from facegen_lib.evaluation.baselines import Averager, Copier, RandomGenerator
from facegen_lib.evaluation.classes import class_score, histogram_distance
from facegen_lib.evaluation.distances import frechet_distance, kid, mean_and_covariance, sliced_wasserstein
from facegen_lib.evaluation.divergence import fresh_critic, js_bound, wasserstein_estimate
from facegen_lib.evaluation.faces import face_confidences, face_rate
from facegen_lib.evaluation.features import extractor, features_of
from facegen_lib.evaluation.human import Questionnaire, score
from facegen_lib.evaluation.intervals import wilson
from facegen_lib.evaluation.memorisation import memorisation_ratios, nearest_images
from facegen_lib.evaluation.neighbours import density_coverage, precision_recall
from facegen_lib.evaluation.report import Report, compare

__all__ = [
    "Averager",
    "Copier",
    "Questionnaire",
    "RandomGenerator",
    "Report",
    "class_score",
    "compare",
    "density_coverage",
    "extractor",
    "face_confidences",
    "face_rate",
    "features_of",
    "frechet_distance",
    "fresh_critic",
    "histogram_distance",
    "js_bound",
    "kid",
    "mean_and_covariance",
    "memorisation_ratios",
    "nearest_images",
    "precision_recall",
    "score",
    "sliced_wasserstein",
    "wasserstein_estimate",
    "wilson",
]
