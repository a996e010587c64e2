"""Catalogues: valid without the internet, complete, and true of the files beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pystac
import pytest
import rasterio
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from pipeline.exports.dcat import EU
from pipeline.exports.licences import licence_of, newest
from pipeline.exports.publisher import HOST, slug_of
from tests.exports.conftest import GIVEN

DCATAPIT = rdflib.Namespace("http://dati.gov.it/onto/dcatapit#")
# What DCAT-AP_IT obliges to say, by class (AgID, Linee guida per i cataloghi dati, chapters 1-4).
OBLIGED = {
    DCATAPIT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.modified, DCAT.dataset),
    DCATAPIT.Dataset: (DCTERMS.identifier, DCTERMS.title, DCTERMS.description, DCTERMS.modified, DCAT.theme, DCTERMS.rightsHolder, DCTERMS.accrualPeriodicity, DCAT.distribution),
    DCATAPIT.Distribution: (DCTERMS["format"], DCAT.accessURL, DCTERMS.license),
    DCATAPIT.Agent: (DCTERMS.identifier, FOAF.name),
}
ONCE = (DCTERMS.identifier, DCTERMS.modified, DCTERMS.rightsHolder, DCTERMS.accrualPeriodicity, DCTERMS["format"], DCTERMS.license, DCTERMS.publisher)


@pytest.fixture(scope="module")
def catalogue(made: Any) -> pystac.Catalog:
    return pystac.Catalog.from_file(str(made.folder / "stac" / "catalog.json"))


def test_stac_is_valid_with_the_network_off(catalogue: pystac.Catalog) -> None:
    checked = catalogue.validate_all()  # tests block every address but loopback's
    assert checked == len(list(catalogue.get_items(recursive=True))) > 10


def test_stac_has_only_relative_links_to_files_that_are_there(made: Any, catalogue: pystac.Catalog, read_json: Callable[[Path], Any]) -> None:
    hrefs = set()
    for path in (made.folder / "stac").rglob("*.json"):
        told = read_json(path)
        assert not told.get("stac_extensions")
        inside = [link["href"] for link in told["links"] if link["rel"] != "license"] + [a["href"] for a in told.get("assets", {}).values()]
        for href in inside:
            assert href.startswith(".") and (path.parent / href).resolve().is_file(), href
        hrefs |= {(path.parent / a["href"]).resolve() for a in told.get("assets", {}).values()}
    data = {p.resolve() for p in made.folder.rglob("*") if p.suffix in (".gpkg", ".parquet", ".csv", ".xlsx", ".tif")}
    assert hrefs == data
    for item in catalogue.get_items(recursive=True):
        west, south, east, north = item.bbox or ()
        assert 18.0 < west < east < 18.2 and 40.2 < south < north < 40.5, item.id
        assert item.properties["license"] and item.properties["providers"][0]["name"] == "Comune di Carmiano"


def test_stac_tells_bands_and_what_is_generated(made: Any, catalogue: pystac.Catalog) -> None:
    items = {i.id: i for i in catalogue.get_items(recursive=True)}
    band = items["sunmap"].assets["tiff"].extra_fields["bands"][0]
    assert (band["unit"], band["data_type"], band["nodata"]) == ("kWh/m²", "float32", "nan")
    assert "dati dimostrativi" in items["buildings"].properties["title"] and "dati dimostrativi" not in items["boundary"].properties["title"]
    assert items["greenspaces"].properties["license"] == "ODbL-1.0" and items["boundary"].properties["license"] == "CC-BY-4.0"


def graph(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path, format="turtle" if path.suffix == ".ttl" else "json-ld")


@pytest.fixture(scope="module")
def told(made: Any) -> rdflib.Graph:
    return graph(made.folder / "dcat" / "catalogo.ttl")


def test_turtle_and_jsonld_say_the_same(made: Any, told: rdflib.Graph) -> None:
    assert isomorphic(told, graph(made.folder / "dcat" / "catalogo.jsonld"))


def test_dcat_says_what_the_profile_obliges_to_say(told: rdflib.Graph) -> None:
    for kind, names in OBLIGED.items():
        subjects = set(told.subjects(RDF.type, kind))
        assert subjects, kind
        for subject in subjects:
            for name in names:
                assert list(told.objects(subject, name)), (subject, name)
            for name in ONCE:
                assert len(list(told.objects(subject, name))) <= 1, (subject, name)
    for dataset in told.subjects(RDF.type, DCATAPIT.Dataset):
        assert (next(told.objects(dataset, DCTERMS.rightsHolder)), RDF.type, DCATAPIT.Agent) in told
        assert {t.language for t in told.objects(dataset, DCTERMS.title)} == {"it", "en"}
        assert all((d, RDF.type, DCATAPIT.Distribution) in told for d in told.objects(dataset, DCAT.distribution))
        assert (next(told.objects(dataset, DCTERMS.spatial)), RDF.type, DCTERMS.Location) in told
    assert len(set(told.objects(None, DCTERMS.identifier))) == len(set(told.subjects(DCTERMS.identifier, None)))


def test_dcat_uses_the_vocabularies_and_the_files_addresses(made: Any, told: rdflib.Graph) -> None:
    for name, start in ((DCAT.theme, "data-theme"), (DCTERMS["format"], "file-type"), (DCTERMS.accrualPeriodicity, "frequency"), (DCTERMS.language, "language")):
        assert all(isinstance(o, rdflib.URIRef) and str(o).startswith(f"{EU}/{start}/") for o in told.objects(None, name)), name
    for address in told.objects(None, DCAT.downloadURL):
        assert str(address).startswith(GIVEN["address"]) and (made.folder / str(address).removeprefix(GIVEN["address"])).is_file()
    for licence in told.objects(None, DCTERMS.license):
        assert (licence, RDF.type, DCATAPIT.LicenseDocument) in told
    agent = next(told.subjects(RDF.type, DCATAPIT.Agent))
    assert str(next(told.objects(agent, DCTERMS.identifier))) == "c_b792" and str(next(told.objects(agent, FOAF.name))) == "Comune di Carmiano"
    contact = next(told.subjects(RDF.type, DCATAPIT.Organization))
    assert contact != agent  # a common mistake, says the guide
    generated = [d for d in told.subjects(RDF.type, DCATAPIT.Dataset) if any("dati dimostrativi" in str(t) for t in told.objects(d, DCTERMS.title))]
    assert 0 < len(generated) < len(set(told.subjects(RDF.type, DCATAPIT.Dataset)))


def test_what_only_the_municipality_knows_is_a_placeholder_that_can_be_seen(runner: Callable[..., Any], tmp_path: Path) -> None:
    notes = runner(tmp_path / "out", rasters=())
    text = (tmp_path / "out/dcat/catalogo.ttl").read_text(encoding="utf-8")
    assert "CODICE_IPA_DA_COMPLETARE" in text and HOST in text and '"2026-01-01"^^xsd:date' in text
    assert {n.split()[-1] for n in notes.assumptions} >= {"exports.ipa_code", "exports.address"}
    rdflib.Graph().parse(tmp_path / "out/dcat/catalogo.ttl", format="turtle")


def test_licence_and_day_follow_the_sources() -> None:
    assert licence_of([{"licence": "CC BY 4.0"}], "CC0-1.0").spdx == "CC0-1.0"
    assert licence_of([{"licence": "CC BY 4.0"}, {"licence": "ODbL 1.0"}], "CC-BY-4.0").spdx == "ODbL-1.0"
    assert newest([{"date": "2023"}, {"date": "2024-06"}, {"date": ""}, {"date": "2021-11-03"}]) == "2024-06-01" and newest([{"date": "?"}]) == ""
    assert slug_of("Sant'Agata de' Goti") == "sant_agata_de_goti" and slug_of("日本") == "town"


def test_rasters_are_the_same_cells_with_colours_units_and_licence(made: Any, given: dict[str, Any]) -> None:
    with rasterio.open(made.folder / "cog/landcover.tif") as new, rasterio.open(given["landcover"].path) as old:
        assert (new.read(1) == old.read(1)).all() and new.transform == old.transform and new.crs == old.crs
        assert new.colormap(1)[1] == (0x5C, 0x32, 0x26, 255) and new.nodata == 0 and new.overviews(1)
        assert new.tags()["licence"].startswith("CC BY 4.0") and {"ISPRA (CC BY 4.0)", "ISTAT (CC BY 4.0)"} <= set(new.tags()["attribution"].split("; "))
        assert new.tags()["class_5"] == "alberi / trees" and new.descriptions == ("cover",)
    with rasterio.open(made.folder / "cog/sunmap.tif") as new, rasterio.open(given["sunmap"].path) as old:
        assert new.checksum(1) == old.checksum(1) and new.units == ("kWh/m²",) and new.dtypes == ("float32",)
    assert {p.name for p in (made.folder / "cog").iterdir()} == {"landcover.tif", "landcover.qml", "confidence.tif", "sunmap.tif", "sunmap.qml"}
