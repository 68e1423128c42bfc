"""How often is the gradient doctor right about programs of others?

Fixed: the record that `make record` has written: each program trained with
several seeds, and judged before, during and after. A program counts once, by
the worst of its seeds. The figure shows the share of faults that are named,
by class, with intervals of 95 %, and the share of sound programs accused.
"""

import matplotlib.pyplot as plt
import numpy as np
from cases.crowd import LENGTHS
from cases.judging import (
    CLASSES,
    WORST,
    find_class,
    find_interval,
    read_record,
    sum_up,
)

# --8<-- [start:count]
ALL = "before", "during", "after"  # moments of a training
entries = read_record()  # key of a program -> program and what was found
dates = sorted(entry["date"] for _, entry in entries.values())
versions = next(iter(entries.values()))[1]["versions"]
made_with = ", ".join(f"{name} {each}" for name, each in versions.items())
print(f"made from {dates[0]} to {dates[-1]}\nwith {made_with}\n")
seeds = min(len(entry["seeds"]) for _, entry in entries.values())


def count(group, role, moments=ALL, fault_class=None):
    """verdict -> how many programs of a group and role have it; of."""
    found = [
        sum_up(entry["seeds"], program.want, moments)
        for program, entry in entries.values()
        if (program.group, program.role) == (group, role)
        and fault_class in (None, program.want and find_class(program.want))
    ]
    return {verdict: found.count(verdict) for verdict in WORST} | {
        "of": len(found)
    }


# --8<-- [end:count]

groups = {}  # group -> moment -> counts of faulty programs
for group in ("shared", "held"):
    groups[group] = {
        "before": count(group, "faulty", ("before",)),
        "all": count(group, "faulty"),
        "mended": count(group, "mended"),
        "healthy": count(group, "healthy"),
    }
shared = groups["shared"]
held = groups["held"]
for counts in (*shared.values(), *held.values()):
    for verdict in WORST:
        low, high = find_interval(counts[verdict], counts["of"])
        counts[f"{verdict}_share"] = counts[verdict] / max(counts["of"], 1)
        counts[f"{verdict}_low"], counts[f"{verdict}_high"] = low, high

by_class = {}  # class of fault -> (named, of), both groups
for name in CLASSES:
    parts = [count(group, "faulty", ALL, name) for group in groups]
    by_class[name] = (
        sum(part["named"] for part in parts),
        sum(part["of"] for part in parts),
    )

sound = []  # counts of programs without a fault
for counts in groups.values():
    sound += [counts["mended"], counts["healthy"]]
sound_accused = sum(c["false"] for c in sound) / sum(c["of"] for c in sound)
longest = max(LENGTHS)

# What others publish, with their sources on the page: of so many posts the
# cause is named in; and for the best of them on a later benchmark.
PEER_POSTS = 19
PEERS = {"DeepFD": 11, "UMLAUT": 10, "AutoTrainer": 4, "DeepLocalize": 4}
PEER_RECALL = 0.55
PEER_PRECISION = 0.37

# Every program that is not judged as it should be.
for key, (program, entry) in sorted(entries.items()):
    verdict = sum_up(entry["seeds"], program.want, ALL)
    wanted = "named" if program.role == "faulty" else "nothing"
    if verdict != wanted:
        kinds = set()
        for seen in entry["seeds"]:
            kinds.update(*(seen[moment] for moment in ALL))
        print(f"{key}: {verdict}\n    {', '.join(sorted(kinds)) or '-'}")

fig, ax = plt.subplots(figsize=(6.6, 3.6))
rows = {name: pair for name, pair in by_class.items() if pair[1]}
for role in ("mended", "healthy"):
    parts = [groups[group][role] for group in groups]
    rows[f"{role}, accused"] = (
        sum(part["false"] for part in parts),
        sum(part["of"] for part in parts),
    )
shares = np.array([named / of for named, of in rows.values()])
ends = np.array([find_interval(*pair) for pair in rows.values()])
errors = np.abs(ends.T - shares)
labels = [f"{name} ({of})" for name, (_, of) in rows.items()]
looks = {"fmt": "o", "capsize": 3}
places = np.arange(len(rows))
parts = {"faults named": slice(None, -2), "sound accused": slice(-2, None)}
for label, part in parts.items():
    spread = {"xerr": errors[:, part], "label": label}
    ax.errorbar(shares[part], places[part], **spread, **looks)
ax.set_yticks(places, labels)
ax.legend(loc="lower right")
ax.set(xlim=(-0.03, 1.03), xlabel="share named, or accused")
ax.set_title("Faults of others by class, and sound programs")
ax.invert_yaxis()
fig.savefig("doctor_record.svg")
