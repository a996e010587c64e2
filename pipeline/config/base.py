"""The base of every config class: frozen, no unknown keys, NaN and infinity refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class Section(BaseModel):
    """One section of town.yaml. The unit is in each key's name, the source in its description."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)
