"""Layers and blocks that the architectures are built of."""

# First, as the end of this import imports modules of this folder.
import keras

from keras_deep.layers.attention import attention_module
from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import group_norm
from keras_deep.layers.conv import relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention
from keras_deep.layers.conventions import convention_scope
from keras_deep.layers.crelu import CReLU
from keras_deep.layers.dense import dense_layer
from keras_deep.layers.dense import dense_positions
from keras_deep.layers.dense import transition
from keras_deep.layers.dropout import Dropout
from keras_deep.layers.grouped_conv import GroupedConv2D
from keras_deep.layers.highway import HighwayGate
from keras_deep.layers.identity import Identity
from keras_deep.layers.inception import inception_block
from keras_deep.layers.inception import inception_branch
from keras_deep.layers.inception import inception_residual
from keras_deep.layers.inception import inception_stem
from keras_deep.layers.normalization import BatchNormalization
from keras_deep.layers.position import Position
from keras_deep.layers.position import Stage
from keras_deep.layers.position import positions
from keras_deep.layers.residual import Conv
from keras_deep.layers.residual import basic
from keras_deep.layers.residual import block_plain
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import block_v2
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.resize import Resize
from keras_deep.layers.shortcut import SHORTCUTS
from keras_deep.layers.shortcut import resolve_shortcut
from keras_deep.layers.split import Split
from keras_deep.layers.squeeze_excite import squeeze_excite
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stacks.current_block import at_block
from keras_deep.layers.stacks.shared import SharedBlocks
from keras_deep.layers.stacks.stacked import StackedBlocks
from keras_deep.layers.stage import stack_blocks
from keras_deep.layers.stage import stage_blocks
from keras_deep.layers.stage import stage_end
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.layers.stem import max_pool
from keras_deep.layers.stochastic_depth import StochasticDepth
from keras_deep.layers.stochastic_depth import stochastic_depth
from keras_deep.layers.swapout import Swapout
