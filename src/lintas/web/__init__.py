# SPDX-License-Identifier: Apache-2.0
"""What a node shows over HTTP: the console's pages."""
