import { z } from 'zod';

/*
 * `call` is passed through: unknown fields stay. Only what the service reads is checked, so that a typo in `explain`
 * is found here and not as a unit that is silently missing.
 */

const explain = z.enum(['whole', 'split', 'fixed']).describe('How this text is cut: one unit, units by the segmenter, or never taken away.');
const annotated = {
  explain: explain.optional(),
  label: z.string().max(200).optional().describe('A name for the unit or units, shown in the result.'),
};

const contentPart = z.looseObject({ type: z.string().max(64), text: z.string().optional(), ...annotated });

const content = z.union([z.string(), z.array(contentPart).max(10_000)]).nullable();

const message = z.looseObject({ role: z.string().min(1).max(64), content: content.optional(), ...annotated });

const textPart = z.looseObject({ type: z.enum(['text', 'input_text']).default('text'), text: z.string(), ...annotated });

const tool = z.looseObject({
  explain: z.enum(['whole', 'fixed']).optional().describe('`whole`: the tool is a unit that can be left out. Default `fixed`.'),
  label: annotated.label,
});

const inputItem = z.looseObject({ type: z.string().optional(), role: z.string().optional(), content: content.optional(), ...annotated });

/** A prompt that the server keeps, of the Responses API. */
const storedPrompt = z.looseObject({ id: z.string().min(1).max(256) });

const isStored = (prompt: unknown) => typeof prompt === 'object' && !Array.isArray(prompt);

/** The body of the model call, annotations included. Exactly one of `messages`, `prompt` and `input` must be there. */
export const callSchema = z
  .looseObject({
    model: z.string().min(1).max(256).optional().describe('Left out: the first model of the endpoint.'),
    messages: z.array(message).min(1).max(10_000).optional().describe('Chat completions.'),
    prompt: z
      .union([z.string().min(1), z.array(textPart).min(1), storedPrompt])
      .optional()
      .describe('Completions: a string, or text parts that are sent as one string. Beside `input`: a stored prompt, sent as it is.'),
    input: z.union([z.string().min(1), z.array(inputItem).min(1)]).optional().describe('Responses API.'),
    instructions: z.union([z.string(), z.array(textPart)]).nullable().optional(),
    tools: z.array(tool).max(1_000).optional(),
  })
  .superRefine((call, context) => {
    const shapes = (['messages', 'prompt', 'input'] as const).filter((key) => call[key] !== undefined && !(key === 'prompt' && isStored(call.prompt)));
    if (isStored(call.prompt) && call.input === undefined) context.addIssue({ code: 'custom', path: ['prompt'], message: 'a stored prompt goes with `input`' });
    if (shapes.length === 0) context.addIssue({ code: 'custom', path: [], message: 'needs `messages`, `prompt` or `input`' });
    if (shapes.length > 1) context.addIssue({ code: 'custom', path: [shapes[1] as string], message: `\`${shapes[0]}\` is there already: one call has one of them` });
  })
  .describe('The OpenAI-shaped request body, as sent. `explain` and `label` are annotations of this service and are removed before anything is sent.');
