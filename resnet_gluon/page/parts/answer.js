"use strict";
// What the network says: a bar for each class, each to be opened.

class Answer {
  constructor(app) {
    this.app = app;
    this.bars = this.app.classes.map((name, c) => {
      const button = element("button", { type: "button", id: `score-${c}` });
      button.addEventListener("click", () => this.app.open(this.app.net.last, c, 0, 0, button));
      const fill = element("span", { className: "fill" });
      const row = element(
        "li",
        {},
        element("span", { textContent: name }),
        element("span", { className: "track" }, fill),
        button,
      );
      byId("bars").append(row);
      return { row, fill, button };
    });
  }

  show() {
    const shares = softmax(this.app.logits),
      first = best(shares);
    const third = [...shares].sort((a, b) => b - a)[Math.min(2, shares.length - 1)];
    this.bars.forEach(({ row, fill, button }, c) => {
      fill.style.transform = `scaleX(${shares[c]})`;
      button.textContent = percent(shares[c]);
      button.setAttribute("aria-label", `${this.app.classes[c]}, ${percent(shares[c])}: show its arithmetic`);
      row.classList.toggle("first", c === first);
      row.classList.toggle("top", shares[c] >= third);
    });
    byId("answer-net").textContent = this.app.net.title;
    byId("verdict").textContent = `${this.app.classes[first]}, ${percent(shares[first])}`;
    byId("truth").textContent =
      this.app.label === null
        ? "Only you know if that is right."
        : first === this.app.label
          ? "That is right."
          : `It is wrong: the label is ${this.app.classes[this.app.label]}.`;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.app.say(`${this.app.net.title} says ${byId("verdict").textContent}`), 700);
    this.showState();
  }

  showState() {
    const changed = [];
    this.app.net.scales.forEach((scale, i) => {
      for (const [part, name] of [
        ["f", "f(x)"],
        ["x", "x"],
      ]) {
        if (scale[part] !== 1) changed.push(`${name} of block ${i + 1} × ${number(scale[part])}`);
      }
      this.app.rail[i].classList.toggle("touched", scale.f !== 1 || scale.x !== 1);
    });
    byId("state").textContent = changed.length ? `Changed: ${changed.join(", ")}.` : "The network is whole.";
  }
}
