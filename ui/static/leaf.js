// Beside an answer, a document's page as it looks, in the place of its text: it is asked of the server when a proof opens.
// Every word and every place on it comes from there.
"use strict";

(() => {
  const MOST = 20; // pages kept
  const leaves = new Map(); // the pages looked at last, as the server wrote them
  let asText = false; // the person prefers the text of a proof to its page
  let shown = ""; // the proof that is open
  let asking = 0; // which of several pages was asked for last
  let turned = ""; // the page that it was turned to

  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // The text stays in the proof, unseen, for whoever cannot see the picture; it comes back where there is no picture.
  async function showLeaf(proof, address) {
    const turn = ++asking;
    const text = one(".proof-text", proof);
    proof.classList.add("as-page");
    text.tabIndex = -1;
    mark(proof, "page");
    const [path, anchor] = address.split("#");
    const asked = `${path}${path.includes("?") ? "&" : "?"}part=true&within=${proof.clientWidth}`;
    const kept = `${document.documentElement.lang} ${asked}`;
    const held = one(":focus", proof)?.className;
    if (!leaves.has(kept)) {
      proof.setAttribute("aria-busy", "true");
      const answer = await fetch(asked, { redirect: "manual" }).catch(() => null);
      const said = answer?.ok ? await answer.text() : "";
      if (!proof.isConnected || turn !== asking) return;
      proof.removeAttribute("aria-busy");
      if (!said) {
        proof.classList.add("no-page");
        return showText(proof);
      }
      if (leaves.size > MOST) leaves.delete(leaves.keys().next().value);
      leaves.set(kept, said);
    }
    if (!proof.classList.contains("as-page")) return;
    turned = `${path}#${anchor}`;
    const drawn = new DOMParser().parseFromString(leaves.get(kept), "text/html");
    one(".leaf", proof)?.remove();
    text.before(one(".leaf", drawn));
    const leaf = one(".leaf", proof);
    toQuoteOnLeaf(leaf);
    if (held?.includes("turn")) {
      const same = held.split(" ").find((name) => /^(previous|next|nearer|farther)$/.test(name));
      (one(`a.${same}`, leaf) || one(".leaf-room", leaf)).focus({ preventScroll: true });
    }
  }

  // All of the quote where its room is wide enough, else the beginning of its lines.
  function toQuoteOnLeaf(leaf) {
    const room = one(".leaf-room", leaf);
    const marks = all(".leaf-mark", leaf);
    if (!marks.length) return void one(".leaf-beneath", leaf)?.scrollIntoView({ block: "nearest" });
    const here = room.getBoundingClientRect();
    const places = marks.map((mark) => mark.getBoundingClientRect());
    const left = Math.min(...places.map((place) => place.left));
    const right = Math.max(...places.map((place) => place.right));
    const leftwards = /^ar/.test(one(".proof-text", leaf.parentElement).lang);
    room.scrollTop += places[0].top - here.top - here.height / 4;
    if (right - left + 32 <= here.width) room.scrollLeft += (left + right - here.left - here.right) / 2;
    else room.scrollLeft += leftwards ? right - here.right + 16 : left - here.left - 16;
  }

  function toQuoteInText(proof) {
    const text = one(".proof-text", proof);
    const quote = one("mark", text);
    if (quote) text.scrollTop = quote.offsetTop - text.offsetTop - text.clientHeight / 4;
  }

  function showText(proof) {
    proof.classList.remove("as-page");
    one(".leaf", proof)?.remove();
    one(".proof-text", proof).tabIndex = 0;
    mark(proof, "text");
    toQuoteInText(proof);
  }

  function mark(proof, view) {
    for (const way of all(".view a", proof)) {
      if (way.classList.contains(`to-${view}`)) way.setAttribute("aria-current", "true");
      else way.removeAttribute("aria-current");
    }
  }

  document.addEventListener("proof-opened", (event) => {
    const proof = event.target;
    if (shown !== event.detail) turned = "";
    shown = event.detail;
    const page = one(".view .to-page", proof);
    if (page && !asText) showLeaf(proof, turned || page.getAttribute("href"));
  });

  // The links of a proof go to pages of their own; beside an answer they are followed in place.
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
    const link = event.target.closest("#proof .proof a");
    const proof = link?.closest(".proof");
    if (!link) return;
    if (link.matches(".view .to-text")) {
      asText = true;
      showText(proof);
    } else if (link.matches(".view .to-page")) {
      asText = false;
      showLeaf(proof, turned || link.getAttribute("href"));
    } else if (link.matches(".leaf .turn")) {
      showLeaf(proof, link.getAttribute("href"));
    } else return;
    event.preventDefault();
  });
})();
