// The keys page: copy buttons, times on the reader's own clock, and a secret that no reload asks for.

// A reload of the answer to the form would send the form again; the page itself is /keys.
if (document.querySelector("[data-made]")) history.replaceState(null, "", "/keys");

const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium", timeStyle: "short",
});
for (const time of document.querySelectorAll(".keys time")) {
  time.textContent = clock.format(new Date(time.dateTime));
}

/** Browsers give the clipboard to secure pages only; elsewhere the selection is copied. */
async function copy(source) {
  if (navigator.clipboard) return navigator.clipboard.writeText(source.textContent.trim());
  getSelection().selectAllChildren(source);
  if (!document.execCommand("copy")) throw new Error("not copied");
  return undefined;
}

const copied = document.getElementById("copied");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const word = button.querySelector("[data-word]");
  const before = word.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await copy(source);
    } catch {
      getSelection().selectAllChildren(source); // it is marked, ready for the reader's own hand
      return;
    }
    copied.textContent = word.textContent = copied.dataset.text;
    setTimeout(() => {
      word.textContent = before;
      copied.textContent = "";
    }, 2000);
  });
}
