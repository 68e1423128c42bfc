"""Values and claims: the numbers that runs found, filled into text and compared. Nothing else is ever evaluated."""

import math
import re
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from statistics import fmean, median, pstdev

from measured import SiteError

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
REFERENCE = r"\{\{\s*(?P<program>\w+)\.(?P<key>\w+(?:\.\w+)*)(?::(?P<format>[^{}]*?))?\s*\}\}"
VALUE = re.compile(REFERENCE)
COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
OVER_SEEDS = {"median": median, "min": min, "max": max, "mean": fmean}


class Pending(SiteError):
    """What a page names has no result yet, or none any more: not the page's fault."""


@dataclass(frozen=True)
class Claim:
    """A comparison that backs a sentence. terms: (text, number, spread over seeds) of each side; signs: between."""

    page: str
    line: int
    id: str
    sentence: str
    terms: tuple
    signs: tuple

    @property
    def holds(self):
        numbers = [number for _, number, _ in self.terms]
        return all(COMPARE[sign](a, b) for sign, a, b in zip(self.signs, numbers, numbers[1:]))

    @property
    def measured(self):
        """The comparison with its values filled in: 0.2 < 0.236 < 0.25."""
        words = [text if re.fullmatch(NUMBER, text) else f"{number:.4g}" for text, number, _ in self.terms]
        return " ".join(word for pair in zip(words, (*self.signs, ""), strict=True) for word in pair).strip()

    @property
    def margin(self):
        """The smallest distance between two sides, in standard deviations over seeds; None where there is no spread."""
        pairs = [(abs(a - b), math.hypot(s, t)) for (_, a, s), (_, b, t) in zip(self.terms, self.terms[1:])]
        return min((distance / spread for distance, spread in pairs if spread), default=None)

    @property
    def room(self):
        """The margin in words."""
        return "no spread over seeds" if self.margin is None else f"margin {typographic(f'{self.margin:.2g}')}"


def known(program, results):
    if program not in results:
        raise SiteError(f"unknown program '{program}': there is no snippets/{program}.py")
    if results[program] is None:
        raise Pending(f"no result of {program} yet")
    return results[program]


def number(match, results):
    """The measured number that a reference names, and its spread over seeds: of a mean its standard error, of other
    statistics the standard deviation of one seed's number, zero of what has no seeds. Raises SiteError.

    results: name -> Result, or None yet.
    """
    program, key = match["program"], match["key"]
    values = known(program, results).values
    name, _, statistic = key.rpartition(".")
    if key in values and not isinstance(values[key], list):
        return values[key], 0
    if statistic in OVER_SEEDS and isinstance(values.get(name), list):
        spread = pstdev(values[name]) / (len(values[name]) ** 0.5 if statistic == "mean" else 1)
        return OVER_SEEDS[statistic](values[name]), spread
    if key in values:
        raise SiteError(f"'{program}.{key}' has a number for each seed: add one of .{', .'.join(OVER_SEEDS)}")
    raise SiteError(f"unknown value '{program}.{key}': {program} has {', '.join(values) or 'none'}")


def filled(reference, results):
    """`{{ name.key:.2f }}` as text. Raises SiteError."""
    match = VALUE.fullmatch(reference)
    if not match:
        raise SiteError(f"'{reference}' is no value: write {{{{ name.key }}}} or {{{{ name.key:.2f }}}}")
    (value, _), spec = number(match, results), match["format"]
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
        found.append((term, *(number(match, results) if match else (float(term), 0))))
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
