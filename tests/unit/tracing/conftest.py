# SPDX-License-Identifier: Apache-2.0
"""Compiled loops are kept between runs of the tests, where an installation keeps them between traces."""

import os
from pathlib import Path

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).resolve().parents[3] / ".cache" / "numba"))
