// Photos of slips: dropped, pasted or picked, they go one by one, and what each held is shown.
"use strict";

(() => {
  const form = document.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const results = document.querySelector("[data-results]");
  const list = results.querySelector("ul");
  const status = form.querySelector("[data-status]");
  const most = Number(form.dataset.mostBytes);
  const ROOM = 4096; // what a form adds to its file
  const TRIES = 5;
  const PAUSE = 2000;
  let reading = false;

  function say(words) {
    status.textContent = words;
    status.hidden = !words;
  }

  function line(name, words) {
    const item = document.createElement("li");
    item.className = "panel";
    for (const [text, className] of [[name, "name"], [words, ""]]) {
      const paragraph = document.createElement("p");
      paragraph.className = className;
      paragraph.textContent = text;
      item.append(paragraph);
    }
    return item;
  }

  function show(items, before) {
    results.hidden = false;
    for (const item of items) list.insertBefore(item, before);
  }

  async function answered(file) {
    const body = new FormData(form);
    body.set("photo", file, file.name || "ảnh");
    for (let left = TRIES; ; left -= 1) {
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.status !== 503 || left <= 1) return answer;
      await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    }
  }

  async function read(file) {
    if (file.size > most - ROOM) {
      const weight = (file.size / 1048576).toFixed(1).replace(".", ",");
      return [line(file.name, `Ảnh nặng ${weight} MB, nhiều nhất 10 MB. Mời chọn ảnh nhẹ hơn.`)];
    }
    try {
      const answer = await answered(file);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const items = [...page.querySelectorAll("[data-result]")];
      if (items.length) return items.map((item) => document.importNode(item, true));
      const fault = page.querySelector("[data-fault]")?.textContent;
      return [line(file.name, fault || "Chưa gửi được ảnh này. Mời tải lại trang rồi gửi lại.")];
    } catch {
      return [line(file.name, "Chưa gửi được ảnh này: mất kết nối. Mời gửi lại.")];
    }
  }

  async function take(files) {
    const photos = [...files];
    if (reading || !photos.length) return;
    reading = true;
    const earlier = list.firstElementChild; // what was read before stays, below
    for (const [place, file] of photos.entries()) {
      say(photos.length > 1 ? `Đang đọc ảnh ${place + 1} trên ${photos.length}…` : "Đang đọc ảnh…");
      show(await read(file), earlier);
    }
    reading = false;
    say(`Đã đọc xong ${photos.length} ảnh.`);
    form.reset();
    const links = list.querySelectorAll("[data-row]");
    if (photos.length === 1 && list.firstElementChild.querySelectorAll("[data-row]").length === 1) {
      location.assign(links[0].href);
    } else {
      (links[0] || input).focus();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(input.files);
  });
  input.addEventListener("change", () => take(input.files));
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) take(event.clipboardData.files);
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  document.addEventListener("dragleave", () => form.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    take(event.dataTransfer.files);
  });
  form.querySelector("[data-without-script]").hidden = true;
  form.querySelector("[data-with-script]").hidden = false;
})();
