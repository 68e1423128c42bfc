/* The form of one network's choices. */

import { make } from "./charts.js";
import { OPTIONS } from "./state.js";

let forms = 0; // ids differ between forms

export class Controls {
  /** changed: called with a key and its new value, once it is valid. */
  constructor(changed) {
    this.prefix = `pg-${forms++}`;
    this.fields = Object.entries(OPTIONS).map(([key, option]) => new Field(this.prefix, key, option, changed));
    this.node = make("div", { className: "pg-fields" }, ...this.fields.map(({ node }) => node));
  }

  show(choices) {
    for (const field of this.fields) field.show(choices);
  }
}

class Field {
  constructor(prefix, key, option, changed) {
    Object.assign(this, { key, option });
    const id = `${prefix}-${key}`;
    this.input = option.names ? this.select(id) : this.number(id);
    this.error = make("span", { className: "pg-error", id: `${id}-error` });
    this.input.setAttribute("aria-describedby", this.error.id);
    this.node = make(
      "div",
      { className: "pg-field" },
      make("label", { htmlFor: id, textContent: option.label }),
      this.input,
    );
    if (option.slider) this.addSlider(changed);
    this.node.append(this.error);
    this.input.addEventListener("change", () => this.take(changed));
  }

  select(id) {
    const options = Object.entries(this.option.names).map(([value, text]) =>
      make("option", { value, textContent: text })
    );
    return make("select", { id, name: this.key }, ...options);
  }

  number(id) {
    const { min, max, whole } = this.option;
    return make("input", {
      id,
      name: this.key,
      type: "number",
      min,
      max,
      step: whole ? "1" : "any",
      inputMode: "decimal",
    });
  }

  addSlider(changed) {
    const { min, max, label } = this.option;
    this.slider = make("input", { type: "range", min, max, step: "1", "aria-label": `${label}, slider` });
    this.slider.addEventListener("input", () => (this.input.value = this.slider.value));
    this.slider.addEventListener("change", () => changed(this.key, Number(this.slider.value)));
    this.node.append(this.slider);
  }

  take(changed) {
    const { names, min, max, whole } = this.option;
    if (names) return changed(this.key, this.input.value);
    const value = Number(this.input.value);
    const sound = this.input.value.trim() !== "" && value >= min && value <= max && (!whole || Number.isInteger(value));
    this.complain(sound ? "" : `${whole ? "A whole number" : "A number"} from ${min} to ${max}`);
    if (sound) changed(this.key, value);
  }

  complain(message) {
    this.error.textContent = message;
    this.input.setAttribute("aria-invalid", String(Boolean(message)));
  }

  show(choices) {
    this.input.value = choices[this.key];
    if (this.slider) this.slider.value = choices[this.key];
    this.complain("");
    this.node.hidden = Boolean(this.option.when && !this.option.when(choices));
  }
}
