// Runs before the first paint: pages show their script-only controls from the start, and a tap
// on Buy or Sell that comes before the desk is ready is kept for it.
document.documentElement.dataset.js = "1";
addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-ticket]");
  if (opener && !document.documentElement.dataset.ready) window.earlyTap = opener;
}, true);
