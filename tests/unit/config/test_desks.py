# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest

from lintas.config.desks import read_desks
from lintas.errors import BadInput

DUTY = {"code": "duty", "name": "Duty desk", "zone": "Asia/Kuala_Lumpur"}


def test_a_desk_needs_a_code_a_name_and_a_zone_only() -> None:
    (desk,) = read_desks([DUTY])
    assert (desk.code, desk.name, desk.hours, desk.languages, desk.numbers) == ("duty", "Duty desk", "", (), ())


def test_a_desk_says_when_and_how_it_is_reached() -> None:
    (desk,) = read_desks([DUTY | {"hours": "24/7", "languages": ["ms", "en"], "numbers": ["+60 3-1234 5678"]}])
    assert desk.languages == ("ms", "en")
    assert desk.numbers == ("+60 3-1234 5678",)


def test_no_desks_are_no_error() -> None:
    assert read_desks([]) == ()


@pytest.mark.parametrize(
    "value",
    [
        "duty",
        {"code": "duty"},
        ["duty"],
        [{}],
        [DUTY | {"code": "Duty Desk"}],
        [DUTY | {"name": ""}],
        [DUTY | {"name": "Duty\ndesk"}],
        [DUTY | {"boss": "somebody"}],
        [DUTY | {"languages": "ms"}],
        [DUTY | {"numbers": ["call me"]}],
        [DUTY | {"hours": 24}],
        [DUTY, DUTY],
        [DUTY | {"code": f"desk-{number}"} for number in range(51)],
    ],
)
def test_desks_that_cannot_be_are_bad_input(value: Any) -> None:
    with pytest.raises(BadInput):
        read_desks(value)
