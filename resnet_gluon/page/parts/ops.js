"use strict";
// The steps that a network takes, each a function of a map.

// The map with an edge of `fill` around it, in double precision, so that the loops below need not convert.
function padded(x, [down, across], fill) {
  const height = x.height + 2 * down,
    width = x.width + 2 * across;
  const data = new Float64Array(x.channels * height * width).fill(fill);
  for (let row = 0; row < x.channels * x.height; row++) {
    const channel = Math.floor(row / x.height),
      y = row % x.height;
    data.set(x.data.subarray(row * x.width, (row + 1) * x.width), (channel * height + y + down) * width + across);
  }
  return { data, height, width };
}

function lengthOut(length, kernel, stride) {
  return Math.floor((length - kernel) / stride) + 1;
}

// One input channel's share of one output channel, for a 3×3 kernel with stride 1: the window slides, so each step
// reads three numbers, not nine.
function slide3(sum, height, width, input, start, inWidth, w, at) {
  const w0 = w[at],
    w1 = w[at + 1],
    w2 = w[at + 2],
    w3 = w[at + 3],
    w4 = w[at + 4],
    w5 = w[at + 5];
  const w6 = w[at + 6],
    w7 = w[at + 7],
    w8 = w[at + 8];
  for (let y = 0, to = 0; y < height; y++) {
    let a = start + y * inWidth,
      b = a + inWidth,
      c = b + inWidth;
    let a0 = input[a],
      a1 = input[a + 1],
      b0 = input[b],
      b1 = input[b + 1],
      c0 = input[c],
      c1 = input[c + 1];
    for (let x = 0; x < width; x++, to++, a++, b++, c++) {
      const a2 = input[a + 2],
        b2 = input[b + 2],
        c2 = input[c + 2];
      sum[to] += w0 * a0 + w1 * a1 + w2 * a2 + w3 * b0 + w4 * b1 + w5 * b2 + w6 * c0 + w7 * c1 + w8 * c2;
      a0 = a1;
      a1 = a2;
      b0 = b1;
      b1 = b2;
      c0 = c1;
      c1 = c2;
    }
  }
}

function anyKernel(sum, height, width, input, start, inWidth, w, at, [kh, kw], [sh, sw]) {
  for (let ky = 0; ky < kh; ky++) {
    for (let kx = 0; kx < kw; kx++) {
      const weight = w[at++];
      for (let y = 0, to = 0; y < height; y++) {
        let from = start + (y * sh + ky) * inWidth + kx;
        for (let x = 0; x < width; x++, to++, from += sw) sum[to] += weight * input[from];
      }
    }
  }
}

const OPS = {
  conv(step, x, { weight, bias }) {
    const [outputs, inputs, kh, kw] = step.shape,
      [sh, sw] = step.stride;
    const input = padded(x, step.pad, 0),
      plane = input.height * input.width;
    const out = makeMap(outputs, lengthOut(input.height, kh, sh), lengthOut(input.width, kw, sw));
    const sum = new Float64Array(out.height * out.width);
    const sliding = kh === 3 && kw === 3 && sh === 1 && sw === 1;
    for (let o = 0; o < outputs; o++) {
      sum.fill(bias[o]);
      for (let i = 0; i < inputs; i++) {
        const at = (o * inputs + i) * kh * kw;
        if (sliding) slide3(sum, out.height, out.width, input.data, i * plane, input.width, weight, at);
        else anyKernel(sum, out.height, out.width, input.data, i * plane, input.width, weight, at, [kh, kw], [sh, sw]);
      }
      out.data.set(sum, o * sum.length);
    }
    return out;
  },

  maxpool(step, x) {
    const [kh, kw] = step.kernel,
      [sh, sw] = step.stride,
      input = padded(x, step.pad, -Infinity);
    const out = makeMap(x.channels, lengthOut(input.height, kh, sh), lengthOut(input.width, kw, sw));
    for (let c = 0, to = 0; c < x.channels; c++) {
      for (let y = 0; y < out.height; y++) {
        for (let column = 0; column < out.width; column++, to++) {
          let largest = -Infinity;
          for (let ky = 0; ky < kh; ky++) {
            const from = (c * input.height + y * sh + ky) * input.width + column * sw;
            for (let kx = 0; kx < kw; kx++) largest = Math.max(largest, input.data[from + kx]);
          }
          out.data[to] = largest;
        }
      }
    }
    return out;
  },

  affine(step, x, { scale, shift }) {
    const out = makeMap(x.channels, x.height, x.width),
      plane = x.height * x.width;
    for (let i = 0; i < out.data.length; i++) {
      const channel = Math.floor(i / plane);
      out.data[i] = x.data[i] * scale[channel] + shift[channel];
    }
    return out;
  },

  pad(step, x) {
    const s = step.stride,
      out = makeMap(step.channels, Math.ceil(x.height / s), Math.ceil(x.width / s));
    let to = step.before * out.height * out.width;
    for (let c = 0; c < x.channels; c++) {
      for (let y = 0; y < out.height; y++) {
        for (let column = 0; column < out.width; column++) {
          out.data[to++] = x.data[(c * x.height + y * s) * x.width + column * s];
        }
      }
    }
    return out;
  },

  add(step, f, _, net) {
    const out = makeMap(f.channels, f.height, f.width),
      scale = net.scales[step.block];
    const x = step.x === null ? null : net.maps[step.x].data;
    for (let i = 0; i < out.data.length; i++) out.data[i] = scale.f * f.data[i] + (x ? scale.x * x[i] : 0);
    return out;
  },

  mean(step, x) {
    const out = makeMap(x.channels, 1, 1),
      plane = x.height * x.width;
    for (let c = 0; c < x.channels; c++) {
      let sum = 0;
      for (let i = c * plane; i < (c + 1) * plane; i++) sum += x.data[i];
      out.data[c] = sum / plane;
    }
    return out;
  },

  dense(step, x, { weight, bias }) {
    const out = makeMap(bias.length, 1, 1),
      inputs = x.channels;
    for (let o = 0; o < bias.length; o++) {
      let sum = bias[o];
      for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i] * x.data[i];
      out.data[o] = sum;
    }
    return out;
  },
};
