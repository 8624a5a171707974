// What the colours of a map mean: on the page, and below a map that is saved.
import { classColour, VERDICT } from "./colours.mjs";

// {values: [{colour, text}]} or {ramp: [left, right], note}, or null without colours.
export function meaning(app, reader, by) {
  if (by === "verdict") {
    const { relative } = app.space;
    return {
      ramp: [app.t("map.surely_generated"), app.t("map.surely_real")],
      note: relative ? app.t("map.relative") : "",
    };
  }
  if (typeof by !== "number") return null;
  const { name, values } = reader.fields[by];
  return { values: values.map((value, k) => ({ colour: classColour(k), text: app.valueName(name, value) })) };
}

export function drawLegend(host, told) {
  host.hidden = !told;
  host.replaceChildren();
  for (const { colour, text } of told?.values ?? []) {
    const one = document.createElement("span");
    one.innerHTML = "<i></i>";
    one.firstChild.style.background = colour;
    one.append(text);
    host.append(one);
  }
  if (!told?.ramp) return;
  const made = document.createElement("div");
  made.className = "ramp";
  made.innerHTML = "<span></span><i></i><span></span>";
  [made.firstChild.textContent, made.lastChild.textContent] = told.ramp;
  made.children[1].style.background = `linear-gradient(to right, ${VERDICT.join(", ")})`;
  host.append(made);
  if (told.note) host.append(Object.assign(document.createElement("small"), { textContent: told.note }));
}

// The map with its axes and legend below it, black on white.
export function page(map, lines, told) {
  const scale = map.width / 600;
  const [margin, line] = [16 * scale, 22 * scale];
  const made = document.createElement("canvas");
  const pen = made.getContext("2d");
  const font = `${14 * scale}px system-ui, sans-serif`;
  pen.font = font;
  const rows = wrapped(told?.values ?? [], (text) => pen.measureText(text).width + 34 * scale, map.width);
  const count = lines.length + rows.length + (told?.ramp ? 1 : 0);
  Object.assign(made, { width: map.width, height: map.height + count * line + (count ? 2 * margin : 0) });
  Object.assign(pen, { font, textBaseline: "middle", fillStyle: "#fff" });
  pen.fillRect(0, 0, made.width, made.height);
  pen.drawImage(map, 0, 0);
  let y = map.height + margin + line / 2;
  const write = (text, x, align = "left") =>
    Object.assign(pen, { fillStyle: "#111", textAlign: align }) && pen.fillText(text, x, y);
  for (const text of lines) {
    write(text, margin);
    y += line;
  }
  for (const row of rows) {
    for (const { x, colour, text } of row) {
      pen.fillStyle = colour;
      pen.fillRect(margin + x, y - 6 * scale, 12 * scale, 12 * scale);
      write(text, margin + x + 18 * scale);
    }
    y += line;
  }
  if (told?.ramp) {
    const ramp = pen.createLinearGradient(0.3 * map.width, 0, 0.7 * map.width, 0);
    VERDICT.forEach((colour, k) => ramp.addColorStop(k / 2, colour));
    pen.fillStyle = ramp;
    pen.fillRect(0.3 * map.width, y - 6 * scale, 0.4 * map.width, 12 * scale);
    write(told.ramp[0], 0.3 * map.width - margin / 2, "right");
    write(told.ramp[1], 0.7 * map.width + margin / 2);
  }
  return made;
}

function wrapped(values, wide, width) {
  const rows = [];
  let x = Infinity;
  for (const one of values) {
    const own = wide(one.text);
    if (x + own > width - 32) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1).push({ ...one, x });
    x += own;
  }
  return rows;
}
