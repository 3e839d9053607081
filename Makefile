# `make help` lists the targets. Needs Python 3.11 or newer; `run` and `test` install the rest.

PORT ?= 8000
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
IN_VENV := .venv/bin/python
PACKAGES := trato accounts catalog messaging notifications config benchmarks deploy tests
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale*/*/LC_MESSAGES/*.po))
PIP_COMPILE := env -u PIP_FIND_LINKS .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Python keeps the modules that it has compiled, since servers are started again and again here.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run cluster test test-all faults check bench bench-pages requirements messages clean python free-port

help:
	@echo "make run           start the site with a demo shop on http://127.0.0.1:8000/ (or PORT=8001)"
	@echo "make cluster       start nginx, Daphnes, PostgreSQL and Redis on this machine, with the demo shop"
	@echo "make test          run the tests that every change has to pass (or some: ARGS=\"-k badge\")"
	@echo "make test-all      run all tests; takes twice as long"
	@echo "make check         check format, lint, types, layers, migrations, settings, requirements"
	@echo "make bench         measure speed, compared with a naive implementation (quickly: ARGS=\"--quick\")"
	@echo "make faults        check delivery while servers are killed and paused; takes a quarter of an hour"
	@echo "make messages      collect the texts to translate (needs gettext)"
	@echo "make bench-pages   measure the pages with 1,000,000 messages, compared with 10,000"
	@echo "make requirements  pin the packages that pyproject.toml requires"
	@echo "make clean         remove everything generated, including the demo shop's database"

run: export DJANGO_SETTINGS_MODULE = config.settings.dev
run: free-port .venv/run.stamp $(CATALOGUES)
	@exec $(IN_VENV) -m config.server --port $(PORT) --demo

cluster: .venv/dev.stamp $(CATALOGUES)
	@exec $(IN_VENV) -m deploy.cluster

test: .venv/dev.stamp $(CATALOGUES)
	@exec $(IN_VENV) -m tests.run $(ARGS)

test-all: export TEST_ALL = 1
test-all: test

bench: .venv/dev.stamp
	@exec $(IN_VENV) -m benchmarks $(ARGS)

bench-pages: .venv/dev.stamp $(CATALOGUES)
	@exec $(IN_VENV) -m benchmarks.pages $(ARGS)

faults: .venv/dev.stamp $(CATALOGUES)
	@KILLS=50 $(IN_VENV) -m tests.run tests/messaging/away/test_killed.py tests/messaging/scheduled/test_killed.py \
		tests/messaging/recall/test_killed.py tests/accounts/test_erasure_killed.py
	@exec $(IN_VENV) -m tests.faults --long $(ARGS)

check: export DJANGO_SETTINGS_MODULE = config.settings.test
check: .venv/dev.stamp $(CATALOGUES)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy $(PACKAGES)
	.venv/bin/lint-imports
	$(IN_VENV) manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=config.settings.production \
		SECRET_KEY=$$($(IN_VENV) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		ALLOWED_HOSTS=shop.example.com TRUSTED_ORIGINS=https://shop.example.com \
		DATABASE_URL=postgres://127.0.0.1/trato REDIS_URL=redis://127.0.0.1 EMAIL_URL=smtp://127.0.0.1 \
		$(IN_VENV) manage.py check --deploy --fail-level WARNING
	$(IN_VENV) -m pip check
	$(IN_VENV) -m pytest --quiet tests/test_requirements.py tests/test_layout.py

requirements: .venv/dev.stamp
	$(PIP_COMPILE) --output-file requirements.txt pyproject.toml
	$(PIP_COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

messages: .venv/dev.stamp
	$(IN_VENV) manage.py makemessages --locale es --add-location file --no-obsolete --extension html,txt,py,jinja \
		--ignore ".venv/*" --ignore "tests/*"
	$(IN_VENV) manage.py makemessages --locale es --add-location file --no-obsolete --ignore ".venv/*" --ignore "var/*" --domain djangojs

clean:
	rm -rf .venv var staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(CATALOGUES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "Trato needs Python 3.11 or newer, and there is none here." >&2; exit 1; }

free-port: python
	@$(PYTHON) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null || \
		{ echo "Port $(PORT) is taken. Choose another one: make run PORT=8001" >&2; exit 1; }

.venv/run.stamp: requirements.txt
.venv/dev.stamp: requirements-dev.txt

.venv/%.stamp: | python
	@test -x .venv/bin/pip || $(PYTHON) -m venv .venv
	@echo "Installing $<; the first time takes a minute or two."
	@$(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

%.mo: %.po | .venv/run.stamp
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))
