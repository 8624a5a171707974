// Networks that draw the same latent space as the one on show: the run's own checkpoints, and runs of the same kind.
// A moment is {id, title, step, source}; a run's title is "" where it is the one on show.

const DENSE = 200; // moments of training that make the first of them count as much as the last ten thousand steps

// Of the run on show, ascending. Models are data.models of explorer.mjs.
export function own(models, id) {
  const found = models.find((one) => one.id === id);
  return (found?.checkpoints ?? []).map(([step, source]) => ({ id, title: "", step, source }));
}

// The last checkpoint of each other run that takes the same z and labels and draws samples of the same shape.
export function others(models, id, space) {
  const fits = models.filter((one) => one.id !== id && one.checkpoints.length && alike(one, space));
  return fits.map(({ id: other, title, checkpoints }) => {
    const [step, source] = checkpoints.at(-1);
    return { id: other, title, step, source };
  });
}

function alike(one, space) {
  const told = (thing) =>
    JSON.stringify([thing.z_dim, thing.shape, thing.labels.map(({ name, values }) => [name, values])]);
  return told(one) === told(space);
}

// `count` of the steps, the first and the last among them, close together at the beginning, when pictures change fast.
export function spread(steps, count) {
  if (steps.length <= count) return [...steps];
  const [first, last] = [steps[0], steps.at(-1)];
  const early = (last - first) / DENSE || 1;
  const far = (step) => Math.log(1 + (step - first) / early) / Math.log(1 + (last - first) / early);
  const free = [...steps];
  const chosen = Array.from({ length: count }, (_, k) => {
    const wanted = k / (count - 1);
    const best = free.reduce((a, b) => (Math.abs(far(b) - wanted) < Math.abs(far(a) - wanted) ? b : a));
    return free.splice(free.indexOf(best), 1)[0];
  });
  return chosen.sort((a, b) => a - b);
}
