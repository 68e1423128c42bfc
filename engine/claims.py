"""Values and claims: the numbers that runs found, filled into text and compared. Nothing else is ever evaluated."""

import re
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne

from engine import SiteError

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
REFERENCE = r"\{\{\s*(?P<program>\w+)\.(?P<key>\w+)(?::(?P<format>[^{}]*?))?\s*\}\}"
VALUE = re.compile(REFERENCE)
COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}


class Pending(SiteError):
    """What a page names has no result yet, or none any more: not the page's fault."""


@dataclass(frozen=True)
class Claim:
    """A comparison that backs a sentence. terms: (text, number) per operand; signs: what compares them."""

    page: str
    line: int
    id: str
    sentence: str
    terms: tuple
    signs: tuple

    @property
    def holds(self):
        numbers = [number for _, number in self.terms]
        return all(COMPARE[sign](a, b) for sign, a, b in zip(self.signs, numbers, numbers[1:]))

    @property
    def measured(self):
        """The comparison with its values filled in: 0.2 < 0.236 < 0.25."""
        words = [text if re.fullmatch(NUMBER, text) else f"{number:.4g}" for text, number in self.terms]
        return " ".join(word for pair in zip(words, (*self.signs, ""), strict=True) for word in pair).strip()


def known(program, results):
    if program not in results:
        raise SiteError(f"unknown program '{program}': there is no snippets/{program}.py")
    if results[program] is None:
        raise Pending(f"no result of {program} yet")
    return results[program]


def number(match, results):
    """The measured number that a reference names. results: name -> Result, or None yet. Raises SiteError."""
    program, key = match["program"], match["key"]
    values = known(program, results).values
    if key not in values:
        raise SiteError(f"unknown value '{program}.{key}': {program} has {', '.join(values) or 'none'}")
    return values[key]


def filled(reference, results):
    """`{{ name.key:.2f }}` as text. Raises SiteError."""
    match = VALUE.fullmatch(reference)
    if not match:
        raise SiteError(f"'{reference}' is no value: write {{{{ name.key }}}} or {{{{ name.key:.2f }}}}")
    value, spec = number(match, results), match["format"]
    try:
        text = format(value, spec) if spec else f"{value:.4g}" if isinstance(value, float) else str(value)
    except ValueError as error:
        raise SiteError(f"'{reference}': {error}") from None
    return typographic(text)


def typographic(text):
    """A formatted number as print has it: 3e-06 is 3×10⁻⁶, and a minus is no hyphen."""
    mantissa, e, exponent = text.partition("e")
    power = f"×10{str(int(exponent)).translate(SUPERSCRIPT)}" if e else ""
    return mantissa.replace("-", "−") + power


def compare(expression, results):
    """A claim's terms and signs. Nothing is evaluated but comparisons of numbers. Raises SiteError."""
    parts = [part.strip() for part in re.split(r"(<=|>=|==|!=|<|>)", expression)]
    terms, signs = parts[::2], tuple(parts[1::2])
    found = []
    for term in terms:
        match = VALUE.fullmatch(term)
        if not re.fullmatch(NUMBER, term) and not (match and match["format"] is None):
            allowed = "numbers and {{ name.key }}, compared with < <= > >= == !="
            raise SiteError(f"malformed claim '{expression.strip()}': '{term}' is not one of {allowed}")
        found.append((term, number(match, results) if match else float(term)))
    if not signs or not any(VALUE.fullmatch(term) for term in terms):
        raise SiteError(f"the claim '{expression.strip()}' compares nothing measured: give it a value and a bound")
    return tuple(found), signs


def fill(text, results):
    """The text with every value in place, and … for those that have none, which are reported where they stand."""
    return VALUE.sub(lambda match: value(match[0], results), text)


def value(reference, results):
    try:
        return filled(reference, results)
    except SiteError:
        return "…"
