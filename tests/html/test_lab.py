"""A notebook's HTML in the site's look."""

import pytest

from measured.html.lab import convert, lab_links, notes_of_lab
from measured.run.process import SENTINEL

CODE = '<div class="highlight-ipynb hl-ipython3"><pre><span></span>{}</pre></div>'


def lab(cells):
    """What the converter writes around cells, and what the site makes of it."""
    return convert(
        "<style>body{color:red}</style><script>require()</script>"
        f'<div class="jupyter-wrapper">{cells}<style>.jp{{}}</style></div>'
    )


def test_the_converter_s_styles_scripts_prompts_and_buttons_are_left_out():
    page = lab(
        '<div class="jp-Cell-inputWrapper" tabindex="0">'
        '<div class="jp-Collapser jp-InputCollapser">\n</div>'
        '<div class="jp-InputPrompt jp-InputArea-prompt">In [1]:</div>'
        '<div class="jp-OutputPrompt">Out[1]:</div>'
        '<div class="zeroclipboard-container"><clipboard-copy for="x">'
        "<svg></svg></clipboard-copy></div>"
        '<div class="clipboard-copy-txt" id="x">code</div><p>kept</p></div>'
    )
    assert page == (
        '<div class="jupyter-wrapper">'
        '<div class="jp-Cell-inputWrapper"><p>kept</p></div></div>'
    )


def test_code_is_shown_as_the_site_s():
    page = lab(CODE.format('<span class="n">x</span> <span class="o">&lt;</span> 1\n'))
    assert (
        '<div class="language-python highlight"><pre><span></span><code>'
        '<span class="n">x</span> <span class="o">&lt;</span> 1\n</code></pre></div>'
    ) in page
    assert "<details" not in page


def test_a_solution_is_folded_for_readers_who_want_to_try_first():
    page = lab(CODE.format("<span>### BEGIN SOLUTION: say one</span>\n1"))
    start = page.index('<details class="success"><summary>Solution</summary><div class')
    assert page.index("</code></pre></div></details>") > start


def test_a_heading_s_link_is_the_site_s():
    page = lab('<h2 id="a">A<a class="anchor-link" href="#a">¶</a></h2>')
    assert '<a class="headerlink" href="#a" title="Permanent link">¶</a>' in page


def test_rules_of_a_drawing_for_the_whole_page_become_its_own():
    page = lab(
        '<svg style="color: red" viewBox="0 0 1 1"><defs><style type="text/css">'
        "*{stroke-linejoin: round}</style></defs><path d='M0 0'/></svg>"
    )
    assert '<svg style="stroke-linejoin: round; color: red"' in page
    assert "<style" not in page and "<defs" not in page and "<path" in page


def test_a_drawing_has_the_color_of_the_text_around_it():
    page = lab(f'<svg><path stroke="{SENTINEL}"></path></svg>')
    assert '<path stroke="currentColor">' in page and SENTINEL not in page


def test_maths_between_dollars_is_typeset_but_not_in_code_or_drawings():
    page = lab(
        "<p>Here $x &lt; 2$, and $$y$$</p><pre>$a$</pre><code>$b$</code>"
        "<svg><text>$c$</text></svg>"
    )
    assert page.count('class="katex"') == 2 and page.count("katex-display") == 1
    assert 'encoding="application/x-tex">x &lt; 2</annotation>' in page
    assert "$a$" in page and "$b$" in page and "$c$" in page


def test_a_short_formula_and_the_mark_behind_it_stay_on_one_line():
    page = lab("<p>$x$. &lt;b&gt; &amp; more</p>")
    assert '<span class="unbroken"><span class="katex">' in page
    assert ".</span> &lt;b&gt; &amp; more</p>" in page


def test_bad_tex_is_shown_as_it_stands():
    assert "<code>\\frac{a</code>" in lab("<p>$\\frac{a$</p>")


class Notes:
    """A project of one lab. faults: of it; results: name -> Result."""

    def __init__(self, faults, results):
        self.notes, self.results = lambda uri: faults, results


def test_a_preview_says_what_is_wrong_with_a_lab_or_that_it_has_not_run():
    class Fault:
        file, message = "docs/labs/x.ipynb", "cell 1: <bad>"

    assert "being computed" in notes_of_lab(Notes([], {"x": None}), "labs/x.ipynb")
    assert notes_of_lab(Notes([], {"x": 1}), "labs/x.ipynb") == ""
    note = notes_of_lab(Notes([Fault], {"x": None}), "labs/x.ipynb")
    assert "docs/labs/x.ipynb" in note and "cell 1: &lt;bad&gt;" in note


@pytest.mark.parametrize(
    "repo_url, colab",
    [
        ("", False),
        ("https://gitlab.com/a/b", False),
        ("https://github.com/someone/vanishing", True),
    ],
)
def test_a_lab_leads_to_its_notebooks_and_to_colab_where_that_can_be(repo_url, colab):
    links = lab_links("how-deep", "../../", repo_url)
    assert 'href="../../downloads/labs/how-deep.ipynb" download' in links
    assert 'href="../../downloads/labs/how-deep-solved.ipynb" download' in links
    opened = "/someone/vanishing/blob/gh-pages/downloads/labs/how-deep.ipynb"
    assert (opened in links) == colab
