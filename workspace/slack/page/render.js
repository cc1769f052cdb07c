// Draws text and blocks as DOM nodes. Nothing here ever parses HTML: every string becomes a text node, so what people or
// the app write can not become markup. mrkdwn follows https://docs.slack.dev/messaging/formatting-message-text.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const drawings = { // lines on a square of 20: not every machine has a font with these signs
  lock: "M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9", file: "M5.5 2.5h6l3.5 3.5v11.5h-9.5zM11 2.5v4h4",
  calendar: "M3.5 5.5h13v11h-13zM3.5 9h13M7 3.5v3M13 3.5v3",
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

export function initials(name) {
  const parts = name.split(/[\s-]+/).filter(Boolean);
  return ((parts[0]?.[0] ?? "?") + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
}

const unescape = (s) => s.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

function link(url, text) {
  const safe = /^(https?:|mailto:|tel:)/i.test(url);
  return safe ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : document.createTextNode(text);
}

// Each pattern is tried at every position in order; the first that fits wins.
const bold = /(^|[\s(\[{"'–—,.:;!?*_~-])\*(\S(?:[^*\n]*\S)?)\*(?=$|[\s)\]}"'–—,.:;!?*_~-])/;
const italic = /(^|[\s(\[{"'–—,.:;!?*_~-])_(\S(?:[^_\n]*\S)?)_(?=$|[\s)\]}"'–—,.:;!?*_~-])/;
const strike = /(^|[\s(\[{"'–—,.:;!?*_~-])~(\S(?:[^~\n]*\S)?)~(?=$|[\s)\]}"'–—,.:;!?*_~-])/;

function inline(source, names) {
  const nodes = [];
  const patterns = [
    [/```([\s\S]+?)```/, (m) => el("pre", {}, unescape(m[1].replace(/^\n/, "")))],
    [/`([^`\n]+)`/, (m) => el("code", {}, unescape(m[1]))],
    [/<([^<>\n]+)>/, (m) => angle(m[1], names)],
    [bold, (m) => [m[1], el("strong", {}, inline(m[2], names))]],
    [italic, (m) => [m[1], el("em", {}, inline(m[2], names))]],
    [strike, (m) => [m[1], el("s", {}, inline(m[2], names))]],
  ];
  let rest = source;
  while (rest) {
    let first = null;
    for (const [pattern, draw] of patterns) {
      const m = pattern.exec(rest);
      if (m && (!first || m.index < first.m.index)) first = { m, draw };
    }
    if (!first) break;
    if (first.m.index > 0) nodes.push(document.createTextNode(unescape(rest.slice(0, first.m.index))));
    nodes.push(...[first.draw(first.m)].flat());
    rest = rest.slice(first.m.index + first.m[0].length);
  }
  if (rest) nodes.push(document.createTextNode(unescape(rest)));
  return nodes;
}

function angle(inner, names) {
  const [target, label] = inner.split("|", 2);
  if (target.startsWith("@")) return el("span", { class: "mention" }, "@" + (names[target.slice(1)] ?? label ?? target.slice(1)));
  if (target.startsWith("#")) return el("span", { class: "mention" }, "#" + (label ?? target.slice(1)));
  if (target.startsWith("!date^")) return date(target.split("^"), unescape(label ?? ""));
  if (target.startsWith("!")) return el("span", { class: "mention loud" }, "@" + target.slice(1).split("^")[0]);
  return link(unescape(target), unescape(label ?? target.replace(/^mailto:/, "")));
}

function date(parts, fallback) {
  const at = new Date(Number(parts[1]) * 1000);
  if (Number.isNaN(at.getTime())) return document.createTextNode(fallback);
  return el("time", { datetime: at.toISOString(), title: fallback }, dayAndTime(at));
}

export function dayAndTime(at) {
  return at.toLocaleString("sv-SE", { dateStyle: "long", timeStyle: "short" });
}

export function mrkdwn(source, names) {
  const box = el("div", { class: "text" });
  let quote = null;
  // Code blocks may span lines, and so are not split; elsewhere each line is its own paragraph or part of a quote.
  for (const piece of source.split(/(```[\s\S]+?```)/)) {
    if (piece.startsWith("```")) {
      box.append(...inline(piece, names));
      quote = null;
      continue;
    }
    piece.split("\n").forEach((line, i) => {
      const quoted = /^&gt; ?/.exec(line);
      if (quoted) {
        if (!quote) box.append((quote = el("blockquote")));
        else quote.append(el("br"));
        quote.append(...inline(line.slice(quoted[0].length), names));
        return;
      }
      const after = quote !== null;
      quote = null;
      if (i > 0 && !after) box.append(el("br"));
      box.append(...inline(line, names));
    });
  }
  return box;
}

export function text(object, names) {
  if (!object) return null;
  if (object.type === "mrkdwn") return mrkdwn(object.text, names);
  return el("div", { class: "text" }, object.text);
}

export const plain = (object) => object?.text ?? "";

function styled(node, style) {
  if (!style) return node;
  if (style.code) node = el("code", {}, node);
  if (style.bold) node = el("strong", {}, node);
  if (style.italic) node = el("em", {}, node);
  if (style.strike) node = el("s", {}, node);
  return node;
}

function richPiece(p, names) {
  switch (p.type) {
    case "text": return styled(el("span", {}, p.text), p.style);
    case "link": return styled(link(p.url, p.text ?? p.url), p.style);
    case "emoji": return el("span", {}, p.unicode ? String.fromCodePoint(...p.unicode.split("-").map((x) => parseInt(x, 16))) : `:${p.name}:`);
    case "user": return el("span", { class: "mention" }, "@" + (names[p.user_id] ?? p.user_id));
    case "channel": return el("span", { class: "mention" }, "#" + p.channel_id);
    case "usergroup": return el("span", { class: "mention" }, "@" + p.usergroup_id);
    case "broadcast": return el("span", { class: "mention loud" }, "@" + p.range);
    case "date": return date([null, p.timestamp], p.fallback ?? "");
    default: return el("span", {}, p.value ?? "");
  }
}

function richText(block, names) {
  const pieces = (list) => list.map((p) => richPiece(p, names));
  return el("div", { class: "rich" }, block.elements.map((part) => {
    switch (part.type) {
      case "rich_text_quote": return el("blockquote", {}, pieces(part.elements));
      case "rich_text_preformatted": return el("pre", {}, pieces(part.elements));
      case "rich_text_list":
        return el(part.style === "ordered" ? "ol" : "ul", { class: "indent-" + (part.indent ?? 0) },
          part.elements.map((item) => el("li", {}, pieces(item.elements))));
      default: return el("p", {}, pieces(part.elements));
    }
  }));
}

// block draws one block. draw(element, block) draws what people act on, and belongs to the caller.
export function block(b, names, draw) {
  switch (b.type) {
    case "divider": return el("hr");
    case "header": return el("h3", { class: "block-header" }, plain(b.text));
    case "section":
      return el("div", { class: "section" },
        el("div", { class: "section-body" }, text(b.text, names),
          b.fields && el("div", { class: "fields" }, b.fields.map((f) => text(f, names)))),
        b.accessory && el("div", { class: "accessory" }, draw(b.accessory, b)));
    case "context":
      return el("div", { class: "context" }, b.elements.map((e) => (e.type === "image" ? el("span", {}, e.alt_text) : text(e, names))));
    case "actions": return el("div", { class: "actions" }, b.elements.map((e) => draw(e, b)));
    case "rich_text": return richText(b, names);
    case "markdown": return el("div", { class: "text pre-line" }, b.text);
    case "image": return el("figure", { class: "image" }, el("figcaption", {}, plain(b.title) || b.alt_text));
    case "input": return draw(b.element, b);
    default: return null;
  }
}
