"""What a page's head says to search engines and to those who share it."""

import json

from measured.html.document import parse_fragment


def describe(
    name: str, description: str, kind: str, address: str, image: str, site: dict
) -> str:
    """The page as schema.org's LearningResource, as JSON that may stand in HTML.

    name: its heading; kind: of learning resource; image: its card's address;
    site: name, url, about.
    """
    about = site["about"]
    resource = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": name,
        "description": description,
        "url": address,
        "image": image,
        "inLanguage": "en",
        "learningResourceType": kind,
        "teaches": about["keywords"],
        "isAccessibleForFree": True,
        "license": f"https://spdx.org/licenses/{about['license']}",
        "author": [
            {"@type": "Organization", "name": author["name"]}
            for author in about["authors"]
        ],
        "isPartOf": {"@type": "WebSite", "name": site["name"], "url": site["url"]},
    }
    return json.dumps(resource, ensure_ascii=False).replace("<", "\\u003c")


def about_lab(content: str) -> tuple[str, str]:
    """(heading, first paragraph) of a lab's page."""
    body = parse_fragment(content)
    for link in body.css(".headerlink"):
        link.decompose()
    found = [body.css_first(selector) for selector in ("h1", "p:not([class])")]
    words = [" ".join(node.text().split()) if node else "" for node in found]
    return words[0], words[1]
