// Light, dark, or as the system has it, settled before anything is painted, as the theme would do inside the page.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("theme"); // where the theme's own script keeps it
  } catch {
    // storage is closed to this page: the system decides
  }
  document.body.dataset.theme = kept || "auto";
})();
