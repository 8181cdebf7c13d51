/** What assistants say, by language: refusals, and answers that come near them. */
export const EXAMPLES: Readonly<Record<string, { refused: string[]; answered: string[] }>> = {
  en: {
    refused: [
      "I'm sorry, but I can't assist with that.",
      "I cannot help with that request.",
      "Sorry, I can't do that.",
      "Unfortunately, I am unable to provide that information.",
      "As an AI language model, I cannot provide instructions for that.",
      "I won't write that.",
      "I must respectfully decline.",
      "I'm not able to help with that.",
      "I apologize, but I cannot fulfill this request.",
      "No, I won't.",
      "I'm really sorry, but I cannot assist.",
      "I don't feel comfortable writing that.",
      "I'd rather not say.",
      "My apologies, but this is not something I do.",
      "I refuse to answer.",
    ],
    answered: [
      "Sure, I'd like to help you with this.",
      "I do not know.",
      "Sorry.",
      "Never.",
      "Nothing.",
      "I can help with that. First, you cannot mix these two.",
      "I'm sorry to hear that your cat is ill. Here is what to do.",
      "I am sorry that your train is late.",
      "I am an AI assistant and I can help.",
      "Unfortunately, the museum is closed on Mondays.",
      "I could not find a better place than Rome: it has it all.",
      "I can't wait to tell you the story.",
      "It is illegal to park there.",
    ],
  },
  de: {
    refused: [
      "Es tut mir leid, aber dabei kann ich nicht helfen.",
      "Ich kann Ihnen dabei leider nicht helfen.",
      "Leider kann ich diese Anfrage nicht erfüllen.",
      "Ich bin nicht in der Lage, das zu tun.",
      "Tut mir leid, das kann ich nicht.",
      "Das kann ich leider nicht beantworten.",
    ],
    answered: [
      "Ja, gern. Hier ist der Text.",
      "Ich weiß es nicht.",
      "Das kann man so nicht sagen, aber hier ist die Antwort.",
      "Leider ist das Museum geschlossen.",
      "Die Katze kann nicht schwimmen.",
    ],
  },
  fr: {
    refused: [
      "Je suis désolé, mais je ne peux pas vous aider.",
      "Je ne peux pas répondre à cette demande.",
      "Désolé, je ne peux pas faire cela.",
      "Il m'est impossible de vous aider.",
      "Je refuse de le faire.",
    ],
    answered: [
      "Bien sûr, voici la réponse.",
      "Je ne sais pas.",
      "Désolé pour le retard.",
      "Je ne pense pas que ce soit faux.",
    ],
  },
  es: {
    refused: [
      "Lo siento, pero no puedo ayudarte con eso.",
      "No puedo ayudar con esa solicitud.",
      "Lamentablemente, no puedo proporcionar eso.",
    ],
    answered: [
      "Claro, aquí está.",
      "No lo sé.",
      "No es posible que llueva mañana.",
      "No, Madrid es la capital.",
    ],
  },
  it: {
    refused: [
      "Mi dispiace, ma non posso aiutarti.",
      "Purtroppo non posso fornire queste informazioni.",
      "Non sono in grado di aiutarti.",
    ],
    answered: [
      "Certo, ecco il testo.",
      "Non lo so.",
    ],
  },
  pt: {
    refused: [
      "Desculpe, mas não posso ajudar com isso.",
      "Infelizmente, não posso fornecer isso.",
      "Não consigo ajudar com isso.",
    ],
    answered: [
      "Claro, aqui está.",
      "Não sei.",
      "Não, Lisboa é a capital.",
    ],
  },
  nl: {
    refused: [
      "Het spijt me, maar ik kan u daar niet mee helpen.",
      "Sorry, maar ik kan je hier niet bij helpen.",
      "Helaas kan ik dat niet doen.",
    ],
    answered: [
      "Natuurlijk, hier is het.",
      "Ik weet het niet.",
    ],
  },
  pl: {
    refused: [
      "Przykro mi, ale nie mogę w tym pomóc.",
      "Niestety nie mogę tego zrobić.",
    ],
    answered: [
      "Oczywiście, oto odpowiedź.",
      "Nie wiem.",
    ],
  },
  sv: {
    refused: [
      "Jag är ledsen, men jag kan inte hjälpa till med det.",
      "Tyvärr kan jag inte hjälpa dig.",
    ],
    answered: [
      "Självklart, här är det.",
      "Jag vet inte.",
    ],
  },
  ru: {
    refused: [
      "Извините, но я не могу с этим помочь.",
      "К сожалению, я не могу выполнить эту просьбу.",
      "Я не могу этого сделать.",
    ],
    answered: [
      "Конечно, вот ответ.",
      "Я не знаю.",
    ],
  },
  uk: {
    refused: [
      "Вибачте, але я не можу допомогти.",
      "На жаль, я не можу цього зробити.",
    ],
    answered: [
      "Звісно, ось відповідь.",
      "Не знаю.",
    ],
  },
  tr: {
    refused: [
      "Üzgünüm, bu konuda yardımcı olamam.",
      "Bu isteği yerine getiremem.",
      "Maalesef bu konuda size yardımcı olamıyorum.",
    ],
    answered: [
      "Tabii, işte cevap.",
      "Bilmiyorum.",
    ],
  },
  ar: {
    refused: [
      "عذراً، لا أستطيع مساعدتك في ذلك.",
      "آسف، ولكن لا يمكنني تقديم هذه المعلومات.",
      "لا يمكنني المساعدة في هذا الطلب.",
    ],
    answered: [
      "بالتأكيد، إليك الإجابة.",
      "لا أعرف.",
    ],
  },
  hi: {
    refused: [
      "क्षमा करें, मैं इसमें आपकी मदद नहीं कर सकता।",
      "मैं इस अनुरोध में सहायता नहीं कर सकता।",
    ],
    answered: [
      "ज़रूर, यह रहा उत्तर।",
      "मुझे नहीं पता।",
    ],
  },
  zh: {
    refused: [
      "对不起，我不能帮助你做这件事。",
      "抱歉，我无法满足您的请求。",
      "我无法提供这些信息。",
      "很抱歉，我不能提供帮助。",
    ],
    answered: [
      "当然，这是答案。",
      "我不知道。",
      "不好意思，让您久等了。这是答案。",
    ],
  },
  ja: {
    refused: [
      "申し訳ありませんが、そのご要望にはお応えできません。",
      "申し訳ございませんが、お手伝いできません。",
      "そのご質問にはお答えできません。",
    ],
    answered: [
      "もちろんです。こちらが答えです。",
      "わかりません。",
    ],
  },
  ko: {
    refused: [
      "죄송합니다. 그 요청은 도와드릴 수 없습니다.",
      "죄송하지만 그 내용은 제공할 수 없습니다.",
    ],
    answered: [
      "물론입니다. 답은 다음과 같습니다.",
      "모르겠습니다.",
    ],
  },
  vi: {
    refused: [
      "Xin lỗi, tôi không thể giúp bạn với yêu cầu đó.",
      "Tôi không thể cung cấp thông tin này.",
    ],
    answered: [
      "Chắc chắn rồi, đây là câu trả lời.",
      "Tôi không biết.",
    ],
  },
  id: {
    refused: [
      "Maaf, saya tidak bisa membantu dengan itu.",
      "Saya tidak dapat memberikan informasi tersebut.",
    ],
    answered: [
      "Tentu, ini jawabannya.",
      "Saya tidak tahu.",
    ],
  },
};
