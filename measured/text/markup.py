"""What a page may hold and how readers see it: values, claims, includes, figures, sources, and no digit of its own."""

import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from measured import Fault, SiteError
from measured.text.claims import VALUE, Claim, Pending, compare, fill, filled, known, value
from measured.text.maths import typeset

MARKUP = re.compile(
    r"""(?P<fence>^(?P<indent>[ \t>]*)(?P<ticks>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ \t>]*(?P=ticks)[ \t]*$)
    | <!--\s*claim\s*(?:\((?P<label>[^)]*)\))?\s*:(?P<claim>.*?)-->
    | <!--\s*program:\s*(?P<whole>\S*?)\s*-->
    | (?P<comment><!--.*?-->)
    | (?P<value>\{\{\s*\w+\.\w+[^{}]*\}\})
    | (?P<code>(?<!`)(?P<tick>`+)(?!`)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=tick)(?!`))""",
    re.M | re.S | re.X,
)
INCLUDE = re.compile(r'^(?P<lead>[ \t>]*)--8<--[ \t]*(?:"(?P<path>[^"\n]*)")?.*$', re.M)
INCLUDABLE = re.compile(r"(?P<file>[\w-]+\.py)(?::(?P<section>[\w-]+))?|(?P<program>[\w-]+)/output\.txt")
PART = re.compile(
    r'\A(?P<open>[ \t>]*`{3,}python)(?P<rest>\n[ \t>]*--8<-- "(?P<file>\w+\.py):(?P<section>[\w-]+)"\n[^\n]*)\Z'
)
FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]*?)figures/(?P<file>[^)\s]+)\)")
CITATION = re.compile(r"\[\^(\w+)\](?!:)")
# Besides code, maths, values and comments, what may hold a digit without a run having filled it.
MATHS = re.compile(r"\\\((?P<inline>.+?)\\\)|\\\[(?P<display>.+?)\\\]", re.S)
NOTEBOOK_MATHS = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.S)
PROSE_MAY_HOLD = re.compile(
    r"""\\\(.*?\\\) | \\\[.*?\\\] | \[\^[^\]]+\] | \]\([^)]*\) | \{:?[ ][^}]*\} | <[^>]*>
    | \b[Ff]loat(16|32|64)\b | \bPython\s3(\.\d+)? | \b[123]D\b""",
    re.S | re.X,
)


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
        """Programs that the page mentions in any way, each with the line where it first does."""
        found = [(m.start(), m["program"]) for m in VALUE.finditer(self.text)]
        found += [(m.start(), Path(m["file"]).stem) for m in FIGURE.finditer(self.text)]
        found += [(m.start(), m["whole"]) for m in MARKUP.finditer(self.text) if m["whole"]]
        for match in INCLUDE.finditer(self.text):
            if included := INCLUDABLE.fullmatch(match["path"] or ""):
                found.append((match.start(), included["program"] or Path(included["file"]).stem))
        return {name: self.line(position) for position, name in sorted(found, reverse=True)}


def read_pages(docs):
    """Every Markdown page below `docs`."""
    return [Page(p.relative_to(docs).as_posix(), p.read_text("utf-8")) for p in sorted(Path(docs).rglob("*.md"))]


def check(page, results, sections, sources, bibliography=""):
    """Fill page.claims (None for one without numbers yet) and return every fault.

    sections: program file name -> set of its section names. sources: name -> text.
    """
    faults, fenced = [], []

    def attempt(position, action, *arguments):
        try:
            return action(*arguments)
        except Pending:
            return None
        except SiteError as error:
            faults.append(Fault(f"docs/{page.uri}", page.line(position), str(error)))

    page.claims.clear()
    prose = without_code(page.text)
    for match in MARKUP.finditer(page.text):
        if match["value"]:
            attempt(match.start(), filled, match["value"], results)
        elif match["whole"] is not None:
            attempt(match.start(), known, match["whole"], results)
        elif match["claim"] is not None:
            page.claims.append(attempt(match.start(), claim, match, page, results))
            if page.claims[-1] and not page.claims[-1].holds:
                attempt(match.start(), false, match, page.claims[-1])
        elif match["fence"]:
            fenced.append((match.start(), match.end(), match["ticks"]))
    for match in INCLUDE.finditer(page.text):
        ticks = next((ticks for start, end, ticks in fenced if start <= match.start() < end), None)
        attempt(match.start(), check_include, match["path"], ticks, results, sections)
    for match in FIGURE.finditer(prose):
        attempt(match.start(), check_figure, match, page, results)
    for match in MATHS.finditer(prose):
        attempt(match.start(), check_maths, fill(match[0], results), MATHS)
    defined = sources.keys() | set(re.findall(r"^\[\^(\w+)\]:", page.text, re.M))
    for match in CITATION.finditer(prose):
        attempt(match.start(), check_source, match[1], defined, bibliography)
    if page.uri != bibliography:  # one long citation
        for position, digits in stray_digits(page.text):
            faults.append(Fault(f"docs/{page.uri}", page.line(position), stray(digits)))
    return faults


def claim(match, page, results):
    """The Claim that the markup makes. Raises SiteError."""
    terms, signs = compare(match["claim"], results)
    sentence = fill(match["label"] or sentence_before(page.text, match.start()), results)
    return Claim(page.uri, page.line(match.start()), f"{page.slug}-{len(page.claims) + 1}", sentence, terms, signs)


def false(match, found):
    raise SiteError(f"false claim: {match['claim'].strip()}\n  measured: {found.measured}")


def check_source(key, sources, bibliography):
    if key not in sources:
        raise SiteError(f"unknown source '[^{key}]': add it to docs/{bibliography}")


def check_maths(text, pattern):
    """Typeset every formula of the text. Raises SiteError for the first bad one."""
    for match in pattern.finditer(text):
        typeset(match["inline"] or match["display"], display=bool(match["display"]))


def check_include(path, ticks, results, sections):
    """ticks: what opens and ends the block that the include stands in; None outside of blocks."""
    match = INCLUDABLE.fullmatch(path or "")
    if not match or not ticks:
        allowed = '"name.py", "name.py:section" or "name/output.txt" on one line of a fenced block'
        raise SiteError(f"cannot include '{path}': include {allowed}")
    if match["program"]:
        if re.search(rf"^\s*{ticks}", known(match["program"], results).output, re.M):
            raise SiteError(f"the output of {match['program']} has a line of {ticks}: fence it with more of them")
    elif match["file"] not in sections:
        raise SiteError(f"cannot include '{path}': there is no snippets/{match['file']}")
    elif match["section"] and match["section"] not in sections[match["file"]]:
        has = ", ".join(sorted(sections[match["file"]])) or "none"
        raise SiteError(f"unknown section '{match['section']}' of snippets/{match['file']}: it has {has}")


def check_figure(match, page, results):
    program = Path(match["file"]).stem
    figures = known(program, results).figures if program in results else []
    if match["file"] not in figures:
        drew = (", ".join(figures) or "no figure") if program in results else "no such program"
        raise SiteError(f"no program drew '{match['file']}' (snippets/{program}.py: {drew})")
    if match["path"] != page.up(""):
        raise SiteError(f"the figure's link must be {page.up('figures/' + match['file'])}")
    if not match["alt"].strip():
        raise SiteError(f"the figure {match['file']} has no alt text: say what it shows, with values")
    if "{{" not in match["alt"]:
        raise SiteError(f"the alt text of {match['file']} has no measured value: say one, as {{{{ {program}.name }}}}")


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
        faults.append(str(error))
    return faults + [stray(digits) for _, digits in stray_digits(NOTEBOOK_MATHS.sub(lambda m: blank(m[0]), prose))]


def stray_digits(text):
    """(position, text) of digits in prose that no run has filled."""
    prose = re.sub(r"\A---\n.*?\n---\n", lambda m: blank(m[0]), text, flags=re.S)
    prose = MARKUP.sub(lambda m: blank(m[0]), prose)
    prose = PROSE_MAY_HOLD.sub(lambda m: blank(m[0]), prose)
    prose = re.sub(r"^[ \t]*(\d+\.[ ]|\[\^.*?\]:.*)", lambda m: blank(m[0]), prose, flags=re.M)
    return [(match.start(), match[0]) for match in re.finditer(r"\S*\d\S*", prose)]


def expand(page, results, sections, program_block, faults=(), claims_page=None):
    """The page's Markdown as MkDocs gets it: values and output in place, claims marked, programs folded, faults noted.

    program_block: name, page -> Markdown of the folded program. claims_page: the one that lists every claim, if any.
    """
    claims = iter(page.claims)

    def include(match):
        program = Path(match["path"] or "").parent.name
        try:
            check_include(match["path"], "````````", results, sections)
        except SiteError as error:
            return match["lead"] + ("… is being computed" if isinstance(error, Pending) else "…")
        return "\n".join(match["lead"] + line for line in results[program].output.split("\n")) if program else match[0]

    def replace(match):
        if match["value"]:
            return value(match["value"], results)
        if match["claim"] is not None:
            return mark(next(claims), page, claims_page)
        if match["whole"] is not None:
            return program_block(match["whole"], page) if match["whole"] in results else ""
        return INCLUDE.sub(include, named(match[0])) if match["fence"] else match[0]

    return MARKUP.sub(replace, with_notes(page, faults))


def named(block):
    """A block that shows nothing but a part of a program, with the program's and the part's name above it."""
    return PART.sub(r'\g<open> title="\g<file> · \g<section>"\g<rest>', block)


def with_notes(page, faults):
    """The page's text with a red note before each block that has a fault."""
    lines = page.text.split("\n")
    blocks = [(page.line(m.start()), page.line(m.end())) for m in MARKUP.finditer(page.text) if m["fence"]]
    for fault in sorted(faults, reverse=True):
        start = next((first for first, last in blocks if first <= fault.line <= last), max(fault.line, 1))
        while start > 1 and (lines[start - 1][:1].isspace() or lines[start - 2].strip()):
            start -= 1
        message = [f"    {line}" for line in fault.message.replace("--8<--", "-8<-").split("\n")]
        title = f'!!! failure "{fault.file}, line {fault.line}"'
        lines[start - 1 : start - 1] = [title, "", "    ``````text", *message, "    ``````", ""]
    return "\n".join(lines)


def mark(claim, page, claims_page):
    """A small mark behind the sentence, linked to the claim's row in the list: ✓, or ✗ under a preview's red note."""
    if claim is None:
        return "…"
    sign, title = ("✓", "Checked by this build") if claim.holds else ("✗", "False")
    if claims_page is None:
        return f'<span class="claim" id="at-{claim.id}" title="{title}: {escape(claim.measured)}">{sign}</span>'
    target = page.up(claims_page) if page.uri != claims_page else ""
    return f'[{sign}]({target}#{claim.id}){{ .claim #at-{claim.id} title="{title}: {claim.measured}" }}'


def claims_list(pages, titles):
    """Markdown tables of every claim, page by page. titles: uri -> (title, link from the list)."""
    lines = []
    for page in pages:
        if claims := [claim for claim in page.claims if claim]:
            title, link = titles[page.uri]
            lines += ["", f"## [{title}]({link})", "", "| Statement | Measured |", "| --- | --- |"]
            lines += [row(claim, f"{link}#at-{claim.id}") for claim in claims]
    return "\n".join(lines)


def row(claim, link):
    """One claim as a table row; names of values may break at underscores."""
    sentence = claim.sentence.replace("|", "\\|")
    names = [text[2:-2].strip().replace("_", "_<wbr>") for text, _, _ in claim.terms if text.startswith("{{")]
    measured = f"`{claim.measured}`<br>" + "<br>".join(f"<small>{note}</small>" for note in [*names, claim.room])
    return f'| <span id="{claim.id}"></span>{sentence} [Where it stands]({link}){{ .where }} | {measured} |'


def plain_names(content):
    """A page's HTML without tips on the words within names of values."""
    return re.sub(r"<small>.*?</small>", lambda m: re.sub(r"</?abbr[^>]*>", "", m[0]), content)


def abbreviations(glossary):
    """form -> meaning of the glossary's terms. A term's line may hold variants, parted by commas."""
    entries = re.findall(r"^(\S[^\n]*)\n:[ ]+((?:[^\n]+\n?(?:[ ]{4})?)+)", glossary, re.M)
    pairs = [(variant.strip(), " ".join(text.split())) for terms, text in entries for variant in terms.split(",")]
    return {first + term[1:]: text for term, text in pairs for first in (term[0], term[0].lower(), term[0].upper())}


def read_sources(bibliography):
    """name -> text of every source in the bibliography."""
    return {key: text for text, key in re.findall(r"^- (.*?)\s*\{:? ?#(\w+) ?\}[ ]*$", bibliography, re.M)}


def footnotes(page, sources):
    """Definitions of the sources that the page cites."""
    cited = dict.fromkeys(CITATION.findall(without_code(page.text)))
    return "\n".join(f"[^{key}]: {sources[key]}" for key in cited if key in sources)
