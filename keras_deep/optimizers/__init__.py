"""Optimizers for very deep networks, stacked or not.

`SGD` and `AdamW` are Keras's, with steps that are traced faster. `LAMB` and
`LARS` take norms of every weight, also of each block in a stacked variable.
"""

from keras_deep.optimizers.adamw import AdamW
from keras_deep.optimizers.lamb import LAMB
from keras_deep.optimizers.lars import LARS
from keras_deep.optimizers.sgd import SGD
