// Writes prices into the page: one frame, only text that changed, nothing announced.
import { arrow, compact, direction, grouped, money, permyriad, say, signed } from "./text.js";

export class Painter {
  constructor(data) {
    this.data = data;
    this.quotes = new Map(data.instruments.map((one) => [one.id, { ...one.quote }]));
    this.meta = new Map(data.instruments.map((one) => [one.id, one]));
    this.waiting = new Map();
    this.tasks = new Map();
    this.frozen = false;
    this.index();
  }

  /** Find the places to write again after the page's structure changed. */
  index() {
    this.places = new Map();
    for (const holder of document.querySelectorAll("[data-sym]")) {
      const id = holder.dataset.sym;
      const list = this.places.get(id) ?? [];
      const parts = [...holder.querySelectorAll("[data-f]")].map((node) => [node.dataset.f, node]);
      list.push({ holder, parts });
      this.places.set(id, list);
    }
    this.holdings = [...document.querySelectorAll("[data-holding]")];
  }

  quote(id, change) {
    const quote = this.quotes.get(id);
    if (!quote) return;
    Object.assign(quote, change);
    this.waiting.set(id, quote);
    this.ask();
  }

  /** A new trading day: another reference. */
  session(id, reference) {
    const quote = this.quotes.get(id);
    if (quote) quote.ref = reference;
  }

  /** Do something in the same frame as the prices; the newest task of a name wins. */
  later(name, task) {
    this.tasks.set(name, task);
    this.ask();
  }

  ask() {
    if (this.asked || this.frozen || document.hidden) return;
    this.asked = true;
    requestAnimationFrame(() => this.frame());
  }

  freeze(frozen) {
    this.frozen = frozen;
    this.ask();
  }

  frame() {
    this.asked = false;
    if (this.frozen) return;
    const changed = [...this.waiting];
    this.waiting.clear();
    for (const [id, quote] of changed) this.paint(id, quote);
    if (changed.length) this.paintHoldings(new Set(changed.map(([id]) => id)));
    const tasks = [...this.tasks.values()];
    this.tasks.clear();
    for (const task of tasks) task();
    if (changed.length) {
      const root = document.documentElement;
      root.dataset.tick = String(Number(root.dataset.tick) + 1);
    }
  }

  price(id, ticks) {
    const { dp, tick } = this.meta.get(id);
    return ticks === null || ticks === undefined ? "–" : grouped(ticks * tick, dp);
  }

  paint(id, { last, ref, vol, high, low, old }) {
    const change = last - ref;
    const texts = {
      last: this.price(id, last),
      chg: signed(this.price(id, change), change),
      pct: signed(grouped(permyriad(change, ref), 2), change) + "%",
      arrow: arrow(change),
      vol: compact(vol),
      high: this.price(id, high),
      low: this.price(id, low),
      ref: this.price(id, ref),
      old: old ? say("old") : "",
    };
    for (const { holder, parts } of this.places.get(id) ?? []) {
      for (const [name, node] of parts) write(node, texts[name]);
      turn(holder, direction(change));
    }
  }

  paintHoldings(ids) {
    for (const row of this.holdings) {
      const id = row.dataset.holding;
      if (!ids.has(id)) continue;
      const value = this.value(id, Number(row.dataset.qty), this.quotes.get(id).last);
      const profit = value - Number(row.dataset.cost);
      const cell = row.querySelector("[data-h=profit]");
      write(row.querySelector("[data-h=value]"), this.money(value));
      write(cell.firstElementChild, arrow(profit));
      write(cell.lastElementChild, signed(this.money(profit), profit));
      turn(cell, direction(profit));
    }
  }

  value(id, qty, ticks) {
    const { dp, tick, qd } = this.meta.get(id);
    return Math.round(ticks * tick * qty * 10 ** (this.data.currency.decimals - dp - qd));
  }

  money(minor) {
    return money(minor, this.data.currency.symbol, this.data.currency.decimals);
  }

  account(message) {
    for (const name of ["equity", "cash", "frozen", "pnl_day"]) {
      if (message[name] === undefined || message[name] === null) continue;
      for (const node of document.querySelectorAll(`[data-acct="${name}"]`)) {
        const text = this.money(message[name]);
        write(node, name === "pnl_day" ? signed(text, message[name]) : text);
        if (name === "pnl_day") turn(node, direction(message[name]));
      }
    }
  }
}

function write(node, text) {
  if (node && text !== undefined && node.textContent !== text) node.textContent = text;
}

function turn(node, name) {
  if (node.classList.contains(name)) return;
  node.classList.remove("up", "down", "flat");
  node.classList.add(name);
}

/** At most one sentence every two seconds, into regions that exist from the start. */
export class Voice {
  constructor() {
    this.free = 0;
    this.line = new Map();
  }

  say(region, text) {
    this.line.set(region, text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.speak(), Math.max(0, this.free - Date.now()));
  }

  speak() {
    const [next] = this.line;
    if (!next) return;
    const [region, text] = next;
    this.line.delete(region);
    document.getElementById("say-" + region).textContent = text;
    this.free = Date.now() + 2000;
    if (this.line.size) this.timer = setTimeout(() => this.speak(), 2000);
  }
}
