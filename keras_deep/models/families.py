"""The names of all families; a new family adds a line."""

# Each is a module of this folder that registers its models on import.
FAMILIES = (
    "plain",
    "resnet",
    "mnist_resnet",
    "densenet",
    "wide_resnet",
    "resnext",
    "senet",
    "ror",
    "stochastic_depth",
    "swapout",
    "shared",
    "inception_v4",
    "residual_attention",
    "inception_resnet",
    "wider_resnet38",
    "vgg",
    "irnn",
    "highway",
    "highway_mlp",
    "looks_linear",
    "identity_matters",
    "one_neuron",
)
