"""Examines a model on a batch: measures, and has all judges speak."""

from typing import Any

import keras

from gradient_doctor.causes import order_causes
from gradient_doctor.course import find_gap, find_impossible
from gradient_doctor.data import judge_data, list_reads
from gradient_doctor.finding import Finding
from gradient_doctor.judge import judge
from gradient_doctor.measure import measure_model
from gradient_doctor.module import is_module, translate_module
from gradient_doctor.output import judge_output
from gradient_doctor.record import Record
from gradient_doctor.report import Report
from gradient_doctor.steps import judge_steps


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

    model: a built keras.Model of any kind; or, where Keras runs on PyTorch, a
        torch.nn.Module, of whose parts each is a layer.
    x, y, sample_weight: arrays as `fit` takes them, also structures of
        them; or x alone: a dataset, loader or iterator, whose first batch
        is used.
    loss: as `compile` takes it: a name, Loss or function (y, outputs) ->
        values, or one for each output. None: that of the model's own
        `compile`. `add_loss` and regularizers count in either case. Of a
        torch.nn.Module one of PyTorch's losses, or a function (outputs, y).
    training: the flag of the forward pass. True is what the optimizer
        sees: batch statistics, dropout at work.
    samples: so many are taken of arrays, evenly spaced; None: all.

    Returns a Report. Afterwards the model, its optimizer, metrics and
    losses, and the states of random numbers are what they were.
    Raises TypeError if `model` is of no such kind, ValueError if there is
    nothing to differentiate or the data do not fit.

    Not seen: saturation of an activation that a model applies as a
    function instead of as a layer; a recurrent cell's gates; weights that
    are no Keras variables; the optimizer of a custom training loop. A
    random operation with a seed of its own, as tf.random.normal(...,
    seed=1), moves on.
    """
    # --8<-- [end:examine]
    if is_module(model):
        model, loss = translate_module(model, loss)
    options = {"sample_weight": sample_weight, "training": training}
    record = measure_model(model, x, y, loss, samples=samples, **options)
    return write_report(record, judge_given(record))


def judge_given(record: Record) -> list[Finding]:
    """Findings on the data alone, which stay what they are while a model trains."""
    x, y = record.whole or (record.x, record.y)
    reads = list_reads(record)
    return judge_data(x, y, reads, record.batches, record.notes, reads_labels(record))


def reads_labels(record: Record) -> bool:
    """Whether y is what the outputs shall be.

    Not in a step of a model's own, nor where a generator trains through a critic
    that is frozen, nor where no loss reads y.
    """
    trains = [call.layer.trainable for call in record.calls if call.weights]
    through = True in trains and False in trains[trains.index(True) :]
    heads = [head for head in record.heads if head.labels is not None]
    reads = not heads or any(head.reads_labels for head in heads)
    return reads and not record.own_step and not through


def write_report(record: Record, given: list[Finding], final: bool = True) -> Report:
    """A report of one record, with findings on the data that are known.

    final: no training is going on in which averages could still catch up.
    """
    findings = [*given, *judge_output(record.heads)]
    if record.failure and not findings:
        raise record.failure
    if not record.failure and not any(f.kind == "data-not-finite" for f in given):
        findings += judge_network(record, final)
    return Report(
        record.loss,
        record.samples,
        record.training,
        record.layers,
        order_causes(findings),
        record.notes,
        *list_scope(record),
    )


def judge_network(record: Record, final: bool) -> list[Finding]:
    """Findings on the network, its loss and its next step."""
    findings = judge(record)
    kinds = {finding.kind for finding in findings}
    if "non-finite" in kinds:  # what is computed from NaN says nothing
        return findings
    starved = bool(kinds & {"dead", "zero-gradient", "vanishing", "weights-alike"})
    findings += judge_steps(record, starved) + find_impossible(record)
    return findings + (find_gap(record) if final else [])


def list_scope(record: Record) -> tuple[list[str], list[str]]:
    """At what was looked, and at what not."""
    measured = [row for row in record.layers if row.gradient_norm is not None]
    looked = ["x and y", f"gradients, weights and outputs of {len(measured)} layers"]
    missed = ["the course of the loss, which GradientDoctor follows in fit"]
    if any(head.learned is not None for head in record.heads):
        looked.insert(1, "how output, loss and labels fit")
    else:
        missed.append("how output, loss and labels fit: the loss is the model's own")
    if record.after is not None:
        looked.append("the optimizer's next step")
    return looked, missed
