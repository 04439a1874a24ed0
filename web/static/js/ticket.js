// The order ticket: helps with typing, never types over a person, asks again when prices are old.
import { grouped, say } from "./text.js";

const MARKET_MS = 2000;
const PHONE = matchMedia("(max-width: 899px)");

export class Ticket {
  constructor(meta, painter) {
    this.meta = meta;
    this.painter = painter;
    this.box = document.getElementById("ticket");
    this.age = 0;
    this.typed = new WeakSet();
    this.touched = 0;
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("input", (event) => this.input(event));
    document.addEventListener("submit", (event) => this.submit(event), true);
    document.addEventListener("simtrade:open-ticket", () => this.open());
    PHONE.addEventListener("change", () => this.close());
    this.box.addEventListener("click", (event) => { if (event.target === this.box) this.close(); });
  }

  get form() { return document.querySelector("form#order-form"); }
  field(name) { return this.form?.elements[name]; }

  click(event) {
    const pressed = event.target.closest("button, a");
    if (!pressed) return;
    const { step, by, fraction, px } = pressed.dataset;
    if ("openTicket" in pressed.dataset) this.open(pressed.dataset.openTicket);
    else if ("closeTicket" in pressed.dataset) this.close();
    else if (step) this.step(step, Number(by));
    else if (fraction) this.share(Number(fraction));
    else if (px && pressed.dataset.level) this.take(Number(px));
    else if ("showPositions" in pressed.dataset) { event.preventDefault(); this.positions(); }
    else if (pressed.dataset.sell === this.meta.symbol) this.sell(event, pressed.dataset.qty);
  }

  open(side) {
    if (!this.form) this.again(side);
    if (side && this.form) this.choose("side", side);
    if (PHONE.matches && !this.box.open) {
      this.box.showModal();
      this.previewAgain(0);
      document.getElementById("ticket-title").focus();
    } else if (!PHONE.matches) {
      (this.field("qty") ?? document.getElementById("ticket-title")).focus();
    }
  }

  close() { if (this.box.open) this.box.close(); }

  /** A finished order makes room for a fresh form with a fresh key. */
  again(side) {
    const link = this.box.querySelector("[data-again]");
    if (!link) return;
    document.addEventListener("htmx:after:settle", () => side && this.choose("side", side), { once: true });
    link.click();
  }

  positions() {
    this.close();
    document.getElementById("tab-positions").click();
    document.getElementById("panels").scrollIntoView({ block: "nearest" });
  }

  sell(event, qty) {
    event.preventDefault();
    this.open("sell");
    if (this.field("qty")) this.write("qty", qty);
  }

  choose(name, value) {
    if (!this.form) return;
    this.field(name).value = value;
    this.changed(this.field(name)[0]);
  }

  write(name, value) {
    const field = this.field(name);
    field.value = value;
    this.changed(field);
  }

  changed(field) { field.dispatchEvent(new Event("input", { bubbles: true })); }

  input(event) {
    const { target } = event;
    if (!this.form || target.form !== this.form) return;
    if (target.name === "price") delete target.dataset.follow;
    if (target.name === "qty" && event.isTrusted) this.typed.add(target);
    if (target.name === "side") this.turn();
    this.touched = Date.now();
    target.removeAttribute("aria-invalid");
    this.calm();
  }

  /** A quantity nobody typed is never more than there is to sell; it comes back for buying. */
  turn() {
    const side = this.form.dataset.side = this.field("side").value;
    const field = this.field("qty");
    if (this.typed.has(field)) return;
    const link = document.querySelector(`[data-sell="${CSS.escape(this.meta.symbol)}"]`);
    const owned = Number(link?.dataset.qty ?? 0);
    if (side === "sell" && owned && this.number("qty") > owned) {
      field.dataset.buy = field.value;
      field.value = String(owned);
    } else if (side === "buy" && field.dataset.buy) {
      field.value = field.dataset.buy;
      delete field.dataset.buy;
    }
  }

  calm() {
    const button = document.getElementById("confirm");
    if (!button?.classList.contains("ask")) return;
    button.classList.remove("ask");
    button.querySelector(".ask-again")?.remove();
    for (const part of button.children) part.hidden = false;
  }

  number(name) {
    const text = this.field(name).value.replaceAll(",", "").trim();
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  }

  step(name, by) {
    if (name === "qty") {
      const { lot } = this.meta;
      const now = this.number("qty") || 0;
      const next = by > 0 ? Math.floor(now / lot) * lot + lot : Math.ceil(now / lot) * lot - lot;
      this.write("qty", String(Math.max(lot, next)));
      return;
    }
    const scale = 10 ** this.meta.dp;
    const now = Math.round(this.number(name) * scale / this.meta.tick);
    const ticks = Math.max(1, (Number.isFinite(now) ? now : this.painter.quotes.get(this.meta.id).last) + by);
    this.write(name, this.text(ticks));
  }

  text(ticks) { return grouped(ticks * this.meta.tick, this.meta.dp).replaceAll(",", ""); }

  share(part) {
    const most = Number(this.box.querySelector("[data-max]")?.dataset.max ?? 0);
    const { lot } = this.meta;
    const wanted = Math.floor(most / part);
    const selling = this.field("side").value === "sell";
    this.write("qty", String(selling && part === 1 ? most : Math.floor(wanted / lot) * lot));
  }

  take(ticks) {
    if (!this.form) return;
    this.choose("style", "limit");
    this.write("price", this.text(ticks));
  }

  /** The default price follows the market until somebody touches it. */
  follow(ticks) {
    const field = this.field("price");
    if (field && this.field("style").value === "market") this.previewAgain(MARKET_MS);
    if (!field || !("follow" in field.dataset) || document.activeElement === field) return;
    const text = this.text(ticks);
    if (field.value === text) return;
    field.value = text;
    if (this.field("style").value === "limit") this.previewAgain();
  }

  /** The costs shown belong to the price shown; whoever types is asked about that anyway. */
  previewAgain(wait = 1000) {
    if (PHONE.matches && !this.box.open) return;
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      if (this.painter.frozen || Date.now() - this.touched < wait) return;
      this.form?.dispatchEvent(new CustomEvent("simtrade:preview"));
    }, wait);
  }

  submit(event) {
    if (event.target !== this.form || !event.isTrusted && !event.submitter) return;
    const state = document.documentElement.dataset.ws;
    const button = document.getElementById("confirm");
    if (state === "live" || button.classList.contains("ask")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const part of button.children) part.hidden = true;
    const ask = document.createElement("span");
    ask.className = "ask-again";
    ask.textContent = say("confirm_stale", { seconds: this.age });
    button.classList.add("ask");
    button.append(ask);
  }
}
