"""The formula page of a model, from its traced equations.

* `formulas`: the equations by cases
* `latex`: expression graphs in LaTeX
* `page`: formulas, parameter table, variants and sources as one page
"""
