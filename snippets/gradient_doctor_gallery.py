"""How often does the gradient doctor name a planted disease, and how often does it accuse a healthy network?

Fixed: the doctor's borders, a batch of at most 64 samples. Varied: patients, healthy networks and the seeds of their
weights. The figure shows the share of patients whose disease is named, and the share of healthy networks accused.
"""

import matplotlib.pyplot as plt
import numpy as np
from gradient_doctor import PAGES, examine
from gradient_doctor_patients import HEALTHY, PATIENTS, build

SEEDS = range(5)


# --8<-- [start:measure]
def reports(names):
    return {name: [examine(*build(name, seed), samples=64) for seed in SEEDS] for name in names}


def kinds(report):
    """Kinds found, most serious first."""
    return list(dict.fromkeys(found.kind for found in report.findings))


sick, well = reports(PATIENTS), reports(HEALTHY)
named = {name: np.array([name.split(":")[0] in kinds(report) for report in sick[name]]) for name in PATIENTS}
accused = np.mean([[bool(report.findings) for report in each] for each in well.values()], axis=0)  # (seeds,)
# --8<-- [end:measure]

rows = [row for each in well.values() for report in each for row in report.layers if row.parameters]
normal = {"layers": len(rows)}  # of the layers with weights in healthy networks: 5, 50 and 95 %
for key in ("gradient_rms", "output_gradient_rms", "update_ratio", "std", "dead", "saturated", "cosine", "time_ratio"):
    found = [getattr(row, key) for row in rows if getattr(row, key) is not None]
    normal |= {key: dict(zip(("low", "mid", "high"), np.percentile(found, (5, 50, 95)).tolist()))}
spans = [
    [row.output_gradient_norm for row in report.layers if row.parameters] for each in well.values() for report in each
]
span = np.array([each[0] / each[-1] for each in spans])  # first layer over head
lowest, highest = float(span.min()), float(span.max())
patients, healthy = len(PATIENTS), len(HEALTHY)
examined, healthy_examined = patients * len(SEEDS), healthy * len(SEEDS)
all_named = np.mean(list(named.values()), axis=0)  # (seeds,)
of = {kind.replace("-", ""): [n for n in PATIENTS if n.startswith(kind)] for kind in PAGES}
number = {kind: len(names) for kind, names in of.items()}
share = {kind: np.mean([named[name] for name in names], axis=0) for kind, names in of.items()}
first = np.mean([[kinds(r)[:1] == [n.split(":")[0]] for r in sick[n]] for n in PATIENTS], axis=0)
at_most = 3 / healthy_examined  # if none of them is accused: 95 % bound on the rate, the rule of three

for name, found in (sick | well).items():
    print(f"{name:32}", "; ".join(sorted({", ".join(kinds(report)) or "nothing" for report in found})))

fig, ax = plt.subplots(figsize=(6.2, 3.6))
bars = [*(f"{kind} ({number[kind.replace('-', '')]})" for kind in PAGES), f"healthy ({healthy})"]
rates = [*(share[kind.replace("-", "")].mean() for kind in PAGES), accused.mean()]
drawn = ax.barh(bars, rates, color=["C0"] * len(PAGES) + ["C1"])
ax.bar_label(drawn, [f"{rate:.0%}" for rate in rates], padding=3)
ax.set(xlim=(0, 1.15), xlabel="share that the doctor names, or accuses", title="Patients and healthy networks")
ax.invert_yaxis()
fig.savefig("gradient_doctor_gallery.svg")
