// SPDX-License-Identifier: Apache-2.0
// A page that says by itself when it is out of date: nothing moves under the pointer, a button shows what is new.
//
// The stream is open only while the page is seen: browsers open six connections to one HTTP/1.1 server.
import { say } from "./words.js";

export function followChanges(box) {
  if (!box || !("EventSource" in window)) return;
  const said = box.querySelector("[data-changes-said]");
  const show = box.querySelector("[data-changes-show]");
  const { after, changes } = box.dataset;
  let source = null;

  function close() {
    source?.close();
    source = null;
  }

  function open() {
    if (source || !show.hidden) return;
    source = new EventSource(`${changes}?after=${encodeURIComponent(after)}`);
    source.addEventListener("changed", () => {
      close();
      said.textContent = say("Something changed");
      show.hidden = false;
    });
    source.addEventListener("signed-out", () => {
      close();
      said.textContent = say("You are signed out: reload the page");
    });
    source.addEventListener("error", () => {
      said.textContent = say("Not live: trying again …");
    });
    source.addEventListener("open", () => {
      said.textContent = say("Live");
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else open();
  });
  box.hidden = false;
  open();
}
