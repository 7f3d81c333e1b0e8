# SPDX-License-Identifier: Apache-2.0
"""Find what is to be translated, bring the catalogs up to it, and say what they lack: docs/howto/translate.md.

python -m tools.messages update        every catalog gets the texts of now; what nobody uses leaves
python -m tools.messages missing LANG  what has no translation, as JSON
python -m tools.messages check         what is wrong with the catalogs; fails if anything is
python -m tools.messages pot FILE      the template that a translation into a new language begins with
"""

import json
import sys
from pathlib import Path

from tools.message_catalogs import LANGUAGES, LOCALE, missing, path_of, updated, write
from tools.message_checks import problems
from tools.message_places import all_texts, script_texts


def main(arguments: list[str]) -> int:
    """Do what the command line asks."""
    texts = all_texts()
    verb = arguments[0] if arguments else ""
    if verb == "update":
        for code in LANGUAGES:
            write(path_of(code), code, updated(code, texts))
        (LOCALE / "scripts.txt").write_text("".join(f"{line}\n" for line in script_texts()), "utf-8")
        print(f"{len(texts)} texts; missing: " + ", ".join(f"{code} {len(missing(code, texts))}" for code in LANGUAGES))
        return 0
    if verb == "missing" and len(arguments) == 2:
        print(json.dumps(missing(arguments[1], texts), ensure_ascii=False, indent=1))
        return 0
    if verb == "check":
        found = problems(texts)
        print("\n".join(found) or "every catalog is whole")
        return int(bool(found))
    if verb == "pot" and len(arguments) == 2:
        write(Path(arguments[1]), "", updated("", texts))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
