"""The published training of each model, so that its results can be reproduced.

    published   `ReferenceRecipe`: the figures of a model's training, declared in its equation file
    items       what is predicted: targets with the histories before them, their weights, their batches
    curve_start where the training starts that fits the curve beforehand
    adam        the steps: Adam, and a learning rate that falls along a cosine
    shuffling   the order of the batches, as the reference trainers draw it
    descent     the training itself: one pass after the other, and which parameters are kept
    training    the same as a `FitResult`

Nothing here knows a model by name.
"""

from __future__ import annotations

from repetita.fitting.reference.published import ReferenceRecipe, reference_recipe

__all__ = ["ReferenceRecipe", "reference_recipe"]
