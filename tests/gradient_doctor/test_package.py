"""What readers install is the package that the site's programs import."""

import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from io import BytesIO

import pytest

from gradient_doctor.finding import KINDS
from measured.run.package import build_wheel, join_modules
from tests.conftest import ROOT

FOLDER = ROOT / "gradient_doctor"
EXAMINE = """
import keras, numpy as np
from gradient_doctor import examine
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "softmax")])
model.compile("sgd", "binary_crossentropy")
x = np.random.default_rng(0).normal(size=(64, 4))
report = examine(model, x, (x[:, :1] > 0).astype("float32"))
print(report.findings[0].page)
"""


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["one file", "wheel"])
def test_what_readers_install_finds_what_is_wrong_and_names_its_page(shape, tmp_path):
    if shape == "wheel":
        wheel = build_wheel(FOLDER, "https://example.org/")
        zipfile.ZipFile(BytesIO(wheel)).extractall(tmp_path)
    else:
        text = join_modules(FOLDER, "https://example.org/")
        (tmp_path / "gradient_doctor.py").write_text(text)
    command = [sys.executable, "-P", "-c", f"import sys\nsys.path[:0] = ['.']{EXAMINE}"]
    environment = {"PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    address = "https://example.org/diagnose/findings/#output-activation\n"
    assert done.stdout.endswith(address), done.stderr


@pytest.mark.slow
def test_the_wheel_needs_keras_and_numpy_alone():
    with zipfile.ZipFile(BytesIO(build_wheel(FOLDER))) as files:
        names = files.namelist()
        (path,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        about = Parser().parsestr(files.read(path).decode())
    needed = [line for line in about.get_all("Requires-Dist") if "extra" not in line]
    assert {re.match(r"\w+", line)[0] for line in needed} == {"keras", "numpy"}
    modules = {f"gradient_doctor/{path.name}" for path in FOLDER.glob("*.py")}
    assert {name for name in names if "dist-info" not in name} == modules


def test_each_kind_has_its_section_on_the_page_that_findings_name():
    page = (ROOT / "docs/diagnose/findings.md").read_text()
    assert set(re.findall(r"^### `([\w-]+)`$", page, re.M)) == set(KINDS)
