// What a page says when a question is not taken: that too many ask, that the session has ended, that nothing answers.
// Whoever logs in again finds back what they had typed and the conversation they were in; nobody else does. Every word
// shown comes from the server.
"use strict";

(() => {
  const root = document.documentElement;
  const LEFT = "left";
  const KINDS = ["crowded", "closed", "lost"];
  let told = null; // what Gradio said last

  const one = (selector) => document.querySelector(selector);
  const whose = () => one("#theme-switch .to-account")?.className.match(/\bof-(\w+)/)?.[1] ?? "";

  function say(kind) {
    for (const each of KINDS) root.classList.toggle(each, each === kind);
  }

  // Without accounts there is no session to end.
  async function ended() {
    if (!one(".to-account")) return false;
    const answer = await fetch("/account", { redirect: "manual" }).catch(() => null);
    return answer?.type === "opaqueredirect" || answer?.status === 401;
  }

  function crowds(toast) {
    const line = one("#hints .crowded")?.textContent;
    return !!line && toast.textContent.includes(line);
  }

  // Gradio tells a question that is not taken in English, in a corner: our own line says it instead.
  async function look() {
    const toast = one(".toast-body.error");
    if (toast && crowds(toast)) say("crowded");
    else if (toast && toast !== told) {
      told = toast;
      const over = await ended();
      if (!crowds(toast)) say(over ? "closed" : "lost");
    } else if (!toast) {
      told = null;
      root.classList.remove("crowded", "lost");
    }
  }

  async function closed() {
    if (await ended()) say("closed");
    else root.classList.remove("closed");
  }

  // ---- what is found back ----------------------------------------------------------------------------------------

  function leave() {
    const asked = one(".turn.working .asked bdi")?.textContent ?? "";
    const question = one("#question textarea")?.value || asked;
    const conversation = one("#kept .exports")?.className.match(/\bshown-(\w+)/)?.[1] ?? "";
    sessionStorage.setItem(LEFT, JSON.stringify({ whose: whose(), question, conversation }));
  }

  function write(box, text) {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function comeBack() {
    const box = one("#question textarea");
    const opening = one("#to-open textarea, #to-open input");
    if (!whose() || !box || !opening) return;
    const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
    sessionStorage.removeItem(LEFT);
    if (left?.whose !== whose()) return;
    if (left.question && !box.value) write(box, left.question);
    if (!left.conversation) return;
    write(opening, left.conversation);
    setTimeout(() => one("#open-it")?.click(), 30);
  }

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".to-login")) leave();
  });
  document.addEventListener("refused", closed);
  addEventListener("focus", () => root.classList.contains("closed") && closed());

  function watch() {
    const bar = one("#theme-switch");
    if (!bar) return void requestAnimationFrame(watch);
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    new MutationObserver(comeBack).observe(bar, { childList: true, subtree: true });
    comeBack();
  }
  watch();
})();
