"""The front page says who lacks green, how sure the soil is and where to begin, where the land wing knows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.contracts.notes import Lineage
from pipeline.maps import filtered, findings, starts
from pipeline.maps.content import Site


@pytest.fixture
def site(small_atlas: dict[str, Any]) -> Site:
    """The small town with access to green by section, an interval of its sealed soil, and three yards to open."""
    atlas = {k: v.copy() for k, v in small_atlas.items()}
    sections = atlas["sections"]
    sections["near_green"] = [np.nan, 0.0, 0.02, 0.3, 0.5, 0.6, 0.8, 0.9, 1.0]
    atlas["town"] = atlas["town"].assign(
        near_green=0.4, sealed_share_low=0.31, sealed_share_high=0.39, official_consumed_share=0.1835, official_year=2021, standard_missing_m2=79_552.0,
        land_spared_low_ha=146.4, land_spared_high_ha=263.6,
    )  # fmt: skip
    parcels = atlas["parcels"] = atlas["parcels"].assign(open_m2=np.nan, runoff_saved_m3=np.nan, public=False)
    for row, (area, rain, public) in {3: (500.0, 20.0, False), 20: (900.0, 45.0, False), 30: (60.0, 3.0, True)}.items():
        parcels.loc[row, ["open_m2", "runoff_saved_m3"]] = [area, rain]
        parcels.loc[row, "public"] = public
    return Site(atlas, "Carmiano", ("it", "en"), Lineage({}), "0")


def test_green_is_about_who_has_it_near(site: Site) -> None:
    theme, sections = site.made["green"], site.atlas["sections"]
    assert (theme.value, theme.total, theme.words, theme.below) == ("near_green", "residents_far", "green.near", True)
    assert sections["residents_far"].iloc[3] == pytest.approx(0.7 * sections["residents"].iloc[3])
    card = findings.cards(site.sums, {}, site.made, site.atlas)[2]
    far = 1234 * (1 - site.sums["near_green"])
    assert card.value.en == f"{float(f'{far:.3g}'):,.0f}" and "without public green" in card.band.en and "7.96" in card.text.en
    found = filtered.filtered(theme, site.atlas)
    assert found is not None and found.state == f"t={theme.limits[0]:g}"
    less = sections[sections["near_green"] < theme.limits[0]]
    assert f"{less['residents_far'].sum():,.0f} of them live in {len(less)} sections" in found.text.en


def test_soil_has_its_interval_beside_the_official_figure(site: Site) -> None:
    band = findings.cards(site.sums, {}, site.made, site.atlas)[1].band
    assert band.en == "between 31.0% and 39.0%; official land take 18.4% (2021)"
    assert "fra 31,0" in band.it


def test_yards_to_open_begin_with_the_public_one(site: Site) -> None:
    lists = {s.page: s for s in starts.starts(site.atlas, site.made, site.sums)}
    opening = lists["sealing"].entries
    ids = site.atlas["parcels"]["parcel_id"]
    assert [e.id for e in opening] == [ids[30], ids[20], ids[3]]
    assert opening[0].text.en.startswith("public, to open · −3 m³")
    far = site.atlas["sections"].sort_values("residents_far", ascending=False)["section_id"].tolist()
    assert [e.id for e in lists["green"].entries] == far[: len(lists["green"].entries)]


def test_the_hero_says_what_panels_on_the_ground_would_take(site: Site) -> None:
    assert "146 to 264 hectares" in findings.headline(site.name, site.sums)[2].en


def test_what_is_installed_stands_beside_what_is_possible(tmp_path: Path, builder: Callable[..., Path], small_atlas: dict[str, Any]) -> None:
    """By hand: a tenth of the town's power; without a register the method page says what it takes."""
    town = small_atlas["town"]
    have = float(town["kwp"].iloc[0]) / 10
    told = small_atlas | {"town": town.assign(installed_year=2024, installed_plants=12, installed_kwp=have, installed_ground_kwp=999.0)}
    site = builder(tmp_path / "site", told)
    page = (site / "solar.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Già sui tetti a fine 2024" in page and "in 12 impianti, il 10,0 % dei" in page and "; altri 999 kWp a terra" in page
    assert "Where they stand" in (method := (site / "method.html").read_text(encoding="utf-8")).replace("where they stand", "Where they stand") and "Atlaimpianti" not in method
    other = builder(tmp_path / "other", small_atlas)
    assert "Già sui tetti" not in (other / "solar.html").read_text(encoding="utf-8") and "Atlaimpianti" in (other / "method.html").read_text(encoding="utf-8")


def test_a_town_whose_ground_is_hardly_known_is_told_hectares_and_no_share(site: Site) -> None:
    # Outlines of buildings alone: all the ground that is known is covered.
    sums = {k: v for k, v in site.sums.items() if k != "kwh_year"} | {"covered_m2": 90_000.0, "sealed_m2": 90_000.0, "sealed_share": 1.0, "area_m2": 1e6}
    card, answer, lead = findings.cards(sums, {}, site.made, site.atlas)[1], findings.headline(site.name, sums)[1], findings.lead("sealing", site.made["sealing"], sums, site.rules)
    assert (card.value.en, card.value.it) == ("at least 9.00 ha".replace(" ha", "\u00a0ha"), "almeno 9,00\u00a0ha")
    for said in (card.value, card.band, answer, lead):
        assert "100" not in said.en and "100" not in said.it
    assert "9.0" in lead.en


def test_half_of_the_ground_known_is_enough_for_a_share() -> None:
    assert findings.mostly_known({"covered_m2": 5.0, "area_m2": 10.0}) and not findings.mostly_known({"covered_m2": 4.9, "area_m2": 10.0})
