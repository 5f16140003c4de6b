"use strict";
// The panel that opens a number: its products as a picture, the largest as a table, each of them to be opened in turn.

const ROWS = 6; // of the table

class Arithmetic {
  constructor(app) {
    this.app = app;
    this.root = byId("arithmetic");
    this.path = []; // from the number that was opened first to the one that is shown
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  open(map, c, y, x, opener) {
    if (opener) {
      this.opener = opener;
      this.path = [];
    }
    this.path.push({ map, c, y, x });
    this.draw();
    this.root.hidden = false;
    byId("arithmetic-title").focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  back() {
    this.path.pop();
    this.path.length ? this.draw() : this.close();
    if (this.path.length) byId("arithmetic-title").focus({ preventScroll: true });
  }

  close() {
    this.root.hidden = true;
    this.path = [];
    const opener = this.opener && (this.opener.isConnected ? this.opener : byId(this.opener.id));
    if (opener) opener.focus();
  }

  // Again, for other numbers: another picture, another scale. A map that another net lacks closes the panel.
  refresh() {
    if (!this.path.length) return;
    const { map } = this.path[this.path.length - 1];
    if (this.app.net.maps[map]) this.draw();
    else this.close();
  }

  draw() {
    const here = this.path[this.path.length - 1],
      found = explain(this.app.net, here.map, here.c, here.y, here.x);
    const title = element("h3", {
      id: "arithmetic-title",
      tabIndex: -1,
      textContent: this.title(here, found.value),
    });
    const close = element("button", { type: "button", textContent: "Close", onclick: () => this.close() });
    const buttons = element("div", {}, close);
    if (this.path.length > 1) {
      buttons.prepend(element("button", { type: "button", textContent: "Back", onclick: () => this.back() }), " ");
    }
    this.root.replaceChildren(
      element("div", { className: "row" }, title, buttons),
      element("p", { textContent: this.sentence(here, found) }),
    );
    if (found.op === "conv") this.root.append(this.products(found));
    if (found.terms.length) this.root.append(this.table(found));
    if (found.op === "dense") this.root.append(element("p", { textContent: this.softmax(here.c) }));
  }

  place(one) {
    const map = this.app.net.maps[one.map],
      where = nameOf(this.app.net, one.map);
    if (one.map === "image")
      return (
        `${where}, row ${one.y + 1}, column ${one.x + 1}` +
        (map.channels > 1 ? `, ${["red", "green", "blue"][one.c]}` : "")
      );
    return (
      `${where}, channel ${one.c + 1}` + (map.height * map.width > 1 ? `, row ${one.y + 1}, column ${one.x + 1}` : "")
    );
  }

  title(here, value) {
    const place = here.map === this.app.net.last ? `The score of ${this.app.classes[here.c]}` : this.place(here);
    const capital = /^(f\(x\)|x )/.test(place) ? place[0] : place[0].toUpperCase();
    return `${capital}${place.slice(1)}: ${number(value, 3)}`;
  }

  sentence(here, { op, terms, constant, relu, before }) {
    const cut = relu
      ? before < 0
        ? ` That gives ${number(before, 3)}, and the ReLU turns it into 0.`
        : " The ReLU leaves it alone, since it is not negative."
      : "";
    const plus = constant ? `, plus the constant ${number(constant, 3)}` : "";
    switch (op) {
      case "image":
        return this.app.pixelSentence(here);
      case "conv":
        return (
          `It is the sum of ${terms.length} products of a number and a weight${plus}.${cut} Below, each ` +
          "square is an input channel, and each dot a product: warm ones pull the sum up, cool ones down."
        );
      case "dense":
        return `It is the sum of ${terms.length} products, a channel’s mean times a weight each${plus}.`;
      case "mean":
        return `It is the mean of the channel’s ${terms.length} numbers. The largest are`;
      case "affine":
        return `It is one number times a factor${plus}: batch normalisation.${cut}`;
      case "maxpool":
        return "It is the largest number of a small window.";
      case "pad":
        return terms.length
          ? "It is a number from before, unchanged. Where maps shrink, the shortcut takes every second one."
          : "It is 0. The block has more channels than its input; the shortcut fills the new ones with zeros.";
      default:
        return (
          (terms.length > 1 ? "It is x plus f(x)" : "It is f(x), alone") +
          (terms.some((one) => one.weight !== 1) ? ", as much of it as the sliders let through." : ".") +
          cut
        );
    }
  }

  // Each input channel's window, all on one scale.
  products({ terms, kernel: [kh, kw] }) {
    const root = element("div", { className: "products" }),
      channels = new Map();
    for (const one of terms) channels.set(one.c, [...(channels.get(one.c) || []), one]);
    const end = Math.max(...terms.map((one) => Math.abs(one.product))) || 1;
    const top = Math.min(...terms.map((one) => one.y)),
      left = Math.min(...terms.map((one) => one.x));
    for (const list of channels.values()) {
      const map = makeMap(1, kh, kw),
        canvas = element("canvas", { width: 6 * kw, height: 6 * kh });
      for (const one of list) map.data[(one.y - top) * kw + one.x - left] = one.product;
      const context = canvas.getContext("2d"),
        pixels = context.createImageData(canvas.width, canvas.height);
      paint(pixels, map, 0, 1, end, 0, 0, 6);
      context.putImageData(pixels, 0, 0);
      root.append(canvas);
    }
    root.setAttribute("role", "img");
    root.setAttribute("aria-label", `The products of ${channels.size} input channels; the table lists the largest`);
    return root;
  }

  table(found) {
    const order = [...found.terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
    const shown = order.slice(0, ROWS),
      rest = order.slice(ROWS),
      body = element("tbody");
    const cell = (text) => element("td", { textContent: text });
    for (const one of shown) {
      const open = element("button", {
        type: "button",
        textContent: number(one.input, 3),
        onclick: () => this.open(one.map, one.c, one.y, one.x),
      });
      open.setAttribute("aria-label", `${number(one.input, 3)}: show its arithmetic`);
      body.append(
        element(
          "tr",
          {},
          cell(this.place(one)),
          element("td", {}, open),
          cell(`× ${inBrackets(number(one.weight, 3))}`),
          cell(number(one.product, 3)),
        ),
      );
    }
    const row = (name, value, className = "") => {
      const th = element("th", { textContent: name, colSpan: 3, scope: "row" });
      body.append(element("tr", { className }, th, cell(number(value, 3))));
    };
    if (rest.length)
      row(
        `the other ${rest.length} products together`,
        rest.reduce((sum, one) => sum + one.product, 0),
      );
    if (found.constant) row("the constant", found.constant);
    row("sum", found.before, "sum");
    const head = element("tr");
    for (const name of ["from", "number", "weight", "product"])
      head.append(element("th", { textContent: name, scope: "col" }));
    const table = element("table", {}, element("thead", {}, head), body);
    table.setAttribute("aria-labelledby", "arithmetic-title");
    return table;
  }

  softmax(c) {
    const shares = softmax(this.app.logits);
    return (
      `The softmax turns the ${shares.length} scores into probabilities: e to the power of each score, ` +
      `divided by the sum of all. For ${this.app.classes[c]} that is ${percent(shares[c])}.`
    );
  }
}
