# SPDX-License-Identifier: Apache-2.0
"""Use cases, in sub-packages by noun. They see ports, never adapters."""
