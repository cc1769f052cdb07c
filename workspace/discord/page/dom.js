// Makes nodes. Nothing here ever parses HTML: every string becomes a text node, so what people or the app write can not
// become markup.

export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const drawings = { // lines on a square of 20
  lock: "M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9", letter: "M3 5h14v10H3zM3 5.5l7 5.5 7-5.5", file: "M5.5 2.5h6l3.5 3.5v11.5h-9.5zM11 2.5v4h4",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
};

export function drawing(name) {
  const make = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const svg = make("svg", { viewBox: "0 0 20 20", class: "drawing", "aria-hidden": "true" });
  svg.append(make("path", { d: drawings[name] }));
  return svg;
}

// keyed makes a container hold the items, and touches only what differs, so that focus and open menus survive.
export function keyed(container, items) {
  const old = new Map([...container.children].map((node) => [node.dataset.key, node]));
  let at = container.firstElementChild;
  for (const { key, signature, make } of items) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.dataset.signature !== signature) {
      const fresh = make();
      fresh.dataset.key = key;
      fresh.dataset.signature = signature;
      if (node) {
        if (at === node) at = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === at) at = at.nextElementSibling;
    else container.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
}

export function initials(name) {
  const parts = name.split(/[\s-]+/).filter(Boolean);
  return ((parts[0]?.[0] ?? "?") + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
}

export function size(bytes, locale) {
  const shown = (n, unit) => `${n.toLocaleString(locale, { maximumFractionDigits: 1 })} ${unit}`;
  if (bytes < 1000) return shown(bytes, "byte");
  return bytes < 1e6 ? shown(Math.round(bytes / 1000), "kB") : shown(bytes / 1e6, "MB");
}
