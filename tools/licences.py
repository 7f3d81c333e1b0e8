# SPDX-License-Identifier: Apache-2.0
"""List what a plain install brings, with licence and installed size; fail where a licence would bind our users.

Walks from the project's own requirements, so that tools of developers do not count.
"""

import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

# GPL and AGPL would reach into an agency's own code; LGPL and MPL do not where a library is imported unchanged.
BINDING = re.compile(r"\bA?GPL|(?<!Lesser )General Public License", re.IGNORECASE)


def needed(root: str, extra: str = "") -> dict[str, Distribution]:
    """Return the distributions that one brings, by name; with an extra of it, what that brings too."""
    found: dict[str, Distribution] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except ModuleNotFoundError:
            continue  # for another platform or Python
        for requirement in found[name].requires or []:
            asked = Requirement(requirement)
            if asked.marker is None or asked.marker.evaluate({"extra": extra if name == root else ""}):
                waiting.append(asked.name)
    del found[root]
    return found


def licence(installed: Distribution) -> str:
    """Return the licence as its metadata states it, most exact form first."""
    metadata = installed.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classified = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or [] if "License ::" in line]
    if not classified and "License" in metadata:
        classified = metadata["License"].splitlines()[:1]
    return ", ".join(classified) or "see its LICENSE file"


def megabytes(installed: Distribution) -> float:
    """Return the size of its files on disk."""
    places = [Path(str(file.locate())) for file in installed.files or []]
    return sum(place.stat().st_size for place in places if place.is_file()) / 1e6


def main() -> None:
    """Print the table of a plain install, largest first, then what following money brings."""
    found = needed("lintas")
    money = {name: installed for name, installed in needed("lintas", "money").items() if name not in found}
    print(f"{'MB':>6}  {'name':<24}{'version':<14}licence")
    for name, installed in sorted(found.items(), key=lambda pair: -megabytes(pair[1])):
        print(f"{megabytes(installed):6.2f}  {name:<24}{installed.version:<14}{licence(installed)}")
    print(f"{sum(map(megabytes, found.values())):6.2f}  in all")
    for name, installed in sorted(money.items()):
        print(f"{megabytes(installed):6.2f}  {name:<24}{installed.version:<14}{licence(installed)} (money)")
    if bound := [name for name, installed in (found | money).items() if BINDING.search(licence(installed))]:
        sys.exit(f"licence not allowed: {', '.join(bound)}")


if __name__ == "__main__":
    main()
