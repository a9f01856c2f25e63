# `make run` and `make test` need Python 3.11 or newer, git and make, nothing else.
PYTHON3 ?= $(firstword $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name; done) python3)
BIN := .venv/bin

.PHONY: help setup setup-dev run test check cover bench drill reset stop requirements messages

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1 - /p' $(MAKEFILE_LIST)

setup: ## make this folder ready to run
	@$(PYTHON3) config/set_up.py

setup-dev:
	@$(PYTHON3) config/set_up.py --dev

run: setup ## start Flipside with its demo school, on PORT (8000); Ctrl-C ends it
	@exec $(BIN)/python -m config.run

test: setup-dev ## run all tests
	@$(BIN)/python -m pytest -n 2; status=$$?; $(BIN)/python -m config.local stop-tests; exit $$status

check: setup-dev ## format, lint, types, arrows, migrations, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	DEBUG=1 DATABASE_URL=postgres://unused REDIS_URL=redis://unused $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	@# With the services of the tests, so that a `make run` of this folder is left alone.
	DEBUG=1 VAR_DIR=var/test $(BIN)/python manage.py check
	DEBUG=1 VAR_DIR=var/test $(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=1 VAR_DIR=var/test $(BIN)/python manage.py check_templates
	@$(BIN)/python -m config.local stop-tests

cover: setup-dev ## the branches of permission and privacy code that no test took
	@$(BIN)/python -m pytest -n 2 --cov --cov-report=term-missing -m "not e2e"; status=$$?; $(BIN)/python -m config.local stop-tests; exit $$status

bench: setup ## measure; WORK=slots measures one thing
	@exec $(BIN)/python -m benchmarks

drill: setup-dev ## storms and faults; DRILL=storm, SIZE=0.1, REPEATS=1 for one, a tenth, once
	@exec $(BIN)/python -m drills

reset: setup ## a clean demo school
	@exec $(BIN)/python -m config.local reset

stop: ## end what an earlier run left
	@if [ -x $(BIN)/python ]; then exec $(BIN)/python -m config.local stop; fi

requirements: setup ## pin the packages that requirements*.in name
	$(BIN)/uv pip compile -q --universal -p 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal -p 3.11 requirements-dev.in -c requirements.txt -o requirements-dev.txt

messages: setup-dev ## find the texts that want a translation (needs gettext)
	$(BIN)/python manage.py makemessages -l es -l ar --no-wrap --no-location --ignore=build --ignore=node_modules --ignore=var --ignore=tests --ignore=benchmarks
