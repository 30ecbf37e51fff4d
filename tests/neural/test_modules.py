"""Networks of torch's layers against the equation text, in both widths of numbers."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.equations import NETWORKS
from repetita.kernels.replay import predict
from repetita.network_model import network
from repetita.neural.modules import initial_model, model_with, outputs, recalled, torch_network
from repetita.neural.sequences import questions

pytestmark = pytest.mark.usefixtures("torch")
VARIANTS = [(name, variant) for name in NETWORKS for variant in rp.model(name).equations.VARIANTS]


def random_network(name, variant):
    random = np.random.default_rng(0)
    module = rp.model(name).equations
    size = sum(int(np.prod(shape)) for shape in module.layout(module.VARIANTS[variant]).values())
    inputs = len(module.STANDARDIZED) if len(module.STANDARDIZED) < 2 or module.VARIANTS[variant][1] else 1
    return network(name, random.normal(0.0, 0.4, size), variant, [-1.0] * inputs + [3.0] * inputs)


def torch_predictions(torch, memory, log, dtype):
    asked = questions(log, memory, longest=None)
    batch, module = asked.batch(np.arange(len(asked))), torch_network(memory, dtype=dtype)
    kind = getattr(torch, dtype)
    with torch.no_grad():
        steps = outputs(module, torch.from_numpy(batch.inputs).to(kind), torch.from_numpy(batch.batch_sizes))
        hidden = steps[torch.from_numpy(batch.places)]
        return asked.rows, recalled(module, hidden, torch.from_numpy(batch.days).to(kind)).double().numpy()


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-6)])
def test_torch_predicts_what_the_kernel_does(torch, log, name, variant, dtype, tolerance):
    memory = random_network(name, variant)
    rows, theirs = torch_predictions(torch, memory, log[0], dtype)
    np.testing.assert_allclose(predict(memory, log[0])[rows], theirs, rtol=0.0, atol=tolerance)


@pytest.mark.golden
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-6)])
def test_torch_agrees_on_the_golden_trace(torch, golden, golden_file, dtype, tolerance):
    trace = golden("lstm_trace")
    memory = rp.model("lstm", weights=golden_file(trace["weights_file"]))
    histories = [[(e["elapsed_days"], e["rating"]) for e in sequence] for sequence in trace["sequences"]]
    log = rp.ReviewLog.from_histories(histories)
    rows, theirs = torch_predictions(torch, memory, log, dtype)
    np.testing.assert_allclose(predict(memory, log)[rows], theirs, rtol=0.0, atol=tolerance)
    assert len(rows) > 20


@pytest.mark.parametrize("name", NETWORKS)
def test_names_are_those_of_files(torch, name):
    module = torch_network(rp.model(name))
    assert [key for key, _ in module.named_parameters()] == list(rp.model(name).layout)
    assert model_with(rp.model(name), module) == rp.model(name)


def test_first_weights_are_drawn_from_the_seed(torch):
    torch.manual_seed(3)
    expected = torch.rand(1).item()
    torch.manual_seed(3)
    made = [initial_model("lstm", "default", (0.0, 8.0, 5.0, 1.0), seed=seed) for seed in (1, 1, 2)]
    assert torch.rand(1).item() == expected, "the process's own random numbers go on"
    assert made[0] == made[1] != made[2]
    module = torch_network(made[0], dtype="float64")
    tensors = dict(module.named_parameters())
    recurrent = tensors["process.5.module.1.module.weight_hh_l0"].detach()
    torch.testing.assert_close(recurrent.T @ recurrent, torch.eye(20, dtype=torch.float64), atol=1e-5, rtol=0)
    assert (tensors["process.6.module.1.module.bias_ih_l0"][20:40] == 1.0).all()
    gru = dict(torch_network(initial_model("gru_p", "default", (), seed=1)).named_parameters())
    assert not gru["rnn.bias_ih_l0"].any()
    assert not gru["rnn.bias_hh_l0"].any()
