"""What does the gradient doctor say of a fault, and once it is mended?"""

import textwrap


def compare(kind, before, after):
    """Print what two reports find, the one with a fault and the mended one.

    Returns how often `kind` is found before, and how much of any kind after.
    """
    found = [each for each in before.findings if each.kind == kind]
    others = {each.kind for each in before.findings} - {kind}
    left = {each.kind for each in after.findings}
    lines = [f"Before: {each}" for each in found[:1] or ["nothing"]]
    lines += [f"Before, too: {', '.join(sorted(others))}"] if others else []
    lines += [f"After: {', '.join(sorted(left)) or 'nothing found'}"]
    print(f"[{kind}]")
    for line in lines:
        print(textwrap.fill(line, 78, subsequent_indent="  "))
    return {"before": len(found), "after": len(after.findings)}
