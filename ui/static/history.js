// The conversations at the side, and what one thinks of an answer. Every word shown comes from the server; a name typed
// here goes to it and comes back as text. Without a service that keeps conversations, it does nothing.
"use strict";

(() => {
  const root = document.documentElement;
  const BASE = "/conversations";
  const ROOMY = matchMedia("(min-width: 1280px)");
  const one = (selector, within = document) => within.querySelector(selector);
  let current = ""; // the conversation that is shown
  let deleted = ""; // the one whose deletion can be undone
  let typing = 0;
  let drawn = 0; // how often the panel was asked for: the last one asked is the one shown
  let naming = false; // a name is being typed: the list waits for it

  // A session that has ended answers with the way in, or with 401: the page says so, and nothing of it is shown here.
  async function asked(path, more = {}) {
    const response = await fetch(BASE + path, { redirect: "manual", ...more });
    const over = response.type === "opaqueredirect" || response.status === 401;
    if (over) document.dispatchEvent(new Event("refused"));
    return response;
  }

  const send = (path, body = {}) =>
    asked(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  async function did(path, body) {
    const response = await send(path, body).catch(() => null);
    one("#history .failed").hidden = !!response?.ok;
    return !!response?.ok;
  }

  // ---- the panel -------------------------------------------------------------------------------------------------

  // The old panel stays until the new one is there whole.
  async function draw() {
    const turn = ++drawn;
    const response = await asked("/panel").catch(() => null);
    const text = response?.ok ? await response.text().catch(() => "") : "";
    if (!text || turn !== drawn) return;
    const wanted = document.cookie.match(/(?:^|; )history=(open|closed)/)?.[1];
    const first = ROOMY.matches && (wanted === "open" || (!wanted && innerWidth >= 1440));
    const open = one("#history") ? root.classList.contains("with-history") : first;
    const sought = one("#history-search")?.value ?? "";
    naming = false;
    for (const old of ["#history", "#history-button", "#opinion-form"]) one(old)?.remove();
    const parsed = new DOMParser().parseFromString(text, "text/html");
    document.body.prepend(...parsed.body.children);
    one("#history-search").value = sought;
    root.classList.add("keeps-history");
    root.classList.toggle("evaluates", one("#history").classList.contains("evaluator"));
    show(open);
    await list();
  }

  async function list() {
    const box = one("#history-list");
    if (!box) return;
    const words = one("#history-search").value;
    const response = await asked(`?q=${encodeURIComponent(words)}`).catch(() => null);
    if (!response?.ok || words !== one("#history-search").value) return;
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    if (naming) return;
    const focused = box.contains(document.activeElement) ? placeOf(document.activeElement) : "";
    box.replaceChildren(...parsed.body.children);
    mark();
    if (focused) (one(focused) ?? one("#history-search")).focus({ preventScroll: true });
  }

  // Where a control of the list will be found again when the list is drawn anew.
  const placeOf = (control) => `#history li[data-id="${control.closest("li")?.dataset.id ?? ""}"] .${control.classList[0] ?? "entry"}`;

  function show(open) {
    root.classList.toggle("with-history", open);
    const panel = one("#history");
    panel.inert = !open;
    one("#history-button").setAttribute("aria-expanded", String(open));
  }

  function toggle(open, focus = true) {
    show(open);
    document.cookie = `history=${open ? "open" : "closed"}; Path=/; Max-Age=31536000; SameSite=Lax`;
    if (focus) one(open ? "#history-search" : "#history-button").focus({ preventScroll: true });
  }

  function mark() {
    for (const item of document.querySelectorAll("#history li")) {
      if (item.dataset.id === current) one(".entry", item).setAttribute("aria-current", "true");
      else one(".entry", item)?.removeAttribute("aria-current");
    }
  }

  function open(id) {
    const box = one("#to-open textarea, #to-open input");
    if (!box) return;
    box.value = id;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => one("#open-it")?.click(), 30);
    if (!ROOMY.matches) toggle(false, false);
  }

  function rename(item) {
    const entry = one(".entry", item);
    const field = document.createElement("input");
    field.className = "naming";
    field.value = entry.textContent;
    field.maxLength = 200;
    field.dir = "auto";
    field.setAttribute("aria-label", one("#history-list").dataset.name);
    naming = true;
    entry.hidden = true;
    item.prepend(field);
    field.select();
    let over = false;
    const end = async (keep) => {
      if (over) return;
      over = true;
      naming = false;
      if (keep && field.value.trim()) await did(`/${item.dataset.id}/rename`, { title: field.value });
      await list();
      one(`#history li[data-id="${item.dataset.id}"] .entry`)?.focus();
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    });
    field.addEventListener("blur", () => end(true));
  }

  async function remove(item) {
    const id = item.dataset.id;
    if (!(await did(`/${id}/delete`))) return;
    deleted = id;
    const undo = one("#history .undo");
    undo.hidden = false;
    if (id === current) one("#new")?.click();
    await list();
    one("button", undo).focus();
  }

  async function undo() {
    if (!(await did(`/${deleted}/restore`))) return;
    one("#history .undo").hidden = true;
    await list();
    one(`#history li[data-id="${deleted}"] .entry`)?.focus();
  }

  // ---- opinions --------------------------------------------------------------------------------------------------

  const numberOf = (turn) => turn.id.slice("turn-".length);

  async function rate(turn, good, more = {}) {
    const response = await send(`/${current}/turns/${numberOf(turn)}/opinion`, { good, ...more }).catch(() => null);
    if (!response?.ok) return;
    press(turn, good);
    one(".thanks", turn).hidden = good === null;
  }

  function press(turn, good) {
    one(".thumb.up", turn)?.setAttribute("aria-pressed", String(good === true));
    one(".thumb.down", turn)?.setAttribute("aria-pressed", String(good === false));
  }

  async function thumb(button) {
    const turn = button.closest(".turn");
    const up = button.matches(".up");
    const taken = button.getAttribute("aria-pressed") === "true";
    one(".opinion", turn)?.remove();
    await rate(turn, taken ? null : up);
    if (!up && !taken) why(turn);
  }

  // A thumb down counts at once; its reason is asked for beside, and may be left out.
  function why(turn) {
    const form = one("#opinion-form").cloneNode(true);
    form.removeAttribute("id");
    form.className = "opinion";
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = new FormData(form);
      await rate(turn, false, { reason: said.get("reason"), comment: said.get("comment") });
      form.remove();
      one(".thumb.down", turn).focus();
    });
    one(".actions", turn).after(form);
    one("select", form).focus();
  }

  async function toCase(button) {
    const turn = button.closest(".turn");
    const response = await send(`/${current}/turns/${numberOf(turn)}/candidate`).catch(() => null);
    if (response?.ok) one(".case-made", turn).hidden = false;
  }

  // ---- what happens on the page ----------------------------------------------------------------------------------

  function refresh() {
    const classes = one("#kept .exports")?.className ?? "";
    const shown = classes.match(/\bshown-(\w+)/)?.[1] ?? "";
    for (const turn of document.querySelectorAll(".turn")) {
      const number = numberOf(turn);
      if (one(".opinion", turn)) continue;
      if (classes.match(new RegExp(`\\b(up|down)-${number}\\b`))) {
        press(turn, new RegExp(`\\bup-${number}\\b`).test(classes));
      }
    }
    current = shown;
    list();
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const item = button.closest("#history li");
    if (button.id === "history-button") toggle(!root.classList.contains("with-history"));
    else if (button.matches("#history .shut")) toggle(false);
    else if (button.matches("#history .entry")) open(item.dataset.id);
    else if (button.matches("#history .rename")) rename(item);
    else if (button.matches("#history .delete")) remove(item);
    else if (button.matches("#history .undo button")) undo();
    else if (button.matches(".thumb")) thumb(button);
    else if (button.matches(".again")) one("#ask-again")?.click();
    else if (button.matches(".to-case")) toCase(button);
    else if (/^to-(fr|ar|en)$/.test(button.id)) draw();
  });

  document.addEventListener("input", (event) => {
    if (event.target.id !== "history-search") return;
    clearTimeout(typing);
    typing = setTimeout(list, 150);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !one("#history")?.contains(event.target)) return;
    event.stopPropagation();
    if (event.target.id === "history-search" && event.target.value) {
      event.target.value = "";
      list();
    } else toggle(false);
  }, true);

  function watch() {
    const foot = one("#kept");
    if (!foot) return void requestAnimationFrame(watch);
    new MutationObserver(refresh).observe(foot, { childList: true, subtree: true, attributes: true });
    draw().then(refresh);
  }
  watch();
})();
