"""The doctor measures the same on each backend that is installed, and disturbs none."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.gradient_doctor import on_backend

HERE = {  # what is compared with TensorFlow's
    "gradient_norm",
    "output_gradient_norm",
    "penalty_norm",
    "update_ratio",
    "std",
    "dead",
    "saturated",
    "cosine",
    "time_ratio",
}


@pytest.fixture(scope="module")
def here():
    return json.loads(json.dumps(on_backend.main()))


@pytest.fixture(scope="module", params=["jax", "torch"])
def there(request):
    if not importlib.util.find_spec(request.param):
        pytest.skip(f"{request.param} is not installed")
    command = [sys.executable, "-m", "tests.gradient_doctor.on_backend"]
    paths = [str(ROOT), *filter(None, sys.path)]
    environment = {"KERAS_BACKEND": request.param, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        command,
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("model", ["convolutional", "recurrent", "cut"])
def test_measures_and_findings_are_those_of_tensorflow(here, there, model):
    assert there[model]["loss"] == pytest.approx(here[model]["loss"], rel=1e-5)
    assert there[model]["findings"] == here[model]["findings"]
    pairs = zip(here[model]["layers"], there[model]["layers"], strict=True)
    # Behind a cut TensorFlow takes no gradients by outputs, and JAX does.
    for row, other in [pair for pair in pairs if pair[0]["gradient_norm"] is not None]:
        ours = {name: row[name] for name in HERE if row[name] is not None}
        theirs = {name: other[name] for name in HERE if other[name] is not None}
        assert theirs == pytest.approx(ours, rel=1e-3, abs=1e-6)


@pytest.mark.slow
def test_a_state_is_kept_and_a_training_goes_the_same_way(there):
    assert there["state is kept"] and there["training goes the same way"]
    assert not there["problems"] and there["looks"] == [0, 3, 6, 8]
