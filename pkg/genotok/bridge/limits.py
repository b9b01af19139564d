"""How much the page may ask for or hand over at once: what `hello` tells, beside the budget of a result."""

MAX_STAGED = 2**26  # bytes
MAX_PASTED = 2**24  # characters
MAX_PART = 2**23  # bytes handed over at once
MAX_ROWS = 4096  # rows, tokens or texts shown at once
MAX_COMPARED = 20  # results beside each other
