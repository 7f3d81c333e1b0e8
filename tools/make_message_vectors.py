# SPDX-License-Identifier: Apache-2.0
"""Write the test vectors of docs/spec/message.md. Every byte follows from this script; a test compares.

Usage: .venv/bin/python -m tools.make_message_vectors [FOLDER]
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import same_bytes_tag
from lintas.crypto.encoding import to_base64
from lintas.model.reading import ReadOptions
from lintas.work.intake.recipe import Recipe
from tools.bad_message_vectors import bad_headers
from tools.message_example import LOCAL_KEY, LOG_KEY, MARKING, NODE, PACKS, PEER, ROOT_KEY, SIGNING_KEY, TEXT, messages
from tools.people_example import people

FOLDER = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "message"


def make(folder: Path) -> None:
    """Write all vectors below a folder."""
    recipe = Recipe(reader="text/1", options=ReadOptions(region="MY", mapping=""), packs=PACKS)
    good = messages(recipe)
    good += people(good[0]["id"], recipe.digest)
    keys = {
        "root_public": ROOT_KEY.public.hex(),
        "signing_public": SIGNING_KEY.public.hex(),
        "log_public": LOG_KEY.public.hex(),
        "local_key": LOCAL_KEY.hex(),
        "node": NODE,
        "packs": {name: {"data": data.decode(), "sha256": sha256(data).hexdigest()} for name, data in PACKS.items()},
        "recipe": recipe.raw.decode(),
        "recipe_sha256": recipe.digest,
    }
    more = {"areas": ["online_scams"], "grading": "B2", "media_type": "text/plain", "recipients": [PEER]}
    marking = canonical_json({**MARKING.codes(), **more})
    tag = same_bytes_tag(LOCAL_KEY, TEXT, "Hotline", marking)
    tags = [{"data": to_base64(TEXT), "source": "Hotline", "handling": marking.decode(), "tag": tag.hex()}]
    (folder / "bad").mkdir(parents=True, exist_ok=True)
    for name, value in {"keys": keys, "messages": good, "taken_tags": tags}.items():
        text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    for name, raw in bad_headers(good).items():
        (folder / "bad" / f"{name}.json").write_bytes(raw)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
