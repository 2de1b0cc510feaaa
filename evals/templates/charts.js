// Charts as SVG. What is above the axis and what is below differ in place, not only in colour.
const WIDTH = 360, HEIGHT = 200, SIDE = 12;

function histogram({ name, up, down, low, high, bins, ticks, format, rules }) {
  const count = (values) => {
    const found = new Array(bins).fill(0);
    for (const value of values) found[Math.min(bins - 1, Math.max(0, Math.floor((value - low) / (high - low) * bins)))] += 1;
    return found;
  };
  const above = count(up), below = count(down);
  const both = down.length > 0, middle = both ? 96 : 160, room = both ? 72 : 136;
  const most = Math.max(1, ...above, ...below), step = (WIDTH - 2 * SIDE) / bins;
  const x = (value) => SIDE + (value - low) / (high - low) * (WIDTH - 2 * SIDE);
  const bars = [];
  above.forEach((n, at) => n && bars.push(bar(at, n, middle - room * n / most, room * n / most, "up")));
  below.forEach((n, at) => n && bars.push(bar(at, n, middle + 1, room * n / most, "down")));
  function bar(at, n, y, height, kind) {
    const from = format(low + at * (high - low) / bins), to = format(low + (at + 1) * (high - low) / bins);
    return h("rect", { class: kind, x: SIDE + at * step + 1, y, width: Math.max(1, step - 2), height, rx: 1.5 },
      title(from + " – " + to + t("colon") + number(n)));
  }
  const base = both ? 184 : 180;
  return h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": name },
    bars,
    h("line", { class: "axis", x1: SIDE, x2: WIDTH - SIDE, y1: middle + .5, y2: middle + .5 }),
    ticks.map((value) => h("svgtext", { x: x(value), y: base + 10, "text-anchor":
      value === low ? "start" : value === high ? "end" : "middle" }, format(value))),
    rules.map(({ at, text }, n) => [
      h("line", { class: "rule", x1: x(at), x2: x(at), y1: 14 + 12 * n, y2: both ? 172 : middle }),
      h("svgtext", { x: x(at) + (x(at) > WIDTH * .62 ? -4 : 4), y: 12 + 12 * n, "text-anchor": x(at) > WIDTH * .62 ? "end" : "start" }, text),
    ]));
}
const title = (text) => { const e = document.createElementNS("http://www.w3.org/2000/svg", "title"); e.textContent = text; return e; };

function card(heading, ...content) {
  return h("figure", { class: "chart" }, h("figcaption", {}, h("h3", {}, heading)), content);
}
function key(first, second) {
  return h("div", { class: "key" }, h("span", {}, h("i"), first), second && h("span", { class: "second" }, h("i"), second));
}
const percentile = (sorted, p) => sorted[Math.max(Math.ceil(sorted.length * p / 100) - 1, 0)];

function scoreChart(cases) {
  const answered = cases.filter((c) => c.answer);
  const up = answered.filter((c) => c.answerable).map((c) => c.answer.score);
  const down = answered.filter((c) => c.refuse).map((c) => c.answer.score);
  if (!up.length && !down.length) return card(t("chart_score"), h("p", { class: "soft small" }, t("nothing_shown")));
  const thresholds = [...new Set(answered.map((c) => c.answer.threshold))];
  return card(t("chart_score"),
    histogram({ name: t("chart_score"), up, down, low: 0, high: 1, bins: 20, ticks: [0, .25, .5, .75, 1], format: (v) => number(v, 2),
      rules: thresholds.length === 1 ? [{ at: thresholds[0], text: t("threshold", { value: number(thresholds[0], 2) }) }] : [] }),
    key(t("chart_score_up") + t("colon") + number(up.length), down.length && t("chart_score_down") + t("colon") + number(down.length)));
}

function latencyChart(cases) {
  const up = cases.filter((c) => c.answer).map((c) => c.seconds);
  const down = cases.filter((c) => c.before && c.before.metrics.seconds != null).map((c) => c.before.metrics.seconds);
  const sorted = [...up].sort((a, b) => a - b), all = [...up, ...down].sort((a, b) => a - b);
  if (!up.length) return card(t("chart_latency"), h("p", { class: "soft small" }, t("nothing_shown")));
  const high = nice(percentile(all, 98) * 1.1), p50 = percentile(sorted, 50), p95 = percentile(sorted, 95);
  const unit = (v) => high < 1.5 ? number(v * 1000) + " ms" : number(v, 1) + " s"; // signs on an axis, as in print
  return card(t("chart_latency"),
    histogram({ name: t("chart_latency"), up, down, low: 0, high, bins: 24, ticks: [0, high / 4, high / 2, high * .75, high], format: unit,
      rules: [{ at: Math.min(p50, high), text: "p50 " + unit(p50) }, { at: Math.min(p95, high), text: "p95 " + unit(p95) }] }),
    key(t("chart_latency_up"), down.length && t("chart_latency_down")));
}
function nice(value) {
  const scale = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].map((n) => n * scale).find((n) => n >= value);
}

function tagChart(cases, pick) {
  const found = new Map();
  for (const c of cases) for (const tag of c.tags) {
    const at = found.get(tag) || { right: 0, all: 0 };
    if (c.judged !== "unjudged") at.all += 1;
    if (c.judged.startsWith("right")) at.right += 1;
    found.set(tag, at);
  }
  const rows = [...found].filter(([, n]) => n.all).sort((a, b) => a[1].right / a[1].all - b[1].right / b[1].all || b[1].all - a[1].all);
  if (!rows.length) return null;
  return card(t("chart_tags"), h("div", { class: "tags" }, rows.map(([tag, { right, all }]) => {
    const fill = h("i"); fill.style.width = 100 * right / all + "%";
    return h("button", { class: "tagbar", type: "button", "aria-pressed": String(state.tag === tag), onclick: () => pick(tag) },
      own("span", { class: "match" }, tag), h("span", { class: "track" }, fill), h("span", { class: "end" }, fig(number(right) + " / " + number(all))));
  })));
}

function historyChart(points, name) {
  const seen = points.filter((p) => p.values[name] != null);
  if (seen.length < 2) return null;
  const values = seen.map((p) => p.values[name]);
  const high = Math.max(...values, 1e-9) <= 1 ? 1 : Math.max(...values), top = 16, bottom = 100, wide = 250;
  const x = (n) => 40 + n * (wide - 64) / (seen.length - 1), y = (v) => bottom - (bottom - top) * v / high;
  const share = high === 1;
  return card(metricName(name), h("svg", { viewBox: `0 0 ${wide} 124`, role: "img", "aria-label": metricName(name) },
    [0, .5, 1].map((part) => [
      h("line", { class: "axis", x1: 40, x2: wide - SIDE, y1: y(part * high), y2: y(part * high) }),
      h("svgtext", { x: 34, y: y(part * high) + 4, "text-anchor": "end" }, share ? percent(part, 0) : number(part * high, 1))]),
    h("path", { class: "curve", d: "M" + seen.map((p, n) => x(n) + " " + y(p.values[name])).join("L") }),
    seen.map((p, n) => h("circle", { class: "dot", cx: x(n), cy: y(p.values[name]), r: 3.5 },
      title(date(p.made_at) + t("colon") + figure(p.values[name], share)))),
    [0, seen.length - 1].map((n) => h("svgtext", { x: n ? wide - SIDE : 40, y: 120, "text-anchor": n ? "end" : "start" },
      seen[n].made_at.slice(0, 10)))));
}
