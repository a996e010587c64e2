"""Run one stage: load, check, call, check, write in one step, sidecar, time.

A file under its real name is always whole: it is written beside, then moved. The sidecar comes after the data, so a run
that was killed between the two is seen as undone and done again.
"""

from __future__ import annotations

import importlib
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from pipeline.compute import Compute, on
from pipeline.contracts.check import check_columns, check_raster_header, check_table
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.spec import PackageParts, PackageSpec, RasterSpec, TableParts, TableSpec
from pipeline.errors import ContractError, InputError
from pipeline.graph import Stage
from pipeline.io import later, rasters
from pipeline.io.packages import read_package, write_package
from pipeline.io.parts import write_parts
from pipeline.io.sidecar import NOTICE, read_json, sha256_of, stat_of, write_json
from pipeline.io.tables import read_table, write_table
from pipeline.io.turns import Tell, locked
from pipeline.io.whole import beside, fill_folder, make_folder, tidy
from pipeline.recipes import Place, Plan, make_plan, recipe_of, resolved
from pipeline.version import __version__

CONTRACT_MODULES = ("sources", "solar", "land", "plan", "register", "waste", "actions", "indicators", "publish")
_VOCABULARY = tuple(importlib.import_module(f"pipeline.contracts.{m}") for m in CONTRACT_MODULES)


@dataclass(frozen=True)
class Done:
    """What a run gave: output, seconds since its process began (a copy of one that holds the libraries, where make runs it), peak memory [MB], rows or cells in words, warnings."""

    stage: str
    output: Path
    seconds: float
    peak_mb: float
    size: str
    warnings: tuple[str, ...]


def contract(name: str) -> Any:
    """The contract class of a name, from the vocabulary."""
    for module in _VOCABULARY:
        found = getattr(module, name, None)
        if found is not None:
            return found
    raise ContractError(f"{name}: no contract of that name in pipeline/contracts")


def run_stage(name: str, place: Place, where: str | None = None, progress: Callable[[int, int], None] | None = None, waiting: Tell | None = None) -> Done:
    """Run one stage of a town and write its output and sidecar.

    Parameters
    ----------
    name
        Stage name.
    place
        The town.
    where
        Scheduler of parallel work, see `pipeline.compute.on`; by default the town's.
    progress
        Called with (done, total) while parallel work goes on.
    waiting
        Called with the process that already runs this stage, before it is waited for.

    Raises
    ------
    SoleSuoloError
        Whatever is wrong with input, config, contract or cluster; earlier results stay as they were.
    """
    make_folder(place.recipes)
    plan = make_plan(place, with_recipes=False)
    if name not in plan.stages:
        raise InputError(f"{name}: no such stage; there are {', '.join(plan.stages)}")
    stage = plan.stages[name]
    if plan.inactive[name]:
        raise InputError(f"{name} does not run for {plan.town.name}: {plan.inactive[name]}")
    plan.recipes[name] = recipe_of(plan, stage)
    with locked(place.lock(name), waiting):
        tidy(stage.output(place.processed, place.site), folder=stage.kind == "Folder")
        notes = Notes()
        inputs = {i.name: None if plan.inactive[i.name] else load_output(plan, i.name, slim=i.slim, late=i.late) for i in stage.inputs}
        # A stage that has nothing to share out asks no scheduler.
        with on((where or plan.town.dask) if "compute" in stage.services else "threads", sees=place.recipes / f"{name}.json") as compute:
            compute.progress = progress
            size = _call_and_write(plan, stage, inputs, compute, notes)
        output = stage.output(place.processed, place.site)
        sidecar = _sidecar(plan, stage, notes, sha256_of(output))
        write_json(place.sidecar(name), sidecar)
        own, started = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = max(own.ru_maxrss, started.ru_maxrss) / 1024
        processor = own.ru_utime + own.ru_stime + started.ru_utime + started.ru_stime
        seconds = time.time() - psutil.Process().create_time()
        used = {"seconds": round(seconds, 3), "processor_s": round(processor, 3), "peak_mb": round(peak, 1), "size": size}
        write_json(place.run_record(name), {"state": stat_of(output), "sha256": sidecar["sha256"]} | used)
    return Done(name, output, seconds, peak, size, tuple(notes.warnings))


def load_output(plan: Plan, name: str, *, slim: bool = False, late: bool = False) -> Any:
    """Read and check what a stage has made.

    A table is checked whole before it is written. Its values are looked at again only where the file is not the one that
    the last run of the stage left.

    Parameters
    ----------
    plan
        The town.
    name
        The stage.
    slim
        Leave bulky columns of a table in its file, see `pipeline.io.onfile`.
    late
        Leave all of a table or package there, see `pipeline.io.later`.

    Returns
    -------
    GeoDataFrame, DataFrame, Raster value, dict of frames by layer, or the folder, by the stage's kind; a Later value where `late`.

    Raises
    ------
    InputError, ContractError
        When it was not made yet, cannot be read, or does not keep its contract.
    """
    if name not in plan.stages:
        raise InputError(f"{name}: no such stage; there are {', '.join(plan.stages)}")
    stage = plan.stages[name]
    path = stage.output(plan.place.processed, plan.place.site)
    if not path.exists():
        raise InputError(f"{path} does not exist; run `make {stage.name}` first")
    spec, epsg = contract(stage.contract), plan.town.epsg
    if stage.kind == "Raster":
        raster = rasters.open_raster(path)
        check_raster_header(spec, grid=raster.grid, dtype=raster.dtype, bands=raster.bands, epsg=epsg, where=str(path))
        return raster
    as_written = (read_json(plan.place.run_record(name)) or {}).get("state") == stat_of(path)
    if late:
        if not as_written:
            load_output(plan, name)  # looks at every value, and lets go of them
        return later.waiting(path, spec)
    check = check_columns if as_written else check_table
    if stage.kind == "Table":
        frame = read_table(path, spec, slim=slim and as_written)
        check(frame, spec, epsg, str(path))
        return frame
    if stage.kind == "Package":
        frames = read_package(path, spec)
        for layer, table in spec.layers.items():
            check(frames[layer], table, epsg, f"{path}, layer {layer}")
        return frames
    return path.parent


def _call_and_write(plan: Plan, stage: Stage, inputs: dict[str, Any], compute: Compute, notes: Notes) -> str:
    function = getattr(importlib.import_module(stage.module), stage.name)
    output = stage.output(plan.place.processed, plan.place.site)
    given: dict[str, Any] = {
        "config": getattr(plan.town, stage.name, None),
        "compute": compute,
        "notes": notes,
        "town": plan.town,
        "layers": resolved(plan.layers[stage.name]) if stage.name in plan.layers else None,
        "lineage": Lineage(_lineage(plan, stage), {k: v for k, v in plan.inactive.items() if v}),
    }
    arguments = inputs | {k: given[k] for k in stage.services if k != "out"}
    if stage.kind == "Folder":
        return _write_folder(output, lambda out: function(**arguments, out=out))
    result = function(**arguments)
    tags = _tags(plan, stage)
    with beside(output) as tmp:
        return _write_file(tmp, plan, stage, result, tags)


def _write_file(tmp: Path, plan: Plan, stage: Stage, result: Any, tags: dict[str, str]) -> str:
    spec, epsg = contract(stage.contract), plan.town.epsg
    if isinstance(result, TableParts):
        return f"{write_parts(tmp, result, epsg, tags, f'{stage.name} (its result)'):,} rows"
    if issubclass(spec, TableSpec):
        check_table(result, spec, epsg, f"{stage.name} (its result)")
        write_table(tmp, result, spec, epsg, tags)
        return f"{len(result):,} rows"
    if issubclass(spec, PackageSpec):
        rows = 0

        def checked() -> Iterator[tuple[str, Any]]:
            nonlocal rows
            for layer, frame in result.parts if isinstance(result, PackageParts) else ((n, result[n]) for n in spec.layers):
                check_table(frame, spec.layers[layer], epsg, f"{stage.name} (its result), layer {layer}")
                rows += len(frame)
                yield layer, frame

        write_package(tmp, checked(), spec, epsg, tags)
        return f"{rows:,} rows"
    assert issubclass(spec, RasterSpec)
    if result.grid.epsg != epsg:
        raise ContractError(f"{stage.name} (its result): EPSG:{result.grid.epsg}, expected the town's EPSG:{epsg}")
    rasters.write(tmp, spec, result, tags)
    return f"{result.grid.rows * result.grid.cols:,} cells"


def _write_folder(manifest: Path, fill: Callable[[Path], None]) -> str:
    """Fill a fresh folder and swap it in; its manifest, with the size and hash of each file, is written last."""
    number = 0

    def fill_and_list(new: Path) -> None:
        nonlocal number
        fill(new)
        files = {str(p.relative_to(new)): {"size": p.stat().st_size, "sha256": sha256_of(p)} for p in sorted(new.rglob("*")) if p.is_file()}
        write_json(new / manifest.name, {"files": files})
        number = len(files)

    fill_folder(manifest.parent, fill_and_list)
    return f"{number} files"


def _lineage(plan: Plan, stage: Stage) -> dict[str, dict[str, Any]]:
    """The entries of everything upstream, from the sidecars of the stage's inputs."""
    merged: dict[str, dict[str, Any]] = {}
    upstream = [i.name for i in stage.inputs]
    if any(layer.source.synthetic for layer in plan.layers.get(stage.name, ())):
        upstream.append("synthetic")
    for name in upstream:
        if not plan.inactive[name]:
            merged |= (read_json(plan.place.sidecar(name)) or {}).get("lineage", {})
    return dict(sorted(merged.items()))


def _own_sources(plan: Plan, stage: Stage) -> list[dict[str, Any]]:
    keys = {"kind", "title", "licence", "attribution", "date", "url", "synthetic"}
    return [
        layer.source.model_dump(mode="json", include=keys) | {"files": [p.name for p in layer.paths]}
        for layer in (plan.layers.get(stage.name, ()) if "layers" in stage.services else ())
    ]


def _generated(plan: Plan, stage: Stage) -> list[str]:
    """Names of the generated layers a result rests on, its own included."""
    entries = _lineage(plan, stage) | {stage.name: {"sources": _own_sources(plan, stage)}}
    found = set(Lineage(entries).synthetic)
    return sorted(found | ({"synthetic"} if stage.name == "synthetic" else set()))


def _tags(plan: Plan, stage: Stage) -> dict[str, str]:
    """Metadata that travels inside the data file."""
    entries = _lineage(plan, stage) | {stage.name: {"sources": _own_sources(plan, stage)}}
    sources = [s for e in entries.values() for s in e["sources"]]
    credit = sorted({f"{s['attribution']} ({s['licence']})" for s in sources if s["attribution"]})
    tags = {"title": contract(stage.contract).title_en, "town": plan.town.name, "made_by": f"Sole e Suolo {__version__}", "attribution": "; ".join(credit)}
    if generated := _generated(plan, stage):
        tags |= {"notice": NOTICE, "generated_layers": ", ".join(generated)}
    return tags


def _sidecar(plan: Plan, stage: Stage, notes: Notes, sha256: str) -> dict[str, Any]:
    place = plan.place
    own = {
        "sources": _own_sources(plan, stage),
        "counts": notes.counts,
        "assumptions": notes.assumptions,
        "warnings": notes.warnings,
        "figures": notes.figures,
    }
    content: dict[str, Any] = {
        "stage": stage.name,
        "file": os.path.relpath(stage.output(place.processed, place.site), place.processed),
        "sha256": sha256,
        "recipe": plan.recipes[stage.name],
        "inputs": {i.name: (read_json(place.sidecar(i.name)) or {}).get("sha256") for i in stage.inputs if not plan.inactive[i.name]},
        "lineage": _lineage(plan, stage) | {stage.name: own},
    }
    return content | _tags(plan, stage)
