// While a run is under way its page tells how far it is, each second; when it has ended the page is shown anew.
// Every word comes from the server. Without this script the page asks again by itself.
"use strict";

(() => {
  const bar = document.querySelector("#now progress");
  if (!bar) return;
  let wait = 500;

  async function look() {
    const response = await fetch("/evaluations/progress").catch(() => null);
    if (response?.status === 401 || response?.status === 403) return void location.reload();
    if (!response?.ok) wait = Math.min(2 * wait, 8000); // the service may be starting again
    else {
      wait = 700;
      const now = await response.json();
      if (!now.running) return void location.reload();
      if (now.total) {
        bar.max = now.total;
        bar.value = now.done;
      }
      const said = document.querySelector("#now .said-now");
      if (said.textContent !== now.said) said.textContent = now.said;
    }
    setTimeout(look, wait);
  }
  setTimeout(look, wait);
})();
