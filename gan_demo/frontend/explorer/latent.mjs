// Places in latent space and the ways between them: pure functions, the same as gan_demo/gan/latent.py and explorer/place.py.
// A state is {z: Float32Array (Z), y: Float32Array (K), psi}; nobody changes one, everybody makes the next.
// Labels: `fields` is space.labels, [{name, values}]; y holds the weights of each field's values in turn.

export const LATENT_LIMIT = 1000; // largest |z_k| of a file or a link; gan_demo/explorer/place.py has the same
const PARALLEL = 1e-4; // below this sine of the angle between two vectors there is no arc to follow
const TINY = 1e-12;

export function latentState(z, y = [], psi = 1) {
  return Object.freeze({ z: Float32Array.from(z), y: Float32Array.from(y), psi });
}

export function sameState(a, b) {
  return a === b || (a.psi === b.psi && equal(a.z, b.z) && equal(a.y, b.y));
}

function equal(a, b) {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}

export function fitsSpace(one, space) {
  return one.z.length === space.z_dim && one.y.length === labelWidth(space.labels);
}

// ---- vectors

export function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

export function norm(a) {
  return Math.sqrt(dot(a, a));
}

export function lerp(a, b, t) {
  return Float32Array.from(a, (value, k) => (1 - t) * value + t * b[k]);
}

// Along the arc: directions follow the great circle at constant speed (Shoemake 1985), norms change linearly.
export function slerp(a, b, t) {
  const [na, nb] = [norm(a), norm(b)];
  if (na < TINY || nb < TINY) return lerp(a, b, t);
  let [apart, along] = [0, 0];
  for (let k = 0; k < a.length; k++) {
    apart += (a[k] / na - b[k] / nb) ** 2;
    along += (a[k] / na + b[k] / nb) ** 2;
  }
  const angle = 2 * Math.atan2(Math.sqrt(apart), Math.sqrt(along));
  const sine = Math.sin(angle);
  if (sine < PARALLEL) return lerp(a, b, t);
  const [wa, wb] = [Math.sin((1 - t) * angle) / sine / na, Math.sin(t * angle) / sine / nb];
  const length = (1 - t) * na + t * nb;
  return Float32Array.from(a, (value, k) => length * (wa * value + wb * b[k]));
}

// a − b + c, scaled to a's norm, where samples live. Each may be a list of vectors: then their means are taken.
export function arithmetic(a, b, c) {
  const [as, bs, cs] = [a, b, c].map((one) => (typeof one[0] === "number" ? [one] : one));
  const mean = (rows, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length;
  const result = Float32Array.from(as[0], (_, k) => mean(as, k) - mean(bs, k) + mean(cs, k));
  const typical = as.reduce((sum, row) => sum + norm(row), 0) / as.length;
  const scale = typical / Math.max(norm(result), TINY);
  return result.map((value) => value * scale);
}

// ---- states

export function interpolate(a, b, t, spherical = true) {
  if (t <= 0 || t >= 1) return t <= 0 ? a : b;
  return latentState((spherical ? slerp : lerp)(a.z, b.z, t), lerp(a.y, b.y, t), (1 - t) * a.psi + t * b.psi);
}

// Where the state is along a direction of unit length, in standard deviations.
export function coordinate(one, u) {
  return dot(one.z, u);
}

// The state whose coordinate along u is `value`, all else unchanged.
export function withCoordinate(one, u, value) {
  const by = value - dot(one.z, u);
  return latentState(
    one.z.map((z, k) => z + by * u[k]),
    one.y,
    one.psi,
  );
}

export function withComponent(one, k, value) {
  const z = one.z.slice();
  z[k] = value;
  return latentState(z, one.y, one.psi);
}

// Sixteen places close by, say: `distance` of the way along the sphere to random ones.
export function neighbours(one, count, seed, distance = 0.3) {
  const random = rng(seed);
  return Array.from({ length: count }, () => {
    const other = random.normals(one.z.length);
    const z = norm(one.z) > 1e-6 ? slerp(one.z, other, distance) : other.map((value) => value * distance);
    return latentState(z, one.y, one.psi);
  });
}

// ---- labels

export function labelWidth(fields) {
  return fields.reduce((sum, one) => sum + one.values.length, 0);
}

// Where field k begins in y.
export function labelOffset(fields, k) {
  return labelWidth(fields.slice(0, k));
}

export function labelWeights(y, fields, k) {
  const start = labelOffset(fields, k);
  return y.slice(start, start + fields[k].values.length);
}

export function withLabel(one, fields, k, told) {
  const y = one.y.slice();
  y.set(told, labelOffset(fields, k));
  return latentState(one.z, y, one.psi);
}

export function oneHot(count, value) {
  return Float32Array.from({ length: count }, (_, k) => Number(k === value));
}

// `first`, and `share` (0 to 1) of `second`.
export function blend(count, first, second, share) {
  return lerp(oneHot(count, first), oneHot(count, second), share);
}

// [heaviest, second, the second's share of both]: the inverse of blend() with a share of at most one half.
export function heaviestTwo(told) {
  const order = [...told.keys()].sort((a, b) => told[b] - told[a] || a - b);
  const [first, second = first] = order;
  const both = told[first] + told[second];
  return [first, second, both && second !== first ? told[second] / both : 0];
}

// ---- chance: the same numbers from a seed in every browser, as only + − · / and √ are used, which IEEE 754 defines

export function rng(seed) {
  let s = seed >>> 0;
  const uniform = () => {
    // mulberry32: [0, 1)
    s = (s + 0x6d2b79f5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => {
    // Marsaglia's polar method
    for (;;) {
      const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1];
      const r = u * u + v * v;
      if (r > 0 && r < 1) return u * Math.sqrt((-2 * log(r)) / r);
    }
  };
  return {
    uniform,
    normal,
    integer: (below) => Math.floor(uniform() * below),
    normals: (count) => Float32Array.from({ length: count }, normal),
  };
}

// Natural logarithm of 0 < x < 1, by ln x = 2 artanh((x − 1)/(x + 1)) after doubling into [√½, √2).
function log(x) {
  let doubled = 0;
  for (; x < Math.SQRT1_2; x *= 2) doubled++;
  const q = (x - 1) / (x + 1);
  let [sum, power] = [0, q];
  for (let k = 1; k < 32; k += 2) {
    sum += power / k;
    power *= q * q;
  }
  return 2 * sum - doubled * Math.LN2;
}

// Anything from a seed: labels, each value equally probable, then z.
export function randomState(space, seed, y = null) {
  const chance = rng(seed);
  const told = space.labels.flatMap((one) => [...oneHot(one.values.length, chance.integer(one.values.length))]);
  return latentState(chance.normals(space.z_dim), y ?? told, 1);
}

export function newSeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
