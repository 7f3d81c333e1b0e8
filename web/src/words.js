// SPDX-License-Identifier: Apache-2.0
// What the script says, in the reader's language: the page carries the translations of exactly these texts.
// Texts are constants, so that they are found when catalogs are made; values stand in them as %(name)s.

const box = document.querySelector("script#words"); // other elements may be called so too
const words = box ? JSON.parse(box.textContent) : {};

export function say(english, values = {}) {
  const text = words[english] || english;
  return text.replaceAll(/%\((\w+)\)s/g, (place, name) => String(values[name] ?? place)).replaceAll("%%", "%");
}
