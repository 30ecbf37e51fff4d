import numpy as np
import pytest

from repetita.errors import UnknownName, UsageError
from repetita.fitting.prior import PopulationPrior
from repetita.fitting.recipe import resolve

UNSET = {
    "recipe": None,
    "prior": "default",
    "weights": None,
    "outliers": None,
    "center": None,
    "small_sample": None,
}


def resolved(**options):
    return resolve("fsrs6", **{**UNSET, **options})


def test_default_recipe():
    assert resolved().describe() == {
        "prior": "default",
        "weights": 8000,
        "outliers": False,
        "center": "defaults",
        "small_sample": 300.0,
    }
    assert resolved(recipe="default").describe() == resolved().describe()


def test_peer_recipe_is_the_reference_trainers_lot():
    assert resolved(recipe="peer").describe() == {
        "prior": "published",
        "weights": "cubic",
        "outliers": "peer",
        "center": "initial-stability",
        "small_sample": 0.0,
    }


def test_options_given_go_before_the_recipe():
    mixed = resolved(recipe="peer", weights="uniform", outliers=False, small_sample=100)
    assert mixed.weights == "uniform"
    assert mixed.outliers is False
    assert mixed.small_sample == 100.0
    assert mixed.prior.name == "published"


def test_published_prior_is_applied_as_it_is_published():
    assert resolved(prior="published").small_sample == 0.0
    assert resolved(prior="published", small_sample=300).small_sample == 300.0
    assert resolved(prior=None).prior.penalty(np.ones(21)) == 0.0


def test_own_prior():
    own = PopulationPrior.default("fsrs6").centered_at(np.linspace(0.1, 0.9, 21) + 0.5)
    assert resolved(prior=own).prior is own


def test_given_weights_are_not_copied_into_the_description():
    assert resolved(weights=np.ones(5)).describe()["weights"] == "given"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"recipe": "peers"}, "did you mean 'peer'"),
        ({"prior": "publised"}, "did you mean 'published'"),
        ({"outliers": "fsrs_rs"}, "did you mean 'fsrs-rs'"),
        ({"outliers": True}, "outlier filter"),
        ({"center": "default"}, "did you mean 'defaults'"),
    ],
)
def test_unknown_choices_suggest_the_nearest(options, said):
    with pytest.raises(UnknownName, match=said):
        resolved(**options)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_small_sample_is_a_number_of_reviews(value):
    with pytest.raises(UsageError, match="small_sample"):
        resolved(small_sample=value)
