"""One pass over a model and a batch: what each layer passes on, and what comes back.

Afterwards the model, its optimizer and metrics, and the states of random numbers are
what they were.
"""

from collections.abc import Callable
from typing import Any

import keras

from gradient_doctor.backend import (
    Pass,
    entries,
    forward_pass,
    no_gradients,
    to_numpy,
)
from gradient_doctor.batch import batch, first_labels, shapes, streams, tensors
from gradient_doctor.calls import Call, Calls, recorded
from gradient_doctor.layer import activation, lost, measure_layer, norm
from gradient_doctor.next_step import updates
from gradient_doctor.own_step import step_pass
from gradient_doctor.passes import (
    MisfitError,
    check,
    loss_model,
    loss_of_batch,
    owns_loss,
    owns_step,
    penalty,
    predict,
    untouched,
)
from gradient_doctor.record import Head, Record


def measure_model(
    model: Any,
    x: Any,
    y: Any = None,
    loss: Any = None,
    *,
    sample_weight: Any = None,
    training: bool = True,
    samples: int | None = 128,
    memory: dict | None = None,
) -> Record:
    """Run the model once on a batch, forward and back, and measure each layer.

    memory: a dictionary that is kept between looks at the same model and batch.
    """
    check(model)
    whole = None if streams(x) else (x, y)
    batches = first_labels(x) if streams(x) else None
    x, y, sample_weight, count = batch(x, y, sample_weight, samples)
    record = Record(model, x, y, sample_weight, count, training, whole, batches)
    record.own_step = loss is None and owns_step(model)
    with untouched(model), recorded(model, memory) as calls:
        if record.own_step:
            done = own_pass(record, calls)
        else:
            done = usual_pass(record, calls, loss, memory)
        record.scale, found, backs = scaled_gradients(model, done)
        record.loss = float(to_numpy(done.losses[0]))
        record.penalty = float(to_numpy(done.losses[1]))
        penalties = done.pull(1, 1.0)[0] if record.penalty else []
        record.calls = calls.finish(done, backs, record.scale)
        record.heads = heads(record, calls, loss)
    weights = list(model.trainable_weights)
    by_weight = gradients_by_id(weights, found, record.scale)
    by_penalty = gradients_by_id(weights, penalties, 1.0)
    steps, new, notes = updates(record, weights, found, memory)
    record.notes += notes
    for call in record.calls:
        row = measure_layer(call, by_weight, steps, count)
        pulls = [by_penalty[id(w)] for w in call.weights if id(w) in by_penalty]
        row.penalty_norm = norm(pulls) if pulls else None
        record.layers.append(row)
        missing = [w for w in call.weights if w.trainable and id(w) not in by_weight]
        if missing and record.failure is None:
            record.disconnected[call.name] = len(missing)
    record.gradients, record.penalties = by_weight, by_penalty
    owned = {id(w) for call in record.calls for w in call.weights}
    if idle := sum(id(w) not in owned for w in weights):
        record.notes.append(f"{idle} trainable weights are in layers that did not run")
    if record.failure is None and not record.own_step:
        if new:
            rehearse(record, new, loss, memory)
    return record


def predict_outputs(record: Record) -> None:
    """Fill in what each output is with training=False."""
    with untouched(record.model):
        predicted = predict(record.model, tensors(record.x), False)
    for head, values in zip(record.heads, keras.tree.flatten(predicted)):
        head.predicted = to_numpy(values)


def usual_pass(
    record: Record, calls: "Calls", loss: Any, memory: dict | None = None
) -> Pass:
    """Forward as `fit` does it: the model's call, then its loss."""
    model, training = record.model, record.training
    judge = model if loss is None else loss_model(loss)

    def run(tap: Callable, see: Callable) -> tuple:
        calls.start(tap, see)
        x = tensors(record.x)
        calls.data = {id(t) for t in keras.tree.flatten(x)}
        outputs = calls.finally_tapped(predict(model, x, training))
        given = x, tensors(record.y), outputs, tensors(record.sample_weight)
        try:
            return loss_of_batch(model, judge, training, *given), penalty(model)
        except MisfitError as error:
            record.failure = error
            return keras.ops.full((), float("nan")), penalty(model)

    weights = list(model.trainable_weights)
    if memory is not None:
        known = {id(w) for w in weights}
        held = [*model.variables, *model.metrics_variables]
        memory["variables"] = [v for v in held if id(v) not in known]
    return forward_pass(run, weights, memory)


def own_pass(record: Record, calls: "Calls") -> Pass:
    """Forward and back as the model's own `train_step` does it."""
    x, y, weight = map(tensors, (record.x, record.y, record.sample_weight))
    data = keras.utils.pack_x_y_sample_weight(x, y, weight)
    try:
        return step_pass(record.model, data, calls.start)
    except Exception as error:
        raise ValueError(
            f"the model's own train_step does not take x of shape {shapes(x)} "
            f"and y of shape {shapes(y)}: {error}"
        ) from error


def rehearse(record: Record, new: dict, loss: Any, memory: dict | None) -> None:
    """What the loss and the outputs are after the optimizer's next step."""
    model = record.model
    with untouched(model), no_gradients():
        for w in model.trainable_weights:
            if id(w) in new:
                w.assign(new[id(w)])
        if memory and "traced" in memory:  # compiled, and faster than what is not
            calls = memory["calls"]
            done = usual_pass(record, calls, loss, memory)
            record.after = float(to_numpy(done.losses[0]))
            for head, place in zip(record.heads, calls.outputs):
                head.after = to_numpy(done.tapped[place])
            return
        x, y, weight = map(tensors, (record.x, record.y, record.sample_weight))
        outputs = predict(model, x, record.training)
        judge = model if loss is None else loss_model(loss)
        after = loss_of_batch(model, judge, record.training, x, y, outputs, weight)
        record.after = float(to_numpy(after))
        for head, values in zip(record.heads, keras.tree.flatten(outputs)):
            head.after = to_numpy(values)


def gradients_by_id(weights: list, gradients: list, scale: float) -> dict:
    """id of weight -> its gradient as an array, without the scale."""
    return {
        id(w): entries(g) / scale for w, g in zip(weights, gradients) if g is not None
    }


def scaled_gradients(model: Any, done: Any) -> tuple[float, list, list]:
    """Gradients by weights and tensors of the loss times a scale, and the scale.

    Those of float16 are taken of a scaled loss, as the optimizer does.
    """
    scale = 1.0
    if getattr(model, "optimizer", None):
        scale = float(to_numpy(model.optimizer.scale_loss(keras.ops.ones(()))))
    while True:
        found, backs = done.pull(0, scale)
        if scale <= 1 or not lost([entries(g) for g in found if g is not None]):
            return scale, found, backs
        # Too large a scale is the optimizer's to shrink, and no disease.
        scale = max(1.0, scale / 16)


def parts(structure: Any, names: list, count: int) -> list:
    """One entry for each of `count` outputs of a model; None where it is unknown."""
    if isinstance(structure, dict):
        return [structure.get(name) for name in names] or [None] * count
    found = keras.tree.flatten(structure)
    return found if len(found) == count else [None] * count


def heads(record: Record, calls: Calls, loss: Any) -> list[Head]:
    """What each output of the model holds, and what the loss makes of it."""
    model, count = record.model, len(calls.outputs)
    loss = loss or (None if owns_loss(model) else getattr(model, "loss", None))
    names = list(getattr(model, "output_names", []))[:count]
    labels, losses = parts(record.y, names, count), parts(loss, names, count)
    arrays = calls.arrays
    found = []
    for k, place in enumerate(calls.outputs):
        maker = maker_of(place, record.calls)
        head = Head(
            maker.name if maker else None,
            activation(maker.layer) if maker else operation(model, k),
            arrays.value(place),
            arrays.gradient(place),
            labels[k],
            losses[k],
            arrays.past_activation(place),
        )
        found.append(head)
    return found


def maker_of(place: int, calls: list[Call]) -> Call | None:
    """The call whose values an output holds; not one that only shapes them anew."""
    shapers = keras.layers.Reshape, keras.layers.Flatten, keras.layers.Dropout
    for call in calls:
        if place in call.outputs:
            if isinstance(call.layer, shapers) and call.inputs:
                return maker_of(call.inputs[0], calls)
            return call
    return None


def operation(model: Any, k: int) -> str | None:
    """The last operation of a functional model's output, as an activation's name."""
    outputs = keras.tree.flatten(getattr(model, "outputs", None) or [])
    history = getattr(outputs[k], "_keras_history", None) if k < len(outputs) else None
    return type(history.operation).__name__.lower() if history else None
