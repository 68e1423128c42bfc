"""The real site, built once for all tests, and a small one to break."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import launch
from tests.server import served

ROOT = Path(__file__).resolve().parent.parent

TINY = '''"""How small is a quarter, twice?

Fixed seed. The figure shows a falling line.
"""

import matplotlib.pyplot as plt
import numpy as np

SEEDS = range(5)

# --8<-- [start:measure]
factor = np.float32(0.25) ** 2
# --8<-- [end:measure]

# --8<-- [start:print]
print("factor", factor)
# --8<-- [end:print]

fig, ax = plt.subplots()
ax.plot([0, 1], [1, factor])
fig.savefig("tiny.svg")
'''
INDEX = """# Small

The factor is {{ tiny.factor:.3f }} over {{ tiny.SEEDS }} seeds. <!-- claim: 0.06 < {{ tiny.factor }} < 0.07 -->

Its square root is \\( \\sqrt{f} \\)[^one].

![A line that falls to {{ tiny.factor:.2f }}](figures/tiny.svg)

```python
--8<-- "tiny.py:measure"
```

```text
--8<-- "tiny/output.txt"
```

<!-- program: tiny -->
"""
PAGES = {
    "docs/index.md": INDEX,
    "docs/evidence/claims.md": "# Every claim\n\n<!-- every claim -->\n",
    "docs/reference/glossary.md": "# Glossary\n\nDead unit, dead units\n:   A unit that never fires.\n",
    "docs/reference/bibliography.md": "# Sources\n\n- One, A. (2010). *A title*.\n  {: #one }\n",
    "snippets/tiny.py": TINY,
}


class Small:
    """A project of a few files in its own folder, on the real site's settings."""

    def __init__(self, root):
        self.root = root

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def edit(self, path, old, new):
        text = (self.root / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def call(self, command, cwd=None, **environment):
        """The finished process, output and errors in one text."""
        process = self.start(command, cwd, **environment)
        output, _ = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, output)

    def start(self, command, cwd=None, **environment):
        """The process at work, its output and errors in one stream."""
        defaults = {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1", "PYTHONPATH": str(ROOT), "GITHUB_ACTIONS": ""}
        return subprocess.Popen(
            command,
            cwd=cwd or self.root,
            env={**os.environ, **defaults, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, *command, **environment):
        return self.call([sys.executable, "-m", *command], **environment)

    def build(self, **environment):
        return self.run("mkdocs", "build", **environment)

    def read(self, path):
        return (self.root / "site" / path).read_text()


@pytest.fixture(scope="session")
def built_small(tmp_path_factory):
    small = Small(tmp_path_factory.mktemp("small"))
    for path, text in PAGES.items():
        small.write(path, text)
    small.write(
        "mkdocs.yml",
        f"INHERIT: {ROOT}/mkdocs.yml\nsite_name: Small\nnav:\nextra_css: []\nexclude_docs: ''\n"
        f"plugins: {{measured: {{card_font: {ROOT}/docs/assets/fonts/source-sans-3-latin-wght-normal.woff2}}}}\n",
    )
    done = small.build()
    assert done.returncode == 0, done.stdout
    return small


@pytest.fixture
def small(built_small, tmp_path):
    """A small project that has been built once."""
    shutil.copytree(built_small.root, tmp_path / "small")
    return Small(tmp_path / "small")


def build_site(folder, **environment):
    done = Small(ROOT).run("mkdocs", "build", "--site-dir", str(folder), **environment)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The real site, built as by `make build`."""
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def github_site(site, tmp_path_factory):
    """The real site, built for a repository on GitHub."""
    return build_site(tmp_path_factory.mktemp("github"), REPO_URL="https://github.com/someone/vanishing")


@pytest.fixture(scope="module")
def serve():
    """Serve a folder on this machine: called with the folder, gives its address."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(served(folder))


@pytest.fixture(scope="module")
def home(serve, tmp_path_factory):
    """The address of the site, built for just this address, as instant navigation needs it."""
    folder = tmp_path_factory.mktemp("home")
    address = serve(folder)
    build_site(folder, SITE_URL=address)
    return address


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()
