"use strict";
// The server puts the line "const session = {...};" above this one.

globalThis.app = (() => {
  const url = `/?wtd=${session.id}`;
  const element = (id) => document.getElementById(id);
  const run = (script) => new Function(script)();
  const pause = (tries) => new Promise((done) => setTimeout(done, Math.min(120_000, 500 * Math.exp(tries))));

  let ack = session.ack;
  let over = false;

  function show(facts) {
    element("counter").textContent = facts.counter;
    element("clock").textContent = facts.clock;
  }

  function state(name, text) {
    element("socket").dataset.state = name;
    element("socket").textContent = text;
  }

  // ---- The WebSocket ----

  let socket = null;
  let open = false;
  let tries = 0;
  let ping = 0;

  function connect() {
    if (over || socket) return;
    socket = new WebSocket(location.origin.replace(/^http/, "ws") + url + "&request=ws");
    socket.onmessage = ({ data }) => (data === "connect" ? connected() : run(data));
    socket.onclose = disconnected;
  }

  function connected() {
    open = true;
    tries = 0;
    send(`&signal=none&connected=${ack}`);
    state("open", "WebSocket open");
    polling?.abort();
    for (const signal of waiting.splice(0)) event(signal);
  }

  async function disconnected() {
    socket = null;
    open = false;
    clearTimeout(ping);
    if (over) return;
    state("down", "polling");
    post();
    await pause(++tries);
    connect();
  }

  function send(text) {
    socket.send(text);
    clearTimeout(ping);
    ping = setTimeout(send, session.ping * 1000, "&signal=ping");
  }

  // ---- The same by POST while there is no WebSocket: one request at a time, and a poll when there is no event ----

  const waiting = [];
  let busy = false;
  let polling = null;
  let errors = 0;

  function event(signal) {
    if (open) return send(`&signal=${signal}&ackId=${ack}&pageId=1`);
    waiting.push(signal);
    polling?.abort();
    connect();
    post();
  }

  async function post() {
    if (busy) return;
    busy = true;
    while (!open && !over) await exchange(waiting[0]);
    busy = false;
  }

  async function exchange(signal) {
    polling = signal ? null : new AbortController();
    const body = new URLSearchParams({ request: "jsupdate", signal: signal ?? "poll", ackId: ack, pageId: 1 });
    try {
      const answer = await fetch(url, { method: "POST", body, signal: polling?.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const script = await answer.text();
      if (signal) waiting.shift();
      errors = 0;
      run(script);
    } catch (error) {
      // An event is sent again only where the answer did not come: it may then have counted twice, as with Wt.
      if (error.name !== "AbortError") await pause(++errors);
    }
    polling = null;
  }

  // ---- A page's life ----

  function start() {
    const former = sessionStorage.getItem("former");
    sessionStorage.removeItem("former");
    if (former) {
      element("anew").hidden = false;
      element("anew").querySelector("code").textContent = former;
    }
    show(session.facts);
    element("count").disabled = false;
    element("count").onclick = () => event("count");
    connect();
  }

  function leave() {
    if (over) return;
    quit();
    navigator.sendBeacon(url, new URLSearchParams({ request: "jsupdate", "Wt-unload": "true" }));
  }

  function quit() {
    over = true;
    socket?.close();
    polling?.abort();
  }

  addEventListener("DOMContentLoaded", start);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  return {
    quit,
    response(number, facts) {
      ack = number;
      show(facts);
    },
  };
})();
