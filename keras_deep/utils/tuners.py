"""What a search may be asked for; known before Keras is imported."""

TUNERS = ("hyperband", "random", "bayesian", "grid")
# What an epoch measures.
OBJECTIVES = ("val_accuracy", "val_loss", "accuracy", "loss")
