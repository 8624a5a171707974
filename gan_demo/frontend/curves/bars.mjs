// A panel of bars, such as the share of each class.

export function bars(p, panel, names) {
  const values = panel.values;
  const most = Math.max(...values, 1e-9);
  if (p.plotBox.children.length !== values.length) {
    p.plotBox.className = "plot bars";
    p.plotBox.replaceChildren(
      ...values.map(() => {
        const bar = document.createElement("div");
        bar.append(document.createElement("i"), document.createElement("span"));
        return bar;
      }),
    );
  }
  values.forEach((value, i) => {
    const bar = p.plotBox.children[i];
    bar.title = `${names[i]}: ${Math.round(1000 * value) / 10} %`;
    bar.classList.toggle("missing", value <= 0);
    bar.children[0].style.height = `calc((100% - 1.4rem) * ${value / most})`;
    bar.children[1].textContent = names[i];
  });
}

// Shares and names from the newest list of a column.
export function shares(panel, column) {
  for (let i = column.length - 1; i >= 0; i--) {
    if (!Array.isArray(column[i])) continue;
    const total = column[i].reduce((a, b) => a + b, 0) || 1;
    const named = panel.names?.length === column[i].length;
    return { values: column[i].map((v) => v / total), names: named ? panel.names : column[i].map((_, k) => String(k)) };
  }
  return { values: [], names: [] };
}
