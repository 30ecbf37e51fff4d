"""What the lane loops of every model share. A row is 16 numbers of the scratch array, one a card."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import for_range

from repetita.kernels.compiling import inlined, inlined_sum, intrinsic
from repetita.kernels.packing import ABSENT_DAYS, ABSENT_RATING, CACHE_LINE, LANES

POSITION_BITS = 2**48 - 1

INDEX = ir.IntType(64)
INDICES = ir.VectorType(INDEX, LANES)
ROW = ir.VectorType(ir.DoubleType(), LANES)


@inlined
def natural(position: Any) -> Any:
    """The position itself, in a form that shows it is not negative.

    Otherwise every index is checked for being counted from the end, and no loop becomes vector instructions.
    """
    return position & POSITION_BITS


@inlined
def load(
    ratings: Any, days: Any, position: Any, active: Any, scratch: Any, rating_row: Any, days_row: Any
) -> None:
    """Copies the reviews of one step to scratch; lanes from ``active`` on get an absent review.

    Main loops then touch the scratch array only, and need no check whether arrays overlap.
    """
    _load_row(ratings, position, active, ABSENT_RATING, scratch, rating_row)
    _load_row(days, position, active, ABSENT_DAYS, scratch, days_row)


@inlined
def load_weights(weights: Any, position: Any, active: Any, scratch: Any, weight_row: Any) -> None:
    """Copies the weights of one step to scratch; absent reviews weigh nothing."""
    _load_row(weights, position, active, 0.0, scratch, weight_row)


@inlined
def _load_row(values: Any, position: Any, active: Any, absent: Any, scratch: Any, row: Any) -> None:
    """Copies 16 numbers to a row of scratch as floats; those from ``active`` on are ``absent``."""
    # nothing where indices are not checked, and the check where they are
    values[natural(position + LANES - 1)], scratch[natural(row + LANES - 1)]
    _load_vector(values, position, active, absent, scratch, row)


@intrinsic
def _load_vector(
    typing: Any, values: Any, position: Any, active: Any, absent: Any, scratch: Any, row: Any
) -> Any:
    """`_load_row` as one vector.

    A loop would be taken number by number, since the arrays might overlap; and vectors that are read soon
    after they were written number by number are waited for.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        types_given = signature.args
        source = context.make_array(types_given[0])(context, builder, arguments[0]).data
        target = context.make_array(types_given[4])(context, builder, arguments[4]).data
        read = _vector_at(builder, source, arguments[1])
        width = context.get_abi_sizeof(context.get_data_type(types_given[0].dtype))
        found = builder.load(read, align=width)
        if not isinstance(types_given[0].dtype, types.Float):
            found = builder.sitofp(found, ROW)
        places = ir.Constant(INDICES, [ir.Constant(INDEX, lane) for lane in range(LANES)])
        present = builder.icmp_signed("<", places, _in_all_lanes(builder, arguments[2], INDICES))
        chosen = builder.select(present, found, _in_all_lanes(builder, arguments[3], ROW))
        builder.store(chosen, _vector_at(builder, target, arguments[5]), align=8)
        return context.get_dummy_value()

    return types.none(values, types.int64, types.int64, types.float64, scratch, types.int64), generate


@inlined
def pick(scratch: Any, places: Any, slot: Any, active: Any, absent: Any, offset: Any, row: Any) -> None:
    """Copies 16 numbers that lie anywhere in scratch to a row of it.

    The first one lies ``offset`` behind the place at ``slot`` of ``places``, and so on; those from ``active``
    on lie behind the place ``absent``.
    """
    # nothing where indices are not checked, and the check where they are
    places[natural(slot + LANES - 1)], scratch[natural(row + LANES - 1)]
    _pick_vector(scratch, places, slot, active, absent, offset, row)


@intrinsic
def _pick_vector(
    typing: Any, scratch: Any, places: Any, slot: Any, active: Any, absent: Any, offset: Any, row: Any
) -> Any:
    """`pick`, written as one vector."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        found = context.make_array(signature.args[1])(context, builder, arguments[1]).data
        _, _, slot, active, absent, offset, row = arguments
        picked = ir.Constant(ROW, ir.Undefined)
        for lane in range(LANES):
            place = builder.load(builder.gep(found, [builder.add(slot, ir.Constant(INDEX, lane))]))
            present = builder.icmp_signed("<", ir.Constant(INDEX, lane), active)
            source = builder.add(builder.select(present, place, absent), offset)
            number = builder.load(builder.gep(numbers, [source]))
            picked = builder.insert_element(picked, number, ir.Constant(ir.IntType(32), lane))
        builder.store(picked, _vector_at(builder, numbers, row), align=8)
        return context.get_dummy_value()

    index = types.int64
    return types.none(scratch, places, index, index, index, index, index), generate


def _vector_at(builder: Any, data: Any, place: Any) -> Any:
    """The address of 16 numbers of an array, from a place on."""
    row = ir.VectorType(data.type.pointee, LANES)
    return builder.bitcast(builder.gep(data, [place]), row.as_pointer())


def _in_all_lanes(builder: Any, value: Any, kind: Any) -> Any:
    """A vector of 16 times the same number."""
    empty = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(empty, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), None))


@intrinsic
def aligned_stack(typing: Any) -> Any:
    """Has the calling function keep vectors on its stack so that none lies across two cache lines.

    Otherwise it is a matter of luck, and a fifth slower without.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        attributes = builder.function.attributes
        attributes.add("noinline")  # inlined it would lie on another stack, which is not aligned
        attributes.alignstack = CACHE_LINE
        return context.get_dummy_value()

    return types.none(), generate


@intrinsic
def in_pairs(typing: Any, function: Any, w: Any, c: Any, o: Any, scratch: Any, at: Any) -> Any:
    """Calls a function with these arguments and a lane, for all lanes: a loop over two vectors at a time.

    Much of what is computed of one vector waits for what was computed just before: the other one fills the
    gaps.
    """
    inner = function.get_call_type(typing, (w, c, o, scratch, types.int64, types.int64), {})

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        call = context.get_function(function, inner)
        with for_range(builder, ir.Constant(INDEX, LANES)) as loop:
            call(builder, (*arguments[1:], loop.index))
            body = builder.block
        module = builder.module
        count = module.add_metadata(["llvm.loop.interleave.count", ir.Constant(ir.IntType(32), 2)])
        # otherwise a short loop is written out before it becomes one of vectors
        whole = module.add_metadata(["llvm.loop.unroll.disable"])
        own = ir.MDValue(module, [], name=str(len(module.metadata)))
        own.operands = (own, count, whole)  # what is said of a loop begins with itself
        body.terminator.set_metadata("llvm.loop", own)
        return context.get_dummy_value()

    return types.none(function, w, c, o, scratch, types.int64), generate


@inlined
def clear(scratch: Any, row: Any, count: Any) -> None:
    """Sets ``count`` rows to zero."""
    row = natural(row)
    for i in range(count * LANES):
        scratch[row + i] = 0.0


@inlined
def copy(scratch: Any, source: Any, target: Any, count: Any) -> None:
    """Copies ``count`` rows."""
    source, target = natural(source), natural(target)
    for i in range(count * LANES):
        scratch[target + i] = scratch[source + i]


@inlined
def gather(scratch: Any, source: Any, count: Any, target: Any, width: Any, column: Any) -> None:
    """Copies ``count`` rows into rows of ``width`` numbers, from ``column`` on.

    The main loop does not write there itself: with many rows of two arrays the check whether they overlap
    grows so long that no vector instructions are made at all.
    """
    for i in range(count):
        start, end = natural(source + i * LANES), natural(i * width + column)
        for lane in range(LANES):
            target[end + lane] = scratch[start + lane]


@inlined
def add_row(scratch: Any, source: Any, sums: Any, total: Any) -> None:
    """Adds one row to another."""
    source, total = natural(source), natural(total)
    for lane in range(LANES):
        sums[total + lane] += scratch[source + lane]


@inlined
def position_at(starts: Any, lengths: Any, block: Any, step: Any) -> Any:
    """Where in the packed log the reviews of a step of a block begin."""
    position = starts[block]
    for lane in range(block * LANES, (block + 1) * LANES):
        position += min(lengths[lane], step)
    return position


@inlined_sum
def add_products(z: Any, width: Any, count: Any, information: Any) -> None:
    """Adds the products of all pairs of rows of ``z``, summed over their first ``count`` numbers.

    Four sums at a time, so that each number read serves twice. The number of rows must be even.
    """
    for i in range(0, information.shape[0], 2):
        for k in range(0, i + 1, 2):
            a, b = natural(i * width), natural(k * width)
            first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
            for n in range(count):
                first += z[a + n] * z[b + n]
                second += z[a + n] * z[b + width + n]
                third += z[a + width + n] * z[b + n]
                fourth += z[a + width + n] * z[b + width + n]
            information[i, k] += first
            information[i, k + 1] += second
            information[i + 1, k] += third
            information[i + 1, k + 1] += fourth
