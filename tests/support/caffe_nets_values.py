"""Small Caffe networks of layers that keep the shape, see `caffe_nets`."""

VALUES = {
    "activations": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "ReLU" bottom: "data" top: "a" }
        layer { name: "b" type: "ReLU" bottom: "data" top: "b"
          relu_param { negative_slope: 0.1 } }
        layer { name: "c" type: "ELU" bottom: "data" top: "c" }
        layer { name: "d" type: "Sigmoid" bottom: "data" top: "d" }
        layer { name: "e" type: "TanH" bottom: "data" top: "e" }
        layer { name: "f" type: "AbsVal" bottom: "data" top: "f" }
        layer { name: "g" type: "BNLL" bottom: "data" top: "g" }
        layer { name: "h" type: "PReLU" bottom: "data" top: "h" }
        layer { name: "i" type: "PReLU" bottom: "data" top: "i"
          prelu_param { channel_shared: true } }
        """,
        {"h": [(3,)], "i": [(1,)]},
    ),
    "power": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "Power" bottom: "data" top: "a"
          power_param { power: 2 scale: 0.5 shift: 0.25 } }
        layer { name: "b" type: "Power" bottom: "data" top: "b"
          power_param { scale: -3 shift: 1 } }
        layer { name: "c" type: "Exp" bottom: "data" top: "c"
          exp_param { base: 2 scale: 0.5 shift: 1 } }
        layer { name: "d" type: "Exp" bottom: "data" top: "d" }
        """,
        {},
    ),
    "log": (
        (1, 3, 4, 5),
        """
        layer { name: "p" type: "AbsVal" bottom: "data" top: "p" }
        layer { name: "a" type: "Log" bottom: "p" top: "a"
          log_param { base: 10 scale: 2 shift: 0.5 } }
        layer { name: "b" type: "Log" bottom: "p" top: "b" }
        """,
        {},
    ),
    "lrn": (
        (1, 7, 4, 5),
        """
        layer { name: "a" type: "LRN" bottom: "data" top: "a"
          lrn_param { local_size: 3 alpha: 0.3 beta: 0.5 } }
        layer { name: "b" type: "LRN" bottom: "data" top: "b"
          lrn_param { local_size: 17 alpha: 2 } }
        """,
        {},
    ),
    "lrn_defaults": (
        (1, 7, 4, 5),
        """
        layer { name: "a" type: "LRN" bottom: "data" top: "a" }
        layer { name: "b" type: "LRN" bottom: "data" top: "b"
          lrn_param { local_size: 3 alpha: 0.3 beta: 0.5 k: 2 } }
        """,
        {},
    ),
    "lrn_within": (
        (1, 3, 6, 5),
        """
        layer { name: "a" type: "LRN" bottom: "data" top: "a"
          lrn_param { local_size: 3 alpha: 0.3 norm_region: WITHIN_CHANNEL } }
        """,
        {},
    ),
    "scale": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "Scale" bottom: "data" top: "a" }
        layer { name: "b" type: "Scale" bottom: "data" top: "b"
          scale_param { bias_term: true } }
        layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
          pooling_param { pool: AVE global_pooling: true } }
        layer { name: "flat" type: "Flatten" bottom: "pool" top: "flat" }
        layer { name: "c" type: "Scale" bottom: "data" bottom: "flat" top: "c"
          scale_param { axis: 0 } }
        """,
        {"a": [(3,)], "b": [(3,), (3,)]},
    ),
    "scale_axes": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "Scale" bottom: "data" top: "a"
          scale_param { axis: 1 num_axes: 2 bias_term: true } }
        layer { name: "b" type: "Scale" bottom: "data" top: "b"
          scale_param { axis: -3 num_axes: -1 } }
        layer { name: "c" type: "Bias" bottom: "data" top: "c"
          bias_param { axis: 2 num_axes: 2 } }
        """,
        {"a": [(3, 4), (3, 4)], "b": [(3, 4, 5)], "c": [(4, 5)]},
    ),
    "batch_norm": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "BatchNorm" bottom: "data" top: "a" }
        layer { name: "b" type: "BatchNorm" bottom: "data" top: "b"
          batch_norm_param { eps: 0.5 } }
        layer { name: "c" type: "Scale" bottom: "b" top: "c" }
        layer { name: "d" type: "ReLU" bottom: "b" top: "d" }
        """,
        {"a": [(3,), (3,), (1,)], "b": [(3,), (3,), (1,)], "c": [(3,)]},
    ),
}
