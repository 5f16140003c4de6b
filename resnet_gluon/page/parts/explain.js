"use strict";
// Any number of any map, opened to its arithmetic: which numbers of which maps made it.

// What a map is called in a sentence.
function nameOf(net, name) {
  const number = net.blocks.findIndex((block) => name === block.name || name.startsWith(block.name + "."));
  if (number >= 0) {
    const block = net.blocks[number],
      rest = name.slice(block.name.length),
      where = `block ${number + 1}`;
    const inside = /^\.inside(\d+)$/.exec(rest);
    if (inside) return `the layer inside f of ${where}` + (inside[1] === "1" ? "" : `, number ${inside[1]}`);
    return {
      "": `what leaves ${where}`,
      ".f": `f(x) of ${where}`,
      ".x": `x of ${where}, brought to f’s shape`,
      ".ready": `${where}’s input, normalised and cut at zero`,
    }[rest];
  }
  const known = {
    image: "the picture",
    head: "the scores",
    pool: "the mean of each channel",
    stem: "the stem",
    norm: "the last normalisation",
  };
  return known[name] || (name.startsWith("stem.") ? "inside the stem" : name);
}

function valueAt(map, c, y, x) {
  return y < 0 || x < 0 || y >= map.height || x >= map.width ? 0 : map.data[(c * map.height + y) * map.width + x];
}

// {value, before, relu, constant, terms, op}: `before` is the sum of the terms' products and the constant, and `value`
// what the ReLU, if there is one, leaves of it. A term is {map, c, y, x, input, weight, product}.
function explain(net, name, c, y, x) {
  const index = net.steps.findIndex((step) => step.to === name);
  if (index < 0) return { op: "image", value: valueAt(net.maps.image, c, y, x), terms: [], constant: 0 };
  const step = net.steps[index],
    layer = net.layers[index];
  const terms = [];
  const term = (map, tc, ty, tx, weight) => {
    const input = valueAt(net.maps[map], tc, ty, tx);
    terms.push({ map, c: tc, y: ty, x: tx, input, weight, product: input * weight });
  };
  const constant = EXPLAIN[step.op](net, step, layer, { c, y, x }, term) || 0;
  const before = terms.reduce((sum, one) => sum + one.product, constant);
  return {
    op: step.op,
    from: step.from,
    kernel: step.shape ? step.shape.slice(2) : null,
    relu: Boolean(step.relu),
    constant,
    terms,
    before,
    value: valueAt(net.maps[name], c, y, x),
  };
}

const EXPLAIN = {
  conv(net, step, { weight, bias }, at, term) {
    const [, inputs, kh, kw] = step.shape,
      from = net.maps[step.from];
    for (let i = 0, w = at.c * inputs * kh * kw; i < inputs; i++) {
      for (let ky = 0; ky < kh; ky++) {
        for (let kx = 0; kx < kw; kx++, w++) {
          const y = at.y * step.stride[0] + ky - step.pad[0],
            x = at.x * step.stride[1] + kx - step.pad[1];
          if (y >= 0 && x >= 0 && y < from.height && x < from.width) term(step.from, i, y, x, weight[w]);
        }
      }
    }
    return bias[at.c];
  },

  dense(net, step, { weight, bias }, at, term) {
    const inputs = step.shape[1];
    for (let i = 0; i < inputs; i++) term(step.from, i, 0, 0, weight[at.c * inputs + i]);
    return bias[at.c];
  },

  mean(net, step, layer, at, term) {
    const { height, width } = net.maps[step.from];
    for (let i = 0; i < height * width; i++) {
      term(step.from, at.c, Math.floor(i / width), i % width, 1 / (height * width));
    }
  },

  affine(net, step, { scale, shift }, at, term) {
    term(step.from, at.c, at.y, at.x, scale[at.c]);
    return shift[at.c];
  },

  pad(net, step, layer, at, term) {
    const c = at.c - step.before;
    if (c >= 0 && c < net.maps[step.from].channels) term(step.from, c, at.y * step.stride, at.x * step.stride, 1);
  },

  add(net, step, layer, at, term) {
    const scale = net.scales[step.block];
    if (step.x !== null) term(step.x, at.c, at.y, at.x, scale.x);
    term(step.from, at.c, at.y, at.x, scale.f);
  },

  maxpool(net, step, layer, at, term) {
    let best = null;
    const from = net.maps[step.from];
    for (let ky = 0; ky < step.kernel[0]; ky++) {
      for (let kx = 0; kx < step.kernel[1]; kx++) {
        const y = at.y * step.stride[0] + ky - step.pad[0],
          x = at.x * step.stride[1] + kx - step.pad[1];
        const inside = y >= 0 && x >= 0 && y < from.height && x < from.width;
        if (inside && (!best || valueAt(from, at.c, y, x) > valueAt(from, at.c, best.y, best.x))) best = { y, x };
      }
    }
    term(step.from, at.c, best.y, best.x, 1);
  },
};
