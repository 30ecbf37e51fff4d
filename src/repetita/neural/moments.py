"""What AdamW remembers of the gradients it has seen, so that training goes on where it ended."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from repetita.equations.pretrained import FOLDER, file_name
from repetita.errors import UnsupportedInput
from repetita.network_model import NetworkModel
from repetita.neural.torch_setting import import_torch
from repetita.state_dicts import Tensor, read_archive, state_dict_bytes

__all__ = ["Moments", "pretrained_moments", "read_moments"]

STORED = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True, slots=True)
class Moments:
    """Steps taken, running means of gradients and of their squares, one tensor a tensor of the network.

    Attributes:
        steps: Steps taken.
        means: Of gradients.
        squares: Of squared gradients.
    """

    steps: float
    means: tuple[Tensor, ...]
    squares: tuple[Tensor, ...]

    def put_into(self, optimizer: Any) -> None:
        """Makes an optimizer remember this.

        Args:
            optimizer: A new AdamW of the network's tensors, in their order.
        """
        torch = import_torch()
        tensors = [tensor for group in optimizer.param_groups for tensor in group["params"]]
        for tensor, mean, square in zip(tensors, self.means, self.squares, strict=True):
            optimizer.state[tensor] = {
                "step": torch.tensor(self.steps),
                "exp_avg": torch.tensor(mean.values, dtype=tensor.dtype).reshape(mean.shape),
                "exp_avg_sq": torch.tensor(square.values, dtype=tensor.dtype).reshape(square.shape),
            }

    @classmethod
    def of(cls, optimizer: Any) -> Moments:
        """What an optimizer remembers.

        Args:
            optimizer: An AdamW that has taken a step.
        """
        states = [optimizer.state[tensor] for group in optimizer.param_groups for tensor in group["params"]]
        means, squares = (
            tuple(Tensor(tuple(s[key].shape), tuple(s[key].double().flatten().tolist())) for s in states)
            for key in STORED[1:]
        )
        return cls(float(states[0]["step"]), means, squares)

    def to_bytes(self) -> bytes:
        """The bytes of a ``.pth`` file that AdamW's ``load_state_dict`` takes."""
        state = {
            i: dict(zip(STORED, (Tensor((), (self.steps,)), mean, square), strict=True))
            for i, (mean, square) in enumerate(zip(self.means, self.squares, strict=True))
        }
        group = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False}
        rest = {
            "foreach": None,
            "maximize": False,
            "capturable": False,
            "differentiable": False,
            "fused": None,
        }
        group |= {**rest, "decoupled_weight_decay": True, "params": list(range(len(self.means)))}
        return state_dict_bytes({"state": state, "param_groups": [group]})


def read_moments(path: str | os.PathLike[str], model: NetworkModel) -> Moments:
    """What an optimizer remembered, out of the file that the ecosystem keeps beside pretrained weights.

    Args:
        path: A ``.pth`` file of an optimizer's state; nothing in it is run.
        model: The network whose optimizer it was.

    Raises:
        InputError: A file that is missing, damaged, hostile, or of something else.
    """
    found = read_archive(path)
    shapes = list(model.layout.values())
    state = found.get("state") if isinstance(found, dict) else None
    kept: list[Any] = [state.get(i) for i in range(len(shapes))] if isinstance(state, dict) else []
    fits = len(kept) == len(shapes) and all(
        isinstance(one, dict) and all(isinstance(one.get(key), Tensor) for key in STORED) for one in kept
    )
    if not fits or any(
        one[key].shape != shape for one, shape in zip(kept, shapes, strict=True) for key in STORED[1:]
    ):
        raise UnsupportedInput(
            f"{os.fspath(path)} is not the memory of an AdamW that trained a {model.name}",
            hint="torch.save(optimizer.state_dict(), path) writes one",
            where=os.fspath(path),
        )
    return Moments(
        float(kept[0]["step"].values[0]),
        tuple(one["exp_avg"] for one in kept),
        tuple(one["exp_avg_sq"] for one in kept),
    )


def pretrained_moments(model: NetworkModel) -> Moments | None:
    """What the optimizer remembered when the weights that come with the package were trained, if kept.

    Args:
        model: A network.
    """
    path = FOLDER / f"{file_name(model.name, model.variant)}_optimizer.pth"
    return read_moments(path, model) if path.is_file() else None
