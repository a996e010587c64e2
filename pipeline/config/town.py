"""town.yaml as a typed value: read once, all errors in one list, each with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, StringConstraints, ValidationError, field_validator

from pipeline.config.actions import ActionsConfig
from pipeline.config.base import Section
from pipeline.config.finance import FinanceConfig, LadderConfig
from pipeline.config.indicators import IndicatorsConfig
from pipeline.config.land import (
    AccessConfig,
    ConsumedConfig,
    DesealingConfig,
    GreenConfig,
    LedgerConfig,
    PatchesConfig,
    PlantingConfig,
    PlotsConfig,
    ProvisionConfig,
    RestorationConfig,
    SealingConfig,
)
from pipeline.config.plan import CommunityConfig, EstateConfig
from pipeline.config.publish import AtlasConfig, ExportsConfig, ReportConfig, SyntheticConfig, WebmapConfig
from pipeline.config.register import InitiativesConfig, ReportsConfig
from pipeline.config.solar import (
    ArraysConfig,
    HorizonConfig,
    InstalledConfig,
    IrradiationConfig,
    ObstaclesConfig,
    ProfilesConfig,
    RoofsConfig,
    SolarConfig,
    SunmapConfig,
)
from pipeline.config.sources import (
    BoundaryConfig,
    BuildingsConfig,
    FarHorizonConfig,
    GreenspacesConfig,
    LandcoverConfig,
    MismatchConfig,
    OccupancyConfig,
    ParcelsConfig,
    ResidentsConfig,
    Source,
    StreetsConfig,
    SurfaceConfig,
    WeatherConfig,
)
from pipeline.config.waste import CollectionConfig, WasteConfig
from pipeline.errors import ConfigError


class Sources(Section):
    """Source layers by the stage that reads them; several are read in the order given."""

    boundary: tuple[Source, ...] = ()
    parcels: tuple[Source, ...] = ()
    buildings: tuple[Source, ...] = ()
    surface: tuple[Source, ...] = ()
    weather: tuple[Source, ...] = ()
    landcover: tuple[Source, ...] = ()
    farhorizon: tuple[Source, ...] = ()
    residents: tuple[Source, ...] = ()
    streets: tuple[Source, ...] = ()
    greenspaces: tuple[Source, ...] = ()
    consumed: tuple[Source, ...] = ()
    sealing: tuple[Source, ...] = ()
    green: tuple[Source, ...] = ()
    access: tuple[Source, ...] = ()
    ledger: tuple[Source, ...] = ()
    restoration: tuple[Source, ...] = ()
    installed: tuple[Source, ...] = ()
    estate: tuple[Source, ...] = ()
    community: tuple[Source, ...] = ()
    initiatives: tuple[Source, ...] = ()
    reports: tuple[Source, ...] = ()
    waste: tuple[Source, ...] = ()
    collection: tuple[Source, ...] = ()
    indicators: tuple[Source, ...] = ()
    neighbours: tuple[Source, ...] = ()


class Town(Section):
    """The whole of town.yaml."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f<>]+$")] = Field(description="Name of the town as its people write it.")
    code: str = Field("", pattern=r"^[A-Za-z0-9_-]{0,20}$", description="Municipality code; ISTAT's six digits in Italy.")
    epsg: int = Field(description="EPSG code of the projected metric reference system of everything in processed/.")
    languages: tuple[Annotated[str, StringConstraints(pattern=r"^(it|en)$")], ...] = Field(("it", "en"), min_length=1, description="Languages of the site, the first is shown first.")
    sources: Sources = Sources()

    boundary: BoundaryConfig = BoundaryConfig()
    parcels: ParcelsConfig = ParcelsConfig()
    buildings: BuildingsConfig = BuildingsConfig()
    surface: SurfaceConfig = SurfaceConfig()
    weather: WeatherConfig = WeatherConfig()
    landcover: LandcoverConfig = LandcoverConfig()
    farhorizon: FarHorizonConfig = FarHorizonConfig()
    residents: ResidentsConfig = ResidentsConfig()
    streets: StreetsConfig = StreetsConfig()
    greenspaces: GreenspacesConfig = GreenspacesConfig()
    mismatch: MismatchConfig = MismatchConfig()
    occupancy: OccupancyConfig = OccupancyConfig()
    roofs: RoofsConfig = RoofsConfig()
    obstacles: ObstaclesConfig = ObstaclesConfig()
    horizon: HorizonConfig = HorizonConfig()
    irradiation: IrradiationConfig = IrradiationConfig()
    sunmap: SunmapConfig = SunmapConfig()
    arrays: ArraysConfig = ArraysConfig()
    solar: SolarConfig = SolarConfig()
    profiles: ProfilesConfig = ProfilesConfig()
    ladder: LadderConfig = LadderConfig()
    installed: InstalledConfig = InstalledConfig()
    finance: FinanceConfig = FinanceConfig()
    sealing: SealingConfig = SealingConfig()
    green: GreenConfig = GreenConfig()
    consumed: ConsumedConfig = ConsumedConfig()
    plots: PlotsConfig = PlotsConfig()
    desealing: DesealingConfig = DesealingConfig()
    ledger: LedgerConfig = LedgerConfig()
    patches: PatchesConfig = PatchesConfig()
    restoration: RestorationConfig = RestorationConfig()
    planting: PlantingConfig = PlantingConfig()
    access: AccessConfig = AccessConfig()
    provision: ProvisionConfig = ProvisionConfig()
    estate: EstateConfig = EstateConfig()
    community: CommunityConfig = CommunityConfig()
    initiatives: InitiativesConfig = InitiativesConfig()
    reports: ReportsConfig = ReportsConfig()
    waste: WasteConfig = WasteConfig()
    collection: CollectionConfig = CollectionConfig()
    actions: ActionsConfig = ActionsConfig()
    indicators: IndicatorsConfig = IndicatorsConfig()
    atlas: AtlasConfig = AtlasConfig()
    webmap: WebmapConfig = WebmapConfig()
    report: ReportConfig = ReportConfig()
    exports: ExportsConfig = ExportsConfig()
    synthetic: SyntheticConfig = SyntheticConfig()
    dask: str = Field("threads", pattern=r"^(threads|processes|tcp://[^\s]+)$", description="Where parallel work runs: threads, processes or tcp://host:port.")

    @field_validator("epsg")
    @classmethod
    def _metric(cls, value: int) -> int:
        if value in (3857, 900913, 4326, 6706, 4258, 3395):
            raise ValueError(
                f"EPSG:{value} is not a metric system of this place (in EPSG:3857 areas at 40 degrees north are 1.7 times too big); "
                "give the national or UTM system, e.g. 25833 for Apulia"
            )
        return value


MAX_CHARACTERS, MAX_DEPTH = 1_000_000, 40
# The loader of libyaml is ten times faster; where it was not built, the plain one reads the same.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_town(folder: Path) -> Town:
    """Read `folder`/town.yaml.

    Parameters
    ----------
    folder
        The town's folder.

    Returns
    -------
    Town

    Raises
    ------
    ConfigError
        With every problem found, each with its place in the file.
    """
    path = folder / "town.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; expected the town's description; make new-town ISTAT=075052 writes one for any Italian municipality, docs/how-to/your-own-town.md shows one for a town anywhere") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); expected the town's description, readable") from None
    try:
        _look_through(path, text)
        raw: Any = yaml.load(text, Loader=_Loader)  # noqa: S506 - both loaders are safe ones
    except (yaml.YAMLError, ValueError, ArithmeticError) as error:  # the latter two: a date or a number that is none
        raise ConfigError(f"{path}: not valid YAML: {_short(' '.join(str(error).split()), 300)}") from None
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: holds {type(raw).__name__}, expected key: value lines")
    try:
        return Town.model_validate(raw)
    except ValidationError as error:
        raise ConfigError([f"{path}: {'.'.join(str(p) for p in e['loc'])}: {e['msg']}, got {_short(e['input'])}" for e in error.errors()]) from None


def _look_through(path: Path, text: str) -> None:
    """Refuse what would fill memory or stack before anything is built of it: size, depth, and aliases, which multiply.

    Twelve lines of ten aliases each stand for a million million words.
    """
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"{path}: {len(text):,} characters; expected at most {MAX_CHARACTERS:,}")
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{path}: line {_line(event)}: an alias (*{event.anchor}); expected values written out: aliases are not read here")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ConfigError(f"{path}: line {_line(event)}: more than {MAX_DEPTH} levels, one in the other; a bracket may not be closed")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _short(value: object, most: int = 60) -> str:
    text = value if isinstance(value, str) and most > 60 else repr(value)
    return text if len(text) <= most else text[: most - 3] + "..."
