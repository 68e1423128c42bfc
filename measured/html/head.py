"""What a page's head says to search engines and to those who share it."""

import json
from dataclasses import dataclass
from html import escape

from measured.html.document import parse_fragment


@dataclass(frozen=True)
class Head:
    """What the head of one page says. title: for the window; tags: HTML."""

    title: str
    tags: str


def head(
    name: str, description: str, kind: str, address: str, image: str, site: dict
) -> Head:
    """The Head of a page.

    name: its heading; kind: of learning resource; image: its card's address;
    site: name, url, about.
    """
    shared = {
        "og:type": "article",
        "og:site_name": site["name"],
        "og:title": name,
        "og:description": description,
        "og:url": address,
        "og:image": image,
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"{name}: {description}",
    }
    tags = [
        f'<meta property="{key}" content="{escape(value)}">'
        for key, value in shared.items()
    ]
    tags.append('<meta name="twitter:card" content="summary_large_image">')
    resource = data(name, description, kind, address, image, site)
    tags.append(f'<script type="application/ld+json">{resource}</script>')
    return Head(title(name, site["name"]), "\n      ".join(tags))


def title(name: str, site_name: str) -> str:
    """The window's title, as HTML."""
    return escape(name if name == site_name else f"{name} - {site_name}")


def data(
    name: str, description: str, kind: str, address: str, image: str, site: dict
) -> str:
    """The page as schema.org's LearningResource, as JSON that may stand in HTML."""
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
