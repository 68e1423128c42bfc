"""The optimizer's next step, taken on a copy."""

from typing import Any

import keras
import numpy as np

from gradient_doctor.backend import no_gradients, to_numpy
from gradient_doctor.layer import norm
from gradient_doctor.record import Record


def updates(
    record: Record, weights: list, gradients: list, memory: dict | None = None
) -> tuple:
    """id of weight -> the optimizer's next step, -> its value afterwards; and notes.

    The step is found on copies.
    """
    optimizer = getattr(record.model, "optimizer", None)
    if optimizer is None and not record.own_step:
        return {}, {}, ["no optimizer, so no update: compile the model to see it"]
    if optimizer is None:
        return {}, {}, ["no update: the model has several optimizers"]
    # Of mixed precision, without its scale.
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    try:
        with no_gradients():
            twin = twin_of(optimizer, weights, memory)
            new = next_weights(optimizer, twin, weights, gradients, record.scale)
    except Exception as error:  # of an optimizer that others wrote
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return {}, {}, [f"no update, for the optimizer could not be copied: {reason}"]
    moved = {id(w): new[id(w)] - to_numpy(w) for w in weights if id(w) in new}
    clips = dict.fromkeys(("clipnorm", "global_clipnorm", "clipvalue"))
    if any(getattr(optimizer, name, None) for name in clips):
        with no_gradients():
            twin = twin_of(optimizer, weights, None, **clips)
            free = next_weights(optimizer, twin, weights, gradients, record.scale)
        whole = norm(free[id(w)] - to_numpy(w) for w in weights if id(w) in free)
        record.clipped = norm(moved.values()) / whole if whole else None
    return moved, new, []


def twin_of(
    optimizer: Any, weights: list, memory: dict | None, **changes: Any
) -> tuple[Any, list]:
    """A copy of an optimizer, with other options, and the variables that it moves."""
    if memory and "twin" in memory:
        return memory["twin"]
    twin = type(optimizer).from_config({**optimizer.get_config(), **changes})
    # Of arrays of their own: PyTorch would share the weights' memory.
    copies = [
        keras.Variable(np.array(to_numpy(w)), dtype=w.dtype, name=w.name)
        for w in weights
    ]
    twin.build(copies)
    if memory is not None:
        memory["twin"] = twin, copies
    return twin, copies


def next_weights(
    optimizer: Any, twin: tuple[Any, list], weights: list, gradients: list, scale: float
) -> dict:
    """id of weight -> its value after a step of the copy of the optimizer."""
    moving, copies = twin
    for ours, theirs in zip(copies, weights):
        ours.assign(np.array(to_numpy(theirs)))
    held = optimizer.variables if optimizer.built else ()
    for ours, theirs in zip(moving.variables, held):
        ours.assign(theirs)
    if scale != 1:
        gradients = [g if g is None else whole_precision(g) / scale for g in gradients]
    pairs = [(g, c) for g, c in zip(gradients, copies) if g is not None]
    if pairs:
        moving.apply(*map(list, zip(*pairs)))
    moved = zip(weights, copies, gradients)
    return {id(w): np.array(to_numpy(c)) for w, c, g in moved if g is not None}


def whole_precision(gradient: Any) -> Any:
    return keras.ops.cast(keras.ops.convert_to_tensor(gradient), "float32")
