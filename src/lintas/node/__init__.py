# SPDX-License-Identifier: Apache-2.0
"""A running node: the only place that joins ports to adapters."""
