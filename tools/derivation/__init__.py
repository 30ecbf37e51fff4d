"""From one equation file to derivatives and a formula page: tracing, joining, differentiating, printing.

* `graph`: nodes that exist once each, and the algebra that builds simplified ones
* `tracer`: runs a plain Python function once a branch path with recording numbers
* `joining`: makes one straight-line graph of all paths; shares calls that no path needs together
* `reverse`: derivatives as nodes of the same graph
* `printer`: scalar Python functions from graphs
* `module`: what the derivative file of a model holds
* `formulas`: the formula page of a model
"""
