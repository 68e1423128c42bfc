"""A page's source: scanned, checked, and turned into HTML by a Markdown extension."""
