// Runs before the first paint: pages show their script-only controls from the start.
document.documentElement.dataset.js = "1";
