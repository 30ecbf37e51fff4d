import numpy as np
import pytest

import repetita as rp
from repetita.equations import MODELS, declared, equations
from repetita.errors import UsageError
from repetita.fitting.reference.published import ReferenceRecipe, reference_recipe
from repetita.reviews import simulate_log

FITTED = [name for name in MODELS if declared(equations(name)).fitted]


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=120, days=120, seed=4)


@pytest.mark.parametrize("name", FITTED)
def test_every_model_trains_as_it_was_published(log, name):
    recipe = reference_recipe(name)
    result = rp.fit(log, name, recipe="reference")
    model = rp.model(name)
    assert result.options["training"] == recipe.describe()
    assert np.isfinite(result.log_loss)
    moved = [a != b for a, b in zip(result.parameters, model.parameters, strict=True)]
    assert any(moved)
    for p, value in zip(model.equations.PARAMETERS, result.parameters, strict=True):
        assert p.low <= value <= p.high
    # built anew from its own parameters: inside the bounds and in order
    assert rp.model(name, result.parameters).parameters == result.parameters


@pytest.mark.parametrize("name", FITTED)
def test_recipes_fit_their_models(name):
    recipe = reference_recipe(name)
    names = rp.model(name).parameter_names
    assert set(recipe.frozen) <= set(names)
    assert recipe.units is None or len(recipe.units) == len(names)
    assert recipe.epochs > 0
    assert recipe.rate > 0.0


def test_a_name_that_no_recipe_has(monkeypatch):
    monkeypatch.setattr(equations("fsrs6"), "REFERENCE", {"epoch": 3})
    with pytest.raises(UsageError, match="epoch"):
        reference_recipe("fsrs6")


def test_a_model_that_says_nothing_has_the_common_figures(monkeypatch):
    monkeypatch.delattr(equations("fsrs6"), "REFERENCE")
    assert reference_recipe("fsrs6") == ReferenceRecipe()
