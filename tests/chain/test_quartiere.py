"""The default town's chain on a generated neighbourhood: every stage, and the words that say it is generated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pipeline.io.sidecar import NOTICE


@pytest.fixture(scope="module")
def quartiere(make_town: Callable[[str], Any]) -> Any:
    return make_town("tests/towns/quartiere")


def test_every_stage_has_run(quartiere: Any) -> None:
    assert set(quartiere.town.stages[-2:]) == {"webmap", "exports"}  # which of the two is last hangs on what each waits for
    left_out = [line.split(":")[1].strip() for line in quartiere.log.splitlines() if line.startswith("Left out")]
    assert left_out == ["installed", "farhorizon"]  # no register of plants and no terrain model of 60 km are generated


def test_the_notice_is_in_data_sidecars_and_pages(quartiere: Any) -> None:
    import pyarrow.parquet as pq
    import rasterio

    for stage in quartiere.town.stages:
        if stage == "boundary":  # a real layer
            assert "notice" not in quartiere.town.sidecar(stage)
        else:
            assert quartiere.town.sidecar(stage)["notice"] == NOTICE, stage
    assert pq.read_schema(quartiere.processed / "solar.parquet").metadata[b"notice"].decode() == NOTICE
    with rasterio.open(quartiere.processed / "surface.tif") as src:
        assert src.tags()["notice"] == NOTICE
    for page in ("index", "solar", "sealing", "green", "method"):
        text = (quartiere.site / f"{page}.html").read_text(encoding="utf-8").lower()
        assert "dati dimostrativi" in text and "demonstration data" in text


def test_zones_add_up(quartiere: Any) -> None:
    sealing = quartiere.read("sealing")
    whole = sealing[sealing["zone_kind"] == "town"].iloc[0]
    areas = sealing[sealing["zone_kind"].isin(["parcel", "road", "water"])]
    for column in ("area_m2", "sealed_m2", "green_m2", "covered_m2"):
        assert areas[column].sum() == pytest.approx(whole[column], rel=2e-3), column


def test_solar_is_plausible_for_salento(quartiere: Any) -> None:
    solar = quartiere.read("solar")
    weather = quartiere.read("weather")
    assert weather["ghi"].sum() / 1000 == pytest.approx(1484.2, rel=0.005)  # mean of the two stations' monthly figures (INPUTS)
    assert 1000 < solar["specific_yield_kwh_kwp"].median() < 1500
    roofs = quartiere.read("roofs")
    assert set(solar["roof_id"]) <= set(roofs["roof_id"])
    irradiation = quartiere.read("irradiation")
    months = irradiation[[f"poa_{m:02d}" for m in range(1, 13)]].sum(axis=1)
    np.testing.assert_allclose(months, irradiation["poa_kwh_m2"], rtol=1e-9)


def test_residents_per_building_are_not_published(quartiere: Any) -> None:
    for layer in ("buildings", "roofs", "arrays", "parcels"):
        assert not [c for c in quartiere.read("atlas")[layer].columns if "resident" in c]


def test_report_is_made_on_request_only(quartiere: Any, root: Any) -> None:
    import pypdfium2

    from pipeline.recipes import Place
    from pipeline.runner import run_stage

    assert "report" not in quartiere.town.stages and not (quartiere.processed / "report").exists()
    done = run_stage("report", Place(root / "tests/towns/quartiere", quartiere.processed, quartiere.site))
    assert done.output == quartiere.processed / "report/manifest.json"
    for language, word in (("it", "dati dimostrativi"), ("en", "demonstration data")):
        pdf = pypdfium2.PdfDocument(done.output.parent / f"report_{language}.pdf")
        assert 8 <= len(pdf) <= 15
        assert word in pdf[0].get_textpage().get_text_range().lower()


def test_the_map_of_irradiation_agrees_with_the_planes(quartiere: Any) -> None:
    from pipeline.io import rasters

    planes = quartiere.read("roofs").query("kind != 'none'").reset_index(drop=True)
    light = quartiere.read("irradiation").set_index("roof_id")["poa_kwh_m2"]
    sunmap = rasters.open_raster(quartiere.processed / "sunmap.tif")
    cells = rasters.read(sunmap, "poa_kwh_m2")
    owner = rasters.burn(planes.geometry.to_numpy(), np.arange(len(planes)), sunmap.grid, fill=-1, dtype="int32")
    known = (owner >= 0) & np.isfinite(cells)
    count = np.bincount(owner[known], minlength=len(planes))
    mean = np.bincount(owner[known], cells[known], minlength=len(planes)) / np.maximum(count, 1)
    large = count >= 20
    off = np.abs(mean[large] / light[planes["roof_id"][large]].to_numpy() - 1.0)
    assert large.sum() > 100 and off.mean() < 0.001 and off.max() < 0.01


def test_every_plane_has_its_arrays_or_its_reason(quartiere: Any) -> None:
    arrays = quartiere.read("arrays")
    laid = arrays["modules"] > 0
    assert set(arrays["roof_id"]) == set(quartiere.read("roofs")["roof_id"])
    assert (laid == arrays["reason"].isna()).all() and not set(arrays.loc[laid, "roof_id"]) & set(arrays.loc[~laid, "roof_id"])


def test_ladder_and_profiles_add_up_to_the_year(quartiere: Any) -> None:
    whole = quartiere.read("solar")["kwh_year"].sum()
    assert quartiere.read("ladder").groupby("building_id")["kwh_year"].last().sum() == pytest.approx(whole, rel=1e-9)
    assert quartiere.read("profiles").query("use == 'town'")["kwh"].sum() == pytest.approx(whole, rel=1e-6)


def test_the_land_wing_adds_up(quartiere: Any) -> None:
    """What two stages say of the same ground is the same, and the atlas carries it unchanged."""
    sealing, plots, green, atlas = (quartiere.read(n) for n in ("sealing", "plots", "green", "atlas"))
    key = ["zone_kind", "zone_id"]
    both = sealing.merge(plots, on=key, suffixes=("", "_plots"), validate="one_to_one")
    assert len(both) == len(sealing) == len(plots)
    known = both[both["covered_m2"] > 0]
    np.testing.assert_allclose(known["permeability"], 1.0 - known["sealed_share"], atol=1e-12)
    assert ((known["sealed_low_m2"] <= known["sealed_m2"]) & (known["sealed_m2"] <= known["sealed_high_m2"])).all()
    assert (green["grove_canopy_m2"].dropna() <= green.loc[green["grove_canopy_m2"].notna(), "canopy_m2"]).all()
    parcels, town = atlas["parcels"], atlas["town"].iloc[0]
    own = sealing[sealing["zone_kind"] == "parcel"].set_index("zone_id")["sealed_m2"]
    np.testing.assert_array_equal(parcels.set_index("parcel_id").loc[own.index, "sealed_m2"], own)
    openings = quartiere.read("desealing")
    assert parcels["candidate"].sum() == len(openings) == town["candidates"] > 0
    assert town["open_m2"] == pytest.approx((openings["open_m2"] * openings["counted_share"]).sum())
    why = atlas["comparison"].iloc[0]
    assert why["official_m2"] - why["own_m2"] == pytest.approx(why["definition_m2"] + why["majority_m2"] + why["rest_m2"])
    changes = quartiere.read("consumed")["changes"]
    assert quartiere.read("ledger")["official_m2"].sum() == pytest.approx(changes["area_m2"].sum())
    assert town["land_spared_high_ha"] == pytest.approx(town["kwp"] / 1000 * 1.8)


def test_access_is_never_shorter_than_the_line_and_supply_is_conserved(quartiere: Any) -> None:
    access, occupancy = quartiere.read("access"), quartiere.read("occupancy")
    way = access.dropna(subset=["green_network_m", "green_linear_m"])
    assert len(way) and (way["green_network_m"] >= way["green_linear_m"] - 1e-6).all()
    figures = quartiere.town.sidecar("access")["lineage"]["access"]["figures"]
    people = occupancy.set_index("building_id")["residents"].reindex(access["building_id"]).fillna(0.0).to_numpy()
    assert (access["green_m2_per_person"] * people).sum() == pytest.approx(figures["supply_shared_m2"], rel=1e-9)


def test_public_buildings_are_found_again_and_summed(quartiere: Any) -> None:
    """The demonstration register names every public building of the generated town, and one that is nowhere."""
    estate, buildings = quartiere.read("estate"), quartiere.read("buildings").set_index("building_id")
    assert estate["place"].value_counts().to_dict() == {"building": 1, "parcel": 1, "none": 1}
    assert estate.set_index("estate_id").loc["DIM-99", "place_reason"] == "unknown_address"
    there = estate[estate["place"] != "none"]
    assert set(buildings.loc[there["building_id"], "use"]) == {"school", "town_hall"} and there["name"].str.contains("dimostrativo").all()
    # The whole roof in the estate is the last step of the building's ladder, and money grows from the worse end to the better.
    last = quartiere.read("ladder").groupby("building_id")["kwp"].last()
    np.testing.assert_allclose(there["roof_kwp"], last.loc[there["building_id"]])
    assert (there["pv_npv_eur_low"] <= there["pv_npv_eur"]).all() and (there["pv_self_consumed_kwh"] <= there["pv_kwh_year"]).all()
    figures = quartiere.town.sidecar("estate")["lineage"]["estate"]["figures"]
    assert figures["estate_co2_kg_avoidable"] == pytest.approx(estate["co2_kg_avoidable"].sum())
    assert "Public buildings (indicative): 2 of 3 found on the map" in quartiere.log


def test_the_community_shares_what_the_public_roofs_do_not_use(quartiere: Any) -> None:
    community, estate = quartiere.read("community"), quartiere.read("estate")
    area = community["areas"].iloc[0]
    assert area["produced_kwh"] == pytest.approx(estate["pv_kwh_year"].sum(), rel=1e-9)
    assert area["own_kwh"] == pytest.approx(estate["pv_self_consumed_kwh"].sum(), rel=1e-6)
    steps = community["steps"]
    np.testing.assert_allclose(steps["shared_kwh"] + steps["surplus_kwh"], area["fed_in_kwh"], rtol=1e-9)
    assert community["anchors"]["estate_id"].tolist() == ["DIM-01", "DIM-02"]


def test_the_registers_of_the_town_and_its_people(quartiere: Any) -> None:
    initiatives, reports = quartiere.read("initiatives"), quartiere.read("reports")
    assert initiatives["place"].value_counts().to_dict() == {"town": 4, "building": 1, "parcel": 1, "none": 1}
    assert initiatives.geometry.isna().sum() == 5 and initiatives["name"].str.contains("dimostrativ").all()
    figures = quartiere.town.sidecar("initiatives")["lineage"]["initiatives"]["figures"]
    assert figures["initiatives_done_cost_eur"] == pytest.approx(initiatives.loc[initiatives["status"] == "done", "cost_eur"].sum())
    decided = reports["moderation"].groupby("moderation")["reports"].sum().to_dict()
    assert decided == {"accepted": len(reports["points"]), "pending": 6, "rejected": 5} and len(reports["points"]) == 13
    assert reports["points"]["text"].str.contains("dimostrativ").all() and not reports["points"]["text"].str.contains("0832").any()
    counts = reports["counts"]
    assert counts.loc[counts["match"] == "unknown_street", "street"].tolist()[-1] == "Via che non c'è"
    known = counts[counts["match"] == "found"]
    assert len(known) and (known["difference"] == known["counted"] - known["trees_seen"]).all()
