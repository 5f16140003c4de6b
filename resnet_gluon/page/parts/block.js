"use strict";
// Step 2: a block as x, f(x) and their sum: one channel large, all channels small.

const PARTS = ["x", "f", "out"];

class BlockView {
  // app: {net, say, open}. open(map, channel, y, x, opener) shows a number's arithmetic.
  constructor(app) {
    this.app = app;
    this.block = 0;
    this.channel = this.y = this.x = 0;
    for (const part of PARTS) {
      const lens = byId(`lens-${part}`),
        grid = byId(`grid-${part}`);
      lens.addEventListener("pointerdown", (event) => this.point(part, event));
      lens.addEventListener("pointermove", (event) => {
        if (event.buttons) this.point(part, event);
      });
      lens.addEventListener("dblclick", () => this.open(part, lens));
      lens.addEventListener("keydown", (event) => this.key(part, event));
      grid.addEventListener("click", (event) => this.pick(grid, event));
    }
    byId("channel").addEventListener("input", (event) => this.show({ channel: Number(event.target.value) }));
    byId("all-channels").addEventListener("toggle", () => this.draw());
    this.drawScale();
  }

  get names() {
    return this.app.net.blocks[this.block];
  }

  map(part) {
    return this.names[part] === null ? null : this.app.net.maps[this.names[part]];
  }

  factor(part) {
    return part === "out" ? 1 : this.app.net.scales[this.block][part];
  }

  // Another block, channel or place; what is beyond an edge is brought back.
  show(change = {}) {
    const before = this.map("f");
    Object.assign(this, change);
    const map = this.map("f");
    if ("block" in change && before && before.width !== map.width) {
      // the same place in a map of another size
      this.x = Math.floor(((this.x + 0.5) * map.width) / before.width);
      this.y = Math.floor(((this.y + 0.5) * map.height) / before.height);
    }
    this.channel = Math.max(0, Math.min(map.channels - 1, this.channel));
    this.y = Math.max(0, Math.min(map.height - 1, this.y));
    this.x = Math.max(0, Math.min(map.width - 1, this.x));
    this.draw();
  }

  // A block, at the number that its f(x) has most of.
  begin(block) {
    this.show({ block });
    const { data, height, width } = this.map("f");
    const at = data.reduce((most, value, i) => (Math.abs(value) > Math.abs(data[most]) ? i : most), 0);
    this.show({ channel: Math.floor(at / (height * width)), y: Math.floor(at / width) % height, x: at % width });
  }

  draw() {
    const shown = PARTS.filter((part) => this.map(part)),
      plain = this.names.x === null;
    const end = (this.end = scaleEnd(shown.map((part) => this.map(part))));
    byId("panel-x").querySelector("canvas").hidden = plain;
    byId("panel-x").querySelector(".none").hidden = !plain;
    document.querySelector(".plus").style.visibility = plain ? "hidden" : "";
    byId("grid-x").parentElement.hidden = plain;
    const relu = this.app.net.steps[this.app.net.stepOf(this.block)].relu;
    for (const id of ["sum-name", "grid-sum-name"]) {
      byId(id).replaceChildren(...(plain ? [] : [...italic("x"), " + "]), ...italic("f"));
    }
    byId("panel-out").querySelector("figcaption").lastElementChild.textContent = relu
      ? "what goes on: below 0 is cut"
      : "what goes on";
    for (const part of shown) {
      const map = this.map(part),
        spoken = { x: "x", f: "f of x", out: plain ? "what goes on" : "x plus f of x" }[part];
      drawLens(byId(`lens-${part}`), map, this.channel, this.factor(part), end, this.y, this.x);
      byId(`lens-${part}`).setAttribute(
        "aria-label",
        `${spoken}, block ${this.block + 1}, channel ${this.channel + 1} of ${map.channels}, ` +
          `${map.height} by ${map.width} numbers`,
      );
      if (!byId("all-channels").open) continue;
      Object.assign(this, drawGrid(byId(`grid-${part}`), map, this.factor(part), end, this.channel));
      byId(`grid-${part}`).setAttribute(
        "aria-label",
        `All ${map.channels} channels of ${spoken}; the slider “Channel” chooses one`,
      );
    }
    const channel = byId("channel");
    channel.max = String(this.map("f").channels - 1);
    channel.value = String(this.channel);
    byId("channel-out").textContent = `${this.channel + 1} of ${this.map("f").channels}`;
    byId("scale-text").textContent =
      `One scale for this block: ${number(-end)} or less at the left, 0 in the middle, ` +
      `${number(end)} or more at the right.`;
    this.equation(relu, plain);
    this.typical(plain);
  }

  drawScale() {
    const canvas = byId("scale"),
      context = canvas.getContext("2d"),
      pixels = context.createImageData(canvas.width, 1);
    const colours = table(dark.matches ? "dark" : "light");
    for (let i = 0; i < canvas.width; i++) {
      for (let k = 0; k < 3; k++) pixels.data[4 * i + k] = colours[3 * i + k];
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  // The three numbers under the frame, each a button that opens its arithmetic.
  equation(relu, plain) {
    const at = (part) => valueAt(this.map(part), this.channel, this.y, this.x);
    const button = (part) => {
      const made = element("button", {
        type: "button",
        id: `number-${part}`,
        textContent: inBrackets(number(at(part))),
      });
      made.setAttribute(
        "aria-label",
        `${{ x: "x", f: "f of x", out: "the sum" }[part]} is ${number(at(part))}: show its arithmetic`,
      );
      made.addEventListener("click", () => this.open(part, made));
      return made;
    };
    const text = (textContent) => element("span", { textContent });
    const scaled = (part) =>
      this.factor(part) === 1 ? [button(part)] : [text(`${number(this.factor(part))} ×`), button(part)];
    const focused = document.activeElement && document.activeElement.id;
    const sum = this.factor("f") * at("f") + (plain ? 0 : this.factor("x") * at("x"));
    byId("numbers").replaceChildren(
      ...(plain ? [] : [...scaled("x"), text("+")]),
      ...scaled("f"),
      text(relu && sum < 0 ? `= ${number(sum)}, which the ReLU turns into` : "="),
      button("out"),
      element("span", {
        className: "small",
        textContent: `Row ${this.y + 1}, column ${this.x + 1}. Press a number to see what it is made of.`,
      }),
    );
    if (focused && focused.startsWith("number-") && byId(focused)) byId(focused).focus();
  }

  typical(plain) {
    const size = (part) =>
      this.map(part).data.reduce((sum, value) => sum + Math.abs(value), 0) / this.map(part).data.length;
    const where = `block ${this.block + 1}`,
      out = byId("typical");
    if (plain) {
      out.textContent = `In ${where} there is only f(x). Whatever it doesn’t carry on is lost.`;
      return;
    }
    const ratio = size("f") / (size("x") || 1);
    out.textContent =
      `Over all channels of ${where}, f(x) is on average ${number(ratio)} times as large as x` +
      (ratio < 1 ? ": a correction, smaller than what it corrects." : ": here the block says more than it was told.");
  }

  point(part, event) {
    const map = this.map(part),
      rect = event.currentTarget.getBoundingClientRect();
    this.show({
      x: Math.floor(((event.clientX - rect.left) / rect.width) * map.width),
      y: Math.floor(((event.clientY - rect.top) / rect.height) * map.height),
    });
  }

  pick(grid, event) {
    const rect = grid.getBoundingClientRect(),
      column = Math.floor(((event.clientX - rect.left) / rect.width) * this.columns);
    const row = Math.floor(((event.clientY - rect.top) / rect.height) * this.rows);
    if (row * this.columns + column < this.map("f").channels) this.show({ channel: row * this.columns + column });
  }

  key(part, event) {
    const move = {
      ArrowLeft: { x: this.x - 1 },
      ArrowRight: { x: this.x + 1 },
      ArrowUp: { y: this.y - 1 },
      ArrowDown: { y: this.y + 1 },
      PageUp: { channel: this.channel - 1 },
      PageDown: { channel: this.channel + 1 },
    }[event.key];
    if (event.key === "Enter") this.open(part, event.currentTarget);
    else if (move) this.show(move);
    else return;
    event.preventDefault();
    if (move) {
      this.app.say(
        `Channel ${this.channel + 1}, row ${this.y + 1}, column ${this.x + 1}: ` +
          number(valueAt(this.map(part), this.channel, this.y, this.x)),
      );
    }
  }

  open(part, opener) {
    this.app.open(this.names[part], this.channel, this.y, this.x, opener);
  }
}
