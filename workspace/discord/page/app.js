// The page of the local Discord: a small client to try the app in, as different people. The server holds all state; the page
// itself keeps only what a person has before them: where they are, and what they have typed and not yet sent.
//
// For browser tests, these stay put (data-testid unless said otherwise):
//   person-<user id>              become that person
//   conversation-<channel id>     open a channel, or the direct messages with the app (those have data-direct="true")
//   takes-direct                  the switch for whether one takes direct messages
//   composer, send                the message field (#composer-text) and its button; Enter sends, or takes the marked suggestion
//   command-option                a command suggested while typing /; data-name is its own name, as "incident status"
//   command-argument              an option suggested for the command; data-name
//   autocomplete-option           a choice suggested for an option; data-name is its value
//   command-error                 what keeps a command from being sent
//   message-<id>                  a message, with data-author, data-ephemeral and data-heading (title of its first embed); each embed has
//                                 data-heading as well; menu-<id>, dismiss-<id> and, while the menu is open, shortcut-<command name> in it
//   attachment-<id>               a file on a message
//   action-<custom id>            a button in a message
//   select-<custom id>            a select in a message or a modal; option-<custom id>-<value> are its options, always there
//   modal, modal-title, modal-submit, modal-cancel, modal-close, modal-error; the modal has data-custom-id, data-id and data-busy
//   field-<custom id>             a question in a modal; error-<custom id> what is wrong with it
//   #f-<custom id>                the element that one types into or chooses with; #f-<custom id>-<value> an option of a select
//   toast                         a message that could not stand anywhere else
// <html data-revision> is the revision of the state that is drawn; <body data-me> is who one is.

import { $, drawing, el, keyed } from "./dom.js";
import { avatar, become, go, here, listen, locale, me, onChange, person, place, post, state, t } from "./client.js";
import { drawComposer, startComposer } from "./composer.js";
import { look, message } from "./message.js";
import { drawModal } from "./modal.js";

let drawnPlace = "";

function draw() {
  document.documentElement.dataset.revision = state.revision;
  document.documentElement.lang = locale();
  document.body.dataset.me = me;
  document.title = state.guild;
  drawWords();
  drawPeople();
  drawSide();
  drawMessages();
  drawComposer();
  drawModal();
  if (here().unread && document.visibilityState === "visible") post("read");
}

// drawWords puts the client's own words on what always stands there.
function drawWords() {
  const c = here();
  $("skip").textContent = t("skip");
  $("guild").textContent = state.guild;
  $("title").replaceChildren(c.direct ? "@ " : c.hidden ? drawing("lock") : "# ", c.name);
  $("topic").textContent = c.topic;
  $("composer-label").textContent = t("message");
  for (const [id, key] of Object.entries({ menu: "menu", people: "people", rail: "places", conversations: "conversations", messages: "messages",
    popup: "suggestions", send: "send" })) $(id).setAttribute("aria-label", t(key));
}

const badge = (n) => n > 0 && el("span", { class: "badge", "aria-label": t("unread", n) }, n > 99 ? "99+" : String(n));

function drawPeople() {
  keyed($("people"), state.people.map((p) => ({
    key: p.id, signature: JSON.stringify([p, p.id === me, locale()]),
    make: () => el("button", {
      type: "button", class: "person" + (p.id === me ? " current" : ""), "data-testid": "person-" + p.id,
      "aria-pressed": String(p.id === me), title: `${p.name}, ${p.detail}`, onclick: () => { closeSide(); become(p.id); },
    }, avatar(p.name, p.id), el("span", { class: "person-text" }, el("b", {}, p.name), el("small", {}, p.detail)), p.id !== me && badge(p.unread)),
  })));
}

function drawSide() {
  const channels = state.conversations.filter((c) => !c.direct);
  const direct = state.conversations.filter((c) => c.direct);
  const open = (c) => () => { closeSide(); go(c.id); };
  const row = (c) => el("button", {
    type: "button", class: "conversation" + (c.id === place() ? " current" : "") + (c.unread ? " unread" : ""),
    "data-testid": "conversation-" + c.id, "data-direct": String(c.direct), "aria-current": c.id === place() ? "page" : null, onclick: open(c),
  }, c.direct ? avatar(c.name, state.bot_id) : el("span", { class: "sign", "aria-hidden": true }, c.hidden ? drawing("lock") : "#"),
  el("span", { class: "conversation-name" }, c.name), c.id !== place() && badge(c.unread));
  const unread = (list) => list.reduce((n, c) => n + (c.id === place() ? 0 : c.unread), 0);
  const server = (list, name, sign, current) => list.length > 0 && el("button", {
    type: "button", class: "server" + (current ? " current" : ""), title: name, "aria-label": name, "aria-current": current ? "true" : null, onclick: open(list[0]),
  }, el("span", { "aria-hidden": true }, sign), badge(unread(list)));
  keyed($("rail"), [{
    key: "rail", signature: JSON.stringify([state.conversations, place(), locale()]),
    make: () => el("div", {}, server(direct, t("direct"), drawing("letter"), here().direct), server(channels, state.guild, state.guild.slice(0, 2), !here().direct)),
  }]);
  keyed($("conversations"), [{
    key: "all", signature: JSON.stringify([state.conversations, place(), state.online, locale()]),
    make: () => el("div", {}, el("h3", {}, t("channels")), channels.map(row), el("h3", {}, t("direct")), direct.map(row),
      el("p", { class: "status" }, el("span", { class: "dot" + (state.online ? " on" : ""), "aria-hidden": true }), t(state.online ? "online" : "offline"))),
  }]);
  const p = person();
  keyed($("self"), [{
    key: me, signature: JSON.stringify([p.name, p.detail, p.takes_direct, locale()]),
    make: () => el("div", {},
      el("div", { class: "self-name" }, avatar(p.name, p.id), el("span", {}, el("b", {}, p.name), el("small", {}, p.handle))),
      el("label", { class: "switch" }, el("input", { type: "checkbox", role: "switch", checked: p.takes_direct, "data-testid": "takes-direct",
        onchange: (e) => post("takes-direct", { on: e.target.checked }) }), el("span", {}, t("takesDirect")))),
  }]);
}

const dayOf = (at) => at.toLocaleDateString(locale(), { day: "numeric", month: "long", year: "numeric" });
const joins = 7 * 60 * 1000; // messages of one person within this time stand together

function drawMessages() {
  const scroll = $("scroll");
  const current = me + place();
  const follow = current !== drawnPlace || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  if (current !== drawnPlace) $("messages").replaceChildren();
  drawnPlace = current;
  const items = [];
  let day = "";
  let before = null;
  for (const m of state.messages) {
    const at = new Date(m.at);
    if (dayOf(at) !== day) {
      day = dayOf(at);
      before = null;
      const label = day === dayOf(new Date()) ? t("today") : day;
      items.push({ key: day, signature: label, make: () => el("div", { class: "day", role: "separator" }, el("span", {}, label)) });
    }
    const joined = before !== null && before.author === m.author && before.ephemeral === m.ephemeral && !m.reply && !m.reply_to && !m.notice
      && !before.notice && at - new Date(before.at) < joins;
    items.push({ key: m.id, signature: JSON.stringify([look(m), joined]), make: () => message(m, joined) });
    before = m;
  }
  if (!items.length) {
    items.push({ key: "empty", signature: locale(), make: () => el("div", { class: "empty" }, el("h2", {}, t("calm")), el("p", {}, t("begin"))) });
  }
  keyed($("messages"), items);
  if (follow) scroll.scrollTop = scroll.scrollHeight;
}

// --- the side on a narrow screen, menus ---

function closeSide() {
  $("app").classList.remove("open");
  $("menu").setAttribute("aria-expanded", "false");
}

$("menu").addEventListener("click", () => {
  const open = $("app").classList.toggle("open");
  $("menu").setAttribute("aria-expanded", String(open));
});
document.addEventListener("click", (e) => {
  for (const list of document.querySelectorAll(".menu:not([hidden])")) if (!list.parentElement.contains(e.target)) list.hidden = true;
  if ($("app").classList.contains("open") && !e.target.closest("#side, #menu")) closeSide();
});
document.addEventListener("visibilitychange", () => { if (state) draw(); });

onChange(draw);
startComposer();
listen();
