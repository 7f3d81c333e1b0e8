# SPDX-License-Identifier: Apache-2.0
"""Generator of joint exercises: worlds in which money moves, their files, the truth about them, and the score.

Pure: the same order gives the same bytes. It follows money in books of its own and knows nothing of `lintas.tracing`,
so that what the tracer says can be held against something.

Source: docs/spec/exercises.md.
"""

from lintas.exercises.golden_hours import SCENARIO, Order, make_world
from lintas.exercises.writing.folder import files_of

__all__ = ["SCENARIO", "Order", "files_of", "make_world"]
