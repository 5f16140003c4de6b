"use strict";
// The page: what is chosen, and what follows from it.

class App {
  constructor(nets, samples) {
    Object.assign(this, { nets, samples, classes: samples.classes, net: nets[0], logits: [], studying: 0 });
    this.shape = this.net.shape;
    this.view = new BlockView(this);
    this.arithmetic = new Arithmetic(this);
    this.describe();
    this.sources = new Sources(this);
    this.makeSwitch();
    this.answer = new Answer(this);
    byId("restore").addEventListener("click", () => this.restore());
    byId("study").addEventListener("click", () => this.study());
    window.addEventListener("resize", () => this.soon("size", () => this.view.draw()));
    dark.addEventListener("change", () => {
      this.view.drawScale();
      this.view.draw();
      this.arithmetic.refresh();
    });
    this.chooseNet(0, false);
    this.sources.chooseSample(0);
    this.view.begin(Math.floor(this.net.blocks.length / 2));
    this.markBlock(this.view.block);
  }

  say(text) {
    byId("live").textContent = text;
  }

  // Once, after the events that are waiting.
  soon(what, action) {
    this.waiting = this.waiting || {};
    cancelAnimationFrame(this.waiting[what]);
    this.waiting[what] = requestAnimationFrame(action);
  }

  describe() {
    const { net, samples, classes } = this,
      plain = this.nets.every((one) => one.plain);
    if (plain) byId("title").textContent = "A network you can take apart";
    byId("net-title").textContent = net.title;
    byId("net-facts").textContent =
      `${net.size.toLocaleString("en")} weights in ${net.blocks.length} blocks, trained to tell ` +
      `${classes.length} kinds of things apart (${samples.data})`;
    byId("samples-text").textContent =
      `These are the first ${Math.round(samples.labels.length / classes.length)} of each class in the ` +
      "test set, as they come. The network has seen none of them in training.";
    byId("about").textContent =
      `The weights are ${this.nets.map((one) => one.title).join("’s and ")}’s` +
      `${net.bits < 32 ? `, rounded to ${net.bits} bits with one scale for each channel` : ""}. ` +
      "Batch normalisation is folded into them. Nothing you draw or choose leaves this page.";
    for (const one of document.querySelectorAll("[data-for]")) {
      one.hidden = one.dataset.for === "twin" ? this.nets.length < 2 : plain;
    }
  }

  setPicture(pixels, label) {
    Object.assign(this, { pixels, label });
    drawImage(byId("picture"), pixels, this.shape);
    byId("picture").setAttribute("aria-label", label === null ? "Your picture" : `Test image: ${this.classes[label]}`);
    this.run();
  }

  normalised(pixels) {
    const plane = this.shape[1] * this.shape[2],
      { mean, std } = this.samples;
    return Float32Array.from(
      pixels,
      (value, i) => (value / 255 - mean[Math.floor(i / plane)]) / std[Math.floor(i / plane)],
    );
  }

  pixelSentence({ c, y, x }) {
    const [, height, width] = this.shape,
      { mean, std } = this.samples;
    return (
      `It is a pixel of the picture: ${Math.round(this.pixels[(c * height + y) * width + x])} of 255. ` +
      `The network sees it as a share of 255, less the mean ${number(mean[c], 3)} of all training pixels, divided by ` +
      `their standard deviation, ${number(std[c], 3)}.`
    );
  }

  // All steps, or those from a block on, and everything that shows them.
  run(block = null) {
    this.logits = Array.from(
      block === null ? this.net.run(this.normalised(this.pixels)) : this.net.run(null, this.net.stepOf(block)),
    );
    this.view.show();
    this.arithmetic.refresh();
    this.answer.show();
  }

  // A fader of this block was moved. Of several before the next frame, the first block counts.
  faded(block) {
    this.first = Math.min(block, this.first === undefined ? block : this.first);
    this.soon("fader", () => {
      const first = this.first;
      this.first = undefined;
      this.run(first);
    });
  }

  open(map, c, y, x, opener) {
    this.arithmetic.open(map, c, y, x, opener);
  }

  makeSwitch() {
    this.nets.forEach((net, i) => {
      const radio = element("input", { type: "radio", name: "net", checked: i === 0 });
      radio.addEventListener("change", () => this.chooseNet(i));
      byId("switch").append(element("label", {}, radio, element("span", { textContent: net.title })));
    });
  }

  // The other net, with the same faders down where it has the same block.
  chooseNet(i, run = true) {
    const before = this.net;
    this.net = this.nets[i];
    this.net.blocks.forEach((block, number) => {
      const same = before.blocks.findIndex((one) => one.name === block.name);
      if (same < 0) return;
      this.net.scales[number].f = before.scales[same].f;
      if (block.x !== null && before.blocks[same].x !== null) this.net.scales[number].x = before.scales[same].x;
    });
    this.view.block = Math.min(this.view.block, this.net.blocks.length - 1);
    this.desk = new Desk(byId("desk"), this.net, (block) => this.faded(block));
    this.makeRail();
    this.studying++;
    byId("study-text").textContent = "";
    if (run) this.run();
  }

  makeRail() {
    const groups = new Map();
    this.rail = this.net.blocks.map((block, i) => {
      if (!groups.has(block.stage)) {
        groups.set(
          block.stage,
          element(
            "div",
            {},
            element("span", { className: "small", textContent: block.stage.replace(/^stage/, "Stage ") }),
          ),
        );
      }
      const button = element("button", { type: "button", textContent: String(i + 1) });
      button.setAttribute("aria-label", `Block ${i + 1}`);
      groups.get(block.stage).append(button);
      return button;
    });
    byId("rail").replaceChildren(...groups.values());
    this.markBlock = oneOf(this.rail, (i) => this.view.show({ block: i }));
    this.markBlock(this.view.block);
  }

  restore() {
    for (const net of this.nets) for (const scale of net.scales) Object.assign(scale, { x: 1, f: 1 });
    this.desk.refresh();
    this.run();
  }

  async study() {
    const turn = ++this.studying,
      { net, desk } = this,
      total = this.samples.labels.length,
      text = byId("study-text");
    const found = await lesionStudy(
      net,
      this.sources.images.map((pixels) => this.normalised(pixels)),
      this.samples.labels,
      (done) => {
        if (turn === this.studying) text.textContent = `${done} of ${total} images`;
        return turn === this.studying;
      },
    );
    if (!found) return;
    found.without.forEach((right, block) => desk.result(block, right, total));
    const worst = found.without.indexOf(Math.min(...found.without));
    text.textContent =
      `Whole, ${net.title} gets ${found.whole} of ${total} right. Without f(x) of one block it gets between ` +
      `${found.without[worst]} and ${Math.max(...found.without)} right; block ${worst + 1} is the one it ` +
      `misses most. (Guessing would get about ${Math.round(total / this.classes.length)}.)`;
  }
}

// `livingNetwork` is for the console, and for tests. logits: of an image as the network sees it, (C, H, W) in one row.
async function begin() {
  const content = JSON.parse(byId("content").textContent);
  if (!("DecompressionStream" in window)) throw new Error("This page needs a browser from 2023 or later.");
  const nets = await Promise.all(content.nets.map((packed) => Net.read(packed)));
  const pixels = await unpack(content.samples.images, Uint8Array);
  const app = new App(nets, { ...content.samples, pixels });
  window.livingNetwork = { app, nets, logits: (net, image) => Array.from(nets[net].copy().run(image)) };
}

begin().catch((error) => {
  byId("failure").textContent = `The network could not be started. ${error.message}`;
  byId("failure").hidden = false;
  throw error;
});
