// What the page draws into the text. Colours follow each change of the text at once; the rest moves
// along with the text until the next answer replaces it.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

/** What the page points at: `{ ranges: [from, to, class, ...], classes: [name] }`. */
export const setHighlights = StateEffect.define();

/** Remarks below lines: `[{ at, severity, text }]`. */
export const setNotes = StateEffect.define();

export const highlights = field(setHighlights, places);
export const notes = field(setNotes, widgets);

const LIT_LINE = Decoration.line({ class: "highlight-line" });

/**
 * A field of colours. `colour` is given a document, and returns the form of what is pointed at. It is
 * asked within the change itself: drawing colours afterwards would lay every key out twice.
 */
export function tokens(colour) {
  const paint = (doc) => marks(doc, colour(doc));
  return StateField.define({
    create: ({ doc }) => paint(doc),
    update: (colours, { docChanged, newDoc }) => (docChanged ? paint(newDoc) : colours),
    provide: (self) => EditorView.decorations.from(self),
  });
}

/** A field of decorations that an effect replaces. `build` is given the document and the effect's value. */
function field(effect, build) {
  return StateField.define({
    create: () => Decoration.none,
    update(decorations, transaction) {
      const set = transaction.effects.findLast((other) => other.is(effect));
      return set ? build(transaction.newDoc, set.value) : decorations.map(transaction.changes);
    },
    provide: (self) => EditorView.decorations.from(self),
  });
}

function marks(doc, { ranges, classes }) {
  const kinds = classes.map((name) => Decoration.mark({ class: name }));
  const found = [];
  for (let at = 0; at + 2 < ranges.length; at += 3) {
    const [from, to] = [ranges[at], Math.min(ranges[at + 1], doc.length)];
    // An empty mark is an error to CodeMirror, and a range past the end too.
    if (from < to) found.push(kinds[ranges[at + 2]].range(from, to));
  }
  return Decoration.set(found, true);
}

/** Marks, and a mark on every line that they touch. */
function places(doc, { ranges, classes }) {
  const found = [];
  for (const cursor = marks(doc, { ranges, classes }).iter(); cursor.value; cursor.next()) {
    found.push(cursor.value.range(cursor.from, cursor.to));
    for (let line = doc.lineAt(cursor.from); ; line = doc.line(line.number + 1)) {
      found.push(LIT_LINE.range(line.from));
      if (line.to >= cursor.to || line.number === doc.lines) break;
    }
  }
  return Decoration.set(found, true);
}

function widgets(doc, list) {
  const found = list.map(({ at, severity, text }) => {
    const line = doc.lineAt(Math.min(at, doc.length));
    return Decoration.widget({ widget: new Note(severity, text), block: true, side: 1 }).range(line.to);
  });
  return Decoration.set(found, true);
}

class Note extends WidgetType {
  constructor(severity, text) {
    super();
    this.severity = severity;
    this.text = text;
  }

  eq(other) {
    return this.severity === other.severity && this.text === other.text;
  }

  toDOM() {
    const dom = document.createElement("div");
    dom.className = `note note-${this.severity}`;
    dom.textContent = this.text;
    return dom;
  }

  ignoreEvent() {
    return false;
  }
}
