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
def kinds(name, seed):
    """The kinds that the doctor finds, most serious first."""
    return list(dict.fromkeys(found.kind for found in examine(*build(name, seed), samples=64).findings))


verdicts = {name: [kinds(name, seed) for seed in SEEDS] for name in [*PATIENTS, *HEALTHY]}
named = {name: np.array([name.split(":")[0] in found for found in verdicts[name]]) for name in PATIENTS}
accused = np.array([np.mean(each) for each in zip(*([bool(k) for k in verdicts[name]] for name in HEALTHY))])
# --8<-- [end:measure]

patients, healthy = len(PATIENTS), len(HEALTHY)
examined, healthy_examined = patients * len(SEEDS), healthy * len(SEEDS)
all_named = np.mean(list(named.values()), axis=0)  # (seeds,)
of = {kind.replace("-", ""): [n for n in PATIENTS if n.startswith(kind)] for kind in PAGES}
number = {kind: len(names) for kind, names in of.items()}
share = {kind: np.mean([named[name] for name in names], axis=0) for kind, names in of.items()}
first = np.mean([[k[:1] == [n.split(":")[0]] for k in verdicts[n]] for n in PATIENTS], axis=0)
at_most = 3 / healthy_examined  # if none of them is accused: 95 % bound on the rate, the rule of three

for name in [*PATIENTS, *HEALTHY]:
    print(f"{name:32}", "; ".join(sorted({", ".join(found) or "nothing" for found in verdicts[name]})))

fig, ax = plt.subplots(figsize=(6.2, 3.6))
rows = [*(f"{kind} ({number[kind.replace('-', '')]})" for kind in PAGES), f"healthy ({healthy})"]
rates = [*(share[kind.replace("-", "")].mean() for kind in PAGES), accused.mean()]
bars = ax.barh(rows, rates, color=["C0"] * len(PAGES) + ["C1"])
ax.bar_label(bars, [f"{rate:.0%}" for rate in rates], padding=3)
ax.set(xlim=(0, 1.15), xlabel="share that the doctor names, or accuses", title="Patients and healthy networks")
ax.invert_yaxis()
fig.savefig("gradient_doctor_gallery.svg")
