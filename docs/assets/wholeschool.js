// Small comforts for readers: filters and choices that a link can carry, tables that sort. Every page is complete
// without them.
"use strict";

(() => {
  // The theme's search dialog has no name for those who cannot see it.
  document.querySelector(".md-search")?.setAttribute("aria-label", "搜索");

  // What is longer or wider than its place must scroll by keyboard too.
  for (const list of document.querySelectorAll(".md-sidebar__scrollwrap")) {
    if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
  }
  addEventListener("load", () => {
    // The theme has put its frames around the tables only now.
    for (const wide of document.querySelectorAll(".md-typeset__scrollwrap")) {
      if (wide.scrollWidth <= wide.clientWidth) continue;
      wide.tabIndex = 0;
      wide.setAttribute("role", "region");
      wide.setAttribute("aria-label", "表格，可以左右滚动");
    }
  });

  // On a narrow screen the theme's menu opens by a label, which the tab key does not reach: its icon becomes a button.
  const drawer = document.querySelector("#__drawer");
  const label = document.querySelector(".md-header__button[for=__drawer]");
  if (drawer && label) {
    const menu = document.createElement("button");
    const tell = () => menu.setAttribute("aria-expanded", drawer.checked);
    menu.type = "button";
    menu.className = "ws-menu";
    menu.setAttribute("aria-label", "目录");
    menu.append(...label.childNodes);
    label.append(menu);
    menu.addEventListener("click", () => drawer.click());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !drawer.checked) return;
      drawer.click();
      menu.focus();
    });
    drawer.addEventListener("change", tell);
    tell();
  }

  // Addresses of files cannot always be rewritten; what depends on them works all the same.
  const remember = (search) => {
    try {
      history.replaceState(null, "", `${location.pathname}${search}${location.hash}`);
    } catch {
      return;
    }
  };

  const form = document.querySelector(".ws-filters");
  if (form) {
    const cards = [...document.querySelectorAll("article.ws-card")];
    const output = form.querySelector("output");
    const fields = [...form.querySelectorAll("select, input")];
    const has = (card, { name, value }) =>
      name === "words"
        ? value.toLowerCase().split(/\s+/).every((word) => card.textContent.toLowerCase().includes(word))
        : (card.dataset[name] || "").split(" ").includes(value);

    const apply = () => {
      const wanted = fields.filter((field) => field.value.trim());
      let shown = 0;
      for (const card of cards) {
        const fits = wanted.every((field) => has(card, field));
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
      output.textContent = !wanted.length ? "" : shown ? `找到 ${shown} 篇` : "没有同时符合的；少选一样试试。";
    };

    const query = new URLSearchParams(location.search);
    for (const field of fields) {
      const value = query.get(field.name);
      if (value && (!field.options || [...field.options].some((option) => option.value === value))) field.value = value;
    }
    form.addEventListener("input", () => {
      const chosen = new URLSearchParams(fields.filter((each) => each.value).map((each) => [each.name, each.value]));
      remember(chosen.size ? `?${chosen}` : "");
      apply();
    });
    form.addEventListener("reset", () => {
      remember("");
      setTimeout(apply);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  // A choice of microabilities and its sum of credits.
  const matrix = document.querySelector(".ws-matrix[data-wanted]");
  if (matrix) {
    const wanted = Number(matrix.dataset.wanted);
    const sum = document.createElement("p");
    sum.className = "ws-picked";
    sum.setAttribute("role", "status");
    const items = [...matrix.querySelectorAll(".ws-cell li")].map((item) => {
      const tick = document.createElement("input");
      tick.type = "checkbox";
      const words = item.querySelector("a").textContent;
      tick.setAttribute("aria-label", `选 ${words}`);
      item.prepend(tick);
      return { tick, code: words.split(" ")[0], credits: parseInt(item.querySelector("small").textContent, 10) };
    });
    const tell = () => {
      const chosen = items.filter(({ tick }) => tick.checked);
      const total = chosen.reduce((before, { credits }) => before + credits, 0);
      const codes = chosen.map(({ code }) => code);
      sum.dataset.enough = String(total >= wanted);
      sum.textContent = !codes.length
        ? "勾选想学的，这里替您加学分。"
        : `${codes.join("、")}：${codes.length} 项，合计 ${total} 学分，${total < wanted ? `还差 ${wanted - total} 学分` : "够了"}。`;
      remember(codes.length ? `?choose=${codes.join(",")}` : "");
    };
    const asked = (new URLSearchParams(location.search).get("choose") || "").split(",");
    for (const { tick, code } of items) tick.checked = asked.includes(code);
    matrix.addEventListener("change", tell);
    matrix.after(sum);
    tell();
  }

  const order = new Intl.Collator("zh", { numeric: true });
  for (const table of document.querySelectorAll(".ws-sortable table")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => order.compare(a.cells[column].textContent, b.cells[column].textContent));
        table.tBodies[0].append(...(down ? rows.reverse() : rows)); // what is there already moves
      });
    });
  }
})();
