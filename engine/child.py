"""Run one program as the site does: seeded, in the current folder. Run by the runner as `child.py PROGRAM VALUES`."""

import json
import math
import runpy
import sys
import traceback

SEED = 0


def numbers(namespace):
    """The public names bound to one number each (Python or NumPy); a range counts as its length."""
    import numpy as np

    found = {}
    for name, value in namespace.items():
        if isinstance(value, range):
            value = len(value)
        elif isinstance(value, (np.ndarray, np.generic)) and value.size == 1 and value.dtype.kind in "iuf":
            value = value.item()
        if name.startswith("_") or isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if not math.isfinite(value):
            raise SystemExit(f"the value {name} is {value}: mend the program, or call it _{name} if no page uses it")
        found[name] = value
    return found


def main(program, values):
    import keras

    sys.argv = [program]
    keras.utils.set_random_seed(SEED)
    try:
        namespace = runpy.run_path(program, run_name="__main__")
    except Exception as error:  # show the program's own frames only
        frame = error.__traceback__
        while frame and frame.tb_frame.f_code.co_filename != program:
            frame = frame.tb_next
        traceback.print_exception(error.with_traceback(frame))
        sys.exit(1)
    with open(values, "w") as file:
        json.dump(numbers(namespace), file, indent=1, sort_keys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
