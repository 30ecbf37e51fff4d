"""Fine tuning: gradients, schedules, weights, optimizer memory, and the same result whatever is around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import repetita as rp
from repetita.equations import NETWORKS
from repetita.errors import CorruptInput, InputMissing, UnsupportedInput
from repetita.neural import Epochs, Moments, fine_tuned, network_recipe, read_moments
from repetita.neural.adaptation import adapt, batch_losses
from repetita.neural.modules import initial_model, torch_network
from repetita.neural.recipes import Rates
from repetita.neural.sequences import measured_standardization, questions
from repetita.state_dicts import read_archive, state_dict_bytes

pytestmark = pytest.mark.usefixtures("torch")


def begin(name, log, seed=1):
    return initial_model(name, "default", measured_standardization([log], name, "default"), seed=seed)


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_are_finite_differences(torch, log, name):
    memory = begin(name, log[0])
    asked = questions(log[0], memory)
    weights = np.random.default_rng(0).uniform(0.5, 2.0, len(asked))
    batch = replace(asked, weights=weights).batch(np.arange(0, len(asked), 3))
    module = torch_network(memory, dtype="float64")
    batch_losses(module, batch).sum().backward()
    random, step = np.random.default_rng(1), 1e-6
    for tensor in module.parameters():
        place = int(random.integers(tensor.numel()))
        exact, flat = float(tensor.grad.flatten()[place]), tensor.data.view(-1)
        values = []
        for move in (step, -2.0 * step):
            flat[place] += move
            with torch.no_grad():
                values.append(float(batch_losses(module, batch).sum()))
        flat[place] += step
        assert exact == pytest.approx((values[0] - values[1]) / (2.0 * step), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_losses_are_those_of_the_predictions(log, name):
    memory = begin(name, log[0])
    asked = questions(log[0], memory)
    losses = batch_losses(torch_network(memory, dtype="float64"), asked.batch(np.arange(len(asked))))
    predicted, recalled = memory.predict(log[0])[asked.rows], log[0].ratings[asked.rows] > 1
    expected = -np.log(np.where(recalled, predicted, 1.0 - predicted))
    np.testing.assert_allclose(losses.detach().numpy(), expected, rtol=1e-9)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_weights_whatever_is_around(torch, log, name):
    memory = begin(name, log[0])
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        torch.manual_seed(1)
        one = fine_tuned(log[0], memory)
        assert torch.get_num_threads() == 2
        assert not torch.are_deterministic_algorithms_enabled()
        torch.set_num_threads(1)
        torch.manual_seed(2)
        two = fine_tuned(log[0], memory)
    finally:
        torch.set_num_threads(threads)
    assert one.model == two.model
    assert one.model != memory
    assert fine_tuned(log[0], memory, dtype="float64").model.parameters == pytest.approx(
        one.model.parameters, abs=0.02
    )


def test_settings_are_restored_after_a_failure(torch):
    from repetita.neural.torch_setting import reproducible

    torch.use_deterministic_algorithms(False)
    threads = torch.get_num_threads()

    def fail():
        with reproducible(1):
            assert torch.get_num_threads() == 1
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_several_batches_depend_on_the_seed_and_one_does_not(log, name):
    memory = begin(name, log[0])
    whole = network_recipe(name).tuning
    assert fine_tuned(log[0], memory, seed=1).steps == whole.steps
    small = replace(whole, batch=64)
    runs = [fine_tuned(log[0], memory, tuning=small, seed=seed) for seed in (0, 0, 1)]
    assert runs[0].model == runs[1].model != runs[2].model
    assert runs[0].steps == whole.steps * -(-runs[0].questions // 64)


def test_rates_warm_up_and_fall():
    rates = Rates(1.0, 3.0, 2.0, 4)
    assert [rates.at(step, 8, 1.0) for step in range(8)] == [1.0, 1.5, 2.0, 2.5, 3.0, 2.75, 2.5, 2.25]
    assert rates.at(4, 8, 1.5) == pytest.approx(3.0 * 16_000.0**-0.5)


def test_an_adaptation_step_by_hand(torch, log):
    """Three steps of AdamW on the published loss, written out."""
    memory = begin("gru", log[0])
    tuning = replace(network_recipe("gru").tuning, steps=3, clip=5.0)
    asked = questions(log[0], memory)
    n = len(asked)
    x = np.linspace(0.0, 1.0, n)
    weights = 1.0 + tuning.recency * x**tuning.degree
    weights *= n / weights.sum()
    batch = replace(asked, weights=weights).batch(np.arange(n))
    module = torch_network(memory, dtype="float64")
    tensors = list(module.parameters())
    origin = [tensor.detach().clone() for tensor in tensors]
    mean = [torch.zeros_like(tensor) for tensor in tensors]
    square = [torch.zeros_like(tensor) for tensor in tensors]
    (b1, b2), scale = tuning.betas, 16_000.0 ** (1.0 - tuning.exponent)
    for step in range(3):
        for tensor in tensors:
            tensor.grad = None
        pull = sum(((tensor - start) ** 2).sum() for tensor, start in zip(tensors, origin, strict=True))
        (batch_losses(module, batch).mean() * n**tuning.exponent + tuning.pull * pull).backward()
        norm = float(sum((tensor.grad**2).sum() for tensor in tensors)) ** 0.5
        rate = scale * (tuning.rates.start + (tuning.rates.middle - tuning.rates.start) * step / 7)
        with torch.no_grad():
            for i, tensor in enumerate(tensors):
                gradient = tensor.grad * min(1.0, 5.0 / (norm + 1e-6))
                mean[i] = b1 * mean[i] + (1.0 - b1) * gradient
                square[i] = b2 * square[i] + (1.0 - b2) * gradient**2
                adam = (mean[i] / (1.0 - b1 ** (step + 1))) / (
                    (square[i] / (1.0 - b2 ** (step + 1))).sqrt() + 1e-8
                )
                tensor -= rate * (adam + tuning.decay * tensor)
    ours = fine_tuned(log[0], memory, tuning=tuning, dtype="float64")
    by_hand = np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors])
    np.testing.assert_allclose(ours.model.parameters, by_hand, rtol=1e-8, atol=1e-10)


def test_given_weights_decide(log):
    memory = begin("gru", log[0])
    half = np.zeros(len(log[0]))
    half[log[0].time_order[: len(half) // 2]] = 1.0
    tuned = fine_tuned(log[0], memory, weights=half)
    assert tuned.weight == np.count_nonzero(half[questions(log[0], memory).rows])
    assert fine_tuned(log[0], memory, weights=np.zeros(len(half))).model is memory


def test_nothing_to_learn_leaves_a_network_as_it_is():
    memory = rp.model("gru")
    tuned = fine_tuned(rp.ReviewLog.from_histories([[(0, 3)]]), memory)
    assert (tuned.model, tuned.steps, tuned.questions) == (memory, 0, 0)


def test_the_optimizer_goes_on_where_it_ended(torch, log):
    memory = begin("gru", log[0])
    tuning = network_recipe("gru").tuning
    asked = questions(log[0], memory)

    def batches():
        yield asked.batch(np.arange(len(asked)))

    module = torch_network(memory)
    _, _, optimizer = adapt(module, tuning, batches, None)
    kept = Moments.of(optimizer)
    assert kept.steps == tuning.steps
    again = torch.optim.AdamW(torch_network(memory).parameters())
    kept.put_into(again)
    assert Moments.of(again) == kept
    cold, warm = (fine_tuned(log[0], memory, moments=moments).model for moments in (None, kept))
    assert cold != warm


def test_memory_of_an_optimizer_in_files(torch, log, tmp_path):
    memory = rp.model("gru")
    module = torch_network(memory)
    optimizer = torch.optim.AdamW(module.parameters())
    batch_losses(module, questions(log[0], memory).batch([0, 1, 2])).sum().backward()
    optimizer.step()
    kept = Moments.of(optimizer)
    theirs, ours = tmp_path / "theirs.pth", tmp_path / "ours.pth"
    torch.save(optimizer.state_dict(), theirs)
    ours.write_bytes(kept.to_bytes())
    assert read_moments(theirs, memory) == read_moments(ours, memory) == kept
    fresh = torch.optim.AdamW(torch_network(memory).parameters())
    fresh.load_state_dict(torch.load(ours, weights_only=True))
    assert Moments.of(fresh) == kept
    for wrong in (rp.model("gru_p"), rp.model("lstm")):
        with pytest.raises(UnsupportedInput, match="is not the memory of an AdamW"):
            read_moments(ours, wrong)
    with pytest.raises(UnsupportedInput):
        read_moments(memory.save(tmp_path / "weights.pth"), memory)
    with pytest.raises(InputMissing):
        read_moments(tmp_path / "none.pth", memory)
    ours.write_bytes(ours.read_bytes()[:500])
    with pytest.raises(CorruptInput):
        read_moments(ours, memory)
    content = read_archive(theirs)
    del content["state"][3]
    theirs.write_bytes(state_dict_bytes(content))
    with pytest.raises(UnsupportedInput):
        read_moments(theirs, memory)


def test_epochs_keep_the_best_weights(log):
    memory = begin("gru_p", log[0])
    tuned = fine_tuned(log[0], memory, tuning=Epochs(batch=32, epochs=4, rate=0.01, decay=1e-5))
    asked = questions(log[0], memory)

    def mean_loss(network):
        losses = batch_losses(torch_network(network), asked.batch(np.arange(len(asked))))
        return float(losses.mean().detach())

    assert tuned.loss == pytest.approx(mean_loss(tuned.model), rel=1e-5)
    assert tuned.loss < mean_loss(memory)
    wild = fine_tuned(log[0], memory, tuning=Epochs(batch=32, epochs=1, rate=100.0, decay=0.0))
    assert wild.model == memory, "an epoch that makes it worse is not kept"
