"""The first import of the fork server, before what programs share.

TensorFlow logs while it loads.
"""

import os

# And whoever reads the build's output need not wait for this process to end.
for stream in (1, 2):
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
