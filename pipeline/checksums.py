"""Whether two machines made the same town: `make checksums`.

Equal bytes are the rule on one kind of processor. Another kind may round the last digit of a sum or a cosine otherwise; then files differ in
their bytes, and their numbers are compared: within `RELATIVE` of each other (or `ABSOLUTE` near zero) they count as the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.io.differences import Near, differences
from pipeline.io.sidecar import read_json, sha256_of
from pipeline.recipes import Place, make_plan
from pipeline.version import __version__

# Twice the rounding of float32, in which rasters and shares of light are kept: 2^-24 is 6e-8.
RELATIVE, ABSOLUTE = 1e-6, 1e-6


def checksums(place: Place) -> dict[str, Any]:
    """Stage -> file and SHA-256 of its output as it lies on disk, code and config fingerprints with it.

    Raises
    ------
    InputError
        When nothing has been made yet.
    """
    plan = make_plan(place, with_recipes=False)
    out: dict[str, Any] = {}
    for stage in plan.active:
        path = stage.output(place.processed, place.site)
        if path.exists():
            recipe = (read_json(place.sidecar(stage.name)) or {}).get("recipe", {})
            out[stage.name] = {"file": path.name if stage.kind != "Folder" else f"{path.parent.name}/{path.name}", "sha256": sha256_of(path), "code": recipe.get("code", "")}
    if not out:
        raise InputError(f"{place.processed}: nothing has been made yet; run `make` first")
    return {"town": plan.town.name, "version": __version__, "stages": out}


def compare(mine: dict[str, Any], other: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Two lists of checksums side by side.

    Returns
    -------
    lines
        One for each stage.
    differ
        Names of the stages that differ or are on one side only.
    """
    lines, differ = [], []
    for name in sorted(mine["stages"].keys() | other["stages"].keys()):
        a, b = mine["stages"].get(name), other["stages"].get(name)
        if a is None or b is None:
            said = f"only {'there' if a is None else 'here'}"
        elif a["sha256"] == b["sha256"]:
            said = "same bytes"
        else:
            said = "other bytes" + ("" if a["code"] == b["code"] else " (made by other code or library versions)")
        lines.append(f"  {name:<14} {said}")
        if said != "same bytes":
            differ.append(name)
    return lines, differ


def compare_folder(place: Place, other: Path) -> tuple[list[str], bool]:
    """The results here and those of another machine, copied to a folder: bytes first, numbers where bytes differ.

    Returns
    -------
    lines, same
        What was found by stage, and whether all is the same within the tolerance.

    Raises
    ------
    InputError
        When one of the folders holds no results.
    """
    plan = make_plan(place, with_recipes=False)
    lines, same, seen = [], True, 0
    for stage in plan.active:
        here, there = stage.output(place.processed, place.site), stage.output(other, other / "site")
        if not (here.exists() and there.exists()) or stage.kind == "Folder":
            continue
        seen += 1
        if sha256_of(here) == sha256_of(there):
            lines.append(f"  {stage.name:<14} same bytes")
            continue
        found = differences(here, there, Near(RELATIVE, ABSOLUTE))
        same &= not found.beyond
        lines.append(f"  {stage.name:<14} {found.sentence()}")
    if not seen:
        raise InputError(f"{other}: holds no result of this town; expected a copy of data/processed/<town>/ of the other machine")
    return lines, same
