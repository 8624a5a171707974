// Hold it: a slider for every direction that means something, truncation, and each number of z behind a toggle.
import { coordinate, moved, state } from "../space.mjs";
import { Slider } from "../slider.mjs";

const REACH = 3.5; // standard deviations a slider goes either way
const FAMILIES = ["learned", "change", "ganspace", "sefa"];

export const tool = {
  name: "hold",

  build(host, app) {
    const sliders = [];
    for (const family of FAMILIES) {
      const some = app.space.directions.filter((one) => one.family === family);
      if (some.length) sliders.push(...section(host, app, family, some));
    }
    const psi = new Slider(app, {
      name: app.t("hold.psi"), help: app.t("hold.psi_help"), low: 0, high: 1.5, home: 1,
      drag: (value) => app.go(state(app.state.z, app.state.y, value), { drag: true }),
    });
    host.append(psi.root);
    return {
      changed() {
        for (const [slider, direction] of sliders) slider.set(coordinate(app.state, direction.u));
        psi.set(app.state.psi);
      },
    };
  },
};

function section(host, app, family, directions) {
  const box = document.createElement("section");
  box.innerHTML = `<h4></h4><div class="sliders"></div>`;
  box.firstChild.textContent = app.t(`family.${family}`);
  const made = directions.map((one) => [new Slider(app, {
    name: app.direction(one), low: -REACH, high: REACH,
    drag: (value) => app.go(moved(app.state, one.u, value), { drag: true }),
  }), one]);
  box.lastChild.append(...made.map(([slider]) => slider.root));
  host.append(box);
  return made;
}
