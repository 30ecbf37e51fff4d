"""Simulations of a person who learns cards: the world, the belief, the policy, and the person, kept apart."""
