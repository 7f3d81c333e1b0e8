# SPDX-License-Identifier: Apache-2.0
"""The command line: one verb a use case. A verb imports what it needs when it runs, so that --help stays fast."""
