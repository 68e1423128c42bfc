"""The first import of the fork server, which then imports what all programs share: TensorFlow logs while it loads."""

import os

os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
