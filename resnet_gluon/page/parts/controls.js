"use strict";
// What the other scripts write with: elements, numbers as text, a row of buttons of which one is chosen.

function byId(id) {
  return document.getElementById(id);
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function italic(part) {
  return part === "x"
    ? [element("i", { textContent: "x" })]
    : [element("i", { textContent: "f" }), "(", element("i", { textContent: "x" }), ")"];
}

function number(value, digits = 2) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

function inBrackets(text) {
  return text.startsWith("−") ? `(${text})` : text;
}

function percent(share) {
  return `${share >= 0.9995 || share < 0.0005 ? Math.round(share * 100) : (share * 100).toFixed(1)}\u00a0%`;
}

function best(numbers) {
  return numbers.indexOf(Math.max(...numbers));
}

// Buttons of which one is chosen: Tab enters them, arrow keys move among them. Those in columns have `across` in each.
function oneOf(buttons, choose, across = 1) {
  const select = (index, focus) => {
    buttons.forEach((button, i) => {
      button.setAttribute("aria-checked", String(i === index));
      button.tabIndex = i === index || (index < 0 && i === 0) ? 0 : -1;
    });
    if (focus) buttons[index].focus();
  };
  buttons.forEach((button, i) => {
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => {
      select(i);
      choose(i);
    });
    button.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: i + across,
        ArrowDown: i + 1,
        ArrowLeft: i - across,
        ArrowUp: i - 1,
        Home: 0,
        End: buttons.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = (to + buttons.length) % buttons.length;
      select(next, true);
      choose(next);
    });
  });
  return select;
}
