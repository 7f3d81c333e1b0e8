// SPDX-License-Identifier: Apache-2.0
// When a part of a page could not be fetched, say so where a screen reader hears it.
import { say } from "./words.js";

function tell(words) {
  const said = document.getElementById("said");
  if (said) said.textContent = words;
}

export function watchFailures() {
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 401) return; // the server says where to go
    tell(say("That did not work (%(status)s). Reload the page, then try again.", { status }));
  });
  document.addEventListener("htmx:sendError", () => tell(say("The node does not answer. Nothing was changed.")));
  // not afterSwap: its target is no longer in the page when it was replaced whole
  document.addEventListener("htmx:afterSettle", () => {
    tell("");
    countWaiting();
  });
}

// After an alert was acknowledged in place, the number above the list is still the old one.
function countWaiting() {
  const list = document.querySelector("#alerts .alerts");
  const count = document.querySelector("#alerts .count");
  if (!list || !count) return;
  count.textContent = count.textContent.replace(/\d+/, String(list.querySelectorAll(".alert-open").length));
}
