# Generated from the signatures in pipeline/stages by `make rules`; a test fails when it is stale. Do not edit.
# P: the town's folder in processed, SITE: its published folder, R: its recipes; ACTIVE and GENERATED_*: from $(R)/all.mk.

ON_REQUEST := report

FILE_boundary := $(P)/boundary.parquet
FILE_installed := $(P)/installed.parquet
FILE_waste := $(P)/waste.parquet
FILE_greenspaces := $(P)/greenspaces.parquet
FILE_neighbours := $(P)/neighbours.parquet
FILE_parcels := $(P)/parcels.parquet
FILE_residents := $(P)/residents.parquet
FILE_streets := $(P)/streets.parquet
FILE_surface := $(P)/surface.tif
FILE_synthetic := $(P)/synthetic/manifest.json
FILE_buildings := $(P)/buildings.parquet
FILE_weather := $(P)/weather.parquet
FILE_farhorizon := $(P)/farhorizon.parquet
FILE_initiatives := $(P)/initiatives.parquet
FILE_landcover := $(P)/landcover.tif
FILE_mismatch := $(P)/mismatch.parquet
FILE_occupancy := $(P)/occupancy.parquet
FILE_roofs := $(P)/roofs.parquet
FILE_access := $(P)/access.parquet
FILE_collection := $(P)/collection.gpkg
FILE_consumed := $(P)/consumed.gpkg
FILE_horizon := $(P)/horizon.parquet
FILE_obstacles := $(P)/obstacles.parquet
FILE_patches := $(P)/patches.parquet
FILE_reports := $(P)/reports.gpkg
FILE_sealing := $(P)/sealing.parquet
FILE_green := $(P)/green.parquet
FILE_irradiation := $(P)/irradiation.parquet
FILE_ledger := $(P)/ledger.parquet
FILE_sunmap := $(P)/sunmap.tif
FILE_arrays := $(P)/arrays.parquet
FILE_planting := $(P)/planting.parquet
FILE_plots := $(P)/plots.parquet
FILE_provision := $(P)/provision.parquet
FILE_restoration := $(P)/restoration.parquet
FILE_desealing := $(P)/desealing.parquet
FILE_solar := $(P)/solar.parquet
FILE_ladder := $(P)/ladder.parquet
FILE_profiles := $(P)/profiles.parquet
FILE_estate := $(P)/estate.parquet
FILE_finance := $(P)/finance.parquet
FILE_actions := $(P)/actions.gpkg
FILE_atlas := $(P)/atlas.gpkg
FILE_community := $(P)/community.gpkg
FILE_indicators := $(P)/indicators.parquet
FILE_report := $(P)/report/manifest.json
FILE_exports := $(P)/exports/manifest.json
FILE_webmap := $(SITE)/manifest.json

# boundary(layers: Layers, town: Town, notes: Notes) -> Table[Boundary]
$(FILE_boundary): $(R)/boundary.json $(GENERATED_boundary)
	$(RUN) boundary
.PHONY: boundary
boundary: $(call need,boundary)

# installed(layers: Layers, config: InstalledConfig, town: Town, notes: Notes) -> Table[Installed]
$(FILE_installed): $(R)/installed.json $(GENERATED_installed)
	$(RUN) installed
.PHONY: installed
installed: $(call need,installed)

# waste(layers: Layers, config: WasteConfig, town: Town, notes: Notes) -> Table[Waste]
$(FILE_waste): $(R)/waste.json $(GENERATED_waste)
	$(RUN) waste
.PHONY: waste
waste: $(call need,waste)

# greenspaces(layers: Layers, boundary: Table[Boundary] | None, config: GreenspacesConfig, town: Town, notes: Notes) -> Table[Greenspaces]
$(FILE_greenspaces): $(R)/greenspaces.json $(GENERATED_greenspaces) $(call if_active,boundary)
	$(RUN) greenspaces
.PHONY: greenspaces
greenspaces: $(call need,greenspaces)

# neighbours(layers: Layers | None, waste: Table[Waste] | None, town: Town, notes: Notes) -> Table[Neighbours]
$(FILE_neighbours): $(R)/neighbours.json $(GENERATED_neighbours) $(call if_active,waste)
	$(RUN) neighbours
.PHONY: neighbours
neighbours: $(call need,neighbours)

# parcels(layers: Layers, boundary: Table[Boundary] | None, config: ParcelsConfig, town: Town, notes: Notes) -> Table[Parcels]
$(FILE_parcels): $(R)/parcels.json $(GENERATED_parcels) $(call if_active,boundary)
	$(RUN) parcels
.PHONY: parcels
parcels: $(call need,parcels)

# residents(layers: Layers, boundary: Table[Boundary] | None, town: Town, notes: Notes) -> Table[Residents]
$(FILE_residents): $(R)/residents.json $(GENERATED_residents) $(call if_active,boundary)
	$(RUN) residents
.PHONY: residents
residents: $(call need,residents)

# streets(layers: Layers, boundary: Table[Boundary] | None, config: StreetsConfig, town: Town, notes: Notes) -> Table[Streets]
$(FILE_streets): $(R)/streets.json $(GENERATED_streets) $(call if_active,boundary)
	$(RUN) streets
.PHONY: streets
streets: $(call need,streets)

# surface(layers: Layers, boundary: Table[Boundary] | None, config: SurfaceConfig, town: Town, notes: Notes) -> Raster[Surface]
$(FILE_surface): $(R)/surface.json $(GENERATED_surface) $(call if_active,boundary)
	$(RUN) surface
.PHONY: surface
surface: $(call need,surface)

# synthetic(boundary: Table[Boundary], config: SyntheticConfig, town: Town, out: Path, notes: Notes) -> Folder[Synthetic]
$(FILE_synthetic): $(R)/synthetic.json $(FILE_boundary)
	$(RUN) synthetic
.PHONY: synthetic
synthetic: $(call need,synthetic)

# buildings(layers: Layers, parcels: Table[Parcels] | None, surface: Raster[Surface] | None, boundary: Table[Boundary] | None, config: BuildingsConfig, town: Town, notes: Notes) -> Table[Buildings]
$(FILE_buildings): $(R)/buildings.json $(GENERATED_buildings) $(call if_active,parcels) $(call if_active,surface) $(call if_active,boundary)
	$(RUN) buildings
.PHONY: buildings
buildings: $(call need,buildings)

# weather(layers: Layers, boundary: Table[Boundary] | None, surface: Raster[Surface] | None, config: WeatherConfig, town: Town, notes: Notes) -> Table[Weather]
$(FILE_weather): $(R)/weather.json $(GENERATED_weather) $(call if_active,boundary) $(call if_active,surface)
	$(RUN) weather
.PHONY: weather
weather: $(call need,weather)

# farhorizon(layers: Layers, boundary: Table[Boundary] | None, surface: Raster[Surface] | None, weather: Table[Weather] | None, config: FarHorizonConfig, town: Town, lineage: Lineage, notes: Notes) -> Table[FarHorizon]
$(FILE_farhorizon): $(R)/farhorizon.json $(GENERATED_farhorizon) $(call if_active,boundary) $(call if_active,surface) $(call if_active,weather)
	$(RUN) farhorizon
.PHONY: farhorizon
farhorizon: $(call need,farhorizon)

# initiatives(buildings: Table[Buildings], parcels: Table[Parcels] | None, boundary: Table[Boundary] | None, layers: Layers, config: InitiativesConfig, town: Town, notes: Notes) -> Table[Initiatives]
$(FILE_initiatives): $(R)/initiatives.json $(GENERATED_initiatives) $(FILE_buildings) $(call if_active,parcels) $(call if_active,boundary)
	$(RUN) initiatives
.PHONY: initiatives
initiatives: $(call need,initiatives)

# landcover(surface: Raster[Surface], buildings: Table[Buildings] | None, parcels: Table[Parcels] | None, layers: Layers | None, config: LandcoverConfig, town: Town, compute: Compute, notes: Notes) -> Raster[Landcover]
$(FILE_landcover): $(R)/landcover.json $(GENERATED_landcover) $(FILE_surface) $(call if_active,buildings) $(call if_active,parcels)
	$(RUN) landcover
.PHONY: landcover
landcover: $(call need,landcover)

# mismatch(buildings: Table[Buildings], surface: Raster[Surface], boundary: Table[Boundary] | None, config: MismatchConfig, compute: Compute, notes: Notes) -> Table[Mismatch]
$(FILE_mismatch): $(R)/mismatch.json $(FILE_buildings) $(FILE_surface) $(call if_active,boundary)
	$(RUN) mismatch
.PHONY: mismatch
mismatch: $(call need,mismatch)

# occupancy(buildings: Table[Buildings], residents: Table[Residents], config: OccupancyConfig, notes: Notes) -> Table[Occupancy]
$(FILE_occupancy): $(R)/occupancy.json $(FILE_buildings) $(FILE_residents)
	$(RUN) occupancy
.PHONY: occupancy
occupancy: $(call need,occupancy)

# roofs(buildings: Slim[Buildings], surface: Raster[Surface], config: RoofsConfig, compute: Compute, notes: Notes) -> Table[Roofs]
$(FILE_roofs): $(R)/roofs.json $(FILE_buildings) $(FILE_surface)
	$(RUN) roofs
.PHONY: roofs
roofs: $(call need,roofs)

# access(buildings: Table[Buildings], streets: Table[Streets] | None, greenspaces: Table[Greenspaces] | None, occupancy: Table[Occupancy] | None, surface: Raster[Surface] | None, landcover: Raster[Landcover] | None, boundary: Table[Boundary] | None, layers: Layers | None, config: AccessConfig, town: Town, compute: Compute, notes: Notes) -> Table[Access]
$(FILE_access): $(R)/access.json $(GENERATED_access) $(FILE_buildings) $(call if_active,streets) $(call if_active,greenspaces) $(call if_active,occupancy) $(call if_active,surface) $(call if_active,landcover) $(call if_active,boundary)
	$(RUN) access
.PHONY: access
access: $(call need,access)

# collection(buildings: Table[Buildings], streets: Table[Streets] | None, occupancy: Table[Occupancy] | None, residents: Table[Residents] | None, boundary: Table[Boundary] | None, layers: Layers, config: CollectionConfig, town: Town, notes: Notes) -> Package[Collection]
$(FILE_collection): $(R)/collection.json $(GENERATED_collection) $(FILE_buildings) $(call if_active,streets) $(call if_active,occupancy) $(call if_active,residents) $(call if_active,boundary)
	$(RUN) collection
.PHONY: collection
collection: $(call need,collection)

# consumed(boundary: Table[Boundary], landcover: Raster[Landcover] | None, residents: Table[Residents] | None, layers: Layers, config: ConsumedConfig, town: Town, notes: Notes) -> Package[Consumed]
$(FILE_consumed): $(R)/consumed.json $(GENERATED_consumed) $(FILE_boundary) $(call if_active,landcover) $(call if_active,residents)
	$(RUN) consumed
.PHONY: consumed
consumed: $(call need,consumed)

# horizon(roofs: Slim[Roofs], surface: Raster[Surface], farhorizon: Table[FarHorizon] | None, config: HorizonConfig, compute: Compute, notes: Notes) -> Table[Horizon]
$(FILE_horizon): $(R)/horizon.json $(FILE_roofs) $(FILE_surface) $(call if_active,farhorizon)
	$(RUN) horizon
.PHONY: horizon
horizon: $(call need,horizon)

# obstacles(roofs: Slim[Roofs], buildings: Slim[Buildings], surface: Raster[Surface], config: ObstaclesConfig, compute: Compute, notes: Notes) -> Table[Obstacles]
$(FILE_obstacles): $(R)/obstacles.json $(FILE_roofs) $(FILE_buildings) $(FILE_surface)
	$(RUN) obstacles
.PHONY: obstacles
obstacles: $(call need,obstacles)

# patches(landcover: Raster[Landcover], boundary: Table[Boundary] | None, residents: Table[Residents] | None, config: PatchesConfig, compute: Compute, notes: Notes) -> Table[Patches]
$(FILE_patches): $(R)/patches.json $(FILE_landcover) $(call if_active,boundary) $(call if_active,residents)
	$(RUN) patches
.PHONY: patches
patches: $(call need,patches)

# reports(boundary: Table[Boundary] | None, streets: Table[Streets] | None, surface: Raster[Surface] | None, landcover: Raster[Landcover] | None, layers: Layers, config: ReportsConfig, town: Town, compute: Compute, notes: Notes) -> Package[Reports]
$(FILE_reports): $(R)/reports.json $(GENERATED_reports) $(call if_active,boundary) $(call if_active,streets) $(call if_active,surface) $(call if_active,landcover)
	$(RUN) reports
.PHONY: reports
reports: $(call need,reports)

# sealing(landcover: Raster[Landcover], parcels: Table[Parcels] | None, residents: Table[Residents] | None, boundary: Table[Boundary] | None, streets: Table[Streets] | None, layers: Layers | None, config: SealingConfig, compute: Compute, notes: Notes) -> Table[Sealing]
$(FILE_sealing): $(R)/sealing.json $(GENERATED_sealing) $(FILE_landcover) $(call if_active,parcels) $(call if_active,residents) $(call if_active,boundary) $(call if_active,streets)
	$(RUN) sealing
.PHONY: sealing
sealing: $(call need,sealing)

# green(landcover: Raster[Landcover], surface: Raster[Surface], sealing: Table[Sealing], parcels: Table[Parcels] | None, residents: Table[Residents] | None, boundary: Table[Boundary] | None, layers: Layers | None, config: GreenConfig, town: Town, compute: Compute, notes: Notes) -> Table[Green]
$(FILE_green): $(R)/green.json $(GENERATED_green) $(FILE_landcover) $(FILE_surface) $(FILE_sealing) $(call if_active,parcels) $(call if_active,residents) $(call if_active,boundary)
	$(RUN) green
.PHONY: green
green: $(call need,green)

# irradiation(roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather], config: IrradiationConfig, compute: Compute, notes: Notes) -> Table[Irradiation]
$(FILE_irradiation): $(R)/irradiation.json $(FILE_roofs) $(FILE_horizon) $(FILE_weather)
	$(RUN) irradiation
.PHONY: irradiation
irradiation: $(call need,irradiation)

# ledger(parcels: Table[Parcels] | None, consumed: Package[Consumed] | None, layers: Layers, config: LedgerConfig, town: Town, notes: Notes) -> Table[Ledger]
$(FILE_ledger): $(R)/ledger.json $(GENERATED_ledger) $(call if_active,parcels) $(call if_active,consumed)
	$(RUN) ledger
.PHONY: ledger
ledger: $(call need,ledger)

# sunmap(roofs: Slim[Roofs], horizon: Slim[Horizon], surface: Raster[Surface], weather: Table[Weather], config: SunmapConfig, compute: Compute, notes: Notes) -> Raster[Sunmap]
$(FILE_sunmap): $(R)/sunmap.json $(FILE_roofs) $(FILE_horizon) $(FILE_surface) $(FILE_weather)
	$(RUN) sunmap
.PHONY: sunmap
sunmap: $(call need,sunmap)

# arrays(roofs: Slim[Roofs], irradiation: Table[Irradiation], obstacles: Slim[Obstacles], weather: Table[Weather], config: ArraysConfig, town: Town, compute: Compute, notes: Notes) -> Table[Arrays]
$(FILE_arrays): $(R)/arrays.json $(FILE_roofs) $(FILE_irradiation) $(FILE_obstacles) $(FILE_weather)
	$(RUN) arrays
.PHONY: arrays
arrays: $(call need,arrays)

# planting(sealing: Table[Sealing], green: Table[Green], residents: Table[Residents], config: PlantingConfig, notes: Notes) -> Table[Planting]
$(FILE_planting): $(R)/planting.json $(FILE_sealing) $(FILE_green) $(FILE_residents)
	$(RUN) planting
.PHONY: planting
planting: $(call need,planting)

# plots(sealing: Table[Sealing], green: Table[Green] | None, config: PlotsConfig, notes: Notes) -> Table[Plots]
$(FILE_plots): $(R)/plots.json $(FILE_sealing) $(call if_active,green)
	$(RUN) plots
.PHONY: plots
plots: $(call need,plots)

# provision(access: Table[Access], occupancy: Table[Occupancy], residents: Table[Residents], buildings: Table[Buildings], green: Table[Green] | None, greenspaces: Table[Greenspaces] | None, parcels: Table[Parcels] | None, boundary: Table[Boundary] | None, config: ProvisionConfig, town: Town, notes: Notes) -> Table[Provision]
$(FILE_provision): $(R)/provision.json $(FILE_access) $(FILE_occupancy) $(FILE_residents) $(FILE_buildings) $(call if_active,green) $(call if_active,greenspaces) $(call if_active,parcels) $(call if_active,boundary)
	$(RUN) provision
.PHONY: provision
provision: $(call need,provision)

# restoration(sealing: Table[Sealing], green: Table[Green], layers: Layers | None, config: RestorationConfig, town: Town, notes: Notes) -> Table[Restoration]
$(FILE_restoration): $(R)/restoration.json $(GENERATED_restoration) $(FILE_sealing) $(FILE_green)
	$(RUN) restoration
.PHONY: restoration
restoration: $(call need,restoration)

# desealing(sealing: Table[Sealing], plots: Table[Plots], parcels: Table[Parcels], streets: Table[Streets] | None, greenspaces: Table[Greenspaces] | None, config: DesealingConfig, notes: Notes) -> Table[Desealing]
$(FILE_desealing): $(R)/desealing.json $(FILE_sealing) $(FILE_plots) $(FILE_parcels) $(call if_active,streets) $(call if_active,greenspaces)
	$(RUN) desealing
.PHONY: desealing
desealing: $(call need,desealing)

# solar(arrays: Slim[Arrays], roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather], config: SolarConfig, compute: Compute, notes: Notes) -> Table[Solar]
$(FILE_solar): $(R)/solar.json $(FILE_arrays) $(FILE_roofs) $(FILE_horizon) $(FILE_weather)
	$(RUN) solar
.PHONY: solar
solar: $(call need,solar)

# ladder(arrays: Slim[Arrays], solar: Table[Solar], sunmap: Raster[Sunmap] | None, config: LadderConfig, notes: Notes) -> Table[Ladder]
$(FILE_ladder): $(R)/ladder.json $(FILE_arrays) $(FILE_solar) $(call if_active,sunmap)
	$(RUN) ladder
.PHONY: ladder
ladder: $(call need,ladder)

# profiles(arrays: Slim[Arrays], solar: Table[Solar], roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather], buildings: Slim[Buildings] | None, config: ProfilesConfig, town: Town, compute: Compute, notes: Notes) -> Table[Profiles]
$(FILE_profiles): $(R)/profiles.json $(FILE_arrays) $(FILE_solar) $(FILE_roofs) $(FILE_horizon) $(FILE_weather) $(call if_active,buildings)
	$(RUN) profiles
.PHONY: profiles
profiles: $(call need,profiles)

# estate(buildings: Table[Buildings], parcels: Table[Parcels] | None, residents: Table[Residents] | None, weather: Table[Weather] | None, ladder: Slim[Ladder] | None, arrays: Slim[Arrays] | None, roofs: Table[Roofs] | None, horizon: Slim[Horizon] | None, layers: Layers, config: EstateConfig, town: Town, compute: Compute, notes: Notes) -> Table[Estate]
$(FILE_estate): $(R)/estate.json $(GENERATED_estate) $(FILE_buildings) $(call if_active,parcels) $(call if_active,residents) $(call if_active,weather) $(call if_active,ladder) $(call if_active,arrays) $(call if_active,roofs) $(call if_active,horizon)
	$(RUN) estate
.PHONY: estate
estate: $(call need,estate)

# finance(ladder: Slim[Ladder], arrays: Slim[Arrays], roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather], buildings: Slim[Buildings], occupancy: Table[Occupancy] | None, config: FinanceConfig, town: Town, compute: Compute, notes: Notes) -> Table[Finance]
$(FILE_finance): $(R)/finance.json $(FILE_ladder) $(FILE_arrays) $(FILE_roofs) $(FILE_horizon) $(FILE_weather) $(FILE_buildings) $(call if_active,occupancy)
	$(RUN) finance
.PHONY: finance
finance: $(call need,finance)

# actions(buildings: Table[Buildings], ladder: Slim[Ladder] | None, finance: Table[Finance] | None, occupancy: Table[Occupancy] | None, estate: Table[Estate] | None, parcels: Table[Parcels] | None, desealing: Table[Desealing] | None, streets: Table[Streets] | None, sealing: Table[Sealing] | None, planting: Table[Planting] | None, residents: Table[Residents] | None, initiatives: Table[Initiatives] | None, collection: Package[Collection] | None, config: ActionsConfig, town: Town, notes: Notes) -> Package[Actions]
$(FILE_actions): $(R)/actions.json $(FILE_buildings) $(call if_active,ladder) $(call if_active,finance) $(call if_active,occupancy) $(call if_active,estate) $(call if_active,parcels) $(call if_active,desealing) $(call if_active,streets) $(call if_active,sealing) $(call if_active,planting) $(call if_active,residents) $(call if_active,initiatives) $(call if_active,collection)
	$(RUN) actions
.PHONY: actions
actions: $(call need,actions)

# atlas(boundary: Table[Boundary] | None, buildings: Table[Buildings] | None, parcels: Table[Parcels] | None, residents: Table[Residents] | None, landcover: Raster[Landcover] | None, streets: Table[Streets] | None, roofs: Slim[Roofs] | None, irradiation: Table[Irradiation] | None, horizon: Slim[Horizon] | None, obstacles: Slim[Obstacles] | None, arrays: Slim[Arrays] | None, solar: Table[Solar] | None, finance: Table[Finance] | None, installed: Table[Installed] | None, sealing: Table[Sealing] | None, green: Table[Green] | None, plots: Table[Plots] | None, desealing: Table[Desealing] | None, planting: Table[Planting] | None, access: Table[Access] | None, provision: Table[Provision] | None, consumed: Package[Consumed] | None, restoration: Table[Restoration] | None, patches: Table[Patches] | None, town: Town, notes: Notes) -> Package[Atlas]
$(FILE_atlas): $(R)/atlas.json $(call if_active,boundary) $(call if_active,buildings) $(call if_active,parcels) $(call if_active,residents) $(call if_active,landcover) $(call if_active,streets) $(call if_active,roofs) $(call if_active,irradiation) $(call if_active,horizon) $(call if_active,obstacles) $(call if_active,arrays) $(call if_active,solar) $(call if_active,finance) $(call if_active,installed) $(call if_active,sealing) $(call if_active,green) $(call if_active,plots) $(call if_active,desealing) $(call if_active,planting) $(call if_active,access) $(call if_active,provision) $(call if_active,consumed) $(call if_active,restoration) $(call if_active,patches)
	$(RUN) atlas
.PHONY: atlas
atlas: $(call need,atlas)

# community(estate: Table[Estate], buildings: Table[Buildings], occupancy: Table[Occupancy] | None, ladder: Slim[Ladder], arrays: Slim[Arrays], roofs: Table[Roofs], horizon: Slim[Horizon], weather: Table[Weather], layers: Layers | None, config: CommunityConfig, town: Town, notes: Notes) -> Package[Community]
$(FILE_community): $(R)/community.json $(GENERATED_community) $(FILE_estate) $(FILE_buildings) $(call if_active,occupancy) $(FILE_ladder) $(FILE_arrays) $(FILE_roofs) $(FILE_horizon) $(FILE_weather)
	$(RUN) community
.PHONY: community
community: $(call need,community)

# indicators(arrays: Slim[Arrays] | None, solar: Table[Solar] | None, installed: Table[Installed] | None, sealing: Table[Sealing] | None, green: Table[Green] | None, provision: Table[Provision] | None, restoration: Table[Restoration] | None, consumed: Package[Consumed] | None, estate: Table[Estate] | None, waste: Table[Waste] | None, initiatives: Table[Initiatives] | None, actions: Package[Actions] | None, layers: Layers | None, config: IndicatorsConfig, notes: Notes) -> Table[Indicators]
$(FILE_indicators): $(R)/indicators.json $(GENERATED_indicators) $(call if_active,arrays) $(call if_active,solar) $(call if_active,installed) $(call if_active,sealing) $(call if_active,green) $(call if_active,provision) $(call if_active,restoration) $(call if_active,consumed) $(call if_active,estate) $(call if_active,waste) $(call if_active,initiatives) $(call if_active,actions)
	$(RUN) indicators
.PHONY: indicators
indicators: $(call need,indicators)

# report(atlas: Package[Atlas], boundary: Table[Boundary] | None, surface: Raster[Surface] | None, landcover: Raster[Landcover] | None, streets: Table[Streets] | None, greenspaces: Table[Greenspaces] | None, estate: Table[Estate] | None, config: ReportConfig, town: Town, lineage: Lineage, out: Path, notes: Notes) -> Folder[Report]
$(FILE_report): $(R)/report.json $(FILE_atlas) $(call if_active,boundary) $(call if_active,surface) $(call if_active,landcover) $(call if_active,streets) $(call if_active,greenspaces) $(call if_active,estate)
	$(RUN) report
.PHONY: report
report: $(call need,report)

# exports(atlas: Later[Package[Atlas]], boundary: Later[Table[Boundary]] | None, parcels: Later[Table[Parcels]] | None, buildings: Later[Table[Buildings]] | None, streets: Later[Table[Streets]] | None, greenspaces: Later[Table[Greenspaces]] | None, mismatch: Later[Table[Mismatch]] | None, weather: Later[Table[Weather]] | None, farhorizon: Later[Table[FarHorizon]] | None, roofs: Later[Table[Roofs]] | None, irradiation: Later[Table[Irradiation]] | None, arrays: Later[Table[Arrays]] | None, solar: Later[Table[Solar]] | None, profiles: Later[Table[Profiles]] | None, ladder: Later[Table[Ladder]] | None, finance: Later[Table[Finance]] | None, sealing: Later[Table[Sealing]] | None, green: Later[Table[Green]] | None, plots: Later[Table[Plots]] | None, desealing: Later[Table[Desealing]] | None, planting: Later[Table[Planting]] | None, access: Later[Table[Access]] | None, consumed: Later[Package[Consumed]] | None, ledger: Later[Table[Ledger]] | None, installed: Later[Table[Installed]] | None, estate: Later[Table[Estate]] | None, community: Later[Package[Community]] | None, initiatives: Later[Table[Initiatives]] | None, reports: Later[Package[Reports]] | None, waste: Later[Table[Waste]] | None, collection: Later[Package[Collection]] | None, actions: Later[Package[Actions]] | None, indicators: Later[Table[Indicators]] | None, neighbours: Later[Table[Neighbours]] | None, landcover: Raster[Landcover] | None, sunmap: Raster[Sunmap] | None, surface: Raster[Surface] | None, config: ExportsConfig, town: Town, lineage: Lineage, out: Path, notes: Notes) -> Folder[Exports]
$(FILE_exports): $(R)/exports.json $(FILE_atlas) $(call if_active,boundary) $(call if_active,parcels) $(call if_active,buildings) $(call if_active,streets) $(call if_active,greenspaces) $(call if_active,mismatch) $(call if_active,weather) $(call if_active,farhorizon) $(call if_active,roofs) $(call if_active,irradiation) $(call if_active,arrays) $(call if_active,solar) $(call if_active,profiles) $(call if_active,ladder) $(call if_active,finance) $(call if_active,sealing) $(call if_active,green) $(call if_active,plots) $(call if_active,desealing) $(call if_active,planting) $(call if_active,access) $(call if_active,consumed) $(call if_active,ledger) $(call if_active,installed) $(call if_active,estate) $(call if_active,community) $(call if_active,initiatives) $(call if_active,reports) $(call if_active,waste) $(call if_active,collection) $(call if_active,actions) $(call if_active,indicators) $(call if_active,neighbours) $(call if_active,landcover) $(call if_active,sunmap) $(call if_active,surface)
	$(RUN) exports
.PHONY: exports
exports: $(call need,exports)

# webmap(atlas: Package[Atlas], surface: Raster[Surface] | None, landcover: Raster[Landcover] | None, sunmap: Raster[Sunmap] | None, ladder: Slim[Ladder] | None, finance: Table[Finance] | None, streets: Table[Streets] | None, greenspaces: Table[Greenspaces] | None, mismatch: Table[Mismatch] | None, consumed: Package[Consumed] | None, ledger: Table[Ledger] | None, estate: Table[Estate] | None, community: Package[Community] | None, initiatives: Table[Initiatives] | None, reports: Package[Reports] | None, actions: Package[Actions] | None, indicators: Table[Indicators] | None, neighbours: Table[Neighbours] | None, waste: Table[Waste] | None, collection: Package[Collection] | None, config: WebmapConfig, town: Town, lineage: Lineage, out: Path, notes: Notes) -> Folder[Site]
$(FILE_webmap): $(R)/webmap.json $(FILE_atlas) $(call if_active,surface) $(call if_active,landcover) $(call if_active,sunmap) $(call if_active,ladder) $(call if_active,finance) $(call if_active,streets) $(call if_active,greenspaces) $(call if_active,mismatch) $(call if_active,consumed) $(call if_active,ledger) $(call if_active,estate) $(call if_active,community) $(call if_active,initiatives) $(call if_active,reports) $(call if_active,actions) $(call if_active,indicators) $(call if_active,neighbours) $(call if_active,waste) $(call if_active,collection)
	$(RUN) webmap
.PHONY: webmap
webmap: $(call need,webmap)
