"""What the build changes in Material's script."""

from pathlib import Path

from measured import SiteError

# Words of a question that tell no page from another. The search looks for all words
# that begin as one that is typed, so that "is" finds every page, as a single sign does.
COMMON = (
    "about after all already also am an and any are as at be because been but by can"
    " could did do does doing for from get gets had has have how however if in into"
    " is it its just like many may me more most much must my need needs not of off on"
    " once one only or other our out over own same should so some still such than"
    " that the their them then there these they this those to too use used using very"
    " want was we were what when where which while who why will with would you your"
)
# Stands for the search's worker, which it starts at the first message. A script of
# ours would have to put this in the place of every page's Worker, the playground's too.
# It asks without COMMON words and single signs, if there is more. Type 2 is a query.
WORKER = f"""Object.assign(new EventTarget(), {{
  common: new Set("{COMMON}".split(" ")),
  postMessage(data) {{
    if (data.type === 2) {{
      const bare = (word) => word.toLowerCase().replace(/[^\\p{{L}}\\p{{N}}]+$/u, "");
      const tells = (word) => bare(word).length > 1 && !this.common.has(bare(word));
      const words = data.data.split(/[\\s'’]+/).filter(tells);
      data = {{ ...data, data: words.join(" ") || data.data }};
    }}
    if (!this.worker) {{
      this.worker = new Worker(e);
      this.worker.addEventListener("message", (said) =>
        this.dispatchEvent(new MessageEvent("message", {{ data: said.data }})));
    }}
    this.worker.postMessage(data);
  }},
}})"""
LOADED = 'h(document,"DOMContentLoaded",{once:!0})'
SWITCHING = 'body.setAttribute("data-md-color-switching"'
PATCHES = {
    # It loads the search index, as large as a page, and its worker on each visit;
    # here when the search is opened.
    '$(location.protocol!=="file:")': "$(!1)",
    "t=new Worker(e)": f"t={WORKER}",
    'V("search.highlight")?': 'V("search.highlight")&&/[?&]h=/.test(location.search)?',
    # Scripts come when the page is drawn, which may be after this.
    LOADED: f'(document.readyState!=="loading"?$(0):{LOADED})',
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
    # Landmarks of a page need names of their own.
    'x("nav",{class:"md-code__nav"})': 'x("nav",'
    '{class:"md-code__nav",role:"presentation"})',
}


def patch_scripts(folder: Path) -> None:
    """Patch Material's script below the folder, if it is there."""
    for path in folder.glob("assets/javascripts/bundle.*.js"):
        path.write_text(patch(path.read_text("utf-8")), "utf-8")


def patch(bundle: str) -> str:
    """Material's script with the PATCHES. Raises SiteError if it has changed."""
    for theirs, ours in PATCHES.items():
        if bundle.count(theirs) != 1:
            raise SiteError(
                f"Material's script no longer holds {theirs[:80]}: "
                "see PATCHES in measured/send/script.py"
            )
        bundle = bundle.replace(theirs, ours)
    return bundle
