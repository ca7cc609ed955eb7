// Talks: new lines and the window come in by themselves, and an answer's letters are counted.
// Without this file the page works the same; it then has to be reloaded by hand.
"use strict";

(() => {
  const EVERY = 10000;
  const live = document.querySelector("[data-live]");
  const said = document.querySelector("[data-live-said]");

  // As they count on the server: composed, line ends as one letter, white space around dropped.
  const length = (text) => [...text.normalize("NFC").replace(/\r\n?/g, "\n").trim()].length;

  for (const area of document.querySelectorAll("[data-room]")) {
    const left = area.closest("form").querySelector("[data-left]");
    const tell = () => {
      const rest = Number(area.dataset.room) - length(area.value);
      left.textContent = rest < 0 ? `Dài quá ${-rest} ký tự.` : `Còn ${rest} ký tự.`;
      left.classList.toggle("fault", rest < 0);
    };
    area.addEventListener("input", tell);
    tell();
  }

  const lines = () => live.querySelectorAll(".talk-theirs, .talk-waiting").length;

  async function look() {
    if (document.hidden) return;
    const answer = await fetch(live.dataset.live, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) {
      said.textContent = "Trang này không tự cập nhật được nữa. Mời tải lại trang.";
      if (answer.status === 401 || answer.status === 404) clearInterval(timer);
      return;
    }
    const html = await answer.text();
    if (live.contains(document.activeElement) || html === live.dataset.shown) return;
    const before = lines();
    live.innerHTML = html;
    live.dataset.shown = html;
    const more = lines() - before;
    said.textContent = more > 0 ? `Có ${more} nội dung mới.` : "";
  }

  const patiently = () => look().catch(() => {
    said.textContent = "Mất kết nối, đang thử lại.";
  });
  const timer = live ? setInterval(patiently, EVERY) : 0;
  if (live) document.addEventListener("visibilitychange", patiently);
})();
