# SPDX-License-Identifier: Apache-2.0
"""Install the OpenID provider that tests sign in with, into .cache; nothing is done when nothing changed.

It comes from the lock in tests/oidc, which names packages and hashes and no host. No package's own script is run.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "tests/oidc"
PLACE = ROOT / ".cache/oidc"
NAMES = (".npmrc", "package.json", "package-lock.json", "provider.mjs")


def install() -> Path | None:
    """Return the program that Node runs; None when npm is missing or cannot reach its packages."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    PLACE.mkdir(parents=True, exist_ok=True)
    stamp = PLACE / "lintas.stamp"
    with (PLACE.parent / "oidc.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test processes at once would mix their files
        for name in NAMES:
            shutil.copyfile(SOURCE / name, PLACE / name)
        wanted = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in NAMES[:3])).hexdigest()
        if not stamp.is_file() or stamp.read_text() != wanted:
            flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"]
            done = subprocess.run([npm, "ci", *flags], cwd=PLACE, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                print(f"oidc: npm ci: {(done.stderr.strip() or 'failed').splitlines()[0]}", file=sys.stderr)
                return None
            stamp.write_text(wanted)
    return PLACE / "provider.mjs"


if __name__ == "__main__":
    sys.exit(0 if install() is not None else 1)
