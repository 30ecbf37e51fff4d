"""Networks, trained: `pretrain` on many people, `fine_tuned` on one. Needs torch (extra ``neural``).

    recipes         the published figures of training, one table a network
    sequences       reviews as training wants them
    modules         networks of torch's layers; held equal to the equation text by tests
    adaptation      one person; epochs: the plain training; moments: what the optimizer remembers
    pretraining     many people: Reptile
    torch_setting   torch, imported late, on one thread, reproducible

Torch is imported by the functions that train, and nowhere else: predicting with a network, reading and
writing weights need none (`repetita.network_model`, `repetita.kernels.networks`, `repetita.state_dicts`).
"""

from __future__ import annotations

from repetita.neural.adaptation import Tuned, fine_tuned
from repetita.neural.moments import Moments, read_moments
from repetita.neural.pretraining import Pretrained, pretrain
from repetita.neural.recipes import Adaptation, Epochs, Reptile, network_recipe

__all__ = [
    "Adaptation",
    "Epochs",
    "Moments",
    "Pretrained",
    "Reptile",
    "Tuned",
    "fine_tuned",
    "network_recipe",
    "pretrain",
    "read_moments",
]
