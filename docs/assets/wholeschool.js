// Small comforts for readers: filters that a link can carry, tables that sort. Every page is complete without them.
"use strict";

(() => {
  // The theme's search dialog has no name for those who cannot see it.
  document.querySelector(".md-search")?.setAttribute("aria-label", "搜索");

  // A contents list longer than the screen must scroll by keyboard too.
  for (const list of document.querySelectorAll(".md-sidebar__scrollwrap")) {
    if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
  }

  const form = document.querySelector(".ws-filters");
  if (form) {
    const cards = [...document.querySelectorAll("article.ws-card")];
    const output = form.querySelector("output");
    const selects = [...form.querySelectorAll("select")];

    const apply = () => {
      const wanted = selects.filter((select) => select.value);
      let shown = 0;
      for (const card of cards) {
        const fits = wanted.every((select) => (card.dataset[select.name] || "").split(" ").includes(select.value));
        card.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      for (const heading of document.querySelectorAll("h2[id]")) {
        const inSection = [];
        for (let next = heading.nextElementSibling; next && next.tagName !== "H2"; next = next.nextElementSibling) {
          if (next.matches("article.ws-card")) inSection.push(next);
        }
        if (inSection.length) heading.hidden = inSection.every((card) => card.hidden);
      }
      output.textContent = wanted.length ? `找到 ${shown} 篇` : "";
    };

    // Addresses of files cannot always be rewritten; the filters work all the same.
    const remember = (search) => {
      try {
        history.replaceState(null, "", `${location.pathname}${search}`);
      } catch {
        return;
      }
    };

    const query = new URLSearchParams(location.search);
    for (const select of selects) {
      if ([...select.options].some((option) => option.value === query.get(select.name))) {
        select.value = query.get(select.name);
      }
    }
    form.addEventListener("change", () => {
      const chosen = new URLSearchParams(selects.filter((each) => each.value).map((each) => [each.name, each.value]));
      remember(chosen.size ? `?${chosen}` : "");
      apply();
    });
    form.addEventListener("reset", () => {
      remember("");
      setTimeout(apply);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    apply();
  }

  const order = new Intl.Collator("zh", { numeric: true });
  for (const table of document.querySelectorAll(".ws-sortable table")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => order.compare(a.cells[column].textContent, b.cells[column].textContent));
        table.tBodies[0].replaceChildren(...(down ? rows.reverse() : rows));
      });
    });
  }
})();
