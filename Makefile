# The console from its checkout, on a machine with Python 3.11 or newer and make. `make` lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
SESSIONS ?= 1000
SEED ?= 1
RUNS ?= 5
ROWS ?= 1000000

.PHONY: help
help: ## List the targets
	@while IFS= read -r line; do \
		case $$line in \
			[a-z]*": ## "*) printf '  make %-12s %s\n' "$${line%%:*}" "$${line#*"## "}" ;; \
			[a-z]*" ## "*) printf '  make %-12s %s\n' "$${line%%:*}" "$${line#*"## "}" ;; \
		esac; \
	done < Makefile

.PHONY: demo
demo: install ## Start the console with demo data, and print where it is and who may sign in
	@exec $(BIN)/python -m demo

.PHONY: demo-reset
demo-reset: install ## Delete the demo's data, so that the next `make demo` begins anew
	@exec $(BIN)/python -m demo reset

.PHONY: test
test: install-dev ## Run every test against a PostgreSQL of its own
	@exec $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: check
check: lint test ## Run all that CI runs: format, lint, types, layers, templates, tests

.PHONY: bench
bench: install-dev ## Measure what the console holds itself to, or only SECTION=deliveries, in RUNS=5 paired runs, at ROWS=1000000
	@exec $(BIN)/python -m bench $(if $(SECTION),--section $(SECTION)) --runs $(RUNS) --rows $(ROWS)

.PHONY: lint
lint: install-dev ## Run the checks that need no database
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

.PHONY: format
format: install-dev ## Format the code and put its imports in order
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

.PHONY: web
web: install ## Start only web, on HOST and PORT
	@exec $(BIN)/gunicorn

.PHONY: worker
worker: install ## Start only a worker
	@exec $(BIN)/python worker.py

.PHONY: migrate
migrate: install ## Bring the database's tables up to date
	@exec $(BIN)/flask db upgrade

.PHONY: seed
seed: install ## Add SESSIONS=1000 onboarding sessions, with all that belongs to them, from SEED=1
	@exec $(BIN)/flask console seed --sessions $(SESSIONS) --seed $(SEED)

.PHONY: lock
lock: install-dev ## Choose the newest versions that pyproject.toml allows and write the lock files
	@exec sh scripts/lock

.PHONY: audit
audit: install-dev ## Ask PyPI and OSV whether anything that the console is made of is known to be unsafe
	@exec $(BIN)/python scripts/audit

.PHONY: vendor
vendor: install-dev ## Rebuild static/vendor/ from npm, byte for byte; this alone needs npm
	@exec $(BIN)/python scripts/vendor

.PHONY: screenshots
screenshots: install-dev ## Write the pictures of docs/screenshots/ anew, which needs a Chromium
	@exec $(BIN)/python scripts/screenshots

.PHONY: clean
clean: ## Delete the virtual environment and the tools' caches; the demo's data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: install
install: ## Install what the console needs into .venv
	@sh scripts/install requirements.txt

.PHONY: install-dev
install-dev: ## Install what the console and its tests need into .venv
	@sh scripts/install requirements-dev.txt
