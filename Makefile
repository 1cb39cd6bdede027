# Two commands are the whole set-up: `make serve` and `make test`. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
PEERS := .peers
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# Tests run in one process more than there are cores, up to four, since they also wait, for browsers and servers: each
# process keeps a browser and a PostgreSQL of its own. One that has run out of tests takes some from another.
CORES := --numprocesses $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1))) --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup serve test style types imports bench pictures acceptance lock clean

help: ## List what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# $(call need,SHELL TEST,DEBIAN PACKAGE): note the package when the test fails.
need = { $(1); } >/dev/null 2>&1 || missing="$$missing $(2)";
# Install what was noted when root on Debian or Ubuntu; otherwise name it in one line.
define provide
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing system packages:$$missing"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "System packages are missing. Run: sudo apt-get install$$missing" >&2; exit 1; fi; \
	fi
endef

.PHONY: system system-test system-acceptance
system:
	@missing=""; \
	$(call need,$(PYTHON) -c "import venv$(comma) ensurepip",python3-venv) \
	$(call need,ls /usr/lib/*/mod_spatialite.so /usr/lib/mod_spatialite.so /usr/local/lib/mod_spatialite* /opt/homebrew/lib/mod_spatialite* 2>/dev/null | grep .,libsqlite3-mod-spatialite) \
	$(provide)

system-test: system
	@missing=""; \
	$(call need,command -v chromium || command -v chromium-browser || command -v google-chrome,chromium) \
	$(call need,ls /usr/share/postgresql/*/extension/postgis.control,postgresql-postgis) \
	$(provide)

system-acceptance: system-test
	@missing=""; \
	$(call need,command -v ogrinfo,gdal-bin) \
	$(call need,/usr/bin/python3 -c "import qgis.core",python3-qgis) \
	$(provide)

comma := ,

# A stamp holds the lock's own content, so that a changed lock installs again and nothing else does. All cores compile
# what pip installs, which would do it on one, but for the packages' own tests, a quarter of all; a package may come with
# files for other versions, which cannot be.
define install
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	echo "Installing $(1) into $(VENV)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r $(1)
	$(BIN)/python -m compileall -qq -j 0 -x 'site-packages/.*/tests/' $(VENV)/lib || true
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endef

$(VENV)/.served: requirements.lock pyproject.toml | system
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/.tested: requirements-test.lock pyproject.toml | system system-test
	@$(call install,requirements-test.lock)
	@touch $@ $(VENV)/.served

setup: system $(VENV)/.served ## Install the locked dependencies and the pinned front-end assets
	@$(BIN)/python -m app.assets.build

serve: setup ## Set everything up and serve the founding record at http://127.0.0.1:8000
	@$(BIN)/bearing demo --unless-real
	@exec $(BIN)/bearing serve --host $(HOST) --port $(PORT)

style: $(VENV)/.tested ## Check the style of Python and JavaScript
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m app.assets.build --check

types: $(VENV)/.tested ## Check the types
	$(BIN)/mypy

imports: $(VENV)/.tested ## Check the arrows between the rooms
	$(BIN)/lint-imports

# Tests start Bearing many times, which compiles itself each time where nothing may be kept.
test: system-test $(VENV)/.tested ## Run everything: style, types, imports, both databases, browser
	@$(MAKE) --no-print-directory setup
	@$(MAKE) --no-print-directory --jobs style types imports
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -m "not acceptance" $(CORES)

pictures: system-test $(VENV)/.tested setup ## Keep what fixed views look like now; look at each before committing it
	$(BIN)/pytest tests/browser/interface/test_interface_pictures.py -q --renew-pictures

acceptance: system-acceptance $(VENV)/.tested setup ## Run the slow tests, with real clients and real sizes
	$(BIN)/pytest -m acceptance

bench: system-test $(VENV)/.tested setup $(PEERS)/.installed ## Measure against the peers, into tests/benchmarks/RESULTS.md
	BEARING_BENCH_PEERS=$(abspath $(PEERS)) $(BIN)/pytest tests/benchmarks -q -s -o python_files='bench_*.py' --results tests/benchmarks/RESULTS.md

$(PEERS)/.installed: tests/benchmarks/requirements-peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

lock: ## Pin the dependencies again, after a change of pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock
	uv pip compile pyproject.toml --extra build --extra test --constraint requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements-test.lock

clean: ## Remove the environment and what was built, never the data in ./var
	rm -rf $(VENV) $(PEERS) app/static/built app/static/vendor app/assets/node_modules *.egg-info
