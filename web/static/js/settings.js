// Single-key shortcuts belong to this browser, not to the person.
const box = document.getElementById("keys");

if (box) {
  box.checked = localStorage.getItem("keys") !== "off";
  box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
}
