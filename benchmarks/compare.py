"""How fast are builds? The same four programs and pages, built by this engine and by three others, measured in turn.

`make benchmark` prints seconds (median over rounds) and, for each peer, the median ratio to this engine of the same
round. Cold: no cache. Warm: nothing changed. Edit: one program changed by a comment. Plain is MkDocs alone on the same
pages with the figures already drawn. Last, the whole site: cold against the CPU seconds of its experiments, warm
against plain.
"""

import ctypes
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
from mkdocs.config import load_config

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measured.run.runner import Runner  # noqa: E402
from measured.run.program import make_notebook, self_contained  # noqa: E402

NAMES = ["activations", "relu", "skip_connections_growth", "what_it_is_network"]
ROUNDS = 5
CONFIG = """site_name: Benchmark
theme: {{name: material, font: false}}
markdown_extensions: [pymdownx.superfences, {{pymdownx.highlight: {{}}}}, attr_list, md_in_html]
plugins: [search{}]
"""
PR_SET_CHILD_SUBREAPER = 36  # orphans, such as a fork server, become ours to account for


def write(folder, path, text):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def sources():
    runner = Runner(ROOT)
    return {name: self_contained(runner.programs[name], runner.modules) for name in NAMES}


def ours(folder):
    config = f"INHERIT: {ROOT}/mkdocs.yml\nnav:\nextra_css: []\nexclude_docs: ''\n\n"
    write(folder, "mkdocs.yml", config + f"theme: {{custom_dir: {ROOT}/hooks/theme}}\n")
    for name, source in sources().items():
        write(folder, f"snippets/{name}.py", source)
        page = f'# {name}\n\n![Figure](figures/{name}.svg)\n\n```python\n--8<-- "{name}.py"\n```\n'
        write(folder, f"docs/{name}.md", page)
    write(folder, "docs/index.md", "# Index\n")
    return "snippets/relu.py"


def plain(folder):
    """MkDocs alone, on the pages as this engine hands them over."""
    ours(folder)
    expand(folder)


def expand(folder):
    """Replace a project's pages by what they become, its figures and downloads by files, and leave out the engine."""
    config = load_config(str(folder / "mkdocs.yml"))
    hooks = next(iter(config.hooks.values()))
    hooks.on_startup("build", dirty=False)
    hooks.on_config(config)
    hooks.project.build()
    for page in list(hooks.project.pages):
        file = SimpleNamespace(src_uri=page.uri)
        write(folder, f"docs/{page.uri}", hooks.on_page_read_source(SimpleNamespace(file=file), config))
    for name, result in hooks.project.results.items():
        for figure in result.figures:
            write(folder, f"docs/figures/{figure}", result.files[figure].decode())
        if name in hooks.project.downloads:
            write(folder, f"docs/downloads/{name}.py", hooks.project.downloads[name])
            write(folder, f"docs/downloads/{name}.ipynb", make_notebook(hooks.project.downloads[name]))
    text = (folder / "mkdocs.yml").read_text()
    write(folder, "mkdocs.yml", re.sub(r"^hooks: .*$", "hooks: []", text, flags=re.M))


def mkdocs_jupyter(folder):
    write(folder, "mkdocs.yml", CONFIG.format(", {mkdocs-jupyter: {execute: true, allow_errors: false}}"))
    for name, source in sources().items():
        write(folder, f"docs/{name}.ipynb", make_notebook(source))
    write(folder, "docs/index.md", "# Index\n")
    return "docs/relu.ipynb"


def markdown_exec(folder):
    write(folder, "mkdocs.yml", CONFIG.format(", markdown-exec"))
    show = "import io\nout = io.StringIO()\nfig.savefig(out, format='svg')\nprint(out.getvalue())\n"
    for name, source in sources().items():
        block = f'```python exec="true" html="true" source="above"\n{source}\n{show}```\n'
        write(folder, f"docs/{name}.md", f"# {name}\n\n{block}")
    write(folder, "docs/index.md", "# Index\n")
    return "docs/relu.md"


def mkdocs_gallery(folder):
    gallery = ", {gallery: {examples_dirs: docs/examples, gallery_dirs: docs/generated}}"
    write(folder, "mkdocs.yml", CONFIG.format(gallery) + "nav: [index.md, generated]\n")
    write(folder, "docs/examples/README.md", "# Gallery\n")
    for name, source in sources().items():
        text = source.split('"""', 2)
        write(folder, f"docs/examples/plot_{name}.py", f'"""\n{name}\n=====\n{text[1]}"""{text[2]}')
    write(folder, "docs/index.md", "# Index\n")
    return "docs/examples/plot_relu.py"


def seconds(folder):
    """Wall seconds of one build, which has to succeed."""
    environment = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "MPLBACKEND": "Agg",
        "CUDA_VISIBLE_DEVICES": "-1",
        "REPO_URL": "https://github.com/a/b",
    }
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
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
    print(f"{'':16}{'cold s':>9}{'ratio':>7}{'warm s':>9}{'ratio':>7}{'edit s':>9}{'ratio':>7}")
    for engine in engines:
        row = f"{engine.__name__:16}"
        for phase in range(3):
            ratios = [theirs[phase] / mine[phase] for theirs, mine in zip(times[engine], times[ours], strict=True)]
            row += f"{statistics.median(t[phase] for t in times[engine]):9.2f}{statistics.median(ratios):7.2f}"
        print(row)


def whole_site():
    """Cold wall time against CPU seconds over cores, warm against plain, on the site itself."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as scratch:
        site, bare = Path(scratch, "site"), Path(scratch, "plain")
        for folder in (site, bare):
            ignored = shutil.ignore_patterns(".*", "site*")
            shutil.copytree(ROOT, folder, ignore=ignored)
        cold = seconds(site)
        experiments = cpu_of_experiments(site)
        shutil.copytree(site / ".cache", bare / ".cache")
        expand(bare)
        pairs = [(seconds(site), seconds(bare)) for _ in range(ROUNDS)]
    cores = os.cpu_count()
    print(
        f"cold {cold:.1f} s; experiments {experiments:.1f} CPU s / {cores} cores = {experiments / cores:.1f} s; ",
        end="",
    )
    print(f"ratio {cold / (experiments / cores):.2f}")
    print(
        f"warm {statistics.median(a for a, _ in pairs):.2f} s, plain {statistics.median(b for _, b in pairs):.2f} s; ",
        end="",
    )
    print(f"ratio {statistics.median(a / b for a, b in pairs):.2f}")


def cpu_of_experiments(site):
    """User and system seconds of all experiments, run again by themselves, the shared imports counted."""
    shutil.rmtree(site / ".cache")
    others = psutil.Process().children()  # our own fork server stays
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "pages", "run"], cwd=site, stdout=subprocess.DEVNULL, check=True)
    psutil.wait_procs(set(psutil.Process().children()) - set(others))  # the fork server ends after its parent
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    compare()
    whole_site()
