"""A page's source: scanned, checked against what runs found, and turned into HTML by a Markdown extension."""
