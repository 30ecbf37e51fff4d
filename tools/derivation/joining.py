"""One straight-line graph from the paths of a function, with as few exponentials and logarithms as possible.

Two calls that no path needs together become one call of a chosen argument: ``f(x if c else y)``. This is what
a person does who writes the same kernel by hand for vector lanes, where both arms of a choice are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations

from derivation.graph import CALLS, Algebra, Graph, Input, Node, reachable
from derivation.tracer import Fork, Leaf, Tree, conditions, leaves

Group = dict[Node, frozenset[Leaf]]  # calls of one function that become one call -> the paths that use each


@dataclass(frozen=True, slots=True)
class Joined:
    """The graph of a whole function: what it returns, as nodes of one algebra."""

    algebra: Algebra
    outputs: tuple[Node, ...]

    @property
    def calls(self) -> int:
        """How many exponentials, logarithms and square roots are computed."""
        return sum(node.op in CALLS and node.op != "reciprocal" for node in reachable(self.outputs))


def join(graph: Graph, tree: Tree) -> Joined:
    """The paths of a traced function as one graph; fused or not, whichever computes fewer calls."""
    return min((_join(graph, tree, fuse) for fuse in (False, True)), key=lambda joined: joined.calls)


def _join(graph: Graph, tree: Tree, fuse: bool) -> Joined:
    simplifying = Rebuilding(Algebra(fuse=fuse), graph.hints)
    simplified = simplifying.tree(tree)
    joining = Rebuilding(Algebra(), simplifying.algebra.hints, simplified, shared_calls(simplified))
    ends = range(len(leaves(simplified)[0].outputs))
    outputs = tuple(joining.choose(simplified, lambda leaf, k=k: leaf.outputs[k]) for k in ends)
    assert all(output is not None for output in outputs)
    return Joined(joining.algebra, outputs)  # type: ignore[arg-type]


@dataclass(slots=True)
class Rebuilding:
    """Copies nodes into an algebra; calls that share a group become one call of a chosen argument."""

    algebra: Algebra
    hints: dict[Node, str]
    paths: Tree | None = None
    groups: list[Group] = field(default_factory=list)
    done: dict[Node, Node] = field(default_factory=dict)

    def node(self, old: Node) -> Node:
        """The copy of a node."""
        if old not in self.done:
            self.done[old] = new = self._copied(old)
            if old in self.hints and new.operands:
                self.algebra.hints.setdefault(new, self.hints[old])
        return self.done[old]

    def tree(self, old: Tree) -> Tree:
        """The copy of a tree of paths."""
        if isinstance(old, Leaf):
            return Leaf(tuple(self.node(output) for output in old.outputs))
        return Fork(self.node(old.condition), self.tree(old.yes), self.tree(old.no))

    def choose(self, tree: Tree, pick: Callable[[Leaf], Node | None]) -> Node | None:
        """The copy of the node that ``pick`` names for the path taken; None where it does not matter."""
        if isinstance(tree, Leaf):
            picked = pick(tree)
            return picked and self.node(picked)
        yes, no = self.choose(tree.yes, pick), self.choose(tree.no, pick)
        if yes is None or no is None:
            return yes or no
        return self.algebra.select(self.node(tree.condition), yes, no)

    def _copied(self, old: Node) -> Node:
        if isinstance(old.value, Input):
            return self.algebra.input(old.value, live=old.live)
        if isinstance(old.value, float):
            return self.algebra.constant(old.value)
        for group in self.groups:
            if old in group and self.paths is not None:
                argument = self.choose(self.paths, lambda leaf: _argument(group, leaf))  # noqa: B023
                assert argument is not None
                return self.algebra.make(old.op, argument)
        return self.algebra.make(old.op, *(self.node(operand) for operand in old.operands))


def _argument(group: Group, leaf: Leaf) -> Node | None:
    return next((call.operands[0] for call, users in group.items() if leaf in users), None)


def shared_calls(tree: Tree) -> list[Group]:
    """Groups of calls that can be one, since no path uses two of them and none needs another's result.

    Groups grow from single calls; those whose arguments have most in common are joined first. A call that every
    path needs stays alone, and so does one that a question needs.
    """
    ends = set(leaves(tree))
    needed = {leaf: set(reachable(leaf.outputs)) for leaf in ends}
    everywhere = set(reachable(conditions(tree))) | set.intersection(*needed.values())
    calls = {node for nodes in needed.values() for node in nodes if node.op in CALLS} - everywhere
    groups: list[Group] = [
        {call: frozenset(leaf for leaf in ends if call in needed[leaf])}
        for call in sorted(calls, key=lambda node: node.index)
    ]
    while pairs := [pair for pair in combinations(groups, 2) if _fit(*pair, groups)]:
        kept, dropped = max(pairs, key=lambda pair: len(set.intersection(*_ingredients(pair, groups))))
        kept.update(dropped)
        groups.remove(dropped)
    return groups


def _fit(a: Group, b: Group, groups: list[Group]) -> bool:
    """Whether two groups can be one: the same function, no path in both, neither inside the other's argument."""
    if next(iter(a)).op != next(iter(b)).op or frozenset().union(*a.values()) & frozenset().union(
        *b.values()
    ):
        return False
    return not any(other.keys() & _below(group, groups) for group, other in ((a, b), (b, a)))


def _below(group: Group, groups: list[Group]) -> set[Node]:
    """Everything the arguments of a group are made of, when a call stands for its whole group."""
    together = {call: each for each in groups for call in each}
    found: set[Node] = set()
    waiting = [call.operands[0] for call in group]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(together.get(node, node.operands))
            waiting.extend(node.operands)
    return found


def _ingredients(pair: Iterable[Group], groups: list[Group]) -> list[set[Node]]:
    """For each group, the inputs and calls next below its arguments; the first of a group stands for all."""
    first = {call: next(iter(each)) for each in groups for call in each}
    sets = []
    for group in pair:
        found: set[Node] = set()
        waiting = [call.operands[0] for call in group]
        while waiting:
            node = waiting.pop()
            if node.op in CALLS or node.op == "input":
                found.add(first.get(node, node))
            else:
                waiting.extend(node.operands)
        sets.append(found)
    return sets
