"use strict";
(() => {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const filter = document.getElementById("filter");
  const sort = document.getElementById("sort");
  const found = document.getElementById("found");
  const visible = () => [...body.rows].filter(row => !row.hidden);

  // One row can be reached by Tab, the others from it by the arrow keys.
  const reach = row => {
    for (const other of rows) other.tabIndex = other === row ? 0 : -1;
  };

  const show = () => {
    const word = filter.value.trim().toLowerCase();
    for (const row of rows) {
      const text = row.cells[0].textContent + " " + row.cells[1].textContent;
      row.hidden = !text.toLowerCase().includes(word);
    }
    const left = visible();
    found.textContent = word ? `${left.length} of ${rows.length} files` : `${rows.length} files`;
    reach(left[0]);
  };

  const value = (row, column) =>
    heads[column].hasAttribute("data-text") ? row.cells[column].textContent : Number(row.cells[column].dataset.v);

  const order = (column, way) => {
    const sign = way === "ascending" ? 1 : -1;
    rows.sort((a, b) => {
      const x = value(a, column), y = value(b, column);
      return sign * (typeof x === "string" ? x.localeCompare(y) : x - y);
    });
    body.append(...rows);
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", way);
      else head.removeAttribute("aria-sort");
    });
    sort.value = String(column);
    reach(visible()[0]);
  };

  const firstWay = column => heads[column].hasAttribute("data-text") ? "ascending" : "descending";

  heads.forEach((head, column) => {
    const label = head.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      order(column, now === "descending" ? "ascending" : now === "ascending" ? "descending" : firstWay(column));
    });
    sort.add(new Option(label, String(column)));
  });
  sort.addEventListener("change", () => order(Number(sort.value), firstWay(Number(sort.value))));
  filter.addEventListener("input", show);

  const open = id => {
    const details = id && document.getElementById(id);
    if (!details || details.tagName !== "DETAILS") return;
    details.open = true;
    details.querySelector("summary").focus();
  };
  body.addEventListener("keydown", event => {
    const row = event.target.closest("tr");
    const left = visible();
    const at = left.indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: left.length - 1 }[event.key];
    if (to !== undefined && left[to]) {
      reach(left[to]);
      left[to].focus();
      event.preventDefault();
    } else if (event.key === "Enter" && event.target === row && row.dataset.details) {
      location.hash = row.dataset.details;
      open(row.dataset.details);
    }
  });
  addEventListener("hashchange", () => open(location.hash.slice(1)));
  open(location.hash.slice(1));

  document.querySelector(".controls").hidden = false;
  order(2, "descending");
  show();

  // The timeline: point at a lane, or use the arrow keys in it, to read it.
  const lanes = document.querySelector(".lanes");
  if (!lanes) return;
  const shares = JSON.parse(document.getElementById("lanes").textContent);
  const bin = Number(lanes.dataset.bin);
  const words = ["reading", "writing", "syncing", "other"];
  const readout = document.querySelector(".readout");
  const time = ns => ns < 1e6 ? `${(ns / 1e3).toFixed(0)} µs` : ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`;
  const cursor = document.createElement("div");
  cursor.className = "cursor";

  const point = (strip, i) => {
    const lane = shares[Number(strip.dataset.lane)];
    i = Math.max(0, Math.min(i, lane[0].length - 1));
    strip.dataset.at = String(i);
    strip.append(cursor);
    cursor.style.left = `${Math.min(100 * (i + 0.5) / lane[0].length, 100)}%`;
    const parts = words.map((word, k) => lane[k][i] ? `${word} ${lane[k][i]} %` : "").filter(Boolean);
    readout.hidden = false;
    readout.textContent = `${strip.closest(".lane").querySelector(".who").textContent}, ${time(i * bin)} to ${time((i + 1) * bin)}: ${parts.join(", ") || "no calls"}`;
  };
  for (const strip of lanes.querySelectorAll(".strip")) {
    const bins = shares[Number(strip.dataset.lane)][0].length;
    strip.tabIndex = 0;
    strip.addEventListener("pointermove", event => {
      const box = strip.getBoundingClientRect();
      point(strip, Math.floor((event.clientX - box.left) / box.width * bins));
    });
    strip.addEventListener("keydown", event => {
      const at = Number(strip.dataset.at ?? -1);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, PageDown: at + 16, PageUp: at - 16, Home: 0, End: bins - 1 }[event.key];
      if (to === undefined) return;
      point(strip, to);
      event.preventDefault();
    });
  }
})();
