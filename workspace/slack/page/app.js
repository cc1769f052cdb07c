// The page of the local workspace: a small chat to try the app in, as different people. The server holds all state; after
// every change it sends its revision over server-sent events, and the page asks for the state anew. The page itself keeps
// only what a person has before them: where they are, and what they have typed and not yet sent.
//
// For browser tests, these stay put (data-testid unless said otherwise):
//   person-<user id>              become that person
//   conversation-<channel id>     open a channel;  conversation-app  open the app;  tab-home, tab-messages  its tabs
//   composer, send                the message field and its button; Enter sends, Shift+Enter breaks the line
//   command-option                the suggestion shown while typing /
//   message-<ts>                  a message, with data-author, data-ephemeral and data-heading; menu-<ts> and shortcut-<callback id> in it
//   action-<action id>            a button or other element in a message, a modal or the home tab
//   modal, modal-title, modal-submit, modal-cancel, modal-close; the modal has data-view (id), data-callback and data-busy
//   field-<block id>, error-<block id>   a question and its inline error
//   id f-<block id>               the input of a question in a modal (h-… in the home tab); f-<block id>-<value> an option;
//                                 of a date and time: the date (2026-08-31), and f-<block id>-time (14:30)
//   lookup-option                 a suggestion in an external select, with data-value
//   confirm, confirm-ok, confirm-deny    a confirmation dialog;  toast  what went wrong
// <html data-revision> is the revision of the state that is drawn; <body data-me> is who one is.

import { block, dayAndTime, drawing, el, initials, mrkdwn, plain, text } from "./render.js";

const $ = (id) => document.getElementById(id);
const APP = "@app";

let state = null;
const remembered = "me " + location.pathname; // pages under other paths of the same host keep another person
let me = localStorage.getItem(remembered) ?? "";
const places = {}; // per person: { channel, tab }
const unsent = {}; // per person and conversation: what stands in the composer
const answers = {}; // per view: what is filled in, by block id
const labels = {}; // per view and block: text of a chosen option of an external select
const uploads = {}; // per file id: { name, size }

// --- talking to the server ---

async function post(action, body = {}) {
  let said;
  try {
    const response = await fetch("page/do/" + action, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: me, ...body }),
    });
    said = await response.json();
  } catch {
    said = { error: "Arbetsytan svarar inte. Är den igång?" };
  }
  // A failed command is told in the conversation; everything else here.
  if (said.error && action !== "say") toast(said.error);
  await refresh();
  return said;
}

let asking = false;
let askAgain = false;

async function refresh() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    do {
      askAgain = false;
      const asked = me;
      const query = new URLSearchParams({ user: me, channel: channelID() });
      const answer = await (await fetch("page/state?" + query)).json();
      if (asked !== me) {
        askAgain = true;
        continue;
      }
      state = answer;
      if (state.me !== me) {
        me = state.me;
        askAgain = true;
        continue;
      }
      // At first, and when the channel that was open has been archived.
      if (!inApp() && !state.conversations.some((c) => c.id === place().channel)) {
        const wanted = decodeURIComponent(location.hash.slice(1));
        const first = state.conversations.find((c) => c.id === wanted) ?? state.conversations.find((c) => !c.im);
        places[me] = { channel: first?.id ?? APP, tab: "messages" };
        askAgain = true;
        continue;
      }
      draw();
    } while (askAgain);
  } catch {
    toast("Arbetsytan svarar inte. Är den igång?");
  } finally {
    asking = false;
  }
}

let toastTimer;
function toast(message) {
  const box = $("toast");
  box.textContent = message;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (box.hidden = true), 7000);
}

// --- where one is ---

const place = () => places[me] ?? {};
const inApp = () => place().channel === APP;
const atHome = () => inApp() && place().tab === "home";

function channelID() {
  if (!inApp()) return place().channel ?? "";
  return state?.conversations.find((c) => c.im)?.id ?? "";
}

function go(channel, tab = "messages") {
  keepDraft();
  places[me] = { channel, tab };
  closeSidebar();
  if (channel === APP && tab === "home") post("home");
  else refresh();
  restoreDraft();
}

function become(id) {
  if (id === me) return;
  keepDraft();
  me = id;
  localStorage.setItem(remembered, id);
  closeSidebar();
  refresh().then(() => {
    restoreDraft();
    if (atHome()) post("home");
  });
}

const draftKey = () => me + " " + place().channel;
function keepDraft() { if (me) unsent[draftKey()] = $("composer-text").value; }
function restoreDraft() {
  $("composer-text").value = unsent[draftKey()] ?? "";
  grow();
  suggest();
}

// --- drawing ---

let drawnPlace = "";

function draw() {
  document.documentElement.dataset.revision = state.revision;
  document.body.dataset.me = me;
  document.title = state.workspace;
  $("workspace-name").textContent = state.workspace;
  drawPeople();
  drawSidebar();
  drawHeading();
  drawMessages();
  drawHome();
  drawModal();
  const here = channelID();
  const open = state.conversations.find((c) => c.id === here);
  if (open?.unread && !atHome() && document.visibilityState === "visible") post("read", { channel: here });
}

function keyed(container, items) {
  // Only what differs is touched, so that focus and open menus survive.
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

const hues = 8; // as many as the style sheet has
const avatar = (name, id) => el("span", {
  class: `avatar hue-${Math.max(0, state.people.findIndex((p) => p.id === id)) % hues}`, "aria-hidden": true }, initials(name));
const botAvatar = () => el("span", { class: "avatar bot", "aria-hidden": true }, "ib");
const badge = (n) => n > 0 && el("span", { class: "badge", "aria-label": `${n} olästa` }, n > 99 ? "99+" : String(n));

function drawPeople() {
  keyed($("people"), state.people.map((p) => ({
    key: p.id, signature: JSON.stringify([p, p.id === me]),
    make: () => el("button", {
      type: "button", class: "person" + (p.id === me ? " current" : ""), "data-testid": "person-" + p.id,
      "aria-pressed": String(p.id === me), title: `${p.name}, ${p.title}`, onclick: () => become(p.id),
    }, avatar(p.name, p.id), el("span", { class: "person-text" }, el("b", {}, p.name), el("small", {}, p.title)),
    p.id !== me && badge(p.unread)),
  })));
}

function drawSidebar() {
  const channels = state.conversations.filter((c) => !c.im);
  const direct = state.conversations.find((c) => c.im);
  const row = (id, sign, name, unread, current, onclick) => el("button", {
    type: "button", class: "row" + (current ? " current" : "") + (unread && !current ? " unread" : ""),
    "data-testid": "conversation-" + id, "aria-current": current ? "page" : null, onclick,
  }, sign, el("span", { class: "row-name" }, name), !current && badge(unread));
  keyed($("sidebar"), [{
    key: "all", signature: JSON.stringify([state.conversations, place(), state.bot, state.online]),
    make: () => el("div", {},
      el("h2", {}, "Kanaler"),
      channels.map((c) => row(c.id, el("span", { class: "sign", "aria-hidden": true }, c.private ? drawing("lock") : "#"), c.name, c.unread,
        place().channel === c.id, () => go(c.id))),
      el("h2", {}, "Appar"),
      row("app", botAvatar(), state.bot, direct?.unread ?? 0, inApp(), () => go(APP, direct?.unread ? "messages" : "home")),
      el("p", { class: "status" }, el("span", { class: "dot" + (state.online ? " on" : ""), "aria-hidden": true }),
        state.online ? "Appen är ansluten" : "Appen är inte ansluten")),
  }]);
}

function drawHeading() {
  const c = state.conversations.find((x) => x.id === place().channel);
  $("title").replaceChildren(...(inApp() ? [state.bot] : [c?.private ? drawing("lock") : "# ", c?.name ?? ""]));
  $("topic").textContent = inApp() ? "App" : [c?.topic, c && `${c.members} medlemmar`].filter(Boolean).join(" · ");
  const tabs = $("tabs");
  tabs.hidden = !inApp();
  const tab = (id, name) => ({
    key: id, signature: String(place().tab === id),
    make: () => el("button", {
      type: "button", role: "tab", class: "tab", "aria-selected": String(place().tab === id), "data-testid": "tab-" + id,
      onclick: () => go(APP, id),
    }, name),
  });
  keyed(tabs, [tab("home", "Hem"), tab("messages", "Meddelanden")]);
  $("messages").hidden = $("composer").hidden = atHome();
  $("home").hidden = !atHome();
  $("composer-text").placeholder = inApp() ? `Skriv till ${state.bot}` : `Skriv i ${c?.name ?? ""}`;
}

const time = (ts) => new Date(Number(ts) * 1000);
const clock = (at) => at.toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });
const dayOf = (at) => at.toLocaleDateString("sv-SE", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

function drawMessages() {
  const scroll = $("scroll");
  const here = me + place().channel + place().tab;
  const follow = here !== drawnPlace || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  if (here !== drawnPlace) $("messages").replaceChildren();
  drawnPlace = here;
  const items = [];
  let day = "";
  let before = null;
  for (const m of state.messages) {
    const at = time(m.ts);
    const thisDay = dayOf(at);
    if (thisDay !== day) {
      day = thisDay;
      before = null;
      const label = thisDay === dayOf(new Date()) ? "I dag" : thisDay;
      items.push({ key: thisDay, signature: label, make: () => el("div", { class: "day", role: "separator" }, el("span", {}, label)) });
    }
    const joined = before && before.user === m.user && !before.ephemeral && !m.ephemeral && Number(m.ts) - Number(before.ts) < 300;
    items.push({ key: m.ts, signature: JSON.stringify([m, joined]), make: () => message(m, at, joined) });
    before = m;
  }
  if (!items.length) {
    items.push({ key: "empty", signature: place().channel, make: () => el("div", { class: "empty" },
      inApp() ? botAvatar() : el("span", { class: "avatar bot", "aria-hidden": true }, "#"),
      el("h2", {}, inApp() ? `Här pratar du med ${state.bot}` : "Här är det lugnt"),
      el("p", {}, "Skriv ", el("kbd", {}, state.command.name), " i fältet nedanför för att börja.")) });
  }
  keyed($("messages"), items);
  if (follow && !atHome()) scroll.scrollTop = scroll.scrollHeight;
}

function message(m, at, joined) {
  const name = m.failed ? "Arbetsytan" : m.name ?? state.names[m.user] ?? m.user;
  const uses = (element, b) => widget(element, b, { kind: "message", m });
  const body = m.blocks ? m.blocks.map((b) => block(b, state.names, uses)) : mrkdwn(m.text, state.names);
  return el("article", {
    class: "message" + (m.ephemeral ? " ephemeral" : "") + (m.failed ? " failed" : "") + (joined ? " joined" : ""),
    "data-testid": "message-" + m.ts, "data-author": m.user, "data-ephemeral": String(m.ephemeral),
    "data-heading": m.blocks?.find((b) => b.type === "header")?.text.text ?? "", "aria-label": `${name}, ${clock(at)}`,
  },
  el("div", { class: "gutter" }, joined ? el("time", { class: "hover-time", datetime: at.toISOString() }, clock(at))
    : m.user === state.bot_id ? botAvatar() : m.failed ? el("span", { class: "avatar notice", "aria-hidden": true }, "!") : avatar(name, m.user)),
  el("div", { class: "body" },
    m.ephemeral && el("p", { class: "only-you" }, "Endast synligt för dig"),
    !joined && el("p", { class: "byline" }, el("b", {}, name), m.app && !m.failed && el("span", { class: "app-tag" }, "App"),
      el("time", { datetime: at.toISOString(), title: dayAndTime(at) }, clock(at))),
    el("div", { class: "blocks" }, body),
    m.files?.map((f) => el("a", { class: "file", href: "page/files/" + encodeURIComponent(f.id) }, drawing("file"), f.name, " ", el("small", {}, size(f.size)))),
    m.edited && el("small", { class: "edited" }, "(redigerad)")),
  !m.ephemeral && !m.failed && state.shortcuts.length > 0 && messageMenu(m));
}

function messageMenu(m) {
  const list = el("div", { class: "menu", role: "menu", hidden: true });
  const button = el("button", {
    type: "button", class: "icon-button more", "aria-label": "Fler åtgärder för meddelandet", "aria-haspopup": "menu", "data-testid": "menu-" + m.ts,
    onclick: () => {
      list.hidden = !list.hidden;
      // What can be chosen is there only while the menu is open.
      list.replaceChildren(...(list.hidden ? [] : state.shortcuts.map((s) => el("button", {
        type: "button", role: "menuitem", "data-testid": "shortcut-" + s.id,
        onclick: () => { shut(); post("shortcut", { channel: channelID(), ts: m.ts, callback: s.id }); },
      }, s.name, el("small", {}, state.bot)))));
      list.querySelector("button")?.focus();
    },
  }, "⋯");
  const shut = () => { list.hidden = true; list.replaceChildren(); button.focus(); };
  return el("div", { class: "more-box", onkeydown: (e) => { if (e.key === "Escape") shut(); } }, button, list);
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} byte`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toLocaleString("sv-SE", { maximumFractionDigits: 1 })} MB`;
}

function drawHome() {
  if (!atHome()) return;
  const v = state.home;
  keyed($("home"), [{
    key: "home", signature: JSON.stringify(v ? [v.id, v.hash] : null),
    make: () => v ? el("div", { class: "home-view" }, v.blocks.map((b) => block(b, state.names, (e, in_) => widget(e, in_, { kind: "view", v, prefix: "h-" }))))
      : el("div", { class: "empty" }, botAvatar(), el("h2", {}, "Hämtar startsidan…"), el("p", {}, "Den visas här när appen har svarat.")),
  }]);
}

// --- elements that people act on ---

// use sends what was done to an element in a message or a view.
async function use(where, b, element, extra = {}) {
  if (element.confirm && !(await confirmed(element.confirm))) return;
  const target = { block: b.block_id, action: element.action_id, ...extra };
  if (where.kind === "message") return post("press", { channel: channelID(), ts: where.m.ts, ...target });
  return post("use", { view: where.v.id, ...target });
}

function widget(element, b, where) {
  if (b.type === "input") return question(element, b, where);
  return control(element, b, where);
}

function buttonFor(element, b, where) {
  const button = el("button", {
    type: "button", class: "button " + (element.style ?? ""), "data-testid": "action-" + element.action_id,
    "aria-label": element.accessibility_label,
    onclick: async () => {
      if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener,noreferrer");
      button.classList.add("busy");
      await use(where, b, element);
      button.classList.remove("busy");
    },
  }, plain(element.text));
  return button;
}

function overflow(element, b, where) {
  const list = el("div", { class: "menu", role: "menu", hidden: true }, element.options.map((o) => el("button", {
    type: "button", role: "menuitem", onclick: () => { list.hidden = true; use(where, b, element, { value: o.value }); },
  }, plain(o.text))));
  return el("div", { class: "overflow" },
    el("button", { type: "button", class: "button", "aria-haspopup": "menu", "aria-label": "Fler val", "data-testid": "action-" + element.action_id,
      onclick: () => (list.hidden = !list.hidden) }, "⋯"), list);
}

// read turns an element's state on the server into what its control shows.
function read(s) {
  if (!s) return "";
  switch (s.type) {
    case "static_select": case "external_select": case "radio_buttons": return s.selected_option?.value ?? "";
    case "checkboxes": case "multi_static_select": case "multi_external_select": return (s.selected_options ?? []).map((o) => o.value);
    case "users_select": return s.selected_user ?? "";
    case "datepicker": return s.selected_date ?? "";
    case "timepicker": return s.selected_time ?? "";
    case "datetimepicker": return s.selected_date_time ? String(s.selected_date_time) : "";
    case "file_input": return (s.files ?? []).map((f) => { uploads[f.id] = { name: f.name, size: f.size }; return f.id; });
    default: return s.value ?? "";
  }
}

// current is what is filled in: typed here, or else known to the server.
function current(element, b, where) {
  const kept = where.v && answers[where.v.id]?.[b.block_id];
  if (kept !== undefined) return kept;
  const s = where.v?.state.values[b.block_id]?.[element.action_id];
  for (const o of [s?.selected_option, ...(s?.selected_options ?? []), element.initial_option].filter(Boolean)) {
    labels[`${b.block_id} ${o.value}`] = plain(o.text);
  }
  if (s) return read(s);
  return element.initial_option?.value ?? element.initial_value ?? (element.initial_options ?? []).map((o) => o.value);
}

const typedText = (kind) => ["plain_text_input", "email_text_input", "url_text_input", "number_input"].includes(kind);

// hears tells whether the app is told when a question's answer changes.
function hears(element, b, entered) {
  if (b.type !== "input") return !typedText(element.type) || entered;
  if (!b.dispatch_action) return false;
  if (!typedText(element.type)) return true;
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return on.includes("on_character_entered") || (entered && on.includes("on_enter_pressed"));
}

const waiting = {}; // timers of typing that the app listens to

// changed keeps an answer, and tells the app when it listens: at once for choices, at a pause for typing.
function changed(element, b, where, value, entered = false) {
  if (where.v) (answers[where.v.id] ??= {})[b.block_id] = value;
  mended(b, where);
  if (!where.v || !hears(element, b, entered)) {
    if (!where.v) use(where, b, element, { value });
    return;
  }
  const key = where.v.id + b.block_id;
  clearTimeout(waiting[key]);
  const tell = () => use(where, b, element, { value, entered });
  if (typedText(element.type) && !entered) waiting[key] = setTimeout(tell, 350);
  else tell();
}

// mended takes away the error of a question that is being answered anew; the next submission judges it again.
function mended(b, where) {
  const error = document.getElementById(fieldID(b, where) + "-error");
  error?.closest(".field").classList.remove("wrong");
  error?.remove();
}

const fieldID = (b, where) => (where.prefix ?? "m-") + b.block_id;

function question(element, b, where) {
  const id = fieldID(b, where);
  const error = where.v?.errors?.[b.block_id];
  const grouped = ["radio_buttons", "checkboxes", "multi_static_select", "multi_external_select", "file_input"].includes(element.type);
  const label = [plain(b.label), b.optional && el("span", { class: "optional" }, " (valfritt)")];
  const described = [b.hint && id + "-hint", error && id + "-error"].filter(Boolean).join(" ");
  const inner = control(element, b, where, described, Boolean(error));
  const parts = [
    grouped ? el("legend", {}, label) : el("label", { for: id }, label),
    inner,
    b.hint && el("p", { class: "hint", id: id + "-hint" }, plain(b.hint)),
    error && el("p", { class: "error", id: id + "-error", "data-testid": "error-" + b.block_id, role: "alert" }, error),
  ];
  return el(grouped ? "fieldset" : "div", {
    class: "field" + (error ? " wrong" : ""), "data-testid": "field-" + b.block_id, "aria-describedby": grouped ? described || null : null,
  }, parts);
}

function control(element, b, where, described = "", wrong = false) {
  const id = fieldID(b, where);
  const value = current(element, b, where);
  const common = { id, "aria-describedby": described || null, "aria-invalid": wrong ? "true" : null, "aria-required": b.type === "input" && !b.optional ? "true" : null };
  if (b.type !== "input") {
    common["data-testid"] = "action-" + element.action_id;
    common["aria-label"] = plain(element.placeholder) || plain(b.text) || null;
    delete common.id;
  }
  switch (element.type) {
    case "button": return buttonFor(element, b, where);
    case "overflow": return overflow(element, b, where);
    case "plain_text_input": return textControl(element, b, where, value, common);
    case "email_text_input": case "url_text_input": case "number_input":
      return textControl({ ...element, html: { email_text_input: "email", url_text_input: "url", number_input: "number" }[element.type] }, b, where, value, common);
    case "radio_buttons": return choices(element, b, where, value, "radio");
    case "checkboxes": return choices(element, b, where, value, "checkbox");
    case "multi_static_select": return el("div", { class: "choice-box" }, choices({ ...element, options: allOptions(element) }, b, where, value, "checkbox"));
    case "static_select": case "users_select": return menu(element, b, where, value, common);
    case "external_select": return lookup(element, b, where, value, common);
    case "multi_external_select": return lookup(element, b, where, value, common, true);
    case "datetimepicker": return moment(element, b, where, value, common);
    case "datepicker": case "timepicker":
      return el("input", { ...common, type: element.type === "datepicker" ? "date" : "time", value,
        onchange: (e) => changed(element, b, where, e.target.value) });
    case "file_input": return files(element, b, where, value, common);
    case "image": return el("span", { class: "image-alt" }, element.alt_text);
    default: return el("span", {}, "");
  }
}

const allOptions = (element) => element.options ?? (element.option_groups ?? []).flatMap((g) => g.options);

function textControl(element, b, where, value, common) {
  const counter = element.max_length && el("span", { class: "counter", "aria-hidden": true });
  const count = (s) => { if (counter) counter.textContent = `${[...s].length} / ${element.max_length}`; };
  count(value);
  const input = el(element.multiline ? "textarea" : "input", {
    ...common, rows: element.multiline ? 5 : null, type: element.multiline ? null : element.html ?? "text", step: element.html === "number" ? "any" : null,
    placeholder: plain(element.placeholder) || null, maxlength: element.max_length ?? 3000, "data-focus": element.focus_on_load ? "" : null,
    oninput: (e) => { count(e.target.value); changed(element, b, where, e.target.value); },
    onkeydown: (e) => {
      if (e.key === "Enter" && !element.multiline) { e.preventDefault(); changed(element, b, where, e.target.value, true); }
    },
  });
  input.value = value;
  return el("div", { class: "text-control" }, input, element.multiline && counter);
}

function choices(element, b, where, value, kind) {
  const id = fieldID(b, where);
  const chosen = () => [...box.querySelectorAll("input:checked")].map((i) => i.value);
  const box = el("div", { class: "choices", "data-testid": b.type === "input" ? null : "action-" + element.action_id },
    element.options.map((o) => el("label", { class: "choice" },
      el("input", {
        type: kind, name: id, id: `${id}-${o.value}`, value: o.value, checked: kind === "radio" ? value === o.value : value.includes(o.value),
        onchange: () => changed(element, b, where, kind === "radio" ? chosen()[0] : chosen()),
      }),
      el("span", {}, text(o.text, state.names), o.description && el("small", {}, text(o.description, state.names))))));
  return box;
}

function menu(element, b, where, value, common) {
  const one = (o) => el("option", { value: o.value }, plain(o.text));
  const own = element.type === "users_select" ? state.people.map((p) => ({ value: p.id, text: { text: p.name } })) : element.options;
  const select = el("select", { ...common, onchange: (e) => changed(element, b, where, e.target.value) },
    el("option", { value: "" }, plain(element.placeholder) || "Välj…"),
    own ? own.map(one) : element.option_groups.map((g) => el("optgroup", { label: plain(g.label) }, g.options.map(one))));
  select.value = value;
  return select;
}

function lookup(element, b, where, value, common, several = false) {
  const name = (v) => labels[`${b.block_id} ${v}`] ?? v;
  const least = element.min_query_length ?? 3;
  const list = el("div", { class: "popup down", role: "listbox", hidden: true, id: common.id + "-list" });
  let timer;
  let asked = 0;
  const pick = (o) => {
    labels[`${b.block_id} ${o.value}`] = o.text;
    const next = several ? [...new Set([...value, o.value])] : o.value;
    (answers[where.v.id] ??= {})[b.block_id] = next;
    changed(element, b, where, next);
    redrawModal();
  };
  const clear = (v) => {
    const next = several ? value.filter((x) => x !== v) : "";
    (answers[where.v.id] ??= {})[b.block_id] = next;
    changed(element, b, where, next);
    redrawModal();
  };
  const show = (options, note) => {
    list.replaceChildren(...options.map((o, i) => el("div", {
      class: "option", role: "option", id: `${common.id}-o${i}`, "data-testid": "lookup-option", "data-value": o.value, "aria-selected": String(i === 0),
      onpointerdown: (e) => { e.preventDefault(); pick(o); },
    }, o.text)), ...(note ? [el("div", { class: "note" }, note)] : []));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const search = async () => {
    const query = input.value;
    if ([...query].length < least) {
      if (query || least > 0) show([], `Skriv minst ${least} tecken för att söka.`);
      return;
    }
    const turn = ++asked;
    const said = await post("options", { view: where.v.id, block: b.block_id, text: query });
    if (turn !== asked || document.activeElement !== input) return;
    show(said.options ?? [], said.options?.length ? "" : "Inga träffar.");
  };
  const move = (step) => {
    const all = [...list.querySelectorAll(".option")];
    const at = all.findIndex((o) => o.getAttribute("aria-selected") === "true");
    all.forEach((o, i) => o.setAttribute("aria-selected", String(i === (at + step + all.length) % all.length)));
    const on = list.querySelector('[aria-selected="true"]');
    on?.scrollIntoView({ block: "nearest" });
    if (on) input.setAttribute("aria-activedescendant", on.id);
  };
  const input = el("input", {
    ...common, type: "text", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": common.id + "-list",
    placeholder: plain(element.placeholder) || "Sök…", autocomplete: "off",
    oninput: () => { clearTimeout(timer); timer = setTimeout(search, 150); },
    onfocus: search,
    onblur: () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); },
    onkeydown: (e) => {
      if (e.key === "Enter") e.preventDefault(); // whoever chooses is not done with the dialog
      if (list.hidden) return;
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); move(e.key === "ArrowDown" ? 1 : -1); }
      if (e.key === "Escape") { e.stopPropagation(); list.hidden = true; }
      const on = list.querySelector('[aria-selected="true"]');
      if (e.key === "Enter" && on) { pick({ value: on.dataset.value, text: on.textContent }); }
    },
  });
  const chosen = (several ? value : [value]).filter(Boolean);
  const chips = chosen.map((v) => el("span", { class: "chip" }, name(v), el("button", {
    type: "button", "aria-label": `Ta bort ${name(v)}`, onclick: () => clear(v) }, "×")));
  // With one choice made, there is nothing to search for until it is taken back.
  return el("div", { class: "lookup" }, chips, (several || !chosen.length) && input, list);
}

// moment asks for a date and a time of day, written the Swedish way whatever the browser's language, with a calendar to pick in.
function moment(element, b, where, value, common) {
  const at = value && new Date(Number(value) * 1000);
  const pad = (n) => String(n).padStart(2, "0");
  const isoDay = (d) => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
  const write = () => {
    const [, day] = /^\s*(\d{4}-\d{2}-\d{2})\s*$/.exec(date.value) ?? [];
    const [, hours, minutes] = /^\s*([01]?\d|2[0-3])[:.]?([0-5]\d)\s*$/.exec(hour.value) ?? [];
    if (!date.value.trim() && !hour.value.trim()) {
      for (const input of [date, hour]) input.setCustomValidity("");
      changed(element, b, where, "");
      return;
    }
    if (day && !hour.value.trim()) hour.value = "12:00";
    const then = new Date(`${day}T${(hours ?? "12").padStart(2, "0")}:${minutes ?? "00"}`);
    date.setCustomValidity(Number.isNaN(then.getTime()) ? "Skriv datumet som 2026-08-31." : "");
    hour.setCustomValidity(hours || hour.value === "12:00" ? "" : "Skriv klockslaget som 14:30.");
    if (date.reportValidity() && hour.reportValidity()) changed(element, b, where, String(then.getTime() / 1000));
  };
  const name = plain(b.label) || "Tidpunkt";
  const date = el("input", { ...common, type: "text", inputmode: "numeric", placeholder: "åååå-mm-dd", maxlength: 10, onchange: write });
  const hour = el("input", { type: "text", class: "clock", id: common.id && common.id + "-time", inputmode: "numeric", placeholder: "tt:mm",
    maxlength: 5, "aria-label": `${name}, klockslag`, onchange: write });
  if (at) {
    date.value = isoDay(at);
    hour.value = `${pad(at.getHours())}:${pad(at.getMinutes())}`;
  }
  const picker = el("input", { type: "date", class: "picker", tabindex: "-1", "aria-hidden": true,
    onchange: (e) => { date.value = e.target.value; write(); } });
  const calendar = el("button", { type: "button", class: "icon-button", "aria-label": `${name}, välj i kalender`,
    onclick: () => { picker.value = date.value; picker.showPicker(); } });
  calendar.append(drawing("calendar"));
  return el("div", { class: "moment" }, date, calendar, hour, picker);
}

function files(element, b, where, value, common) {
  const most = element.max_files ?? 10;
  const keep = (ids) => { (answers[where.v.id] ??= {})[b.block_id] = ids; redrawModal(); };
  const add = async (list) => {
    for (const file of list) {
      const form = new FormData();
      form.append("user", me);
      form.append("file", file);
      try {
        const said = await (await fetch("page/upload", { method: "POST", body: form })).json();
        if (said.error) { toast(said.error); continue; }
        uploads[said.id] = said;
        keep([...(answers[where.v.id]?.[b.block_id] ?? value), said.id].slice(0, most));
      } catch {
        toast("Filen gick inte att ladda upp.");
      }
    }
  };
  return el("div", { class: "files" },
    value.map((id) => el("span", { class: "chip file-chip" }, drawing("file"), uploads[id]?.name ?? id, " ", el("small", {}, size(uploads[id]?.size ?? 0)),
      el("button", { type: "button", "aria-label": `Ta bort ${uploads[id]?.name ?? id}`, onclick: () => keep(value.filter((x) => x !== id)) }, "×"))),
    value.length < most && el("label", { class: "drop",
      ondragover: (e) => e.preventDefault(), ondrop: (e) => { e.preventDefault(); add(e.dataTransfer.files); } },
    el("input", { ...common, type: "file", multiple: most > 1, accept: element.filetypes?.map((t) => "." + t).join(",") ?? null,
      onchange: (e) => add(e.target.files) }),
    el("span", {}, "Välj filer eller dra dem hit"), el("small", {}, `Högst ${most} ${most === 1 ? "fil" : "filer"}`)));
}

// --- modals ---

let drawnModal = "";
let submitting = false;
let focusBefore = null;

function redrawModal() {
  drawnModal = "";
  drawModal();
}

function drawModal() {
  const root = $("modal-root");
  const v = state.modals.at(-1);
  if (!v) {
    if (!root.hidden) {
      root.hidden = true;
      root.replaceChildren();
      drawnModal = "";
      $("app").inert = false;
      (focusBefore?.isConnected ? focusBefore : $("composer-text")).focus();
      focusBefore = null;
    }
    return;
  }
  const signature = JSON.stringify([me, v.id, v.hash, v.errors, state.modals.length]);
  const busy = submitting || v.busy;
  if (signature !== drawnModal) {
    const old = root.querySelector(".modal");
    const sameView = old?.dataset.view === v.id;
    const scroll = sameView ? old.querySelector(".modal-body").scrollTop : 0;
    const active = document.activeElement;
    const focused = sameView && old.contains(active) ? { id: active.id, start: active.selectionStart, end: active.selectionEnd } : null;
    if (root.hidden) focusBefore = document.activeElement;
    root.replaceChildren(modal(v));
    root.hidden = false;
    $("app").inert = true;
    const wrong = JSON.stringify(v.errors ?? {});
    const newErrors = sameView && wrong !== "{}" && wrong !== old.dataset.errors;
    drawnModal = signature;
    root.querySelector(".modal-body").scrollTop = scroll;
    focusIn(root, focused, newErrors && !focused?.id);
  }
  const box = root.querySelector(".modal");
  box.dataset.busy = String(busy);
  box.querySelector("[data-testid=modal-submit]")?.toggleAttribute("disabled", busy);
}

function focusIn(root, focused, wrong) {
  const again = focused?.id && document.getElementById(focused.id);
  if (wrong) {
    const field = root.querySelector(".field.wrong");
    field?.scrollIntoView({ block: "center" });
    field?.querySelector("input, textarea, select")?.focus();
  } else if (again) {
    again.focus({ preventScroll: true });
    if (focused.start !== null && focused.start !== undefined) {
      try { again.setSelectionRange(focused.start, focused.end); } catch { /* inputs without a selection, such as dates */ }
    }
  } else {
    const first = root.querySelector("[data-focus]") ?? root.querySelector(".modal-body input, .modal-body textarea, .modal-body select, .modal-foot button");
    (first ?? root.querySelector(".modal")).focus({ preventScroll: true });
  }
}

function modal(v) {
  const root = state.modals.length > 1;
  const closes = plain(v.close) || (root ? "Tillbaka" : v.submit ? "Avbryt" : "Stäng");
  const where = { kind: "view", v, prefix: "f-" };
  const title = "modal-title-" + v.id;
  return el("form", {
    class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": title, tabindex: "-1", novalidate: true,
    "data-testid": "modal", "data-view": v.id, "data-callback": v.callback_id, "data-errors": JSON.stringify(v.errors ?? {}),
    onsubmit: (e) => { e.preventDefault(); submit(v); },
    onkeydown: (e) => keys(e, v),
  },
  el("div", { class: "modal-head" }, botAvatar(), el("h2", { id: title, "data-testid": "modal-title" }, plain(v.title)),
    el("button", { type: "button", class: "icon-button", "aria-label": "Stäng", "data-testid": "modal-close", onclick: () => close(v, true) }, "×")),
  el("div", { class: "modal-body" }, v.blocks.map((b) => block(b, state.names, (e, inside) => widget(e, inside, where)))),
  el("div", { class: "modal-foot" },
    el("button", { type: "button", class: "button", "data-testid": "modal-cancel", onclick: () => close(v, false) }, closes),
    v.submit && el("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }, plain(v.submit))));
}

function keys(e, v) {
  if (e.key === "Escape") {
    e.preventDefault();
    close(v, false);
  }
  if (e.key !== "Tab") return;
  const stops = [...e.currentTarget.querySelectorAll("button, input, textarea, select, a[href]")].filter((n) => !n.disabled && n.offsetParent);
  if (!stops.length) return;
  if (e.shiftKey && document.activeElement === stops[0]) { e.preventDefault(); stops.at(-1).focus(); }
  if (!e.shiftKey && document.activeElement === stops.at(-1)) { e.preventDefault(); stops[0].focus(); }
}

async function submit(v) {
  if (submitting) return;
  const unreadable = $("modal-root").querySelector("input:invalid");
  if (unreadable) {
    unreadable.reportValidity();
    return;
  }
  for (const key of Object.keys(waiting)) if (key.startsWith(v.id)) clearTimeout(waiting[key]);
  const values = {};
  for (const b of v.blocks) if (b.type === "input") values[b.block_id] = current(b.element, b, { v });
  submitting = true;
  drawModal();
  try {
    await post("submit", { view: v.id, values });
  } finally {
    submitting = false;
    redrawModal();
  }
}

function close(v, all) {
  delete answers[v.id];
  post("close", { view: v.id, all });
}

function confirmed(c) {
  const root = $("confirm-root");
  return new Promise((resolve) => {
    const before = document.activeElement;
    const done = (yes) => { root.hidden = true; root.replaceChildren(); before?.focus(); resolve(yes); };
    root.replaceChildren(el("div", {
      class: "modal small", role: "alertdialog", "aria-modal": "true", "aria-labelledby": "confirm-title", "data-testid": "confirm",
      onkeydown: (e) => { if (e.key === "Escape") { e.stopPropagation(); done(false); } },
    },
    el("div", { class: "modal-head" }, el("h2", { id: "confirm-title" }, plain(c.title))),
    el("div", { class: "modal-body" }, text(c.text, state.names)),
    el("div", { class: "modal-foot" },
      el("button", { type: "button", class: "button", "data-testid": "confirm-deny", onclick: () => done(false) }, plain(c.deny)),
      el("button", { type: "button", class: "button " + (c.style ?? "primary"), "data-testid": "confirm-ok", onclick: () => done(true) }, plain(c.confirm)))));
    root.hidden = false;
    root.querySelector("[data-testid=confirm-ok]").focus();
  });
}

// --- the composer ---

function grow() {
  const field = $("composer-text");
  field.style.height = "auto";
  field.style.height = Math.min(field.scrollHeight, 160) + "px";
}

// suggest shows the command while a message begins with a slash.
function suggest() {
  const popup = $("command-popup");
  const typed = $("composer-text").value;
  const name = state?.command.name ?? "";
  const fits = typed.startsWith("/") && (name.startsWith(typed) || typed.startsWith(name));
  popup.hidden = !fits;
  if (!fits) return;
  popup.replaceChildren(el("div", {
    class: "option", role: "option", "aria-selected": "true", "data-testid": "command-option",
    onpointerdown: (e) => { e.preventDefault(); complete(); },
  }, botAvatar(), el("span", {}, el("b", {}, name), " ", el("code", {}, state.command.usage ?? ""), el("small", {}, state.command.description ?? "")),
  el("kbd", {}, typed.startsWith(name) ? "Enter" : "Tabb")));
}

function complete() {
  const field = $("composer-text");
  if (!field.value.startsWith(state.command.name)) field.value = state.command.name + " ";
  field.focus();
  suggest();
}

async function send() {
  const field = $("composer-text");
  const words = field.value.trim();
  if (!words) return;
  field.value = "";
  grow();
  suggest();
  const said = await post("say", { channel: channelID(), text: words });
  if (said.error && !said.code) {
    toast(said.error);
    field.value ||= words;
  }
}

let breaking = false; // Shift is held: Enter breaks the line

$("composer").addEventListener("submit", (e) => { e.preventDefault(); send(); });
$("composer-text").addEventListener("input", () => { grow(); suggest(); });
$("composer-text").addEventListener("blur", () => ($("command-popup").hidden = true));
$("composer-text").addEventListener("keydown", (e) => {
  if (e.key === "Tab" && !$("command-popup").hidden && !e.target.value.startsWith(state.command.name)) { e.preventDefault(); complete(); }
  if (e.key === "Escape") $("command-popup").hidden = true;
  breaking = e.shiftKey;
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); send(); }
});
// Some on-screen keyboards and drivers send the line break apart from the key.
$("composer-text").addEventListener("beforeinput", (e) => { if (e.inputType === "insertLineBreak" && !breaking) e.preventDefault(); });

// --- the sidebar on a narrow screen, menus, live updates ---

function closeSidebar() {
  $("app").classList.remove("open");
  $("menu").setAttribute("aria-expanded", "false");
}

$("menu").addEventListener("click", () => {
  const open = $("app").classList.toggle("open");
  $("menu").setAttribute("aria-expanded", String(open));
});
document.addEventListener("click", (e) => {
  for (const list of document.querySelectorAll(".menu:not([hidden])")) if (!list.parentElement.contains(e.target)) list.hidden = true;
  if ($("app").classList.contains("open") && !e.target.closest("#sidebar, #menu")) closeSidebar();
});
document.addEventListener("visibilitychange", () => { if (state) draw(); });

const events = new EventSource("page/events");
events.onmessage = (e) => { if (String(state?.revision) !== e.data) refresh(); };

refresh().then(restoreDraft);
