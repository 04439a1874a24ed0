// The market's own clock: shows it, and hands play, pause, step and speed to its forms.
import { say, wallText } from "./text.js";

export class Clock {
  constructor() {
    this.box = document.getElementById("clock");
    this.time = this.box.querySelector("[data-clock=time]");
    this.state = this.box.querySelector("[data-clock=state]");
    this.toggle = this.box.querySelector("[data-clock=toggle]");
    this.stepper = this.box.querySelector("[data-clock=step]");
    this.speed = this.box.querySelector("[data-clock=speed]");
    this.chip = this.box.querySelector("[data-ws-chip]");
    // Each press is a wish of its own; only the same request sent again by the network is not.
    this.box.addEventListener("htmx:config:request", ({ detail }) => {
      detail.ctx.request.body.set("key", freshKey());
    });
  }

  /** Whether time began or stopped to run. */
  show({ sim, speed, state, phase }) {
    const running = state !== "paused" && state !== "ended";
    const turned = this.box.dataset.running !== String(running);
    put(this.time, wallText(sim));
    put(this.state, say(state === "paused" || state === "ended" ? state : phase));
    this.box.dataset.running = String(running);
    this.box.dataset.state = state;
    this.box.dataset.sim = String(sim);
    if (this.toggle) {
      this.toggle.value = running ? "pause" : "play";
      this.toggle.setAttribute("aria-label", say(running ? "pause" : "play"));
    }
    if (this.speed && document.activeElement !== this.speed) this.speed.value = String(speed);
    return turned;
  }

  connection(name, seconds) {
    const text = name === "live" || !name ? "" : name === "stale"
      ? say("stale", { seconds }) : say("offline");
    put(this.chip, text);
  }

  press(name) {
    (name === "step" ? this.stepper : this.toggle)?.click();
  }
}

function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
