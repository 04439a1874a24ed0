// What every page does: keep drafts over a language switch, submit choices, keep the focus.
import { say } from "./text.js";

const DRAFT = "draft:" + location.pathname;

function draftFields() {
  return [...document.querySelectorAll("main form")].flatMap((form) =>
    [...form.elements].filter((field) => field.name && field.type !== "hidden"
      && field.type !== "password" && field.tagName !== "BUTTON" && !("submit" in field.dataset)));
}

function fieldName(field) {
  return `${field.form.getAttribute("action")} ${field.name} ${field.type === "radio" ? field.value : ""}`;
}

/** Remember what is typed, to be put back after the page came again in another dress. */
export function keepDraft() {
  const fields = draftFields().map((field) =>
    [fieldName(field), field.type === "radio" || field.type === "checkbox" ? field.checked : field.value]);
  sessionStorage.setItem(DRAFT, JSON.stringify({ fields, scroll: scrollY,
    open: Boolean(document.querySelector("dialog[open]")) }));
}

function restoreDraft() {
  const kept = sessionStorage.getItem(DRAFT);
  if (!kept) return;
  sessionStorage.removeItem(DRAFT);
  const { fields, scroll, open } = JSON.parse(kept);
  const byName = new Map(fields);
  for (const field of draftFields()) {
    const value = byName.get(fieldName(field));
    if (value === undefined) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = value;
    else if (field.value !== value) {
      field.value = value;
      if ("follow" in field.dataset) delete field.dataset.follow;
    }
  }
  scrollTo(0, scroll);
  document.addEventListener("simtrade:ready", () => {
    document.getElementById("order-form")?.dispatchEvent(new Event("input", { bubbles: true }));
    if (open) document.dispatchEvent(new CustomEvent("simtrade:open-ticket"));
  }, { once: true });
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-keep-draft]")) keepDraft();
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-submit]")) target.form.requestSubmit();
  if (target.matches("[data-go]")) location.assign("/trade/" + encodeURIComponent(target.value));
});

// After Back the choosers name the page that is shown, not the one that was chosen from it.
addEventListener("pageshow", () => {
  for (const select of document.querySelectorAll("#account-choice, #symbol-choice")) select.form.reset();
});

// A swap that took the focused element away gives the focus to what replaced it.
document.addEventListener("htmx:after:settle", () => {
  const wanted = document.querySelector("[data-focus]");
  const invalid = document.querySelector("#order-form [aria-invalid=true], .replace-form [aria-invalid=true]");
  if (wanted) {
    wanted.removeAttribute("data-focus");
    wanted.focus();
  } else if (invalid && !invalid.dataset.shown) {
    invalid.dataset.shown = "1";
    invalid.focus();
  }
});

// Only a form that somebody sent can fail to arrive: the page's own refreshes try again anyway.
const toast = document.getElementById("toast");

document.addEventListener("htmx:error", (event) => {
  const source = event.detail?.ctx?.sourceElement;
  if (toast && source?.tagName === "FORM") toast.textContent = say("failed");
});
document.addEventListener("htmx:before:request", (event) => {
  if (event.detail?.ctx?.sourceElement?.tagName === "FORM") toast?.replaceChildren();
});
document.addEventListener("simtrade:live", () => toast?.replaceChildren());

restoreDraft();
