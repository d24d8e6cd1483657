// Says how far the program has come, and what is wrong where it does not start.

const status = document.getElementById("progress");
const say = (text) => {
  if (status) status.textContent = text;
};

export default () => ({
  onStart: () => say("Loading the playground."),
  onProgress: ({ current, total }) => {
    if (total) say(`Loading the playground: ${Math.min(100, Math.round((current / total) * 100))} %`);
  },
  // The page's program has come. The worker will want the analysis: on a slow line it is on its way by
  // then. What fails here, the worker tries again.
  onComplete: () => {
    const analysis = document.querySelector("meta[name=analysis]")?.content;
    if (analysis) fetch(analysis).then((response) => response.arrayBuffer()).catch(() => {});
  },
  onSuccess: () => {},
  onFailure: (error) =>
    say(`The playground could not be started, so only the files are shown. Reload the page to try again. (${error})`),
});
