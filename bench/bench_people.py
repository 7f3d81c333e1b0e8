# SPDX-License-Identifier: Apache-2.0
"""Run every bench about people, one after the other: the policy, sign-in, access entries."""

import subprocess
import sys
from pathlib import Path
from typing import Final

PARTS: Final = ("people_policy.py", "people_sign_in.py", "people_audit.py")


def main() -> int:
    """Run them with the arguments that were given; the first that fails ends it."""
    for part in PARTS:
        done = subprocess.run([sys.executable, str(Path(__file__).parent / part), *sys.argv[1:]], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
