"use strict";
// From a drawing or a photo to the picture that the network sees. Pixels are 0 to 255, (C, H, W).

// The mean of each window: a grey picture of any size into a box of another picture.
function shrink(grey, width, height, box, target, outWidth, outHeight, left, top, boxWidth, boxHeight) {
  for (let y = 0; y < boxHeight; y++) {
    const y0 = Math.floor(box.top + y * box.height / boxHeight);
    const y1 = Math.min(height, Math.max(y0 + 1, Math.floor(box.top + (y + 1) * box.height / boxHeight)));
    for (let x = 0; x < boxWidth; x++) {
      const x0 = Math.floor(box.left + x * box.width / boxWidth);
      const x1 = Math.min(width, Math.max(x0 + 1, Math.floor(box.left + (x + 1) * box.width / boxWidth)));
      let sum = 0;
      for (let v = y0; v < y1; v++) for (let u = x0; u < x1; u++) sum += grey[v * width + u];
      target[(top + y) * outWidth + left + x] = sum / ((y1 - y0) * (x1 - x0) || 1);
    }
  }
}

function median(numbers) {
  return Float32Array.from(numbers).sort()[numbers.length >> 1];
}

// The picture's edge, all around, a twenty-fifth of it wide.
function border(grey, width, height) {
  const edge = Math.max(1, Math.round(Math.min(width, height) / 25)), found = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y < edge || x < edge || y >= height - edge || x >= width - edge) found.push(grey[y * width + x]);
    }
  }
  return found;
}

// The smallest box around everything brighter than a level, or null.
function boxAbove(grey, width, height, level) {
  let left = width, right = -1, top = height, bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (grey[y * width + x] <= level) continue;
      left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// A photo of one garment, as the makers of Fashion-MNIST treated theirs: bright on black, trimmed, its longer side as
// long as the picture, centred. Gives the pixels, and in `notes` what was assumed.
function garment(grey, width, height, outWidth, outHeight) {
  const notes = ["I turned the photo grey."], edge = border(grey, width, height), middle = median(edge);
  let background = middle, bright = Float32Array.from(grey);
  if (middle > 127) {
    bright = bright.map((value) => 255 - value);
    background = 255 - middle;
    notes.push(`Its border is bright (${Math.round(middle)} of 255), so I took that for the background and inverted it.`);
  } else {
    notes.push(`Its border is dark (${Math.round(middle)} of 255), so I took that for the background and kept it.`);
  }
  const uneven = median(edge.map((value) => Math.abs(value - middle)));
  if (uneven > 20) notes.push("The border is uneven. A garment on a plain background will work better.");
  const floor = background + 12 + 2 * uneven;
  bright = bright.map((value) => Math.max(0, value - floor));
  const largest = Float32Array.from(bright).sort()[Math.floor(bright.length * 0.995)] || 1;
  bright = bright.map((value) => Math.min(255, 255 * value / largest));
  let box = boxAbove(bright, width, height, 40);
  if (box && box.width * box.height < width * height) notes.push("I trimmed it to what stands out, and centred that.");
  if (!box) {
    box = { left: 0, top: 0, width, height };
    notes.push("Nothing stands out from the background, so I kept the whole photo.");
  }
  const zoom = Math.min(outWidth / box.width, outHeight / box.height);
  const w = Math.max(1, Math.round(box.width * zoom)), h = Math.max(1, Math.round(box.height * zoom));
  const pixels = new Uint8ClampedArray(outWidth * outHeight);
  shrink(bright, width, height, box, pixels, outWidth, outHeight, (outWidth - w) >> 1, (outHeight - h) >> 1, w, h);
  notes.push(`I shrank it to ${outWidth} × ${outHeight} pixels and stretched the contrast.`);
  return { pixels, notes };
}

// RGBA as one row of numbers a channel, over white; with `grey` as one grey channel.
function channelsOf(rgba, grey) {
  const plane = rgba.length / 4, rows = [0, 1, 2].map(() => new Float32Array(plane));
  for (let i = 0; i < plane; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    for (let k = 0; k < 3; k++) rows[k][i] = rgba[4 * i + k] * alpha + 255 * (1 - alpha);
  }
  return grey ? [rows[0].map((red, i) => 0.299 * red + 0.587 * rows[1][i] + 0.114 * rows[2][i])] : rows;
}

// A file into pixels of the net's shape.
async function photo(file, [channels, outHeight, outWidth]) {
  const bitmap = await createImageBitmap(file);
  const zoom = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * zoom)), height = Math.max(1, Math.round(bitmap.height * zoom));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, width, height);
  const rows = channelsOf(context.getImageData(0, 0, width, height).data, channels === 1);
  if (channels === 1) return garment(rows[0], width, height, outWidth, outHeight);
  const side = Math.min(width, height), box = { left: (width - side) >> 1, top: (height - side) >> 1, width: side, height: side };
  const pixels = new Uint8ClampedArray(3 * outWidth * outHeight), plane = outWidth * outHeight;
  rows.forEach((row, k) => shrink(row, width, height, box, pixels.subarray(k * plane, (k + 1) * plane), outWidth,
    outHeight, 0, 0, outWidth, outHeight));
  return { pixels, notes: [`I cut out the square in the middle and shrank it to ${outWidth} × ${outHeight} pixels.`] };
}

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
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) this.pointer(event, false); });
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
    const x = (event.clientX - rect.left) / rect.width * this.width, y = (event.clientY - rect.top) / rect.height * this.height;
    if (first) {
      this.canvas.setPointerCapture(event.pointerId);
      this.canvas.focus();
      [this.x, this.y] = [x, y];
    }
    this.stroke(x, y);
  }

  key(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [0, 0];
    if (event.key === " " || event.key === "Enter") {
      this.pen = !this.pen;
      if (this.pen) this.stroke(this.x, this.y);
    } else if (dx || dy) {
      const x = Math.max(0, Math.min(this.width, this.x + dx)), y = Math.max(0, Math.min(this.height, this.y + dy));
      if (this.pen) this.stroke(x, y); else [this.x, this.y] = [x, y];
    } else {
      return;
    }
    event.preventDefault();
    this.say(`Pen ${this.pen ? "down" : "up"}, column ${Math.round(this.x)}, row ${Math.round(this.y)}`);
  }

  stroke(x, y) {
    const c = this.context, zoom = this.zoom;
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
    const { width, height } = this.canvas, plane = this.width * this.height;
    const rows = channelsOf(this.context.getImageData(0, 0, width, height).data, this.channels === 1);
    const pixels = new Uint8ClampedArray(this.channels * plane);
    rows.forEach((row, k) => shrink(row, width, height, { left: 0, top: 0, width, height },
      pixels.subarray(k * plane, (k + 1) * plane), this.width, this.height, 0, 0, this.width, this.height));
    return pixels;
  }
}
