"""Networks that did not learn, as people met them, each with a mended twin; and healthy ones.

Each case is a program of our own after a public post, whose address it gives. `build(fixed)`
returns the model, x, y, arguments of `fit`, and a function that scores the trained model.
"""
