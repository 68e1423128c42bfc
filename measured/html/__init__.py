"""A page's HTML as one tree, finished in one visit."""
