// What `cargo xtask bench page` measures Wheelstage's page beside: its opening example in two Monaco
// editors that can do what its own can, without a language service, and nothing else.

import * as monaco from "monaco-editor/editor.js";
import "monaco-editor/features/codeAction/register.js";
import "monaco-editor/features/codicon/register.js";
import "monaco-editor/features/comment/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/gotoError/register.js";
import "monaco-editor/features/hover/register.js";
import "monaco-editor/features/multicursor/register.js";
import "monaco-editor/features/suggest/register.js";
import "monaco-editor/languages/definitions/dockerfile/register.js";

import dockerfile from "example/Dockerfile";
import requirements from "example/requirements.txt";

import "./page.css";

self.MonacoEnvironment = {
  getWorker: () => new Worker(new URL("./editor.worker.js", import.meta.url), { type: "module" }),
};

const show = (id, value, language) =>
  monaco.editor.create(document.getElementById(id), { value, language, automaticLayout: true });

show("requirements", requirements, "plaintext");
show("dockerfile", dockerfile, "dockerfile");
