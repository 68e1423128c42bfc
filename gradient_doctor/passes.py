"""A model's outputs and loss as `fit` computes them, with no trace left behind."""

import inspect
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

from gradient_doctor.backend import fixed_chance, no_gradients, to_numpy
from gradient_doctor.batch import shapes


def check(model: Any) -> None:
    """Raise an error for a model that cannot be examined."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"examine takes a keras.Model, got {type(model).__name__}")
    if not model.built and not (owns_step(model) and model.weights):
        raise ValueError(
            "the model is not built and has no weights yet: "
            "call it once on a batch, or give it keras.Input"
        )
    if not model.weights:
        raise ValueError("the model has no weights: there is nothing to train")


def flag(function: Callable, training: bool) -> dict:
    """The training flag as keyword, where the function takes it."""
    parameters = inspect.signature(function).parameters.values()
    takes = any(p.name == "training" or p.kind is p.VAR_KEYWORD for p in parameters)
    return {"training": training} if takes else {}


def predict(model: Any, x: Any, training: bool) -> Any:
    """The model's outputs. Raises ValueError where x does not fit."""
    try:
        return model(x, **flag(model.call, training))
    except Exception as error:
        raise ValueError(
            f"the model does not take x of shape {shapes(x)}: {error}"
        ) from error


class MisfitError(ValueError):
    """The loss does not take the labels and outputs."""


def loss_model(loss: Any) -> Any:
    """A model that has nothing but a loss."""
    model = keras.Sequential()
    model.compile(optimizer=None, loss=loss)
    return model


def loss_of_batch(
    model: Any,
    judge: Any,
    training: bool,
    x: Any,
    y: Any,
    outputs: Any,
    sample_weight: Any,
) -> Any:
    """Loss of the batch, penalties included. Raises ValueError where y does not fit.

    judge: the model whose loss is taken.
    """
    extra = [keras.ops.sum(value) for value in model.losses]
    if not getattr(judge, "compiled", False):
        if not extra:
            raise ValueError("there is no loss: compile the model, or pass loss=")
        return sum(extra)
    if y is None and (judge is not model or not extra) and not owns_loss(model):
        raise ValueError("there is no y, with which the loss compares the outputs")
    given = {"x": x, "y": y, "y_pred": outputs, "sample_weight": sample_weight}
    try:
        value = judge.compute_loss(**given, **flag(judge.compute_loss, training))
    except Exception as error:
        fit = f"y of shape {shapes(y)} and outputs of shape {shapes(outputs)}"
        raise MisfitError(f"the loss does not take {fit}: {error}") from error
    if value is None:
        raise ValueError("there is no loss: compile the model, or pass loss=")
    return value if judge is model else value + sum(extra)


def penalty(model: Any) -> Any:
    """The sum of what regularizers of weights add to the loss."""
    weights = [w for w in model.trainable_weights if w.regularizer is not None]
    values = [keras.ops.sum(w.regularizer(w)) for w in weights]
    return keras.ops.convert_to_tensor(sum(values) if values else 0.0)


def owns_loss(model: Any) -> bool:
    """Whether the model computes its loss itself."""
    return type(model).compute_loss is not keras.Model.compute_loss


def owns_step(model: Any) -> bool:
    """Whether the model has a training step of its own."""
    return type(model).train_step is not keras.Model.train_step


@contextmanager
def untouched(model: Any) -> Iterator[None]:
    """Put back whatever a pass changes.

    Variables, losses that layers hold, states of random numbers. Of optimizers only
    copies take a step.
    """

    def variables() -> list:
        return [*model.variables, *model.metrics_variables]

    before = {id(v): np.array(to_numpy(v)) for v in variables()}
    losses = [
        (layer, list(layer._losses), set(layer._loss_ids))
        for layer in model._flatten_layers()
    ]
    states = random.getstate(), np.random.get_state()
    # The seeds of layers that have none of their own.
    seeds = global_state.get_global_attribute("global_seed_generator")
    seed = np.array(to_numpy(seeds.state)) if seeds else None
    try:
        with fixed_chance():
            yield
    finally:
        with no_gradients():
            for v in variables():  # a metric of the first call starts from zero
                v.assign(before.get(id(v), np.zeros(v.shape, v.dtype)))
            if seeds:
                seeds.state.assign(seed)
        for layer, held, ids in losses:
            layer._losses[:], layer._loss_ids = held, ids
        random.setstate(states[0])
        np.random.set_state(states[1])
        global_state.set_global_attribute("global_seed_generator", seeds)
