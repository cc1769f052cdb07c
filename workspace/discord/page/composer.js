// The message field: what is typed is said, or, after a slash, is a command. A command is written as the platform's clients
// show it, /name option:value; suggestions fill it in. https://discord.com/developers/docs/interactions/application-commands

import { $, el } from "./dom.js";
import { ask, avatar, here, me, place, post, state, t } from "./client.js";

const boolean = 5, user = 6; // option types

const unsent = {}; // per person and conversation: what stands in the field
let suggestions = []; // { text, detail, testid, take } of what is offered
let active = -1; // the one that Enter takes; -1: none
let picked = {}; // per option and what is shown of a choice: its value
let found = { of: "", text: "", choices: [] }; // the app's latest suggestions: of which option, for what text
let searching;

const field = () => $("composer-text");
const draftKey = () => me + " " + place();
let shownDraft = draftKey();
let shownCommands = ""; // what the suggestions rest on beside the text

export function drawComposer() {
  if (shownDraft !== draftKey()) {
    unsent[shownDraft] = field().value;
    shownDraft = draftKey();
    field().value = unsent[shownDraft] ?? "";
    grow();
  }
  const c = here();
  field().disabled = $("send").disabled = !c.may_write && !c.may_command;
  field().placeholder = field().disabled ? t("mayNotWrite") : t("writeTo", c.direct ? "@" + c.name : "#" + c.name);
  const known = JSON.stringify([draftKey(), state.commands]);
  if (known !== shownCommands && document.activeElement === field()) suggest();
  shownCommands = known;
}

function grow() {
  field().style.height = "auto";
  field().style.height = Math.min(field().scrollHeight, 160) + "px";
}

// read takes apart what is typed: the command, and the options given to it. Words before the first named option belong to the
// first option that is not named.
function read(typed) {
  if (!typed.startsWith("/")) return null;
  const words = typed.slice(1);
  const named = (name) => words === name || words.startsWith(name + " ");
  const command = state.commands.filter((c) => named(c.shown) || named(c.path)).sort((a, b) => b.path.length - a.path.length)[0];
  if (!command) return { words };
  const rest = words.slice((named(command.shown) ? command.shown : command.path).length);
  const marks = [];
  for (const m of rest.matchAll(/(?<=^|\s)(\S+?):/g)) {
    const option = command.options.find((o) => o.shown === m[1] || o.name === m[1]);
    if (option && !marks.some((x) => x.option === option)) marks.push({ option, from: m.index, to: m.index + m[0].length });
  }
  const given = marks.map((x, i) => ({ option: x.option, text: rest.slice(x.to, marks[i + 1]?.from).trim() }));
  const stray = rest.slice(0, marks[0]?.from).trim();
  const first = command.options.find((o) => !given.some((g) => g.option === o));
  if (stray && first) given.unshift({ option: first, text: stray });
  return { command, given };
}

// write is the field's text for a command with its options.
const write = (command, given) => "/" + [command.shown, ...given.map((g) => `${g.option.shown}:${g.text}`)].join(" ");

const choicesOf = (option) => {
  if (option.type === boolean) return [{ name: t("yes"), value: "true" }, { name: t("no"), value: "false" }];
  if (option.type === user) return state.people.map((p) => ({ name: p.name, value: p.id }));
  return option.choices;
};

// suggest offers what may come next: commands, an option's choices, or the options that are left.
function suggest() {
  const typed = read(field().value);
  let note = null;
  suggestions = [];
  active = -1;
  if (typed && !typed.command) {
    const fits = (c) => [c.shown, c.path].some((name) => name.toLowerCase().startsWith(typed.words.trimStart().toLowerCase()));
    suggestions = here().may_command ? state.commands.filter(fits).map((c) => ({
      text: "/" + c.shown, detail: c.description, hint: c.options.map((o) => o.shown).join(" "), testid: "command-option", name: c.path,
      take: () => fill(c, c.options.filter((o) => o.required).slice(0, 1).map((option) => ({ option, text: "" }))),
    })) : [];
    active = suggestions.length ? 0 : -1;
  } else if (typed) {
    const { command, given } = typed;
    const current = given.at(-1);
    const known = current && picked[current.option.name + " " + current.text] !== undefined;
    if (current && !known && (current.option.autocomplete || choicesOf(current.option).length)) {
      const { choices, told } = current.option.autocomplete ? complete(typed, current) : { choices: choicesOf(current.option), told: t("noMatches") };
      const list = choices.filter((c) => current.option.autocomplete || c.name.toLowerCase().includes(current.text.toLowerCase()));
      suggestions = list.map((c) => ({
        text: c.name, testid: "autocomplete-option", name: c.value, take: () => {
          picked[current.option.name + " " + c.name] = c.value;
          fill(command, [...given.slice(0, -1), { option: current.option, text: c.name }]);
        },
      }));
      active = suggestions.length && current.text ? 0 : -1;
      note = suggestions.length ? null : told;
    } else {
      suggestions = command.options.filter((o) => !given.some((g) => g.option === o)).map((o) => ({
        text: o.shown + ":", detail: o.description, testid: "command-argument", name: o.name,
        take: () => fill(command, [...given, { option: o, text: "" }]),
      }));
    }
    const head = current?.option ?? command;
    note = el("span", {}, el("b", {}, current ? head.shown : "/" + head.shown), " ", head.description, note && el("small", {}, note));
  }
  draw(note);
}

// complete asks the app for choices at a pause in the typing, and meanwhile offers those it last gave for the option. told is what
// the person is told when there are none.
function complete(typed, current) {
  const of = JSON.stringify([draftKey(), typed.command.path, current.option.name]);
  clearTimeout(searching);
  if (found.of === of && found.text === current.text) return { choices: found.choices, told: found.failed ? t("optionsFailed") : t("noMatches") };
  searching = setTimeout(async () => {
    const said = await ask("autocomplete", { ...request(typed), focused: current.option.name });
    const latest = read(field().value)?.given?.at(-1);
    if (latest?.option.name !== current.option.name || latest.text !== current.text) return; // typed on meanwhile
    found = { of, text: current.text, choices: said.choices ?? [], failed: Boolean(said.code) };
    suggest();
  }, 200);
  const fits = (c) => c.name.toLowerCase().includes(current.text.toLowerCase());
  return { choices: found.of === of ? found.choices.filter(fits) : [], told: null };
}

const request = ({ command, given }) => ({
  name: command.name, subcommand: command.subcommand,
  options: Object.fromEntries(given.map((g) => [g.option.name, picked[g.option.name + " " + g.text] ?? g.text])),
});

function fill(command, given) {
  field().value = write(command, given) + (given.at(-1)?.text === "" ? "" : " ");
  field().focus();
  grow();
  suggest();
}

function draw(note) {
  const popup = $("popup");
  popup.hidden = !suggestions.length && !note;
  popup.replaceChildren(...(note ? [el("p", { class: "note" }, note)] : []), ...suggestions.map((s, i) => el("div", {
    class: "option" + (i === active ? " active" : ""), role: "option", id: "suggestion-" + i, "aria-selected": String(i === active),
    "data-testid": s.testid, "data-name": s.name, onpointerdown: (e) => e.preventDefault(), onclick: s.take,
  }, s.testid === "command-option" && avatar(state.bot, state.bot_id),
  el("span", { class: "option-text" }, el("b", {}, s.text), s.hint && el("code", {}, s.hint), s.detail && el("small", {}, s.detail)))));
  if (active >= 0) field().setAttribute("aria-activedescendant", "suggestion-" + active);
  else field().removeAttribute("aria-activedescendant");
  popup.children[active + (note ? 1 : 0)]?.scrollIntoView({ block: "nearest" });
}

// missing is what keeps a command from being sent; null when nothing does.
function missing({ command, given }) {
  const open = command.options.find((o) => o.required && !given.some((g) => g.option === o && g.text));
  if (open) return t("optionNeeded", open.shown);
  const free = given.find((g) => choicesOf(g.option).length && picked[g.option.name + " " + g.text] === undefined);
  return free ? t("notAChoice", free.option.shown) : null;
}

async function send() {
  const words = field().value.trim();
  if (!words || field().disabled) return;
  const typed = read(words);
  if (typed?.command) {
    // A choice written out in full is as good as picked.
    for (const g of typed.given) {
      const same = choicesOf(g.option).find((c) => c.name === g.text);
      if (same) picked[g.option.name + " " + g.text] = same.value;
    }
    typed.given = typed.given.filter((g) => g.text);
    const fault = missing(typed);
    if (fault) {
      draw(el("span", { class: "failed", role: "alert", "data-testid": "command-error" }, fault));
      return;
    }
  }
  const body = typed?.command ? request(typed) : { text: words };
  picked = {};
  field().value = "";
  grow();
  suggest();
  const said = await post(typed?.command ? "command" : "say", body);
  if (said.code === "stale" || said.code === "gone") field().value ||= words;
}

let breaking = false; // Shift is held: Enter breaks the line

function keys(e) {
  breaking = e.shiftKey;
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step && suggestions.length && !$("popup").hidden) {
    e.preventDefault();
    active = active < 0 && step < 0 ? suggestions.length - 1 : (active + step + suggestions.length) % suggestions.length;
    draw($("popup").querySelector(".note")?.firstElementChild);
  }
  if (e.key === "Escape") $("popup").hidden = true;
  if (e.key === "Tab" && suggestions.length && !$("popup").hidden) {
    e.preventDefault();
    suggestions[Math.max(0, active)].take();
  }
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    if (active >= 0 && !$("popup").hidden) suggestions[active].take();
    else send();
  }
}

export function startComposer() {
  $("composer").addEventListener("submit", (e) => { e.preventDefault(); send(); });
  field().addEventListener("input", () => { grow(); suggest(); });
  field().addEventListener("focus", suggest);
  field().addEventListener("blur", () => ($("popup").hidden = true));
  field().addEventListener("keydown", keys);
  // Some on-screen keyboards and drivers send the line break apart from the key.
  field().addEventListener("beforeinput", (e) => { if (e.inputType === "insertLineBreak" && !breaking) e.preventDefault(); });
}
