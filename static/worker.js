// Runs the page's own module in a worker: the same glue, the same wasm, one download.
// The page names the glue (`worker.js?app=wheelstage-<hash>`), because the build hashes its name.

const scope = new URL(self.location.href).searchParams;
const app = scope.get("app") ?? "";

// What ends the worker is told to the page, which restarts it: an uncaught error (a trap in wasm
// is one) would otherwise only show in the console.
const channel = new BroadcastChannel(`wheelstage-worker-${scope.get("id") ?? ""}`);
// A panic of the program has left its message beforehand.
const died = (reason) => {
  const trap = String(reason?.stack ?? reason?.message ?? reason);
  channel.postMessage(self.panicMessage ? `${self.panicMessage}\n\n${trap}` : trap);
};
self.addEventListener("error", (event) => died(event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => died(event.reason));

// A file of this folder and nothing else: the address may have been made up by anyone.
if (!/^[\w-]+$/.test(app)) throw new Error(`no such application: ${app}`);

const { default: start } = await import(`./${app}.js`);
await start({ module_or_path: new URL(`./${app}_bg.wasm`, import.meta.url) });
