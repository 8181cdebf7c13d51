export type CsvCell = string | number | null;

/**
 * A text is quoted where RFC 4180 asks for it. An absent value is an empty field and an empty text is `""`, so the two
 * can be told apart. Numbers are written so that reading them gives the same double.
 */
function field(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** RFC 4180: fields separated by commas, every record ended by CR LF. */
export function csv(records: readonly (readonly CsvCell[])[]): string {
  return records.map((record) => `${record.map(field).join(',')}\r\n`).join('');
}
