"""Thresholds named in the texts are those of the town's config, or of the law as the code has it."""

from __future__ import annotations

import re

import pytest

from pipeline.config.town import Town
from pipeline.core.land import greenrule, restoration
from pipeline.maps.rules import placed, rules_of
from pipeline.maps.text import TEXT
from pipeline.stages.land import provision


def town(**more: object) -> Town:
    return Town.model_validate({"name": "Prova", "code": "075014", "epsg": 25833, **more})


@pytest.mark.parametrize("key", [k for k, v in TEXT.items() if "{rule_" in v.it])
def test_every_threshold_has_its_words(key: str) -> None:
    made = placed(TEXT[key], rules_of(town()))
    assert "{rule_" not in made.it + made.en and made.it != TEXT[key].it


def test_the_words_follow_the_config() -> None:
    other = rules_of(town(access={"min_green_ha": 1.0, "catchment_m": 400.0}, desealing={"open_share": 0.3}, provision={"min_residents": 15}))
    assert "1,00\u00a0ha" in placed(TEXT["green.town.access.lead"], other).it
    assert "400\u00a0m" in placed(TEXT["green.town.supply.lead"], other).en
    assert "30\u00a0%" in placed(TEXT["soil.opening.lead"], other).it and "15 residenti" in placed(TEXT["method.land.small.text"], other).it
    assert "mezzo ettaro" in placed(TEXT["green.town.access.lead"], rules_of(town())).it


def test_no_text_names_a_threshold_of_the_config_by_itself() -> None:
    said = [k for k, v in TEXT.items() if re.search(r"mezzo ettaro|500 m\b|\b9 m²|half a hectare", v.it + v.en)]
    assert said == []


def test_what_the_law_and_the_rule_fix_is_what_the_code_counts() -> None:
    """300 m and 30 % of 3-30-300, 400 m of SDG 11.7.1, 45 % and 10 % of article 8 stand in the texts as they stand in the code."""
    assert f"{greenrule.REACH_M:.0f} m" in TEXT["green.rule.near_green"].en and f"{provision.OPEN_REACH_M:.0f} m" in TEXT["green.town.near_open"].en
    assert f"{restoration.GREEN_ABOVE:.0%}" in TEXT["restoration.in"].en and f"{restoration.CANOPY_ABOVE:.0%}" in TEXT["restoration.in"].en
    assert f"{greenrule.CANOPY_SHARE:.0%}" in TEXT["green.rule.thirty_canopy"].en
