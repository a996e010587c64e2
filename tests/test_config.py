"""town.yaml: typed, all errors at once, unknown keys and unmetric systems refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.town import Town, load_town
from pipeline.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    (folder / "town.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_default_town_is_valid(root: Path) -> None:
    town = load_town(root / "data/raw/carmiano")
    assert (town.name, town.code, town.epsg) == ("Carmiano", "075014", 25833)


def test_every_mistake_is_named_with_its_place(tmp_path: Path) -> None:
    text = "name: X\nepsg: 25833\nroofs: {max_tilt_deg: 120, slope: 3}\nsources: {weather: [{kind: almanac}]}\n"
    with pytest.raises(ConfigError) as caught:
        load_town(write(tmp_path, text))
    places = [p.split("town.yaml: ")[1].split(":")[0] for p in caught.value.problems]
    assert sorted(places) == ["roofs.max_tilt_deg", "roofs.slope", "sources.weather.0.kind"]


@pytest.mark.parametrize("epsg", [3857, 4326, 6706])
def test_unmetric_systems_are_refused(tmp_path: Path, epsg: int) -> None:
    with pytest.raises(ConfigError, match="not a metric system"):
        load_town(write(tmp_path, f"name: X\nepsg: {epsg}\n"))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "name: [unclosed", "name: X\nepsg: .nan\n", "name: <script>\nepsg: 25833\n"])
def test_what_is_no_town_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"town\.yaml"):
        load_town(write(tmp_path, text))


def test_a_missing_file_and_a_wrong_encoding_are_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_town(tmp_path)
    (tmp_path / "town.yaml").write_bytes("name: Forlì".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_town(tmp_path)


@given(st.dictionaries(st.sampled_from(sorted(Town.model_fields)), st.one_of(st.none(), st.integers(), st.text(max_size=8), st.lists(st.integers(), max_size=2)), max_size=4))
def test_any_content_gives_a_town_or_a_config_error(tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]) -> None:
    import yaml

    folder = tmp_path_factory.mktemp("town")
    (folder / "town.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    try:
        assert isinstance(load_town(folder), Town)
    except ConfigError as error:
        assert error.problems


def test_units_stand_in_the_names() -> None:
    """Every number of the config says its unit in its name, or is a count, share, ratio or code."""
    plain = {"seed", "dwellings_lived_in", "epsg", "buildings", "residents", "max_planes", "max_cells", "max_gap_hours", "fill_cells", "min_modules", "sample_points", "sample_min", "min_residents", "min_buildings", "draws", "tolerance", "year", "albedo", "refraction", "calendar_year", "anchor_households", "enterprise_plants", "private_openings", "streets", "first_year", "max_characters", "nodes", "new_points"}
    endings = ("_eur_kwp", "_eur_kwh", "_kg_kwh", "_kg", "_mb", "_km", "_kwp", "_people", "_m", "_m2", "_mm", "_ha", "_deg", "_wp", "_share", "_gcr", "_loss", "_per_dc", "_years", "_h", "_degree_days")
    prefixes = ("sigma_", "faiman_", "ndvi_")
    for section, field in Town.model_fields.items():
        for name, inner in getattr(field.annotation, "model_fields", {}).items():
            if inner.annotation in (int, float, float | None, int | None):
                assert name in plain or name.endswith(endings) or name.startswith(prefixes), f"{section}.{name}"
