// Reads the one-time link from the fragment, takes it out of the address bar, and sends the form with it.
"use strict";

(() => {
  const REDEEM = "/admin/v1/links/redeem";
  const FIELDS = ["name", "email", "password"];
  const PURPOSES = {
    setup: {
      title: "Become the first administrator",
      lead: `This makes the account that runs ${location.host} and can invite everybody else.`,
      fields: { name: "As colleagues will see it.", email: "You sign in with it.", password: null },
      send: "Make the account",
    },
    invitation: {
      title: "Welcome",
      lead: `Choose a password for your account at ${location.host}.`,
      fields: { name: "As colleagues will see it. You may leave it as it is.", password: null },
      optional: ["name"],
      send: "Start",
    },
    reset: {
      title: "Choose a new password",
      lead: `For your account at ${location.host}. Everywhere else you will be signed out.`,
      fields: { password: null },
      send: "Save the password",
    },
  };

  const at = (id) => document.getElementById(id);
  const form = at("form");
  let link = null;

  // Only here does the secret stay: not in the address bar, the history or the page.
  function takeLink() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
    for (const purpose of Object.keys(PURPOSES)) {
      const secret = fragment.get(purpose);
      if (secret) return { purpose, secret, name: fragment.get("name") ?? "" };
    }
    return null;
  }

  function say(title, lead) {
    at("title").textContent = title;
    at("lead").textContent = lead;
    document.title = `${title} - Masthead`;
  }

  function alarm(text) {
    at("alert").textContent = text;
    at("alert").hidden = !text;
  }

  function wrong(field, text) {
    at(`${field}-error`).textContent = text;
    if (text) at(field).setAttribute("aria-invalid", "true");
    else at(field).removeAttribute("aria-invalid");
  }

  function clear() {
    alarm("");
    FIELDS.forEach((field) => wrong(field, ""));
  }

  function start() {
    if (!location.hash && link) return;
    link = takeLink();
    clear();
    form.reset();
    reveal(false);
    form.hidden = !link;
    at("next").hidden = true;
    if (!link) {
      say("This page needs a link", "Open the link from your mail, or from the terminal, once more: each link is read " +
        "when the page opens and is kept nowhere.");
      return;
    }
    const shape = PURPOSES[link.purpose];
    say(shape.title, shape.lead);
    at("send").textContent = shape.send;
    for (const field of FIELDS) {
      form.querySelector(`[data-field="${field}"]`).hidden = !(field in shape.fields);
      at(field).required = field in shape.fields && !shape.optional?.includes(field);
      if (shape.fields[field]) at(`${field}-hint`).textContent = shape.fields[field];
    }
    at("name").value = link.purpose === "invitation" ? link.name : "";
    const first = Object.keys(shape.fields).find((field) => !at(field).value) ?? "password";
    at(first).focus();
  }

  function reveal(shown) {
    at("password").type = shown ? "text" : "password";
    at("show").firstChild.data = shown ? "Hide" : "Show";
  }

  // What the form says, without what was left empty and may be.
  function answers() {
    const shape = PURPOSES[link.purpose];
    const body = { secret: link.secret };
    for (const field of Object.keys(shape.fields)) {
      const value = field === "password" ? at(field).value : at(field).value.trim();
      if (value) body[field] = value;
      else if (!shape.optional?.includes(field)) wrong(field, "Please fill this in.");
    }
    return body;
  }

  function focusFirstFault() {
    const fault = form.querySelector("[aria-invalid]");
    if (fault) fault.focus();
    return Boolean(fault);
  }

  async function send(event) {
    event.preventDefault();
    clear();
    const body = answers();
    if (focusFirstFault()) return;
    busy(true);
    try {
      const answer = await fetch(REDEEM, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
      });
      if (answer.ok) done();
      else refused(answer, await answer.json().catch(() => ({})));
    } catch {
      alarm("The server cannot be reached. Try again; if it stays so, ask whoever runs it.");
    } finally {
      busy(false);
    }
  }

  function busy(yes) {
    at("send").disabled = yes;
    at("working").textContent = yes ? "Sending..." : "";
  }

  function done() {
    link = null;
    form.reset();
    form.hidden = true;
    say("You are signed in", "The link is used up, and your password is saved. From now on you sign in with your e-mail " +
      "address and the password.");
    at("next").hidden = false;
    at("title").focus();
  }

  // RFC 9457: what is wrong in a field stands at the field, all else above the form.
  function refused(answer, problem) {
    const elsewhere = [];
    for (const { pointer = "", detail = "" } of problem.errors ?? []) {
      const field = pointer.split("/")[1];
      const shown = FIELDS.includes(field) && field in PURPOSES[link.purpose].fields;
      if (shown && !at(`${field}-error`).textContent) wrong(field, detail);
      else elsewhere.push(detail);
    }
    if (answer.status === 401) {
      link = null;
      form.reset();
      form.hidden = true;
      say("This link does not work", "");
      alarm(problem.detail ?? "It was used, has expired, or was replaced by a newer one. Ask for a new link.");
      at("title").focus();
      return;
    }
    const wait = answer.status === 429 ? ` Try again in ${answer.headers.get("Retry-After") ?? "a few"} seconds.` : "";
    const faults = form.querySelector("[aria-invalid]");
    if (elsewhere.length || !faults) {
      const what = elsewhere.join(" ") || problem.detail || problem.title || `The server answered ${answer.status}.`;
      alarm(what + wait);
    }
    focusFirstFault();
  }

  form.addEventListener("submit", send);
  at("show").addEventListener("click", () => {
    reveal(at("password").type === "password");
    at("password").focus();
  });
  // Another link that is opened in the same tab changes the fragment alone.
  window.addEventListener("hashchange", start);
  start();
})();
