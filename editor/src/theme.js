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
  "&.cm-focused": { outline: "2px solid var(--editor-focus, Highlight)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: "var(--editor-font, ui-monospace, monospace)",
    lineHeight: "var(--editor-line-height, 1.5)",
  },
  ".cm-content": { caretColor: "var(--editor-caret, CanvasText)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--editor-caret, CanvasText)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--editor-selection, Highlight)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--editor-match, transparent)" },
  ".cm-searchMatch": { backgroundColor: "var(--editor-found, Mark)" },
  ".cm-searchMatch-selected": { outline: "2px solid var(--editor-focus, Highlight)" },
  ".cm-activeLine": { backgroundColor: "var(--editor-active-line, transparent)" },
  ".cm-gutters": {
    color: "var(--editor-gutter-text, GrayText)",
    backgroundColor: "var(--editor-background, Canvas)",
    borderRight: "1px solid var(--editor-border, GrayText)",
  },
  ".cm-activeLineGutter": { backgroundColor: "var(--editor-active-line, transparent)" },
  ".cm-placeholder": { color: "var(--editor-gutter-text, GrayText)" },
  ".cm-panels": panel,
  ".cm-tooltip": { ...panel, border: "1px solid var(--editor-border, GrayText)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--editor-background, HighlightText)",
    background: "var(--editor-focus, Highlight)",
  },
  ".cm-tooltip.cm-tooltip-hover": { maxWidth: "min(40rem, 90vw)" },
  ".cm-button, .cm-textfield": { ...panel, backgroundImage: "none", color: "inherit", minHeight: "24px" },
  ".highlight": { backgroundColor: "var(--editor-highlight, Mark)" },
  ".note": { padding: "0 0 0 2ch", fontSize: "0.9em", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".hover": { padding: "0.25rem 0.5rem" },
  ".hover p": { margin: "0.125rem 0", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ...tokens,
  ...problems,
});
