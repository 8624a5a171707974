// Samples as pictures of any size: images enlarged by whole factors, points as a white dot where they land.
import { drawBackground, drawPoint } from "./point_cloud.mjs";

export class SamplePainter {
  // The factor is such that pictures are at most about `most` pixels wide; `even`: their sides are even, as films want it.
  constructor(app, { most, even = false }) {
    const [, h, w] = app.shape;
    const times = Math.max(1, Math.floor(most / w));
    Object.assign(this, { app, grey: !app.drawsPoints && app.shape[0] === 1 });
    if (app.drawsPoints)
      Object.assign(this, { width: 2 * Math.floor(most / 2), height: 2 * Math.floor(most / 2), times: 1 });
    else Object.assign(this, { width: w, height: h, times: even && times % 2 && (w % 2 || h % 2) ? times + 1 : times });
    [this.small, this.canvas] = [canvas(this.width, this.height), canvas(this.outer.width, this.outer.height)];
  }

  get outer() {
    return { width: this.width * this.times, height: this.height * this.times };
  }

  // RGBA of the n-th sample of x, width × height.
  pixels(x, n) {
    if (!this.app.drawsPoints) return this.app.pixels(x, n);
    const pen = this.small.getContext("2d", { willReadFrequently: true });
    drawBackground(pen, this.width, this.app.stage.cloud);
    drawPoint(pen, this.width, x[2 * n], x[2 * n + 1]);
    return pen.getImageData(0, 0, this.width, this.height).data;
  }

  // A canvas, the same each time, with such a picture enlarged.
  large(pixels) {
    this.small.getContext("2d").putImageData(new ImageData(pixels, this.width, this.height), 0, 0);
    const pen = this.canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.small, 0, 0, this.canvas.width, this.canvas.height);
    return this.canvas;
  }

  // The n-th sample of x on any canvas, in its natural size.
  onto(target, x, n) {
    this.app.paint(target, this.pixels(x, n), this.width, this.height);
  }
}

function canvas(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}
