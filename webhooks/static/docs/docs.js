// Shows /openapi.json with Swagger UI and signs what is tried out; the secret stays in the page.
"use strict";

(function () {
  const page = document.body.dataset;
  const state = document.getElementById("signer-state");
  // The clock of the server counts, also where this computer's is wrong.
  const ahead = Number(page.now) * 1000 - Date.now();

  function typed(id) {
    return document.getElementById(id).value.trim();
  }

  async function hmac(secret, text) {
    const letters = new TextEncoder();
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey(
      "raw", letters.encode(secret), algorithm, false, ["sign"]);
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, letters.encode(text)));
    return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function missing() {
    if (!window.isSecureContext) {
      return "Not signed: browsers sign only on pages opened by https or at 127.0.0.1.";
    }
    return typed("key") && typed("secret") ? "" : "Not signed: type the key's id and secret here.";
  }

  async function sign(request) {
    if (!new URL(request.url, location.href).pathname.startsWith("/feeds/")) {
      return request;
    }
    state.textContent = missing();
    if (state.textContent) {
      return request;
    }
    const timestamp = String(Math.floor((Date.now() + ahead) / 1000));
    const body = request.body === undefined ? "" : request.body;
    const mac = await hmac(typed("secret"), timestamp + "." + body);
    request.headers["X-Feed-Key"] = typed("key");
    request.headers["X-Feed-Timestamp"] = timestamp;
    request.headers["X-Feed-Signature"] = "sha256=" + mac;
    return request;
  }

  document.getElementById("signer").addEventListener("submit", (event) => event.preventDefault());

  window.SwaggerUIBundle({
    url: page.openapi,
    dom_id: "#swagger-ui",
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    docExpansion: "full",
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: sign,
  });
})();
