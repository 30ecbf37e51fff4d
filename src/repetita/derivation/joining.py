"""One straight-line graph from the paths of a function, with as few exponentials and logarithms as possible.

Two calls that no path needs together become one call of a chosen argument: ``f(x if c else y)``. This is what
a person does who writes the same kernel by hand for vector lanes, where both arms of a choice are computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from repetita.derivation.graph import CALLS, Algebra, Graph, Input, Node, reachable
from repetita.derivation.tracer import Fork, Leaf, Tree, conditions, leaves

Group = dict[Node, frozenset[Leaf]]  # calls of one function that become one call -> the paths that use each


def join(graph: Graph, tree: Tree) -> tuple[Algebra, list[Node]]:
    """The paths of a traced function as one graph, and the nodes that the function returns.

    Of two ways to simplify, the one with fewer calls.
    """
    return min((_joined(graph, tree, exponents=way) for way in (False, True)), key=_calls)


def _calls(joined: tuple[Algebra, list[Node]]) -> int:
    return sum(node.op in CALLS for node in reachable(joined[1]))


def _joined(graph: Graph, tree: Tree, *, exponents: bool) -> tuple[Algebra, list[Node]]:
    one, other = Algebra(exponents=exponents), Algebra(exponents=exponents)
    paths = Rebuilding(graph.hints, tree, uses=most_uses(tree), algebra=one).tree(tree)
    joining = Rebuilding(one.hints, paths, groups=shared_calls(paths), algebra=other)
    count = len(leaves(paths)[0].outputs)
    return joining.algebra, [joining.choose(lambda leaf, i=i: leaf.outputs[i]) for i in range(count)]  # type: ignore[misc]


def most_uses(tree: Tree) -> Counter[Node]:
    """How often each node is an operand, on the path that uses it most."""
    asked, most = conditions(tree), Counter[Node]()
    for leaf in leaves(tree):
        most |= Counter(x for node in reachable([*asked, *leaf.outputs]) for x in node.operands)
    return most


@dataclass(slots=True)
class Rebuilding:
    """Copies nodes into an algebra; calls of one group become one call of a chosen argument.

    Attributes:
        hints: Names of the nodes that are copied.
        paths: The tree by which arguments are chosen.
        groups: Calls to share.
        uses: How often a path has a node as an operand; exponentials used once are fused in products.
    """

    hints: Mapping[Node, str]
    paths: Tree
    groups: list[Group] = field(default_factory=list)
    uses: Mapping[Node, int] = field(default_factory=Counter)
    algebra: Algebra = field(default_factory=Algebra)
    done: dict[Node, Node] = field(default_factory=dict)

    def node(self, old: Node) -> Node:
        """The copy of a node."""
        if old not in self.done:
            self.done[old] = new = self._copy(old)
            if old in self.hints and new.operands:
                self.algebra.hints.setdefault(new, self.hints[old])
        return self.done[old]

    def tree(self, old: Tree) -> Tree:
        """The copy of a tree of paths."""
        if isinstance(old, Leaf):
            return Leaf(tuple(self.node(output) for output in old.outputs))
        return Fork(self.node(old.condition), self.tree(old.yes), self.tree(old.no))

    def choose(self, pick: Callable[[Leaf], Node | None]) -> Node:
        """The copy of the node that ``pick`` names for the path taken; None where any will do."""
        chosen = self._chosen(self.paths, pick)
        assert chosen is not None, "no path needs a value"
        return chosen

    def _chosen(self, tree: Tree, pick: Callable[[Leaf], Node | None]) -> Node | None:
        if isinstance(tree, Leaf):
            picked = pick(tree)
            return picked and self.node(picked)
        yes, no = self._chosen(tree.yes, pick), self._chosen(tree.no, pick)
        return self.algebra.select(self.node(tree.condition), yes, no) if yes and no else yes or no

    def _copy(self, old: Node) -> Node:
        if isinstance(old.value, Input):
            return self.algebra.input(old.value, live=old.live)
        if isinstance(old.value, float):
            return self.algebra.constant(old.value)
        group = next((group for group in self.groups if old in group), None)
        if group:
            return self.algebra.make(old.op, self.choose(lambda leaf: _argument(group, leaf)))
        factors = self._factors(old)
        powers = [factor for factor in factors if factor.op == "exp" and self.uses[factor] == 1]
        if len(powers) < 2:
            return self.algebra.make(old.op, *(self.node(operand) for operand in old.operands))
        return self._fused([factor for factor in factors if factor not in powers], powers)

    def _fused(self, factors: list[Node], powers: list[Node]) -> Node:
        """``k * exp(a) * exp(b)`` as ``k * exp(a + b)``."""
        exponent = self.algebra.constant(0.0)
        for power in powers:
            exponent = self.algebra.add(exponent, self.node(power.operands[0]))
        result = self.algebra.make("exp", exponent)
        for factor in reversed(factors):
            result = self.algebra.multiply(self.node(factor), result)
        return result

    def _factors(self, node: Node) -> list[Node]:
        """The factors of a product whose partial products nothing else needs."""
        found: list[Node] = []
        for operand in node.operands if node.op == "*" else ():
            inner = operand.op == "*" and self.uses[operand] == 1
            found.extend(self._factors(operand) if inner else [operand])
        return found


def _argument(group: Group, leaf: Leaf) -> Node | None:
    return next((call.operands[0] for call, users in group.items() if leaf in users), None)


def shared_calls(tree: Tree) -> list[Group]:
    """Groups of calls that can be one, since no path uses two of them and none needs another's result.

    Groups grow from single calls; those whose arguments have most in common are joined first. A call that
    every path needs stays alone, and so does one that a question needs.
    """
    ends = set(leaves(tree))
    needed = {leaf: set(reachable(leaf.outputs)) for leaf in ends}
    everywhere = set(reachable(conditions(tree))) | set.intersection(*needed.values())
    calls = {node for nodes in needed.values() for node in nodes if node.op in CALLS} - everywhere
    groups: list[Group] = [
        {call: frozenset(leaf for leaf in ends if call in needed[leaf])}
        for call in sorted(calls, key=lambda call: call.index)
    ]
    while pairs := [(a, b) for a, b in combinations(groups, 2) if _can_be_one(a, b, groups)]:
        grown, absorbed = max(pairs, key=lambda pair: _likeness(pair[0], pair[1], groups))
        grown.update(absorbed)
        groups.remove(absorbed)
    return groups


def _can_be_one(a: Group, b: Group, groups: list[Group]) -> bool:
    """Whether two groups call the same function, on different paths, and neither needs the other."""
    if next(iter(a)).op != next(iter(b)).op or set().union(*a.values()) & set().union(*b.values()):
        return False
    return not (b.keys() & _below(a, groups) or a.keys() & _below(b, groups))


def _likeness(a: Group, b: Group, groups: list[Group]) -> int:
    """How many inputs and calls the arguments of both are directly made of."""
    return len(_below(a, groups, deep=False) & _below(b, groups, deep=False))


def _below(group: Group, groups: list[Group], *, deep: bool = True) -> set[Node]:
    """What the arguments of a group are made of, the first call of a group standing for the whole of it."""
    together = {call: list(each) for each in groups for call in each}
    found: set[Node] = set()
    waiting = [call.operands[0] for call in group]
    while waiting:
        node = waiting.pop()
        members = together.get(node, [node])
        if members[0] in found:
            continue
        if deep or node.op in CALLS or not node.operands:
            found.update(members if deep else members[:1])
        if deep or node.op not in CALLS:
            waiting.extend(operand for member in members for operand in member.operands)
    return found
