// SPDX-License-Identifier: Apache-2.0
// Report by keyboard: Enter goes on to the next field, Ctrl+Enter sends; pasted texts and slips are read as they come.

const FIELDS = "input:not([type=hidden]):not([type=file]):not(:disabled), select, textarea";

function isEnter(event) {
  return event.key === "Enter" && !event.isComposing && !event.shiftKey && !event.altKey;
}

function goOn(form, from) {
  const all = [...form.querySelectorAll(`.five :is(${FIELDS})`)].filter((field) => field.offsetParent !== null);
  const next = all[all.indexOf(from) + 1];
  (next ?? form.querySelector("[data-send]")).focus();
}

function fill(form, name, value) {
  const field = form.elements[name];
  if (!field || (field.value.trim() !== "" && name !== "currency")) return false;
  field.value = value;
  field.classList.add("filled");
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function firstEmpty(form) {
  const wanted = ["name", "own_bank", "own_account", "amount", "at", "to_bank", "to_account", "to_name"];
  return wanted.map((name) => form.elements[name]).find((field) => field && field.value.trim() === "");
}

function useAll(form) {
  for (const one of form.querySelectorAll("[data-fill]")) fill(form, one.dataset.fill, one.dataset.value);
  (firstEmpty(form) ?? form.querySelector("[data-send]")).focus();
}

export function startReport() {
  const form = document.querySelector("form[data-report]");
  if (!form) return;
  const read = form.querySelector("[data-read]");
  let isSending = false;

  form.addEventListener("keydown", (event) => {
    if (!isEnter(event)) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-send]"));
      return;
    }
    if (event.target.matches(`.five :is(${FIELDS})`)) {
      event.preventDefault();
      goOn(form, event.target);
    }
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter === read) return;
    if (isSending) event.preventDefault(); // a second press while the first is on its way
    isSending = true;
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-use-all]")) useAll(form);
    const one = event.target.closest("[data-fill]");
    if (one) fill(form, one.dataset.fill, one.dataset.value);
  });

  // pasted text is read when it comes, a slip when it is chosen
  const pasted = form.elements.pasted;
  pasted.addEventListener("paste", () => setTimeout(() => read.click(), 0));
  form.elements.slip.addEventListener("change", (event) => {
    event.stopPropagation(); // it is no field that is echoed
    if (form.elements.slip.files.length > 0) read.click();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "suggested") return;
    form.elements.slip.value = ""; // it is kept by now
    document.querySelector("[data-use-all]")?.focus();
  });
  // signed out meanwhile: stay here with all that was typed
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    document.getElementById("signed-out").hidden = false;
  });
  window.addEventListener("pageshow", () => {
    isSending = false;
  });
}
