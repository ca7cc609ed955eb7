# The two commands are `make run` and `make test`; each sets up all it needs by itself.
# Every long command runs under scripts/foreground.py, so that no signal leaves anything running.

PYTHON := .venv/bin/python
FOREGROUND := $(PYTHON) scripts/foreground.py
# pytest's own words: make test ARGS="-k receipt -x"
ARGS :=
SECONDS := 300
SEED := 1
MINUTES := 60
DATABASE := postgresql
# One or several of tests/fuzz/targets/table.py, or openapi; all of them when empty.
TARGET :=
CHECKS := $(PYTHON) -m ruff format --check . && $(PYTHON) -m ruff check . && \
    $(PYTHON) -m mypy && $(PYTHON) -m scripts.audit --status
# Two at once: much of the suite waits for servers and child programs. Each has servers of its own.
# Files run in the order of tests/rig/order.py, which their number of tests says little about.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help run test chaos fuzz soak bench audit reset setup setup-tests check fix work sandbox
.PHONY: migration pins sbom
.NOTPARALLEL:
.SUFFIXES:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: setup ## set up and start everything with the sandbox: PORT=8000 SANDBOX_PORT=8080
	@exec $(FOREGROUND) $(PYTHON) -m bot up --sandbox --demo

# While the servers are fetched there is a processor to spare.
test: setup-tests ## set up and run format, lint, types and every test
	@exec $(FOREGROUND) sh -c '$(PYTHON) -m scripts.test_servers & servers=$$!; \
	    { $(CHECKS); }; checked=$$?; wait $$servers && exit $$checked'
	@exec $(FOREGROUND) $(PYTHON) -m pytest $(WORKERS) $(ARGS)

check: setup-tests ## format, lint and types, without the tests
	@$(CHECKS)

fix: setup-tests ## format, and mend what the linter can mend
	@exec $(PYTHON) -m ruff check --fix .
	@exec $(PYTHON) -m ruff format .

chaos: setup-tests ## kill, cut and slow everything at random: make chaos SECONDS=300 SEED=1 ARGS=--day
	@exec $(PYTHON) -m scripts.test_servers
	@exec $(FOREGROUND) $(PYTHON) -m tests.chaos --seconds $(SECONDS) --seed $(SEED) $(ARGS)

fuzz: ## guided fuzzing, each target so long: make fuzz SECONDS=300 TARGET="feed pdf"
	@scripts/setup fuzz
	@$(PYTHON) -m scripts.test_servers
	@exec $(FOREGROUND) $(PYTHON) -m tests.fuzz --seconds $(SECONDS) --target $(TARGET)

soak: setup-tests ## an even mixed load; what grows is told: make soak MINUTES=60 DATABASE=postgresql
	@exec $(PYTHON) -m scripts.test_servers
	@exec $(FOREGROUND) $(PYTHON) -m tests.soak --minutes $(MINUTES) --database $(DATABASE)

audit: ## ask the advisory service about every pinned version; needs the network
	@scripts/setup audit
	@exec $(FOREGROUND) $(PYTHON) -m scripts.audit

bench: setup-tests ## measure, as ratios to floors taken in the same run
	@exec $(FOREGROUND) $(PYTHON) -m bench

reset: ## drop the local data under VAR_DIR
	@python=$$(scripts/find-python) && exec "$$python" scripts/reset.py

work: setup ## one worker; needs REDIS_URL and a migrated database
	@exec $(FOREGROUND) $(PYTHON) -m bot work

sandbox: setup ## Zalo and an agency to rehearse against: SANDBOX_PORT=8080
	@exec $(FOREGROUND) $(PYTHON) -m sandbox

migration: setup-tests ## a new schema migration: make migration name="what it does"
	@test -n "$$name" || { echo 'type: make migration name="what it does"' >&2; exit 2; }
	@exec $(PYTHON) -m alembic revision --autogenerate -m "$$name"

sbom: setup ## what the product is made of, as CycloneDX 1.5: VAR_DIR/sbom.cdx.json
	@mkdir -p "$${VAR_DIR:-var}"
	@exec $(PYTHON) -m scripts.sbom >"$${VAR_DIR:-var}/sbom.cdx.json"

setup: ## .venv with what the product needs
	@exec scripts/setup runtime

setup-tests: ## .venv with what the tests need too
	@exec scripts/setup tests

pins: ## rewrite constraints.txt from the requirements files
	@exec scripts/pin
