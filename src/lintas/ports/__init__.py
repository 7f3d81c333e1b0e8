# SPDX-License-Identifier: Apache-2.0
"""What the use cases need of the world, as small protocols; each has a twin in `lintas.testing`."""
