# Every target sets up what it needs; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHON
# The tests start a thousand processes: compiling every module anew in each takes minutes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help steady demo test check unit bench faults questions docs site openapi lock release

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.ready: pyproject.toml .ci/constraints.txt .ci/setup
	@./.ci/setup

demo: $(VENV)/.ready ## a workspace with verified services, in a folder it names
	@./.ci/with-rabbitmq ./.ci/demo

check: $(VENV)/.ready ## formatting, lint, types and floors
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.ready ## the fast tests only
	$(BIN)/pytest tests/unit

test: check ## everything: checks and the whole test suite
	./.ci/with-rabbitmq $(BIN)/pytest -n 3 --dist worksteal -rs

bench: $(VENV)/.ready ## the benchmarks, as ratios against named peers; BENCH="help verify" for some
	@./.ci/setup --group bench
	@$(BIN)/python -m tests.benchmarks $(BENCH)

openapi: $(VENV)/.ready ## rewrite openapi.json.jinja and asyncapi.json.jinja of all templates from their code
	@./.ci/setup --group bench
	$(BIN)/python -m tests.support.descriptions

faults: $(VENV)/.ready ## tasks, events and schedules while workers and servers are killed; FAULTS="worker_killed" for some
	@PYTHONPATH=templates/workspace/shared/src $(BIN)/python -m tests.faults $(FAULTS)

steady: $(VENV)/.ready ## each suite ten times, alone and on a busy machine; STEADY="users-data --times 3" for some
	@./.ci/with-rabbitmq $(BIN)/python -m tests.support.steady $(STEADY)

questions: $(VENV)/.ready ## rewrite copier.yml from templates/*/template.yml
	$(BIN)/python -m tests.support.questions

release: $(VENV)/.ready ## make a release from what is committed: VERSION=1.2.0
	$(BIN)/python .ci/release.py $(VERSION)

docs: $(VENV)/.ready ## rewrite what in docs/ follows from the code
	$(BIN)/python -m tests.support.reference

site: $(VENV)/.ready ## the documentation as a site, in build/site; any web server can serve it
	$(BIN)/zensical build --strict --clean --config-file .zensical.toml

lock: $(VENV)/.ready ## re-resolve the development environment into .ci/constraints.txt
	$(BIN)/uv lock -q --upgrade
	$(BIN)/uv export -q --no-hashes --no-header --no-annotate --no-emit-project --all-groups --all-extras > .ci/constraints.txt
