"""Examines a model on a batch: measures, and has all judges speak."""

from typing import Any

import keras

from gradient_doctor.finding import by_seriousness
from gradient_doctor.judge import judge
from gradient_doctor.record import measure_model
from gradient_doctor.report import Report


# --8<-- [start:examine]
def examine(
    model: keras.Model,
    x: Any,
    y: Any = None,
    loss: Any = None,
    *,
    sample_weight: Any = None,
    training: bool = True,
    samples: int | None = 128,
) -> Report:
    """Measure each layer's gradient and output on one batch, and judge.

    model: a built keras.Model of any kind.
    x, y, sample_weight: arrays as `fit` takes them, also structures of
        them; or x alone: a dataset, loader or iterator, whose first batch
        is used.
    loss: as `compile` takes it: a name, Loss or function (y, outputs) ->
        values, or one for each output. None: that of the model's own
        `compile`. `add_loss` and regularizers count in either case.
    training: the flag of the forward pass. True is what the optimizer
        sees: batch statistics, dropout at work.
    samples: so many are taken of arrays, evenly spaced; None: all.

    Returns a Report. Afterwards the model, its optimizer, metrics and
    losses, and the states of random numbers are what they were.
    Raises TypeError if `model` is no Keras model, ValueError if there is
    nothing to differentiate or the data do not fit.

    Not seen: saturation of an activation that a model applies as a
    function instead of as a layer; a recurrent cell's gates; weights that
    are no Keras variables; the optimizer of a custom training loop. A
    random operation with a seed of its own, as tf.random.normal(...,
    seed=1), moves on.
    """
    # --8<-- [end:examine]
    record = measure_model(
        model,
        x,
        y,
        loss,
        sample_weight=sample_weight,
        training=training,
        samples=samples,
    )
    return Report(
        record.loss,
        record.samples,
        training,
        record.layers,
        by_seriousness(judge(record)),
        record.notes,
    )
