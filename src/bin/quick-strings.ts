/**
 * Gives strings their speed back. Where any class extends String (ioredis has one, and `core/patterns.ts`), V8 leaves
 * String.prototype in a form in which `charCodeAt` takes six times as long, everywhere in the process; writing to something
 * that inherits from it has the form worked out anew. It counts for what runs for the first time afterwards, so it is
 * called once everything is imported and before anything is opened.
 */
export function quickStrings(): void {
  const heir = Object.create(String.prototype) as { written?: true };
  heir.written = true;
}
