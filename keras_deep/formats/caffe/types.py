"""The names of Caffe's layer types in its three generations of files."""

from typing import NamedTuple


class OldType(NamedTuple):
    """A layer type from before types were strings.

    Args:
        number: int, its number in a V1 file.
        word: string, its name in a V1 prototxt.
        name: string, its current name.
    """

    number: int
    word: str
    name: str


# The enum `V1LayerParameter.LayerType` of caffe.proto, and the names to which
# upgrade_proto.cpp converts it.
_V1 = tuple(
    OldType(number, word, name)
    for number, word, name in (
        (1, "ACCURACY", "Accuracy"),
        (2, "BNLL", "BNLL"),
        (3, "CONCAT", "Concat"),
        (4, "CONVOLUTION", "Convolution"),
        (5, "DATA", "Data"),
        (6, "DROPOUT", "Dropout"),
        (7, "EUCLIDEAN_LOSS", "EuclideanLoss"),
        (8, "FLATTEN", "Flatten"),
        (9, "HDF5_DATA", "HDF5Data"),
        (10, "HDF5_OUTPUT", "HDF5Output"),
        (11, "IM2COL", "Im2col"),
        (12, "IMAGE_DATA", "ImageData"),
        (13, "INFOGAIN_LOSS", "InfogainLoss"),
        (14, "INNER_PRODUCT", "InnerProduct"),
        (15, "LRN", "LRN"),
        (16, "MULTINOMIAL_LOGISTIC_LOSS", "MultinomialLogisticLoss"),
        (17, "POOLING", "Pooling"),
        (18, "RELU", "ReLU"),
        (19, "SIGMOID", "Sigmoid"),
        (20, "SOFTMAX", "Softmax"),
        (21, "SOFTMAX_LOSS", "SoftmaxWithLoss"),
        (22, "SPLIT", "Split"),
        (23, "TANH", "TanH"),
        (24, "WINDOW_DATA", "WindowData"),
        (25, "ELTWISE", "Eltwise"),
        (26, "POWER", "Power"),
        (27, "SIGMOID_CROSS_ENTROPY_LOSS", "SigmoidCrossEntropyLoss"),
        (28, "HINGE_LOSS", "HingeLoss"),
        (29, "MEMORY_DATA", "MemoryData"),
        (30, "ARGMAX", "ArgMax"),
        (31, "THRESHOLD", "Threshold"),
        (32, "DUMMY_DATA", "DummyData"),
        (33, "SLICE", "Slice"),
        (34, "MVN", "MVN"),
        (35, "ABSVAL", "AbsVal"),
        (36, "SILENCE", "Silence"),
        (37, "CONTRASTIVE_LOSS", "ContrastiveLoss"),
        (38, "EXP", "Exp"),
        (39, "DECONVOLUTION", "Deconvolution"),
    )
)
V1_NUMBERS = {old.number: old.name for old in _V1}
V1_WORDS = {old.word: old.name for old in _V1}
V1_WORDS |= {str(old.number): old.name for old in _V1}

# The names of V0 files that differ from those of V1 in more than case.
_V0_WORDS = {
    "conv": "Convolution",
    "innerproduct": "InnerProduct",
    "pool": "Pooling",
    "images": "ImageData",
}


def v0_type(word):
    """Returns the current name of a type in a V0 file."""
    return _V0_WORDS.get(word, V1_WORDS.get(word.upper(), word))
