# SPDX-License-Identifier: Apache-2.0
"""Write docs/spec/vectors/exercises: digests of the truth of some exercises; with --check, say whether they hold."""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lintas.exercises import Order, make_world
from lintas.exercises.truth import truth_of
from lintas.exercises.world import Inject
from lintas.exercises.writing.desk import dumped

TARGET: Final = Path(__file__).resolve().parents[1] / "docs" / "spec" / "vectors" / "exercises" / "truth.json"
ORDERS: Final = (
    Order(seed=1),
    Order(seed=2, injects=tuple(Inject)),
    Order(seed=3, scale=3),
    Order(seed=4, nodes=("MY", "SG"), starts_at=1_800_000_000),
)


def vectors() -> bytes:
    """What the file holds."""
    found: list[dict[str, Any]] = []
    for order in ORDERS:
        truth = dumped(truth_of(make_world(order)))
        asked = {"seed": order.seed, "scale": order.scale, "nodes": list(order.nodes), "first_hour_at": order.starts_at}
        found.append(asked | {"injects": [str(one) for one in order.injects], "sha256": sha256(truth).hexdigest()})
    return (json.dumps(found, indent=1) + "\n").encode()


def main() -> int:
    """Write, or check."""
    if "--check" in sys.argv:
        return 0 if TARGET.read_bytes() == vectors() else 1
    TARGET.write_bytes(vectors())
    return 0


if __name__ == "__main__":
    sys.exit(main())
