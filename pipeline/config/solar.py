"""Config of the solar wing. Constants carry their source; law, market and grid figures do not belong here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.config.base import MONTH, Section


class RoofsConfig(Section):
    """Roof plane detection."""

    inlier_m: float = Field(0.15, gt=0.0, description="Cells within this vertical distance belong to a plane: three times the 5 cm by which usual airborne surveys scatter, below the 0.25 m of an obstacle.")
    flat_below_deg: float = Field(5.0, ge=0.0, le=30.0, description="Planes below this tilt are flat (a judgement).")
    max_tilt_deg: float = Field(60.0, gt=0.0, le=90.0, description="Steeper planes carry no array: above it a plane is a wall or a mansard, whose few cells in plan say little of its tilt (a judgement; figures of right planes are given up to it).")
    min_area_m2: float = Field(10.0, gt=0.0, description="Smaller planes carry no array (a judgement).")
    min_height_m: float = Field(2.0, ge=0.0, description="A footprint whose surface rises less than this above ground has no building in the surface model: a room is higher, a car or a hedge is not (a judgement).")
    max_planes: int = Field(60, ge=1, le=200, description="Planes searched per building: a bound for damaged surfaces; in a block of Delft by LiDAR the most is 9.")
    max_height_m: float = Field(150.0, gt=0.0, description="A roof higher than this over the ground is a bad elevation, a crane or a bird: few buildings in Italy are taken higher (a judgement; raise it for towers).")
    spike_m: float = Field(10.0, gt=0.0, description="A cell that stands this far above, or lies this far below, all its neighbours is a spike: chimneys and aerials of homes stay well below (a judgement).")
    max_spike_share: float = Field(0.2, ge=0.0, le=1.0, description="With more than this share of spikes and of cells beyond max_height_m a roof's elevations are not believed (a judgement; regular DSMs have below 1 %).")
    vault_arrays: bool = Field(False, description="Treat the planes that fit a vault or a dome piecewise as roof planes that may carry modules; by default a vault is one row without any.")


class HorizonConfig(Section):
    """Horizon and sky view."""

    reach_m: float = Field(200.0, gt=0.0, le=5000.0, description="Distance to which the surface is searched for obstructions: what rises 10 m over a roof stands 2.9 degrees high there; terrain beyond is the stage farhorizon's.")
    lift_m: float = Field(0.1, ge=0.0, le=2.0, description="Height of the modules above the roof, from where they look: usual for roof hooks; it also keeps the noise of the surface model out of the horizon.")


class IrradiationConfig(Section):
    """Irradiance on planes."""

    albedo: float = Field(0.2, ge=0.0, le=1.0, description="Ground reflectance; 0.2 is PVGIS's and pvlib's default.")


class SunmapConfig(Section):
    """Irradiation of the roofs, cell by cell."""

    albedo: float = Field(0.2, ge=0.0, le=1.0, description="Ground reflectance, as in the section irradiation.")


class ObstaclesConfig(Section):
    """What stands on roof planes."""

    obstacle_m: float = Field(0.25, gt=0.0, description="What rises more than this over a plane, or lies deeper below it, is an obstacle (a judgement).")
    pit_m2: float = Field(1.0, ge=0.0, description="A hole in a plane with nothing high in it is a light well from this area on; smaller ones are bad cells.")
    rim_height_m: float = Field(1.3, ge=0.0, description="A wall along the edge of a flat roof is at most this high: 1 m is asked of parapets of accessible roofs in Italy (D.M. 236/1989, art. 8.1.8), with room for coping and noise; higher things are no parapet.")
    rim_m: float = Field(0.3, ge=0.0, description="Thickness taken for a parapet, which takes a whole cell in the surface model; Apulian ones are 0.25-0.3 m.")
    rim_share: float = Field(0.15, gt=0.0, le=1.0, description="A parapet that shows in this share of a roof's edge cells is taken to run all around: where the centre of a cell misses the wall it is not seen (a judgement).")


class ArraysConfig(Section):
    """Module layout."""

    module_width_m: float = Field(1.13, gt=0.0, description="Short side of a module, usual for the power in module_wp.")
    module_length_m: float = Field(1.76, gt=0.0, description="Long side of a module, usual for the power in module_wp (1.72-1.78 m in its source).")
    module_wp: float = Field(440.0, gt=0.0, description="Power of one module at STC: 221 W/m2. In the size of 410 W modules of the generation before (PERC) TOPCon gives 430 or 440 (FuturaSun, 2023, for 2024); 420-460 W at 1.72-1.78 m are the most usual on European homes (Maysun Solar in pv-magazine.it, 2025).")
    gap_m: float = Field(0.02, ge=0.0, description="Gap between modules: what a middle clamp takes, about 2 cm (a judgement).")
    setback_m: float = Field(0.3, ge=0.0, description="Free strip along roof edges and along the inner side of parapets (a judgement within 0.3-0.5 m).")
    obstacle_margin_m: float = Field(0.3, ge=0.0, description="Free strip around obstacles (a judgement).")
    smooth_m: float = Field(0.75, ge=0.0, description="Borders between planes run in steps of the surface's cells and are straightened by at most this: steps of 1 m cells are 0.71 m deep; give 0.75 of a cell on finer surfaces.")
    min_modules: int = Field(2, ge=1, description="Fewer modules are no array (a judgement).")
    min_poa_share: float = Field(0.6, ge=0.0, le=1.0, description="Planes below this share of the best unshaded plane's yearly irradiation carry no array: an open side to the north of 34 degrees gets as much in the default town (a judgement of what nobody would build).")
    racks: tuple[Literal["S10", "S15", "S30", "EW10"], ...] = Field(("S10", "S15", "S30", "EW10"), min_length=1, description="Racks a flat roof may carry: tilt in degrees, S towards the equator, EW back to back to both sides (a judgement: what is sold).")
    rack_azimuth_deg: float | None = Field(None, ge=0.0, le=360.0, description="Azimuth of S racks that are not aligned with the roof; by default towards the equator.")
    rack_align: Literal["equator", "roof", "best"] = Field("best", description="Rows towards the equator, along the roof's edges, or whichever gives more by rack_choice.")
    rack_gcr: float | None = Field(None, gt=0.0, lt=1.0, description="Ground coverage ratio of S racks: slope length over row pitch; by default the best by rack_choice. East-west pairs stand as close as rack_aisle_m allows.")
    rack_aisle_m: float = Field(0.25, ge=0.0, description="Free strip between rows of racks, in plan, to set a foot and a hand between them (a judgement).")
    rack_choice: Literal["energy", "value"] = Field("energy", description="Racks and row spacing by the energy of the roof, or by its worth less what the modules cost. Energy is the default: a town asks what its roofs can give, and at prices of feed-in a further kWp repays on no rack, so the choice by value hangs on who uses the energy.")
    rack_slack_share: float = Field(0.05, ge=0.0, lt=0.5, description="With rack_choice: energy, of all racks that give at least 1 - rack_slack_share of the most energy a roof can give the one with the fewest modules is laid: on the default town the modules this saves would give under 450 kWh/kWp (a judgement).")
    rack_cost_eur_kwp: float | None = Field(None, gt=0.0, description="Cost of one more kWp of a plant over its life, for rack_choice: value; by default, with rack_value_eur_kwh, from the dated tables.")
    rack_value_eur_kwh: float | None = Field(None, gt=0.0, description="What one kWh a year is worth over the plant's life, discounted, for rack_choice: value: the price of a kWh times about 16 (25 years at 3 %, wear counted).")
    rack_as_of: str = Field("2026-11", pattern=MONTH, description="Month whose rows of the dated tables price the racks with rack_choice: value, as finance.as_of.")
    rack_size_kwp: float = Field(6.0, gt=0.0, description="With prices of the dated tables: size of plant to which one more kWp is added, usual for homes.")
    rack_self_consumed_share: float = Field(0.3, ge=0.0, le=1.0, description="With prices of the dated tables: share of the racks' energy that is used at once, the rest is fed in; homes with 3 to 6 kWp use 23 to 31 % (docs/methods/finance.md).")

    @model_validator(mode="after")
    def _priced(self) -> ArraysConfig:
        if (self.rack_cost_eur_kwp is None) != (self.rack_value_eur_kwh is None):
            raise ValueError("rack_cost_eur_kwp and rack_value_eur_kwh go together; give both, or none and the dated tables are used")
        return self


class LossesConfig(Section):
    """Losses between the modules and the inverter, each a share of what the others leave.

    PVWatts version 5 (Dobos 2014, NREL/TP-6A20-62641, table 6) names the parts and their usual size; shading and snow are left
    out there where they are modelled. With the inverter at its nominal 96 % they make 14.0 %, PVGIS's default for all losses.
    """

    soiling_loss: float = Field(0.02, ge=0.0, lt=1.0, description="Dust and dirt; PVWatts 5.")
    string_shading_loss: float = Field(0.0, ge=0.0, lt=1.0, description="What part-shaded strings lose beyond the light they lack. 0: every module is taken to have its own optimiser; PVWatts has 3 % for all shading, which is computed here.")
    snow_loss: float = Field(0.0, ge=0.0, lt=1.0, description="Snow; PVWatts 5 has 0.")
    mismatch_loss: float = Field(0.02, ge=0.0, lt=1.0, description="Modules of a string are not alike; PVWatts 5.")
    wiring_loss: float = Field(0.02, ge=0.0, lt=1.0, description="Resistance of cables, DC and AC; PVWatts 5.")
    connection_loss: float = Field(0.005, ge=0.0, lt=1.0, description="Resistance of connectors; PVWatts 5.")
    light_induced_loss: float = Field(0.015, ge=0.0, lt=1.0, description="Light-induced degradation in the first months; PVWatts 5.")
    nameplate_loss: float = Field(0.01, ge=0.0, lt=1.0, description="Modules below their nameplate; PVWatts 5.")
    availability_loss: float = Field(0.019, ge=0.0, lt=1.0, description="Plant or grid out of service. PVWatts 5 has 3 %, with which all losses would be 15.0 %; 1.9 % keeps them at PVGIS's 14 %.")


class SolarConfig(Section):
    """From irradiance to AC energy, and its uncertainty."""

    huld_model: Literal["pvgis5", "pvgis6"] = Field("pvgis5", description="Coefficient set of the Huld model; pvgis6 raises DC by 3.9-6.7 % (measured in this project's trials), so the cautious set is the default.")
    huld_cell_type: Literal["csi", "cis", "cdte"] = Field("csi", description="Cell technology of the Huld model.")
    faiman_u0_coplanar: float = Field(20.0, gt=0.0, description="Faiman heat loss, W/(m2 K), roof-parallel modules: 20.0, PVGIS's for building-integrated c-Si (its open code, pvgis-prototype, cSi integrated). Little air behind: PVsyst's semi-integrated 20 W/(m2 K) on absorbed heat is 24.7 on irradiance, as 20.0 + 3.2 v at 1.5 m/s.")
    faiman_u0_rack: float = Field(26.9, gt=0.0, description="Faiman heat loss, W/(m2 K), free rack: 26.9, PVGIS's for free-standing c-Si (Koehl et al. 2011, doi:10.1016/j.solmat.2011.01.020).")
    faiman_u1_coplanar: float = Field(3.2, ge=0.0, description="Faiman wind term, W/(m2 K)/(m/s), wind at 10 m, for roof-parallel modules: 3.2, PVGIS's for building-integrated c-Si, the partner of 20.0.")
    faiman_u1_rack: float = Field(6.2, ge=0.0, description="Faiman wind term, W/(m2 K)/(m/s), wind at 10 m, free rack: 6.2, PVGIS's for free-standing c-Si.")
    albedo: float = Field(0.2, ge=0.0, le=1.0, description="Ground reflectance seen by the modules, as in the section irradiation.")
    losses: LossesConfig = Field(LossesConfig(), description="Named losses before the inverter.")
    inverter_efficiency_share: float = Field(0.96, gt=0.0, le=1.0, description="Nominal efficiency of the inverter; 96 % is the default of PVWatts 5, whose curve of part load it scales.")
    inverter_ac_per_dc: float = Field(0.9, gt=0.0, le=2.0, description="Nominal inverter power over array peak power; AC is clipped there. PVWatts 5 has 1 / 1.1 = 0.91.")
    degradation_share: float = Field(0.005, ge=0.0, lt=0.1, description="Share of its power a module loses each year: 0.5 %, the median of some 2,000 published rates (Jordan & Kurtz 2013, doi:10.1002/pip.1182); 0.5-0.6 % for crystalline silicon in 11,000 (Jordan et al. 2016, doi:10.1002/pip.2744).")
    life_years: int = Field(25, ge=1, le=60, description="Life of the modules for kwh_year_life: the usual length of performance warranties, as in the dated table pv_costs.")
    sigma_year: float = Field(0.03, ge=0.0, description="Relative standard deviation of the irradiation of single years, where the weather file does not hold several: sunny climates vary less (Ineichen 2011 in PVsyst's note on annual variability; 3.9 % at Toronto in Thevenard & Pelland 2013).")
    sigma_dataset: float = Field(0.03, ge=0.0, description="Relative standard uncertainty of the long-term mean of satellite irradiation: 5 % for stations apart in Thevenard & Pelland 2013 (doi:10.1016/j.solener.2011.05.006); 3 % where the sky is mostly clear (a judgement).")
    sigma_surface: float = Field(0.02, ge=0.0, description="Relative standard uncertainty of shading from a measured surface: reading cells as columns or bilinear moves planes by 0.8 % (measured in this project's trials), trees grow and seasons pass (a judgement).")
    sigma_height_model: float = Field(0.08, ge=0.0, description="The same for a height model, which knows no pitched roofs, stair-heads or trees: unshaded roofs overstate dense towns by up to 29 % (measured in this project's trials), pitched ones taken as flat miss 5-15 % (a judgement).")
    sigma_edge_m: float = Field(0.2, ge=0.0, description="Standard uncertainty of a footprint's edge: 0.2 m, a tenth of a millimetre at Italian cadastral and technical maps of 1:2,000.")
    sigma_plane_deg: float = Field(1.0, ge=0.0, description="Least standard error of a plane's tilt: mean absolute errors of robust fits on 0.5 m LiDAR are 0.9 degrees (measured in this project's trials), the fit's own residuals do not see bias.")
    sigma_model: float = Field(0.05, ge=0.0, description="Relative standard uncertainty from irradiance to AC: transposition 3 %, rating of modules 3 %, soiling 2 % (Thevenard & Pelland 2013), temperature and all else 2 % (a judgement), added as squares.")


class ProfilesConfig(Section):
    """Hourly production."""

    buildings: tuple[str, ...] = Field((), description="building_id of buildings whose own hours are kept, as rows whose use is the building_id.")


class InstalledConfig(Section):
    """Plants that exist already."""

    max_roof_kwp: float = Field(200.0, gt=0.0, description="Plants of more power are taken as standing on the ground, where the register does not say it. A judgement: 200 kW take some 1,000 m2 of roof.")
