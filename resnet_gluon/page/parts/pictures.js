"use strict";
// Maps as pictures: nothing is paper-coloured, more is warm, less is cool. One scale for all pictures of a row.

const dark = window.matchMedia("(prefers-color-scheme: dark)");

const COLOURS = {
  // from nothing to the end of the scale
  light: {
    more: [
      [245, 242, 235],
      [235, 148, 76],
      [122, 36, 4],
    ],
    less: [
      [245, 242, 235],
      [104, 158, 214],
      [14, 52, 110],
    ],
  },
  dark: {
    more: [
      [34, 36, 41],
      [214, 112, 44],
      [255, 222, 186],
    ],
    less: [
      [34, 36, 41],
      [62, 124, 204],
      [208, 230, 255],
    ],
  },
};

const STEPS = 255; // colours on either side of nothing
const tables = {};

// Colours from less to more, three numbers each, 2 · STEPS + 1 of them.
function table(theme) {
  if (tables[theme]) return tables[theme];
  const colours = new Uint8ClampedArray(3 * (2 * STEPS + 1));
  for (let step = -STEPS; step <= STEPS; step++) {
    const stops = COLOURS[theme][step < 0 ? "less" : "more"],
      t = (2 * Math.abs(step)) / STEPS,
      i = t < 1 ? 0 : 1;
    stops[i].forEach((from, k) => {
      colours[3 * (step + STEPS) + k] = from + (stops[i + 1][k] - from) * (t - i);
    });
  }
  tables[theme] = colours;
  return colours;
}

// The number at which a scale ends: all but one in a hundred are smaller, so that one outlier does not bleach the rest.
function scaleEnd(maps) {
  const sizes = [];
  for (const map of maps) {
    const stride = Math.max(1, Math.floor(map.data.length / 4000));
    for (let i = 0; i < map.data.length; i += stride) sizes.push(Math.abs(map.data[i]));
  }
  sizes.sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length * 0.99)] || sizes[sizes.length - 1] || 1;
}

// One channel of a map, times `factor`, into a rectangle of an ImageData, `zoom` dots a number.
function paint(pixels, map, channel, factor, end, left, top, zoom) {
  const colours = table(dark.matches ? "dark" : "light");
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++) {
      const share = (factor * map.data[(channel * map.height + y) * map.width + x]) / end;
      const step = 3 * (STEPS + Math.round(STEPS * Math.max(-1, Math.min(1, share))));
      const r = colours[step],
        g = colours[step + 1],
        b = colours[step + 2];
      for (let dy = 0; dy < zoom; dy++) {
        let at = ((top + y * zoom + dy) * pixels.width + left + x * zoom) * 4;
        for (let dx = 0; dx < zoom; dx++, at += 4) {
          pixels.data[at] = r;
          pixels.data[at + 1] = g;
          pixels.data[at + 2] = b;
          pixels.data[at + 3] = 255;
        }
      }
    }
  }
}

// All channels side by side. Gives {columns, cell}, by which a click finds its channel.
function drawGrid(canvas, map, factor, end, chosen) {
  const wide = canvas.parentElement.clientWidth || 240;
  const columns = Math.max(1, Math.min(map.channels, wide > 300 ? 8 : Math.ceil(Math.sqrt(map.channels))));
  const ratio = Math.min(2, window.devicePixelRatio || 1),
    gap = 3;
  const zoom = Math.max(1, Math.ceil(((wide * ratio) / columns - gap) / map.width)); // CSS shrinks what is too wide
  const cell = { width: map.width * zoom + gap, height: map.height * zoom + gap };
  const rows = Math.ceil(map.channels / columns);
  canvas.width = columns * cell.width;
  canvas.height = rows * cell.height;
  const context = canvas.getContext("2d"),
    pixels = context.createImageData(canvas.width, canvas.height);
  for (let c = 0; c < map.channels; c++) {
    paint(pixels, map, c, factor, end, (c % columns) * cell.width + 1, Math.floor(c / columns) * cell.height + 1, zoom);
  }
  context.putImageData(pixels, 0, 0);
  context.lineWidth = 2;
  context.strokeStyle = getComputedStyle(canvas).color;
  context.strokeRect(
    (chosen % columns) * cell.width,
    Math.floor(chosen / columns) * cell.height,
    cell.width - 1,
    cell.height - 1,
  );
  return { columns, rows };
}

// One channel, large, with a frame around one number.
function drawLens(canvas, map, channel, factor, end, y, x) {
  const wide = (canvas.clientWidth || 160) * Math.min(2, window.devicePixelRatio || 1);
  const zoom = Math.max(1, Math.ceil(wide / map.width));
  canvas.width = map.width * zoom;
  canvas.height = map.height * zoom;
  const context = canvas.getContext("2d"),
    pixels = context.createImageData(canvas.width, canvas.height);
  paint(pixels, map, channel, factor, end, 0, 0, zoom);
  context.putImageData(pixels, 0, 0);
  for (const [out, style] of [
    [3, dark.matches ? "#000" : "#fff"],
    [1, dark.matches ? "#fff" : "#000"],
  ]) {
    context.lineWidth = 2;
    context.strokeStyle = style;
    context.strokeRect(x * zoom - out, y * zoom - out, zoom + 2 * out, zoom + 2 * out);
  }
}

// A picture as the reader knows it: grey or colour, 0 to 255, (C, H, W).
function drawImage(canvas, pixels, [channels, height, width]) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"),
    image = context.createImageData(width, height),
    plane = height * width;
  for (let i = 0; i < plane; i++) {
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = pixels[channels === 1 ? i : k * plane + i];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
