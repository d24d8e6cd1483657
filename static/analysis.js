// The analysis, a wasm module of its own beside the page's: `xtask/src/split.rs` cuts it off. It has
// code and nothing else; instantiating it puts its functions into the table that the page's module
// calls them through. Where the build did not cut, there is nothing to fetch.

let page;
let address;

/** Told first: the exports of the page's module, and where the analysis lies. */
export function analysisIs(exports, at) {
  page = exports;
  address = at;
}

/** Fetches the analysis, and puts it into its place. */
export async function fetchAnalysis() {
  if (isThere()) return;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const compiled = response.headers.get("Content-Type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
  place(await compiled);
}

/** The same at once, for a call that came before: the caller waits for an answer. */
export function analysisNow() {
  if (isThere()) return;
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  // On the page's thread a request that is waited for may ask for nothing but text: one letter a byte.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${address}: ${request.status}`);
  place(new WebAssembly.Module(Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0))));
}

const isThere = () => !page.analysis || page.analysis.value === 1;

const place = (module) => {
  new WebAssembly.Instance(module, { page });
  page.analysis.value = 1;
};
