"""How fast are builds? Four programs and pages, built by this engine and three others.

They take turns. `make benchmark` prints seconds (median over rounds) and, for each
peer, the median ratio to this engine of the same round. Cold: no cache. Warm: nothing
changed. Edit: one program changed by a comment. Plain is MkDocs alone on the same pages
with the figures already drawn.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from mkdocs.config import load_config

from measured.run.program import list_program
from measured.run.runner import Runner
from measured.text.extension import NEEDED, MeasuredExtension
from measured.text.project import Project

ROOT = Path(__file__).resolve().parent.parent
NAMES = {  # program -> a value for its figure's alt text
    "activations": "sigmoid_max",
    "relu": "depth",
    "skip_connections_growth": "SEEDS",
    "what_it_is_network": "ratio",
}
ROUNDS = 3
CONFIG = """site_name: Benchmark
theme: {{name: material, font: false}}
markdown_extensions:
  [pymdownx.superfences, {{pymdownx.highlight: {{}}}}, attr_list, md_in_html]
plugins: [search{}]
"""
OURS = f"""INHERIT: {ROOT}/mkdocs.yml
nav:
extra_css: []
exclude_docs: ''
plugins: {{measured: {{glossary: '', sources: '', notation: ''}}}}
"""
PLAIN = """INHERIT: measured.yml
plugins: {measured: {enabled: false}}
hooks: [plain.py]
strict: false
"""  # labs for learners are not there, and it may say so
# What the pages' Markdown needs of others.
HOOK = f"""def on_config(config):
    config.markdown_extensions += {[*NEEDED, "pymdownx.superfences"]}
    config.mdx_configs["pymdownx.arithmatex"] = {{"generic": True}}
    config.mdx_configs["pymdownx.snippets"] = {{"base_path": ["snippets"]}}
"""
REPO_URL = "https://github.com/a/b"


def write(folder, path, text):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def project(folder):
    config = load_config(str(folder / "mkdocs.yml"))
    return Project(folder, config.plugins["measured"].config.settings)


def sources():
    runner = Runner(ROOT)
    programs, modules = runner.programs, runner.modules
    return {name: list_program(programs[name], modules).text for name in NAMES}


def notebook(source):
    cells = [nbformat.v4.new_code_cell(source)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def ours(folder):
    write(folder, "mkdocs.yml", OURS)
    for name, source in sources().items():
        write(folder, f"snippets/{name}.py", source)
        told = f"{{{{ {name}.{NAMES[name]}:.2g}}}}"
        figure = f"![A figure of {told}](figures/{name}.svg)"
        block = f'```python\n--8<-- "{name}.py"\n```'
        write(folder, f"docs/{name}.md", f"# {name}\n\n{figure}\n\n{block}\n")
    write(folder, "docs/index.md", "# Index\n")
    return "snippets/relu.py"


def plain(folder):
    """MkDocs alone, on the pages as this engine hands them over."""
    ours(folder)
    expand(folder)


def expand(folder):
    """Replace pages by what they become; figures and downloads by files.

    The engine is left out.
    """
    site = project(folder)
    site.build()
    extension = MeasuredExtension(site, repo_url=REPO_URL)
    filled = {}
    for page in site.pages:
        extension.uri = page.uri
        filled[page.uri] = "\n".join(extension.fill([]))
    for uri, text in filled.items():
        write(folder, f"docs/{uri}", text)
    for result in site.results.values():
        for figure in result.figures:
            write(folder, f"docs/figures/{figure}", result.files[figure].decode())
    for name, listing in site.downloads.items():
        write(folder, f"docs/downloads/{name}.py", listing.text)
        write(folder, f"docs/downloads/{name}.ipynb", notebook(listing.text))
    (folder / "mkdocs.yml").rename(folder / "measured.yml")
    write(folder, "mkdocs.yml", PLAIN)
    write(folder, "plain.py", HOOK)


def mkdocs_jupyter(folder):
    write(
        folder,
        "mkdocs.yml",
        CONFIG.format(", {mkdocs-jupyter: {execute: true, allow_errors: false}}"),
    )
    for name, source in sources().items():
        write(folder, f"docs/{name}.ipynb", notebook(source))
    write(folder, "docs/index.md", "# Index\n")
    return "docs/relu.ipynb"


def markdown_exec(folder):
    write(folder, "mkdocs.yml", CONFIG.format(", markdown-exec"))
    show = """import io
out = io.StringIO()
fig.savefig(out, format="svg")
print(out.getvalue())
"""
    for name, source in sources().items():
        block = (
            f'```python exec="true" html="true" source="above"\n{source}\n{show}```\n'
        )
        write(folder, f"docs/{name}.md", f"# {name}\n\n{block}")
    write(folder, "docs/index.md", "# Index\n")
    return "docs/relu.md"


def mkdocs_gallery(folder):
    gallery = (
        ", {gallery: {examples_dirs: docs/examples, gallery_dirs: docs/generated}}"
    )
    write(folder, "mkdocs.yml", CONFIG.format(gallery) + "nav: [index.md, generated]\n")
    write(folder, "docs/examples/README.md", "# Gallery\n")
    for name, source in sources().items():
        text = source.split('"""', 2)
        write(
            folder,
            f"docs/examples/plot_{name}.py",
            f'"""\n{name}\n=====\n{text[1]}"""{text[2]}',
        )
    write(folder, "docs/index.md", "# Index\n")
    return "docs/examples/plot_relu.py"


def seconds(folder):
    """Wall seconds of one build, which has to succeed."""
    environment = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "MPLBACKEND": "Agg",
        "CUDA_VISIBLE_DEVICES": "-1",
        "REPO_URL": REPO_URL,
    }
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{folder.name} failed:\n{done.stdout}")
    return time.perf_counter() - start


def edit(path):
    """Change a program without changing what it does."""
    text = path.read_text()
    if path.suffix == ".ipynb":
        path.write_text(text.replace("import keras", "import keras  # edited", 1))
    else:
        path.write_text(text.replace("import keras\n", "import keras  # edited\n", 1))
    assert path.read_text() != text


def measure(make, folder):
    """(cold, warm, edit) seconds in a fresh folder; no edit of plain pages."""
    folder.mkdir()
    edited = make(folder)
    cold, warm = seconds(folder), seconds(folder)
    if not edited:
        return cold, warm, warm
    edit(folder / edited)
    return cold, warm, seconds(folder)


def compare():
    engines = [ours, plain, mkdocs_jupyter, markdown_exec, mkdocs_gallery]
    times = {engine: [] for engine in engines}
    for number in range(ROUNDS):
        for engine in engines:
            with tempfile.TemporaryDirectory() as scratch:
                times[engine].append(measure(engine, Path(scratch, engine.__name__)))
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
    heads = (f"{phase + ' s':>9}{'ratio':>7}" for phase in ("cold", "warm", "edit"))
    print(f"{'':16}", *heads, sep="")
    for engine in engines:
        row = f"{engine.__name__:16}"
        for phase in range(3):
            ratios = [
                theirs[phase] / mine[phase]
                for theirs, mine in zip(times[engine], times[ours], strict=True)
            ]
            taken = statistics.median(own[phase] for own in times[engine])
            row += f"{taken:9.2f}{statistics.median(ratios):7.2f}"
        print(row)


if __name__ == "__main__":
    compare()
