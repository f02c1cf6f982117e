"""A state that the chief has read, on all workers."""

import io

import numpy as np

from keras_deep.training.state import archive

_PIECE = 2**24  # bytes of a piece, a multiple of 4


def from_chief(state, broadcast):
    """Returns the chief's `State`, or `None` if it has none.

    Every worker calls this at the same time.

    Args:
        state: `State`, which only the chief needs to have, or `None`.
        broadcast: function of an int32 array of one axis that returns the
            chief's. All workers call it equally often with arrays of equal
            sizes; those of workers without a state are zeros.
    """
    content = b""
    if state is not None:
        file = io.BytesIO()
        archive.write(file, state)
        content = file.getvalue()
    pieces, rest = broadcast(np.array(divmod(len(content), _PIECE), "int32"))
    sizes = [_PIECE] * int(pieces) + [int(rest)] * bool(rest)
    received = []
    for i, size in enumerate(sizes):
        piece = np.zeros(-(-size // 4) * 4, np.uint8)
        own = content[i * _PIECE :][:size]
        piece[: len(own)] = np.frombuffer(own, np.uint8)
        piece = np.asarray(broadcast(piece.view(np.int32)))
        received.append(piece.view(np.uint8)[:size].tobytes())
    if not sizes:
        return None
    source = "the chief's state" if state is None else state.source
    return archive.read(io.BytesIO(b"".join(received)), source)
