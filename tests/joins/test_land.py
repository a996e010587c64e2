"""Joins of the land wing in a town that lacks layers."""

from __future__ import annotations

import pandas as pd

from pipeline.joins.land import ground_figures


def test_a_town_without_streets_has_no_headline_and_no_figure_of_access() -> None:
    """Straight lines only: `provision` has rows of the town, none of them at the headline's setting."""
    provision = pd.DataFrame({"zone_kind": ["town"], "zone_id": ["town"], "measure": ["near_green"], "setting": ["distance=linear green=0.5ha"], "value": [0.0], "low": [float("nan")], "high": [float("nan")], "headline": [False]})
    assert ground_figures(None, provision, None, "town") == {}
