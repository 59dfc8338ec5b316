"""What was measured, and how to read it: a table in a notebook, text in a terminal, JSON on disk."""

from __future__ import annotations

import dataclasses
import html
import json
import math
from collections.abc import Sequence
from pathlib import Path

from facegen_lib.errors import FacegenError

INTERVALS = (
    "[low, high]: 95 % intervals; those of precision, recall, density and coverage are too narrow, for they take the "
    "other set as given."
)


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One number, with everything that a reader needs to judge it.

    Attributes:
        name: e.g. `"Fréchet distance"`.
        value, low, high: the number and its 95 % interval. Those of precision, recall, density and coverage are too
            narrow: they take the other set and the balls around its images for granted.
        count: N, images on each side.
        extractor: whose eyes: `"shipped"`, `"inception"`, `"pixels"`, `"mtcnn"` or a model's name.
        floor: the same number for other real images in place of the generated ones, at the same N.
        better: `"lower"`, `"higher"` or `"near the floor"`.
        note: a few words, e.g. how accurate a classifier was.
    """

    name: str
    value: float
    low: float
    high: float
    count: int
    extractor: str
    floor: float
    better: str
    note: str = ""

    def __post_init__(self):
        missing = [name for name in ("count", "extractor") if not getattr(self, name)]
        missing += ["floor"] if self.floor is None else []  # a floor of 0 is one
        if missing:
            raise FacegenError(f"{self.name} is not a measurement without its {', '.join(missing)}.")

    @property
    def text(self) -> str:
        """Value and interval, with as many decimals, up to four, as the interval leaves a meaning to."""
        width = self.high - self.low
        if not 0 < width < math.inf:
            return f"{number(self.value)}  [{number(self.low)}, {number(self.high)}]"
        places = min(max(0, 1 - math.floor(math.log10(width))), 4)
        value, low, high = (f"{each:z,.{places}f}" for each in (self.value, self.low, self.high))
        return f"{value}  [{low}, {high}]"

    def __str__(self) -> str:
        return (
            f"{self.name} {self.text}, N = {self.count:,}, as seen by {self.extractor}; real against real "
            f"{number(self.floor)}; {self.better} is better"
        )

    def _repr_markdown_(self) -> str:
        return str(self)


@dataclasses.dataclass(frozen=True)
class Report:
    """Everything measured of one generator against one image set.

    Attributes:
        subject: what was measured, e.g. the name of a run.
        image_set: name of the real images.
        image_set_hash: content hash of the real images it was measured against.
        measurements: in the order in which they are printed.
        classes: class → (share of the real images, share of the generated ones); empty without a label.
        warnings: sentences that whoever reads the numbers must read as well.
    """

    subject: str
    image_set: str
    image_set_hash: str
    measurements: tuple[Measurement, ...]
    classes: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Measurement:
        """A measurement by its name, e.g. `report["precision"]`."""
        for measurement in self.measurements:
            if measurement.name == name:
                return measurement
        names = ", ".join(measurement.name for measurement in self.measurements)
        raise FacegenError(f'The report on {self.subject} holds no "{name}". It holds: {names}.')

    def to_json(self, path: str | Path | None = None) -> str:
        """The report as JSON text, also written to `path` when one is given."""
        text = json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False)
        if path is not None:
            Path(path).write_text(text + "\n", encoding="utf-8")
        return text

    @classmethod
    def from_json(cls, text_or_path: str | Path) -> Report:
        """A report from what `to_json` wrote: the text, or the path of the file.

        Raises:
            FacegenError: there is no such file, or it holds something else.
        """
        is_text = isinstance(text_or_path, str) and text_or_path.lstrip().startswith("{")
        try:
            text = text_or_path if is_text else Path(text_or_path).read_text(encoding="utf-8")
            stored = json.loads(text)
            measurements = tuple(Measurement(**measurement) for measurement in stored.pop("measurements"))
            classes = {name: tuple(shares) for name, shares in stored.pop("classes").items()}
            return cls(measurements=measurements, classes=classes, warnings=tuple(stored.pop("warnings")), **stored)
        except OSError as error:
            raise FacegenError(f"No report can be read from {text_or_path}: {error.strerror}.") from None
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise FacegenError(f"That is no report as Report.to_json writes it ({error}).") from None

    def __str__(self) -> str:
        return compare([self]).__str__()

    def _repr_html_(self) -> str:
        return compare([self])._repr_html_()


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Reports side by side, one table for each extractor: numbers of two have nothing to say to each other."""

    reports: tuple[Report, ...]

    def tables(self) -> dict[str, list[list[str]]]:
        """extractor → rows of cells, the first row being the head."""
        tables = {}
        for extractor in _in_order(m.extractor for report in self.reports for m in report.measurements):
            found = {
                (report_number, m.name): m
                for report_number, report in enumerate(self.reports)
                for m in report.measurements
                if m.extractor == extractor
            }
            rows = [["", *(f"{report.subject}" for report in self.reports), "real against real", "N", "better"]]
            for name in _in_order(name for _, name in found):
                row = [found.get((number, name)) for number in range(len(self.reports))]
                present = [m for m in row if m is not None]
                rows.append(
                    [
                        name + (f" ({present[0].note})" if present[0].note and len(self.reports) == 1 else ""),
                        *(m.text if m else "–" for m in row),
                        " / ".join(_in_order(number(m.floor) for m in present)),
                        " / ".join(_in_order(f"{m.count:,}" for m in present)),
                        present[0].better,
                    ]
                )
            tables[extractor] = rows
        return tables

    def classes(self) -> list[list[str]]:
        """Rows of cells: how the real and the generated images spread over the classes; empty without a label."""
        known = [report for report in self.reports if report.classes]
        if not known:
            return []
        rows = [["", *(report.subject for report in known), "real"]]
        for name in _in_order(name for report in known for name in report.classes):
            found = [report.classes.get(name) for report in known]
            of_real = next(shares[0] for shares in found if shares)
            rows.append([name, *(f"{shares[1]:.1%}" if shares else "–" for shares in found), f"{of_real:.1%}"])
        return rows

    @property
    def warnings(self) -> list[str]:
        """What must be said beside the tables: each report's warnings, and reasons why columns may not be compared."""
        said = [f"{report.subject}: {text}" for report in self.reports for text in report.warnings]
        if len({report.image_set_hash for report in self.reports}) > 1:
            said.append(
                "The columns were measured against different real images. Compare each with its own floor only."
            )
        counts: dict[tuple[str, str], set[int]] = {}
        for measurement in (m for report in self.reports for m in report.measurements if m.name != "face rate"):
            counts.setdefault((measurement.name, measurement.extractor), set()).add(measurement.count)
        if any(len(found) > 1 for found in counts.values()):
            said.append(
                "The columns were measured at different N. Distances shrink as N grows: measure again at one N."
            )
        return said

    def __str__(self) -> str:
        lines = [f"against {', '.join(_in_order(report.image_set for report in self.reports))}"]
        for extractor, rows in self.tables().items():
            lines += ["", f"as seen by {extractor}", *_aligned(rows)]
        lines += ["", INTERVALS]
        if self.classes():
            lines += ["", "classes, shares of the images", *_aligned(self.classes())]
        return "\n".join(lines + [""] * bool(self.warnings) + [f"! {text}" for text in self.warnings])

    def _repr_html_(self) -> str:
        parts = []
        for extractor, rows in self.tables().items():
            parts.append(_html_table(rows, f"as seen by <b>{html.escape(extractor)}</b>"))
        parts.append(f"<p>{INTERVALS}</p>")
        if self.classes():
            parts.append(_html_table(self.classes(), "classes, shares of the images"))
        parts += [f"<p>⚠ {html.escape(text)}</p>" for text in self.warnings]
        return "".join(parts)


def compare(reports: Sequence[Report]) -> Comparison:
    """Reports side by side, one column each; one table for each extractor.

    Raises:
        FacegenError: there are none.
    """
    if not reports:
        raise FacegenError("There is no report to compare.")
    return Comparison(tuple(reports))


def _in_order(names) -> list[str]:
    """Each name once, in order of first appearance."""
    return list(dict.fromkeys(names))


def number(value: float) -> str:
    """Three significant digits."""
    return f"{value:,.0f}" if abs(value) >= 999.5 or value == 0 else f"{value:#.3g}".rstrip(".")


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _html_table(rows: list[list[str]], caption: str) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in rows[0])
    lines = [[html.escape(cell).replace("  [", "<br>[") for cell in row] for row in rows[1:]]  # intervals stand below
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines)
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
