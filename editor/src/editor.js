// <wheelstage-editor>: CodeMirror behind plain data.
//
// CodeMirror owns the text while it is edited; the page is told of changes and answers with data.
// The page calls the methods below by name. Nothing here knows what a requirement or a Dockerfile is.
//
// - Offsets count UTF-16 code units of the text with every line end as one LF.
// - A revision is a number that goes up by one with every change. What the page answers carries the
//   revision it is about; an answer about an older text is dropped, because a newer one follows.
// - Everything lives in a shadow root: there CodeMirror's styles are constructed style sheets, which
//   `style-src 'self'` allows, and the page's styles come in as custom properties only (theme.js).

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
import { linter, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorSelection, EditorState, Prec } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
} from "@codemirror/view";

import { highlights, notes, setHighlights, setNotes, tokens } from "./decorations.js";
import { fixMenu, openFixes } from "./fixes.js";
import { tabLeavesUntilUsed } from "./tab.js";
import { theme } from "./theme.js";

/** Marks changes that the page makes: it need not be told of them. */
const fromPage = Annotation.define();

/** Keys of the page. The editor must not take them for its own; they go on to the window. */
const PAGE_KEYS = ["Mod-Enter", "Mod-s", "F8", "Shift-F8", "F6", "Shift-F6", "F1", "Mod-Shift-m"];

/** How many completions are laid out: twice what the list shows. Each costs the key that opens it. */
const RENDERED = 24;

/** Comments of requirements files and of Dockerfiles, for Mod-/. */
const COMMENTS = [{ commentTokens: { line: "#" } }];

/** The attributes that change how the editor looks or behaves, and what each stands for. */
const SETTINGS = {
  /** The accessible name of the text. */
  label: (value) => EditorView.contentAttributes.of({ "aria-label": value ?? "", tabindex: "0" }),
  /** What an empty editor shows. */
  placeholder: (value) => (value ? placeholder(value) : []),
  /** Present: the text can be read and selected, and not changed. */
  readonly: (value) =>
    value === null ? [] : [EditorState.readOnly.of(true), EditorView.editable.of(false)],
  /** Present: long lines wrap. */
  wrap: (value) => (value === null ? [] : EditorView.lineWrapping),
  /** Present: CodeMirror's own parts take their dark form. The colours are the page's. */
  dark: (value) => EditorView.darkTheme.of(value !== null),
};

class WheelstageEditor extends HTMLElement {
  static observedAttributes = Object.keys(SETTINGS);

  /**
   * Offers completions: called with an offset and whether they were asked for by key. Returns null,
   * `{ from, options: [{ label, detail, info, type, apply }] }`, or a promise of either.
   */
  completionSource = null;

  /** Colours a text: called with it. Returns `[from, to, class, ...]`, each class an index in `colours`. */
  colourSource = null;

  /** The classes of coloured text. */
  colours = [];

  /** Explains a place: called with an offset. Returns null, `{ from, to, lines: [text] }`, or a promise. */
  hoverSource = null;

  #compartments = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, new Compartment()]));
  #revision = 0;
  #view;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    this.#view = new EditorView({ state: this.#state(""), root, parent: root });
  }

  attributeChangedCallback(name, _, value) {
    this.#view.dispatch({ effects: this.#compartments[name].reconfigure(SETTINGS[name](value)) });
  }

  /** The text, with LF line ends. */
  get text() {
    return this.#view.state.doc.toString();
  }

  /** The revision of the text. */
  get revision() {
    return this.#revision;
  }

  /** Shows another text, with a history of its own. No event is sent: the caller knows. */
  setText(text, revision) {
    this.#revision = revision;
    this.#view.setState(this.#state(text));
  }

  /**
   * Changes the text as one step that can be undone. `changes` is `[{ from, to, insert }]`, all offsets
   * in the text as it is now. No event is sent: the caller knows.
   */
  applyChanges(changes) {
    this.#view.dispatch({
      changes,
      annotations: [isolateHistory.of("full"), fromPage.of(true)],
      userEvent: "input.patch",
    });
  }

  /**
   * Places that belong together with what the page points at: `ranges` is `[from, to, class, ...]`, each
   * class an index in `classes`.
   */
  setHighlights(revision, ranges, classes) {
    this.#answer(revision, (state) => {
      const effects = [setHighlights.of({ ranges, classes })];
      // What is pointed at elsewhere comes into sight; the text under a person's cursor stays put.
      if (ranges.length && !this.#view.hasFocus) {
        effects.push(EditorView.scrollIntoView(Math.min(ranges[0], state.doc.length), { yMargin: 32 }));
      }
      return { effects };
    });
  }

  /**
   * Problems: `[{ from, to, severity, message, source, actions: [{ id, name }] }]`, severity one of
   * error, warning, info, hint. Choosing an action sends `wheelstage-action` with its id. And remarks
   * below lines: `[{ at, severity, text }]`, `at` any offset in the line.
   */
  setProblems(revision, { underlines, notes }) {
    this.#answer(revision, (state) => {
      const diagnostics = underlines.map(({ actions, ...diagnostic }) => ({
        ...diagnostic,
        from: Math.min(diagnostic.from, state.doc.length),
        to: Math.min(diagnostic.to, state.doc.length),
        actions: actions.map(({ id, name }) => ({ id, name, apply: () => this.#send("wheelstage-action", { id }) })),
      }));
      return { effects: [...setDiagnostics(state, diagnostics).effects, setNotes.of(notes)] };
    });
  }

  /** Selects a range and brings it into view; with `focus`, moves the focus there as well. */
  reveal(from, to, focus) {
    const end = this.#view.state.doc.length;
    const selection = EditorSelection.single(Math.min(from, end), Math.min(to, end));
    // Back to the line's start: where not all of it has room, its start is what is seen.
    const seen = EditorSelection.range(selection.main.to, this.#view.state.doc.lineAt(selection.main.from).from);
    this.#view.dispatch({ selection, effects: EditorView.scrollIntoView(seen, { y: "center" }) });
    if (focus) this.#view.focus();
  }

  /** Brings an offset into the middle, unless somebody is reading or typing here. */
  show(at) {
    if (this.#view.hasFocus) return;
    this.#view.dispatch({ effects: EditorView.scrollIntoView(Math.min(at, this.#view.state.doc.length), { y: "center" }) });
  }

  focus() {
    this.#view.focus();
  }

  #answer(revision, transaction) {
    if (revision === this.#revision) this.#view.dispatch(transaction(this.#view.state));
  }

  #send(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Tells the page of every change of the text and of the selection. */
  #tell(update) {
    if (update.docChanged) {
      this.#revision += 1;
      if (update.transactions.some((transaction) => transaction.annotation(fromPage))) return;
      const changes = [];
      update.changes.iterChanges((from, to, _from, _to, inserted) => {
        changes.push({ from, to, insert: inserted.toString() });
      });
      // The changes are disjoint, in order, and count in the text before them.
      this.#send("wheelstage-change", { revision: this.#revision, changes });
    }
    // A selection that the page sets, or that a change elsewhere moves, is not the person's.
    if (update.view.hasFocus && (update.docChanged || update.selectionSet)) {
      const { from, to } = update.state.selection.main;
      this.#send("wheelstage-selection", { revision: this.#revision, from, to });
    }
  }

  #state(doc) {
    const settings = Object.entries(SETTINGS).map(([name, extension]) =>
      this.#compartments[name].of(extension(this.getAttribute(name))),
    );
    return EditorState.create({
      doc,
      extensions: [
        settings,
        Prec.highest(
          keymap.of([
            ...PAGE_KEYS.map((key) => ({ key, run: () => true })),
            { key: "Mod-.", run: openFixes },
          ]),
        ),
        theme,
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        dropCursor(),
        EditorState.allowMultipleSelections.of(true),
        rectangularSelection(),
        crosshairCursor(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        // Problems are set, never asked for: the page checks as the text changes.
        linter(null),
        lintGutter(),
        autocompletion({
          override: [(context) => this.#complete(context)],
          icons: false,
          maxRenderedOptions: RENDERED,
          // Nothing is chosen before an arrow key: Enter ends the line as it was typed.
          selectOnOpen: false,
        }),
        hoverTooltip((_, offset) => this.#explain(offset)),
        tokens((doc) => this.#colours(doc)),
        highlights,
        notes,
        fixMenu,
        EditorState.languageData.of(() => COMMENTS),
        tabLeavesUntilUsed,
        keymap.of([
          ...defaultKeymap,
          ...historyKeymap,
          ...searchKeymap,
          ...completionKeymap,
          indentWithTab,
        ]),
        EditorView.domEventHandlers({ beforeinput: replaceLines }),
        EditorView.updateListener.of((update) => this.#tell(update)),
      ],
    });
  }

  #colours(doc) {
    return { ranges: this.colourSource?.(doc.toString()) ?? [], classes: this.colours };
  }

  async #complete(context) {
    return (await this.completionSource?.(context.pos, context.explicit)) ?? null;
  }

  async #explain(offset) {
    const found = await this.hoverSource?.(offset);
    if (!found) return null;
    const create = () => {
      const dom = document.createElement("div");
      dom.className = "hover";
      // Text nodes only: what is shown may come from a link that anyone has made.
      dom.append(...found.lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
      return { dom };
    };
    return { pos: found.from, end: found.to, above: true, create };
  }
}

customElements.define("wheelstage-editor", WheelstageEditor);

// Typing over a selection of several lines is done here: left to itself, Chromium joins the lines'
// elements and keeps their looks in style attributes, which the content security policy refuses.
function replaceLines(event, view) {
  const { state } = view;
  const spansLines = state.selection.ranges.some(
    ({ from, to }) => state.doc.lineAt(from).number !== state.doc.lineAt(to).number,
  );
  if (event.inputType !== "insertText" || event.data === null || !spansLines || state.readOnly) return false;
  view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  event.preventDefault();
  return true;
}
