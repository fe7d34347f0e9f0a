/** The element of the page with this id. */
export function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element "${id}"`);
  return found as T;
}

/** Links that download files, in place of those that were there; of a picture also what it shows. */
export function offerFiles(list: HTMLElement, files: readonly File[]): void {
  for (const link of list.querySelectorAll("a")) URL.revokeObjectURL(link.href);
  list.replaceChildren(
    ...files.map((file) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = file.name;
      link.textContent = `Download ${file.name}`;
      item.append(link);
      if (file.name.endsWith(".png")) item.append(pictureOf(link.href, file.name));
      return item;
    }),
  );
}

function pictureOf(address: string, name: string): HTMLImageElement {
  const picture = document.createElement("img");
  picture.src = address;
  picture.alt = `What is in ${name}`;
  return picture;
}

/** Adds a line to a list. */
export function addLine(list: HTMLElement, text: string): void {
  const line = document.createElement("li");
  line.textContent = text;
  list.append(line);
}

/** Rows of text in place of what a table held. */
export function fillTable(
  table: HTMLTableElement,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const head = table.createTHead();
  head.replaceChildren();
  const line = head.insertRow();
  for (const text of header) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text;
    line.append(cell);
  }
  const body = table.tBodies[0] ?? table.createTBody();
  body.replaceChildren();
  for (const row of rows) {
    const shown = body.insertRow();
    for (const text of row) shown.insertCell().textContent = text;
  }
}
