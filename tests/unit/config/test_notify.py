# SPDX-License-Identifier: Apache-2.0
"""The table `[notify]`: what is wrong is refused by name, and secrets do not print."""

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.config.notify import NotifyConfig, is_loopback, read_notify
from lintas.config.settings import FILE_NAME, read_settings
from lintas.errors import BadInput

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
MAIL = {"email_to": ["duty@agency.example"], "email_from": "lintas@agency.example", "smtp_host": "mail.agency.example"}
HOOK = {"webhook_urls": ["https://hooks.example/a?b=c"], "webhook_secret": SECRET}
FOLDER = Path("/folder")


def test_nobody_is_told_unless_somebody_is_named() -> None:
    assert read_notify(FOLDER, {}) == NotifyConfig()
    assert (NotifyConfig().email_to, NotifyConfig().webhook_urls) == ((), ())


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_how_mail_is_secured(tls: str, port: int) -> None:
    assert read_notify(FOLDER, MAIL | {"smtp_tls": tls}).smtp_port == port
    assert read_notify(FOLDER, MAIL | {"smtp_tls": tls, "smtp_port": 2525}).smtp_port == 2525


def test_every_setting_is_read() -> None:
    more = {
        "smtp_tls": "tls",
        "smtp_user": "u",
        "smtp_password": "p",
        "ca_file": "ca.pem",
        "console_url": "https://desk.agency.example",
        "digest_minutes": 5,
        "immediately": False,
    }
    assert read_notify(FOLDER, MAIL | HOOK | more) == NotifyConfig(
        email_to=("duty@agency.example",),
        email_from="lintas@agency.example",
        smtp_host="mail.agency.example",
        smtp_port=465,
        smtp_tls="tls",
        smtp_user="u",
        smtp_password="p",
        webhook_urls=("https://hooks.example/a?b=c",),
        webhook_secret=b"s" * 32,
        ca_file=FOLDER / "ca.pem",
        console_url="https://desk.agency.example",
        digest_minutes=5,
        immediately=False,
    )


def test_it_stands_in_the_settings_file(tmp_path: Path) -> None:
    text = (
        f'name = "A"\ncountry = "MY"\n[notify]\nwebhook_urls = ["http://127.0.0.1:9/x"]\nwebhook_secret = "{SECRET}"\n'
    )
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    assert read_settings(tmp_path).notify.webhook_urls == ("http://127.0.0.1:9/x",)


def test_no_secret_prints() -> None:
    config = read_notify(FOLDER, MAIL | HOOK | {"smtp_user": "u", "smtp_password": "hush hush"})
    for secret in ("hush", "hooks.example", "ssss", SECRET):
        assert secret not in repr(config)


WRONG: list[dict[str, Any]] = [
    {"colour": "red"},
    {"email_to": "duty@agency.example"},
    {"email_to": ["duty"]},
    {"email_to": ["duty@agency.example\r\nBcc: x@y.example"]},
    {"email_to": ["duty @agency.example"]},
    {"email_to": ["ดูแล@agency.example"]},
    {"email_to": [7]},
    {"email_to": ["duty@agency.example"]},  # without a server
    MAIL | {"email_from": "lintas"},
    MAIL | {"smtp_host": "mail host"},
    MAIL | {"smtp_port": 0},
    MAIL | {"smtp_port": 65_536},
    MAIL | {"smtp_port": True},
    MAIL | {"smtp_port": "25"},
    MAIL | {"smtp_tls": "ssl"},
    MAIL | {"smtp_tls": True},
    MAIL | {"smtp_tls": ["tls"]},
    MAIL | {"smtp_user": "u"},
    MAIL | {"smtp_password": "p"},
    MAIL | {"smtp_user": "u", "smtp_password": "p", "smtp_tls": "none"},
    MAIL | {"smtp_user": "u\n", "smtp_password": "p"},
    MAIL | {"email_to": [f"n{n}@agency.example" for n in range(21)]},
    MAIL | {"digest_minutes": 0},
    MAIL | {"digest_minutes": 1_441},
    MAIL | {"digest_minutes": 1.5},
    MAIL | {"immediately": "yes"},
    MAIL | {"immediately": 1},
    MAIL | {"console_url": "desk.agency.example"},
    MAIL | {"console_url": "javascript:alert(1)"},
    MAIL | {"ca_file": 7},
    {"webhook_urls": ["https://hooks.example/"]},  # without a secret
    HOOK | {"webhook_secret": "whsec_short"},
    HOOK | {"webhook_secret": base64.b64encode(b"s" * 23).decode()},
    HOOK | {"webhook_secret": base64.b64encode(b"s" * 65).decode()},
    HOOK | {"webhook_secret": "ลับ"},
    HOOK | {"webhook_secret": 7},
    HOOK | {"webhook_urls": "https://hooks.example/"},
    HOOK | {"webhook_urls": ["http://hooks.example/"]},
    HOOK | {"webhook_urls": ["http://127.0.0.1.example/"]},
    HOOK | {"webhook_urls": ["ftp://127.0.0.1/"]},
    HOOK | {"webhook_urls": ["file:///etc/passwd"]},
    HOOK | {"webhook_urls": ["https://user:word@hooks.example/"]},
    HOOK | {"webhook_urls": ["https://"]},
    HOOK | {"webhook_urls": ["https://hooks.example:port/"]},
    HOOK | {"webhook_urls": ["https://hooks.example:99999/"]},
    HOOK | {"webhook_urls": ["https://[::1/"]},
    HOOK | {"webhook_urls": ["https://hooks.example/#part"]},
    HOOK | {"webhook_urls": ["https://hooks.example/a b"]},
    HOOK | {"webhook_urls": ["https://hooks.example/\r\nx: y"]},
    HOOK | {"webhook_urls": [f"https://hooks.example/{'a' * 2_000}"]},
]


@pytest.mark.parametrize("said", WRONG, ids=lambda said: str(sorted(said))[:40])
def test_a_wrong_setting_is_refused_by_name(said: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"\[notify\]"):
        read_notify(FOLDER, said)


@pytest.mark.parametrize("values", [[], "x", 7, True])
def test_it_must_be_a_table(values: object) -> None:
    with pytest.raises(BadInput):
        read_notify(FOLDER, values)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=50), st.binary(max_size=9))
NAMES = st.sampled_from(
    [*MAIL, *HOOK, "smtp_port", "smtp_tls", "smtp_user", "smtp_password", "ca_file", "console_url", "digest_minutes"]
)


@given(st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), max_size=6))
def test_no_table_raises_anything_else(said: dict[str, Any]) -> None:
    try:
        config = read_notify(FOLDER, said)
    except BadInput:
        return
    assert isinstance(config, NotifyConfig)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_a_loopback_host_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "localhost.example", "128.0.0.1", "0.0.0.0", "::", "10.0.0.1"])  # noqa: S104  # named
def test_any_other_host_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
