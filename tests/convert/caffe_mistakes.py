"""Mistakes in Caffe's layers: a name, the text, and what is said about it."""

INPUT = 'input: "data" input_shape { dim: 1 dim: 4 dim: 8 dim: 6 }\n'


def layer(kind, settings="", bottoms=("data",), tops=("y",), name="one"):
    bottoms = "".join(f' bottom: "{blob}"' for blob in bottoms)
    tops = "".join(f' top: "{blob}"' for blob in tops)
    return (
        f'layer {{ name: "{name}" type: "{kind}"{bottoms}{tops} {settings} }}\n'
    )


def conv(settings):
    return layer("Convolution", f"convolution_param {{ {settings} }}")


def pool(settings):
    return layer("Pooling", f"pooling_param {{ {settings} }}")


def shaped(kind, settings, **more):
    return layer(kind, f"{kind.lower()}_param {{ {settings} }}", **more)


HALF = pool("kernel_size: 2 stride: 2").replace("one", "half")
WITH_HALF = {"bottoms": ("data", "y"), "tops": ("z",)}

LAYERS = [
    ("Convoluton", layer("Convoluton"), "knows.*Did you mean 'Convolution'"),
    (
        "no type",
        'layer { name: "one" top: "y" }',
        "Expected `type`. Received: ",
    ),
    ("no name", layer("ReLU", name=""), "every layer to have a `name`"),
    ("two names", layer("ReLU") * 2, "layers of different names.*line 2,"),
    ("two bottoms", layer("ReLU", bottoms=("data",) * 2), "1 to 1 bottoms"),
    ("one term", layer("Eltwise"), "2 to any number bottoms"),
    ("two tops", layer("ReLU", tops=("y", "z")), "as many tops as ReLU gives"),
    ("no top", layer("ReLU", tops=()), "1 bottoms, 0 tops"),
    (
        "unknown bottom",
        layer("ReLU", bottoms=("x",)),
        "a layer before gives. Received: 'x', which no layer gives",
    ),
    (
        "later bottom",
        layer("ReLU", bottoms=("x",))
        + layer("ReLU", bottoms=("y",), tops=("x",), name="two"),
        "'x', which only 'two', later, gives",
    ),
    (
        "itself",
        layer("ReLU", bottoms=("x",), tops=("x",)),
        "'x', which only 'one', later, gives",
    ),
    (
        "labels",
        'layer { name: "d" type: "Data" top: "images" top: "label" }'
        + layer("Eltwise", bottoms=("data", "label")),
        "'label', the labels, which the model does not have",
    ),
    (
        "top again",
        layer("ReLU") + layer("Sigmoid", name="two"),
        "tops that no other layer gives, unless in place. Received: 'y'",
    ),
    ("same tops", layer("Slice", tops=("y", "y")), "tops that no other layer"),
    ("kernel missing", conv("num_output: 1"), "one or two values of `kernel"),
    ("kernel twice", conv("kernel_size: 1 kernel_h: 1 num_output: 1"), "both"),
    (
        "kernel width",
        conv("kernel_h: 1 num_output: 1"),
        "`kernel_w` of at least 1. Received: \\[1, 0\\]",
    ),
    (
        "three strides",
        conv("num_output: 1 kernel_size: 1" + 3 * " stride: 1"),
        "one or two values of `stride`. Received: 3",
    ),
    ("no output", conv("kernel_size: 1"), "`num_output`. Received: none of"),
    ("two outputs", conv("num_output: 1 num_output: 2"), "one `num_output`"),
    ("no number", conv("num_output: many"), "`num_output` to be a whole"),
    ("a fraction", conv("num_output: 1.5"), "Received: num_output=1.5"),
    ("a message", conv("num_output { }"), "Received: num_output=a message"),
    ("no message", layer("ReLU", "relu_param: 3"), "to be a message"),
    ("negative pad", conv("num_output: 1 kernel_size: 1 pad: -1"), "pad=-1"),
    ("no dilation", conv("num_output: 1 kernel_size: 1 dilation: 0"), "=0"),
    ("other axis", conv("num_output: 1 kernel_size: 1 axis: 2"), "`axis` to"),
    ("groups", conv("num_output: 3 kernel_size: 1 group: 2"), "2 groups of"),
    (
        "bias",
        conv("num_output: 1 kernel_size: 1 bias_term: maybe"),
        "`bias_term` to be one of true,",
    ),
    (
        "stride and dilation",
        conv("num_output: 1 kernel_size: 1 dilation: 2 stride: 2"),
        "a stride, or a dilation: Keras has not both",
    ),
    (
        "large kernel",
        conv("num_output: 1 kernel_size: 7"),
        r"one pixel to be left.*\(1, 1, 2, 0\)",
    ),
    (
        "large output",
        shaped("Interp", "height: 65536 width: 65536"),
        "at most 2147483647 values for an image",
    ),
    (
        "large weights",
        conv("num_output: 20000000 kernel_size: 8 pad_w: 1 pad_h: 0 "),
        "at most 536870912 weights, as a file can hold",
    ),
    (
        "two axes",
        layer("Flatten")
        + conv("num_output: 1 kernel_size: 1")
        .replace("one", "c")
        .replace('"data"', '"y"')
        .replace('top: "y"', 'top: "z"'),
        "an image of four axes",
    ),
    (
        "stochastic",
        pool("pool: STOCHASTIC kernel_size: 2"),
        "one of MAX, AVE, .*pool=STOCHASTIC",
    ),
    ("pooling pad", pool("kernel_size: 2 pad: 2"), "smaller than the kernel"),
    ("pooling kernel", pool("kernel_size: 12"), r"\(1, 4, -3, -5\)"),
    (
        "pooling gaps",
        pool("kernel_size: 1 stride: 4"),
        "windows that begin on the image.*a side of 8, kernel 1, stride 4",
    ),
    ("round mode", pool("kernel_size: 2 round_mode: UP"), "one of CEIL, FLOOR"),
    ("eltwise", HALF + layer("Eltwise", **WITH_HALF), "Expected equal shapes"),
    (
        "coefficients",
        shaped("Eltwise", "coeff: 2", bottoms=("data", "data")),
        r"one `coeff` for each term of a sum, or none. Received: \[2.0\]",
    ),
    (
        "product",
        shaped(
            "Eltwise",
            "operation: PROD coeff: 1 coeff: 1",
            bottoms=("data", "data"),
        ),
        "each term of a sum",
    ),
    (
        "infinite",
        shaped("Eltwise", "coeff: 1e999 coeff: 1", bottoms=("data", "data")),
        "`coeff` to be a number",
    ),
    (
        "axpy",
        HALF + layer("Axpy", bottoms=("y", "data", "data"), tops="z"),
        "one factor for each channel",
    ),
    (
        "axpy shortcut",
        layer("Flatten", tops=("f",), name="flat")
        + pool("global_pooling: true")
        + layer("Axpy", bottoms=("y", "data", "f"), tops="z", name="axpy"),
        r"an image of four axes.*\(1, 192\)",
    ),
    (
        "no channels",
        pool("global_pooling: true")
        + conv("num_output: 1 kernel_size: 1")
        .replace("data", "y", 1)
        .replace('top: "y"', 'top: "c"')
        .replace("one", "conv")
        + shaped("Reshape", "shape { dim: 0 }", bottoms="c", tops="r", name="r")
        + layer("BatchNorm", bottoms="r", tops="b", name="norm"),
        r"a known number of channels. Received: the shape \(1\)",
    ),
    ("slope", layer("ReLU", "relu_param { negative_slope: -1 }"), "at least 0"),
    ("concat", HALF + layer("Concat", **WITH_HALF), "only differ in axis 1"),
    ("concat batch", shaped("Concat", "axis: 0"), "an axis behind the batch"),
    ("no axis", shaped("Softmax", "axis: 4"), "number from -4 to 3"),
    (
        "far axis",
        layer("Flatten")
        + shaped("Crop", "", bottoms=("y", "y"), tops="z", name="crop"),
        r"an axis 2. Received: the shape \(1, 192\)",
    ),
    (
        "slice",
        shaped("Slice", "slice_point: 3 slice_point: 2", tops=("a", "b", "c")),
        "cut 4 into 3 parts",
    ),
    ("uneven", layer("Slice", tops=("a", "b", "c")), "cut 4 into 3 parts"),
    (
        "crop",
        HALF + shaped("Crop", "offset: 5", **WITH_HALF),
        r"a part of \(1, 4, 8, 6\)",
    ),
    (
        "crop offsets",
        HALF + shaped("Crop", "offset: 1 " * 3, **WITH_HALF),
        "one `offset`, or 2. Received: 3",
    ),
    (
        "crop axes",
        layer("Flatten") + shaped("Crop", "", **WITH_HALF, name="c"),
        "two tensors of as many axes",
    ),
    ("interp", shaped("Interp", "height: 3"), "Expected `width`"),
    ("interp pad", shaped("Interp", "pad_beg: 1 zoom_factor: 2"), "to 0. Rec"),
    (
        "interp crop",
        shaped("Interp", "pad_beg: -8 zoom_factor: 2"),
        "pixels left to resize",
    ),
    (
        "product axis",
        layer("InnerProduct", "inner_product_param { axis: 3 num_output: 1 }"),
        "an `axis` of 1 or 2",
    ),
    ("end axis", shaped("Flatten", "axis: 2 end_axis: 1"), "not before `axis`"),
    ("permute", shaped("Permute", "order: 1"), "the batch first"),
    ("permute twice", shaped("Permute", "order: 0 order: 0"), "different axes"),
    (
        "reshape",
        shaped("Reshape", "shape { dim: 0 dim: 5 }"),
        r"as many values as \(1, 4, 8, 6\). Received: \(1, 5\)",
    ),
    (
        "reshape batch",
        shaped("Reshape", "shape { dim: 2 dim: -1 }"),
        r"the batch and as many values",
    ),
    (
        "two unknown",
        shaped("Reshape", "shape { dim: -1 dim: -1 }"),
        "at most one -1",
    ),
    (
        "no such axis",
        shaped("Reshape", "shape { dim: 192 dim: 0 } axis: 3"),
        r"a shape for \(6\)",
    ),
    ("dropout", shaped("Dropout", "dropout_ratio: 1"), "from 0 to below 1"),
    ("exp", shaped("Exp", "base: 0"), "a `base` above 0"),
    ("lrn", shaped("LRN", "local_size: 4"), "an odd `local_size`"),
    (
        "epsilon",
        layer("BatchNorm", "batch_norm_param { eps: -1 }"),
        "`eps` of at least 0",
    ),
    (
        "scales",
        HALF + shaped("Scale", "axis: 0", **WITH_HALF),
        "scales of the first axes of",
    ),
    ("scale axis", HALF + layer("Scale", **WITH_HALF), "axis 0 and no bias"),
]
