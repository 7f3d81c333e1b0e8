# SPDX-License-Identifier: Apache-2.0
"""Lintas lets agencies of different states work one case together without pooling their data."""

__version__ = "0.1.0"
