// What to call a direction, and what it does, in words.

export function directionName(app, { key, family, name }, whole) {
  const [field, value] = (name ?? "").split(".");
  if (value !== undefined) {
    const yes = value === "yes";
    return yes
      ? app.fieldName(field)
      : app.t("direction.value", { field: app.fieldName(field), value: app.valueName(field, value) });
  }
  if (name) return app.data.texts[`direction.${name}`] ?? app.fieldName(name);
  const nth = { n: key.split("-").pop() };
  return whole ? app.t("direction.nth_of", { ...nth, family: app.t(`family.${family}`) }) : app.t("direction.nth", nth);
}

// From two standard deviations on one side to two on the other.
export function effectText(app, { effect: found }) {
  if (!found || app.drawsPoints) return "";
  const { measure, values } = found;
  const known = app.data.texts[`effect.${measure}`];
  if (!known) return "";
  if (measure === "pixels") return app.t("effect.pixels", { n: percent(app, Math.max(values[0], values.at(-1))) });
  const say = (value) => (measure === "probability" ? percent(app, value) : app.formatNumber(value, 1));
  return app.t(`effect.${measure}`, { low: say(values[0]), high: say(values.at(-1)) });
}

function percent(app, share) {
  return app.t("percent", { n: app.formatNumber(100 * share) });
}
