"""What a page's head says to search engines and to those who share it."""

import json

from measured.html.document import parse_fragment


def make_json_ld(card: dict, kind: str, site: dict, about: dict) -> str:
    """The page as schema.org's LearningResource, as JSON that may stand in HTML.

    card: name, description, url and image of the page; kind: of learning resource;
    about: what CITATION.cff says; site: its name and url.
    """
    resource = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        **card,
        "inLanguage": "en",
        "learningResourceType": kind,
        "teaches": about["keywords"],
        "isAccessibleForFree": True,
        "license": f"https://spdx.org/licenses/{about['license']}",
        "author": [
            {"@type": "Organization", "name": author["name"]}
            for author in about["authors"]
        ],
        "isPartOf": {"@type": "WebSite", **site},
    }
    return json.dumps(resource, ensure_ascii=False).replace("<", "\\u003c")


def about_lab(content: str) -> tuple[str, str]:
    """(heading, first paragraph) of a lab's page."""
    body = parse_fragment(content)
    for link in body.css(".headerlink"):
        link.decompose()
    found = (body.css_first(selector) for selector in ("h1", "p:not([class])"))
    name, about = (" ".join(node.text().split()) if node else "" for node in found)
    return name, about
