// One case: a line that says what became of it, and, when opened, the answer on one side and its proof on the other.
const GOOD = ["right", "right_refusal"], BAD = ["wrong", "false_answer", "failed"];
const judgedKind = (judged) => GOOD.includes(judged) ? "good" : BAD.includes(judged) ? "bad" : judged === "false_refusal" ? "warn" : "";
const judgedMark = (judged) => GOOD.includes(judged) ? "✓ " : judged === "unjudged" ? "" : "✗ ";
const flipKind = { broken: "bad", mended: "good", changed: "warn", new: "" };
const flipMark = { broken: "↓ ", mended: "↑ ", changed: "~ ", new: "+ " };

function caseCard(c) {
  const body = h("div", { class: "body", hidden: true });
  const button = h("button", { class: "head", type: "button", "aria-expanded": "false", onclick: () => toggle(c.card, body.hidden) },
    h("span", { class: "marks" }, pill(judgedKind(c.judged), judgedMark(c.judged) + t("judged." + c.judged)),
      c.flip && c.flip !== "same" ? pill(flipKind[c.flip], flipMark[c.flip] + t("flip." + c.flip)) : null),
    own("span", { class: "question match" }, c.question),
    h("span", { class: "figures" }, c.answer ? h("span", {}, t("score_short", { value: number(c.answer.score, 2) })) : null,
      h("span", {}, seconds(c.seconds)), c.judge ? h("span", { class: "judge" }, t("judge") + t("colon") + opinion(c.judge, false)) : null),
    h("span", { class: "below" }, own("span", {}, c.id), c.must_pass ? h("span", { class: "tag" }, t("must_pass")) : null,
      c.tags.map((tag) => own("span", { class: "tag" }, tag))));
  return h("article", { class: "case " + (c.flip || ""), "data-id": c.id }, button, body);
}
function toggle(card, open) {
  const body = card.querySelector(".body"), c = card.of;
  if (open && !body.childElementCount) body.append(...caseBody(c));
  body.hidden = !open;
  card.querySelector(".head").setAttribute("aria-expanded", String(open));
}

function caseBody(c) {
  const block = (heading, ...content) => h("div", { class: "block" }, h("h3", {}, heading), content);
  return [
    h("div", {},
      c.history && block(t("history_of"), h("ol", {}, c.history.map((text) => own("li", {}, text)))),
      block(t("expected"), expected(c)),
      answerBlock(c, block),
      c.judge ? block(t("judge"), own("p", { class: "small" }, opinion(c.judge, true))) : null,
      changes(c, block),
      c.note ? block(t("note"), own("p", { class: "small" }, c.note)) : null,
      c.framework || (c.weight || 1) !== 1 ? h("p", { class: "small soft" }, c.framework ? t("framework", { name: c.framework }) + " " : "",
        (c.weight || 1) !== 1 ? t("weight", { n: number(c.weight, 1) }) : "") : null),
    h("div", {}, proof(c, block)),
    h("div", { class: "block wide" }, h("h3", {}, t("measures")), measures(c)),
  ];
}

const opinion = (judge, whole) => judge.error ? t("judge_failed", { text: whole ? judge.error : "" }).replace(/[\s:]+$/, "")
  : (whole ? judge.sentences : [...new Set(judge.sentences)]).map((said) => t("judge_of." + said)).join(", ");

function expected(c) {
  const code = (pattern) => pattern.startsWith("re:") ? h("code", { dir: "ltr" }, pattern) : own("bdi", {}, pattern);
  const items = c.expect.map((group) => h("li", { class: group.found ? "yes" : "no" },
    h("span", {}, group.any.flatMap((pattern, n) => n ? [h("span", { class: "soft" }, " " + t("or") + " "), code(pattern)] : [code(pattern)]))));
  items.push(...c.forbid.map((f) => h("li", { class: f.found ? "no" : "yes" }, h("span", {}, t("forbidden", { text: "" }), code(f.text)))));
  items.push(...c.relevant.map((r) => h("li", { class: r.found ? "yes" : "no" }, h("span", {}, own("b", {}, r.document),
    r.page ? " " + t("page", { n: number(r.page) }) : "", h("span", { class: "soft small" }, " · " + t(r.found ? "found" : "not_found") + " · " + t(r.cited ? "cited" : "not_cited"))))));
  if (c.refuse) items.unshift(h("li", { class: c.answer && c.answer.refused ? "yes" : "no" }, t("expect_refusal") + " (" + t(c.refuse) + ")"));
  return items.length ? h("ul", { class: "checks" }, items) : h("p", { class: "soft" }, t("free"));
}

function answerBlock(c, block) {
  const a = c.answer, found = [];
  if (c.error) found.push(block(t("error"), h("p", { class: "error", dir: "ltr" }, c.error)));
  if (!a) return found;
  const score = h("p", { class: "small soft" }, t("score", { score: number(a.score, 3), threshold: number(a.threshold, 2) }));
  const understood = a.understood_as !== c.question ? own("p", { class: "small soft" }, t("understood", { text: a.understood_as })) : null;
  if (a.refused) return [...found, block(t("refusal"), own("div", { class: "refused" }, a.reason_text || a.reason), understood, score)];
  const text = a.sentences.map((s) => own("p", { class: "prose", lang: a.language, title: t("verdict." + s.verdict) }, [s.text,
    h("sup", {}, s.citations.map((n) => h("button", { type: "button", onclick: () => show(c, n), "aria-label": t("citations") + " " + n }, number(n))))]));
  const count = {};
  for (const s of a.sentences) count[s.verdict] = (count[s.verdict] || 0) + 1;
  const said = Object.entries(count).map(([verdict, n]) => number(n) + " " + t("verdict." + verdict)).join(" · ");
  const removed = a.removed.length ? h("details", { class: "small" },
    h("summary", {}, a.removed.length === 1 ? t("removed_one") : t("removed", { n: number(a.removed.length) })),
    h("ul", {}, a.removed.map((r) => h("li", {}, own("del", {}, r.text), h("span", { class: "soft" }, " " + t("removed_reason", { reason: r.reason })))))) : null;
  return [...found, block(t("answer"), text, h("p", { class: "small soft" }, t("sentences") + t("colon") + said), removed, understood, score)];
}
function show(c, n) {
  const source = c.card.querySelector(`[data-n="${n}"]`);
  if (!source) return;
  source.scrollIntoView({ block: "nearest" });
  source.classList.add("flash");
  setTimeout(() => source.classList.remove("flash"), 1200);
}

function changes(c, block) {
  if (!c.before) return null;
  const b = c.before, a = c.answer, lines = [];
  if (b.refused && !(a && a.refused)) lines.push(h("p", { class: "small soft" }, t("was_refused")));
  else if (!b.refused && !b.text) lines.push(h("p", { class: "small soft" }, t("was_failed")));
  else if (!b.refused && a && a.refused) lines.push(h("p", { class: "small soft" }, t("was_answered")));
  if (!c.diff.length && !lines.length) return h("p", { class: "small soft" }, t("same_text"));
  const tag = { "=": "span", "-": "del", "+": "ins" };
  if (c.diff.length) lines.push(h("div", { class: "diff", dir: "auto" }, c.diff.map(([sign, text]) => h(tag[sign], {}, text))));
  return block(t("diff"), lines, b.cited.length ? h("p", { class: "small soft" }, t("cited_before") + t("colon"),
    own("bdi", {}, b.cited.map(([document, page]) => document + (page ? " " + t("page", { n: page }) : "")).join(", "))) : null);
}

function proof(c, block) {
  const a = c.answer;
  if (!a) return [];
  const place = (value, mark) => h("div", { class: "place" }, mark,
    h("b", {}, value.n ? number(value.n) + "\u2002" : "", own("bdi", {}, value.title || value.document)),
    value.page ? h("span", {}, t("page", { n: number(value.page) })) : null,
    value.headings && value.headings.length ? own("span", {}, value.headings[value.headings.length - 1]) : null);
  const citations = a.citations.map((s) => h("div", { class: "source", "data-n": s.n },
    place(s, null), own("div", {}, h("q", {}, s.quote))));
  const passages = a.passages.map((p) => h("div", { class: "source" },
    place(p, p.relevant ? pill("good", "✓ " + t("useful")) : null), own("p", { class: "passage", tabindex: "0" }, p.text),
    h("p", { class: "small soft" }, t("score_short", { value: number(p.score, 3) }))));
  return [a.refused ? null : block(t("citations"), citations.length ? citations : h("p", { class: "soft" }, t("no_citation"))),
    passages.length ? block(t(a.refused ? "passages_refused" : "passages"), passages) : null];
}

function measures(c) {
  const before = c.before && c.before.metrics;
  const rows = DATA.metrics.filter((m) => c.metrics[m.name] != null).map((m) => {
    const now = c.metrics[m.name], was = before && before[m.name];
    const moved = was != null && Math.abs(was - now) > 1e-6 && m.name !== "seconds";
    return h("div", {}, h("dt", { class: "soft" }, metricName(m.name)), h("dd", {}, fig((moved ? number(was, 2) + " → " : "") + number(now, 2))));
  });
  return h("dl", { class: "values" }, rows);
}
