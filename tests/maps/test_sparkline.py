"""Sparklines: every value is in the text, a break of method is not drawn across, names cannot leave their place."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from pipeline.maps.sparkline import HEIGHT, MARGIN, WIDTH, Year, sparkline


def test_ends_lie_on_the_edges_and_a_rising_value_rises() -> None:
    svg = ET.fromstring(sparkline([Year(2020, 1.0), Year(2025, 2.0), Year(2030, 3.0)], "Sealed", lambda v: f"{v:g} ha"))
    line = svg.find("polyline")
    assert line is not None
    assert line.get("points") == f"{MARGIN:.1f},{HEIGHT - MARGIN:.1f} {WIDTH / 2:.1f},{HEIGHT / 2:.1f} {WIDTH - MARGIN:.1f},{MARGIN:.1f}"
    assert svg.get("role") == "img" and svg.get("aria-label") == svg.findtext("title") == "Sealed: 2020 1 ha; 2025 2 ha; 2030 3 ha"


def test_no_line_across_a_change_of_method() -> None:
    svg = ET.fromstring(sparkline([Year(2024, 1.0), Year(2025, 1.1), Year(2026, 9.0, break_before=True)], "Sealed", str, (2030, 0.0), broken="new method", aim="target"))
    lines = [p for p in svg.findall("polyline") if p.get("class") == "spark-line"]
    assert len(lines) == 1 and len(lines[0].get("points", "").split()) == 2
    assert svg.get("aria-label") == "Sealed: 2024 1.0; 2025 1.1; new method; 2026 9.0; target 2030 0.0"


def test_one_year_is_a_dot_in_the_middle_and_names_are_escaped() -> None:
    svg = ET.fromstring(sparkline([Year(2026, 5.0)], 'Soil & "<b>"', str))
    dot = svg.find("circle")
    assert dot is not None and (dot.get("cx"), dot.get("cy")) == (f"{WIDTH / 2:.1f}", f"{HEIGHT / 2:.1f}")
    assert svg.get("aria-label") == 'Soil & "<b>": 2026 5.0' and svg.find("b") is None
    with pytest.raises(ValueError, match="must ascend"):
        sparkline([Year(2026, 1.0), Year(2025, 1.0)], "Soil", str)
