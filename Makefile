# Punchcard needs Python 3.11 or newer, make and the package registries; everything else is fetched.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The oldest Python that is new enough is as good as any: the first one found.
SYSTEM_PYTHON = $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
PYTHON ?= $(SYSTEM_PYTHON)
VENV := .venv/bin/python
CODE := contracts kit services gateway deploy tests scripts conftest.py
TYPED := contracts/src kit/src $(wildcard services/*/src) gateway/src deploy/src scripts

# Tests wait a lot: one worker works while the other waits. More would share two cores; each has own servers.
WORKERS := --numprocesses 2

# Without compiled modules every run of the tests compiles them anew: that is a third of `make test-fast`.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## what there is to do
	@echo "Punchcard: loyalty cards from the till to the wallet"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "ARGS is handed on, for example: make test ARGS='-k stamp', make up ARGS='--port 8080'"

.PHONY: up
up: sync ## start the whole platform with demo data; Ctrl-C stops it
	@exec $(VENV) -m punchcard up $(ARGS)

.PHONY: down
down: sync ## stop the platform that runs in var/, wherever it was started
	@$(VENV) -m punchcard down

.PHONY: test
test: sync ## run every test, on a stack of its own (also beside a running `make up`)
	@$(VENV) -m pytest $(WORKERS) -m "not soak" $(ARGS)

.PHONY: soak
soak: sync ## run the tests that take long to show what shorter ones show too
	@$(VENV) -m pytest -m soak $(ARGS)

.PHONY: test-fast
test-fast: sync ## run the tests that need no servers and little time
	@$(VENV) scripts/fast_tests.py $(ARGS)

.PHONY: check
check: sync ## format, lint, types, imports, lock and contracts: all as they should be?
	@$(VENV) -m ruff format --check --quiet --output-format concise $(wildcard $(CODE)) || { echo "check: run 'make format'"; exit 1; }
	@$(VENV) -m ruff check --quiet $(wildcard $(CODE))
	@$(VENV) -m mypy --no-error-summary $(TYPED)
	@said=$$(.venv/bin/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@$(VENV) scripts/lock.py --check
	@$(VENV) -m punchcard.generate --check
	@$(VENV) scripts/client.py --check
	@echo "check: all is as it should be"

.PHONY: format
format: sync ## put the code into its format, and mend what lints can mend
	@$(VENV) -m ruff check --fix --quiet $(wildcard $(CODE)) || true
	@$(VENV) -m ruff format --quiet $(wildcard $(CODE))

.PHONY: bench
bench: sync ## measure the platform against pgbench; writes bench/latest.json
	@$(VENV) -m punchcard bench $(ARGS)

.PHONY: bench-full
bench-full: sync ## the same on the large sets of data: a million cards, five million transactions
	@$(VENV) -m punchcard bench --full $(ARGS)

.PHONY: contracts
contracts: sync ## generate schemas, AsyncAPI and OpenAPI from the code, and the client from these
	@$(VENV) -m punchcard.generate
	@$(VENV) scripts/client.py --check 2>/dev/null || $(VENV) scripts/client.py

.PHONY: client
client: sync ## generate the Python client from the public document
	@$(VENV) scripts/client.py

.PHONY: seed
seed: sync ## add the demo data to the running platform (`make up` does so by itself)
	@$(VENV) -m punchcard seed $(ARGS)

.PHONY: lock
lock: python ## write requirements.lock anew from the pyproject files
	@$(PYTHON) scripts/lock.py
	@$(MAKE) --no-print-directory sync

.PHONY: lock-kafka
lock-kafka: python ## write the lock of Kafka's jars anew (needs Maven)
	@$(PYTHON) scripts/lock_kafka_jars.py

.PHONY: sync
sync: python ## make .venv what requirements.lock says
	@$(PYTHON) scripts/sync.py

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed, and none was found on PATH" >&2; exit 3; }
