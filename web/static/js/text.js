// Words and numbers as the server writes them.

const holder = document.getElementById("i18n");
const words = holder ? JSON.parse(holder.textContent) : {};

/** The text of a key with its {names} filled in. */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** 1234567 with 2 decimals is "12,345.67". */
export function grouped(value, decimals) {
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const whole = digits.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ",");
  return (value < 0 ? "-" : "") + whole + (decimals ? "." + digits.slice(cut) : "");
}

export function signed(text, value) {
  return value > 0 ? "+" + text : text;
}

export function arrow(value) {
  return value > 0 ? "▲" : value < 0 ? "▼" : "";
}

export function direction(value) {
  return value > 0 ? "up" : value < 0 ? "down" : "flat";
}

/** Change against a reference in hundredths of a percent, rounded half away from zero. */
export function permyriad(change, reference) {
  if (!reference) return 0;
  const part = (Math.abs(change) * 10000) / reference;
  return Math.sign(change) * Math.floor(part + 0.5);
}

const compactFormat = new Intl.NumberFormat(document.documentElement.lang, {
  notation: "compact", maximumFractionDigits: 2,
});
const plainFormat = new Intl.NumberFormat(document.documentElement.lang);

/** 123456789 is "1.23亿" or "123.46M". */
export function compact(value) {
  return Math.abs(value) < 10000 ? plainFormat.format(value) : compactFormat.format(value);
}

export function money(minor, symbol, decimals) {
  return (minor < 0 ? "-" : "") + symbol + grouped(Math.abs(minor), decimals);
}

const wallFormat = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: "UTC", year: "numeric", month: document.documentElement.lang === "en" ? "short" : "2-digit",
  day: document.documentElement.lang === "en" ? "numeric" : "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

/** The market's wall clock, sent as if it were UTC milliseconds, as the server writes it. */
export function wallText(milliseconds) {
  const part = Object.fromEntries(
    wallFormat.formatToParts(milliseconds).map(({ type, value }) => [type, value]),
  );
  const time = `${part.hour}:${part.minute}:${part.second}`;
  return document.documentElement.lang === "en"
    ? `${part.month} ${part.day}, ${part.year} ${time}`
    : `${part.year}/${part.month}/${part.day} ${time}`;
}
