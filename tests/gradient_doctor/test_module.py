"""A plain PyTorch module on the doctor's table, where PyTorch is installed."""

import importlib.util
import json
import os
import subprocess
import sys

import keras
import pytest

from gradient_doctor import examine
from gradient_doctor.module import is_module
from tests.conftest import ROOT

NAMES = ["convolutional", "of words", "deep sigmoid", "a function", "softmax twice"]


class Module:
    """Looks like PyTorch's."""

    __module__ = "torch.nn.modules.module"


@pytest.fixture(scope="module")
def found():
    if not importlib.util.find_spec("torch"):
        pytest.skip("torch is not installed")
    command = [sys.executable, "-m", "tests.gradient_doctor.on_module"]
    paths = [str(ROOT), *filter(None, sys.path)]
    there = {"KERAS_BACKEND": "torch", "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        command, env=os.environ | there, cwd=ROOT, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_torch_module_has_the_loss_and_gradients_that_torch_measures(found, name):
    for measured, own in (found[name]["loss"], found[name]["first"]):
        assert measured == pytest.approx(own, rel=1e-4)
    assert found[name]["is as it was"]


@pytest.mark.slow
def test_each_part_of_a_torch_module_is_a_layer_of_its_name(found):
    assert found["convolutional"]["layers"] == ["body_0", "body_1", "body_2", "head"]
    assert found["of words"]["layers"] == ["embed", "block", "memory", "head"]


@pytest.mark.slow
def test_a_torch_module_is_told_what_a_keras_model_is_told(found):
    assert found["convolutional"]["findings"] == []
    assert found["deep sigmoid"]["findings"][0] == "vanishing"
    assert found["a function"]["findings"][0] == "vanishing"
    assert found["softmax twice"]["findings"] == ["output-logits"]


def test_a_torch_module_on_another_backend_is_told_which_to_choose():
    with pytest.raises(TypeError, match="KERAS_BACKEND=torch in the environment"):
        examine(Module(), [[0.0]])


def test_a_keras_model_is_no_torch_module():
    assert is_module(Module()) and not is_module(keras.Sequential())
