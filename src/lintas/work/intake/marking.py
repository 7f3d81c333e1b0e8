# SPDX-License-Identifier: Apache-2.0
"""Which marking a slice gets: what the file says, what the person says, and the stricter of the two."""

from dataclasses import replace

from lintas.model.marking import Marking, Pap, Protected, Tlp
from lintas.model.reading import Slice
from lintas.work.intake.options import TakeOptions


def marking_of(piece: Slice, options: TakeOptions, default: Tlp) -> Marking:
    """Say how one slice is marked; of a protected class is what the file or the person says to be."""
    marking = _handling(piece, options, default)
    classes = marking.classes | options.classes | {Protected(code) for code in piece.classes}
    return replace(marking, classes=classes) if classes else marking


def _handling(piece: Slice, options: TakeOptions, default: Tlp) -> Marking:
    said = options.marking
    if not piece.tlp:
        return said or Marking(tlp=default)
    own = Marking(tlp=Tlp[piece.tlp], pap=Pap[piece.pap] if piece.pap else Pap.CLEAR)
    if said is None:
        return own if piece.pap else Marking(tlp=own.tlp)
    # what a file says of its handling is a label; recipients, purposes and bases are named by the person alone
    return replace(said, tlp=max(own.tlp, said.tlp), pap=max(own.pap, said.pap))
