// The live connection: back-off, stale timer, resume.  It only reports; orders go by form.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const CLOSED_FOR_GOOD = { 4401: "again", 4403: "again", 4409: "again" };
const POLL_MS = 2000;

export class Socket {
  /** `wanted()` gives the full desired state, `heard(message)` gets every message. */
  constructor(wanted, heard, changed) {
    this.wanted = wanted;
    this.heard = heard;
    this.changed = changed;
    this.tries = 0;
    this.beat = 5000;
    this.lastFrame = Date.now();
    this.open = false;
    this.busy = false;
    addEventListener("online", () => this.hurry());
    addEventListener("pagehide", () => { this.leaving = true; });
    document.addEventListener("visibilitychange", () => {
      this.send({ t: "vis", hidden: document.hidden });
      if (!document.hidden) this.hurry();
    });
    setInterval(() => this.look(), 250);
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    if (this.leaving) return;
    const address = location.origin.replace(/^http/, "ws") + "/ws";
    const line = new WebSocket(address, ["sim.v1"]);
    this.line = line;
    line.onopen = () => {
      this.open = true;
      this.lastFrame = Date.now();
      this.send(this.wanted());
    };
    line.onmessage = (event) => this.message(event.data);
    line.onclose = (event) => this.closed(line, event);
  }

  closed(line, event) {
    if (line !== this.line) return;
    this.open = false;
    if (event.code === 4500 && !sessionStorage.getItem("reloaded")) {
      sessionStorage.setItem("reloaded", "1");
      location.reload();
      return;
    }
    this.state("off", CLOSED_FOR_GOOD[event.code]);
    if (event.code in CLOSED_FOR_GOOD) return;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.tries, LONGEST_WAIT_MS);
    this.tries += 1;
    this.timer = setTimeout(() => this.connect(), wait * (0.7 + 0.6 * Math.random()));
    if (this.tries >= 3) this.poll();
  }

  message(text) {
    const now = Date.now();
    const message = JSON.parse(text);
    this.lastFrame = now;
    if (message.t === "hello") {
      this.beat = message.hb ?? this.beat;
      this.tries = 0;
    } else if (message.t === "resync") {
      this.send(this.wanted(true));
    } else if (message.t === "bye") {
      this.tries = 0;
    }
    if (message.t === "clock") this.busy = message.state === "open";
    if (message.t !== "hello") this.state("live");
    this.heard(message);
  }

  /** Stale: the market should move and nothing at all was heard for too long. */
  look() {
    const silent = Date.now() - this.lastFrame;
    const limit = this.busy ? 2500 : Math.max(2500, 2 * this.beat);
    if (this.open && silent > limit) this.state("stale");
    this.changed(this.now, Math.round(silent / 1000));
    if (this.open && silent > 4 * this.beat) this.line.close();
  }

  state(name, why) {
    if (this.now === name) return;
    this.now = name;
    this.why = why;
    document.documentElement.dataset.ws = name;
    this.changed(name, Math.round((Date.now() - this.lastFrame) / 1000));
  }

  /** Networks without websockets still get prices, slower. */
  async poll() {
    if (this.polling || this.leaving) return;
    this.polling = true;
    while (!this.open && !this.leaving) {
      try {
        const wanted = this.wanted();
        const query = new URLSearchParams({ venue: wanted.venue, q: wanted.q.join(",") });
        if (wanted.depth) query.set("depth", wanted.depth);
        if (wanted.acct) query.set("acct", wanted.acct);
        const answer = await fetch("/api/snap?" + query);
        if (answer.ok) {
          const parts = await answer.json();
          this.lastFrame = Date.now();
          for (const part of Object.values(parts)) if (part?.t) this.heard(part);
          this.state("live");
        }
      } catch { /* the next round tries again; the page already says that it is old */ }
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
    this.polling = false;
  }

  send(message) {
    if (this.open && this.line.readyState === WebSocket.OPEN) this.line.send(JSON.stringify(message));
  }

  hurry() {
    if (this.open || this.why) return;
    this.tries = 0;
    this.connect();
  }
}
