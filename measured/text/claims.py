"""Values and claims: the numbers that runs found, filled into text and compared.

Nothing else is ever evaluated.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from statistics import fmean, median, pstdev
from typing import NamedTuple

from measured import SiteError
from measured.run.store import Result
from measured.text.scanner import VALUE

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
REFERENCE = re.compile(
    r"\{\{\s*(?P<program>\w+)\.(?P<key>\w+(?:\.\w+)*)(?::(?P<format>[^{}]*?))?\s*\}\}"
)
COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
OVER_SEEDS: dict[str, Callable[[list], float]] = {
    "median": median,
    "min": min,
    "max": max,
    "mean": fmean,
}
FIRM_MARGIN = 2  # standard deviations over seeds
FRESH_SEEDS = 20  # on which a firm claim has held, at least
FAR_MARGIN = 5  # standard deviations that hardly any seed is away
FAR_TIMES = 10  # a bound is drawn in that is farther in both
Results = Mapping[str, Result | None]  # of each program; None while there is none


class Pending(SiteError):
    """What a page names has no result yet, or none any more: not the page's fault."""


class Trial(NamedTuple):
    """What seeds by which it was not chosen said of a claim.

    held: on how many seeds of how many; same: its numbers were those of its own seeds.
    """

    held: int
    of: int
    same: bool


@dataclass(frozen=True)
class Claim:
    """A comparison that backs a sentence.

    terms: text, number and spread over seeds of each. signs: what stands between them.
    trial: on fresh seeds, if there was one of these very programs.
    """

    page: str
    line: int
    id: str
    sentence: str
    terms: tuple[tuple[str, float, float], ...]
    signs: tuple[str, ...]
    trial: Trial | None = None

    @property
    def holds(self) -> bool:
        """Whether it is true."""
        sides = zip(self.signs, self.terms, self.terms[1:])
        return all(COMPARE[sign](a, b) for sign, (_, a, _), (_, b, _) in sides)

    @property
    def measured(self) -> str:
        """The comparison with its values filled in: 0.2 < 0.236 < 0.25."""
        words = [
            text if re.fullmatch(NUMBER, text) else f"{number:.4g}"
            for text, number, _ in self.terms
        ]
        pairs = zip(words, (*self.signs, ""), strict=True)
        return " ".join(word for pair in pairs for word in pair).strip()

    @property
    def margin(self) -> float | None:
        """The smallest distance of two sides, in standard deviations over seeds.

        None where there is no spread.
        """
        margins = [
            abs(a - b) / math.hypot(s, t)
            for (_, a, s), (_, b, t) in zip(self.terms, self.terms[1:])
            if s or t
        ]
        return min(margins, default=None)

    @property
    def distance(self) -> float | None:
        """How many times a value is from the nearest number that bounds it.

        None where no value is bounded by a number, or one of both is zero.
        """
        ratios = [
            max(a / b, b / a)
            for (left, a, _), (right, b, _) in zip(self.terms, self.terms[1:])
            if left.startswith("{{") != right.startswith("{{") and a * b > 0
        ]
        return min(ratios, default=None)

    @property
    def is_far(self) -> bool:
        """Whether nothing plausible would break it: its bound is to be drawn in."""
        is_wide = self.margin is None or self.margin > FAR_MARGIN
        return is_wide and (self.distance or 0) > FAR_TIMES

    @property
    def strength(self) -> str:
        """exact, firm or tentative."""
        if self.trial is None or self.trial.held < self.trial.of:
            return "tentative"
        if self.trial.same:
            return "exact"
        is_wide = self.margin is None or self.margin >= FIRM_MARGIN
        return "firm" if is_wide and self.trial.of >= FRESH_SEEDS else "tentative"

    @property
    def room(self) -> str:
        """The strength in words, with the margin and what fresh seeds said."""
        facts = []
        if self.margin is not None:
            facts.append(f"margin {typographic(f'{self.margin:.2g}')}")
        if self.trial and not self.trial.same:
            facts.append(f"held on {self.trial.held} of {self.trial.of} fresh seeds")
        if self.trial is None:
            facts.append("not tried on fresh seeds")
        return ": ".join(filter(None, [self.strength, ", ".join(facts)]))

    @property
    def text(self) -> str:
        """The comparison as written, but for blanks."""
        words = [" ".join(text.split()) for text, *_ in self.terms]
        pairs = zip(words, (*self.signs, ""), strict=True)
        return " ".join(word for pair in pairs for word in pair).strip()

    @property
    def programs(self) -> list[str]:
        """Names of those whose values it compares."""
        found = (REFERENCE.fullmatch(text) for text, *_ in self.terms)
        return sorted({match["program"] for match in found if match})


def find_result(program: str, results: Results) -> Result:
    """The program's result. Raises SiteError, Pending if there is none yet."""
    if program not in results:
        raise SiteError(
            f"unknown program '{program}': there is no snippets/{program}.py"
        )
    if (result := results[program]) is None:
        raise Pending(f"no result of {program} yet")
    return result


def look_up(match: re.Match[str], results: Results) -> tuple[float, float]:
    """The measured number that a reference names, and its spread over seeds.

    The spread of a mean is its standard error, of other statistics the standard
    deviation of one seed's number, of what has no seeds zero. Raises SiteError, also
    where a number is not finite.
    """
    program, key = match["program"], match["key"]
    values = find_result(program, results).values
    name, _, statistic = key.rpartition(".")
    if key in values and not isinstance(values[key], list):
        check_finite(f"{program}.{key}", values[key])
        return values[key], 0
    if statistic in OVER_SEEDS and isinstance(values.get(name), list):
        seeds = values[name]
        check_finite(f"{program}.{name}", *seeds)
        spread = pstdev(seeds) / (len(seeds) ** 0.5 if statistic == "mean" else 1)
        return OVER_SEEDS[statistic](seeds), spread
    if key in values:
        raise SiteError(
            f"'{program}.{key}' has a number for each seed: "
            f"add one of .{', .'.join(OVER_SEEDS)}"
        )
    raise SiteError(
        f"unknown value '{program}.{key}': {program} has {', '.join(values) or 'none'}"
    )


def check_finite(name: str, *numbers: float) -> None:
    """Raise SiteError at a number that no page can show."""
    for number in numbers:
        if not math.isfinite(number):
            raise SiteError(f"the value '{name}' is {number}: mend the program")


def format_value(reference: str, results: Results) -> str:
    """`{{ name.key:.2f }}` as text. Raises SiteError."""
    match = REFERENCE.fullmatch(reference)
    if not match:
        raise SiteError(
            f"'{reference}' is no value: "
            "write {{ name.key }} or {{ name.key:.2f }}"
        )
    number, _ = look_up(match, results)
    how = match["format"] or (".4g" if isinstance(number, float) else "")
    try:
        return typographic(format(number, how))
    except ValueError as error:
        raise SiteError(f"'{reference}': {error}") from None


def typographic(text: str) -> str:
    """A formatted number as print has it: 3e-06 is 3×10⁻⁶, and a minus is no hyphen."""
    mantissa, e, exponent = text.partition("e")
    power = f"×10{str(int(exponent)).translate(SUPERSCRIPT)}" if e else ""
    return mantissa.replace("-", "−") + power


def compare(expression: str, results: Results) -> tuple[tuple, tuple]:
    """A claim's terms and signs: comparisons of numbers only. Raises SiteError."""
    parts = [part.strip() for part in re.split(r"(<=|>=|==|!=|<|>)", expression)]
    found: list[tuple] = []
    for term in parts[::2]:
        match = REFERENCE.fullmatch(term)
        if match and match["format"] is None:
            found.append((term, *look_up(match, results)))
        elif re.fullmatch(NUMBER, term):
            found.append((term, float(term), 0))
        else:
            raise SiteError(
                f"malformed claim '{expression.strip()}': '{term}' is not one of "
                "numbers and {{ name.key }}, compared with < <= > >= == !="
            )
    if len(found) < 2 or all(re.fullmatch(NUMBER, text) for text, *_ in found):
        raise SiteError(
            f"the claim '{expression.strip()}' compares nothing measured: "
            "give it a value and a bound"
        )
    return tuple(found), tuple(parts[1::2])


def fill(text: str, results: Results) -> str:
    """The text with every value in place, and … where there is none.

    What is wrong with one is reported where it stands.
    """

    def replace(match: re.Match[str]) -> str:
        try:
            return format_value(match[0], results)
        except SiteError:
            return "…"

    return VALUE.sub(replace, text)
