import type { ZodType } from 'zod';
import { Fault } from './fault.ts';

/** A reader of replies by a schema; its fault names the place, never what stands there. */
export function reader<T>(schema: ZodType<T>): (reply: object) => T {
  return (reply) => {
    const parsed = schema.safeParse(reply);
    if (parsed.success) return parsed.data;
    const path = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    throw malformed(path === '' ? 'the reply has not the expected form' : `the reply has not the expected form at ${path}`);
  };
}

export function malformed(detail: string): Fault {
  return new Fault({ kind: 'malformed', detail });
}
