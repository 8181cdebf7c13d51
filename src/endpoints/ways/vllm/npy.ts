import { malformed } from '../../http/read.ts';

/** `\x93NUMPY`, the version, and the header's length in two bytes (version 1) or four. */
const MAGIC = Buffer.from('\u0093NUMPY', 'latin1');

/**
 * A matrix of float32 from NumPy's file format (numpy.lib.format, versions 1 to 3), base64: rows of numbers.
 * @throws Fault malformed for anything else
 */
export function matrixOf(base64: string): number[][] {
  const bytes = Buffer.from(base64, 'base64');
  const wide = (bytes[6] ?? 0) >= 2;
  const start = wide ? 12 : 10;
  if (bytes.length < start || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw malformed('the log-probabilities are no .npy array');
  const from = start + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.subarray(start, from).toString('latin1');
  const shape = /'shape':\s*\((\d+),\s*(\d+),?\)/.exec(header);
  if (!shape || !/'descr':\s*'<f4'/.test(header) || !/'fortran_order':\s*False/.test(header)) {
    throw malformed('the log-probabilities are no matrix of float32');
  }
  const [rows, columns] = [Number(shape[1]), Number(shape[2])];
  if (bytes.length - from !== rows * columns * 4) throw malformed('the log-probabilities are not as many as their header says');
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_column, column) => bytes.readFloatLE(from + 4 * (row * columns + column))));
}
