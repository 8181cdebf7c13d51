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
 * Asks in one form after the other, as a list and then one by one, until log-probabilities come back. `read` gives null
 * when the form does not get them, and a text when no other form need be tried.
 * @returns what the last form was answered when none works
 * @throws Fault when the server is in trouble rather than unwilling
 */
export async function firstThatWorks<T>(
  desk: Desk,
  forms: readonly EchoForm[],
  request: (form: EchoForm, inputs: readonly T[], asList: boolean) => Request,
  inputs: readonly T[],
  read: (choice: EchoChoice, input: T) => readonly number[] | string | null,
  errand: Errand,
): Promise<Found | string> {
  const ask = async (form: EchoForm, part: readonly T[], asList: boolean) => {
    // read after the request has ended, so that a reply of another form is not asked for again
    const reply = await desk.channel.post(request(form, part, asList), (body) => body, errand);
    return choicesOf(reply, part.length).map((choice, index) => {
      const values = read(choice, part[index] as T);
      if (values === null) throw malformed('the reply does not echo the prompt with log-probabilities');
      return values;
    });
  };
  let why = '';
  for (const { form, asList } of forms.flatMap((each) => [true, false].map((list) => ({ form: each, asList: list })))) {
    try {
      const answers: (readonly number[] | string)[] = [];
      for (const part of asList ? [inputs] : inputs.map((input) => [input])) answers.push(...(await ask(form, part, asList)));
      const values = answers.filter((each) => typeof each !== 'string');
      return values.length === answers.length
        ? { form, lists: asList, values }
        : String(answers.find((each) => typeof each === 'string'));
    } catch (error) {
      if (!(error instanceof Fault) || !error.unwilling) throw error;
      why = error.reason;
    }
  }
  return why;
}
