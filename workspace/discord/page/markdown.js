// Draws text as the platform's clients do: https://support.discord.com/hc/en-us/articles/210298617 (markdown) and
// https://discord.com/developers/docs/reference#message-formatting (mentions, timestamps). around tells what ids are called,
// and in which language times are written.

import { el } from "./dom.js";

// markdown draws what may hold headings, lists, quotes and code blocks beside what stands in a line.
export function markdown(source, around) {
  return el("div", { class: "text" }, fences(source).map((part) => (part.code === undefined ? blocks(part.text, around) : el("pre", {}, part.code))));
}

// fences tells code blocks from the text around them.
function fences(source) {
  const parts = [];
  let from = 0;
  for (let i = 0; i < source.length;) {
    const close = source.startsWith("```", i) ? source.indexOf("```", i + 3) : -1;
    if (close > i + 3) {
      parts.push({ text: source.slice(from, i).replace(/\n$/, "") }, { code: source.slice(i + 3, close).replace(/^[a-z0-9+#-]*\n/i, "").replace(/\n$/, "") });
      i = from = close + 3;
      if (source[from] === "\n") i = ++from;
    } else i += source[i] === "\\" ? 2 : 1;
  }
  parts.push({ text: source.slice(from) });
  return parts.filter((part) => part.code !== undefined || part.text);
}

const shapes = {
  rest: /^>>> ([^]*)$/,
  quote: /^> (.*)$/,
  heading: /^(#{1,3}) +(\S.*)$/,
  subtext: /^-# +(\S.*)$/,
  item: /^( *)(?:[-*]|(\d{1,9})\.) +(\S.*)$/,
};

function blocks(source, around, quoted = false) {
  const nodes = [];
  const lines = source.split("\n");
  let paragraph = [];
  const end = () => {
    if (paragraph.length) nodes.push(el("div", { class: "lines" }, inline(paragraph.join("\n"), around)));
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    let m;
    if (!quoted && (m = shapes.rest.exec(lines.slice(i).join("\n")))) {
      end();
      nodes.push(el("blockquote", {}, blocks(m[1], around, true)));
      return nodes;
    }
    if (!quoted && shapes.quote.test(line)) {
      end();
      const said = [];
      while (i < lines.length && (m = shapes.quote.exec(lines[i]))) said.push(m[1]), i++;
      i--;
      nodes.push(el("blockquote", {}, blocks(said.join("\n"), around, true)));
    } else if ((m = shapes.heading.exec(line))) {
      end();
      nodes.push(el("p", { class: "heading-" + m[1].length, role: "heading", "aria-level": m[1].length + 2 }, inline(m[2], around)));
    } else if ((m = shapes.subtext.exec(line))) {
      end();
      nodes.push(el("p", { class: "subtext" }, inline(m[1], around)));
    } else if ((m = shapes.item.exec(line))) {
      end();
      const tag = m[2] ? "ol" : "ul";
      const depth = "indent-" + Math.min(3, Math.floor(m[1].length / 2));
      const last = nodes.at(-1);
      const list = last?.localName === tag && last.className === depth ? last : el(tag, { class: depth, start: m[2] ?? null });
      if (list !== last) nodes.push(list);
      list.append(el("li", {}, inline(m[3], around)));
    } else paragraph.push(line);
  }
  end();
  return nodes;
}

// inline draws what stands in a line. Anything that is not a known form stands as written.
export function inline(source, around) {
  const nodes = [];
  let plain = "";
  for (let i = 0; i < source.length;) {
    const found = piece(source, i, around);
    if (found?.node) {
      if (plain) nodes.push(document.createTextNode(plain));
      plain = "";
      nodes.push(found.node);
    } else plain += found?.text ?? source[i];
    i = found?.end ?? i + 1;
  }
  if (plain) nodes.push(document.createTextNode(plain));
  return nodes;
}

// piece reads the form that begins at a place, if any does.
function piece(s, i, around) {
  switch (s[i]) {
    case "\\": // takes away the meaning of any sign after it, and then is not seen itself
      return /[^0-9A-Za-z\s]/.test(s[i + 1] ?? " ") ? { text: s[i + 1], end: i + 2 } : null;
    case "`": return code(s, i);
    case "<": return angle(s, i, around);
    case "[": return masked(s, i, around);
    case "@": return sticky(/@(?:everyone|here)/y, s, i, (m) => el("span", { class: "mention loud" }, m[0]));
    case "h": return address(s, i);
    case "*": case "_": case "~": case "|": return marked(s, i, around);
    default: return null;
  }
}

function sticky(pattern, s, i, draw) {
  pattern.lastIndex = i;
  const m = pattern.exec(s);
  return m && { node: draw(m), end: pattern.lastIndex };
}

// code is as many backticks as it began with.
function code(s, i) {
  const ticks = /`+/y;
  ticks.lastIndex = i;
  const mark = ticks.exec(s)[0];
  for (let at = s.indexOf(mark, i + mark.length); at >= 0; at = s.indexOf(mark, at + 1)) {
    if (s[at - 1] === "`" || s[at + mark.length] === "`") continue;
    return { node: el("code", {}, s.slice(i + mark.length, at).trim()), end: at + mark.length };
  }
  return { text: mark, end: i + mark.length };
}

const marks = [["**", "strong"], ["__", "u"], ["~~", "s"], ["||", "spoiler"], ["*", "em"], ["_", "em"]];
const word = /[\p{L}\p{N}_]/u;

function marked(s, i, around) {
  for (const [mark, tag] of marks) {
    if (!s.startsWith(mark, i)) continue;
    if (mark === "*" && /\s/.test(s[i + 1] ?? " ")) continue;
    if (mark === "_" && word.test(s[i - 1] ?? " ")) continue;
    const close = closing(s, i + mark.length, mark);
    if (close < 0) continue;
    const inside = inline(s.slice(i + mark.length, close), around);
    return { node: tag === "spoiler" ? spoiler(inside) : el(tag, {}, inside), end: close + mark.length };
  }
  return null;
}

// closing finds where a mark ends that begins before from; -1 when it does not.
function closing(s, from, mark) {
  for (let i = from; i < s.length; i++) {
    if (s[i] === "\\") { i++; continue; }
    if (s[i] === "`") {
      i = code(s, i).end - 1;
      continue;
    }
    if (!s.startsWith(mark, i)) continue;
    let run = 0;
    while (s[i + run] === mark[0]) run++;
    if (mark.length === 1 && run === 2) { i++; continue; } // belongs to bold or underlined text inside
    const at = i + run - mark.length;
    const ends = at > from && (mark !== "_" || !word.test(s[at + 1] ?? " ")) && (mark !== "*" || !/\s/.test(s[at - 1]));
    if (ends) return at;
    i = at;
  }
  return -1;
}

function spoiler(inside) {
  const node = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-expanded": "false",
    onclick: () => show(), onkeydown: (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); show(); } } }, el("span", {}, inside));
  const show = () => { node.classList.add("shown"); node.setAttribute("aria-expanded", "true"); };
  return node;
}

const link = (url, ...inside) => el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...inside);

// address is a bare one: it ends at a space or <, and not with the punctuation of the sentence it stands in.
function address(s, i) {
  return sticky(/https?:\/\/[^\s<]*[^\s<.,:;"'\])]/y, s, i, (m) => link(m[0], m[0]));
}

// masked is a link behind other words. Words that look like an address themselves stay as written.
function masked(s, i, around) {
  const m = /^\[((?:\\[^]|[^\\\]])+)\]\(<?(https?:\/\/[^\s<>()]+)>?\)/.exec(s.slice(i));
  return m && !/https?:\/\//.test(m[1]) ? { node: link(m[2], inline(m[1], around)), end: i + m[0].length } : null;
}

function angle(s, i, around) {
  const mention = (kind, sign, names) => sticky(kind, s, i, (m) => el("span", { class: "mention" }, sign + (names[m[1]] ?? m[1])));
  return mention(/<@!?(\d+)>/y, "@", around.names) ?? mention(/<@&(\d+)>/y, "@", around.roles) ?? mention(/<#(\d+)>/y, "#", around.channels)
    ?? sticky(/<\/([^:<>]+):\d+>/y, s, i, (m) => el("span", { class: "mention" }, "/" + m[1]))
    ?? sticky(/<a?:(\w+):\d+>/y, s, i, (m) => el("span", { class: "emoji" }, `:${m[1]}:`))
    ?? sticky(/<t:(-?\d{1,12})(?::([tTdDfFR]))?>/y, s, i, (m) => moment(Number(m[1]), m[2] ?? "f", around.locale))
    ?? sticky(/<(https?:\/\/[^\s<>]+)>/y, s, i, (m) => link(m[1], m[1]));
}

const styles = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};

export function moment(seconds, style, locale) {
  const at = new Date(seconds * 1000);
  const written = style === "R" ? relative(at, locale) : at.toLocaleString(locale, styles[style]);
  return el("time", { class: "moment", datetime: at.toISOString(), title: at.toLocaleString(locale, styles.F) }, written);
}

function relative(at, locale) {
  const seconds = Math.round((at - Date.now()) / 1000);
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / length), unit);
}
