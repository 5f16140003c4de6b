"use strict";
// A canvas to draw on with a pointer, or with the arrow keys and Space. `changed` gets the pixels after each stroke.
class Sketch {
  constructor(canvas, [channels, height, width], say, changed) {
    Object.assign(this, { canvas, channels, height, width, say, changed, pen: false, erase: false, brush: 2.5 });
    this.zoom = 8;
    canvas.width = width * this.zoom;
    canvas.height = height * this.zoom;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.x = width / 2;
    this.y = height / 2;
    this.clear(false);
    canvas.addEventListener("pointerdown", (event) => this.pointer(event, true));
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) this.pointer(event, false);
    });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  clear(tell = true) {
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (tell) this.changed(this.pixels());
  }

  start(image) {
    const small = document.createElement("canvas");
    drawImage(small, image, [this.channels, this.height, this.width]);
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(small, 0, 0, this.canvas.width, this.canvas.height);
  }

  pointer(event, first) {
    event.preventDefault();
    const rect = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - rect.left) / rect.width) * this.width,
      y = ((event.clientY - rect.top) / rect.height) * this.height;
    if (first) {
      this.canvas.setPointerCapture(event.pointerId);
      this.canvas.focus();
      [this.x, this.y] = [x, y];
    }
    this.stroke(x, y);
  }

  key(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [
      0, 0,
    ];
    if (event.key === " " || event.key === "Enter") {
      this.pen = !this.pen;
      if (this.pen) this.stroke(this.x, this.y);
    } else if (dx || dy) {
      const x = Math.max(0, Math.min(this.width, this.x + dx)),
        y = Math.max(0, Math.min(this.height, this.y + dy));
      if (this.pen) this.stroke(x, y);
      else [this.x, this.y] = [x, y];
    } else {
      return;
    }
    event.preventDefault();
    this.say(`Pen ${this.pen ? "down" : "up"}, column ${Math.round(this.x)}, row ${Math.round(this.y)}`);
  }

  stroke(x, y) {
    const c = this.context,
      zoom = this.zoom;
    c.strokeStyle = this.erase ? "#000" : "#fff";
    c.lineCap = c.lineJoin = "round";
    c.lineWidth = this.brush * zoom;
    c.beginPath();
    c.moveTo(this.x * zoom, this.y * zoom);
    c.lineTo(x * zoom + 0.01, y * zoom);
    c.stroke();
    [this.x, this.y] = [x, y];
    this.changed(this.pixels());
  }

  pixels() {
    const { width, height } = this.canvas,
      plane = this.width * this.height;
    const rows = channelsOf(this.context.getImageData(0, 0, width, height).data, this.channels === 1);
    const pixels = new Uint8ClampedArray(this.channels * plane);
    rows.forEach((row, k) =>
      shrink(
        row,
        width,
        height,
        { left: 0, top: 0, width, height },
        pixels.subarray(k * plane, (k + 1) * plane),
        this.width,
        this.height,
      ),
    );
    return pixels;
  }
}
