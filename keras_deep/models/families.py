"""The names of all families: one more family is one more line."""

# Each is a module of this folder, whose import registers its models.
FAMILIES = (
    "plain",
    "resnet",
    "mnist_resnet",
    "densenet",
    "wide_resnet",
    "senet",
    "ror",
    "inception_v4",
    "vgg",
    "irnn",
)
