import json

import numpy as np
import pytest

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.fitting import fit_by
from repetita.reviews import ReviewLog, simulate_log


@pytest.fixture(scope="module")
def log():
    plain = simulate_log(cards=90, days=120, seed=6)
    columns = {
        "card_id": np.repeat(plain.card_ids, np.diff(plain.offsets)),
        "rating": plain.ratings,
        "elapsed_days": plain.elapsed_days,
    }
    # a third of the cards in each of two decks, the rest in none
    deck = np.array([7, 3, -1])[plain.card_index % 3]
    return ReviewLog.from_arrays(**columns, deck_id=deck)


@pytest.fixture(scope="module")
def fits(log):
    return fit_by(log, "deck", standard_errors=False)


def test_each_deck_is_fitted_alone(log, fits):
    assert list(fits) == [3, 7]
    for deck in fits:
        alone = rp.fit(log.take_cards(log.deck_ids == deck), standard_errors=False)
        assert fits[deck].parameters == alone.parameters
    assert fits[3].parameters != fits[7].parameters


def test_what_was_not_fitted_has_the_defaults(fits):
    assert fits.model(99) == rp.model()
    assert fits.model(None) == rp.model()
    assert fits.model(-1) == rp.model()
    assert 99 not in fits
    with pytest.raises(KeyError):
        fits[99]


def test_predictions_are_those_of_each_cards_model(log, fits):
    predicted = fits.predict(log)
    for card in (0, 1, 2):
        rows = slice(log.offsets[card], log.offsets[card + 1])
        model = fits.model(int(log.deck_ids[card]))
        np.testing.assert_array_equal(predicted[rows], model.predict(log)[rows])


def test_it_tells(fits):
    assert repr(fits).startswith("GroupedFit('fsrs6', 2 decks,")
    assert fits.summary().count("\n") == 2
    assert json.loads(json.dumps(fits.to_dict()))["groups"].keys() == {"3", "7"}
    assert fits.to_frame().height == 42


def test_options_reach_every_fit(log):
    weights = np.where(log.scored, 2.0, 0.0)
    grouped = fit_by(log, "deck", "fsrs6", weights=weights, prior="published", only=["decay"])
    assert all(result.options["only"] == ["decay"] for result in grouped.values())
    assert all(result.effective == 2.0 * result.scored for result in grouped.values())
    trained = fit_by(log, "deck", recipe="reference")
    assert all(result.options["recipe"] == "reference" for result in trained.values())


def test_a_log_without_groups(log):
    with pytest.raises(UsageError, match="preset"):
        fit_by(log, "preset")
    with pytest.raises(UnknownName, match="kind of group"):
        fit_by(log, "note")
    with pytest.raises(UnknownName, match="did you mean 'weights'"):
        fit_by(log, "deck", wieghts=100)
    with pytest.raises(UsageError):
        fit_by(log, "deck").predict(ReviewLog.from_histories([[(0, 3)]]))


def test_only_cards_without_a_group():
    log = ReviewLog.from_arrays(card_id=[1, 1], rating=[3, 3], elapsed_days=[0, 2], deck_id=[-1, -1])
    fits = fit_by(log, "deck")
    assert len(fits) == 0
    assert fits.to_frame().height == 0
    assert np.isfinite(fits.predict(log)[1])
