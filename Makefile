# Each target makes .venv and installs what it needs by itself. PYTHON=... names another interpreter.
.POSIX:
.PHONY: help serve build offline check test lighthouse lint lock prose claims-fresh record sweep frameworks benchmark clean

VERSION_CHECK = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
READY = .venv/ready
TOOLS = .venv/tools
# Tests wait about as long as they compute: three at once for two cores.
PYTEST = .venv/bin/pytest --complete -n 3 --dist worksteal
PAGES = 'docs/*.md' README.md CONTRIBUTING.md
export NO_MKDOCS_2_WARNING = 1
export DENO_NO_UPDATE_CHECK = 1

help:
	@echo "make serve   run the experiments and serve the site at http://127.0.0.1:8000/"
	@echo "make build   run the experiments and write the site to site/"
	@echo "make offline write offline/vanishing-gradient.zip, which opens in a browser from its folder"
	@echo "make check   lint, and prove in two minutes what needs no browser, and the blocks of pages that you changed"
	@echo "make test    prove every page, code block and claim, in a browser too"
	@echo "make lint    check the style of the code, and its types"
	@echo "make lock    write constraints.txt anew from the files of requirements"
	@echo "make prose   measure how the pages read, and name each sentence to mend"
	@echo "make claims-fresh  check every claim on seeds by which none was chosen"
	@echo "make record  let the gradient doctor judge every faulty and healthy program that has changed since"
	@echo "make sweep PROGRAM=...  run a program at the scale that sweeps.toml tells, on Dask"
	@echo "make frameworks  build the site with PyTorch's programs too, and prove what needs PyTorch"
	@echo "make benchmark  time builds and training against their peers, and what the gradient doctor costs"
	@echo "make lighthouse  score pages as a phone and a desktop see them (needs Node and npm)"
	@echo "make clean   remove .venv, the site and all results"

serve: $(READY)
	.venv/bin/mkdocs serve

build: $(READY)
	.venv/bin/mkdocs build --strict

# In the zip everything is in one folder, so that it opens into one.
offline: $(READY)
	OFFLINE=true .venv/bin/mkdocs build --strict --site-dir offline/vanishing-gradient
	cd offline && ../.venv/bin/python -m zipfile -c vanishing-gradient.zip vanishing-gradient

# Changed since main: on this branch, in the working tree, or new there.
check: lint
	@main=$$(git merge-base HEAD origin/main 2>/dev/null || git merge-base HEAD main); \
	pages=$$(git diff --name-only --diff-filter=d $$main -- $(PAGES); git ls-files --others --exclude-standard -- $(PAGES)); \
	echo "blocks of:" $${pages:-no page}; $(PYTEST) -m "not slow" --ignore=tests/pages tests $$pages

test: lint
	.venv/bin/python -m tests.browser
	$(PYTEST)

lint: $(TOOLS)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/deno lint
	.venv/bin/deno fmt --check

# Of the files' options none is a package.
lock: $(TOOLS)
	grep -hv '^-' requirements.txt requirements-test.txt requirements-sweep.txt | .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--no-header --no-emit-index-url --no-annotate --upgrade - -o constraints.txt

prose: $(READY)
	.venv/bin/python -m measured prose

# Twenty seeds and more take longer than a build allows a program.
claims-fresh: $(READY)
	TIME_LIMIT=7200 .venv/bin/python -m measured fresh

record: $(READY)
	.venv/bin/python -m cases

# OPTIONS: --cluster ADDRESS, --set NAME=VALUE, --small.
sweep: $(READY)
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-sweep.txt
	.venv/bin/python -m measured sweep $(PROGRAM) $(OPTIONS)

# From then on .venv has PyTorch, and every build runs its programs.
frameworks: $(TOOLS)
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-frameworks.txt
	.venv/bin/mkdocs build --strict
	.venv/bin/python -m tests.browser
	$(PYTEST) -k torch tests docs

# The peers are installed without their dependencies, which are the project's own.
benchmark: $(TOOLS)
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade \
		--target .cache/peers -r benchmarks/requirements.txt
	PYTHONPATH="$(CURDIR)/.cache/peers" .venv/bin/python -m benchmarks.compare
	.venv/bin/python -m benchmarks.site --cold
	PYTHONPATH=. .venv/bin/python benchmarks/doctor.py
	test -x .cache/rivals/bin/python || .venv/bin/python -m venv .cache/rivals
	.cache/rivals/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/rivals.txt
	PYTHONPATH=snippets .venv/bin/python benchmarks/training.py .cache/rivals/bin/python
	.venv/bin/python -m benchmarks.playground

lighthouse: build $(TOOLS)
	.venv/bin/python -m tests.browser
	mkdir -p .cache/lighthouse
	cp benchmarks/package.json .cache/lighthouse/
	npm install --prefix .cache/lighthouse --silent --no-fund --no-audit
	.venv/bin/python -m benchmarks.lighthouse

clean:
	rm -rf .venv .cache site offline

# The stamp is written last, so that an install that was cut off is done again.
$(READY): requirements.txt constraints.txt pyproject.toml
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if $$python -c '$(VERSION_CHECK)' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "This needs Python 3.11, 3.12 or 3.13; found: $$(python3 --version 2>&1). Install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; \
	fi; \
	rm -rf .venv; echo "Setting up .venv with $$($$found --version): some minutes, 3 GB"; \
	$$found -m venv .venv || { echo "$$found cannot make a virtual environment: install its venv module (Debian: python3-venv)" >&2; exit 1; }
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $(READY)

# What only tests and linters need: building and serving do without its 700 MB.
$(TOOLS): $(READY) requirements-test.txt requirements-sweep.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $(TOOLS)
