// SPDX-License-Identifier: Apache-2.0
// A page that says by itself when it is out of date: nothing moves under the pointer, a button shows what is new.
//
// The stream is open only while the page is seen: browsers open six connections to one HTTP/1.1 server.

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
      said.textContent = "Something changed";
      show.hidden = false;
    });
    source.addEventListener("signed-out", () => {
      close();
      said.textContent = "You are signed out: reload the page";
    });
    source.addEventListener("error", () => {
      said.textContent = "Not live: trying again …";
    });
    source.addEventListener("open", () => {
      said.textContent = "Live";
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else open();
  });
  box.hidden = false;
  open();
}
