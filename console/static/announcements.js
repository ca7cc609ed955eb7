// The editor of announcements: preview, limits, saving by itself; and the page that watches one.
"use strict";

(() => {
  const QUIET_MS = 1500;
  const token = document.querySelector('meta[name="csrf-token"]').content;

  const by = (id) => document.getElementById(id);

  function tell(id, words) {
    const place = by(id);
    if (!place) return;
    place.textContent = words;
    place.hidden = !words;
  }

  // The editor

  const form = by("editor");

  function edit() {
    const facts = form.dataset;
    const fields = form.elements;
    const preview = by("preview");
    let timer = 0;
    let saving = null;
    let again = false;
    let stuck = false;

    const chosen = () => [...form.querySelectorAll('input[name="roads"]:checked')]
      .filter((box) => !box.closest("[hidden]")).map((box) => box.value);
    const length = (text) => text.normalize("NFC").length;

    function filled(text) {
      return text.replaceAll("{co_quan}", facts.agency).replaceAll("{ngay}", facts.day)
        .replaceAll("{lien_ket}", fields.link.value.trim() ? facts.link : "");
    }

    function hasPicture() {
      const file = fields.picture.files[0];
      const drop = fields.drop_picture;
      return Boolean(file) || Boolean(preview.querySelector("img").getAttribute("src") && !(drop && drop.checked));
    }

    function message() {
      const linked = fields.link.value.trim() !== "";
      let text = filled(fields.text.value.trim());
      const inText = linked && text.includes(facts.link);
      if (linked && !inText && hasPicture()) text += `\n\n${facts.more}`;
      const button = linked && !inText && !hasPicture();
      return { text: `${filled(fields.title.value.trim())}\n\n${text}\n\n${facts.ending}`, button };
    }

    function summary() {
      const line = filled(fields.text.value).split(/\s+/).filter(Boolean).join(" ");
      return line.length > facts.summary ? `${line.slice(0, facts.summary - 1)}…` : line;
    }

    function show() {
      const article = chosen().includes("broadcast");
      const told = message();
      const picture = preview.querySelector("img");
      preview.classList.toggle("article", article);
      preview.querySelector(".bubble-title").hidden = !article;
      preview.querySelector(".bubble-title").textContent = filled(fields.title.value);
      preview.querySelector(".bubble-text").textContent = article ? summary() : told.text;
      preview.querySelector(".bubble-button").hidden = article || !told.button;
      picture.hidden = !hasPicture();
      limits(told.text);
    }

    function counted(id, now, most, what) {
      const over = now - most;
      by(id).textContent = over > 0 ? `${what}: ${now}/${most} ký tự, thừa ${over}` : `${what}: ${now}/${most} ký tự`;
      by(id).classList.toggle("over", over > 0);
    }

    function limits(whole) {
      counted("count-title", length(fields.title.value.trim()), Number(facts.title), "Tiêu đề");
      counted("count-message", length(whole), Number(facts.message), "Cả tin");
      places();
      linkForm();
    }

    function places() {
      const known = facts.places.split(" ");
      const text = `${fields.title.value} ${fields.text.value}`;
      const wrong = [...text.matchAll(/\{([^{}\n]{0,40})\}/g)].map((found) => found[1])
        .find((name) => !known.includes(name));
      const lonely = /[{}]/.test(text.replace(/\{[^{}\n]{0,40}\}/g, ""));
      const list = known.map((name) => `{${name}}`).join(", ");
      let words = "";
      if (wrong !== undefined) words = `Không có chỗ điền {${wrong}}. Dùng được: ${list}.`;
      else if (lonely) words = "Có dấu { hoặc } lẻ. Chỗ điền viết đủ cả hai dấu, ví dụ {co_quan}.";
      tell("n-places", words);
    }

    function linkForm() {
      const typed = fields.link.value.trim();
      let words = "";
      if (typed) {
        try {
          const url = new URL(typed);
          if (!["http:", "https:"].includes(url.protocol) || !url.hostname.includes(".")) throw new Error();
        } catch {
          words = "Liên kết chưa đúng dạng. Ví dụ đúng: https://dichvucong.gov.vn/thong-bao";
        }
      }
      tell("n-link", words);
    }

    function sides() {
      const kind = fields.audience.value;
      for (const place of form.querySelectorAll("[data-for]")) place.hidden = place.dataset.for !== kind;
      for (const road of form.querySelectorAll("[data-road]")) {
        road.hidden = !road.dataset.kinds.split(" ").includes(kind);
      }
    }

    function pictureChosen() {
      const file = fields.picture.files[0];
      if (!file) return;
      const size = (file.size / 1048576).toFixed(1).replace(".", ",");
      if (!["image/jpeg", "image/png"].includes(file.type)) {
        tell("n-picture", "Tệp này không phải ảnh JPG hoặc PNG. Mời lưu lại ảnh thành JPG rồi tải lên.");
      } else if (file.size > 1048576) {
        tell("n-picture", `Ảnh nặng ${size} MB, Zalo nhận nhiều nhất 1 MB. Mời thu nhỏ ảnh.`);
      } else {
        tell("n-picture", "");
        const reader = new FileReader();
        reader.addEventListener("load", () => { preview.querySelector("img").src = reader.result; show(); });
        reader.readAsDataURL(file);
      }
    }

    function revise(revision) {
      for (const field of document.querySelectorAll('input[name="revision"]')) field.value = revision;
    }

    async function send() {
      const answer = await fetch(location.pathname, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token },
        body: new FormData(form),
      });
      const told = await answer.json();
      if (!answer.ok) {
        stuck = answer.status === 409;
        throw new Error(told.message);
      }
      return told;
    }

    function taken(told) {
      revise(told.revision);
      by("state").textContent = told.state;
      by("saved").textContent = `Đã tự lưu lúc ${told.saved}`;
      const files = [fields.picture, fields.phones];
      if (told.notes.length) by("saved").textContent += `. ${told.notes.join(" ")}`;
      for (const field of files) if (!told.faults[field.name]) field.value = "";
      if (told.faults.picture) tell("n-picture", told.faults.picture);
      loadReach();
    }

    async function save() {
      window.clearTimeout(timer);
      if (stuck) return;
      if (saving) { again = true; return saving; }
      saving = send().then(taken, (fault) => {
        by("saved").textContent = fault.message || "Chưa lưu được, sẽ thử lại.";
        by("saved").classList.add("over");
      });
      await saving;
      saving = null;
      if (again) { again = false; await save(); }
    }

    function later() {
      show();
      by("saved").classList.remove("over");
      by("saved").textContent = "Đang sửa…";
      window.clearTimeout(timer);
      timer = window.setTimeout(save, QUIET_MS);
    }

    async function loadReach() {
      const place = by("reach");
      const answer = await fetch(place.dataset.from, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...part.body.childNodes);
    }

    form.addEventListener("input", later);
    form.addEventListener("change", (event) => {
      if (event.target === fields.audience) sides();
      if (event.target === fields.picture) pictureChosen();
      later();
    });
    for (const button of document.querySelectorAll("[data-saves]")) {
      button.form.addEventListener("submit", async (event) => {
        if (button.dataset.ready) return;
        event.preventDefault();
        await save();
        button.dataset.ready = "1";
        button.form.requestSubmit(button);
      });
    }
    sides();
    show();
    loadReach();
  }

  if (form) edit();

  // The page that watches one

  const watched = by("watch");
  const NAMES = ["people", "waiting", "sent", "received", "seen", "failed", "unsure", "skipped", "rate", "minutes_left", "clicks"];

  function cells(one) {
    const row = document.createElement("tr");
    for (const text of [one.road, one.words, one.count]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  }

  function put(now) {
    by("w-bar").value = now.percent;
    by("w-percent").textContent = now.percent;
    by("w-waits").textContent = now.waits;
    by("w-state").textContent = now.state_words;
    by("w-reason").textContent = now.reason;
    for (const name of NAMES) by(`w-${name}`).textContent = now[name] ?? "–";
    by("w-reasons").hidden = now.reasons.length === 0;
    by("w-reasons").tBodies[0].replaceChildren(...now.reasons.map(cells));
  }

  async function look(state) {
    const answer = await fetch(watched.dataset.from, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const now = await answer.json();
    put(now);
    if (now.state !== state) location.reload();
  }

  if (watched && watched.dataset.live) {
    const first = by("w-state").className.split("state-")[1];
    window.setInterval(() => { if (!document.hidden) look(first).catch(() => {}); }, 2000);
  }
})();
