"""Optimizers for very deep networks, stacked or not.

`SGD` and `AdamW` are Keras's, with steps that are traced faster. `LAMB` and
`LARS` take norms of every weight, also of each block in a stacked variable, and
`per_block` lets Keras's own optimizers do so.
"""

from keras_deep.optimizers.adamw import AdamW
from keras_deep.optimizers.clipping import check_clipping_hook
from keras_deep.optimizers.clipping import clipped_per_block
from keras_deep.optimizers.lamb import LAMB
from keras_deep.optimizers.lars import LARS
from keras_deep.optimizers.per_block import per_block
from keras_deep.optimizers.sgd import SGD
