"""One straight-line graph from the paths of a function, with as few exponentials and logarithms as possible.

Two calls that no path needs together become one call of a chosen argument: ``f(x if c else y)``. This is what
a person does who writes the same kernel by hand for vector lanes, where both arms of a choice are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

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

    Calls are taken in order; each joins the group whose arguments are made of most of what its own is made of.
    What a question needs is needed on every path and stays as it is.
    """
    ends = set(leaves(tree))
    needed = {leaf: set(reachable(leaf.outputs)) for leaf in ends}
    fixed = set(reachable(conditions(tree)))
    calls = sorted({node for nodes in needed.values() for node in nodes if node.op in CALLS}, key=lambda n: n.index)
    groups: list[Group] = []
    for call in calls:
        users = frozenset(leaf for leaf in ends if call in needed[leaf])
        if call in fixed or len(users) == len(ends):
            continue
        fitting = [group for group in groups if _fits(call, users, group, groups)]
        if fitting:
            ingredients = _ingredients([call], groups)
            best = max(fitting, key=lambda group: len(ingredients & _ingredients(group, groups)))
            best[call] = users
        else:
            groups.append({call: users})
    return groups


def _fits(call: Node, users: frozenset[Leaf], group: Group, groups: list[Group]) -> bool:
    if next(iter(group)).op != call.op or any(users & others for others in group.values()):
        return False
    below_call = _closure([call.operands[0]], groups)
    below_group = _closure([member.operands[0] for member in group], groups)
    return call not in below_group and not any(member in below_call for member in group)


def _closure(nodes: Iterable[Node], groups: list[Group]) -> set[Node]:
    """Everything that nodes are made of, when a call stands for its whole group."""
    found: set[Node] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(node.operands)
            waiting.extend(member for group in groups if node in group for member in group)
    return found


def _ingredients(calls: Iterable[Node], groups: list[Group]) -> set[Node]:
    """The inputs and calls next below some calls; of a group of calls, its first stands for all."""
    found: set[Node] = set()
    waiting = [call.operands[0] for call in calls]
    while waiting:
        node = waiting.pop()
        if node.op in CALLS or node.op == "input":
            found.add(next((next(iter(group)) for group in groups if node in group), node))
        else:
            waiting.extend(node.operands)
    return found
