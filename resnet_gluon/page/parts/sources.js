"use strict";
// Step 1: where the picture comes from.

class Sources {
  // app: {shape, classes, samples, pixels, say, setPicture, soon}
  constructor(app) {
    this.app = app;
    this.makeGallery();
    this.makeSources();
  }

  makeGallery() {
    const size = this.app.shape.reduce((a, b) => a * b, 1);
    this.images = this.app.samples.labels.map((_, i) => this.app.samples.pixels.subarray(i * size, (i + 1) * size));
    const buttons = this.images.map((pixels, i) => {
      const button = element("button", { type: "button" }, element("canvas"));
      drawImage(button.firstChild, pixels, this.app.shape);
      button.setAttribute("aria-label", `${this.app.classes[this.app.samples.labels[i]]}, test image ${i + 1}`);
      byId("gallery").append(button);
      return button;
    });
    const each = Math.max(1, Math.round(buttons.length / this.app.classes.length)); // a class is a column
    byId("gallery").style.gridTemplateRows = `repeat(${each}, auto)`;
    this.markSample = oneOf(buttons, (i) => this.chooseSample(i), each);
  }

  chooseSample(i) {
    this.markSample(i);
    this.app.setPicture(this.images[i], this.app.samples.labels[i]);
  }

  makeSources() {
    for (const radio of document.querySelectorAll("input[name=source]")) {
      radio.addEventListener("change", () => {
        for (const source of document.querySelectorAll(".source")) source.hidden = source.id !== radio.value;
      });
    }
    const sketch = new Sketch(
      byId("sketch"),
      this.app.shape,
      (text) => this.app.say(text),
      (pixels) => this.ownPicture(pixels),
    );
    byId("brush").addEventListener("input", (event) => {
      sketch.brush = Number(event.target.value);
      byId("brush-out").textContent = event.target.value;
    });
    byId("erase").addEventListener("change", (event) => {
      sketch.erase = event.target.checked;
    });
    byId("sketch-clear").addEventListener("click", () => sketch.clear());
    byId("sketch-start").addEventListener("click", () => sketch.start(this.app.pixels));
    const drop = byId("drop");
    byId("file").addEventListener("change", (event) => this.takePhoto(event.target.files[0]));
    drop.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      this.takePhoto(event.dataTransfer.files[0]);
    });
  }

  async takePhoto(file) {
    if (!file) return;
    const bitmap = await createImageBitmap(file).catch(() => null),
      notes = byId("photo-notes");
    if (!bitmap) {
      notes.replaceChildren(
        element("p", {
          textContent: "Your browser can’t read that file as a picture. A JPEG or PNG will work.",
        }),
      );
      return;
    }
    const found = photo(bitmap, this.app.shape);
    this.ownPicture(found.pixels);
    notes.replaceChildren(
      element("h3", { textContent: "What I assumed" }),
      element("ul", {}, ...found.notes.map((note) => element("li", { textContent: note }))),
    );
  }

  ownPicture(pixels) {
    this.markSample(-1);
    this.app.soon("picture", () => this.app.setPicture(pixels, null));
  }
}
