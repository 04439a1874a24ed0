// The small replay on the landing page: recorded closes, one after the other, and nothing else.
import { arrow, direction, grouped, permyriad, signed } from "./text.js";

const STEP_MS = 900;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const holder = document.getElementById("mini-data");

if (holder) {
  const { closes, days, dp, reference, shown } = JSON.parse(holder.textContent);
  const box = document.querySelector(".mini");
  const line = box.querySelector("polyline");
  const part = (name) => box.querySelector(`[data-f=${name}]`);
  const low = Math.min(...closes, reference), high = Math.max(...closes, reference);
  let count = shown;

  const draw = () => {
    const height = (value) => (8 + 184 * (1 - (value - low) / (high - low || 1))).toFixed(1);
    line.setAttribute("points", closes.slice(0, count)
      .map((value, place) => `${((place * 600) / (closes.length - 1)).toFixed(1)},${height(value)}`).join(" "));
    const last = closes[count - 1], change = last - reference;
    part("last").textContent = grouped(last, dp);
    part("arrow").textContent = arrow(change);
    part("chg").textContent = signed(grouped(change, dp), change);
    part("pct").textContent = signed(grouped(permyriad(change, reference), 2), change) + "%";
    part("day").textContent = days[count - 1];
    part("last").parentElement.className = "price " + direction(change);
    document.documentElement.dataset.tick = String(count);
  };

  const button = box.querySelector("[data-freeze]");
  let running = !STILL.matches;
  const label = () => { button.textContent = button.dataset[running ? "pause" : "play"]; };
  button.addEventListener("click", () => { running = !running; label(); });
  label();
  setInterval(() => {
    if (!running || document.hidden) return;
    count = count >= closes.length ? shown : count + 1;
    draw();
  }, STEP_MS);
}
