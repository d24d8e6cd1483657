// The patches for what is wrong in the line of the cursor, as a menu at the cursor (Mod-.).

import { forEachDiagnostic } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import { showTooltip } from "@codemirror/view";

const show = StateEffect.define();

/** The open menu; any change of the text or the selection closes it. */
export const fixMenu = StateField.define({
  create: () => null,
  update(menu, transaction) {
    const effect = transaction.effects.find((other) => other.is(show));
    if (effect) return effect.value;
    return transaction.docChanged || transaction.selection ? null : menu;
  },
  provide: (self) => showTooltip.from(self),
});

/** A command: opens the menu, if there is something to choose from. */
export function openFixes(view) {
  const pos = view.state.selection.main.head;
  const line = view.state.doc.lineAt(pos);
  const actions = new Map();
  forEachDiagnostic(view.state, (diagnostic, from, to) => {
    if (from <= line.to && to >= line.from) {
      for (const action of diagnostic.actions ?? []) actions.set(action.id, action);
    }
  });
  if (actions.size) {
    const create = () => menu(view, [...actions.values()]);
    view.dispatch({ effects: show.of({ pos, above: false, create }) });
  }
  return true;
}

function menu(view, actions) {
  const close = () => {
    view.dispatch({ effects: show.of(null) });
    view.focus();
  };
  const buttons = actions.map(({ name, apply }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "menuitem");
    button.textContent = name;
    button.addEventListener("click", () => {
      close();
      apply();
    });
    return button;
  });
  const dom = document.createElement("div");
  dom.className = "fixes";
  dom.setAttribute("role", "menu");
  dom.setAttribute("aria-label", "Patches");
  dom.append(...buttons);
  dom.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const at = buttons.indexOf(dom.getRootNode().activeElement);
      buttons.at((at + step) % buttons.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  return { dom, mount: () => buttons[0].focus() };
}
