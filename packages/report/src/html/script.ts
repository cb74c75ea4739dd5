/** What the page does with a script: tables can be sorted, and everything is open in print. Nothing needs it to be read. */
export const script = `
'use strict';
for (const table of document.querySelectorAll('table')) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  if (!body || body.rows.length < 3) continue;
  heads.forEach((head, index) => {
    const title = head.querySelector('span');
    if (!title || title.textContent === '') return;
    const button = document.createElement('button');
    button.type = 'button';
    button.title = 'Sort by ' + title.textContent;
    title.replaceWith(button);
    button.append(title);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const each of heads) each.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const valueOf = (row) => {
        const cell = row.cells[index];
        const text = cell.dataset.value ?? cell.textContent;
        return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
      };
      const rows = [...body.rows].map((row) => [valueOf(row), row]);
      rows.sort(([a], [b]) => {
        if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
        const order = typeof a === 'number' ? a - b : a.localeCompare(b);
        return down ? -order : order;
      });
      body.append(...rows.map(([, row]) => row));
    });
  });
}
const closed = () => document.querySelectorAll('details:not([open])');
let opened = [];
addEventListener('beforeprint', () => {
  opened = [...closed()];
  for (const each of opened) each.open = true;
});
addEventListener('afterprint', () => {
  for (const each of opened) each.open = false;
});
`.trim();
