"use strict";
// Words, numbers and elements: everything the page writes goes through `h`, as text and never as markup.
const WORDS = JSON.parse(document.getElementById("words").textContent);
const DATA = JSON.parse(document.getElementById("data").textContent);
const state = { lang: "fr", q: "", tag: "", language: "", judged: "", flip: "", sort: "set" };

function t(key, values = {}) {
  let text = key.split(".").reduce((part, name) => (part == null ? part : part[name]), WORDS[state.lang]);
  if (text == null) text = key.split(".").pop();
  return text.replace(/\{(\w+)\}/g, (_, name) => (name in values ? values[name] : ""));
}
const number = (value, digits = 0) => new Intl.NumberFormat(WORDS[state.lang].locale,
  { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
const percent = (value, digits = 1) => value == null ? "–" : new Intl.NumberFormat(WORDS[state.lang].locale,
  { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
const seconds = (value) => value < 1.5 ? t("ms", { value: number(value * 1000) }) : t("seconds", { value: number(value, 1) });
const date = (text) => new Intl.DateTimeFormat(WORDS[state.lang].locale, { dateStyle: "long" }).format(new Date(text));
const metricWords = (name) => WORDS[state.lang].metric_names[name] || [name, ""];
const metricName = (name) => metricWords(name)[0];
function figure(value, share) { return value == null ? "–" : share ? percent(value) : number(value, 3); }
function signed(value, share) {
  if (value == null) return "";
  const scaled = share ? value * 100 : value, digits = share ? 1 : 3;
  if (Math.abs(scaled) < 0.5 / 10 ** digits) return "0";
  return (scaled > 0 ? "+" : "−") + number(Math.abs(scaled), digits);
}

function h(tag, attributes, ...children) {
  const space = ["svg", "rect", "line", "path", "circle", "g"].includes(tag) || tag === "svgtext";
  const element = space ? document.createElementNS("http://www.w3.org/2000/svg", tag === "svgtext" ? "text" : tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== ""));
  return element;
}
// Text from a set, an answer or a document: its direction is its own, whatever the interface's.
const own = (tag, attributes, text) => h(tag, { dir: "auto", ...attributes }, text);
// A figure is read from left to right in every language; one with words beside it is not a figure.
const fig = (text) => h("span", { class: "number" }, text);
const pill = (kind, text) => h("span", { class: "pill " + kind }, text);

const MARKS = /[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g;
function fold(text) {
  return text.normalize("NFD").replace(MARKS, "").toLowerCase().replace(/[أإآٱ]/g, "ا").replace(/ة/g, "ه")
    .replace(/ى/g, "ي").replace(/[’‘]/g, "'");
}
