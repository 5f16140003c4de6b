"use strict";
// From a drawing or a photo to the picture that the network sees. Pixels are 0 to 255, (C, H, W).

// Which numbers of a row make each of `count` new ones, when `length` of them from `start` on become those: pairs of a
// place and its share. What lies beyond the row's ends is black.
function sharesAlong(start, length, count, end) {
  const step = length / count;
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * step,
      to = from + step,
      pairs = [];
    for (let at = Math.max(0, Math.floor(from)); at < Math.min(end, Math.ceil(to)); at++) {
      pairs.push([at, (Math.min(at + 1, to) - Math.max(at, from)) / step]);
    }
    return pairs;
  });
}

// The mean over each window: a box of a grey picture, which may reach beyond it, as a picture of another size.
function shrink(grey, width, height, box, target, outWidth, outHeight) {
  const across = sharesAlong(box.left, box.width, outWidth, width);
  sharesAlong(box.top, box.height, outHeight, height).forEach((rows, y) => {
    across.forEach((columns, x) => {
      let sum = 0;
      for (const [v, high] of rows) for (const [u, wide] of columns) sum += high * wide * grey[v * width + u];
      target[y * outWidth + x] = sum;
    });
  });
}

function median(numbers) {
  return Float32Array.from(numbers).sort()[numbers.length >> 1];
}

// The picture's edge, all around, a fiftieth of it deep.
function border(grey, width, height) {
  const edge = Math.max(1, Math.floor(Math.min(width, height) / 50)),
    found = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y < edge || x < edge || y >= height - edge || x >= width - edge) found.push(grey[y * width + x]);
    }
  }
  return found;
}

function deviation(numbers) {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
}

function middleSquare(width, height) {
  const side = Math.min(width, height);
  return { left: (width - side) >> 1, top: (height - side) >> 1, width: side, height: side };
}

// The smallest box around everything brighter than a level, or null.
function boxAbove(grey, width, height, level) {
  let left = width,
    right = -1,
    top = height,
    bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (grey[y * width + x] <= level) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// A photo of one garment, made into what the network has learned to see: light on dark, without its plain margin, the
// longer side as long as the picture, centred. The steps, and their numbers, are those of resnet_gluon/data/photos.py.
// Gives the pixels, and in `notes` what was assumed.
function garment(grey, width, height, outWidth, outHeight) {
  const notes = [],
    around = median(border(grey, width, height)),
    light = around > 127;
  let levels = Float32Array.from(grey, (value) => (light ? 255 - value : value));
  notes.push(
    light
      ? "Its border is light, so I took it for dark on light, and inverted it."
      : "Its border is dark, so I took it for light on dark, as the training images are.",
  );
  if (width === outWidth && height === outHeight) {
    notes.push("It has the network’s size already, so I left the rest alone.");
    return { pixels: Uint8ClampedArray.from(levels), notes };
  }
  const edge = border(levels, width, height),
    ground = Math.floor(median(edge));
  let box = { left: 0, top: 0, width, height };
  if (deviation(edge) > 0.12 * 255) {
    box = middleSquare(width, height);
    notes.push("Its border is not plain, so I took the square in the middle. A plain background works better.");
  } else {
    if (ground > 0) {
      levels = levels.map((value) => Math.max(0, ((value - ground) * 255) / (255 - ground)));
      notes.push(`Its background, ${ground} of 255, counts as black.`);
    }
    box = boxAbove(levels, width, height, 0.1 * 255) || box;
    if (box.width * box.height < width * height) notes.push("I cut off the plain margin, and centred what is left.");
  }
  const zoom = Math.min(outWidth / box.width, outHeight / box.height),
    w = outWidth / zoom,
    h = outHeight / zoom;
  const whole = { left: box.left - (w - box.width) / 2, top: box.top - (h - box.height) / 2, width: w, height: h };
  const pixels = new Uint8ClampedArray(outWidth * outHeight);
  shrink(levels, width, height, whole, pixels, outWidth, outHeight);
  notes.push(`I shrank it to ${outWidth} × ${outHeight} pixels.`);
  return { pixels, notes };
}

// RGBA as one row of numbers a channel; with `grey` as one grey channel. What is transparent becomes white, or black
// where what is there is light.
function channelsOf(rgba, grey) {
  const plane = rgba.length / 4,
    rows = [0, 1, 2].map(() => new Float32Array(plane));
  let weights = 0,
    levels = 0;
  for (let i = 0; i < plane; i++) {
    weights += rgba[4 * i + 3];
    levels += rgba[4 * i + 3] * (0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2]);
  }
  const ground = levels > 127.5 * weights ? 0 : 255;
  for (let i = 0; i < plane; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    for (let k = 0; k < 3; k++) rows[k][i] = rgba[4 * i + k] * alpha + ground * (1 - alpha);
  }
  return grey ? [rows[0].map((red, i) => 0.299 * red + 0.587 * rows[1][i] + 0.114 * rows[2][i])] : rows;
}

// A picture of any size into pixels of the net's shape.
function photo(bitmap, [channels, outHeight, outWidth]) {
  const zoom = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * zoom)),
    height = Math.max(1, Math.round(bitmap.height * zoom));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, width, height);
  const rows = channelsOf(context.getImageData(0, 0, width, height).data, channels === 1);
  if (channels === 1) return garment(rows[0], width, height, outWidth, outHeight);
  const box = middleSquare(width, height);
  const pixels = new Uint8ClampedArray(3 * outWidth * outHeight),
    plane = outWidth * outHeight;
  rows.forEach((row, k) =>
    shrink(row, width, height, box, pixels.subarray(k * plane, (k + 1) * plane), outWidth, outHeight),
  );
  return {
    pixels,
    notes: [`I cut out the square in the middle and shrank it to ${outWidth} × ${outHeight} pixels.`],
  };
}
