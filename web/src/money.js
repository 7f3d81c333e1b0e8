// SPDX-License-Identifier: Apache-2.0
// The drawing of a flow of money: arrow keys go from payment to payment, a slider goes through time.
// Without it each payment is a link to its row of the table, and a field takes the time.
import { say } from "./words.js";

function roving(map, said) {
  const flows = [...map.querySelectorAll("a.flow")];
  if (flows.length === 0) return;
  for (const [place, flow] of flows.entries()) flow.setAttribute("tabindex", place === 0 ? "0" : "-1");

  function near(flow) {
    const ends = [flow.dataset.from, flow.dataset.to].filter(Boolean);
    return flows.filter((one) => one !== flow && (ends.includes(one.dataset.from) || ends.includes(one.dataset.to)));
  }

  function go(flow) {
    for (const one of flows) one.setAttribute("tabindex", one === flow ? "0" : "-1");
    flow.focus({ preventScroll: true });
    flow.querySelector(".core").scrollIntoView({ block: "nearest", inline: "center" });
  }

  // down: what the receiver paid on; up: what brought the money to the payer
  function along(flow, key) {
    const here = flows.indexOf(flow);
    if (key === "ArrowRight") return flows[Math.min(flows.length - 1, here + 1)];
    if (key === "ArrowLeft") return flows[Math.max(0, here - 1)];
    if (key === "Home") return flows[0];
    if (key === "End") return flows[flows.length - 1];
    if (key === "ArrowDown") return flows.find((one, at) => at > here && one.dataset.from === flow.dataset.to);
    return flows.findLast((one, at) => at < here && one.dataset.to === flow.dataset.from);
  }

  map.addEventListener("keydown", (event) => {
    const flow = event.target.closest?.("a.flow");
    if (!flow || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const next = along(flow, event.key);
    if (next && next !== flow) go(next);
  });
  map.addEventListener("focusin", (event) => {
    const flow = event.target.closest?.("a.flow, a.rest");
    if (!flow) return;
    said.hidden = false;
    said.textContent = flow.getAttribute("aria-label");
    if (!flow.classList.contains("flow")) return;
    map.classList.add("is-focused");
    const beside = near(flow);
    for (const one of flows) one.classList.toggle("near", beside.includes(one));
  });
  map.addEventListener("focusout", (event) => {
    if (!map.contains(event.relatedTarget)) map.classList.remove("is-focused");
  });
}

function slide(map, box, field, steps) {
  const slider = box.querySelector("input");
  const output = box.querySelector("output");
  const flows = [...map.querySelectorAll("a.flow")];
  if (steps.length < 2) return;
  box.hidden = false;

  function show() {
    const step = Number(slider.value);
    const gone = flows.filter((flow) => Number(flow.dataset.step) <= step).length;
    for (const flow of flows) flow.classList.toggle("later", Number(flow.dataset.step) > step);
    output.textContent = say("%(time)s: %(done)s of %(all)s", { time: steps[step].words, done: gone, all: flows.length });
    slider.setAttribute("aria-valuetext", output.textContent);
    return steps[step].typed;
  }
  slider.addEventListener("input", () => {
    field.value = show();
  });
  show();
}

export function startMoney() {
  const box = document.querySelector("[data-flow-map]");
  if (!box) return;
  const map = box.querySelector("svg");
  const data = document.querySelector("script#flow-steps");
  roving(map, document.querySelector("[data-flow-said]"));
  const slider = document.querySelector("[data-flow-slide]");
  slide(map, slider, document.querySelector("[data-flow-until]"), JSON.parse(data.textContent));
}
