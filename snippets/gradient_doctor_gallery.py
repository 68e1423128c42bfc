"""How often does the gradient doctor name a disease, or accuse the healthy?

Fixed: the doctor's borders, a batch of at most 64 samples. Varies: patients,
healthy networks, and the seeds of their weights. The figure shows the share
of patients whose disease is named, and the share of healthy networks accused.
"""

import matplotlib.pyplot as plt
import numpy as np
from gradient_doctor import examine
from gradient_doctor_patients import HEALTHY, PATIENTS, build

SEEDS = range(5)


# --8<-- [start:examine]
def examine_all(names):
    """name -> its reports, one per seed."""
    reports = {}
    for name in names:
        reports[name] = [
            examine(*build(name, seed), samples=64) for seed in SEEDS
        ]
    return reports


def kinds(report):
    """Kinds found, most serious first."""
    return list(dict.fromkeys(found.kind for found in report.findings))


def planted(name):
    """The disease that a patient's name begins with."""
    return name.split(":")[0]


# --8<-- [end:examine]

# --8<-- [start:measure]
sick = examine_all(PATIENTS)
well = examine_all(HEALTHY)

named = {}  # whether the planted disease is among the findings: (seeds,)
named_first = {}  # and whether it is the first of them
for name, reports in sick.items():
    found = [kinds(report) for report in reports]
    named[name] = np.array([planted(name) in each for each in found])
    named_first[name] = np.array(
        [each[:1] == [planted(name)] for each in found]
    )

any_finding = [
    [bool(report.findings) for report in reports] for reports in well.values()
]
accused = np.mean(any_finding, axis=0)  # (seeds,)
# --8<-- [end:measure]
all_named = np.mean(list(named.values()), axis=0)  # (seeds,)
first = np.mean(list(named_first.values()), axis=0)  # (seeds,)

# Of the layers with weights in healthy networks: 5, 50 and 95 %.
rows = []
spans = []  # norm of dL/d(output), first layer with weights over head
for reports in well.values():
    for report in reports:
        weighted = [row for row in report.layers if row.parameters]
        rows += weighted
        first_layer, head = weighted[0], weighted[-1]
        spans.append(
            first_layer.output_gradient_norm / head.output_gradient_norm
        )
lowest = float(min(spans))
highest = float(max(spans))

MEASURES = [
    "gradient_rms",
    "output_gradient_rms",
    "update_ratio",
    "std",
    "dead",
    "saturated",
    "cosine",
    "time_ratio",
]
normal = {"layers": len(rows)}
for name in MEASURES:
    measured = [getattr(row, name) for row in rows]
    measured = [value for value in measured if value is not None]
    low, mid, high = np.percentile(measured, (5, 50, 95)).tolist()
    normal[name] = {"low": low, "mid": mid, "high": high}

patients = len(PATIENTS)
healthy = len(HEALTHY)
examined = patients * len(SEEDS)
healthy_examined = healthy * len(SEEDS)

# Of each kind of disease: how many patients, and the share that is named.
number = {}
share = {}  # (seeds,)
KINDS = list(dict.fromkeys(planted(name) for name in PATIENTS))
for kind in KINDS:
    names = [name for name in PATIENTS if planted(name) == kind]
    number[kind] = len(names)
    share[kind] = np.mean([named[name] for name in names], axis=0)

for name, reports in (sick | well).items():
    found = {", ".join(kinds(report)) or "nothing" for report in reports}
    print(f"{name:30}", f"\n{'':30} ".join(sorted(found)))

fig, ax = plt.subplots(figsize=(6.2, 3.6))
bars = [f"{kind} ({number[kind]})" for kind in KINDS] + [f"healthy ({healthy})"]
rates = [share[kind].mean() for kind in KINDS] + [accused.mean()]
colors = ["C0"] * len(KINDS) + ["C1"]
drawn = ax.barh(bars, rates, color=colors)
ax.bar_label(drawn, [f"{rate:.0%}" for rate in rates], padding=3)
ax.set(xlim=(0, 1.15), xlabel="share that the doctor names, or accuses")
ax.set_title("Patients and healthy networks")
ax.invert_yaxis()
fig.savefig("gradient_doctor_gallery.svg")
