// SPDX-License-Identifier: Apache-2.0
// The Desk's live line: new alerts are counted, never pushed under the pointer; a button stops it.
//
// Browsers open six connections to one HTTP/1.1 server, so of several Desk tabs one holds the stream and tells the others.
import { say } from "./words.js";

export function followLive(box) {
  if (!box || !("EventSource" in window)) return;
  const count = box.querySelector("[data-live-count]");
  const show = box.querySelector("[data-live-show]");
  const pause = box.querySelector("[data-live-pause]");
  const name = box.dataset.liveChannel ?? "lintas-alerts";
  const title = document.title;
  const fresh = new Set();
  let last = box.dataset.after;
  let source = null;
  let isPaused = false;
  let release = null;

  const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;

  function isShown(id) {
    return document.querySelector(`[data-alert="${CSS.escape(id)}"]`) !== null;
  }

  function tell() {
    count.textContent = isPaused ? say("Paused") : fresh.size > 0 ? say("%(count)s new", { count: fresh.size }) : say("Live");
    show.hidden = fresh.size === 0;
    document.title = fresh.size > 0 ? `(${fresh.size}) ${title}` : title;
  }

  function receive(ids) {
    if (isPaused) return;
    for (const id of ids) if (!isShown(id)) fresh.add(id);
    tell();
  }

  function open() {
    const address = last ? `${box.dataset.live}?after=${encodeURIComponent(last)}` : box.dataset.live;
    source = new EventSource(address);
    source.addEventListener("alerts", (event) => {
      const { ids } = JSON.parse(event.data);
      last = event.lastEventId;
      receive(ids);
      channel?.postMessage({ ids, last });
    });
    source.addEventListener("signed-out", () => {
      close();
      count.textContent = say("You are signed out: reload the page");
    });
    source.addEventListener("error", () => {
      if (!isPaused) count.textContent = say("Not live: trying again …");
    });
    source.addEventListener("open", tell);
  }

  function close() {
    source?.close();
    source = null;
    release?.();
    release = null;
  }

  // Whoever holds the lock holds the stream; when its tab closes or pauses, the next one takes over from what it last saw.
  function lead() {
    if (!navigator.locks) {
      open();
      return;
    }
    navigator.locks.request(name, () => {
      if (isPaused) return undefined;
      open();
      return new Promise((resolve) => {
        release = resolve;
      });
    });
  }

  channel?.addEventListener("message", (event) => {
    if (Array.isArray(event.data?.ids)) {
      if (!isPaused) last = event.data.last;
      receive(event.data.ids);
    }
  });
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    if (isPaused) close();
    else lead();
    tell();
  });

  box.hidden = false;
  tell();
  lead();
}
