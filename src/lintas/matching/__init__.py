# SPDX-License-Identifier: Apache-2.0
"""How words and names are compared, in every script."""
