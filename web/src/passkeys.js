// SPDX-License-Identifier: Apache-2.0
// Forms that a passkey answers: ask the node for a challenge, let the authenticator answer, send the form.
import { say } from "./words.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

export function readOptions(options, does) {
  const read = { ...options, challenge: bytes(options.challenge) };
  if (does === "get") return { ...read, allowCredentials: named(options.allowCredentials) };
  const user = { ...options.user, id: bytes(options.user.id) };
  return { ...read, user, excludeCredentials: named(options.excludeCredentials) };
}

export function writeAnswer(credential) {
  const { response } = credential;
  const written = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) written[name] = text(response[name]);
  }
  if (response.getTransports) written.transports = response.getTransports();
  const { id, type, authenticatorAttachment } = credential;
  const extensions = credential.getClientExtensionResults();
  return { id, rawId: text(credential.rawId), type, authenticatorAttachment, response: written, clientExtensionResults: extensions };
}

const REASONS = {
  InvalidStateError: say("This authenticator is enrolled already."),
  NotAllowedError: say("The authenticator did not answer: it was stopped, took too long, or knows no passkey for this node."),
  SecurityError: say("Passkeys do not work at this address."),
};

async function answer(form) {
  const secret = new URLSearchParams({ form: form.elements.form.value });
  const asked = await fetch(form.dataset.passkey, { method: "POST", body: secret });
  if (!asked.ok) throw new Error(say("The node refused (%(status)s). Reload the page, then try again.", { status: asked.status }));
  const publicKey = readOptions(await asked.json(), form.dataset.does);
  const given = await navigator.credentials[form.dataset.does]({ publicKey });
  form.elements.answer.value = JSON.stringify(writeAnswer(given));
}

export function offerPasskeys() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const said = form.querySelector("[data-passkey-said]");
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      button.disabled = true;
      said.textContent = "";
      try {
        await answer(form);
        form.submit();
      } catch (problem) {
        said.textContent = REASONS[problem.name] ?? problem.message;
        button.disabled = false;
      }
    });
  }
}
