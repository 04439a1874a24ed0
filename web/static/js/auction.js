// The panel of a running call auction: what it would give now, and how long orders can be taken back.
import { grouped, say } from "./text.js";

const PHASES = ["opening_auction", "opening_locked", "closing_auction", "closing_locked"];

export class Auction {
  constructor(meta, painter) {
    this.meta = meta;
    this.painter = painter;
    this.box = document.getElementById("auction");
    this.parts = new Map(
      [...this.box.querySelectorAll("[data-a]")].map((node) => [node.dataset.a, node]),
    );
    this.phase = null;
  }

  /** The words for a phase that has just begun, empty while it goes on; hides itself after it. */
  clock({ phase, ends, sim }) {
    const running = PHASES.includes(phase);
    const turned = this.phase !== null && this.phase !== phase;
    this.phase = phase;
    this.box.hidden = !running;
    if (running) {
      const locked = phase.endsWith("_locked");
      this.put("title", say(phase));
      this.put("until", say(locked ? "auction_price_in" : "auction_lock_in"));
      this.put("note", say(locked ? "auction_locked" : "auction_open"));
      this.put("time", ends === null ? "–" : minutes(ends - sim));
    }
    if (!turned) return "";
    return running ? `${say(phase)}. ${this.parts.get("note").textContent}` : say(phase);
  }

  /** [price, quantity, heavier side, what it has more]; null when nothing is told. */
  show(indication) {
    const [price, qty, side, left] = indication ?? [null, 0, null, 0];
    this.put("price", this.painter.price(this.meta.id, price));
    this.put("qty", price === null ? "–" : grouped(qty, this.meta.qd));
    const words = { qty: grouped(left, this.meta.qd) };
    this.put("left", side === null ? "–" : say(side ? "auction_sells" : "auction_buys", words));
  }

  put(name, text) {
    const node = this.parts.get(name);
    if (node.textContent !== text) node.textContent = text;
  }
}

function minutes(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
