"""Run the programs once, keep their results, check what the pages say of them, typeset the maths. No MkDocs in here."""


class SiteError(Exception):
    """What an author has to mend: each message names the place, the cause and the remedy."""

    def __init__(self, messages):
        self.messages = [messages] if isinstance(messages, str) else list(messages)
        super().__init__("\n".join(self.messages))
