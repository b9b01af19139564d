// Light, dark, or as the system has it, settled before anything is painted: a plain script, for modules come too late.
// Where scripts run, the dark sheet is asked for as one that applies, so that painting waits for it; here it gets its true condition.
(() => {
  const MEDIA = { system: "screen and (prefers-color-scheme: dark)", light: "not all", dark: "screen" }; // print is light
  const KEY = "genotok.theme";
  const root = document.documentElement;

  const settle = (theme) => {
    /** @type {HTMLLinkElement} */ (document.getElementById("dark")).media = MEDIA[theme];
    root.dataset.theme = theme; // where the modules read it
  };
  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is closed to this page: the system decides
    }
  };
  const keep = (theme) => {
    try {
      if (theme === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // not kept; in force all the same
    }
  };

  settle(Object.hasOwn(MEDIA, kept() ?? "") ? kept() : "system");
  addEventListener("theme", ({ detail }) => {
    if (!Object.hasOwn(MEDIA, detail)) return;
    settle(detail);
    keep(detail);
  });
})();
