# SPDX-License-Identifier: Apache-2.0
"""Files of an exercise in the formats that desks and banks really use. Each says that it is an exercise."""
