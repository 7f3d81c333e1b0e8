// SPDX-License-Identifier: Apache-2.0
// Single keys, unless switched off at the foot of the page (WCAG 2.1.4); never while one types.

const CHORD_MS = 1200;

function isTyping(target) {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function rows() {
  const marked = document.querySelectorAll("a[data-row], [data-row-host] a");
  return [...marked].filter((row) => row.offsetParent !== null);
}

function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const row = all.indexOf(document.activeElement);
  const next = row < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, row + by));
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function showHelp() {
  const help = document.getElementById("help");
  if (help && !help.open) help.showModal();
}

export function listenForKeys() {
  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", showHelp);
  }
  if (document.documentElement.dataset.shortcuts !== "on") return;
  let chordUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const isChord = event.timeStamp < chordUntil;
    chordUntil = 0;
    if (isChord) {
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    if (event.key === "g") chordUntil = event.timeStamp + CHORD_MS;
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "?") showHelp();
    else if (event.key === "/") document.querySelector("main #terms, [data-find]")?.focus();
    else return;
    event.preventDefault();
  });
}
