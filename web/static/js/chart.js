// The price chart: candles and volume, never the only way to read the numbers.
import { compact, grouped, say, wallText } from "./text.js";

const PHONE_BARS = 500;
const DESKTOP_BARS = 2000;
const FIRST_VISIBLE = { "1m": 90, "5m": 90, "15m": 96, "1h": 90, "1d": 120 };

export class Chart {
  constructor(box, meta, venue) {
    this.box = box;
    this.meta = meta;
    this.venue = venue;
    this.bars = [];
    this.interval = "1m";
    this.make();
    this.colour();
    const watch = new MutationObserver(() => this.colour());
    watch.observe(document.documentElement, { attributeFilter: ["data-theme", "data-updown"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.colour());
    new ResizeObserver(() => this.latest(false)).observe(box);
  }

  make() {
    const library = window.LightweightCharts;
    const price = (value) => grouped(Math.round(value * this.meta.tick), this.meta.dp);
    this.chart = library.createChart(this.box, {
      autoSize: true,
      layout: { attributionLogo: false, fontFamily: "system-ui, sans-serif" },
      handleScroll: { vertTouchDrag: false, mouseWheel: false },
      handleScale: { mouseWheel: false },
      localization: { priceFormatter: price, timeFormatter: (time) => wallText(time * 1000) },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 0.24 } },
      timeScale: { borderVisible: false, timeVisible: true, minBarSpacing: 0.2, rightOffset: 3 },
      grid: { vertLines: { visible: false } },
    });
    this.candles = this.chart.addSeries(library.CandlestickSeries, {
      priceFormat: { type: "custom", minMove: 1, formatter: price }, borderVisible: false,
    });
    this.volume = this.chart.addSeries(library.HistogramSeries, {
      priceScaleId: "volume", priceFormat: { type: "custom", minMove: 1, formatter: compact },
      lastValueVisible: false, priceLineVisible: false,
    });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  }

  colour() {
    const up = resolve("--up"), down = resolve("--down");
    this.colours = { up, down };
    this.chart.applyOptions({
      layout: {
        background: { color: resolve("--surface") }, textColor: resolve("--muted"),
        panes: { separatorColor: resolve("--line") },
      },
      grid: { horzLines: { color: resolve("--surface-2") } },
    });
    this.candles.applyOptions({
      upColor: up, wickUpColor: up, downColor: down, wickDownColor: down,
    });
    if (this.bars.length) this.volume.setData(this.bars.map((bar) => this.column(bar)));
    this.box.dataset.up = up;
  }

  column([time, open, , , close, volume]) {
    return { time, value: volume, color: (close >= open ? this.colours.up : this.colours.down) + "66" };
  }

  async load(interval) {
    this.interval = interval;
    const count = innerWidth < 900 ? PHONE_BARS : DESKTOP_BARS;
    const query = new URLSearchParams({
      venue: this.venue, sym: this.meta.id, iv: interval, count: String(count),
    });
    const answer = await fetch("/api/bars?" + query);
    if (!answer.ok || interval !== this.interval) return;
    const { b: bars } = await answer.json();
    this.bars = bars;
    this.candles.setData(bars.map(candle));
    this.volume.setData(bars.map((bar) => this.column(bar)));
    this.latest(true);
    if (bars.length) this.told();
    this.describe();
  }

  /** A bar as the server knows it: [time, open, high, low, close, volume]. */
  bar(interval, bar) {
    if (interval !== this.interval) return;
    const last = this.bars.at(-1);
    if (last && bar[0] < last[0]) return;
    if (last && bar[0] === last[0]) this.bars[this.bars.length - 1] = bar;
    else this.bars.push(bar);
    this.candles.update(candle(bar));
    this.volume.update(this.column(bar));
    this.told();
    this.describe();
  }

  /** The newest close, for whoever compares it with the other prices of the page. */
  told() {
    this.box.dataset.last = String(this.bars.at(-1)[4]);
    this.box.dataset.bars = String(this.bars.length);
  }

  /** The newest price belongs to the newest bar until the server says more. */
  last(ticks) {
    const bar = this.bars.at(-1);
    if (!bar || bar[4] === ticks) return;
    bar[4] = ticks;
    bar[2] = Math.max(bar[2], ticks);
    bar[3] = Math.min(bar[3], ticks);
    this.candles.update(candle(bar));
    this.told();
  }

  latest(force) {
    const bars = this.bars.length;
    if (!bars) return;
    const scale = this.chart.timeScale();
    if (!force && scale.getVisibleLogicalRange()) return;
    scale.setVisibleLogicalRange({ from: Math.max(0, bars - FIRST_VISIBLE[this.interval]), to: bars + 3 });
  }

  zoom(factor) {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (!range) return;
    const width = Math.max(10, (range.to - range.from) * factor);
    scale.setVisibleLogicalRange({ from: range.to - width, to: range.to });
  }

  /** Which bars are on the screen, in words; empty when there are none. */
  shown() {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (!range) return "";
    const from = Math.max(0, Math.round(range.from));
    const bars = this.bars.slice(from, Math.round(range.to) + 1);
    return bars.length ? say("chart_shown", {
      count: bars.length, from: this.moment(bars[0]), to: this.moment(bars.at(-1)),
    }) : "";
  }

  moment([time]) {
    return wallText(time * 1000).slice(0, this.interval === "1d" ? -9 : -3);
  }

  describe() {
    if (this.described) return;
    this.described = setTimeout(() => {
      this.described = 0;
      const lows = this.bars.map((bar) => bar[3]), highs = this.bars.map((bar) => bar[2]);
      const text = (ticks) => grouped(ticks * this.meta.tick, this.meta.dp);
      document.getElementById("chart-summary").textContent = this.bars.length
        ? say("chart_summary", {
          count: this.bars.length, low: text(Math.min(...lows)), high: text(Math.max(...highs)),
          last: text(this.bars.at(-1)[4]),
        }) : "";
    }, 500);
  }

  /** The same last 20 bars, newest first, for reading. */
  table() {
    const table = document.createElement("table");
    table.className = "data";
    const heads = ["time", "bar_open", "high", "low", "close", "volume"];
    const head = table.createTHead().insertRow();
    for (const name of heads) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = say(name);
      head.append(cell);
    }
    const body = table.createTBody();
    for (const bar of this.bars.slice(-20).reverse()) {
      const row = body.insertRow();
      const texts = [this.moment(bar),
        ...bar.slice(1, 5).map((ticks) => grouped(ticks * this.meta.tick, this.meta.dp)),
        compact(bar[5])];
      for (const text of texts) {
        const cell = row.insertCell();
        cell.className = "num";
        cell.textContent = text;
      }
    }
    return table;
  }
}

function candle([time, open, high, low, close]) {
  return { time, open, high, low, close };
}

function resolve(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
