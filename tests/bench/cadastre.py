"""Seconds and peak memory of reading cadastral parcels from GML: the whole stage `parcels`, in a process of its own.

Run it alone, `python tests/bench/cadastre.py 20000`, or call `measure`; it writes a file of its own and removes it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:CP="http://mapserver.gis.umn.edu/mapserver" xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:wfs="http://www.opengis.net/wfs/2.0" numberReturned="{n}">'
)
MEMBER = (
    '<wfs:member><CP:CadastralParcel gml:id="CadastralParcel.IT.AGE.PLA.{ref}"><gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::6706"><gml:lowerCorner>{low}</gml:lowerCorner>'
    '<gml:upperCorner>{high}</gml:upperCorner></gml:Envelope></gml:boundedBy><CP:msGeometry><gml:Polygon gml:id="g.{ref}" srsName="urn:ogc:def:crs:EPSG::6706"><gml:exterior><gml:LinearRing>'
    '<gml:posList srsDimension="2">{points}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry><CP:INSPIREID_LOCALID>IT.AGE.PLA.{ref}</CP:INSPIREID_LOCALID>'
    "<CP:INSPIREID_NAMESPACE>IT.AGE.PLA.</CP:INSPIREID_NAMESPACE><CP:LABEL>{number}</CP:LABEL><CP:NATIONALCADASTRALREFERENCE>{ref}</CP:NATIONALCADASTRALREFERENCE>"
    "<CP:ADMINISTRATIVEUNIT>B792</CP:ADMINISTRATIVEUNIT></CP:CadastralParcel></wfs:member>\n"
)


def write_parcels(path: Path, count: int, vertices: int = 12) -> None:
    """Write `count` parcels side by side, of 12 vertices each as is usual, 500 a sheet."""
    side = int(np.ceil(np.sqrt(count)))
    angle = np.linspace(0.0, 2.0 * np.pi, vertices, endpoint=False)
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD.format(n=count))
        for k in range(count):
            lat, lon = 40.30 + 0.0003 * (k // side), 18.00 + 0.0003 * (k % side)
            ring = [(lat + 0.00014 * np.sin(a), lon + 0.00014 * np.cos(a)) for a in angle]
            points = " ".join(f"{a:.8f} {b:.8f}" for a, b in [*ring, ring[0]])
            ref = f"B792_{k // 500 + 1:04d}00.{k % 500 + 1}"
            out.write(MEMBER.format(ref=ref, number=k % 500 + 1, points=points, low=f"{lat - 0.0002:.6f} {lon - 0.0002:.6f}", high=f"{lat + 0.0002:.6f} {lon + 0.0002:.6f}"))
        out.write("</wfs:FeatureCollection>\n")


def measure(count: int = 20_000) -> dict[str, float]:
    """Seconds of the stage, of that with interpreter and imports, peak memory [MB], size of the file [MB]."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a_ple.gml"
        write_parcels(path, count)
        begin = time.perf_counter()
        done = subprocess.run([sys.executable, __file__, "--read", str(path)], capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[2])
        whole = time.perf_counter() - begin
        return {**json.loads(done.stdout), "with_imports_s": round(whole, 2), "file_mb": round(path.stat().st_size / 1e6, 1)}


def _read(path: Path) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from pipeline.config.sources import Layer, ParcelsConfig, Source
    from pipeline.config.town import Town
    from pipeline.contracts.notes import Notes
    from pipeline.stages.sources.parcels import parcels

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begin = time.perf_counter()
    made = parcels((Layer(Source(kind="ade_gml"), (path,)),), None, ParcelsConfig(), Town(name="Bench", epsg=25833), Notes())
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": len(made), "stage_s": round(seconds, 2), "rows_per_s": round(len(made) / seconds), "imports_mb": round(before), "peak_mb": round(peak)}))


if __name__ == "__main__":
    if "--read" in sys.argv:
        _read(Path(sys.argv[-1]))
    else:
        print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000), indent=1))
