/** The nearest whole number, the even one of two that are as near (Python's round). */
export function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}

/** The nearest number of so many significant digits, for figures that claim no more; null stays null. */
export function significant(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toPrecision(digits));
}
