"use strict";
// The faders of step 3: how much of f(x) and of x each block adds; and the lesion study over all test images.

const MOST = 1.5;
const SPOKEN = { x: "x", f: "f of x" };

class Desk {
  // moved(block): a fader of this block was moved.
  constructor(root, net, moved) {
    this.net = net;
    this.moved = moved;
    this.faders = [];
    root.replaceChildren();
    const stages = new Map();
    net.blocks.forEach((block, number) => {
      if (!stages.has(block.stage)) {
        const map = stages.set(block.stage, element("div", { className: "desk-stage" })).get(block.stage);
        map.append(element("h3", { textContent: block.stage.replace(/^stage/, "Stage ") }));
        root.append(map);
      }
      stages.get(block.stage).append(this.strip(block, number));
    });
    root.style.setProperty("--strip", stages.size % 3 ? "20rem" : "14.5rem"); // three side by side, else two
    this.refresh();
  }

  strip(block, number) {
    const strip = element("div", { className: "strip" });
    strip.append(element("h4", { textContent: `Block ${number + 1}` }));
    const parts = block.x === null ? ["f"] : ["f", "x"];
    this.faders.push({ result: element("div", { className: "result", hidden: true }) });
    for (const part of parts) strip.append(this.fader(part, number));
    strip.append(this.faders[number].result);
    return strip;
  }

  fader(part, number) {
    const id = `fader-${number}-${part}`,
      name = `${SPOKEN[part]} of block ${number + 1}`;
    const range = element("input", { type: "range", id, min: "0", max: String(MOST), step: "0.05" });
    range.setAttribute("aria-label", `How much ${name}`);
    const output = element("output");
    output.setAttribute("for", id);
    const button = element("button", { type: "button" });
    const set = (value) => {
      this.net.scales[number][part] = value;
      this.refresh();
      this.moved(number);
    };
    range.addEventListener("input", () => set(Number(range.value)));
    button.addEventListener("click", () => set(this.net.scales[number][part] === 1 ? 0 : 1));
    this.faders[number][part] = { range, output, button, name };
    return element("div", { className: "fader" }, element("span", {}, ...italic(part)), range, output, button);
  }

  // Show what the net's scales are.
  refresh() {
    this.faders.forEach((row, number) => {
      for (const part of ["f", "x"]) {
        if (!row[part]) continue;
        const scale = this.net.scales[number][part],
          { range, output, button, name } = row[part];
        range.value = String(scale);
        output.textContent = scale.toFixed(2);
        output.parentElement.classList.toggle("changed", scale !== 1);
        button.textContent = scale === 1 ? "Delete" : "Restore";
        button.setAttribute("aria-label", `${button.textContent} ${name}`);
      }
    });
  }

  // What the study found for a block: so many of `total` right.
  result(number, right, total) {
    const fill = element("span", { className: "fill" });
    fill.style.transform = `scaleX(${right / total})`;
    this.faders[number].result.replaceChildren(
      element("div", { className: "track" }, fill),
      "without ",
      ...italic("f"),
      `: ${right} of ${total} right`,
    );
    this.faders[number].result.hidden = false;
  }
}

// How many images stay right with each block's f deleted, one block at a time: {whole, without}. `progress` is told how
// many images are done, and stops the study by returning false. From the last block to the first, so that the maps
// before a block are always the whole network's.
async function lesionStudy(net, images, labels, progress) {
  const whole = net.copy(),
    without = net.blocks.map(() => 0);
  let right = 0;
  for (let i = 0; i < images.length; i++) {
    if (best(Array.from(whole.run(images[i]))) === labels[i]) right++;
    for (let block = net.blocks.length - 1; block >= 0; block--) {
      whole.scales[block].f = 0;
      if (best(Array.from(whole.run(null, whole.stepOf(block)))) === labels[i]) without[block]++;
      whole.scales[block].f = 1;
    }
    if (!progress(i + 1)) return null;
    await new Promise((done) => setTimeout(done));
  }
  return { whole: right, without };
}
