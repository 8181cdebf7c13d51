import { ProblemError } from '../../errors.ts';
import type { AskOptions, Consultant, Inquiry, Said } from '../../service/ports.ts';
import { consultantInFlow } from '../traffic/flow.ts';
import { classify } from './classify.ts';
import type { ClassifierSettings, Counsellor } from './consulted.ts';
import { embed } from './embeddings.ts';
import { Judge } from './judge.ts';
import { verdictFor, WORDING } from './verdict.ts';

/** Who is there to be asked; null = nobody. */
export interface Counsellors {
  embedding: Counsellor | null;
  classifier: (Counsellor & { settings: ClassifierSettings }) | null;
  judge: Counsellor | null;
}

type Kind = Inquiry['kind'];

/** Tokens of a verdict, its braces included. */
const VERDICT_TOKENS = 12;

/** Asks inquiries that are all of its kinds; positions are theirs. */
type Asks = (inquiries: readonly Inquiry[], options: AskOptions<Said>) => Promise<void>;

interface Post {
  /** Said in problems. */
  title: string;
  counsellor: Counsellor;
  /** What else an answer depends on. */
  manner: string;
  judged: boolean;
  ask: Asks;
}

/** The same options for a part of the items. */
function forPart(options: AskOptions<Said>, positions: readonly number[]): AskOptions<Said> {
  const at = (part: number): number => positions[part] ?? -1;
  return {
    signal: options.signal,
    admit: (parts) => options.admit(parts.map(at)),
    onOutcome: (part, outcome) => options.onOutcome(at(part), outcome),
    onUsage: (usage, parts) => options.onUsage(usage, parts.map(at)),
  };
}

/** A refusal that names who refused: the job's own endpoint may be well. */
async function naming<T>(title: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(error.code, `${title}: ${error.message}`, { cause: error });
  }
}

/** The consultant of one endpoint's jobs. */
export function createConsultant({ embedding, classifier, judge }: Counsellors): Consultant {
  const judging = judge && new Judge(judge.desk);
  const byJudge: Post | null = judge && {
    title: 'the judge',
    counsellor: judge,
    manner: `judge ${WORDING}`,
    judged: true,
    ask: async (inquiries, options) => judging?.ask(inquiries.filter((inquiry) => inquiry.kind !== 'embedding'), options),
  };
  const byModel: Post | null = embedding && {
    title: 'the embedding model',
    counsellor: embedding,
    manner: 'embeddings',
    judged: false,
    ask: (inquiries, options) => {
      const texts = inquiries.filter((inquiry) => inquiry.kind === 'embedding').map(({ text }) => text);
      return embed(texts, embedding.desk, options);
    },
  };
  const byClassifier = (kind: 'entailment' | 'contradiction', label: string | number | null | undefined): Post | null => {
    if (!classifier || label === null || label === undefined) return null;
    const { desk, settings } = classifier;
    return {
      title: `the ${kind} classifier`,
      counsellor: classifier,
      manner: JSON.stringify([settings.route, label, settings.separator]),
      judged: false,
      ask: (inquiries, options) => {
        const pairs = inquiries.filter((inquiry) => inquiry.kind === 'entailment' || inquiry.kind === 'contradiction');
        return classify(pairs, label, desk, settings, options);
      },
    };
  };
  const posts: Readonly<Record<Kind, Post | null>> = {
    embedding: byModel,
    entailment: byClassifier('entailment', classifier?.settings.label) ?? byJudge,
    contradiction: byClassifier('contradiction', classifier?.settings.contradictionLabel) ?? byJudge,
    grade: byJudge,
    preference: byJudge,
    refusal: byJudge,
  };
  const postFor = (kind: Kind): Post => {
    const post = posts[kind];
    if (!post) throw new ProblemError('scorer_unavailable', `nobody is configured who could be asked for ${kind}`);
    return post;
  };
  const consultant: Consultant = {
    as: (flow) => consultantInFlow(consultant, flow),
    identity(kind) {
      const { counsellor, manner } = postFor(kind);
      return JSON.stringify([counsellor.identity, counsellor.desk.model, manner]);
    },
    price: (kind) => postFor(kind).counsellor.price,
    size(inquiry) {
      if (inquiry.kind === 'embedding') return { characters: inquiry.text.length, answerTokens: 0 };
      if (!postFor(inquiry.kind).judged) return { characters: JSON.stringify(inquiry).length, answerTokens: 0 };
      const { system, user, schema } = verdictFor(inquiry);
      return { characters: system.length + user.length + JSON.stringify(schema).length, answerTokens: VERDICT_TOKENS };
    },
    async ask(inquiries, options) {
      const byKind = Map.groupBy(inquiries.keys(), (position) => postFor(inquiries[position]?.kind ?? 'grade'));
      for (const [post, positions] of byKind) {
        const part = positions.map((position) => inquiries[position] as Inquiry);
        await naming(post.title, post.ask(part, forPart(options, positions)));
      }
    },
  };
  return consultant;
}
