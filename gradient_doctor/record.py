"""What one examination measured, and what it knows of each output."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from gradient_doctor.backend import entries, forward_pass, to_numpy
from gradient_doctor.batch import tensors
from gradient_doctor.calls import Call
from gradient_doctor.layer import Layer
from gradient_doctor.passes import loss_model

# Share of the loss that the order of outputs accounts for, in a model that has learned.
LEARNED = 0.2


@dataclass
class Head:
    """One output of the model, and what its loss makes of it.

    layer: the name of the layer that made it, with its activation's name.
    outputs: (samples, ...). gradient: dL/d(outputs), None without a path; of
    logits where from_logits_used: the loss went past the activation.
    labels: its part of y. loss: as it was compiled or given, None if unknown.
    after: the outputs after the optimizer's next step; predicted: those with
    training=False; None if unknown.
    """

    layer: str | None
    activation: str | None
    outputs: np.ndarray
    gradient: np.ndarray | None
    labels: np.ndarray | None
    loss: Any = None
    from_logits_used: bool = False
    after: np.ndarray | None = None
    predicted: np.ndarray | None = None

    @functools.cached_property
    def judge(self) -> Any:
        """A model that has nothing but the loss."""
        return loss_model(self.loss)

    @functools.cached_property
    def learned(self) -> float | None:
        """By how much the loss is lower than with outputs that change places."""
        count, chance = len(self.outputs), np.random.default_rng(0)
        try:
            others = [
                self.probe(self.outputs[chance.permutation(count)])[0] for _ in range(2)
            ]
        except ValueError:
            return None
        other = float(np.mean(others))
        return (other - self.value) / abs(other) if other else 0.0

    @functools.cached_property
    def reads_labels(self) -> bool:
        """Whether the loss changes with the labels, as far as it is known."""
        labels = np.asarray(self.labels)
        try:
            others = (labels == 0).astype(labels.dtype), labels[::-1]
            return any(self.probe(self.outputs, y)[0] != self.value for y in others)
        except ValueError:
            return True

    @functools.cached_property
    def value(self) -> float:
        """The loss of the outputs. Raises ValueError where it is unknown."""
        return self.probe(self.outputs)[0]

    def probe(self, outputs: np.ndarray, labels: Any = None) -> tuple:
        """The loss of other outputs or labels, without penalties; dL/d(outputs).

        Raises ValueError where the loss is unknown, or does not take them.
        """
        labels = self.labels if labels is None else labels
        if self.loss is None or labels is None:
            raise ValueError("the loss of this output is unknown")
        given, judge = keras.Variable(np.asarray(outputs, "float32")), self.judge

        def run(tap: Callable, see: Callable) -> tuple:
            pair = tensors(labels), keras.ops.convert_to_tensor(given)
            return (judge.compute_loss(y=pair[0], y_pred=pair[1]),)

        try:
            done = forward_pass(run, [given])
            (back,), _ = done.pull(0, 1.0)
        except Exception as error:  # of a loss that others wrote
            raise ValueError(str(error)) from error
        gradient = np.zeros(given.shape) if back is None else entries(back)
        return float(to_numpy(done.losses[0])), gradient.astype("float64")


@dataclass
class Record:
    """What one examination measured.

    x, y, sample_weight: the batch, as structures of arrays. whole: x and y as they
    were given, if arrays. batches: labels of consecutive batches, if the data are a
    stream. own_step: of a `train_step` of the model's own. loss, and penalty: its
    part from regularizers. after: the loss after the optimizer's next step, on this
    batch. scale: of the loss, under mixed precision. gradients, penalties: id of
    weight -> dL/dW and the part of it that comes from regularizers. clipped: norm of
    the next step over that without clipping. disconnected:
    layer -> number of weights without a path to the loss. failure: why the loss does
    not take labels and outputs.
    """

    model: Any
    x: Any
    y: Any
    sample_weight: Any
    samples: int
    training: bool
    whole: tuple | None = None
    batches: list | None = None
    own_step: bool = False
    loss: float = 0.0
    penalty: float = 0.0
    after: float | None = None
    scale: float = 1.0
    clipped: float | None = None
    gradients: dict[int, np.ndarray] = field(default_factory=dict)
    penalties: dict[int, np.ndarray] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    disconnected: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failure: Exception | None = None

    @property
    def learned(self) -> float | None:
        """The largest share of the loss that any output's order accounts for."""
        found = [head.learned for head in self.heads if head.learned is not None]
        return max(found) if found else None
