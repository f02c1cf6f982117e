"""The variables of a training, by names that do not depend on the process."""

import re

from keras_deep.layers.names import flat_layers
from keras_deep.layers.names import weight_name
from keras_deep.layers.stacks.chain import BlockChain

MODEL, OPTIMIZER, METRICS = "model", "optimizer", "metrics"


def named_variables(model, metrics):
    """Returns the variables that a training changes.

    Weights have their logical names, and what an optimizer keeps of a weight
    has that name, too. A variable that holds a weight of many blocks is one.

    Args:
        model: compiled `keras.Model` whose optimizer is built.
        metrics: bool. Whether to include the metrics.

    Returns:
        Dict of string to variable, in a stable order: weights, states of
        random generators, the optimizer's, the metrics'.
    """
    found = {}
    paths = {}
    for name, variable in _of_model(model):
        paths[variable.path.replace("/", "_")] = name
        _add(found, f"{MODEL}:{name}", variable)
    for variable in getattr(model.optimizer, "variables", ()):
        name = _of_weight(variable.name, paths)
        _add(found, f"{OPTIMIZER}:{name}", variable)
    for metric in model.metrics if metrics else ():
        for variable in metric.variables:
            name = "/".join(variable.path.split("/")[-2:])
            _add(found, f"{METRICS}:{name}", variable)
    return found


def check_same(saved, variables, source):
    """Refuses values that are not those of these variables.

    Args:
        saved: dict of name to array.
        variables: dict of name to variable.
        source: string, where the values are from.

    Returns:
        List of the arrays, in the order of the variables.

    Raises:
        ValueError: if they differ; it names the first difference.
    """
    given = [_facts(name, array) for name, array in saved.items()]
    wanted = [_facts(name, held) for name, held in variables.items()]
    for i in range(max(len(given), len(wanted))):
        one, other = (x[i] if i < len(x) else None for x in (given, wanted))
        if one is None or other is None or not _alike(one, other):
            raise ValueError(
                "Expected the model and the optimizer that the state in "
                f"{source!r} was taken of. Received: {_words(other)}, where "
                f"the state has {_words(one)}. Start the training as it was "
                "started, or in another folder."
            )
    return list(saved.values())


def _of_model(model):
    seen = set()
    for name, variable in (*_weights(model), *_others(model)):
        if id(variable) not in seen:
            seen.add(id(variable))
            yield name, variable


def _weights(model):
    for layer in flat_layers(model):
        if isinstance(layer, BlockChain):
            for name, variable, index in layer.named_weights():
                if index:
                    break  # The other blocks are in the same variables.
                shared = index is None
                number = "" if shared else f" (of {layer.blocks} blocks)"
                yield f"{name}{number}", variable
        else:
            for variable in layer.weights:
                yield weight_name(layer, variable), variable


def _others(model):
    """Yields all variables: those without a logical name are generators'."""
    for variable in model.variables:
        # Keras numbers generators anew in every process.
        yield variable.path.rpartition("/")[2], variable


def _of_weight(name, paths):
    """Returns the name of a variable that an optimizer keeps for a weight."""
    head = name
    while head:
        if head in paths and head != name:
            return f"{paths[head]}:{name[len(head) + 1 :]}"
        head = head.rpartition("_")[0]
    return name


def _add(found, name, variable):
    number, unique = 1, name
    while unique in found:
        number += 1
        unique = f"{name}#{number}"
    found[unique] = variable


def _facts(name, value):
    return name, tuple(value.shape), str(value.dtype)


def _alike(one, other):
    """Compares without the numbers that Keras gives to layers' own names.

    The same model may be built as "dense" in one process, and as "dense_1"
    after another model in the same one.
    """
    return (_bare(one[0]), *one[1:]) == (_bare(other[0]), *other[1:])


def _bare(name):
    return re.sub(r"_\d+(?=/)", "", name)


def _words(facts):
    if facts is None:
        return "nothing more"
    name, shape, dtype = facts
    return f"{name!r}, {dtype} of shape {shape}"
