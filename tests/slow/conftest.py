# SPDX-License-Identifier: Apache-2.0
"""How long a browser may take on a busy machine; nothing waits for it to pass."""

from typing import Final

from playwright.sync_api import expect

WAIT_MS: Final = 30_000  # as long as Playwright gives an action; its expectations alone get five seconds

expect.set_options(timeout=WAIT_MS)
