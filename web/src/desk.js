// SPDX-License-Identifier: Apache-2.0
// Pages of the desk: references that are copied, keys that open what can be said next, letters that are printed.

function offerCopy() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.querySelector(button.dataset.copy)?.textContent.trim() ?? "";
      await navigator.clipboard.writeText(text);
      button.setAttribute("data-copied", "");
      setTimeout(() => button.removeAttribute("data-copied"), 1500);
    });
  }
}

function isTyping(target) {
  return target instanceof HTMLElement && target.closest("input:not([type=radio], [type=checkbox]), textarea, select") !== null;
}

// Opens what can be said by its key; a second look at the fields is left to Tab and Enter, so that nothing is sent by one slip.
function listenForSayings() {
  if (document.documentElement.dataset.shortcuts !== "on") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = CSS.escape(event.key);
    const button = document.querySelector(`button[data-key="${key}"]`);
    if (button) {
      event.preventDefault();
      button.focus();
      return;
    }
    const found = document.querySelector(`details[data-say="${key}"]`);
    if (!found) return;
    event.preventDefault();
    const outer = found.closest("details.say-more");
    if (outer) outer.open = true;
    for (const other of document.querySelectorAll("details.say[open]")) if (other !== found) other.open = false;
    found.open = true;
    found.scrollIntoView({ block: "nearest" });
    found.querySelector("form :is(input:not([type=hidden]), select, textarea, button)")?.focus();
  });
}

function offerPrint() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

export function startDesk() {
  offerCopy();
  listenForSayings();
  offerPrint();
}
