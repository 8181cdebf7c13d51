import { z } from 'zod';
import { reader } from '../http/read.ts';

const readChat = reader(
  z.looseObject({
    choices: z
      .array(z.looseObject({ finish_reason: z.string().nullish(), message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }) }))
      .min(1),
  }),
);

/** What a judge wrote, or why that is nothing to read. */
export type Written = { text: string } | { unreadable: string };

/** @throws Fault malformed when it is no chat reply */
export function written(reply: object): Written {
  const [choice] = readChat(reply).choices;
  const { content, refusal } = choice?.message ?? {};
  if (typeof refusal === 'string' && refusal !== '') return { unreadable: 'the judge refused' };
  if (choice?.finish_reason === 'length') return { unreadable: 'it was cut off' };
  if (choice?.finish_reason === 'content_filter') return { unreadable: 'it was filtered' };
  if (typeof content !== 'string' || content.trim() === '') return { unreadable: 'it was empty' };
  return { text: content };
}

/** Models that think aloud where the server does not take it out. */
const THOUGHT = /^\s*<think>[\s\S]*<\/think>/;
const FENCE = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/;

/**
 * The one JSON value that a reply is, alone or in one code fence; undefined for anything else. A value that merely
 * occurs in the reply does not count: it may be quoted from the texts that were judged.
 */
export function soleJson(text: string): unknown {
  const said = text.replace(THOUGHT, '').trim();
  try {
    return JSON.parse(FENCE.exec(said)?.[1] ?? said);
  } catch {
    return undefined;
  }
}
