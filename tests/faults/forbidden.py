# SPDX-License-Identifier: Apache-2.0
"""Run as somebody whom permissions bind: each file of a node that may not be read is named, with what to do.

python -m tests.faults.forbidden FOLDER
"""

import sys
from pathlib import Path

from tests.faults.verbs import done, refused

# What may not be touched, with which permissions; and what the message must name.
CASES = (
    ("", 0o500, ("read-only",)),
    ("node.toml", 0o000, ("settings", "permission denied")),
    ("node.sqlite", 0o000, ("cannot be opened", "read-only", "permission")),
    ("node.sqlite", 0o400, ("read-only",)),
    ("writer.lock", 0o000, ("writer.lock",)),
    ("keys", 0o000, ("keys",)),
    ("keys/signing.pem", 0o000, ("signing.pem",)),
    ("keys/log.pem", 0o000, ("log.pem",)),
    ("keys/local.key", 0o000, ("local.key",)),
    ("packs", 0o000, ("packs",)),
    ("packs/benign.toml", 0o000, ("benign.toml",)),
)


def main(base: Path) -> None:
    """Do it."""
    node, slip = base / "asc", base / "slip.txt"
    slip.write_text("call 012-345 6789\n")
    done("init", node, "--name", "Desk", "--country", "MY")
    ours = Path(__file__).resolve().parents[2] / "src" / "lintas" / "packs" / "benign.toml"
    (node / "packs").mkdir(mode=0o700)
    (node / "packs" / "benign.toml").write_bytes(ours.read_bytes())
    taken = done("take", node, slip)
    entries = done("status", node)["entries"]
    for name, mode, signs in CASES:
        path = node / name
        before = path.stat().st_mode & 0o777
        path.chmod(mode)
        kind, message, hint = refused("take", node, slip)
        path.chmod(before)
        where = f"{name or 'folder'} {mode:o}: {kind}: {message} {hint}"
        assert kind in {"NodeDamaged", "StorageFailed"}, where
        assert any(sign in f"{message} {hint}".lower() for sign in signs), where
        assert done("status", node)["entries"] == entries, where
        print(where)
    node.chmod(0o000)
    assert refused("take", node, slip, code=2)[1].endswith("is not readable.")
    node.chmod(0o700)
    assert done("take", node, slip)["messages"] == taken["messages"]
    assert done("verify", node)["ok"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
