# SPDX-License-Identifier: Apache-2.0
"""What is loaded when: little at import, everything at preload, nothing after it."""

import subprocess
import sys
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[4] / "docs/spec/vectors/identifiers"
PACKS = Path(__file__).resolve().parents[4] / "src/lintas/packs"


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, str(PACKS), str(VECTORS)],
        capture_output=True,
        text=True,
        check=True,
        timeout=250,
    )
    return done.stdout.strip()


def test_importing_loads_no_large_library() -> None:
    heavy = "'phonenumbers', 'idna', 'stdnum', 'tldextract', 'requests', 'numpy'"
    assert run(f"import lintas.formats.identifiers, sys; print(sorted({{{heavy}}} & set(sys.modules)))") == "[]"


def test_after_preload_no_file_is_opened_any_more() -> None:
    """The reader's process forbids itself to open files once it is ready."""
    assert (
        run("""
import json, pathlib, sys
from lintas.formats.identifiers import canonical, extract, guess, mask, implied, preload
from lintas.formats.packs import parse_packs
folder, vectors = map(pathlib.Path, sys.argv[1:])
packs = parse_packs({name: (folder / (name + ".toml")).read_bytes() for name in ("identifiers", "benign")})
files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(vectors.glob("*.json"))]
preload()
opened = []
sys.addaudithook(lambda event, args: opened.append((event, args[0])) if event in ("open", "import") else None)
for file in files:
    for row in (*file.get("canonical", ()), *file.get("rejected", ())):
        for region in ("", "TH", "SG", row.get("region", "")):
            found = canonical(file["scheme"], row["text"], packs=packs, region=region)
            if hasattr(found, "value"):
                implied(found, packs=packs), mask(found, packs=packs), packs.benign.reasons(found)
            guess(row["text"], packs=packs, region=region)
            extract(row["text"], packs=packs, region=region)
    for row in file.get("extract", ()):
        extract(row["text"], packs=packs)
print(opened)
""")
        == "[]"
    )
