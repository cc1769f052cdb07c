// The client's link to the server, and what a person has before them. The server holds all state; after every change it
// sends its revision over server-sent events, and the state is asked for anew.

import { $, el, initials } from "./dom.js";
import { texts } from "./texts.js";

export let state = null;
// Pages under other paths of the same host keep another person.
const remembered = "me " + location.pathname;
export let me = localStorage.getItem(remembered) ?? "";

const places = {}; // per person: id of the channel that is open
export const place = () => places[me] ?? "";
export const person = () => state.people.find((p) => p.id === me);
export const here = () => state.conversations.find((c) => c.id === place());

export const locale = () => person()?.locale ?? "sv-SE";
const language = () => (locale().startsWith("sv") ? "sv" : "en");

// t is one of the client's own texts in the person's language.
export function t(key, ...rest) {
  const text = texts[language()][key];
  return typeof text === "function" ? text(...rest) : text;
}

// around is what drawing text needs to know of the world.
export const around = () => ({ names: state.names, roles: state.roles, channels: state.channels, locale: locale() });

let draw = () => {};
export const onChange = (drawing) => { draw = drawing; };
export const redraw = () => draw();

// ask has one thing done as the person. files are named by the component that they were chosen in.
export async function ask(action, body = {}, files = {}) {
  const form = new FormData();
  form.append("deed", JSON.stringify({ user: me, channel: place(), ...body }));
  for (const [customID, list] of Object.entries(files)) for (const file of list) form.append(customID, file);
  try {
    return await (await fetch("page/do/" + action, { method: "POST", body: form })).json();
  } catch {
    return { code: "gone" };
  }
}

// post is ask, with the state fetched after it and what is not about the app's answer told.
export async function post(action, body, files) {
  const said = await ask(action, body, files);
  if (said.code === "gone" || said.code === "stale") toast(t(said.code));
  await refresh();
  return said;
}

let asking = false;
let askAgain = false;

export async function refresh() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    do {
      askAgain = false;
      const asked = me;
      const query = new URLSearchParams({ user: me, channel: place() });
      const answer = await (await fetch("page/state?" + query)).json();
      if (asked !== me) {
        askAgain = true;
        continue;
      }
      state = answer;
      me = state.me;
      if (!here()) {
        const wanted = decodeURIComponent(location.hash.slice(1));
        const first = state.conversations.find((c) => c.id === wanted) ?? state.conversations.find((c) => !c.direct) ?? state.conversations[0];
        askAgain = first !== undefined;
        places[me] = first?.id;
        continue;
      }
      draw();
    } while (askAgain);
  } catch {
    toast(state ? t("gone") : texts.sv.gone);
  } finally {
    asking = false;
  }
}

export function go(channel) {
  places[me] = channel;
  return refresh();
}

export function become(id) {
  me = id;
  localStorage.setItem(remembered, id);
  return refresh();
}

let toastTimer;
export function toast(message) {
  const box = $("toast");
  box.textContent = message;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (box.hidden = true), 7000);
}

const hues = 8; // as many as the style sheet has
export const avatar = (name, id) => (id === state.bot_id ? el("span", { class: "avatar bot", "aria-hidden": true }, name.slice(0, 1).toUpperCase())
  : el("span", { class: `avatar hue-${Math.max(0, state.people.findIndex((p) => p.id === id)) % hues}`, "aria-hidden": true }, initials(name)));

export function listen() {
  const events = new EventSource("page/events");
  events.onmessage = (e) => { if (String(state?.revision) !== e.data) refresh(); };
  return refresh();
}
