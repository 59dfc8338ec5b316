"""Bytes to image sets, and image sets to batches."""

from facegen_lib.data.catalog import SHEETS, load, sheet
from facegen_lib.data.images import ImageSet, to_float, to_uint8

__all__ = ["SHEETS", "ImageSet", "load", "sheet", "to_float", "to_uint8"]
