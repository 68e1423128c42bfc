"""The real site, built once for all workers of a run, and a small one to break.

Without the tools of requirements-test.txt, tests that need one are left out, by name.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from importlib.metadata import Distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from filelock import FileLock

from tests.server import served

ROOT = Path(__file__).resolve().parent.parent
HOSTED = "https://example.org/course/"
REPOSITORY = "https://github.com/someone/vanishing"
WHOLE_SITES = {"site", "hosted", "whole", "offline"}
SHARED = pytest.StashKey[str]()

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

The factor is {{ tiny.factor:.3f }} over {{ tiny.SEEDS }} seeds. \
<!-- claim: 0.06 < {{ tiny.factor }} < 0.07 -->

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
    "docs/reference/glossary.md": (
        "# Glossary\n\nDead unit, dead units\n:   A unit that never fires.\n"
    ),
    "docs/reference/bibliography.md": (
        "# Sources\n\n- One, A. (2010). *A title*.\n  {: #one }\n"
    ),
    "snippets/tiny.py": TINY,
}


def hear_interrupts():
    """Let a process be interrupted, though its parent was started to ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
        defaults = {
            "NO_MKDOCS_2_WARNING": "1",
            "NO_COLOR": "1",
            "PYTHONPATH": str(ROOT),
            "GITHUB_ACTIONS": "",
        }
        return subprocess.Popen(
            command,
            cwd=cwd or self.root,
            env={**os.environ, **defaults, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            preexec_fn=hear_interrupts,
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
    font = ROOT / "docs/assets/fonts/source-sans-3-latin-wght-normal.woff2"
    small.write(
        "mkdocs.yml",
        f"INHERIT: {ROOT}/mkdocs.yml\nsite_name: Small\nnav:\nextra_css: []\n"
        f"exclude_docs: ''\nplugins: {{measured: {{card_font: {font}}}}}\n",
    )
    done = small.build()
    assert done.returncode == 0, done.stdout
    return small


@pytest.fixture
def small(built_small, tmp_path):
    """A small project that has been built once."""
    shutil.copytree(built_small.root, tmp_path / "small")
    return Small(tmp_path / "small")


# Which tests run


def find_missing():
    """Names of the tools in requirements-test.txt that are not installed."""
    lines = (ROOT / "requirements-test.txt").read_text().splitlines()
    names = [line.partition("==")[0] for line in lines if line and line[0] not in "#-"]
    return [name for name in names if not any(Distribution.discover(name=name))]


MISSING = find_missing()
NEED_TOOLS = [
    "pages",
    "project/test_lint.py",
    "project/test_templates.py",
    "project/test_workflows.py",
    "run/test_sweep.py",
]
collect_ignore = NEED_TOOLS if MISSING else []


def pytest_addoption(parser):
    parser.addoption(
        "--complete", action="store_true", help="leave no test out for want of a tool"
    )


def pytest_terminal_summary(terminalreporter):
    if MISSING:
        terminalreporter.write_line(tell_left_out())


def tell_left_out():
    paths = ", ".join(f"tests/{path}" for path in NEED_TOOLS)
    return (
        f"left out: {paths}. Not installed: {', '.join(MISSING)}."
        " They come with: pip install -r requirements-test.txt"
    )


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """Mark as slow what waits for a whole site."""
    for item in items:
        if WHOLE_SITES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


# What the workers of a run share


def pytest_configure(config):
    """Make a folder for what is built once."""
    if MISSING and config.getoption("complete"):
        raise pytest.UsageError(tell_left_out())
    if hasattr(config, "workerinput"):
        config.stash[SHARED] = config.workerinput["shared"]
        return
    folder = TemporaryDirectory(ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    config.stash[SHARED] = folder.name


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell a worker which folder is shared."""
    node.workerinput["shared"] = node.config.stash[SHARED]


@pytest.fixture(scope="session")
def shared(request):
    """The folder of all workers."""
    return Path(request.config.stash[SHARED])


def once(folder, make):
    """The folder, made by the first worker that wants it; the others wait for it."""
    done = folder.with_suffix(".done")
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def build_site(folder, *options, **environment):
    command = ("mkdocs", "build", "--site-dir", str(folder), *options)
    done = Small(ROOT).run(*command, **environment)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def site(shared):
    """The real site, built as by `make build`."""
    return once(shared / "site", build_site)


@pytest.fixture(scope="session")
def hosted(shared):
    """The real site, built for an address of its own and a repository on GitHub."""
    there = {"SITE_URL": HOSTED, "REPO_URL": REPOSITORY}
    return once(shared / "hosted", lambda folder: build_site(folder, **there))


@pytest.fixture(scope="session")
def whole(shared):
    """The site with all of its styles and fonts, as it is served to its authors."""
    options = ("--dirty", "--no-strict")
    return once(shared / "whole", lambda folder: build_site(folder, *options))


@pytest.fixture(scope="session")
def offline(shared):
    """The folder of `make offline`'s zip, in a path with a blank, as on a desktop."""
    return once(shared / "a copy", make_offline) / "vanishing-gradient"


def make_offline(folder):
    """Run `make offline` in a project of links to this one, and unpack its zip."""
    project = folder.with_suffix(".project")
    project.mkdir()
    for path in ROOT.iterdir():
        if path.name not in ("offline", "site", ".venv"):
            (project / path.name).symlink_to(path)
    (project / ".venv").symlink_to(sys.prefix)
    command = ["make", "--assume-old=.venv/ready", "offline"]
    done = Small(ROOT).call(command, cwd=project, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout
    shutil.unpack_archive(project / "offline/vanishing-gradient.zip", folder)


@pytest.fixture(scope="module")
def serve():
    """Serve a folder on this machine: called with the folder, gives its address."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(served(folder))
