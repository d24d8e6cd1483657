import { EditorView } from "@codemirror/view";
customElements.define("wheelstage-editor", class extends HTMLElement {
  connectedCallback() { const root = this.attachShadow({ mode: "open" }); new EditorView({ parent: root, root }); }
});
