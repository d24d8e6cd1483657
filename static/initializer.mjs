// Says how far the program has come, and what is wrong where it does not start.

const status = document.getElementById("progress");
const say = (text) => {
  if (status) status.textContent = text;
};

export default () => ({
  onStart: () => say("Loading the analysis."),
  onProgress: ({ current, total }) => {
    if (total) say(`Loading the analysis: ${Math.min(100, Math.round((current / total) * 100))} %`);
  },
  onComplete: () => {},
  onSuccess: () => {},
  onFailure: (error) =>
    say(`The analysis could not be started, so only the files are shown. Reload the page to try again. (${error})`),
});
