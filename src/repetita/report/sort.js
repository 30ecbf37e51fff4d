// Tables of the class "sorts" are sorted by a click on a heading: rising, then falling. Empty cells stay last.
"use strict";

function valueOf(row, column) {
  const cell = row.cells[column];
  const value = cell.dataset.value;
  if (value === undefined) return cell.textContent;
  return value === "" ? null : Number(value);
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function sortTable(table, column, falling) {
  const body = table.tBodies[0];
  const keyed = Array.from(body.rows, (row, place) => ({ row, place, value: valueOf(row, column) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) {
      return (a.value === null) - (b.value === null) || a.place - b.place;
    }
    return (falling ? -1 : 1) * compare(a.value, b.value) || a.place - b.place;
  });
  for (const { row } of keyed) body.appendChild(row);
}

for (const table of document.querySelectorAll("table.sorts")) {
  const headings = Array.from(table.tHead.rows[0].cells);
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.textContent = "";
    heading.appendChild(button);
    button.addEventListener("click", () => {
      const falling = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      sortTable(table, column, falling);
    });
  });
}
