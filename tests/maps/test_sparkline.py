"""Sparklines: every value is in the text, a break of method is not drawn across."""

from __future__ import annotations

import pytest

from pipeline.maps.sparkline import HEIGHT, MARGIN, WIDTH, Year, drawing, in_words


def test_ends_lie_on_the_edges_and_a_rising_value_rises() -> None:
    series = [Year(2020, 1.0), Year(2025, 2.0), Year(2030, 3.0)]
    assert drawing(series).lines == [("spark-line", f"{MARGIN:.1f},{HEIGHT - MARGIN:.1f} {WIDTH / 2:.1f},{HEIGHT / 2:.1f} {WIDTH - MARGIN:.1f},{MARGIN:.1f}")]
    assert [d[0] for d in drawing(series).dots] == ["spark-point", "spark-point", "spark-last"]
    assert in_words(series, lambda v: f"{v:g} ha") == "2020 1 ha; 2025 2 ha; 2030 3 ha"


def test_no_line_across_a_change_of_method() -> None:
    series = [Year(2024, 1.0), Year(2025, 1.1), Year(2026, 9.0, break_before=True)]
    lines = [points for name, points in drawing(series, (2030, 0.0)).lines if name == "spark-line"]
    assert len(lines) == 1 and len(lines[0].split()) == 2
    assert in_words(series, str, (2030, 0.0), broken="new method", aim="target") == "2024 1.0; 2025 1.1; new method; 2026 9.0; target 2030 0.0"


def test_one_year_is_a_dot_in_the_middle() -> None:
    assert [d[1:3] for d in drawing([Year(2026, 5.0)]).dots] == [(f"{WIDTH / 2:.1f}", f"{HEIGHT / 2:.1f}")]
    with pytest.raises(ValueError, match="must ascend"):
        drawing([Year(2026, 1.0), Year(2025, 1.0)])
