"""What pages say of programs: fill values, check claims, includes and figures, find digits that no run has filled."""

import operator
import re
from dataclasses import dataclass, field
from pathlib import Path

from engine import SiteError
from engine.maths import typeset

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
REFERENCE = r"\{\{\s*(?P<program>\w+)\.(?P<key>\w+)(?::(?P<format>[^{}]*?))?\s*\}\}"
VALUE = re.compile(REFERENCE)
MARKUP = re.compile(
    r"""(?P<fence>^(?P<indent>[ \t>]*)(?P<ticks>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ \t>]*(?P=ticks)[ \t]*$)
    | <!--\s*claim\s*(?:\((?P<label>[^)]*)\))?\s*:(?P<claim>.*?)-->
    | <!--\s*program:\s*(?P<whole>\S*?)\s*-->
    | (?P<comment><!--.*?-->)
    | (?P<value>\{\{\s*\w+\.\w+[^{}]*\}\})
    | (?P<code>(?<!`)(?P<tick>`+)(?!`)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=tick)(?!`))""",
    re.M | re.S | re.X,
)
INCLUDE = re.compile(r'^[ \t>]*--8<--[ \t]*(?:"(?P<path>[^"\n]*)")?.*$', re.M)
INCLUDABLE = re.compile(r"(?P<file>[\w-]+\.py)(?::(?P<section>[\w-]+))?|(?P<program>[\w-]+)/output\.txt")
FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]*?)figures/(?P<file>[^)\s]+)\)")
COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
# Besides code, maths, values and comments, what may hold a digit without a run having filled it.
MATHS = re.compile(r"\\\((?P<inline>.+?)\\\)|\\\[(?P<display>.+?)\\\]", re.S)
NOTEBOOK_MATHS = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.S)
PROSE_MAY_HOLD = re.compile(
    r"""\\\(.*?\\\) | \\\[.*?\\\] | \[\^[^\]]+\] | \]\([^)]*\) | \{:?[ ][^}]*\} | <[^>]*>
    | \b[Ff]loat(16|32|64)\b | \bPython\s3(\.\d+)? | \b[123]D\b""",
    re.S | re.X,
)


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


@dataclass
class Page:
    """One Markdown page: `uri` below docs/, `text` as written, front matter included."""

    uri: str
    text: str
    claims: list = field(default_factory=list)

    @property
    def slug(self):
        return re.sub(r"\W+", "-", self.uri.removesuffix(".md"))

    def line(self, position):
        return self.text.count("\n", 0, position) + 1

    def up(self, target):
        """A link from this page to a path of the site's root."""
        return "../" * self.uri.count("/") + target

    def used(self):
        """Names of the programs that the page mentions in any way."""
        names = {m["program"] for m in VALUE.finditer(self.text)}
        names |= {Path(m["file"]).stem for m in FIGURE.finditer(self.text)}
        names |= {m["whole"] for m in MARKUP.finditer(self.text) if m["whole"]}
        included = [INCLUDABLE.fullmatch(m["path"] or "") for m in INCLUDE.finditer(self.text)]
        return names | {Path(m["file"]).stem if m["file"] else m["program"] for m in included if m}


def read_pages(docs):
    """Every Markdown page below `docs`."""
    return [Page(p.relative_to(docs).as_posix(), p.read_text()) for p in sorted(Path(docs).rglob("*.md"))]


def number(match, results):
    """The measured number that a reference names. Raises SiteError."""
    program, key = match["program"], match["key"]
    if program not in results:
        raise SiteError(f"unknown program '{program}': there is no snippets/{program}.py")
    if key not in results[program].values:
        known = ", ".join(results[program].values) or "none"
        raise SiteError(f"unknown value '{program}.{key}': {program} has {known}")
    return results[program].values[key]


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


def check(page, results, sections):
    """Fill page.claims and return every fault as `page:line: …`.

    sections: program file name -> set of its section names.
    """
    faults = []

    def attempt(position, action, *arguments):
        try:
            return action(*arguments)
        except SiteError as error:
            faults.extend(f"docs/{page.uri}:{page.line(position)}: {message}" for message in error.messages)

    page.claims.clear()
    for match in MARKUP.finditer(page.text):
        if match["value"]:
            attempt(match.start(), filled, match["value"], results)
        elif match["whole"] is not None and match["whole"] not in results:
            faults.append(f"docs/{page.uri}:{page.line(match.start())}: unknown program '{match['whole']}'")
        elif match["claim"] is not None and (parsed := attempt(match.start(), compare, match["claim"], results)):
            sentence = match["label"] or sentence_before(page.text, match.start())
            where = page.line(match.start()), f"{page.slug}-{len(page.claims) + 1}"
            claim = Claim(page.uri, *where, fill(sentence, results), *parsed)
            page.claims.append(claim)
            if not claim.holds:
                faults.append(
                    f"docs/{page.uri}:{claim.line}: false claim: {match['claim'].strip()}\n  measured: {claim.measured}"
                )
    for match in INCLUDE.finditer(page.text):
        attempt(match.start(), check_include, match["path"], results, sections)
    for match in FIGURE.finditer(without_code(page.text)):
        attempt(match.start(), check_figure, match, page, results)
    prose = without_code(page.text)
    for match in MATHS.finditer(prose):
        attempt(match.start(), check_maths, fill(match[0], results), MATHS)
    if page.uri != "reference/bibliography.md":  # one long citation
        for position, digits in stray_digits(page.text):
            faults.append(f"docs/{page.uri}:{page.line(position)}: {stray(digits)}")
    return faults


def check_maths(text, pattern):
    """Typeset every formula of the text. Raises SiteError for the first bad one."""
    for match in pattern.finditer(text):
        typeset(match["inline"] or match["display"], display=bool(match["display"]))


def fill(text, results):
    """The text with every value in place, and 0 for those unknown, which are reported where they stand."""

    def value(match):
        try:
            return filled(match[0], results)
        except SiteError:
            return "0"

    return VALUE.sub(value, text)


def check_include(path, results, sections):
    match = INCLUDABLE.fullmatch(path or "")
    if not match:
        raise SiteError(
            f'cannot include \'{path}\': include "name.py", "name.py:section" or "name/output.txt" on one line'
        )
    if match["program"] and match["program"] not in results:
        raise SiteError(f"unknown program '{match['program']}'")
    if match["file"] and match["file"] not in sections:
        raise SiteError(f"cannot include '{path}': there is no snippets/{match['file']}")
    if match["section"] and match["section"] not in sections[match["file"]]:
        known = ", ".join(sorted(sections[match["file"]])) or "none"
        raise SiteError(f"unknown section '{match['section']}' of snippets/{match['file']}: it has {known}")


def check_figure(match, page, results):
    drawn = {figure for result in results.values() for figure in result.figures}
    if match["file"] not in drawn:
        program = Path(match["file"]).stem
        made = ", ".join(results[program].figures) if program in results else "no such program"
        raise SiteError(f"no program drew '{match['file']}' (snippets/{program}.py: {made or 'no figure'})")
    if match["path"] != page.up(""):
        raise SiteError(f"the figure's link must be {page.up('figures/' + match['file'])}")
    if not match["alt"].strip():
        raise SiteError(f"the figure {match['file']} has no alt text: say what it shows, with values")


def sentence_before(text, position):
    """The last sentence of the block that ends at `position`, free of comments and links."""
    block = re.split(r"\n[ \t]*\n|\|", text[:position].rstrip(" \n|"))[-1]
    block = re.sub(r"<!--.*?-->|\[\^[^\]]+\]|^\s*(?:[-*]|\d+\.|#+|!!!.*|\?\?\?.*)\s", " ", block, flags=re.S)
    block = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", block)
    sentences = re.split(r"(?<=[.!?])[)*\"”]*\s+(?=[A-Z\\{`*\"“(])", " ".join(block.split()))
    return sentences[-1].replace("**", "").strip("* ")


def blank(text):
    """Spaces in place of the text, line ends kept, so that positions hold."""
    return re.sub(r"[^\n]", " ", text)


def without_code(text):
    """The text with code and comments blanked."""
    return MARKUP.sub(lambda m: m[0] if m["value"] or m["claim"] else blank(m[0]), text)


def stray(digits):
    return f"digit in prose: '{digits}': fill it with a value, or put it in code"


def check_cell(text):
    """Faults of a notebook's text cell: bad TeX, stray digits."""
    prose = re.sub(r"(`+).+?\1", lambda m: blank(m[0]), text, flags=re.S)
    faults = []
    try:
        check_maths(prose, NOTEBOOK_MATHS)
    except SiteError as error:
        faults += error.messages
    return faults + [stray(digits) for _, digits in stray_digits(NOTEBOOK_MATHS.sub(lambda m: blank(m[0]), prose))]


def stray_digits(text):
    """(position, text) of digits in prose that no run has filled."""
    prose = re.sub(r"\A---\n.*?\n---\n", lambda m: blank(m[0]), text, flags=re.S)
    prose = MARKUP.sub(lambda m: blank(m[0]), prose)
    prose = PROSE_MAY_HOLD.sub(lambda m: blank(m[0]), prose)
    prose = re.sub(r"^[ \t]*(\d+\.[ ]|\[\^.*?\]:.*)", lambda m: blank(m[0]), prose, flags=re.M)
    return [(match.start(), match[0]) for match in re.finditer(r"\S*\d\S*", prose)]


def expand(page, results, program_block):
    """The page's Markdown as MkDocs gets it: values filled, claims marked, whole programs folded.

    program_block: name, page -> Markdown of the folded program.
    """
    claims = iter(page.claims)

    def replace(match):
        if match["value"]:
            return filled(match["value"], results)
        if match["claim"] is not None:
            return mark(next(claims), page)
        if match["whole"]:
            return program_block(match["whole"], page)
        return match[0]

    return MARKUP.sub(replace, page.text)


def mark(claim, page):
    """A small mark that links the sentence to the claim's row in the list."""
    target = page.up("evidence/claims.md") if page.uri != "evidence/claims.md" else ""
    return f'[✓]({target}#{claim.id}){{ .claim #at-{claim.id} title="Checked by this build: {claim.measured}" }}'


def claims_list(pages, titles):
    """Markdown tables of every claim, page by page. titles: uri -> (title, link from the list)."""
    lines = []
    for page in pages:
        if page.claims:
            title, link = titles[page.uri]
            lines += ["", f"## [{title}]({link})", "", "| Statement | Measured |", "| --- | --- |"]
            lines += [row(claim, f"{link}#at-{claim.id}") for claim in page.claims]
    return "\n".join(lines)


def row(claim, link):
    """One claim as a table row; names of values may break at underscores."""
    sentence = claim.sentence.replace("|", "\\|")
    names = [text[2:-2].strip().replace("_", "_<wbr>") for text, _ in claim.terms if text.startswith("{{")]
    measured = f"`{claim.measured}`<br>" + "<br>".join(f"<small>{name}</small>" for name in names)
    return f'| <span id="{claim.id}"></span>{sentence} [Where it stands]({link}){{ .where }} | {measured} |'


def abbreviations(glossary):
    """The glossary's terms as Markdown abbreviations. A term's line may hold variants, parted by commas."""
    entries = re.findall(r"^(\S[^\n]*)\n:[ ]+((?:[^\n]+\n?(?:[ ]{4})?)+)", glossary, re.M)
    pairs = [(variant.strip(), " ".join(text.split())) for terms, text in entries for variant in terms.split(",")]
    forms = {
        form: text for term, text in pairs for form in (term, term[0].lower() + term[1:], term[0].upper() + term[1:])
    }
    return "\n".join(f"*[{form}]: {text}" for form, text in sorted(forms.items()))


def footnotes(page, bibliography):
    """Definitions of the sources that the page cites. Raises SiteError for an unknown one."""
    sources = {key: text for text, key in re.findall(r"^- (.*?)\s*\{:? ?#(\w+) ?\}[ ]*$", bibliography, re.M)}
    defined = set(re.findall(r"^\[\^(\w+)\]:", page.text, re.M))
    cited = {m[1]: m.start() for m in re.finditer(r"\[\^(\w+)\](?!:)", without_code(page.text))}
    unknown = sorted(cited.keys() - sources.keys() - defined)
    if unknown:
        at = [f"docs/{page.uri}:{page.line(cited[key])}: unknown source '[^{key}]'" for key in unknown]
        raise SiteError([f"{place}: add it to docs/reference/bibliography.md" for place in at])
    return "\n".join(f"[^{key}]: {sources[key]}" for key in cited if key not in defined)
