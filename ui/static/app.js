// What the page does by itself: open and close proofs, keys, copy, theme, language. It says nothing of its own: every
// word a person reads comes from the server. It sends nothing anywhere but through the page's own question box.
"use strict";

(() => {
  const root = document.documentElement;
  const YEAR = 31536000;
  const WIDE = matchMedia("(min-width: 1080px)");
  let shown = null; // the proof that is open, as "turn-citation"
  let opener = null; // what has to get the focus back
  let declined = false; // the person closed a proof: no other opens by itself
  let seen = ""; // the last turn that was brought into view

  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const remember = (name, value) => {
    document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
  };

  // ---- proofs ----------------------------------------------------------------------------------------------------

  function openProof(key, { focus = true } = {}) {
    const proof = document.getElementById(`proof-${key}`);
    const panel = one("#proof");
    if (!proof || !panel) return false;
    const copy = proof.cloneNode(true);
    copy.removeAttribute("id");
    copy.tabIndex = -1;
    if (!WIDE.matches) {
      copy.setAttribute("role", "dialog");
      copy.setAttribute("aria-modal", "true");
    } else {
      copy.setAttribute("role", "complementary");
    }
    copy.setAttribute("aria-label", one("h3", copy).textContent);
    one(".previous", copy).disabled = !neighbour(key, -1);
    one(".next", copy).disabled = !neighbour(key, 1);
    panel.replaceChildren(copy);
    root.classList.add("proving");
    shown = key;
    for (const mark of all(".cite")) {
      const current = mark.classList.contains(`at-${key}`);
      mark.classList.toggle("current", current);
      mark.setAttribute("aria-expanded", String(current));
    }
    const text = one(".proof-text", copy);
    const quote = one("mark", text);
    if (quote) text.scrollTop = quote.offsetTop - text.offsetTop - text.clientHeight / 4;
    copy.dispatchEvent(new CustomEvent("proof-opened", { bubbles: true, detail: key }));
    if (focus) copy.focus({ preventScroll: true });
    return true;
  }

  function closeProof() {
    if (!shown) return false;
    const last = one(`.cite.at-${shown}`);
    shown = null;
    root.classList.remove("proving");
    one("#proof")?.replaceChildren();
    for (const mark of all(".cite")) {
      mark.classList.remove("current");
      mark.setAttribute("aria-expanded", "false");
    }
    (opener?.isConnected ? opener : last)?.focus({ preventScroll: true });
    opener = null;
    return true;
  }

  function neighbour(key, step) {
    const [turn, n] = key.split("-");
    const keys = all(`#turn-${turn} .proofs > .proof`).map((proof) => proof.id.slice("proof-".length));
    return keys[keys.indexOf(`${turn}-${n}`) + step] || null;
  }

  // ---- what is clicked -------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const way = target.closest("a.to-account, a.to-login");
    if (way && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault(); // the component that shows it would open a new window
      location.assign(way.href);
      return;
    }
    const button = target.closest("button");
    if (!button) {
      if (target.id === "proof-column" && !WIDE.matches) decline();
      return;
    }
    if (button.matches(".cite")) {
      opener = button;
      declined = false;
      openProof(button.className.match(/\bat-(\d+-\d+)/)[1]);
    } else if (button.matches(".proof .close")) decline();
    else if (button.matches(".proof .previous")) openProof(neighbour(shown, -1));
    else if (button.matches(".proof .next")) openProof(neighbour(shown, 1));
    else if (button.matches(".copy")) copyAnswer(button);
    else if (button.matches(".example")) ask(one(".text", button).textContent);
    else if (button.matches(".scope-open")) showScope(!root.classList.contains("scoping"));
    else if (button.matches(".scope-clear")) {
      one("#unscope")?.click();
      one(".scope-open")?.focus();
    } else if (button.matches(".everywhere")) one("#ask-everywhere")?.click();
    else if (button.id === "theme") switchTheme();
    else if (/^to-(fr|ar|en)$/.test(button.id)) speak(button.id.slice(3));
    else if (button.id === "new") closeProof();
  });

  function decline() {
    declined = true;
    return closeProof();
  }

  async function copyAnswer(button) {
    const text = one(".copied", button.closest(".turn"))?.textContent;
    if (!text) return;
    await navigator.clipboard.writeText(text);
    button.classList.add("copied-now");
    setTimeout(() => button.classList.remove("copied-now"), 2000);
  }

  function ask(text) {
    const box = one("#question textarea");
    if (!box) return;
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => one("#send")?.click(), 30);
  }

  // ---- the frameworks to search in -------------------------------------------------------------------------------

  function showScope(open) {
    root.classList.toggle("scoping", open);
    one(".scope-open")?.setAttribute("aria-expanded", String(open));
    if (open) one("#scope input")?.focus();
  }

  // The line is written anew at each choice: what it says of the list is said again.
  function scopeAnew() {
    one(".scope-open")?.setAttribute("aria-expanded", String(root.classList.contains("scoping")));
  }

  // ---- theme and language ----------------------------------------------------------------------------------------

  function switchTheme() {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset.theme || (dark ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    remember("theme", root.dataset.theme);
  }

  function speak(language) {
    remember("language", language);
  }

  // The language the server has written the page in is the one the page declares.
  function declare() {
    const page = one("#welcome [class*='lang-']");
    const language = page?.className.match(/lang-(fr|ar|en)/)?.[1];
    if (!language) return;
    root.lang = language;
    root.dir = language === "ar" ? "rtl" : "ltr";
    root.classList.remove("pending");
    const name = one("#name")?.textContent;
    if (name) document.title = name;
    for (const button of all("#languages button")) {
      button.lang = button.id.slice(3);
      button.setAttribute("aria-pressed", String(button.id === `to-${language}`));
    }
  }

  // ---- keys ------------------------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const writing = event.target instanceof Element && event.target.closest("textarea, input, [contenteditable]");
    if (event.key === "Escape") {
      if (root.classList.contains("scoping")) {
        showScope(false);
        one(".scope-open")?.focus();
      } else if (!decline() && writing) event.target.blur();
      return;
    }
    if (event.key === "Tab" && shown && !WIDE.matches) return keepInside(event);
    if (writing) return;
    if (event.key === "/") {
      event.preventDefault();
      if (!WIDE.matches) closeProof();
      one("#question textarea")?.focus();
    } else if (/^[1-9]$/.test(event.key)) {
      const turn = shown ? shown.split("-")[0] : all(".turn:has(.proof)").pop()?.id.slice("turn-".length);
      if (!turn) return;
      opener = one(`.cite.at-${turn}-${event.key}`);
      declined = false;
      openProof(`${turn}-${event.key}`);
    } else if (shown && (event.key === "ArrowLeft" || event.key === "ArrowRight") && event.target.closest?.(".proof")) {
      const forward = (event.key === "ArrowRight") === (root.dir !== "rtl");
      const next = neighbour(shown, forward ? 1 : -1);
      if (next) openProof(next);
    }
  });

  // On a narrow page the proof lies over the answer: the focus stays in it.
  function keepInside(event) {
    const stops = all("#proof button:not(:disabled), #proof a:not([hidden]), #proof [tabindex='0']");
    const first = stops[0];
    const last = stops[stops.length - 1];
    if (!first) return;
    const outside = !one("#proof").contains(document.activeElement);
    if (event.shiftKey && (document.activeElement === first || outside)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && (document.activeElement === last || outside)) {
      event.preventDefault();
      first.focus();
    }
  }

  // ---- what the server has written anew --------------------------------------------------------------------------

  function refresh() {
    declare();
    const turns = all(".turn");
    const turn = turns[turns.length - 1];
    if (!turn) {
      seen = "";
      declined = false;
      closeProof();
      return;
    }
    const state = `${turn.id} ${turn.className}`;
    if (state !== seen) {
      const asked = !seen.startsWith(`${turn.id} `);
      seen = state;
      if (asked) {
        showScope(false);
        closeProofQuietly();
        turn.scrollIntoView({ block: "start" });
      }
      announce(turn);
      if (turn.classList.contains("answered")) {
        turn.scrollIntoView({ block: "start" });
        const first = one(".proofs > .proof", turn);
        if (first && WIDE.matches && !declined) openProof(first.id.slice("proof-".length), { focus: false });
      }
    } else if (shown) {
      openProof(shown, { focus: false }) || closeProof();
    }
  }

  function closeProofQuietly() {
    opener = document.activeElement;
    closeProof();
  }

  // A reader of screens hears what became of the question, once.
  let voice = null;
  function announce(turn) {
    if (!voice) {
      voice = document.createElement("div");
      voice.className = "visually-hidden";
      voice.setAttribute("role", "status");
      document.body.append(voice);
    }
    voice.textContent = all(".steps .visually-hidden, .answer, .verdict, .refusal > .mark, .refusal > .reason, .failure", turn)
      .map((part) => part.textContent)
      .join(" ");
  }

  let due = 0;
  function watch() {
    const parts = all("#page, #last");
    if (parts.length < 2) return void requestAnimationFrame(watch);
    const written = new MutationObserver(() => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(refresh);
    });
    for (const part of parts) written.observe(part, { childList: true, subtree: true, characterData: true });
    new MutationObserver(declare).observe(one("#brand"), { childList: true, subtree: true, characterData: true });
    new MutationObserver(scopeAnew).observe(one("#scope-line"), { childList: true, subtree: true });
    refresh();
  }
  WIDE.addEventListener("change", () => shown && openProof(shown, { focus: false }));
  setTimeout(() => root.classList.remove("pending"), 4000);
  watch();
})();
