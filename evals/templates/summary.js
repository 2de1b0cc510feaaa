// The top of the page: the verdict in words, four figures, the conditions, the metrics.
function intro() {
  const run = DATA.run, base = DATA.baseline, verdict = DATA.verdict;
  const judged = DATA.cases.filter((c) => c.judged !== "unjudged"), right = judged.filter((c) => c.judged.startsWith("right"));
  const made = t(run.tag ? "made_tag" : "made", { cases: number(DATA.cases.length), date: date(run.made_at), tag: run.tag });
  const few = verdict && verdict.notes.find((n) => n.kind === "too_few");
  return h("section", { class: "intro" },
    h("h1", {}, t("title", { set: run.set })),
    h("p", { class: "soft" }, made),
    h("p", { class: "lead" }, t("lead", { right: number(right.length), judged: number(judged.length) }), " ",
      base ? t("against", { date: date(base.made_at), broken: number(DATA.broken.length), mended: number(DATA.mended.length) })
        : t("no_baseline")),
    run.missing.length ? h("p", { class: "error" }, t("missing", { n: number(run.missing.length) })) : null,
    verdict && h("div", { class: "verdict" + (verdict.passed ? "" : " failed"), role: "status" },
      h("strong", {}, t(few ? "too_few" : verdict.passed ? "passed" : "failed")),
      verdict.passed ? h("span", {}, few ? reason(few, "gate_note") : t("passed_why")) : h("ul", {}, verdict.reasons.map((r) => h("li", {}, reason(r))))),
    verdict && verdict.notes.filter((n) => n.metric || n.kind.startsWith("seconds"))
      .map((n) => h("p", { class: "small soft gate-note" }, reason(n, "gate_note"))),
    DATA.judge && h("p", { class: "small soft judge" }, t("judge_lead", { model: DATA.judge.model, yes: number(DATA.judge.yes),
      partly: number(DATA.judge.partly), no: number(DATA.judge.no), failed: number(DATA.judge.failed) })),
    conditions(),
    [["only_in_baseline", DATA.only_in_baseline], ["only_in_run", DATA.only_in_run]].map(([name, ids]) => ids.length
      ? h("p", { class: "small soft" }, t(name) + t("colon"), own("span", {}, ids.join(", "))) : null));
}
function reason(r, group = "reason") {
  const metric = DATA.metrics.find((m) => m.name === r.metric), words = { ...r };
  if (metric) {
    const share = (value) => r.relative ? percent(value, 0) : t("points", { value: number(value * 100, value * 1000 % 10 ? 1 : 0) });
    Object.assign(words, { metric: metricName(r.metric), baseline: figure(r.baseline, metric.share), run: figure(r.run, metric.share) });
    if (r.tolerance != null) words.tolerance = share(r.tolerance);
  }
  if (r.p != null) words.p = r.p < 0.001 ? "< " + number(0.001, 3) : number(r.p, 3);
  for (const name of ["low", "high", "typical"]) if (r[name] != null) words[name] = number(r[name], 2);
  if (r.parts) words.parts = r.parts.map((part) => t("parts." + part)).join(", ");
  return t(group + "." + r.kind, words).replace("= <", "<");
}

function tiles() {
  const of = (name) => DATA.metrics.find((m) => m.name === name);
  const pooled = ["false_answer_near", "false_answer_far"].map(of);
  const share = (list) => { // one rate over both kinds of questions to refuse
    const n = list.reduce((sum, [value, counted]) => sum + (value == null ? 0 : counted), 0);
    return n ? list.reduce((sum, [value, counted]) => sum + (value || 0) * counted, 0) / n : null;
  };
  const far = share(pooled.map((m) => [m.value, m.counted]));
  const farBefore = pooled.every((m) => m.change) ? share(pooled.map((m) => [m.change.baseline, m.change.pairs])) : null;
  const p50 = DATA.set_metrics.seconds_p50;
  const tile = (name, value, before, counted, lower, shareOf = true) => {
    const show = (v) => v == null ? "–" : shareOf ? percent(v) : seconds(v);
    const moved = before != null && value != null && Math.abs(value - before) > 5e-4;
    const good = moved && (value > before) !== lower;
    return h("div", { class: "tile" }, h("h3", {}, t(name)),
      h("div", { class: "figure" }, shareOf ? fig(show(value)) : show(value), counted != null ? h("small", {}, " " + t("of", { n: number(counted) })) : null),
      DATA.baseline && h("div", { class: "trend soft" }, !moved ? t("unchanged")
        : h("span", { class: good ? "better" : "worse" }, t("before_value", { value: show(before) }))));
  };
  const correct = of("correctness"), refusals = of("false_refusal"), before = (m) => m.change && m.change.baseline;
  return h("section", { class: "tiles" },
    tile("tile_right", correct.value, before(correct), correct.counted, false),
    tile("tile_false", far, farBefore, pooled.reduce((n, m) => n + m.counted, 0), true),
    tile("tile_refusal", refusals.value, before(refusals), refusals.counted, true),
    tile("tile_seconds", p50.run, p50.baseline, null, true, false));
}

function conditions() {
  const differ = DATA.fingerprints, name = (part) => WORDS[state.lang].parts[part] || part;
  const value = (text) => h("td", {}, own("bdi", {}, text == null ? "–" : text));
  const rows = differ.length
    ? differ.map((d) => h("tr", {}, h("th", { scope: "row" }, name(d.part)), value(d.baseline), value(d.run)))
    : Object.entries(DATA.run.fingerprint).map(([part, text]) => h("tr", {}, h("th", { scope: "row" }, name(part)), value(text)));
  const head = differ.length ? ["part", "before", "now"] : ["part", "value"];
  const heading = differ.length ? t("conditions_differ", { n: number(differ.length) }) : DATA.baseline ? t("conditions_same") : t("conditions");
  return h("details", { open: false }, h("summary", {}, heading), h("div", { class: "scroll" },
    h("table", {}, h("thead", {}, h("tr", {}, head.map((k) => h("th", { scope: "col" }, t(k))))), h("tbody", {}, rows))));
}

function metrics() {
  const compared = Boolean(DATA.baseline);
  const columns = compared ? ["before", "now", "change", "interval", "p", "detectable", "counted"] : ["value", "counted"];
  const optional = new Set(["before", "interval", "p", "detectable", "counted"]);
  const cell = (content, name) => h("td", { class: "figure" + (optional.has(name) && compared ? " optional" : "") },
    typeof content === "string" ? fig(content) : content);
  const head = (name, mark) => h("th", { scope: "row" }, metricWords(name)[0], mark && [" ", mark], h("small", {}, metricWords(name)[1]));
  const row = (m) => {
    const c = m.change, left = m.left_out ? h("small", { class: "soft" }, " " + t("left_out", { n: number(m.left_out) })) : null;
    if (!compared) return h("tr", {}, head(m.name), cell(figure(m.value, m.share)), cell([number(m.counted), left]));
    if (!c || c.difference == null) return h("tr", {}, head(m.name), cell("–", "before"), cell(figure(m.value, m.share)), cell(""), cell("", "interval"), cell("", "p"), cell("", "detectable"), cell("0", "counted"));
    const mark = m.gates ? pill("bad", t("gate_fails")) : m.trend ? h("span", { class: m.trend }, t("trend_" + m.trend)) : null;
    return h("tr", {}, head(m.name, mark), cell(figure(c.baseline, m.share), "before"), cell(figure(c.run, m.share)), cell(signed(c.difference, m.share)),
      cell(c.changed ? signed(c.low, m.share) + " … " + signed(c.high, m.share) : "", "interval"),
      cell(c.changed ? number(c.p_holm, c.p_holm < 0.1 ? 3 : 2) : "", "p"), cell(c.detectable == null ? "" : figure(c.detectable, m.share), "detectable"),
      cell(number(c.pairs), "counted"));
  };
  const whole = Object.entries(DATA.set_metrics).map(([name, v]) => {
    const share = name === "refusal_auroc", change = v.run != null && v.baseline != null ? v.run - v.baseline : null;
    return h("tr", {}, head(name), compared
      ? [cell(figure(v.baseline, share), "before"), cell(figure(v.run, share)), cell(signed(change, share)), cell("", "interval"), cell("", "p"), cell("", "detectable"), cell("", "counted")]
      : [cell(figure(v.run, share)), cell("")]);
  });
  return h("section", {}, h("h2", {}, t("metrics")), h("div", { class: "scroll" }, h("table", { id: "metrics" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("metric")),
      columns.map((k) => h("th", { scope: "col", class: "figure" + (optional.has(k) && compared ? " optional" : "") }, k && t(k))))),
    h("tbody", {}, DATA.metrics.map(row), whole))));
}
