# SPDX-License-Identifier: Apache-2.0
"""One STIX object as a checked value, and what makes a 2.0 object a 2.1 one.

Source: STIX 2.1 sections 3.1 to 3.3 (common properties); STIX 2.0 parts 1 to 4 for the older form.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from lintas.errors import Malformed, OverLimit
from lintas.formats.stix.spans import has_doubled_name, mended, names_in
from lintas.limits import ITEM_BYTES_MAX, JSON_DEPTH_MAX

ID_CHARS_MAX: Final = 400  # characters of an object's id; type (250, STIX 2.1 section 3.8) with a UUID stays below
MEDIA_TYPE: Final = "application/stix+json;version="

_USUAL_ID: Final = re.compile(r"[a-z0-9-]{1,250}--[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
_DECODER: Final = msgspec.json.Decoder()


class Parsed(NamedTuple):
    """One object, and whether broken characters in it had to be replaced to read it."""

    value: dict[str, object]
    is_mended: bool


def parse_object(raw: bytes) -> Parsed:
    """Read one STIX object from its exact bytes.

    Raises:
        Malformed: It is none; the message says why, for its sender.
        OverLimit: It is larger than one message may be.
    """
    if len(raw) > ITEM_BYTES_MAX:
        raise OverLimit(f"It has {len(raw):,} bytes; one object may have {ITEM_BYTES_MAX:,}.")
    is_mended = False
    try:
        try:
            value = _DECODER.decode(raw)
        except msgspec.DecodeError:
            is_mended = True
            value = _DECODER.decode(mended(raw))
        names, levels = names_in(value)
    except UnicodeDecodeError as exc:
        raise Malformed("It is no valid UTF-8.") from exc
    except RecursionError as exc:
        raise Malformed(f"It has more than {JSON_DEPTH_MAX} nested levels.") from exc
    except (msgspec.MsgspecError, ValueError) as exc:
        raise Malformed(f"It is no valid JSON: {str(exc)[:100]}.") from exc
    if not isinstance(value, dict):
        raise Malformed("It is no JSON object.")
    if levels > JSON_DEPTH_MAX:
        raise Malformed(f"It has more than {JSON_DEPTH_MAX} nested levels.")
    if has_doubled_name(raw, names):
        raise Malformed("A name stands in it twice, so that two readers could take different values.")
    for name in ("type", "id"):
        if not isinstance(value.get(name), str) or not value[name]:
            raise Malformed(f"It has no {name!r} that is a text.")
        if len(value[name]) > ID_CHARS_MAX:
            raise Malformed(f"Its {name!r} has more than {ID_CHARS_MAX} characters.")
    return Parsed(value, is_mended)


def is_usual_id(id_: str, type_: str) -> bool:
    """Say whether an id is written as STIX asks: the type, two dashes and a UUID."""
    return id_.startswith(f"{type_}--") and _USUAL_ID.fullmatch(id_) is not None


def version_of(obj: Mapping[str, object], bundle_version: str) -> str:
    """Say which version of STIX an object is written in: `2.0` or `2.1`.

    Args:
        bundle_version: What the bundle says, empty when it says nothing; only a 2.0 bundle has it.
    """
    own = obj.get("spec_version")
    if isinstance(own, str):
        return "2.0" if own == "2.0" else "2.1"
    if bundle_version == "2.0":
        return "2.0"
    # Without any word of a version, only the shapes that 2.1 removed tell: an indicator must have a pattern_type.
    is_old_indicator = obj.get("type") == "indicator" and "pattern_type" not in obj and "pattern" in obj
    return "2.0" if is_old_indicator else "2.1"


def convert_20(obj: dict[str, object], labels: Mapping[str, str]) -> dict[str, object]:
    """Give a 2.0 object the property names of 2.1.

    Args:
        labels: Type -> the property that its `labels` became in 2.1.
    """
    type_ = str(obj["type"])
    target = labels.get(type_, "")
    converted = {(target if name == "labels" and target else name): value for name, value in obj.items()}
    if target in obj:  # a 2.0 object that already has the newer property keeps both
        return obj
    if type_ == "indicator" and "pattern_type" not in converted:
        converted["pattern_type"] = "stix"
    return converted
