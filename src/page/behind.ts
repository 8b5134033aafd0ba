/** Shows the numbers behind a figure, which the page holds as text until a reader asks for them. */
export function unfoldNumbers(): void {
  for (const details of document.querySelectorAll("details.behind")) {
    details.addEventListener(
      "toggle",
      () => {
        const folded = details.querySelector("noscript");
        const made = new DOMParser().parseFromString(folded?.textContent ?? "", "text/html");
        folded?.replaceWith(...made.body.childNodes);
      },
      { once: true },
    );
  }
}
