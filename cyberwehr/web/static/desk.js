/* Keeps a page of the control room up to date: asks for its live part again and again and changes only what differs.
   Elements that stay the same elements keep focus, what was typed into them, and whether they are open. */

const EVERY = 1500;
const PATIENCE = 3;
const live = document.getElementById("live");
const lost = document.getElementById("lost");
const news = document.getElementById("news");
const title = document.title;
let mark = "";
let failures = 0;
/* The control centre's clock counts, not this computer's: how far ahead of us it was when the page was made. */
const ahead = (Date.parse(news?.dataset.moment || "") || Date.now()) - Date.now();

function alike(old, fresh) {
  return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && (old.id || "") === (fresh.id || "");
}

function sameAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function update(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  sameAttributes(old, fresh);
  if (old.nodeName !== "TEXTAREA") updateChildren(old, fresh);
}

function updateChildren(old, fresh) {
  let next = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = wanted.id ? [...old.children].find((child) => child.id === wanted.id) : next;
    if (!known || !alike(known, wanted)) {
      old.insertBefore(document.importNode(wanted, true), next);
      continue;
    }
    if (known === next) next = next.nextSibling;
    else old.insertBefore(known, next);
    update(known, wanted);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    if (!gone.contains(document.activeElement)) gone.remove();
  }
}

function tell(before) {
  const heard = [...live.querySelectorAll("[data-news]")].filter((element) => !before.has(element.id));
  if (heard.length) news.textContent = heard.map((element) => element.dataset.news).join(". ");
}

function count() {
  const waiting = Number(live.dataset.count || 0);
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

function renew(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
  if (!fresh) return;
  const before = new Set([...live.querySelectorAll("[data-news]")].map((element) => element.id));
  const focused = document.activeElement;
  update(live, fresh);
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  tell(before);
  count();
  tick();
}

async function ask() {
  const answer = await fetch(live.dataset.source, { headers: { "If-None-Match": mark }, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    location.reload(); // signed out: the page itself leads to the sign-in form
    return;
  }
  if (answer.status === 200) {
    mark = answer.headers.get("ETag") || "";
    renew(await answer.text());
  } else if (answer.status !== 304) {
    throw new Error(String(answer.status));
  }
}

async function poll() {
  try {
    await ask();
    failures = 0;
  } catch {
    failures += 1;
  }
  lost.hidden = failures < PATIENCE;
  setTimeout(poll, EVERY);
}

function spoken(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-until]")) {
    const seconds = Math.max(0, Math.round((Date.parse(clock.dataset.until) - Date.now() - ahead) / 1000));
    clock.textContent = spoken(seconds);
    clock.classList.toggle("soon", seconds < 120);
  }
}

setInterval(tick, 1000);
tick();
if (live) {
  count();
  poll();
}
