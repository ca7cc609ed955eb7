/** Photos a citizen may send: one from the disk, made small enough, or a drawn sample slip. */

import { TEXT } from "/page/texts.js";
import { dayMonthYear } from "/page/when.js";

const LONGEST_SIDE = 1280;
const SMALL_ENOUGH_BYTES = 500_000;

function base64Of(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.split(",")[1]));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

function toJpeg(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
}

async function shrink(picture) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return toJpeg(canvas);
}

/** Read a picture file; throws when the browser cannot decode it. */
export async function photoFromFile(file) {
  const picture = await createImageBitmap(file);
  const blob = file.size > SMALL_ENOUGH_BYTES ? await shrink(picture) : file;
  picture.close();
  return { base64: await base64Of(blob), preview: URL.createObjectURL(blob) };
}

/** Draw a receipt slip for one dossier, so that nobody needs a real one at hand. */
export async function photoOfSlip(dossier) {
  const canvas = document.createElement("canvas");
  canvas.width = 720;
  canvas.height = 460;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fdfdf8";
  pen.fillRect(0, 0, 720, 460);
  pen.strokeStyle = "#8a8f98";
  pen.strokeRect(14, 14, 692, 432);
  pen.fillStyle = "#1b2027";
  const write = (text, font, x, y) => {
    pen.font = `${font} "Noto Sans", Arial, sans-serif`;
    pen.fillText(text, x, y, 650);
  };
  write(TEXT.slip.office, "600 24px", 40, 66);
  write(TEXT.slip.title, "700 27px", 40, 130);
  write(TEXT.slip.code, "400 26px", 40, 205);
  write(dossier.code, "700 38px", 40, 256);
  write(dossier.procedure ?? "", "400 24px", 40, 316);
  if (dossier.due_at) write(`${TEXT.slip.due} ${dayMonthYear(dossier.due_at)}`, "400 26px", 40, 366);
  pen.fillStyle = "#b3261e";
  write(TEXT.slip.sample, "700 22px", 40, 420);
  const blob = await toJpeg(canvas);
  return { base64: await base64Of(blob), preview: URL.createObjectURL(blob) };
}
