"""Optimizers by name, for a configuration."""

import types

import keras


def optimizer_of(config, rate):
    """Returns the optimizer of a configuration.

    Args:
        config: `Config`.
        rate: float or `keras.optimizers.schedules.LearningRateSchedule`.

    Returns:
        `keras.optimizers.Optimizer`.
    """
    return OPTIMIZERS[config.optimizer](
        config,
        learning_rate=rate,
        weight_decay=config.weight_decay or None,
        clipnorm=config.clipnorm,
        global_clipnorm=config.global_clipnorm,
        clipvalue=config.clipvalue,
        use_ema=config.ema is not None,
        ema_momentum=0.99 if config.ema is None else config.ema,
    )


def _sgd(config, **arguments):
    from keras_deep.optimizers import SGD

    return SGD(**_momentum(config), **arguments)


def _adam(config, **arguments):
    return keras.optimizers.Adam(**arguments)


def _adamw(config, **arguments):
    from keras_deep.optimizers import AdamW

    # It takes no `None`.
    arguments["weight_decay"] = float(config.weight_decay)
    return AdamW(**arguments)


def _lamb(config, **arguments):
    from keras_deep.optimizers import LAMB

    return LAMB(**arguments)


def _lars(config, **arguments):
    from keras_deep.optimizers import LARS

    return LARS(**_momentum(config), **arguments)


def _momentum(config):
    return {
        "momentum": float(config.momentum),
        "nesterov": config.nesterov and config.momentum > 0,
    }


OPTIMIZERS = types.MappingProxyType(
    {
        "sgd": _sgd,
        "adam": _adam,
        "adamw": _adamw,
        "lamb": _lamb,
        "lars": _lars,
    }
)
