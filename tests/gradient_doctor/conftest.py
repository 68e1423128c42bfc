"""Heads of small models, as the record of an examination has them."""

import keras
import numpy as np
import pytest

from gradient_doctor.record import Head


@pytest.fixture
def heads():
    """A function of a compiled model, x and y: its outputs with their labels."""

    def make(model, x, y):
        outputs = keras.ops.convert_to_numpy(model(x))
        name = model.layers[-1].activation.__name__
        return [Head("head", name, outputs, None, np.asarray(y), model.loss)]

    return make
