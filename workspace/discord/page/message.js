// Draws messages: text, embeds, buttons and selects, files, and what the client itself says about them.
// https://discord.com/developers/docs/resources/message. Of components, action rows with buttons and string selects are drawn.

import { around, avatar, locale, post, redraw, state, t } from "./client.js";
import { drawing, el, size } from "./dom.js";
import { inline, markdown } from "./markdown.js";
import { select } from "./select.js";

const actionRow = 1, button = 2, stringSelect = 3; // component types
const styles = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };
const linkStyle = 5;

const busy = new Set(); // components that wait for the app
const failed = new Set(); // messages whose latest interaction failed

export const clock = (at) => at.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
export const headingOf = (m) => m?.embeds?.find((e) => e.title)?.title ?? "";

// look is everything that a message's drawing rests on beside the message itself.
export const look = (m) => [m, failed.has(m.id), [...busy].filter((key) => key.startsWith(m.id + " ")), locale(), state.apps, quoted(m)];

// quoted is what the message that this one answers is called; "" when it is not there.
function quoted(m) {
  const target = m.reply_to && state.messages.find((x) => x.id === m.reply_to);
  return target ? headingOf(target) || target.name : "";
}

export function message(m, joined) {
  const at = new Date(m.at);
  const name = m.notice ? state.bot : m.name;
  return el("article", {
    class: "message" + (m.ephemeral ? " ephemeral" : "") + (m.notice ? " notice" : "") + (joined ? " joined" : ""), id: "m-" + m.id,
    "data-testid": "message-" + m.id, "data-author": m.author, "data-ephemeral": String(m.ephemeral), "data-heading": headingOf(m),
    "aria-label": `${name}, ${clock(at)}`,
  },
  context(m),
  el("div", { class: "gutter" }, joined ? el("time", { class: "hover-time", datetime: m.at }, clock(at)) : avatar(name, m.author)),
  el("div", { class: "body" },
    !joined && el("p", { class: "byline" }, el("b", {}, name), m.app && el("span", { class: "app-tag" }, t("app")),
      el("time", { datetime: m.at, title: at.toLocaleString(locale(), { dateStyle: "full", timeStyle: "short" }) }, clock(at))),
    said(m),
    m.embeds?.map(embed),
    m.edited && !m.content && edited(),
    m.previews?.map((url) => el("div", { class: "preview" }, t("preview"), " ", el("b", {}, url))),
    m.attachments.map((a) => el("a", { class: "file", href: a.link, download: a.name, "data-testid": "attachment-" + a.id },
      drawing("file"), " ", a.name, " ", el("small", {}, size(a.size, locale())))),
    m.components?.filter((row) => row.type === actionRow).map((row) => el("div", { class: "row" }, row.components.map((c) => control(m, c)))),
    failed.has(m.id) && el("p", { class: "failed", role: "alert" }, t("interactionFailed")),
    m.ephemeral && el("p", { class: "only-you" }, drawing("eye"), " ", t("onlyYou"), " · ",
      el("button", { type: "button", class: "link", "data-testid": "dismiss-" + m.id, onclick: () => post("dismiss", { message: m.id }) }, t("dismiss")))),
  !m.ephemeral && !m.loading && menu(m));
}

// context is the line above a message that answers something.
function context(m) {
  if (m.reply?.command) {
    return el("p", { class: "context" }, el("b", {}, state.names[m.reply.user] ?? m.reply.user), " ", t("used"), " ",
      el("b", {}, (m.reply.menu ? "" : "/") + m.reply.command));
  }
  if (!m.reply_to) return null;
  return el("p", { class: "context" }, t("answerTo"), " ", quoted(m) ? el("button", {
    type: "button", class: "link", onclick: () => document.getElementById("m-" + m.reply_to)?.scrollIntoView({ block: "center" }),
  }, quoted(m)) : t("removed"));
}

const edited = () => el("small", { class: "edited" }, t("edited"));

function said(m) {
  if (m.notice || m.expired) return el("p", { class: "failed" }, t("noAnswer"));
  if (m.loading) return el("p", { class: "thinking" }, el("span", { class: "dots", "aria-hidden": true }, el("i"), el("i"), el("i")), t("thinking", m.name));
  if (!m.content) return null;
  const box = markdown(m.content, around());
  const last = box.lastElementChild;
  if (m.edited) (last?.className === "lines" ? last : box).append(" ", edited());
  return box;
}

function embed(e) {
  const known = around();
  const node = el("div", { class: "embed", "data-heading": e.title ?? "" },
    e.author?.name && el("p", { class: "embed-author" }, e.author.name),
    e.title && el("p", { class: "embed-title", role: "heading", "aria-level": "3" }, e.url && /^https?:/i.test(e.url)
      ? el("a", { href: e.url, target: "_blank", rel: "noopener noreferrer" }, inline(e.title, known)) : inline(e.title, known)),
    e.description && markdown(e.description, known),
    e.fields?.length > 0 && el("dl", { class: "fields" }, e.fields.map((f) => el("div", { class: f.inline ? "field-inline" : "field-whole" },
      el("dt", {}, inline(f.name, known)), el("dd", {}, markdown(f.value, known))))),
    (e.footer?.text || e.timestamp) && el("p", { class: "embed-footer" }, [e.footer?.text,
      e.timestamp && new Date(e.timestamp).toLocaleString(locale(), { dateStyle: "short", timeStyle: "short" })].filter(Boolean).join(" · ")));
  if (e.color) node.style.setProperty("--bar", "#" + e.color.toString(16).padStart(6, "0"));
  return node;
}

// act uses a button or a select, which waits until the app has answered.
async function act(m, c, action, rest) {
  const key = `${m.id} ${c.custom_id}`;
  busy.add(key);
  failed.delete(m.id);
  redraw();
  const answer = await post(action, { message: m.id, custom_id: c.custom_id, ...rest });
  busy.delete(key);
  if (answer.code === "failed") failed.add(m.id);
  redraw();
  // What was disabled meanwhile has lost the focus.
  if (document.activeElement === document.body) document.querySelector(`#m-${m.id} [data-testid$="-${CSS.escape(c.custom_id)}"]`)?.focus();
}

function control(m, c) {
  const key = `${m.id} ${c.custom_id}`;
  if (c.type === stringSelect) {
    const chosen = c.options.filter((o) => o.default).map((o) => o.value);
    return select(busy.has(key) ? { ...c, disabled: true } : c, chosen, { testid: "select-" + c.custom_id, done: (values) => act(m, c, "select", { choices: values }) });
  }
  if (c.type !== button) return null;
  const label = [c.emoji?.name && el("span", { class: "emoji" }, c.emoji.name + " "), c.label];
  if (c.style === linkStyle) {
    return el("a", { class: "button secondary", href: /^https?:/i.test(c.url) ? c.url : null, target: "_blank", rel: "noopener noreferrer" }, label, " ↗");
  }
  return el("button", {
    type: "button", class: `button ${styles[c.style]}` + (busy.has(key) ? " busy" : ""), "data-testid": "action-" + c.custom_id,
    disabled: c.disabled || busy.has(key), onclick: () => act(m, c, "press"),
  }, label);
}

// menu offers the apps' message commands.
function menu(m) {
  const list = el("div", { class: "menu", role: "menu", hidden: true });
  const opener = el("button", {
    type: "button", class: "icon-button more", "aria-label": t("more"), "aria-haspopup": "menu", "data-testid": "menu-" + m.id,
    onclick: () => {
      list.hidden = !list.hidden;
      // What can be chosen is there only while the menu is open.
      list.replaceChildren(...(list.hidden ? [] : [el("p", {}, state.apps.length ? t("apps") : t("noApps")), ...state.apps.map((a) => el("button", {
        type: "button", role: "menuitem", "data-testid": "shortcut-" + a.name,
        onclick: () => { shut(); post("use", { message: m.id, name: a.name }); },
      }, a.shown, el("small", {}, state.bot)))]));
      list.querySelector("button")?.focus();
    },
  }, "⋯");
  const shut = () => { list.hidden = true; list.replaceChildren(); opener.focus(); };
  return el("div", { class: "more-box", onkeydown: (e) => { if (e.key === "Escape") shut(); } }, opener, list);
}
