// A string select, as in messages and modals: https://discord.com/developers/docs/components/reference#string-select

import { t } from "./client.js";
import { el } from "./dom.js";

// select draws a select with what is chosen in it. changed is told of every change, done when the person is done with it:
// at the choice of one, or when the list of several closes. Its options stand in the page also while the list is shut.
export function select(component, chosen, { id, testid, labelled, described, changed = () => {}, done = () => {} }) {
  const least = component.required === false ? 0 : component.min_values ?? 1;
  const most = component.max_values ?? 1;
  let values = [...chosen];
  let told = values.join("\n");
  let active = 0;

  const list = el("div", { class: "options", role: "listbox", "aria-multiselectable": String(most > 1), hidden: true, id: id && id + "-list" });
  const shown = el("span", { class: "chosen" });
  const button = el("button", {
    type: "button", class: "select-button", role: "combobox", id, "data-testid": testid, "aria-haspopup": "listbox", "aria-expanded": "false",
    "aria-controls": id && id + "-list", "aria-labelledby": labelled, "aria-describedby": described, disabled: component.disabled,
    "aria-label": labelled ? null : component.placeholder ?? t("choose"),
    onclick: () => toggle(list.hidden), onkeydown: keys,
  }, shown);
  const clear = el("button", { type: "button", class: "clear", "aria-label": t("clear"), onclick: () => { set([]); finish(); button.focus(); } }, "×");
  const box = el("div", { class: "select", onfocusout: (e) => { if (box.isConnected && !box.contains(e.relatedTarget)) toggle(false); } },
    el("div", { class: "select-row" }, button, clear), list);

  const options = component.options.map((o, i) => el("div", {
    class: "option", role: "option", id: id && `${id}-${o.value}`, "data-testid": `option-${component.custom_id}-${o.value}`, "data-value": o.value,
    onpointerdown: (e) => e.preventDefault(), onclick: () => pick(i),
  }, el("span", { class: "option-text" }, o.emoji?.name && el("span", { class: "emoji" }, o.emoji.name + " "), o.label,
    o.description && el("small", {}, o.description)), el("span", { class: most > 1 ? "tick" : "tick round", "aria-hidden": true })));
  list.append(...options);

  function set(next) {
    values = next;
    drawn();
    changed(values);
  }
  function drawn() {
    const picked = component.options.filter((o) => values.includes(o.value));
    shown.replaceChildren(...(picked.length ? picked.map((o) => el("span", { class: most > 1 ? "chip" : "" }, o.label))
      : [el("span", { class: "placeholder" }, component.placeholder || (most > 1 ? t("chooseUpTo", most) : t("choose")))]));
    clear.hidden = least > 0 || !picked.length || Boolean(component.disabled);
    options.forEach((node, i) => {
      const on = values.includes(component.options[i].value);
      node.setAttribute("aria-selected", String(on));
      node.setAttribute("aria-disabled", String(!on && most > 1 && values.length >= most));
    });
  }
  function pick(i) {
    const { value } = component.options[i];
    if (component.disabled) return;
    if (most === 1) {
      set([value]);
      toggle(false);
      button.focus();
      return;
    }
    if (values.includes(value)) set(values.filter((v) => v !== value));
    else if (values.length < most) set(component.options.map((o) => o.value).filter((v) => v === value || values.includes(v)));
    mark(i);
  }
  function toggle(open) {
    const opens = open && list.hidden;
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (!open) finish();
    if (!opens) return;
    mark(Math.max(0, component.options.findIndex((o) => values.includes(o.value))));
    list.scrollIntoView({ block: "nearest" });
  }
  function finish() {
    if (told === values.join("\n") || (values.length > 0 && values.length < least)) return;
    told = values.join("\n");
    done(values);
  }
  function mark(i) {
    active = (i + options.length) % options.length;
    options.forEach((node, at) => node.classList.toggle("active", at === active));
    options[active].scrollIntoView({ block: "nearest" });
    if (id) button.setAttribute("aria-activedescendant", options[active].id);
  }
  function keys(e) {
    const open = !list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      if (open) mark(active + step);
      else toggle(true);
    } else if (open && (e.key === "Enter" || e.key === " ")) {
      e.preventDefault();
      pick(active);
    } else if (open && e.key === "Escape") {
      e.preventDefault();
      e.stopPropagation();
      toggle(false);
    }
  }
  drawn();
  return box;
}
