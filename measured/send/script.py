"""What the build changes in Material's script, and what it leaves out of it."""

import json
from collections.abc import Sequence
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from measured import SiteError
from measured.html.document import Document

LATER = (
    "((e,w,q=[])=>({addEventListener:(...a)=>w?w.addEventListener(...a):q.push(a),"
    "removeEventListener(){},postMessage(m){if(!w){w=new Worker(e);"
    "q.forEach(a=>w.addEventListener(...a))}w.postMessage(m)}}))"
)
LOADED = 'h(document,"DOMContentLoaded",{once:!0})'
SWITCHING = 'body.setAttribute("data-md-color-switching"'
PATCHES = {
    # It loads the search index, as large as a page, and its worker on each visit;
    # here when the search is opened.
    '$(location.protocol!=="file:")': "$(!1)",
    "t=new Worker(e)": f"t={LATER}(e)",
    'V("search.highlight")?': 'V("search.highlight")&&/[?&]h=/.test(location.search)?',
    # Scripts come when the page is drawn, which may be after this.
    LOADED: f'(document.readyState!=="loading"?$(0):{LOADED})',
    # It takes the first link within a page for one to another page, and puts a copy
    # in the place of what has the focus.
    'let s=t.pipe(ne("pathname"),': "let first=we().pathname,known=first,"
    "s=t.pipe(g(a=>a.pathname!==known&&(known=a.pathname,!0)),",
    's.pipe(b(()=>t),ne("hash"))': "L(s.pipe(b(()=>t)),"
    't.pipe(W(s),g(a=>a.pathname===first))).pipe(ne("hash"))',
    # On a phone each of these has the styles of the whole page computed anew, before
    # the first key is heard.
    SWITCHING: f"body.dataset.mdColorScheme!==s.color.scheme&&document.{SWITCHING}",
    'x("meta",{name:"color-scheme"});document.head.appendChild(o);': "{};",
    # The build puts tables in their boxes.
    '...M("table:not([class])",e).map(i=>ti(i)),': "",
    # Tips of terms, hundreds on a page: each when it comes near.
    'map(i=>Xe(i,{viewport$:r})),...M(".foot': "map(i=>mt(i).pipe("
    'g(n=>n),Ee(1),b(()=>Xe(i,{viewport$:r})))),...M(".foot',
    # It follows the reader in the list of headings of a closed menu too, which stops
    # a jump within the page.
    "if(l.offsetHeight){let": "if(l.checkVisibility({visibilityProperty:!0})){let",
    # Links need whole addresses only once the page's own address changes.
    "$(document).subscribe(vi);": "",
    'history.replaceState(c,""),history.push': "vi(document),"
    'history.replaceState(c,""),history.push',
    # Landmarks of a page need names of their own.
    'x("nav",{class:"md-code__nav"})': 'x("nav",'
    '{class:"md-code__nav",role:"presentation"})',
}
# What the build takes out of it, as nothing here uses it:
# (its start, what comes after it) -> what stands in its place.
CUTS = {
    # Notes in programs, and lines of them to choose.
    ("function kn(e,t){", "function Hn(e)"): "",
    ("function Ga(e,t){let r=H(", "var Kn=$t(ao())"): "function zn(){return y}",
    (",qn=L(h(window", "function es(e)"): ";",
    ('let l=[],f=e.closest(".highlight");', "if(Kn.default.isSupported()"): "let l=[];",
    # Pages shown where a link to them is, and Mermaid's drawings.
    (
        "var Gn=0;function rs(e)",
        'var ei=x("table")',
    ): "function Jn(){return y}function Zn(){return y}",
    # A repository's stars, asked for outside, and other versions of a site.
    ("function jn(e){", "function no(e)"): "",
    ("function Qa(e){", "var Ya=0"): "",
    ("function wi(e){var l;", "function ws("): "function Ti(){}",
    ("function Ci(e,t){if(typeof t", "var Os;"): "function Hi(){return y}",
}
# What of a page would need them.
NEED_CUTS = "[class~=annotate], [class~=mermaid], a[data-preview]"
FEATURES_CUT = {
    "content.code.annotate",
    "content.code.select",
    "navigation.instant.preview",
}


def trim_script(folder: Path, documents: Sequence[Document]) -> None:
    """Rewrite Material's script. Raises SiteError if a page needs one of the CUTS."""
    for path in folder.glob("assets/javascripts/bundle.*.js"):
        for document in documents:
            for need in find_needs(document.tree):
                page = document.path.relative_to(folder).as_posix()
                raise SiteError(
                    f"{page}: {need} needs what is left out of Material's script: "
                    "see CUTS in measured/send/script.py"
                )
        path.write_text(patch(path.read_text("utf-8")), "utf-8")


def find_needs(tree: LexborHTMLParser) -> list[str]:
    """The features and tags of a page that would need one of the CUTS."""
    configs = [json.loads(node.text()) for node in tree.css("script#__config")]
    features = [each for config in configs for each in config["features"]]
    tags = [(node.html or "").partition(">")[0] + ">" for node in tree.css(NEED_CUTS)]
    return [each for each in features if each in FEATURES_CUT] + tags


def patch(bundle: str) -> str:
    """Material's script with the PATCHES and without the CUTS.

    Raises SiteError if it has changed.
    """
    cuts = [(find_part(bundle, *ends), ours) for ends, ours in CUTS.items()]
    for theirs, ours in [*cuts, *PATCHES.items()]:
        if bundle.count(theirs) != 1:
            raise SiteError(
                f"Material's script no longer holds {theirs[:80]}: "
                "see PATCHES and CUTS in measured/send/script.py"
            )
        bundle = bundle.replace(theirs, ours)
    return bundle


def find_part(bundle: str, start: str, after: str) -> str:
    begin = bundle.find(start)
    end = bundle.find(after, begin)
    return bundle[begin:end] if 0 <= begin < end else start + after
