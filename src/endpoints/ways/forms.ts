import type { Request } from '../http/client.ts';
import { Fault } from '../http/fault.ts';
import { malformed } from '../http/read.ts';
import type { Errand } from '../traffic/channel.ts';
import { choicesOf, type EchoForm } from './echo.ts';
import type { EchoChoice } from './replies.ts';
import type { Desk } from './way.ts';

export interface Found {
  form: EchoForm;
  lists: boolean;
  /** Log-probabilities of each input's answer. */
  values: (readonly number[])[];
}

/**
 * Asks in one form after the other, as a list and then one by one, until log-probabilities come back.
 * @returns what the last form was answered when none works
 * @throws Fault when the server is in trouble rather than unwilling
 */
export async function firstThatWorks<T>(
  desk: Desk,
  forms: readonly EchoForm[],
  request: (form: EchoForm, inputs: readonly T[], asList: boolean) => Request,
  inputs: readonly T[],
  read: (choice: EchoChoice, input: T) => readonly number[] | null,
  errand: Errand,
): Promise<Found | string> {
  const ask = async (form: EchoForm, part: readonly T[], asList: boolean) => {
    // read after the request has ended, so that a reply of another form is not asked for again
    const reply = await desk.channel.post(request(form, part, asList), (body) => body, errand);
    return choicesOf(reply, part.length).map((choice, index) => {
      const values = read(choice, part[index] as T);
      if (!values) throw malformed('the reply does not echo the prompt with log-probabilities');
      return values;
    });
  };
  let why = '';
  for (const form of forms) {
    for (const asList of [true, false]) {
      try {
        const parts = asList ? [inputs] : inputs.map((input) => [input]);
        const values: (readonly number[])[] = [];
        for (const part of parts) values.push(...(await ask(form, part, asList)));
        return { form, lists: asList, values };
      } catch (error) {
        if (!(error instanceof Fault) || !(error.refusesRequest || error.status === 404 || error.kind === 'malformed')) throw error;
        why = error.reason;
      }
    }
  }
  return why;
}
