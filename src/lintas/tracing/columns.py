# SPDX-License-Identifier: Apache-2.0
"""The columns that compiled loops read and write: what a book, a query and a run look like as arrays."""

from typing import Final, NamedTuple

from lintas.tracing.table import Int32, Int64, UInt8

# Bits of a payment's flags.
EXCHANGE: Final = 1  # changes currency
SINK: Final = 2  # no account of ours gets it
NOWHERE: Final = 4  # a sink that does not say what arrives: the border, or an amount that nobody knows
SURE: Final = 8  # the payee's bank booked it
VOID: Final = 16  # takes nothing from its payer: another node says what it brings
WATCHED: Final = 32  # its credit must be looked at: a seed waits there, or another node says what it brings

# Kinds of steps, in the order in which they happen at one moment.
END: Final = 0  # of a stretch in which all is known
BEGIN: Final = 1  # of such a stretch
EVERYTHING: Final = 2  # a seed follows all that stands there
VIRTUAL: Final = 3  # a seed's money that no row shows


class Legs(NamedTuple):
    """Events in the order of rule T2."""

    code: Int32  # payment * 2, + 1 for its credit
    pot: Int32
    before: Int64  # what the rows before it bring to its pot, from zero


class Pays(NamedTuple):
    """Payments."""

    debit: Int64
    credit: Int64
    credit_at: Int64
    flags: UInt8


class Pots(NamedTuple):
    """What stands where; all but `slot` and `since` change in a run."""

    base: Int64  # with `before` of an event: the balance before it
    taint: Int64  # what is followed; poison: 1 from the first followed unit on
    depth: Int32
    live: UInt8  # whether anything counts here now
    slot: Int32  # of the pot's seeds; -1: none
    since: Int64  # when the pot's stretch began; seeds with an amount that began before say nothing


class Steps(NamedTuple):
    """What happens beside payments, each before the event at `event`."""

    event: Int64
    at: Int64
    kind: UInt8
    pot: Int32
    minor: Int64  # BEGIN: base; VIRTUAL: the amount
    label: Int32
    stands: Int64  # what the rows brought until then, from zero
    found: Int64  # written: what became followed


class Claims(NamedTuple):
    """Seeds that wait for credits, by slot, in the order in which they claim."""

    first: Int32  # of each slot, and one more
    start: Int64
    payment: Int32  # -1: any
    left: Int64  # -1: everything; changes in a run
    label: Int32


class Brought(NamedTuple):
    """What other nodes say arrived, by payment in ascending order, as segments."""

    payment: Int32
    first: Int32  # of each payment, and one more
    minor: Int64
    label: Int32  # 0: clean
    depth: Int32


class Found(NamedTuple):
    """What a run found, by payment. Little is written: pages that nobody touches cost nothing."""

    tainted: Int64  # left its payer
    depth: Int32
    arrived: Int64  # lots alone: reached its payee, before seeds claimed; shares follow from `tainted`
    beyond: Int64  # what the limit of depth cut off; empty without a limit
    watched: Int32  # payments that are WATCHED, ascending
    landed: Int64  # of each of them: followed in its payee's pot, with what seeds claimed
