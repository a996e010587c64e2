"""Sixteen neighbouring cells at once: the two inner steps of the march as vector instructions.

numba compiles a loop over sixteen numbers to sixteen single steps, four times slower, so these steps are given to the
compiler as vectors of `LANES` numbers; it splits them on processors with shorter ones. They can be called from compiled
functions only.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

ir: Any = cgutils.ir  # type: ignore[attr-defined]
LANES = 16
_LANES = ir.VectorType(ir.FloatType(), LANES)
_INDEX = ir.IntType(64)


@intrinsic
def climb(typing, tangent, eye, flat, base, near, far, share, nearness, first, last):
    """Raise the horizon of `LANES` cells by the samples first .. last - 1 of a ray.

    In words, for each lane c:
    `tangent[c] = max(tangent[c], (low + share[k] * (high - low) - eye[c]) * nearness[k])` over k, with
    `low = flat[base + near[k] + c]` and `high = flat[base + far[k] + c]`. The reading is one fused step, so it never
    exceeds the higher of the two cells.
    """
    signature = types.void(tangent, eye, flat, base, near, far, share, nearness, first, last)

    def generate(context, builder, signature, args):
        """The loop over k as instructions of the processor, all lanes at once; the highest tangent stays in a register."""
        data = [_data(context, builder, kind, value) if isinstance(kind, types.Array) else value for kind, value in zip(signature.args, args, strict=True)]
        tangent, eye, flat, base, near, far, share, nearness, first, last = data
        start = ir.Constant(_INDEX, 0)
        eyes = _load(builder, eye, start)
        highest = cgutils.alloca_once_value(builder, _load(builder, tangent, start))
        fused = cgutils.get_or_insert_function(builder.module, ir.FunctionType(_LANES, [_LANES] * 3), f"llvm.fma.v{LANES}f32")
        with cgutils.for_range_slice(builder, first, last, ir.Constant(_INDEX, 1)) as (k, _):
            low, high = (_load(builder, flat, builder.add(base, builder.sext(builder.load(builder.gep(at, [k])), _INDEX))) for at in (near, far))
            seen = builder.call(fused, [_all(builder, builder.load(builder.gep(share, [k]))), builder.fsub(high, low), low])
            rise = builder.fmul(builder.fsub(seen, eyes), _all(builder, builder.load(builder.gep(nearness, [k]))))
            before = builder.load(highest)
            builder.store(builder.select(builder.fcmp_ordered(">", rise, before), rise, before), highest)
        builder.store(builder.load(highest), builder.bitcast(tangent, _LANES.as_pointer())).align = 4
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def below(typing, tangent, eye, tops, at, away_m):
    """Whether no lane sees `tops[at + c]`, at `away_m` or further, above its horizon."""
    signature = types.boolean(tangent, eye, tops, at, away_m)

    def generate(context, builder, signature, args):
        """One comparison of all lanes; the bits of its answer are 0 where none sees the top."""
        tangent, eye, tops = (_data(context, builder, kind, value) for kind, value in zip(signature.args[:3], args[:3], strict=True))
        start = ir.Constant(_INDEX, 0)
        rise = builder.fsub(_load(builder, tops, args[3]), _load(builder, eye, start))
        above = builder.fcmp_ordered(">", rise, builder.fmul(_load(builder, tangent, start), _all(builder, args[4])))
        return builder.icmp_unsigned("==", builder.bitcast(above, ir.IntType(LANES)), ir.Constant(ir.IntType(LANES), 0))

    return signature, generate


def _data(context, builder, kind, value):
    """Pointer to the first number of an array."""
    return context.make_array(kind)(context, builder, value).data


def _load(builder, data, at):
    """`LANES` numbers from `at` on, wherever they begin."""
    found = builder.load(builder.bitcast(builder.gep(data, [at]), _LANES.as_pointer()))
    found.align = 4
    return found


def _all(builder, number):
    """The same number in all lanes."""
    one = builder.insert_element(ir.Constant(_LANES, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, ir.Constant(_LANES, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))
