import numpy as np

from repetita.fitting.reference.shuffling import Shuffler


def test_orders_are_permutations_and_differ():
    shuffler = Shuffler(2023)
    first, second = shuffler.order(100), shuffler.order(100)
    assert sorted(first.tolist()) == list(range(100)) == sorted(second.tolist())
    assert first.tolist() != second.tolist()


def test_same_seed_same_orders():
    assert Shuffler(7).order(50).tolist() == Shuffler(7).order(50).tolist()


def test_draws_are_those_of_the_twister():
    """The first number of MT19937 seeded with 5489 is known: 3499211612."""
    assert Shuffler(5489).order(10)[0] == 3499211612 % 10


def test_nothing_and_one():
    assert Shuffler(1).order(0).tolist() == []
    assert Shuffler(1).order(1).tolist() == np.zeros(1).tolist()


def test_orders_are_those_of_torch():
    """``torch.randperm(10, generator=...)`` of torch 2.13, twice in a row after ``manual_seed(2023)``."""
    shuffler = Shuffler(2023)
    assert shuffler.order(10).tolist() == [9, 3, 8, 6, 7, 0, 5, 2, 4, 1]
    assert shuffler.order(10).tolist() == [4, 5, 2, 1, 3, 8, 7, 9, 6, 0]
