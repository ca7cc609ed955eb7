// Charts of the books. Each is drawn from the table that stands beside it, so that both always
// say the same; without this file the tables say everything.
"use strict";

(() => {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name) => styles.getPropertyValue(name).trim();
  const palette = ["#1b7f68", "#d58a1f", "#2f6db3", "#b1432f", "#7a5ba6", "#5f6f68"];

  const cells = (row) => [...row.querySelectorAll("td[data-value]")];

  function columnsOf(table, wanted) {
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    const rows = [...table.tBodies[0].rows].filter((row) => cells(row).length);
    return wanted.map((name) => {
      const place = rows.length ? placeOf(rows[0], name) : -1;
      return {
        label: place < 0 ? name : heads[place],
        data: rows.map((row) => Number(row.cells[place].dataset.value)),
      };
    });
  }

  function placeOf(row, name) {
    return [...row.cells].findIndex((cell) => cell.dataset.column === name);
  }

  function draw(figure) {
    const table = document.getElementById(figure.dataset.chart);
    const rows = [...table.tBodies[0].rows].filter((row) => cells(row).length);
    if (!rows.length || !window.Chart) return;
    figure.hidden = false;
    const sets = columnsOf(table, figure.dataset.columns.split(" "));
    sets.forEach((set, place) => { set.backgroundColor = palette[place % palette.length]; });
    const stacked = figure.dataset.kind === "stack";
    const axis = { stacked, ticks: { color: colour("--soft") }, grid: { color: colour("--rule") } };
    const chart = new window.Chart(figure.querySelector("canvas"), {
      type: "bar",
      data: { labels: rows.map((row) => row.cells[0].firstChild.textContent.trim()), datasets: sets },
      options: {
        animation: false,
        maintainAspectRatio: false,
        locale: "vi-VN",
        scales: { x: axis, y: { ...axis, beginAtZero: true, ticks: { ...axis.ticks, precision: 0 } } },
        plugins: { legend: { labels: { color: colour("--ink") } } },
      },
    });
    figure.chart = chart;
    window.addEventListener("beforeprint", () => chart.resize());
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
