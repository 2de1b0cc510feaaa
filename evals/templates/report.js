// The page: bar, summary, charts, filters and the list. What is chosen is kept in the address, to be sent as a link.
const LANGUAGES = { fr: "FR", ar: "ع", en: "EN" };
const ATTENTION = ["broken", "mended", "changed", "new"];
let list, counter, charts, empty;

DATA.cases.forEach((c, at) => {
  c.at = at;
  c.words = fold([c.id, c.question, c.note || "", ...(c.history || []), ...c.tags, c.error || "",
    ...c.expect.flatMap((group) => group.any), c.answer ? c.answer.reason_text : "",
    ...(c.answer ? c.answer.sentences.map((s) => s.text) : []), ...(c.before ? [c.before.text] : [])].join("\n"));
});

function bar() {
  const button = (lang) => h("button", { type: "button", lang, "aria-pressed": String(state.lang === lang),
    onclick: () => { state.lang = lang; draw(); } }, LANGUAGES[lang]);
  const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  document.getElementById("bar").replaceChildren(
    h("span", { class: "name" }, own("bdi", {}, DATA.run.set)),
    h("div", { class: "switch", role: "group", "aria-label": t("language") }, Object.keys(LANGUAGES).map(button)),
    h("button", { class: "theme", type: "button", title: t("theme"), "aria-label": t("theme"),
      onclick: () => { document.documentElement.dataset.theme = dark() ? "light" : "dark"; } }, "◐"));
}

function filters() {
  const select = (name, label, options) => h("label", {}, label, h("select", { "data-filter": name, onchange: (event) => choose(name, event.target.value) },
    options.map(([value, text]) => h("option", { value, selected: state[name] === value }, text))));
  const present = (key, words) => Object.keys(words).filter((name) => DATA.cases.some((c) => c[key] === name)).map((name) => [name, words[name]]);
  const tags = [...new Set(DATA.cases.flatMap((c) => c.tags))].sort((a, b) => a.localeCompare(b));
  const w = WORDS[state.lang];
  const judged = [...Object.entries(w.judged_groups), ...present("judged", w.judged)];
  counter = h("span", { role: "status" });
  return h("div", { class: "filters" },
    h("label", { class: "text" }, t("search"), h("input", { type: "search", id: "search", value: state.q, placeholder: t("search_hint"),
      oninput: (event) => choose("q", event.target.value) })),
    select("tag", t("filter_tag"), [["", t("all")], ...tags.map((tag) => [tag, tag])]),
    select("judged", t("filter_judged"), [["", t("all")], ...judged]),
    DATA.baseline ? select("flip", t("filter_flip"), [["", t("all")], ...present("flip", w.flip)]) : null,
    select("language", t("filter_language"), [["", t("all_f")], ...present("language", w.languages)]),
    select("sort", t("sort"), Object.entries(w.sorts)),
    h("div", { class: "state" }, counter,
      h("button", { class: "link", type: "button", id: "clear", onclick: clear }, t("clear")),
      h("button", { class: "link", type: "button", onclick: () => openAll(true) }, t("open_all")),
      h("button", { class: "link", type: "button", onclick: () => openAll(false) }, t("close_all"))));
}
function choose(name, value) { state[name] = value; apply(name === "sort"); }
function clear() { Object.assign(state, { q: "", tag: "", language: "", judged: "", flip: "" }); draw(); }
function openAll(open) { for (const card of list.children) if (!card.hidden) toggle(card, open); }

function matchesFilters(c, words) {
  if (state.tag && !c.tags.includes(state.tag)) return false;
  if (state.language && c.language !== state.language) return false;
  if (state.flip && c.flip !== state.flip) return false;
  if (state.judged === "*right" && !GOOD.includes(c.judged)) return false;
  if (state.judged === "*wrong" && (GOOD.includes(c.judged) || c.judged === "unjudged")) return false;
  if (state.judged && state.judged[0] !== "*" && c.judged !== state.judged) return false;
  return words.every((word) => c.words.includes(word));
}
const SORTS = {
  set: (a, b) => a.at - b.at,
  attention: (a, b) => worth(a) - worth(b) || a.at - b.at,
  score: (a, b) => (a.answer ? a.answer.score : -1) - (b.answer ? b.answer.score : -1) || a.at - b.at,
  seconds: (a, b) => b.seconds - a.seconds || a.at - b.at,
  question: (a, b) => a.question.localeCompare(b.question) || a.at - b.at,
};
function worth(c) {
  const flip = ATTENTION.indexOf(c.flip), good = GOOD.includes(c.judged) || c.judged === "unjudged";
  return c.judged === "failed" ? -1 : flip >= 0 && flip < 2 ? flip : good ? (flip >= 0 ? 4 : 5) : 3;
}

function apply(sorted) {
  const words = fold(state.q).split(/\s+/).filter(Boolean);
  const chosen = [];
  for (const c of DATA.cases) {
    const shown = matchesFilters(c, words);
    c.card.hidden = !shown;
    if (shown) chosen.push(c);
  }
  if (sorted) list.append(...[...DATA.cases].sort(SORTS[state.sort] || SORTS.set).map((c) => c.card));
  counter.textContent = t("shown", { n: number(chosen.length), total: number(DATA.cases.length) });
  empty.hidden = chosen.length > 0;
  document.getElementById("clear").hidden = !["q", "tag", "language", "judged", "flip"].some((name) => state[name]);
  drawCharts(chosen);
  remember();
}
function drawCharts(chosen) {
  const pick = (tag) => { state.tag = state.tag === tag ? "" : tag; document.querySelector('[data-filter="tag"]').value = state.tag; apply(false); };
  charts.replaceChildren(...[scoreChart(chosen), latencyChart(chosen), tagChart(chosen, pick)].filter(Boolean));
  document.getElementById("charts-shown").textContent = t("charts_shown", { n: number(chosen.length) });
}
function remember() {
  const kept = new URLSearchParams(Object.entries(state).filter(([name, value]) => value && !(name === "sort" && value === "set")));
  try { history.replaceState(null, "", "#" + kept); } catch { /* some viewers refuse: the page works without */ }
}
function recall() {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(state)) if (asked.has(name)) state[name] = asked.get(name);
  if (!asked.has("lang")) state.lang = (navigator.languages || []).map((l) => l.slice(0, 2)).find((l) => l in LANGUAGES) || "fr";
  if (!(state.lang in LANGUAGES)) state.lang = "fr";
  if (!(state.sort in SORTS)) state.sort = "set";
}

function draw() {
  document.documentElement.lang = state.lang;
  document.documentElement.dir = state.lang === "ar" ? "rtl" : "ltr";
  document.title = t("title", { set: DATA.run.set });
  bar();
  const open = new Set(DATA.cases.filter((c) => c.card && !c.card.querySelector(".body").hidden).map((c) => c.id));
  charts = h("div", { class: "charts" });
  empty = h("p", { class: "soft" }, t("none"));
  list = h("div", { class: "list" });
  for (const c of DATA.cases) { c.card = caseCard(c); c.card.of = c; list.append(c.card); if (open.has(c.id)) toggle(c.card, true); }
  const curves = DATA.chosen.map((name) => historyChart(DATA.history, name)).filter(Boolean);
  document.getElementById("main").replaceChildren(intro(), tiles(),
    h("section", {}, h("div", {}, h("h2", {}, t("charts")), h("p", { class: "soft small", id: "charts-shown" })), charts),
    ...(curves.length ? [h("section", {}, h("h2", {}, t("chart_history")), h("div", { class: "charts small-ones" }, curves))] : []),
    metrics(),
    h("section", { id: "cases" }, h("h2", {}, t("cases")), filters(), list, empty));
  apply(true);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) {
    event.preventDefault();
    document.getElementById("search").focus();
  }
});
recall();
draw();
