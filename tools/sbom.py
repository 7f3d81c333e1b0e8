# SPDX-License-Identifier: Apache-2.0
"""Write what Lintas is made of as CycloneDX 1.6: every pinned package with its hashes and licence, Python and pages.

From the hashed locks, so it says what an installation may hold, and nothing about the day: the same locks and the same
installed metadata give the same bytes.
"""

import base64
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tools.licences import licence, needed

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements" / "core.txt"
PAGES_LOCK: Final = ROOT / "web" / "package-lock.json"
_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAMESPACE: Final = uuid.UUID("6f2f7d0e-6d0b-5a57-9a3e-0c3f5d2a1b4c")  # of serial numbers that are made here


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """One line of a hashed lock."""

    name: str  # as packages are compared: small letters, hyphens
    version: str
    sha256: tuple[str, ...]


def pinned(lock: str) -> Iterator[Pinned]:
    """Read a lock that pip takes with --require-hashes."""
    for block in re.split(r"\n(?=\S)", lock.strip()):
        if block.startswith("#"):
            continue
        found = _PINNED.match(block)
        if found is None:
            raise ValueError(f"no pinned requirement: {block[:60]!r}")
        name = re.sub(r"[-_.]+", "-", found[1]).lower()
        yield Pinned(name=name, version=found[2], sha256=tuple(sorted(_HASH.findall(block))))


def python_components(lock: str) -> Iterator[Component]:
    """Every package of the lock: `excluded` is what only builds the project, `optional` what other platforms need."""
    used = {re.sub(r"[-_.]+", "-", name).lower() for name in needed("lintas")}
    for one in pinned(lock):
        try:
            found = distribution(one.name)
            said = licence(found)
            scope = ComponentScope.REQUIRED if one.name in used else ComponentScope.EXCLUDED
            if found.version != one.version:  # pinned twice, for other Pythons
                scope = ComponentScope.OPTIONAL
        except PackageNotFoundError:
            said, scope = "", ComponentScope.OPTIONAL
        yield _component(one.name, one.version, "pypi", said, scope, [("SHA-256", digest) for digest in one.sha256])


def page_components(lock: dict[str, Any]) -> Iterator[Component]:
    """Every package of the pages' lock; what only builds them is in scope `excluded`."""
    for place, said in sorted(lock["packages"].items()):
        if not place:
            continue
        algorithm, _, digest = said["integrity"].partition("-")
        assert algorithm == "sha512", place
        scope = ComponentScope.EXCLUDED if said.get("dev") else ComponentScope.REQUIRED
        name = place.removeprefix("node_modules/")
        hashes = [("SHA-512", base64.b64decode(digest).hex())]
        yield _component(name, said["version"], "npm", said.get("license", ""), scope, hashes)


def _component(
    name: str, version: str, kind: str, said: str, scope: ComponentScope, hashes: list[tuple[str, str]]
) -> Component:
    group, _, last = name.rpartition("/")
    purl = PackageURL(type=kind, namespace=group or None, name=last, version=version)
    return Component(
        name=last,
        group=group or None,
        version=version,
        type=ComponentType.LIBRARY,
        scope=scope,
        purl=purl,
        bom_ref=str(purl),
        licenses=[LicenseFactory().make_from_string(said, license_acknowledgement=LicenseAcknowledgement.DECLARED)]
        if said
        else (),
        hashes=[HashType(alg=HashAlgorithm(name_), content=digest) for name_, digest in hashes],
    )


def make_sbom() -> str:
    """The whole document, as JSON with sorted members."""
    lock, pages = LOCK.read_bytes(), PAGES_LOCK.read_bytes()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = Component(
        name="lintas",
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=f"pkg:pypi/lintas@{project['version']}",
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    parts = [*python_components(lock.decode()), *page_components(json.loads(pages))]
    bom = Bom(
        components=parts,
        metadata=BomMetaData(component=own),
        serial_number=uuid.uuid5(_NAMESPACE, sha256(lock + b"\0" + pages).hexdigest()),
    )
    bom.register_dependency(own, [one for one in parts if one.scope is ComponentScope.REQUIRED])
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    document["metadata"].pop("timestamp", None)  # when it was written says nothing of what is in it
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Write it where the argument says, else to standard output."""
    text = make_sbom()
    if len(sys.argv) > 1:
        target = Path(sys.argv[1])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
