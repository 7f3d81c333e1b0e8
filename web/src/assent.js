// SPDX-License-Identifier: Apache-2.0
// A form that a passkey signs: the browser asks for it when the button is pressed, and the answer goes with the form.
import { say } from "./words.js";

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function answerOf(asked) {
  const allowCredentials = asked.allowCredentials.map((one) => ({ ...one, id: toBytes(one.id) }));
  const publicKey = { ...asked, challenge: toBytes(asked.challenge), allowCredentials };
  const given = await navigator.credentials.get({ publicKey });
  return JSON.stringify({
    id: given.id,
    rawId: toText(given.rawId),
    type: given.type,
    response: {
      authenticatorData: toText(given.response.authenticatorData),
      clientDataJSON: toText(given.response.clientDataJSON),
      signature: toText(given.response.signature),
    },
  });
}

function tell(words) {
  const box = document.querySelector("[data-assent-problem]");
  if (!box) return;
  box.textContent = words;
  box.hidden = words === "";
}

async function sign(form) {
  tell("");
  try {
    form.elements.answer.value = await answerOf(JSON.parse(form.dataset.assent));
  } catch (problem) {
    tell(say("The passkey gave no answer (%(name)s). Nothing was sent; press the button again.", { name: problem.name }));
    return;
  }
  form.submit();
}

export function askPasskeys() {
  for (const form of document.querySelectorAll("form[data-assent]")) {
    form.addEventListener("submit", (event) => {
      if (form.elements.answer.value !== "") return;
      event.preventDefault();
      sign(form);
    });
  }
}
