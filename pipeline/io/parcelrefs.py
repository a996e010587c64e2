"""Parcels as registers name them: by their whole reference, or by sheet and number."""

from __future__ import annotations

import numpy as np
import pandas as pd


def row_by_reference(parcels: pd.DataFrame) -> dict[str, int]:
    """Row of each parcel by parcel_id, and by sheet/number where that stands once.

    Parameters
    ----------
    parcels
        Table `parcels`: parcel_id, sheet, number.
    """
    rows = np.arange(len(parcels))
    short = (parcels["sheet"] + "/" + parcels["number"]).to_numpy(dtype=object)
    once = ~pd.Series(short).duplicated(keep=False).to_numpy()
    return dict(zip(short[once], rows[once].tolist(), strict=True)) | dict(zip(parcels["parcel_id"], rows.tolist(), strict=True))
