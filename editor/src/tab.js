// Tab leaves an editor that was reached by Tab, and indents in one that is being used: after a
// click or a key that edits or moves. Escape and then Tab always leaves, and Ctrl-M (Shift-Alt-M on
// a Mac) switches, as CodeMirror has it built in.

import { EditorView } from "@codemirror/view";

/** Keys that may be pressed on the way through an editor without using it. */
const PASSING = new Set(["Tab", "Shift", "Control", "Alt", "Meta", "Escape"]);

export const tabLeavesUntilUsed = EditorView.domEventHandlers({
  focus(_, view) {
    view.setTabFocusMode(true);
  },
  pointerdown(_, view) {
    // The click's own focus event comes later.
    setTimeout(() => view.setTabFocusMode(false));
  },
  keydown(event, view) {
    if (!PASSING.has(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      view.setTabFocusMode(false);
    }
  },
});
