# SPDX-License-Identifier: Apache-2.0
"""Settings and packs: read once, checked, and passed down."""

from lintas.config.packs import read_packs
from lintas.config.settings import NodeConfig, read_settings, write_settings

__all__ = ["NodeConfig", "read_packs", "read_settings", "write_settings"]
