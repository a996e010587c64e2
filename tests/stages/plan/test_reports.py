"""Stage reports: what moderators did not accept is a number and nothing else; texts are scrubbed; counts of schools beside canopy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pipeline.compute import Compute
from pipeline.config.register import ReportsConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.register import Reports
from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.errors import InputError
from pipeline.io.rasters import open_raster, write
from pipeline.stages.plan.reports import reports

EPSG = 25833
LON, LAT = 18.0421, 40.3689
BOUNDARY = gpd.GeoDataFrame(geometry=[shapely.box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)], crs=4326).to_crs(EPSG)
SECRET = "SEGRETO"
EAST, NORTH = 758000.0, 4473000.0
LINES = [shapely.LineString([(EAST + a, NORTH), (EAST + b, NORTH)]) for a, b in ((0, 100), (100, 200), (150, 550))]
STREETS = gpd.GeoDataFrame({"street_id": ["s1", "s2", "s3"], "name": ["Via Roma", "Via Roma", "Viale degli Ulivi"], "length_m": [100.0, 100.0, 400.0]}, geometry=LINES, crs=EPSG)


def run(paths: dict[str, Path], notes: Notes | None = None, streets: Any = STREETS, rasters: tuple[Any, Any] = (None, None), fields: dict[str, str] | None = None) -> dict[str, Any]:
    layers = tuple(Layer(Source(kind=k.rstrip("0123"), path=p.name, fields=fields or {}), (p,)) for k, p in paths.items())  # type: ignore[arg-type]
    with Compute("threads") as compute:
        made = reports(BOUNDARY, streets, *rasters, layers, ReportsConfig(), Town(name="Carmiano", epsg=EPSG), compute, notes or Notes())  # type: ignore[arg-type]
    for name, spec in Reports.layers.items():
        check_table(made[name], spec, EPSG, name)
    return made  # type: ignore[return-value]


def feature(east: float, north: float = 0.0, number: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": number, "geometry": {"type": "Point", "coordinates": [LON + east, LAT + north]}, "properties": {"_umap_options": {"color": "Red"}, **properties}}


def umap(path: Path, *features: Any, layers: bool = False) -> Path:
    one = {"type": "FeatureCollection", "_umap_options": {"name": "Punto caldo"}, "features": list(features)}
    path.write_text(json.dumps({"type": "umap", "properties": {}, "layers": [one]} if layers else one), encoding="utf-8")
    return path


def text(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_umap_as_it_exports(tmp_path: Path) -> None:
    notes = Notes()
    area = feature(0.0, number="area", name="Slargo", description="[[https://a.it|Qui]] {{b.jpg}} **asfalto**", tipo="Asfalto da togliere", moderazione="Accettata", data="31/05/2026")
    area["geometry"] = {"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 0.001, LAT], [LON + 0.001, LAT + 0.001], [LON, LAT]]]}
    path = umap(tmp_path / "a.geojson", area, feature(0.002, number="p", name=SECRET, description=SECRET, moderazione="in attesa"), feature(0.003, name=SECRET, moderazione="respinta"), feature(0.004, name=SECRET), feature(0.005, name=SECRET, moderazione="boh"))
    made = run({"reports": path}, notes)
    one = made["points"].iloc[0]
    assert one[["report_id", "kind", "text", "date"]].tolist() == ["a-area", "sealed_place", "Slargo. Qui asfalto", "2026-05-31"] and len(made["points"]) == 1
    decided = made["moderation"].groupby("moderation")["reports"].sum().to_dict()
    assert decided == {"accepted": 1, "pending": 3, "rejected": 1}
    assert notes.counts["reports whose moderation is an unknown word: pending"] == 1
    # Nothing of the others is anywhere, in tables or notes.
    assert SECRET not in "".join(t.to_csv() for t in made.values()) + repr(notes)


def test_the_layer_of_a_whole_map_is_the_kind(tmp_path: Path) -> None:
    made = run({"reports": umap(tmp_path / "a.umap", feature(0.0, name="Qui", moderation="accepted"), layers=True)})
    assert made["points"]["kind"].tolist() == ["heat_spot"]


def test_decidim_as_it_exports(tmp_path: Path) -> None:
    head = "id;category/id;category/name/it;title/it;body/it;address;latitude;longitude;state;reference;authors/names;authors/emails;published_at"
    path = text(
        tmp_path / "proposte.csv", head, f'12;3;Albero mancante;Alberi in via Roma;"<p>Manca ""ombra"".\nChiamare 0832 123456</p>";Via Roma;{LAT};{LON};accepted;X-PROP-12;{SECRET};a@b.it;2026-05-12 10:33:21 UTC',
        f"13;3;Albero mancante;{SECRET};{SECRET};;{LAT};{LON};evaluating;X;{SECRET};a@b.it;2026-05-12T10:33:21+02:00", f"14;;Tetto;{SECRET};{SECRET};;{LAT};{LON};withdrawn;X;{SECRET};a@b.it;",
        "15;;Tetto;Senza luogo;;;;;accepted;X;;;2026-05-12",
    )  # fmt: skip
    notes = Notes()
    made = run({"reports": path}, notes)
    one = made["points"].iloc[0]
    assert one[["report_id", "kind", "text", "date"]].tolist() == ["proposte-12", "missing_tree", 'Alberi in via Roma. Manca "ombra". Chiamare […]', "2026-05-12"]
    assert notes.counts["taken out of texts: phone"] == 1 and notes.counts["reports without a place, kept out"] == 1
    assert SECRET not in "".join(t.to_csv() for t in made.values()) + repr(notes)
    # Moderators of their own go before the town's answer.
    own = text(tmp_path / "b.csv", "id;title/it;latitude;longitude;state;moderazione", f"1;Uno;{LAT};{LON};accepted;respinta", f"2;Due;{LAT};{LON};rejected;accettata")
    assert run({"reports": own}, fields={"moderation": "moderazione"})["points"]["text"].tolist() == ["Due"]


def test_duplicates_and_places_outside_are_kept_out_and_said(tmp_path: Path) -> None:
    notes = Notes()
    head, ok = "id;tipo;testo;data;lat;lon;moderazione", ";2026-01-01;{};{};accettata"
    rows = [f"1;tetto;Bello{ok.format(LAT, LON)}", f"2;tetto;bello{ok.format(LAT + 0.00005, LON)}", f"3;tetto;Bello{ok.format(LAT + 0.001, LON)}", f"1;altro;Numero due volte{ok.format(LAT, LON)}", f"4;altro;Fuori{ok.format(45.0, 9.0)}", f"5;altro;Girato{ok.format(LON, LAT)}", f"6;boh;Altro{ok.format(LAT, LON)}"]
    made = run({"reports": text(tmp_path / "f.csv", head, *rows)}, notes)
    assert made["points"]["report_id"].tolist() == ["f-1", "f-3", "f-6"] and made["points"]["kind"].tolist() == ["roof", "roof", "other"]
    assert notes.counts["reports sent twice, dropped"] == 2 and notes.counts["reports of an unknown kind: other"] == 1
    assert [w[:32] for w in notes.warnings] == ["2 reports lie outside the town a", "1 of them would lie inside with "]


def test_long_texts_are_cut_and_numbers_that_tell_are_replaced(tmp_path: Path) -> None:
    made = run({"reports": umap(tmp_path / "a.geojson", feature(0.0, number="x@posta.it", description="parola " * 400, moderazione="accettata"))})
    assert len(made["points"]["text"].iloc[0]) <= 600 and made["points"]["report_id"].tolist() == ["a-1"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.geojson", "{", "cannot be read as JSON"), ("a.geojson", "[" * 100_000, "cannot be read as JSON"), ("a.geojson", '{"type": "FeatureCollection"}', "no list of features"), ("a.umap", '{"type": "umap", "layers": 3}', "no list of features"),
        ("a.csv", "id;testo\n1;x\n", "column missing: lat"), ("a.csv", f"id;testo;data;lat;lon\n1;x;ieri;{LAT};{LON}\n2;x;31/02/2026;{LAT};{LON}\n", "line 2: date 'ieri'; expected 2026-05-31"),
    ],
)  # fmt: skip
def test_what_is_none_of_these_is_refused(tmp_path: Path, name: str, content: str, words: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as said:
        run({"reports": path})
    assert words in "\n".join(said.value.problems)


@pytest.fixture
def rasters(tmp_path: Path) -> tuple[Raster[Any], Raster[Any]]:
    """300 m of sealed ground; nine trees every 20 m, 5 m north of the street's line, and one 15 m away."""
    grid = Grid(EAST - 20, NORTH + 50, 1.0, 100, 300, EPSG)
    height, cover = np.zeros(grid.shape, dtype=np.float32), np.full(grid.shape, 2, dtype=np.uint8)
    for col in [*range(30, 210, 20), 40]:
        height[45 if col != 40 else 35, col] = 6.0
    for spec, bands in ((Surface, [np.zeros_like(height), height, height]), (Landcover, [cover, cover])):
        write(tmp_path / f"{spec.__name__}.tif", spec, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), np.stack(bands))])))
    return open_raster(tmp_path / "Surface.tif"), open_raster(tmp_path / "Landcover.tif")


def test_counts_stand_beside_the_trees_of_the_street(tmp_path: Path, rasters: tuple[Raster[Any], Raster[Any]]) -> None:
    notes = Notes()
    path = text(
        tmp_path / "alberi.csv", "street;trees_counted;date;class", "via Roma;6;2026-05-12;3A", "VIA ROMA;10;12/05/2026;4B", "Via  Roma;10;2026-05-12;4B", "V.le degli Ulivi;4;2026-05-12;3A", "Via che non c'è;7;2026-05-12;3A",
    )  # fmt: skip
    counts = run({"school_counts": path}, notes, rasters=rasters)["counts"].set_index("street")
    roma = counts.loc["Via Roma"]
    assert roma[["classes", "counted", "counted_low", "counted_high", "street_m", "match"]].tolist() == [2, 8.0, 6, 10, 200.0, "found"]
    assert (roma["trees_seen"], roma["difference"], roma["known_share"]) == (9.0, -1.0, 1.0) and 0.0 < roma["canopy_share"] < 0.01
    # 130 of the other street's 400 m lie on the surface.
    assert counts["match"].to_dict() == {"Via Roma": "found", "Via che non c'è": "unknown_street", "Viale degli Ulivi": "no_canopy"}
    assert np.isnan(counts.loc["Viale degli Ulivi", "difference"]) and notes.counts["tree counts written twice, once dropped"] == 1
    assert (notes.figures["school_trees_counted"], notes.figures["school_trees_seen"]) == (8.0, 9.0)
    assert "class" not in counts.columns and "3A" not in counts.to_csv() + repr(notes)
    alone = run({"school_counts": path}, streets=None)["counts"]
    assert set(alone["match"]) == {"unknown_street"} and alone["counted"].notna().all()


def test_counts_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as said:
        run({"school_counts": text(tmp_path / "a.csv", "via;alberi contati;data", "Via Roma;-1;2026-05-12", "Via Roma;9999;2026-05-12", "Via Roma;3;1926-05-12")})
    assert ["line 2: -1 trees" in said.value.problems[0], "line 3: 9999 trees" in said.value.problems[1], "line 4: the count is of 1926" in said.value.problems[2]] == [True] * 3
