"""Runs a `train_step` of a model's own, and keeps the gradients that it takes.

Nothing is applied: optimizers only show what they were given.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from gradient_doctor.backend import Pass

OPTIMIZERS = keras.optimizers.Optimizer, keras.optimizers.LossScaleOptimizer


def step_pass(model: Any, data: Any, start: Callable) -> Pass:
    """A pass as `backend.forward_pass` makes it, of the model's own step.

    start(tap, see): called when it begins.
    """
    steps = {"tensorflow": tensorflow_step, "jax": jax_step, "torch": torch_step}
    return steps[keras.backend.backend()](model, data, start)


def tensorflow_step(model: Any, data: Any, start: Callable) -> Pass:
    """Each gradient that the step asks of a tape is taken by the tapped tensors too."""
    import tensorflow as tf

    tapped: list = []
    seen: list = []
    losses: list = []
    backs: dict[int, Any] = {}  # place of a tensor -> dL/d(tensor)
    original = tf.GradientTape.gradient

    def tap(tensor, watch=False):
        tapped.append(tensor)
        return tensor

    def gradient(tape, target, sources, *args, **options):
        wanted = [sources, list(tapped)]
        found, by_tensor = original(tape, target, wanted, *args, **options)
        losses.extend(tf.reduce_sum(t) for t in tf.nest.flatten(target))
        for place, back in enumerate(by_tensor):
            if back is not None:
                backs.setdefault(place, back)
        return found

    start(tap, seen.append)
    with replaced(tf.GradientTape, "gradient", gradient), captured() as by_weight:
        logs = model.train_step(data)
    loss = loss_of(logs, losses)

    def pull(k, scale):
        return gradients_of(model, by_weight), [
            backs.get(i) for i in range(len(tapped))
        ]

    return Pass((loss, keras.ops.zeros(())), tapped, seen, pull)


def torch_step(model: Any, data: Any, start: Callable) -> Pass:
    """Tensors are asked to keep their gradient."""
    import torch

    tapped: list = []
    seen: list = []
    losses: list = []
    original = torch.Tensor.backward

    def tap(tensor, watch=False):
        if tensor.requires_grad:
            tensor.retain_grad()
        tapped.append(tensor)
        return tensor

    def backward(tensor, *args, **options):
        losses.append(tensor.detach())
        return original(tensor, *args, **options)

    start(tap, seen.append)
    held = [(w.value, w.value.grad) for w in model.trainable_weights]
    with replaced(torch.Tensor, "backward", backward), captured() as by_weight:
        logs = model.train_step(data)
    backs = [t.grad if t.requires_grad else None for t in tapped]
    for value, before in held:
        value.grad = before

    def pull(k, scale):
        return gradients_of(model, by_weight), backs

    return Pass((loss_of(logs, losses), keras.ops.zeros(())), tapped, seen, pull)


def jax_step(model: Any, data: Any, start: Callable) -> Pass:
    """Gradients by weights alone: those by outputs stay inside of the step.

    The outputs come from a second call, where the model has one.
    """
    given: list = []

    def stateless_apply(optimizer, variables, gradients, weights):
        given.append(gradients)
        return weights, variables

    start(lambda tensor, watch=False: tensor, id)
    groups = (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )
    state = tuple([v.value for v in group] for group in groups)
    with replaced(OPTIMIZERS[0], "stateless_apply", stateless_apply):
        logs, _ = model.train_step(state, data)
    tapped: list = []
    seen: list = []

    def tap(tensor, watch=False):
        tapped.append(tensor)
        return tensor

    start(tap, seen.append)
    x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    try:
        model(x)
    except NotImplementedError:  # nothing but a step
        start(tap, seen.append)
        tapped.clear()

    def pull(k, scale):
        return list(given[0]), [None] * len(tapped)

    return Pass((loss_of(logs, []), keras.ops.zeros(())), tapped, seen, pull)


def loss_of(logs: Any, losses: list) -> Any:
    """What the step itself calls its loss, else what it differentiated first."""
    if isinstance(logs, dict) and "loss" in logs:
        return logs["loss"]
    return losses[0] if losses else keras.ops.full((), float("nan"))


def gradients_of(model: Any, by_weight: dict) -> list:
    return [by_weight.get(id(w)) for w in model.trainable_weights]


@contextmanager
def captured() -> Iterator[dict]:
    """Yield a dictionary that fills with what optimizers are to apply, by weight."""
    by_weight: dict[int, Any] = {}

    def apply(optimizer, gradients, trainable_variables=None):
        weights = trainable_variables or optimizer._trainable_variables
        by_weight.update(
            {id(w): g for w, g in zip(weights, gradients) if g is not None}
        )

    with (
        replaced(OPTIMIZERS[0], "apply", apply),
        replaced(OPTIMIZERS[1], "apply", apply),
    ):
        yield by_weight


@contextmanager
def replaced(owner: Any, name: str, function: Callable) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, function)
    try:
        yield
    finally:
        setattr(owner, name, original)
