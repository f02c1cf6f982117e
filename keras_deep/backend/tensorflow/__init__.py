"""TensorFlow's implementations of the functions of `keras_deep.backend`."""

from keras_deep.backend.tensorflow.kernels import fused_batch_norm
from keras_deep.backend.tensorflow.kernels import grouped_conv
from keras_deep.backend.tensorflow.kernels import set_array
from keras_deep.backend.tensorflow.kernels import slow_groups
from keras_deep.backend.tensorflow.loops import scan
from keras_deep.backend.tensorflow.loops import slow_loops
from keras_deep.backend.tensorflow.replicas import moments_of_replicas
from keras_deep.backend.tensorflow.steps import adam_steps
from keras_deep.backend.tensorflow.steps import compiled
from keras_deep.backend.tensorflow.steps import decay_steps
from keras_deep.backend.tensorflow.steps import dense_gradient
from keras_deep.backend.tensorflow.steps import momentum_steps
