"use strict";
// A network that runs: reads the packed numbers of a page, and takes the steps one after the other.
// A map is {data, channels, height, width}, its numbers in the order channel, row, column.

async function unpack(text, Kind) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Kind(await new Response(stream).arrayBuffer());
}

function makeMap(channels, height, width) {
  return { data: new Float32Array(channels * height * width), channels, height, width };
}

class Net {
  constructor(packed, layers) {
    this.title = packed.title;
    this.bits = packed.bits;
    this.shape = packed.shape;
    this.steps = packed.steps;
    this.blocks = packed.blocks;
    this.layers = layers; // for each step with numbers of its own: {weight, bias} or {scale, shift}
    this.maps = {};
    this.scales = packed.blocks.map(() => ({ x: 1, f: 1 }));
  }

  static async read(packed) {
    const weights = await unpack(packed.weights, packed.bits < 32 ? Int8Array : Float32Array);
    const floats = await unpack(packed.floats, Float32Array);
    const channels = { image: packed.shape[0] };
    const layers = packed.steps.map((step) => {
      channels[step.to] = step.shape ? step.shape[0] : step.channels || channels[step.from];
      return layerOf(step, channels[step.to], weights, floats);
    });
    return new Net(packed, layers);
  }

  // The same network with maps and scales of its own.
  copy() {
    return new Net(this, this.layers);
  }

  get plain() {
    return this.blocks.every((block) => block.x === null);
  }

  // The name of the map that holds the scores.
  get last() {
    return this.steps[this.steps.length - 1].to;
  }

  get size() {
    return this.layers.reduce((sum, layer) => sum + (layer && layer.weight ? layer.weight.length : 0), 0);
  }

  // Where a block adds: a change of its scales counts from here on.
  stepOf(block) {
    return this.steps.findIndex((step) => step.op === "add" && step.block === block);
  }

  // Take the steps, all or from one on, and give the logits. image: normalised, (C, H, W); needed at the first run.
  run(image, from = 0) {
    if (image) {
      const [channels, height, width] = this.shape;
      this.maps.image = { data: Float32Array.from(image), channels, height, width };
    }
    for (let i = from; i < this.steps.length; i++) {
      const step = this.steps[i];
      const result = OPS[step.op](step, this.maps[step.from], this.layers[i], this);
      if (step.relu)
        result.data.forEach((value, at, data) => {
          if (value < 0) data[at] = 0;
        });
      this.maps[step.to] = result;
    }
    return this.maps[this.last].data;
  }
}

function layerOf(step, channels, weights, floats) {
  if (step.floats === undefined) return null;
  const first = floats.subarray(step.floats, step.floats + channels);
  const second = floats.subarray(step.floats + channels, step.floats + 2 * channels);
  if (!step.shape) return { scale: first, shift: second };
  const size = step.shape.slice(1).reduce((a, b) => a * b, 1);
  const weight = new Float32Array(channels * size);
  for (let o = 0, at = 0; o < channels; o++) {
    for (let i = 0; i < size; i++, at++) weight[at] = weights[step.weights + at] * first[o];
  }
  return { weight, bias: second };
}

function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
