// SPDX-License-Identifier: Apache-2.0
// Hand-over: on the row that one is on, `a` accepts or takes, `d` declines.

function isTyping(target) {
  return target instanceof HTMLElement && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

export function startHanding() {
  if (!document.querySelector("[data-thing]")) return;
  if (document.documentElement.dataset.shortcuts !== "on") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const row = document.activeElement?.closest("[data-thing]");
    const button = row?.querySelector(`button[data-do="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
