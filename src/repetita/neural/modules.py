"""Networks built of torch's layers: for training. Their tensors have the names that files of weights have."""

from __future__ import annotations

from typing import Any

from repetita.equations import equations
from repetita.equations.layers import MOST_EXPONENT, SHORTEST_SCALE, size_of
from repetita.network_model import NetworkModel
from repetita.neural.torch_setting import import_torch, reproducible

__all__ = ["initial_model", "model_with", "outputs", "recalled", "torch_network"]


def torch_network(model: NetworkModel, *, dtype: str = "float32") -> Any:
    """The network as a torch module with the model's weights.

    Args:
        model: The network.
        dtype: "float32", in which the ecosystem trains, or "float64".

    Raises:
        MissingExtra: Torch is not installed.
    """
    torch = import_torch()
    made = BUILDERS[model.name](torch, bool(len(model.options) > 1 and model.options[1]))
    made = made.to(getattr(torch, dtype))
    at = 0
    named = dict(made.named_parameters())
    with torch.no_grad():
        for name, shape in model.layout.items():
            parameter = named[name]
            values = model.parameters[at : at + parameter.numel()]
            parameter.copy_(torch.tensor(values, dtype=torch.float64).reshape(shape))
            at += parameter.numel()
    return made


def model_with(model: NetworkModel, module: Any) -> NetworkModel:
    """The network with the weights of a torch module.

    Args:
        model: Whose variant and standardization are kept.
        module: From `torch_network`.
    """
    named = dict(module.named_parameters())
    values = [value for name in model.layout for value in named[name].detach().double().flatten().tolist()]
    return NetworkModel(model.name, tuple(values), model.variant, (), model.standardization)


def initial_model(
    name: str, variant: str, standardization: tuple[float, ...], *, seed: int = 0
) -> NetworkModel:
    """An untrained network, as training begins: recurrent weights orthogonal, the rest as torch draws.

    Args:
        name: Name of the network.
        variant: Named variant.
        standardization: Means and standard deviations of the inputs.
        seed: Of the draw.

    Raises:
        MissingExtra: Torch is not installed.
    """
    options = equations(name).VARIANTS[variant]
    size = sum(size_of(shape) for shape in equations(name).layout(options).values())
    blank = NetworkModel(name, (0.0,) * size, variant, (), standardization)
    with reproducible(seed) as torch:
        module = BUILDERS[name](torch, bool(len(options) > 1 and options[1]))
        for tensor, parameter in module.named_parameters():
            if "weight_ih" in tensor or "weight_hh" in tensor:
                torch.nn.init.orthogonal_(parameter)
            elif name == "gru_p" and tensor.startswith("rnn.bias"):
                torch.nn.init.zeros_(parameter)
            elif "bias_ih" in tensor:
                quarter = len(parameter) // 4
                with torch.no_grad():
                    parameter[quarter : len(parameter) // 2].fill_(1.0)
        return model_with(blank, module)


def outputs(module: Any, inputs: Any, batch_sizes: Any) -> Any:
    """What a network makes of packed sequences: one row a step.

    Args:
        module: From `torch_network`.
        inputs: Shape (steps, inputs), first steps of all cards, then second ones, longest card first.
        batch_sizes: How many cards have a step of that number.
    """
    return _through(module.process if hasattr(module, "process") else module.rnn, inputs, batch_sizes)


def recalled(module: Any, hidden: Any, elapsed_days: Any) -> Any:
    """Probability of recall from rows of `outputs`, some days after the step.

    Args:
        module: From `torch_network`.
        hidden: Shape (targets, units).
        elapsed_days: Shape (targets,); already an input of a network without a curve.
    """
    if not hasattr(module, "process"):
        return module.fc(hidden).sigmoid()[:, 0]
    weight = module.w_fc(hidden).softmax(-1)
    scale = module.s_fc(hidden).clamp(-MOST_EXPONENT, MOST_EXPONENT).exp()
    decay = module.d_fc(hidden).clamp(-MOST_EXPONENT, MOST_EXPONENT).exp()
    base = 1.0 + elapsed_days[:, None] / (SHORTEST_SCALE + scale)
    return (1.0 - SHORTEST_SCALE) * (weight * base**-decay).sum(-1).clamp(0.0, 1.0)


def _through(layer: Any, data: Any, batch_sizes: Any) -> Any:
    torch = import_torch()
    if isinstance(layer, torch.nn.RNNBase):
        packed = torch.nn.utils.rnn.PackedSequence(data, batch_sizes)
        return layer(packed)[0].data
    if isinstance(layer, torch.nn.Sequential):
        for inner in layer:
            data = _through(inner, data, batch_sizes)
        return data
    if hasattr(layer, "residual"):
        inside = _through(layer.module, data, batch_sizes)
        return inside + data if layer.residual else inside
    return layer(data)


def _wrapped(torch: Any, module: Any, *, residual: bool) -> Any:
    """A module that holds another one under the name ``module``."""
    made = torch.nn.Module()
    made.module, made.residual = module, residual
    return made


def _lstm(torch: Any, with_duration: bool) -> Any:
    nn, size = torch.nn, equations("lstm").HIDDEN

    def norm(bias: bool = False) -> Any:
        return nn.LayerNorm(size, bias=bias)

    def recurrent(bias: bool) -> Any:
        cell = _wrapped(torch, nn.LSTM(size, size), residual=False)
        return _wrapped(torch, nn.Sequential(norm(bias), cell), residual=True)

    def dense() -> tuple[Any, Any]:
        return nn.Linear(size, size), nn.SiLU()

    made = nn.Module()
    made.process = nn.Sequential(
        nn.Linear(6 if with_duration else 5, size),
        nn.SiLU(),
        norm(),
        *dense(),
        recurrent(False),
        recurrent(True),
        _wrapped(torch, nn.Sequential(norm(), *dense(), norm(), *dense()), residual=True),
        norm(),
        *dense(),
    )
    return _with_heads(torch, made, size, equations("lstm").CURVES)


def _gru(torch: Any, with_duration: bool) -> Any:
    nn, size = torch.nn, equations("gru").HIDDEN
    made = nn.Module()
    made.process = nn.Sequential(
        nn.Linear(6 if with_duration else 5, size),
        nn.SiLU(),
        nn.LayerNorm(size, bias=False),
        _wrapped(torch, nn.GRU(size, size), residual=False),
        nn.LayerNorm(size, bias=False),
        nn.Linear(size, size),
        nn.SiLU(),
        nn.LayerNorm(size, bias=False),
    )
    return _with_heads(torch, made, size, equations("gru").CURVES)


def _gru_p(torch: Any, with_duration: bool) -> Any:
    made = torch.nn.Module()
    made.rnn = torch.nn.GRU(equations("gru_p").INPUTS, equations("gru_p").HIDDEN)
    made.fc = torch.nn.Linear(equations("gru_p").HIDDEN, 1)
    return made


def _with_heads(torch: Any, made: Any, size: int, curves: int) -> Any:
    for head in ("w_fc", "s_fc", "d_fc"):
        setattr(made, head, torch.nn.Linear(size, curves))
    return made


BUILDERS = {"lstm": _lstm, "gru": _gru, "gru_p": _gru_p}
