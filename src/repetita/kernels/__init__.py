"""Compiled kernels: a log packed into lanes, and what one pass over every card yields.

    packing      a log as blocks of 16 cards that advance in lockstep
    objective    loss, gradient, Fisher information, gradient of each card
    replay       predictions and states of every review
    histories    both, for models whose state is the whole history of a card
    shared_histories  loss, gradient and predictions with what cards have in common computed once
    smoothing, box    the inner loops of a smoother and of steps inside a box
    elementwise  curve, interval and next state of arrays
    reference    the same in plain Python, one review after the other: slow and obvious

Below them: `rendering` writes the loops of one model from its equations and generated derivatives,
`source_cache` keeps the text and the machine code on disk, `compiling` and `mathematics` are what the text
imports, `threads` runs chunks of blocks. This is the only package that imports Numba, and not before the
first kernel runs.
"""
