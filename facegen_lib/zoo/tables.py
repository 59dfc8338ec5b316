"""Tables for chapters, as Markdown: what ships beside what the sources found."""

from __future__ import annotations

import json

from IPython.display import Markdown

from facegen_lib import shipped, zoo
from facegen_lib.errors import unknown_name
from facegen_lib.evaluation.report import Report, number

MEASURES = ("Fréchet distance", "kernel distance", "precision", "recall")


def dissertation(data: str) -> dict:
    """What Chen (2019) found on an image set: `steps`, and by recipe `fid` after them and the share of `people_fooled`.

    Raises:
        FacegenError: the dissertation has no experiment on this image set.
    """
    found = json.loads(shipped.shipped_path("results/chen-2019.json").read_text("utf-8"))
    if data not in found:
        raise unknown_name("image set of the dissertation", data, [name for name in found if name != "source"])
    return found[data]


def family(data: str) -> Markdown:
    """One row for each adversary on an image set: our measures, and Chen's FIDs on the same data.

    Ours are distances in the features of the book's own extractor and his in Inception's, so that columns may be read
    from top to bottom and never be compared with each other.
    """
    reports = {recipe: zoo.report(f"{recipe}-{data}") for recipe in zoo.FAMILY}
    theirs = dissertation(data) if data != "utkface" else {"fid": {}, "people_fooled": {}, "steps": []}
    after = ", ".join(f"{steps // 1000}" for steps in theirs["steps"])
    any_report = reports["vanilla"]
    head = [f"N = {any_report['precision'].count:,}", "steps", "minutes", *MEASURES]
    if theirs["fid"]:
        head += [f"FID of Chen after {after} thousand steps", "people fooled"]
    rows = [head, ["---"] * len(head)]
    for recipe, report in reports.items():
        rows.append([recipe, *our_cells(f"{recipe}-{data}", report)])
        if theirs["fid"]:
            rows[-1] += [", ".join(map(str, theirs["fid"][recipe])), f"{theirs['people_fooled'][recipe]:.0%}"]
    floor = [number(any_report[measure].floor) for measure in MEASURES]
    rows.append(["real images", "", "", *floor, *[""] * (len(head) - 3 - len(floor))])
    return Markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))


def our_cells(name: str, report: Report) -> list[str]:
    """Steps, minutes and measures of a run that ships."""
    about = zoo.pretrained(name).about
    return [f"{about['steps']:,}", f"{about['minutes']:.1f}", *(report[measure].text for measure in MEASURES)]
