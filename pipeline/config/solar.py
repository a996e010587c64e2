"""Config of the solar wing. Constants carry their source; law, market and grid figures do not belong here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.config.base import Section


class RoofsConfig(Section):
    """Roof plane detection."""

    inlier_m: float = Field(0.15, gt=0.0, description="Cells within this vertical distance belong to a plane.")
    flat_below_deg: float = Field(5.0, ge=0.0, le=30.0, description="Planes below this tilt are flat (SOLAR chain 3).")
    max_tilt_deg: float = Field(60.0, gt=0.0, le=90.0, description="Steeper planes carry no array.")
    min_area_m2: float = Field(10.0, gt=0.0, description="Smaller planes carry no array (SOLAR chain 3).")
    min_height_m: float = Field(2.0, ge=0.0, description="A footprint whose surface rises less than this above ground has no building in the surface model.")
    max_planes: int = Field(60, ge=1, le=200, description="Planes searched per building.")


class HorizonConfig(Section):
    """Horizon and sky view."""

    reach_m: float = Field(200.0, gt=0.0, le=5000.0, description="Distance to which the surface is searched for obstructions.")
    max_cells: int = Field(200, ge=10, description="Cells sampled per plane, evenly; small planes use all their cells.")
    lift_m: float = Field(0.1, ge=0.0, le=2.0, description="Height of the modules above the roof, from where they look: usual for roof hooks; it also keeps the noise of the surface model out of the horizon.")


class IrradiationConfig(Section):
    """Irradiance on planes."""

    albedo: float = Field(0.2, ge=0.0, le=1.0, description="Ground reflectance; 0.2 is PVGIS's and pvlib's default.")


class ArraysConfig(Section):
    """Module layout."""

    module_width_m: float = Field(1.13, gt=0.0, description="Short side of a module (SOLAR chain 6).")
    module_length_m: float = Field(1.76, gt=0.0, description="Long side of a module (SOLAR chain 6).")
    module_wp: float = Field(440.0, gt=0.0, description="Power of one module at STC: 221 W/m2 of module, common for 2024 TOPCon products of 1.13 x 1.76 m.")
    gap_m: float = Field(0.02, ge=0.0, description="Gap between modules.")
    setback_m: float = Field(0.3, ge=0.0, description="Free strip along roof edges (SOLAR chain 3: 0.3-0.5 m).")
    obstacle_margin_m: float = Field(0.3, ge=0.0, description="Free strip around obstacles (SOLAR chain 3).")
    rim_m: float = Field(0.3, ge=0.0, description="Thickness taken for a wall along the edge, which takes a whole cell in the surface model; Apulian parapets are 0.25-0.3 m.")
    min_modules: int = Field(2, ge=1, description="Fewer modules are no array (SOLAR chain 3).")
    min_poa_share: float = Field(0.6, ge=0.0, le=1.0, description="Planes below this share of the best unshaded plane's yearly irradiation carry no array.")
    rack_tilt_deg: float = Field(10.0, ge=0.0, le=45.0, description="Tilt of racks on flat roofs (SOLAR chain 6: S10 gives most per roof m2).")
    rack_azimuth_deg: float | None = Field(None, ge=0.0, le=360.0, description="Azimuth of racks; by default towards the equator.")
    rack_gcr: float = Field(0.8, gt=0.0, lt=1.0, description="Ground coverage ratio of racks: module length over row pitch (SOLAR chain 6).")


class SolarConfig(Section):
    """From irradiance to AC energy, and its uncertainty."""

    huld_model: Literal["pvgis5", "pvgis6"] = Field("pvgis5", description="Coefficient set of the Huld model; pvgis6 raises DC by 3.9-6.7 % (SOLAR chain 7), so the cautious set is the default.")
    huld_cell_type: Literal["csi", "cis", "cdte"] = Field("csi", description="Cell technology of the Huld model.")
    faiman_u0_coplanar: float = Field(20.0, gt=0.0, description="Faiman heat loss, W/(m2 K), little air behind the modules: 20.0 as PVGIS/Koehl for building-integrated, between free rack and insulated.")
    faiman_u0_rack: float = Field(26.9, gt=0.0, description="Faiman heat loss, W/(m2 K), free rack: 26.9 c-Si (Koehl et al. 2011, PVGIS).")
    faiman_u1_coplanar: float = Field(3.2, ge=0.0, description="Faiman wind term, W/(m2 K)/(m/s), for roof-parallel modules (half of the free rack's).")
    faiman_u1_rack: float = Field(6.2, ge=0.0, description="Faiman wind term, W/(m2 K)/(m/s), free rack (Koehl et al. 2011, PVGIS).")
    albedo: float = Field(0.2, ge=0.0, le=1.0, description="Ground reflectance seen by the modules, as in the section irradiation.")
    system_loss: float = Field(0.14, ge=0.0, lt=1.0, description="All losses after the module up to the meter, inverter included: PVGIS's default 14 %.")
    inverter_ac_per_dc: float = Field(0.9, gt=0.0, le=2.0, description="Nominal inverter power over array peak power; AC is clipped there.")
    sigma_weather: float = Field(0.04, ge=0.0, description="Relative standard uncertainty, year-to-year and data set (see docs/methods/solar.md).")
    sigma_surface: float = Field(0.03, ge=0.0, description="Relative standard uncertainty of shading and planes from a measured surface.")
    sigma_height_model: float = Field(0.08, ge=0.0, description="The same for a height model instead of a measured surface.")
    sigma_model: float = Field(0.04, ge=0.0, description="Relative standard uncertainty of transposition, temperature, power and losses.")
