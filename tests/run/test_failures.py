"""A program that fails is named with its line, the cause and the remedy."""

import json
import os
import re

import psutil
import pytest

from measured import SiteError

DRAW = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
FAILURES = {
    "raises": ("\n1 / 0", r"snippets/a.py:2: .*Traceback.*ZeroDivisionError"),
    "is no Python": ("\nx = = 1", r'snippets/a.py:2: .*a.py", line 2.*SyntaxError'),
    "cannot be compiled": ("\nbreak", r'a.py:2: .*snippets/a.py", line 2.*SyntaxError'),
    "is not UTF-8": ("x = '\udcff'", r"snippets/a.py: .*it is no Python: 'utf-8'"),
    "calls sys.exit": ("import sys\nsys.exit(0)", r"a.py: .*it called sys.exit\(0\)"),
    "fails by sys.exit": ("import sys\nsys.exit(2)", r"it called sys.exit\(2\)"),
    "ends by os._exit": (
        "import os\nos._exit(0)",
        "it ended with status 0 before its last line",
    ),
    "crashes": ("import os\nos.abort()", "it was ended by SIGABRT"),
    "breaks memory": (
        "import ctypes\nctypes.string_at(0)",
        "it was ended by SIGSEGV",
    ),
    "is killed": (
        "import os\nos.kill(os.getpid(), 9)",
        "it was ended by SIGKILL",
    ),
    "prints too much": (
        "print('x' * 50_000_000)",
        "it printed 50,000,001 bytes: a page shows at most 100,000",
    ),
    "draws another figure": (
        "open('b.svg', 'w').write('<svg >')",
        "it drew b.svg: a program draws one figure, a.svg",
    ),
    "draws what its data cannot tell": (
        f"{DRAW}ax.set_title('Loss')\nax.fill([0, 1, 2], [1, 2, 1], label='area')",
        r"the panel 'Loss' has a Polygon \(area\), which its data cannot tell: draw it",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_program_is_named_with_its_cause(runner, tmp_path, failure):
    text, message = FAILURES[failure]
    one = runner()
    (tmp_path / "snippets/a.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    one.scan()
    with pytest.raises(SiteError) as caught:
        one.results()
    assert str(caught.value).startswith("snippets/a.py")
    assert re.search(
        f"the program failed: .*{message}|{message}", str(caught.value), re.S
    )
    assert not any(word in str(caught.value) for word in ("child.py", "program.py"))


def test_a_failure_in_shared_code_tells_its_file_and_line(runner):
    shared = '"""Shared."""\n\n# --8<-- [start:f]\ndef f():\n    1 / 0\n'
    with pytest.raises(SiteError) as caught:
        runner(a="x = 1\nfrom shared import f\n\nf()\n", shared=shared).results()
    assert str(caught.value).startswith("snippets/a.py:4: the program failed")
    assert 'snippets/a.py", line 4, in <module>' in str(caught.value)
    assert 'snippets/shared.py", line 5, in f' in str(caught.value)


def test_a_module_that_is_no_python_is_named(runner):
    with pytest.raises(SiteError, match='shared.py", line 2'):
        runner(a="from shared import f\n", shared="\ndef f(:\n").results()


def test_a_notebook_that_is_none_is_named(runner, tmp_path):
    (tmp_path / "docs/labs").mkdir(parents=True)
    (tmp_path / "docs/labs/lab.ipynb").write_text("{")
    message = "^docs/labs/lab.ipynb: the program failed: "
    with pytest.raises(SiteError, match=message) as caught:
        runner().results()
    assert "Traceback" not in str(caught.value)


def test_every_failure_is_told_and_no_other_result_is_lost(runner):
    good = "x = 1\n"
    runner(a=good).results()
    with pytest.raises(SiteError) as caught:
        runner(a="1 / 0", b="2 / 0", c=good).results()
    assert [fault.file for fault in caught.value.faults] == [
        "snippets/a.py",
        "snippets/b.py",
    ]
    one = runner()
    kept = (one.store.folder / "a" / "values.json").read_text()
    assert json.loads(kept) == {"x": 1}
    assert one.find("a") is None and one.find("c") is not None


def test_a_program_without_end_is_stopped_with_its_children(runner, tmp_path):
    text = "import subprocess, time, os, pathlib\n"
    text += "child = subprocess.Popen(['sleep', '600'])\n"
    text += f"path = pathlib.Path({str(tmp_path)!r}, 'new')\n"
    text += "path.write_text(f'{os.getpid()} {child.pid}')\n"
    text += f"path.rename({str(tmp_path / 'started')!r})\ntime.sleep(600)\n"
    one = runner(a=text)

    def show(line=None, runs=(), waiting=()):
        if (tmp_path / "started").exists():
            one.time_limit = 0

    with pytest.raises(SiteError, match="a.py: .*no end within 0 s: make it shorter"):
        one.results(show=show)
    for pid in (tmp_path / "started").read_text().split():
        assert has_ended(int(pid))


def test_a_child_that_a_program_leaves_behind_ends_with_it(runner):
    text = "import subprocess\nchild = subprocess.Popen(['sleep', '600']).pid\n"
    assert has_ended(runner(a=text).results()["a"].values["child"])


def has_ended(pid):
    try:
        return psutil.Process(pid).wait(timeout=20) is None
    except psutil.NoSuchProcess:
        return True


def test_a_program_ends_with_its_build(runner, tmp_path):
    """`Runner.stopped` ends what runs; a build that is killed is proved end to end."""
    started = tmp_path / "started"
    text = f"import os, time\nopen({str(started)!r}, 'w').close()\ntime.sleep(600)\n"
    one, pids = runner(a=text), []

    def show(line=None, runs=(), waiting=()):
        pids.extend(run.process.pid for run in runs)
        one.stopped = started.exists()

    assert one.run(show=show) == {"a": None}
    assert has_ended(pids[0]) and not os.listdir(one.store.folder)
