"""What a page may hold, and how readers see it: no MkDocs in here, and no experiment."""
