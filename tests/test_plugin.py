"""MkDocs' builds end to end: what a good one shows, what each way to fail leaves."""

import json
import re
import shutil
import signal
import sys

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.builds import (
    SHOWN,
    UNSHARE,
    build,
    files_of,
    lab,
    prepend,
    processes,
    put_to_sleep,
    until,
    wake,
    write_package,
    write_plain,
)
from tests.conftest import HOSTED, ROOT, Small

REPOSITORY = "https://github.com/someone/vanishing"
MKDOCS = [sys.executable, "-m", "mkdocs", "build"]


@pytest.fixture(scope="session")
def built_plain(tmp_path_factory):
    plain = write_plain(tmp_path_factory.mktemp("plain"))
    good, said = build(plain)
    assert good, said
    return plain


@pytest.fixture
def plain(built_plain, tmp_path):
    """A site of one page and one program that has been built once."""
    shutil.copytree(built_plain.root, tmp_path / "plain")
    return Small(tmp_path / "plain")


def recovers(site):
    """The next build is good, and nothing half-made is left."""
    good, said = build(site)
    assert good, said
    assert SHOWN in site.read("index.html")
    assert not list((site.root / ".cache/work").glob("*"))
    assert not list(site.root.glob("site.*"))
    return said


# What a good build shows


def test_a_good_build_fills_values_and_marks_claims(built_small):
    page = built_small.read("index.html")
    assert "The factor is 0.062 over 5 seeds." in page
    assert "factor 0.0625" in page and "One, A. (2010)" in page
    tree = LexborHTMLParser(page)
    claim = tree.css_first("a.claim").attributes
    assert claim["href"] == "evidence/claims/#index-1"
    assert "0.06 < 0.0625 < 0.07" in claim["title"]
    image = tree.css_first("figure img").attributes
    assert image["width"].isdigit() and image["height"].isdigit()
    assert image["alt"] == "A line that falls to 0.06"
    downloads = [link.attributes["href"] for link in tree.css("a[download]")]
    assert {"downloads/tiny.py", "downloads/tiny.ipynb"} <= set(downloads)


def test_a_good_build_typesets_maths_and_leaves_its_source_to_screen_readers(
    built_small,
):
    tree = LexborHTMLParser(built_small.read("index.html"))
    assert tree.css_first(".katex math").text(strip=True)
    tree.strip_tags(["annotation"])
    assert "\\sqrt" not in tree.body.text()


def test_the_claims_page_lists_every_claim_with_what_was_measured(built_small):
    page = built_small.read("evidence/claims/index.html")
    assert "The factor is 0.062 over 5 seeds." in page
    assert "0.06 &lt; 0.0625 &lt; 0.07" in page and "tiny.factor" in page
    assert 'id="index-1"' in page


@pytest.fixture(scope="module")
def varied(built_small, tmp_path_factory):
    """A small site with a term, a lab, odd output and a repository on GitHub."""
    root = tmp_path_factory.mktemp("varied") / "small"
    shutil.copytree(built_small.root, root)
    site = Small(root)
    site.edit("docs/index.md", "# Small\n", "# Small\n\nA dead unit is here.\n")
    site.write("docs/labs/lab.ipynb", json.dumps(lab("print(6 * 7)")))
    prepend(site, "print('</code></pre><script>alert(1)</script> <b>&amp;')")
    good, said = build(site, REPO_URL=REPOSITORY)
    assert good, said
    return site


def test_glossary_terms_get_tooltips_on_other_pages(varied):
    abbreviation = '<abbr title="A unit that never fires.">dead unit</abbr>'
    assert abbreviation in varied.read("index.html")


def test_colab_and_repository_links_appear_only_with_a_repository_on_github(
    built_small, varied
):
    assert "colab" not in built_small.read("index.html")
    page = varied.read("index.html")
    colab = "https://colab.research.google.com/github/someone/vanishing/blob/gh-pages/"
    assert f"{colab}downloads/tiny.ipynb" in page
    assert f"{REPOSITORY}/edit/main/docs/index.md" in page


def test_a_notebook_is_executed_and_its_maths_typeset(varied):
    page = varied.read("labs/lab/index.html")
    assert re.search(r">\s*42\s*<", page) and "<math" in page
    assert "mathjax" not in page.lower() and len(page) < 60_000


def test_html_in_printed_output_is_shown_not_obeyed(varied):
    page = varied.read("index.html")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page and "&amp;amp;" in page


def test_place_time_zone_and_locale_change_no_byte(small, tmp_path):
    there = Small(tmp_path / "Ordner mit Leerzeichen und Ümläuten 数")
    copied = shutil.ignore_patterns(".cache", "site")
    shutil.copytree(small.root, there.root, ignore=copied)
    language = {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0"}
    environment = {"TZ": "Asia/Tokyo", "PYTHONCOERCECLOCALE": "0", **language}
    command = [*MKDOCS, "-f", str(there.root / "mkdocs.yml")]
    done = there.call(command, cwd="/", SOURCE_DATE_EPOCH="0", **environment)
    assert done.returncode == 0 and "ran 1, reused 0" in done.stdout, done.stdout
    assert build(small, SOURCE_DATE_EPOCH="0").good
    assert files_of(there) == files_of(small)


# Another site than this one: no option, no theme, no extension is named


def test_a_site_of_a_page_and_a_program_is_filled_drawn_and_marked(built_plain):
    page = built_plain.read("index.html")
    assert SHOWN in page
    tree = LexborHTMLParser(page)
    assert tree.css_first(".katex math")
    image = tree.css_first("figure img").attributes
    assert image["alt"] == "A line that falls to 0.06"
    assert "<svg" in built_plain.read(image["src"])
    claim = tree.css_first(".claim")
    assert claim.text() == "~" and "0.06 < 0.0625 < 0.07" in claim.attributes["title"]


def test_what_readers_download_is_one_file_that_ran_and_its_notebook(plain):
    plain.write("snippets/shared.py", "def quarter():\n    return 0.25\n")
    shared = "from shared import quarter\nimport matplotlib"
    plain.edit("snippets/tiny.py", "import matplotlib", shared)
    plain.edit("snippets/tiny.py", "0.25**2", "quarter() ** 2")
    good, said = build(plain)
    assert good, said
    cells = json.loads(plain.read("downloads/tiny.ipynb"))["cells"]
    notebook = "\n".join(cell["source"] for cell in cells)
    download = plain.read("downloads/tiny.py")
    for text in (download, notebook):
        assert "def quarter" in text and "import quarter" not in text
    ran = plain.root / ".cache/experiments/tiny/program.py"
    assert download == ran.read_text()


def test_a_package_is_offered_and_downloads_name_its_wheel(plain):
    write_package(plain.root)
    plain.edit("docs/index.md", "# Plain\n", "# Plain\n\n<!-- install: half_life -->\n")
    plain.edit("mkdocs.yml", "site_name", f"site_url: {HOSTED}\nsite_name")
    prepend(plain, "from half_life import halve\n\nhalve(1)")
    good, said = build(plain)
    assert good, said
    wheel = "half_life-1.2-py3-none-any.whl"
    install = f"install {HOSTED}downloads/{wheel}"
    assert f"pip {install}" in LexborHTMLParser(plain.read("index.html")).body.text()
    assert (plain.root / "site/downloads" / wheel).stat().st_size > 1000
    one_file = plain.read("downloads/half_life.py")
    assert f'SITE = "{HOSTED}"' in one_file and "def halve" in one_file
    program = plain.read("downloads/tiny.py")
    assert f"# pip {install}\n" in program and "def halve" not in program
    cells = json.loads(plain.read("downloads/tiny.ipynb"))["cells"]
    quiet = install.replace("install", "install --quiet")
    assert f"%pip {quiet}" in [cell["source"] for cell in cells]


FAULTS = {
    "unknown value": (
        ("tiny.factor:.3f", "tiny.faktor"),
        "docs/index.md:3: unknown value 'tiny.faktor': tiny has",
    ),
    "false claim": (
        ("0.06 <", "0.065 <"),
        "docs/index.md:3: false claim: 0.065 < {{ tiny.factor }} < 0.07\n  measured:",
    ),
    "bad TeX": (("\\sqrt{f}", "\\sqrt{f"), "docs/index.md:5: bad TeX"),
    "bad TeX in dollars": (
        ("\\( \\sqrt{f} \\)", "$\\frac{a$"),
        "docs/index.md:5: bad TeX",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_a_page_fails_the_build_with_its_place(plain, fault):
    (old, new), message = FAULTS[fault]
    before = files_of(plain)
    plain.edit("docs/index.md", old, new)
    good, said = build(plain)
    assert not good
    assert message in said
    assert files_of(plain) == before


def test_every_fault_is_reported_at_once_with_a_status(plain):
    faults = [FAULTS[fault] for fault in ("unknown value", "false claim", "bad TeX")]
    for (old, new), _ in faults:
        plain.edit("docs/index.md", old, new)
    done = plain.build()
    assert done.returncode == 1 and "Traceback" not in done.stdout
    assert all(message in done.stdout for _, message in faults), done.stdout


def test_a_quiet_build_does_not_publish_a_broken_link_and_tells_it(plain):
    before = files_of(plain)
    plain.edit("docs/index.md", "# Plain\n", "# Plain\n[x](nowhere.md)\n")
    done = plain.run("mkdocs", "build", "-q")
    assert done.returncode != 0 and "nowhere.md" in done.stdout
    assert "INFO" not in done.stdout
    assert files_of(plain) == before


def test_a_broken_anchor_fails_the_build(small):
    small.edit("docs/index.md", "# Small\n", "# Small\n[x](evidence/claims.md#none)\n")
    before = files_of(small)
    good, said = build(small)
    assert not good and "#none" in said
    assert files_of(small) == before


def test_on_github_a_failure_annotates_page_and_line(plain, capsys):
    plain.edit("docs/index.md", "0.06 <", "0.065 <")
    build(plain, GITHUB_ACTIONS="true")
    place = "::error file=docs/index.md,line=3::"
    claim = "false claim: 0.065 < {{ tiny.factor }} < 0.07%0A  measured:"
    assert place + claim in capsys.readouterr().out


def test_a_style_sheet_that_is_missing_is_named(small):
    small.edit("mkdocs.yml", "extra_css: []", "extra_css: [assets/gone.css]")
    before = files_of(small)
    good, said = build(small)
    assert not good and "gone.css" in said
    assert files_of(small) == before


def test_a_failing_program_fails_the_build_and_keeps_result_and_site(plain):
    kept = plain.root / ".cache/experiments/tiny"
    results = {path.name: path.read_bytes() for path in kept.iterdir()}
    before = files_of(plain)
    plain.edit("snippets/tiny.py", "fig, ax", "raise ValueError('boom')\nfig, ax")
    done = plain.build()
    assert done.returncode == 1
    assert re.search(r"snippets/tiny.py:\d+: the program failed", done.stdout)
    assert "ValueError: boom" in done.stdout
    assert re.search(r'snippets/tiny\.py", line \d+', done.stdout)
    assert "used by: docs/index.md:3" in done.stdout
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == results
    assert files_of(plain) == before
    plain.edit("snippets/tiny.py", "raise ValueError('boom')\nfig, ax", "fig, ax")
    assert "ran 0, reused 1" in recovers(plain)


LABS = {
    "fails": (lab("assert 1 > 2, 'no'"), r"the program failed: .*AssertionError"),
    "tex": (lab("x = 1", "# Lab\n\n$\\frac{a$"), "cell 1: bad TeX"),
}


@pytest.fixture(scope="module")
def said_of_labs(built_plain, tmp_path_factory):
    """What a build says of a site whose labs are all wrong."""
    root = tmp_path_factory.mktemp("labs") / "plain"
    shutil.copytree(built_plain.root, root)
    for name, (book, _) in LABS.items():
        Small(root).write(f"docs/labs/{name}.ipynb", json.dumps(book))
    good, said = build(Small(root))
    assert not good
    return said


@pytest.mark.slow
@pytest.mark.parametrize("name", LABS)
def test_a_fault_in_a_lab_fails_the_build_with_its_place(said_of_labs, name):
    _, message = LABS[name]
    assert re.search(f"docs/labs/{name}.ipynb: {message}", said_of_labs, re.S)


# However a build ends, the last good site stays


@pytest.fixture
def sleeping(plain):
    """A plain site and its build, while the program sleeps."""
    put_to_sleep(plain)
    process = plain.start(MKDOCS)
    until((plain.root / "started").exists)
    yield plain, process
    process.kill()
    process.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_however_a_build_ends_nothing_of_it_goes_on_and_the_last_site_stays(
    sleeping, how
):
    plain, process = sleeping
    before = files_of(plain)
    process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode != 0
    until(lambda: not processes(plain.root))
    assert files_of(plain) == before
    wake(plain)
    recovers(plain)


def test_of_two_builds_at_once_one_waits_and_its_result_is_reused(sleeping):
    plain, first = sleeping
    second = plain.start(MKDOCS)
    lines = iter(second.stdout.readline, "")
    assert any("another build of this project is at work" in line for line in lines)
    (plain.root / "runs").unlink()
    wake(plain)  # the first build fails, the second runs the program
    assert "ended by SIGKILL" in first.communicate()[0]
    output, _ = second.communicate()
    assert second.returncode == 0, output
    assert (plain.root / "runs").read_text() == "x"
    assert "ran 0, reused 1" in recovers(plain)


def build_with(site, mount):
    """The build of a site once a disk is mounted that only it sees."""
    script = f"{mount}; exec {sys.executable} -m mkdocs build"
    return site.call([*UNSHARE, "sh", "-c", script])


def test_a_full_disk_is_named_and_nothing_is_lost(plain):
    plain.edit("snippets/tiny.py", "0.25**2", "0.25 ** 2")
    before, cache = files_of(plain), plain.root / ".cache"
    fill = f"head -c 60K /dev/zero > {cache}/full"
    done = build_with(plain, f"mount -t tmpfs -o size=64k tmpfs {cache} && {fill}")
    assert done.returncode != 0
    assert re.search(r"No space left on device|is the disk full", done.stdout)
    assert files_of(plain) == before
    plain.edit("snippets/tiny.py", "0.25 ** 2", "0.25**2")
    assert "ran 0, reused 1" in recovers(plain)


def test_a_disk_that_fills_while_the_site_is_written_leaves_the_last_one(plain):
    before, partial_site = files_of(plain), plain.root / "site.partial"
    partial_site.mkdir()
    done = build_with(plain, f"mount -t tmpfs -o size=64k tmpfs {partial_site}")
    assert done.returncode != 0
    assert "cannot write the site" in done.stdout and "No space left" in done.stdout
    assert files_of(plain) == before
    recovers(plain)


def test_a_read_only_cache_is_named_and_nothing_is_lost(plain):
    plain.edit("snippets/tiny.py", "0.25**2", "0.25 ** 2")
    before, cache = files_of(plain), plain.root / ".cache"
    read_only = f"mount --bind {cache} {cache} && mount -o remount,ro,bind {cache}"
    done = build_with(plain, read_only)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    message = f"cannot keep results in {cache}: Read-only file system"
    assert message in done.stdout
    assert files_of(plain) == before
    recovers(plain)


def test_a_build_that_died_between_two_sites_brings_the_old_one_back(plain):
    before = files_of(plain)
    (plain.root / "site").rename(plain.root / "site.old")
    plain.edit("docs/index.md", "0.06 <", "0.065 <")
    assert not build(plain).good
    assert files_of(plain) == before


# What the project needs is named where it is missing

WITHOUT_TENSORFLOW = """
import importlib.metadata, sys
class Missing:
    def find_spec(name, *rest):
        if name == "tensorflow":
            raise ModuleNotFoundError("No module named 'tensorflow'", name=name)
sys.meta_path.insert(0, Missing)
version = importlib.metadata.version
def without(name):
    if name == "tensorflow":
        raise importlib.metadata.PackageNotFoundError(name)
    return version(name)
importlib.metadata.version = without
"""


def pretend(site, customize):
    """The build of a site in a Python that starts with some lines of its own."""
    site.write("pretend/sitecustomize.py", customize)
    return site.build(PYTHONPATH=f"{site.root}/pretend:{ROOT}")


def test_a_missing_tensorflow_is_named_with_the_remedy(plain):
    done = pretend(plain, WITHOUT_TENSORFLOW)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    remedy = "run this through make, or pip install -r requirements.txt"
    assert f"tensorflow is not installed: {remedy}" in done.stdout


OTHER_PYTHON = """
import sys
class Other:
    def find_spec(name, *rest):
        if name == "measured":
            sys.version_info = (3, {minor})
sys.meta_path.insert(0, Other)
"""


@pytest.mark.parametrize("minor", [10, 14])
def test_a_python_outside_the_range_is_named_with_the_remedy(plain, minor):
    done = pretend(plain, OTHER_PYTHON.format(minor=minor))
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert f"needs Python 3.11, 3.12 or 3.13; this is 3.{minor}" in done.stdout
    assert "make serve PYTHON=" in done.stdout
