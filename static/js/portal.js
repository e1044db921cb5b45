// What the pages do beyond links and forms. Everything works without it; nothing of a bill is stored.
"use strict";

const live = document.getElementById("live");
const notices = document.getElementById("notices");

// Keys: "/" searches, "j" and "k" move through the rows of a table, "?" lists the keys, Escape closes
// menus. Enter needs no help here, because the link of the row has the focus.

function isTyping(target) {
  return target.closest("input, select, textarea, iframe, [contenteditable]") !== null;
}

function moveRow(step) {
  const links = [...document.querySelectorAll("[data-rows] tbody tr")]
    .map((row) => row.querySelector(".lead, .lead-action"))
    .filter((link) => link !== null);
  if (links.length === 0) {
    return;
  }
  const row = document.activeElement.closest("[data-rows] tbody tr");
  const at = links.findIndex((link) => row !== null && row.contains(link));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest("tr").scrollIntoView({ block: "nearest" });
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) {
      menu.open = false;
    }
  }
}

// A question that nobody answered is taken back like a menu.
function closeQuestions() {
  for (const question of document.querySelectorAll("details.confirm[open]")) {
    question.open = false;
  }
}

function escape() {
  const open = document.activeElement.closest("details:is(.menu, .confirm)[open]");
  open?.querySelector("summary").focus();
  closeMenus(null);
  closeQuestions();
  notices.replaceChildren();
}

const keys = {
  "/": () => document.getElementById("search")?.focus(),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  "?": () => document.getElementById("keys")?.togglePopover(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
    return;
  }
  if (event.key === "Escape") {
    escape();
    return;
  }
  if (isTyping(event.target) || !(event.key in keys)) {
    return;
  }
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
  const copy = event.target.closest("[data-copy]");
  if (copy !== null) {
    navigator.clipboard.writeText(copy.dataset.copy).then(() => copied(copy));
  }
  if (event.target.closest(".dismiss") !== null) {
    event.target.closest(".toast").remove();
  }
});

// Copying. The buttons come hidden, because without this script, or on an origin that the browser does
// not trust with the clipboard, they would do nothing.

function showCopyButtons() {
  if (navigator.clipboard === undefined) {
    return;
  }
  for (const button of document.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
  }
}

function copied(button) {
  live.textContent = notices.dataset.copied;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
}

showCopyButtons();

// htmx. Answers with an error bring their own message into #notices; only a request that got no answer
// at all is put into words here.

function say(text) {
  const toast = document.createElement("div");
  const message = document.createElement("p");
  toast.className = "toast";
  message.textContent = text;
  toast.append(message);
  notices.replaceChildren(toast);
}

// An error page that is not the portal's, a proxy's for instance, has no place inside a page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { isError, serverResponse, target } = event.detail;
  if (!isError) {
    return;
  }
  if (serverResponse.startsWith('<div class="toast"')) {
    // Inside of it, whatever the part asked for: what is replaced itself speaks no more.
    event.detail.target = notices;
    event.detail.swapOverride = "innerHTML";
  } else if (target.id !== "list" || !serverResponse.startsWith('<section id="list"')) {
    event.detail.shouldSwap = false;
    say(notices.dataset.offline);
  }
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say(notices.dataset.offline));
}

// Two days that nobody has given yet are nothing to ask for; the button asks all the same.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  const asked = event.detail.requestConfig.triggeringEvent?.type === "submit";
  if (form.matches(".bill-filters") && !asked && form.elements.issued.value === "between" &&
      form.elements.from.value === "" && form.elements.to.value === "") {
    event.preventDefault();
  }
});

// The message under a control comes with each answer; the control itself stays, with what is being typed.
function markControls() {
  for (const slot of document.querySelectorAll("[data-error-of]")) {
    const control = document.getElementById(slot.dataset.errorOf);
    if (slot.textContent.trim() === "") {
      control?.removeAttribute("aria-invalid");
      control?.removeAttribute("aria-describedby");
    } else {
      control?.setAttribute("aria-invalid", "true");
      control?.setAttribute("aria-describedby", slot.id);
    }
  }
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "notices" && event.detail.successful) {
    notices.replaceChildren();
  }
});

// After paging the reader stands at the top of the new rows; after a filter the focus stays in its field.
document.addEventListener("htmx:afterSettle", (event) => {
  showCopyButtons();
  markControls();
  if (event.detail.requestConfig?.elt.closest(".pager") != null) {
    document.getElementById("list")?.focus({ preventScroll: true });
  }
});
