/** Tables as files that a table program reads. */

/** A cell. What begins like a formula would be worked out by the program: it is text. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) && !/^-?\d+([.,]\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(rows: (string | number)[][]): Blob {
  const text = rows.map((row) => row.map(cell).join(',')).join('\r\n');
  // By its first character a table program knows how letters are written.
  return new Blob([`\uFEFF${text}\r\n`], { type: 'text/csv' });
}
