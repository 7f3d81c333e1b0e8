# SPDX-License-Identifier: Apache-2.0
"""The local socket: HTTP over a Unix socket, through which the command line works in the running node."""
