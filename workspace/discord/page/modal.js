// The dialog that an app has opened: https://discord.com/developers/docs/components/reference#label. It stays as it is drawn,
// with what is typed in it, until it is submitted or closed; only what is wrong is drawn anew.

import { $, drawing, el, size } from "./dom.js";
import { around, avatar, locale, post, state, t } from "./client.js";
import { markdown } from "./markdown.js";
import { select } from "./select.js";

const actionRow = 1, stringSelect = 3, textInput = 4, textDisplay = 10, label = 18, fileUpload = 19; // component types
const paragraph = 2; // style of a text input of several lines
const longest = 4000; // https://discord.com/developers/docs/components/reference#text-input-text-input-structure

let answers = {}; // per custom id: a list of strings, or of files
let drawn = ""; // id of the dialog that is drawn
let submitting = false;
let focusBefore = null;

// questions are the dialog's components that ask for something, with their labels.
function questions(modal) {
  return modal.components.flatMap((top) => {
    if (top.type === label) return [{ ...top.component, label: top.label, description: top.description }];
    if (top.type === actionRow) return top.components;
    return [];
  });
}

export function drawModal() {
  const root = $("modal-root");
  const modal = state.modal;
  if (!modal) {
    if (root.hidden) return;
    root.hidden = true;
    root.replaceChildren();
    drawn = "";
    $("app").inert = false;
    (focusBefore?.isConnected ? focusBefore : $("composer-text")).focus();
    return;
  }
  if (modal.id !== drawn) {
    if (root.hidden) focusBefore = document.activeElement;
    drawn = modal.id;
    answers = {};
    root.replaceChildren(dialog(modal));
    root.hidden = false;
    $("app").inert = true;
    (root.querySelector(".modal-body :is(input, textarea, button)") ?? root.querySelector("[data-testid=modal-submit]")).focus({ preventScroll: true });
  }
  const box = root.querySelector(".modal");
  box.dataset.busy = String(submitting);
  box.querySelector("[data-testid=modal-submit]").disabled = submitting;
  box.querySelector(".modal-failed").hidden = !modal.failed || submitting;
}

function dialog(modal) {
  return el("form", {
    class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": "modal-title", novalidate: true,
    "data-testid": "modal", "data-custom-id": modal.custom_id, "data-id": modal.id,
    onsubmit: (e) => { e.preventDefault(); submit(modal); }, onkeydown: (e) => keys(e, modal),
  },
  el("div", { class: "modal-head" }, avatar(state.bot, state.bot_id), el("h2", { id: "modal-title", "data-testid": "modal-title" }, modal.title),
    el("button", { type: "button", class: "icon-button", "aria-label": t("dismiss"), "data-testid": "modal-close", onclick: () => close(modal) }, "×")),
  el("div", { class: "modal-body" },
    el("p", { class: "modal-notice" }, t("notice", state.bot)),
    modal.components.map((top) => {
      if (top.type === textDisplay) return markdown(top.content, around());
      if (top.type === label) return question({ ...top.component, label: top.label, description: top.description });
      return top.type === actionRow ? question(top.components[0]) : null;
    })),
  el("p", { class: "modal-failed", role: "alert", "data-testid": "modal-error", hidden: true }, t("modalFailed")),
  el("div", { class: "modal-foot" },
    el("button", { type: "button", class: "button secondary", "data-testid": "modal-cancel", onclick: () => close(modal) }, t("cancel")),
    el("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }, t("submit"))));
}

function question(c) {
  const id = "f-" + c.custom_id;
  const described = [c.description && id + "-help", id + "-error"].filter(Boolean).join(" ");
  const needed = c.required !== false;
  return el("div", { class: "field", "data-testid": "field-" + c.custom_id },
    el("label", { for: id, id: id + "-label" }, c.label, needed && el("span", { class: "needed", "aria-hidden": true }, " *")),
    c.description && el("p", { class: "help", id: id + "-help" }, c.description),
    answer(c, { id, "aria-describedby": described, "aria-required": needed ? "true" : null }),
    el("p", { class: "error", id: id + "-error", "data-testid": "error-" + c.custom_id, role: "alert", hidden: true }));
}

function answer(c, common) {
  switch (c.type) {
    case textInput: return written(c, common);
    case stringSelect:
      answers[c.custom_id] = c.options.filter((o) => o.default).map((o) => o.value);
      return select(c, answers[c.custom_id], { id: common.id, testid: "select-" + c.custom_id, labelled: common.id + "-label",
        described: common["aria-describedby"], changed: (values) => change(c, values) });
    case fileUpload: return upload(c, common);
    default: return el("p", { class: "error" }, `component type ${c.type}`);
  }
}

function change(c, values) {
  answers[c.custom_id] = values;
  wrong(c.custom_id, ""); // it is being answered anew
}

function written(c, common) {
  const most = c.max_length ?? longest;
  const count = el("span", { class: "counter", "aria-hidden": true });
  const input = el(c.style === paragraph ? "textarea" : "input", {
    ...common, type: c.style === paragraph ? null : "text", rows: c.style === paragraph ? 4 : null, maxlength: most, placeholder: c.placeholder,
    value: c.value ?? "", oninput: () => { change(c, [input.value]); counted(); },
  });
  const counted = () => (count.textContent = `${[...input.value].length}/${most}`);
  counted();
  answers[c.custom_id] = [input.value];
  return el("div", { class: "written" }, input, count);
}

function upload(c, common) {
  const most = c.max_values ?? 1;
  answers[c.custom_id] = [];
  const chosen = el("div", { class: "chosen-files" });
  const set = (files) => {
    change(c, files.slice(0, most));
    chosen.replaceChildren(...answers[c.custom_id].map((file) => el("span", { class: "chip file-chip" }, drawing("file"), " ", file.name, " ",
      el("small", {}, size(file.size, locale())), el("button", { type: "button", "aria-label": t("remove", file.name),
        onclick: () => set(answers[c.custom_id].filter((f) => f !== file)) }, "×"))));
    drop.hidden = answers[c.custom_id].length >= most;
  };
  const add = (list) => set([...answers[c.custom_id], ...list]);
  const drop = el("label", { class: "drop", ondragover: (e) => e.preventDefault(), ondrop: (e) => { e.preventDefault(); add(e.dataTransfer.files); } },
    el("input", { ...common, type: "file", multiple: most > 1, onchange: (e) => { add([...e.target.files]); e.target.value = ""; } }),
    el("span", {}, t("files")), el("small", {}, t("mostFiles", most)));
  return el("div", { class: "files" }, chosen, drop);
}

// wrong shows what is wrong with an answer; "" takes it away.
function wrong(customID, text) {
  const error = document.getElementById(`f-${customID}-error`);
  if (!error) return; // the field is being drawn
  error.textContent = text;
  error.hidden = !text;
  error.closest(".field").classList.toggle("wrong", Boolean(text));
  document.getElementById("f-" + customID)?.setAttribute("aria-invalid", String(Boolean(text)));
}

// fault is what the client says of an answer before it sends anything; "" when nothing is wrong with it.
function fault(c) {
  const given = answers[c.custom_id];
  const [n, least, few] = c.type === textInput ? [[...given[0]].length, c.min_length ?? 0, "tooShort"] : [given.length, c.min_values ?? 1, "tooFew"];
  if (n === 0) return c.required === false ? "" : t("required");
  return n < least ? t(few, least) : "";
}

async function submit(modal) {
  if (submitting) return;
  const asked = questions(modal);
  let faults = Object.fromEntries(asked.map((c) => [c.custom_id, fault(c)]));
  if (!Object.values(faults).some(Boolean)) {
    const values = {};
    const files = {};
    for (const c of asked) (c.type === fileUpload ? files : values)[c.custom_id] = answers[c.custom_id];
    submitting = true;
    drawModal();
    faults = (await post("submit", { modal: modal.id, values }, files)).fields ?? {};
    submitting = false;
    drawModal();
    if (state.modal?.id !== modal.id) return;
  }
  for (const c of asked) wrong(c.custom_id, faults[c.custom_id] ?? "");
  const first = $("modal-root").querySelector(".field.wrong");
  first?.scrollIntoView({ block: "center" });
  first?.querySelector("input, textarea, button")?.focus();
}

const close = (modal) => post("close", { modal: modal.id });

function keys(e, modal) {
  if (e.key === "Escape") {
    e.preventDefault();
    close(modal);
  }
  if (e.key !== "Tab") return;
  const stops = [...e.currentTarget.querySelectorAll("button, input, textarea, a[href]")].filter((n) => !n.disabled && n.offsetParent);
  if (e.shiftKey && document.activeElement === stops[0]) { e.preventDefault(); stops.at(-1).focus(); }
  if (!e.shiftKey && document.activeElement === stops.at(-1)) { e.preventDefault(); stops[0].focus(); }
}
