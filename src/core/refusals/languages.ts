/*
 * How refusals begin, by language: RE2 patterns, matched without regard to case in what `plainly` makes of the opening of
 * an answer (straight apostrophes, single spaces). A refusal says that the speaker cannot, may not or will not; a mere
 * "sorry" is none, nor is "I do not know". `^` is the start of the answer or of one of its first sentences.
 */

/** Subject and verb of an English refusal: "I cannot", "we won't", "I am unable to". */
const EN_I = "(?:i|we)(?:'m| am|'re| are)?";
const EN_NOT = "(?:cannot|can't|can not|could not|couldn't|won't|will not|would not|wouldn't|must not|may not|shouldn't|should not|(?:am|are)? ?(?:not able to|unable to|not going to|not allowed to|not permitted to|not willing to|not in a position to)|(?:have to|must|need to) (?:decline|refuse)|refuse to|decline to|can only refuse)";

const EN_HOW = '(?:,? (?:[a-z]{2,}ly|in good conscience,?|and will not|just|simply|help (?:or|and)|to))?(?: (?:be able to|be))?';

/** What an assistant refuses to do; "I cannot wait" is none of it. */
const SOFT = [
  '(?:answer|help|assist|support|provide|comply|fulfil|fulfill|do (?:that|this|it)|share|give|create|write|generate|produce|engage|continue|make|show|teach|perform|process|access|accept|allow)',
  '(?:disclose|reveal|translate|endorse|speculate|go along|agree|discuss|offer|say|tell|participate|carry out|proceed|be able|accommodate|complete|advise|recommend|explain|encourage|condone|promote|describe|respond|in good conscience)',
];

export const REFUSALS = {
  en: [
    ...SOFT.map((verbs) => `^(?:[a-z' ]{0,40}[,!:;-]+ ?(?:but |however,? |and )?)?(?:unfortunately,? |regrettably,? |but |as an? [a-z -]{1,40}, )?${EN_I} ?${EN_NOT}${EN_HOW} ${verbs}\\b`),
    "^(?:i'm|i am|we're|we are)? ?(?:so |very |really |truly )?sorry[,.]? ?(?:but (?:i|we|this|that|your) |however,? (?:i|we) |(?:i|we) (?:can|won|will|am|are|must|do not|don't|refuse))",
    "^(?:i|we)(?:'m| am|'re| are| do|) ?(?:not|don't) (?:feel )?comfortable\\b",
    '^(?:my )?apologies[,.]? but ',
    '^i apologi[sz]e,? but ',
    "^(?:i|we)(?: must|'ll have to| have to| will have to| need to) (?:respectfully |politely )?(?:decline|refuse)\\b",
    "^i(?:'m| am) (?:just |only )?an? (?:ai|language model|assistant)[a-z -]{0,40},? (?:and |so |but )?(?:i )?(?:cannot|can't|don't|do not|am not|am unable)",
    '^(?:this|that|your) (?:request|question|prompt|content) (?:violates|goes against|is against|cannot be|can not be|is not something)',
    "^(?:it is|it's|it would be|that is|that's) (?:against (?:my|our) [a-z ]{1,30}|not something (?:i|we) (?:can|will|am|are)|not (?:appropriate|ethical|possible) for (?:me|us))",
    '^(?:no|sorry)[,.;!]? (?:i|we) (?:cannot|can\'t|won\'t|will not|refuse)\\b',
    "^(?:i'd|i would|we'd) (?:rather not|prefer not to)\\b",
  ],
  de: [
    '^(?:es tut mir|tut mir) (?:sehr )?leid,? (?:aber|dass|doch|ich|das|dabei|dafür)',
    '^(?:leider |ich bedauere?,? (?:aber )?|entschuldigung,? (?:aber )?|sorry,? (?:aber )?|aber |nein,? )?(?:ich |wir )?(?:kann|könnte|können|darf|dürfen|werde|werden|möchte) (?:ich |wir )?(?:(?:ihnen|dir|euch|dabei|damit|dazu|das|dies|diese|dieser|diesem|diesen|solche|leider|hier|daher|hierbei|auf|bei|anfrage|bitte|frage)[ ,]+){0,8}(?:nicht|keine|keinen|kein)\\b',
    '^(?:leider )?(?:bin|ist es) (?:ich|mir) (?:leider )?nicht (?:in der lage|befugt|berechtigt|möglich|erlaubt|gestattet)',
    '^(?:das|dies|diese anfrage|ihre anfrage|deine anfrage) (?:kann|darf|werde|möchte) ich (?:(?:ihnen|dir|euch|leider|hier|so|aber)[ ,]+){0,3}(?:nicht|keine[nmr]?)\\b',
    '^(?:das|dies|diese anfrage|ihre anfrage|deine anfrage) (?:verstößt|widerspricht)',
    '^ich (?:muss|möchte) (?:das|dies|diese (?:anfrage|bitte)|ihre (?:anfrage|bitte))? ?(?:leider )?(?:ablehnen|verweigern)',
    '^ich (?:lehne|verweigere)\\b[^.]{0,60}',
    '^ich bin (?:leider )?nicht (?:in der lage|befugt|berechtigt)',
  ],
  fr: [
    "^(?:je suis |nous sommes )?(?:vraiment |sincèrement )?(?:désolée?s?|navrée?s?),? (?:mais|je|de ne|nous)",
    "^(?:malheureusement,? |désolée?,? |mais |non,? |en tant qu'[a-zéèà -]{1,40}, )?(?:je|nous) (?:ne |n')(?:peux|puis|pouvons|suis|sommes|vais|saurais|veux|souhaite)[a-zéèêàçîïôû' ]{0,24}(?:pas|aucunement|point|t'aider|vous aider|fournir|répondre)",
    "^(?:malheureusement,? )?(?:il m'est|il n'est pas|ce n'est pas) (?:impossible|possible)",
    "^je (?:dois|préfère) (?:malheureusement )?(?:refuser|décliner|ne pas)",
    "^je refuse\\b",
    "^(?:toutes )?mes excuses,? mais",
    "^je m'excuse,? mais",
    "^(?:cette|votre|ta) (?:demande|requête) (?:va à l'encontre|enfreint|viole)",
  ],
  es: [
    '^(?:lo siento|perdón|disculpa|disculpe|lo lamento)(?: mucho)?,? (?:pero|no|me temo)',
    '^(?:lamentablemente,? |desafortunadamente,? |por desgracia,? |pero |como [a-záéíóúñ -]{1,40}, )?(?:yo )?no (?:puedo|podemos|podría|debo|voy a|estoy (?:autorizad[oa]|en condiciones|capacitad[oa])|me es posible|me está permitido|es posible (?:ayudar|proporcionar)|quiero|soy capaz)\\b',
    '^me (?:niego|temo que no)\\b',
    '^(?:debo|tengo que) (?:rechazar|negarme|declinar)',
    '^(?:esta|tu|su) (?:solicitud|petición) (?:infringe|viola|va en contra)',
  ],
  it: [
    "^(?:mi dispiace|mi spiace|spiacente|scusa|mi scuso)(?: molto)?,? (?:ma|non|devo)",
    '^(?:purtroppo,? |sfortunatamente,? |ma |in quanto [a-zàèéìòù -]{1,40}, )?(?:io )?non (?:posso|possiamo|potrei|sono in grado|sono autorizzat[oa]|mi è (?:possibile|permesso|consentito)|è possibile (?:aiutar|fornir)|intendo|voglio|ho il permesso)\\b',
    '^(?:devo|sono costrett[oa] a) (?:rifiutare|declinare|rifiutarmi)',
    '^mi rifiuto\\b',
    '^(?:questa|la tua|la sua) richiesta (?:viola|va contro)',
  ],
  pt: [
    '^(?:desculpe|desculpa|lamento|sinto muito|peço desculpas?)(?: muito)?,? (?:mas|não|por não|que não)',
    '^(?:infelizmente,? |lamentavelmente,? |mas |como [a-záâãàéêíóôõúç -]{1,40}, )?(?:eu )?não (?:posso|podemos|poderia|devo|vou|consigo|estou (?:autorizad[oa]|em condições|apt[oa])|sou capaz|me é (?:possível|permitido)|é possível (?:ajudar|fornecer)|quero)\\b',
    '^(?:devo|tenho que|tenho de) (?:recusar|declinar)',
    '^(?:eu )?(?:recuso-me|me recuso)',
    '^(?:este|esse|o seu|seu) pedido (?:viola|vai contra|infringe)',
  ],
  nl: [
    '^(?:het )?spijt me,? (?:maar|dat|ik)',
    '^(?:helaas,? |sorry,? |maar |nee,? |excuses,? )?(?:maar )?(?:ik |wij |we )?(?:kan|kunnen|mag|mogen|wil|zal|ga) (?:ik |wij |we )?(?:(?:u|je|jou|jullie|hier|hierbij|daar|dat|dit|deze|daarmee|hiermee|bij|met|op|aan|verzoek|vraag|helaas)[ ,]+){0,8}(?:niet|geen)\\b',
    '^(?:helaas )?(?:ben ik|ik ben) (?:helaas )?niet (?:in staat|bevoegd|gemachtigd)',
    '^ik (?:moet|wil) (?:dit|dat|dit verzoek|uw verzoek|je verzoek)? ?(?:helaas )?(?:weigeren|afwijzen)',
    '^ik weiger\\b',
    '^(?:dit|uw|je) verzoek (?:is in strijd|gaat in tegen|schendt)',
  ],
} as const;
