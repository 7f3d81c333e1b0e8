// SPDX-License-Identifier: Apache-2.0
// Lets the phone's page be installed. The worker keeps one page that says that there is no connection, and no content.

const forget = () => sessionStorage.clear(); // htmx notes the page's address, which names a request

export function offerInstall(body) {
  if (!body.hasAttribute("data-duty")) return;
  addEventListener("load", forget);
  addEventListener("pagehide", forget);
  if (!("serviceWorker" in navigator)) return;
  // A browser that refuses (a private window, a wrong certificate) shows the page all the same.
  navigator.serviceWorker.register("/duty/worker.js", { scope: "/duty" }).catch(() => {});
}
