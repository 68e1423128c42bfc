"""Has the doctor judge programs, and counts how often it is right."""

import importlib
import inspect
import json
import math
import pkgutil
import platform
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import keras

import cases
from cases import crowd, healthy, held
from cases.wants import HELD_WANTS, WANTS, Want
from gradient_doctor import GradientDoctor, examine

HERE = Path(__file__).parent
LOOKS = 6  # in a training, besides those at its turns
VERSIONS = "keras", "tensorflow", "numpy"
SEEN = {  # held until the doctor was mended after what it said of them
    "adam_in_half_precision",
    "relu_in_a_recurrent_layer",
    "pairs_of_metric_learning",
    "GRU over 200 steps",
}
CLASSES = {  # kinds of findings by what they are about
    "data": "data-not-finite data-scale data-constant data-order labels-constant "
    "labels-scale labels-unrelated",
    "output, loss and labels": "output-activation output-logits labels-shape "
    "labels-range labels-several loss-constant loss-impossible",
    "steps": "step-large step-small step-clipped step-none step-epsilon loss-summed",
    "weights and paths": "frozen disconnected weights-alike penalty",
    "gradients and units": "vanishing exploding zero-gradient dead saturated collapsed "
    "non-finite",
    "course": "loss-rising loss-jumps loss-flat train-predict-gap",
}


class Program(NamedTuple):
    """One program to judge.

    group: "shared", by which the doctor was mended, or "held", by which it was not.
    role: "faulty", "mended" or "healthy". build: gives model, x, y, arguments of fit
    or None, and a score. want: what findings answer it, of a faulty one.
    """

    name: str
    group: str
    role: str
    build: Callable
    want: Want | None
    source: str

    @property
    def key(self) -> str:
        return f"{self.name}: {self.role}"


def list_programs() -> list[Program]:
    """Every program, each faulty one beside its mended twin."""
    found = []
    for module in sorted(m.name for m in pkgutil.iter_modules(cases.__path__)):
        code = importlib.import_module(f"cases.{module}")
        if module.startswith("case_"):
            found += pair(module, "shared", code.build, WANTS[module], code.__doc__)
        if module.startswith("healthy_"):
            found.append(Program(module, "shared", "healthy", code.build, None, ""))
    for name, build in list_functions(held):
        found += pair(name, "held", build, HELD_WANTS[name], build.__doc__)
    for name, build in [*list_functions(healthy), *crowd.list_crowd()]:
        found.append(Program(name, "held", "healthy", build, None, ""))
    return [
        each._replace(group="shared") if each.name in SEEN else each for each in found
    ]


def list_functions(module) -> list[tuple[str, Callable]]:
    """name -> function, of those whose docstring tells a source."""
    return [
        (name, function)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and (function.__doc__ or "").startswith(("Source:", "After", "Kept:"))
    ]


def pair(name: str, group: str, build: Callable, want: Want, doc: str) -> list[Program]:
    source = doc.split("\n")[0].removeprefix("Source: ")
    return [
        Program(name, group, role, partial(build, fixed), want, source)
        for role, fixed in (("faulty", False), ("mended", True))
    ]


def judge_program(program: Program, seed: int, train: bool = True) -> dict:
    """What the doctor says before, during and after a training, and how that went.

    train: without, only what it says before.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, x, y, fit, score = program.build()
        found = {"before": look(model, x, y), "during": [], "after": []}
        if fit is None or not train:
            return found
        data = (x,) if y is None else (x, y)
        every = max(1, fit.get("epochs", 1) // LOOKS)
        doctor = GradientDoctor(*data, budget=1e9, epochs=every)
        try:
            model.fit(*data, verbose=0, callbacks=[doctor], **fit)
        except Exception as error:
            found["error"] = f"{type(error).__name__}: {error}"[:200]
        if doctor.report:
            reports = [*(report for _, report in doctor.report.history), doctor.report]
            found["during"] = sorted({k for r in reports for k in list_kinds(r)})
        found["after"] = look(model, x, y)
        found["score"] = round(score(model), 3)
    return found


def judge_seeds(name: str, seeds: int) -> tuple[str, dict]:
    """The entry of a program, by its key."""
    program = {each.key: each for each in list_programs()}[name]
    start = time.process_time()
    found = [judge_program(program, seed) for seed in range(seeds)]
    versions = {package: version(package) for package in VERSIONS}
    return name, {
        "group": program.group,
        "role": program.role,
        "source": program.source,
        "seeds": found,
        "seconds": round(time.process_time() - start, 1),
        "date": time.strftime("%Y-%m-%d"),
        "versions": {"python": platform.python_version(), **versions},
    }


def read_record() -> dict[str, tuple[Program, dict]]:
    """key -> a program and its entry in the record, of all that have one."""
    entries = json.loads((HERE / "record.json").read_text("utf-8"))
    programs = {each.key: each for each in list_programs()}
    return {k: (programs[k], entries[k]) for k in entries.keys() & programs.keys()}


def look(model, x, y) -> list[str]:
    """Kinds that an examination finds; "error" where it gives up."""
    try:
        return list_kinds(examine(model, x, y))
    except Exception:
        return ["error"]


def list_kinds(report) -> list[str]:
    """Kinds of findings; in parentheses what is told as the effect of another."""
    effects = {effect for finding in report.findings for effect in finding.effects}
    return list(
        dict.fromkeys(
            f"({f.kind})" if f"{f.kind}: {f.where}" in effects else f.kind
            for f in report.findings
        )
    )


def name_verdict(kinds: set[str], want: Want | None) -> str:
    """named, related, nothing or false; of a healthy program nothing or false.

    What is told as an effect may say the cause, and cannot accuse by itself.
    """
    want = want or Want(frozenset())
    told = {kind.strip("()") for kind in kinds}
    causes = {kind for kind in kinds if not kind.startswith("(")}
    if causes - want.named - want.related:
        return "false"
    if told & want.named:
        return "named"
    return "related" if causes else "nothing"


WORST = ("false", "nothing", "related", "named")


def sum_up(seeds: list[dict], want: Want | None, moments: tuple[str, ...]) -> str:
    """The verdict of a program: the worst of its seeds, what is false before all."""
    found = [{k for moment in moments for k in seed[moment]} for seed in seeds]
    verdicts = [name_verdict(kinds, want) for kinds in found]
    if want is None:
        return "false" if "false" in verdicts else "nothing"
    return min(verdicts, key=WORST.index)


def find_class(want: Want) -> str:
    """The class of a fault: of the first kind that names it."""
    return next(c for c, kinds in CLASSES.items() if want.named & set(kinds.split()))


def find_interval(count: int, of: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share."""
    if not of:
        return 0.0, 1.0
    share, z = count / of, 1.96
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (
        max(0.0, (middle - half) / (1 + z * z / of)),
        min(1.0, (middle + half) / (1 + z * z / of)),
    )
