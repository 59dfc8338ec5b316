"""How good are the images? Distances, face rate, memorisation, the human test, and the report that gathers them."""

from facegen_lib.evaluation.faces import face_rate

__all__ = ["face_rate"]
