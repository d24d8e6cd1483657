// How the editor looks. Every colour is a custom property of the page, which reaches into the shadow
// root; light and dark are the page's business.

import { EditorView } from "@codemirror/view";

/** The classes of coloured text. `--token-<name>` of the page is the colour of each. */
const TOKENS = [
  "comment",
  "directive",
  "instruction",
  "keyword",
  "flag",
  "string",
  "number",
  "operator",
  "punctuation",
  "variable",
  "command",
  "path",
  "url",
  "project",
  "version",
  "marker",
  "stage",
  "image",
  "error",
];

const tokens = Object.fromEntries(TOKENS.map((name) => [`.${name}`, { color: `var(--token-${name}, inherit)` }]));

const severities = ["error", "warning", "info", "hint"];

const problems = Object.fromEntries(
  severities.flatMap((severity) => [
    [
      `.cm-lintRange-${severity}`,
      {
        backgroundImage: "none",
        textDecoration: `underline wavy var(--severity-${severity})`,
        textDecorationSkipInk: "none",
        textUnderlineOffset: "3px",
      },
    ],
    [`.cm-diagnostic-${severity}`, { borderLeft: `4px solid var(--severity-${severity})` }],
    [`.note-${severity}`, { color: `var(--severity-${severity}-text, var(--severity-${severity}))` }],
    [
      `.cm-lint-marker-${severity}`,
      {
        content: "normal",
        boxSizing: "border-box",
        border: `2px solid var(--severity-${severity})`,
        // A shape of its own for each, so that colour is not all there is.
        borderRadius: severity === "error" ? "0" : severity === "warning" ? "50% 50% 0 0" : "50%",
        background: severity === "error" ? `var(--severity-${severity})` : "transparent",
      },
    ],
  ]),
);

const panel = {
  color: "var(--editor-text, CanvasText)",
  backgroundColor: "var(--editor-panel, Canvas)",
  borderColor: "var(--editor-border, GrayText)",
};

export const theme = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--editor-text, CanvasText)",
    backgroundColor: "var(--editor-background, Canvas)",
    fontSize: "var(--editor-font-size, 14px)",
  },
  "&.cm-focused": { outline: "none" },
  // The page draws the focus around the whole pane; without its colours, the editor draws its own.
  "@media (forced-colors: active)": { "&.cm-focused": { outline: "2px solid Highlight", outlineOffset: "-2px" } },
  ".cm-scroller": {
    fontFamily: "var(--editor-font, ui-monospace, monospace)",
    lineHeight: "var(--editor-line-height, 1.5)",
  },
  ".cm-content": { caretColor: "var(--editor-caret, CanvasText)", padding: "10px 0" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--editor-caret, CanvasText)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--editor-selection, Highlight)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--editor-match, transparent)" },
  ".cm-searchMatch": { backgroundColor: "var(--editor-found, Mark)" },
  ".cm-searchMatch-selected": { outline: "2px solid var(--editor-focus, Highlight)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--editor-active-line, transparent)" },
  ".cm-gutters": {
    color: "var(--editor-gutter-text, GrayText)",
    backgroundColor: "var(--editor-background, Canvas)",
    borderRight: "none",
    paddingLeft: "6px",
  },
  ".cm-gutter-lint": { width: "1em" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0.3em 0.1em" },
  ".cm-lint-marker": { width: "10px", height: "10px" },
  ".cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLineGutter": {
    color: "var(--editor-text, CanvasText)",
    backgroundColor: "var(--editor-active-line, transparent)",
  },
  ".cm-placeholder": { color: "var(--editor-gutter-text, GrayText)" },
  ".cm-panels": panel,
  ".cm-tooltip": {
    ...panel,
    border: "1px solid var(--editor-border, GrayText)",
    borderRadius: "8px",
    boxShadow: "var(--editor-shadow, none)",
    fontFamily: "var(--editor-words, sans-serif)",
    fontSize: "13px",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--editor-font, monospace)", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px", lineHeight: "1.5" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--editor-words, sans-serif)" },
  ".cm-diagnostic": { padding: "8px 12px", whiteSpace: "pre-wrap" },
  ".cm-diagnosticSource": { opacity: "1", color: "var(--editor-gutter-text, GrayText)" },
  ".cm-diagnosticAction, .fixes button": {
    font: "inherit",
    minHeight: "24px",
    padding: "2px 8px",
    border: "none",
    borderRadius: "5px",
    cursor: "pointer",
  },
  ".cm-diagnosticAction": {
    margin: "6px 6px 0 0",
    color: "inherit",
    background: "none",
    border: "1px solid var(--editor-border, GrayText)",
  },
  ".cm-diagnosticAction:hover": { borderColor: "var(--editor-focus, Highlight)" },
  // The best three: the menu of Mod-. has all of them, and so has the page.
  ".cm-diagnosticAction:nth-of-type(n + 4)": { display: "none" },
  ".fixes": { display: "grid", padding: "4px" },
  ".fixes button": { padding: "5px 12px", textAlign: "left", color: "inherit", background: "none" },
  ".fixes button:focus, .fixes button:hover": {
    outline: "none",
    color: "var(--editor-background, HighlightText)",
    backgroundColor: "var(--editor-focus, Highlight)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--editor-background, HighlightText)",
    background: "var(--editor-focus, Highlight)",
  },
  ".cm-tooltip.cm-tooltip-hover": { maxWidth: "min(40rem, 90vw)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--editor-border, GrayText)" },
  ".cm-panel.cm-search": { padding: "8px 32px 6px 10px", fontFamily: "var(--editor-words, sans-serif)", fontSize: "13px" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": {
    margin: "0 6px 4px 0",
    font: "inherit",
  },
  ".cm-panel.cm-search input[type=checkbox]": { accentColor: "var(--editor-focus, Highlight)" },
  ".cm-panel.cm-search :focus-visible": { outline: "2px solid var(--editor-focus, Highlight)", outlineOffset: "1px" },
  ".cm-panel.cm-search [name=close]": { top: "6px", right: "4px", width: "24px", height: "24px", color: "inherit" },
  ".cm-button, .cm-textfield": {
    ...panel,
    backgroundImage: "none",
    minHeight: "26px",
    padding: "1px 8px",
    border: "1px solid var(--editor-gutter-text, GrayText)",
    borderRadius: "6px",
  },
  ".cm-button": { cursor: "pointer" },
  ".cm-button:hover": { borderColor: "var(--editor-focus, Highlight)" },
  ".highlight": { backgroundColor: "var(--editor-highlight, Mark)", borderRadius: "2px" },
  ".highlight-line": {
    backgroundColor: "var(--editor-highlight-line, transparent)",
    boxShadow: "inset 3px 0 0 var(--editor-focus, Highlight)",
  },
  ".note": {
    padding: "0 16px 3px calc(8px + 1ch)",
    fontFamily: "var(--editor-words, sans-serif)",
    fontSize: "0.9em",
    lineHeight: "1.35",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
  ".note::before": { content: "'└ '", fontFamily: "var(--editor-font, monospace)", opacity: "0.7" },
  ".hover": { padding: "8px 12px" },
  ".hover p:first-child": { fontWeight: "600" },
  ".hover p": { margin: "0.125rem 0", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ...tokens,
  ...problems,
});
