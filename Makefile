# Everything a newcomer types. Each target does its own set-up; nothing is done twice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SBOM := .venv-sbom
PIP := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt

# Two processes, as many as the smallest machine has cores; a file's tests stay in one, which shares what they need.
# Files are taken in the order of `tests/order.py`, not by how many tests they have.
TESTS := $(BIN)/pytest -m 'not nightly' -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help run ask test check gate format nightly bench load sbom wheelhouse screenshots clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus récent est nécessaire")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installation (environ 2,5 Go, quelques minutes la première fois)"
	$(PIP) torch==2.13.0
	$(PIP) -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) -e '.[dev]'
	@touch $@

run: $(VENV)/installed  ## install, ingest the shipped corpus once, serve the chat on 127.0.0.1:7860
	$(BIN)/cooperation serve

ask: $(VENV)/installed  ## make ask Q="Quels sont les objectifs du CMAI ?"
	@$(BIN)/cooperation documents list | grep -q passages || $(BIN)/cooperation ingest
	@$(BIN)/cooperation ask "$(Q)"

test: $(VENV)/installed-dev  ## all tests but the nightly ones
	$(TESTS)

check: $(VENV)/installed-dev  ## format, lint, types, contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TESTS)

gate: $(VENV)/installed-dev  ## no question of the shipped set may break; JUnit in reports/gate.xml
	@mkdir -p reports
	$(BIN)/cooperation evals gate coop --junit reports/gate.xml

format: $(VENV)/installed-dev  ## format and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

nightly: $(VENV)/installed-dev  ## what takes too long for every change
	$(BIN)/pytest -m nightly

bench: $(VENV)/installed-dev  ## speed over the shipped texts (README gives the options of its figures)
	$(BIN)/cooperation bench index
	$(BIN)/cooperation bench runtime
	$(BIN)/cooperation bench ask

$(VENV)/installed-load: $(VENV)/installed
	$(PIP) -e '.[load]'
	@touch $@

load: $(VENV)/installed-load  ## 20, 50, then 200 people at once, figures to docs/load.md; KEEP=FOLDER keeps the index
	$(BIN)/cooperation bench load --out docs $(if $(KEEP),--keep $(KEEP))
	$(BIN)/cooperation bench storm --out docs $(if $(KEEP),--keep $(KEEP))

# In an environment of its own: it brings a formal grammar of addresses that would cost every start a second.
$(SBOM)/bin/cyclonedx-py:
	$(PYTHON) -m venv $(SBOM)
	$(SBOM)/bin/python -m pip install --disable-pip-version-check cyclonedx-bom==7.5.0

sbom: $(VENV)/installed $(SBOM)/bin/cyclonedx-py  ## what is installed, as CycloneDX, in reports/sbom.json
	@mkdir -p reports
	$(SBOM)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o reports/sbom.json $(BIN)/python

wheelhouse: $(VENV)/bin/python  ## every wheel that a machine without network installs from, in wheelhouse/
	rm -rf wheelhouse
	$(BIN)/python -m pip wheel --disable-pip-version-check -c constraints.txt -w wheelhouse torch==2.13.0 '.[ocr,postgresql]'

screenshots: $(VENV)/installed-dev  ## a picture of every page in reports/screenshots/, to look at
	$(BIN)/python tests/screenshots.py $(PAGES)

clean:  ## remove the virtual environments; what the product keeps in data/ stays
	rm -rf $(VENV) $(SBOM)
