// Sends files one by one, shows how far each has come, and asks what became of it. Without it the plain form does the
// same. It says nothing of its own: its words stand on the form.
"use strict";

(() => {
  const form = document.getElementById("send");
  if (!form) return;
  const input = form.querySelector('input[type="file"]');
  const drop = form.querySelector(".drop");
  const list = document.getElementById("sending");
  const words = form.dataset;
  const AGAIN = 700;
  const waiting = [];
  let busy = false;

  form.classList.add("scripted");
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.remove("over");
    });
  }
  drop.addEventListener("drop", (event) => take(event.dataTransfer.files));

  // Who may read the files is what was chosen when they were, whatever is chosen while they wait.
  function take(files) {
    const chosen = input.multiple ? [...files] : [...files].slice(0, 1);
    for (const file of chosen) {
      const body = new FormData(form);
      body.delete("file");
      body.append("file", file, file.name);
      waiting.push({ file, body, line: row(file.name) });
    }
    next();
  }

  const whom = document.getElementById("for-whom");
  if (whom) {
    const toGroups = whom.querySelector(".to-groups");
    const unknown = toGroups.textContent;
    const tell = () => {
      const groups = [...form.querySelectorAll('[name="group"]:checked')].map((box) => `\u2068${box.value}\u2069`);
      const said = groups.length ? whom.dataset.groups : whom.dataset.nobody;
      toGroups.textContent = (said || unknown).replace("{groups}", () => groups.join(", "));
    };
    form.addEventListener("change", tell);
    addEventListener("pageshow", tell);
  }

  function row(name) {
    const line = document.createElement("li");
    const called = document.createElement("bdi");
    called.className = "name";
    called.textContent = name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    const said = document.createElement("span");
    said.className = "said";
    line.append(called, bar, said);
    list.append(line);
    return { line, bar, said };
  }

  function tell(line, state, said, detail) {
    line.line.className = state;
    line.said.textContent = said;
    if (state !== "sending") line.bar.remove();
    if (detail) {
      const more = document.createElement("span");
      more.className = "faint";
      more.lang = "fr";
      more.dir = "ltr";
      more.textContent = ` (${detail})`;
      line.said.append(more);
    }
  }

  function next() {
    if (busy || !waiting.length) return;
    const { file, body, line } = waiting.shift();
    if (file.size > Number(words.bytes)) {
      tell(line, "refused", words.tooLarge);
      return next();
    }
    busy = true;
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    tell(line, "sending", words.sending);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) line.bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
      busy = false;
      const sent = request.response?.files?.[0];
      if (sent) follow(line, sent);
      else tell(line, "refused", words.lost);
      next();
    });
    request.send(body);
  }

  function follow(line, sent) {
    tell(line, sent.state, sent.said, sent.detail);
    if (sent.done) {
      if (sent.state === "indexed") arrived(line.line, sent);
      return;
    }
    setTimeout(async () => {
      const now = await asked(sent.id);
      if (now) follow(line, now);
      else line.line.remove();
    }, AGAIN);
  }

  async function asked(id) {
    try {
      const answer = await fetch(`${words.state}?envoi=${encodeURIComponent(id)}`);
      return answer.ok ? (await answer.json()).files[0] : null;
    } catch {
      return { id, state: "waiting", said: words.lost, done: false };
    }
  }

  // After a replacement the page is another: it says there what was done. Elsewhere the file's own line says it.
  async function arrived(line, sent) {
    if (words.document) {
      const page = new URL(sent.href, location.href);
      page.searchParams.set("envoi", sent.id);
      return void location.assign(page);
    }
    line.className = "indexed";
    const said = document.createElement("span");
    said.textContent = `${sent.outcome} `;
    const link = document.createElement("a");
    link.href = sent.href;
    link.textContent = words.see;
    line.replaceChildren(said, link);
    await renew();
  }

  // The list as it is now, without losing what is still being sent.
  async function renew() {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["documents", "on-the-way"]) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id)?.replaceWith(fresh);
    }
  }

  // What was sent before this page was opened, and is not read yet.
  for (const line of document.querySelectorAll("#on-the-way [data-waits]")) {
    const said = line.querySelector(".said");
    const again = async () => {
      const now = await asked(line.dataset.upload);
      if (now?.state === "indexed") return void arrived(list.appendChild(document.createElement("li")), now);
      if (!now || now.done) return void renew();
      said.textContent = now.said;
      setTimeout(again, 2 * AGAIN);
    };
    setTimeout(again, AGAIN);
  }
})();
