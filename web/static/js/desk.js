// The desk: joins the socket, the painter, the chart, the clock and the ticket.
import { Auction } from "./auction.js";
import { Chart } from "./chart.js";
import { Clock } from "./clock.js";
import { Painter, Voice } from "./painter.js";
import { Socket } from "./socket.js";
import { grouped, say } from "./text.js";
import { Ticket } from "./ticket.js";

const data = JSON.parse(document.getElementById("desk-data").textContent);
const meta = data.instruments.find((one) => one.id === data.current);
const painter = new Painter(data);
const voice = new Voice();
const clock = new Clock();
const auction = new Auction(meta, painter);
const ticket = new Ticket(meta, painter);
const box = document.getElementById("chart");
let order = [];
let seen = null;
let chart = null;
let told = 0;

function wanted(fresh) {
  return {
    t: "sub", venue: data.venue, acct: data.account, n: fresh ? null : seen,
    q: data.instruments.map((one) => one.id).slice(0, 50),
    bars: [[meta.id, chart?.interval ?? "1m"]], depth: data.depth ? meta.id : null,
    rate: innerWidth < 900 ? 4 : 10,
  };
}

function quoteRow(id, row) {
  const change = { last: row[1], vol: row[2], high: row[6], low: row[7],
    old: Boolean(row[5] & 2) };
  painter.quote(id, change);
  if (id === meta.id) painter.later("current", () => {
    const { last } = painter.quotes.get(id);
    chart?.last(last);
    ticket.follow(last);
  });
}

const HEARD = {
  snap({ syms, q }) {
    order = syms.map((row) => row[0]);
    for (const row of syms) {
      const quote = painter.quotes.get(row[0]);
      if (quote) quote.ref = row[4];
    }
    for (const row of q) quoteRow(order[row[0]], row);
  },
  q({ d, r = [] }) {
    for (const [place, reference] of r) painter.session(order[place], reference);
    for (const row of d) quoteRow(order[row[0]], row);
  },
  bar({ sym, iv, b }) {
    if (sym === meta.id) painter.later("bar", () => chart?.bar(iv, b));
  },
  depth({ sym, b, a, x }) {
    if (sym === meta.id) painter.later("depth", () => { depth(b, a); auction.show(x); });
  },
  clock(message) { painter.later("clock", () => time(message)); },
  acct(message) {
    if (Number.isInteger(message.n)) seen = message.n;
    painter.later("account", () => painter.account(message));
  },
  ord(message) {
    if (Number.isInteger(message.n)) seen = message.n;
    tell(message);
    structure();
    // An order is on its way for up to a second, and its arrival alone is no event.
    if (message.st === "new") setTimeout(structure, 1500);
  },
  note({ key, args }) { voice.say("status", say(key, args)); },
  resync() { chart?.load(chart.interval); },
  err({ key, args }) { document.getElementById("toast").textContent = say(key, args); },
};

/** What open orders wait for changes with the phase. */
function time(message) {
  const turned = clock.show(message);
  const words = auction.clock(message);
  if (words) voice.say("status", words);
  if (turned || words) structure();
}

function tell({ sym, st, filled, avg }) {
  if (st === "filled") {
    const price = painter.price(sym, Math.round(avg / 1000));
    voice.say("status", say("filled", { qty: grouped(filled, painter.meta.get(sym).qd), price }));
  } else if (st === "cancelled") {
    voice.say("status", say(st));
  }
}

/** Rows came or went: the server draws the tables again. */
function structure() {
  clearTimeout(told);
  told = setTimeout(() => {
    document.body.dispatchEvent(new CustomEvent("simtrade:account"));
    // An order that is being changed must not be drawn over.
    if (document.querySelector("#orders details[open]")) return;
    document.body.dispatchEvent(new CustomEvent("simtrade:orders"));
  }, 150);
}

function depth(bids, asks) {
  for (const [name, levels] of [["b", bids], ["a", asks]]) {
    for (let place = 0; place < 5; place += 1) {
      const button = document.querySelector(`[data-level="${name}${place}"]`);
      if (!button) continue;
      const [ticks, qty] = levels[place] ?? [null, null];
      button.dataset.px = ticks ?? "";
      const texts = [painter.price(meta.id, ticks), qty === null ? "–" : grouped(qty, meta.qd)];
      [button.children[1], button.children[2]].forEach((node, index) => {
        if (node.textContent !== texts[index]) node.textContent = texts[index];
      });
    }
  }
}

let connection = "live";
const socket = new Socket(wanted, (message) => HEARD[message.t]?.(message), (name, seconds) => {
  if (name === "live" && connection === "off") document.dispatchEvent(new Event("simtrade:live"));
  connection = name;
  ticket.age = seconds;
  clock.connection(name, seconds);
});

function makeChart() {
  chart = new Chart(box, meta, data.venue);
  chart.load(sessionStorage.getItem("interval") ?? "1m");
  mark(chart.interval);
}

function mark(interval) {
  for (const button of document.querySelectorAll("[data-interval]")) {
    button.setAttribute("aria-pressed", String(button.dataset.interval === interval));
  }
}

function choose(interval) {
  sessionStorage.setItem("interval", interval);
  mark(interval);
  chart.load(interval).then(showTable);
  socket.send(wanted());
}

function showTable() {
  const table = document.getElementById("chart-table");
  if (!table.hidden) table.replaceChildren(chart.table());
}

function flip(button) {
  const table = document.getElementById("chart-table");
  table.hidden = !table.hidden;
  box.hidden = !table.hidden;
  button.setAttribute("aria-expanded", String(!table.hidden));
  button.textContent = say(table.hidden ? "as_table" : "as_chart");
  showTable();
}

/** The chart moves with the next frame; who does not see it hears where it went. */
function move(how) {
  how();
  requestAnimationFrame(() => {
    const shown = chart.shown();
    if (shown) voice.say("status", shown);
  });
}

const TOOLS = {
  in: () => move(() => chart.zoom(0.7)), out: () => move(() => chart.zoom(1 / 0.7)),
  latest: () => move(() => chart.latest(true)), table: flip,
};

function freeze(button) {
  const frozen = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(frozen));
  button.textContent = say(frozen ? "unfreeze" : "freeze");
  painter.freeze(frozen);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.interval) choose(button.dataset.interval);
  else if (button.dataset.chart) TOOLS[button.dataset.chart](button);
  else if ("freeze" in button.dataset) freeze(button);
  else if (button.role === "tab" || button.getAttribute("role") === "tab") tab(button);
});

const tabs = [...document.querySelectorAll("[role=tab]")];

function tab(chosen) {
  for (const one of tabs) {
    const on = one === chosen;
    one.setAttribute("aria-selected", String(on));
    one.tabIndex = on ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !on;
  }
}

const KEYS = {
  b: () => ticket.open("buy"), s: () => ticket.open("sell"),
  " ": () => clock.press("toggle"), ".": () => clock.press("step"),
  "/": () => document.querySelector(".rows a, #symbol-choice").focus(),
};

document.addEventListener("keydown", (event) => {
  const place = tabs.indexOf(event.target);
  if (place >= 0 && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    const next = tabs.at((place + (event.key === "ArrowRight" ? 1 : -1)) % tabs.length);
    tab(next);
    next.focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (localStorage.getItem("keys") === "off" || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (event.key === " " && event.target.closest("button, a, summary")) return;
  const action = KEYS[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
});

// A refresh that was already on its way must not close what somebody has opened meanwhile.
document.addEventListener("htmx:before:swap", (event) => {
  const source = event.detail?.ctx?.sourceElement;
  if (source?.id === "orders" && source.querySelector("details[open]")) event.preventDefault();
});
document.addEventListener("htmx:after:settle", () => painter.index());
document.addEventListener("visibilitychange", () => painter.ask());

tab(tabs[0]);
makeChart();
if (location.hash === "#ticket") ticket.open();
document.dispatchEvent(new Event("simtrade:ready"));
document.documentElement.dataset.ready = "1";
window.earlyTap?.click();
