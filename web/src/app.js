// SPDX-License-Identifier: Apache-2.0
// The one script of all pages. Every page works without it; what is here only saves waiting.
import "htmx.org";
import "htmx-ext-sse";
