"""Typeset TeX with KaTeX at build time: HTML and MathML, no JavaScript on the page."""

import json
from functools import cache
from pathlib import Path

import quickjs

from measured import SiteError

KATEX = Path(__file__).parent / "katex"


@cache
def katex():
    context = quickjs.Context()
    context.eval((KATEX / "katex.min.js").read_text())
    # normalize() makes the string flat: quickjs cannot hand over a rope that is not ASCII
    context.eval("function typeset(s, o) { return katex.renderToString(s, JSON.parse(o)).normalize() }")
    return context.get("typeset")


@cache
def typeset(tex, display=False):
    """TeX as HTML with MathML inside. Raises SiteError with KaTeX's reason."""
    options = {"displayMode": display, "output": "htmlAndMathml", "strict": "error", "throwOnError": True}
    try:
        return katex()(tex, json.dumps(options))
    except quickjs.JSException as error:
        raise SiteError(f"bad TeX: {str(error).splitlines()[0]}\n  in: {tex.strip()}") from None
