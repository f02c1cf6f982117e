"""Checks and reads the blobs of a caffemodel for a network."""

from keras_deep.utils.errors import did_you_mean

_MOST_SHOWN = 20


def check_blobs(plan, arrays):
    """Checks that every layer's blobs exist in the expected shapes.

    Blobs of layers that the network lacks are no error: it may be a part of
    the trained one.

    Args:
        plan: `Plan`.
        arrays: `Arrays`.

    Raises:
        ValueError: if not; lists missing, surplus and mis-shaped blobs with
            names and lines.
    """
    problems = [
        problem
        for step in plan.steps
        for layer, shapes in step.recipe.blobs
        for problem in _problems(layer, shapes, arrays)
    ]
    if problems:
        shown = [
            text + (missing and did_you_mean(missing, arrays.kinds))
            for text, missing in problems[:_MOST_SHOWN]
        ]
        more = len(problems) - _MOST_SHOWN
        raise ValueError(
            f"Expected the blobs of every layer of {plan.net.message.source!r}"
            f", in its shapes. Received: {arrays.source!r} with "
            f"{len(problems)} differences:\n"
            + "\n".join(shown)
            + (f"\nand {more} more" if more > 0 else "")
        )


def blobs_of(recipe, arrays):
    """Reads the arrays of a `Recipe`'s blobs, in the shapes it expects."""
    return [
        arrays[f"{layer.name}/{i}"].reshape(shape)
        for layer, shapes in recipe.blobs
        for i, shape in enumerate(shapes)
    ]


def _problems(layer, shapes, arrays):
    """Yields the problems with the blobs of one layer.

    Yields:
        Pairs of a text, and the layer's name if it has no blobs, else `""`.
    """
    place = f"{layer.message.owner}, line {layer.message.line}"
    names = [f"{layer.name}/{i}" for i in range(len(shapes) + 1)]
    if names[0] not in arrays:
        yield f"{place}: no blobs.", layer.name
        return
    for name, shape in zip(names, shapes):
        if name not in arrays:
            yield f"{place}: no blob {name!r} of shape {tuple(shape)}", ""
        elif _significant(arrays.shape(name)) != _significant(shape):
            yield (
                f"{place}: {name!r} has shape {arrays.shape(name)}, expected "
                f"{tuple(shape)}",
                "",
            )
    if names[-1] in arrays:
        yield f"{place}: a blob {names[-1]!r} too many", ""


def _significant(shape):
    """Returns a shape without axes of length 1, which old files add."""
    return [side for side in shape if side != 1]
