// What the launcher says before the chat's own words are there.
const WORDS = {
  en: ['Open chat', 'Close chat'],
  es: ['Abrir el chat', 'Cerrar el chat'],
  zh: ['打开聊天', '关闭聊天'],
  nl: ['Chat openen', 'Chat sluiten'],
  pt: ['Abrir o chat', 'Fechar o chat'],
  de: ['Chat öffnen', 'Chat schließen'],
  it: ['Apri la chat', 'Chiudi la chat'],
  fr: ['Ouvrir le chat', 'Fermer le chat'],
  ja: ['チャットを開く', 'チャットを閉じる'],
  pl: ['Otwórz czat', 'Zamknij czat'],
  tr: ['Sohbeti aç', 'Sohbeti kapat'],
};

/** In the page's language, or in English. */
export const words = (locale) => {
  const language = String(locale).toLowerCase().split(/[-_]/)[0];
  const [open, close] = Object.hasOwn(WORDS, language) ? WORDS[language] : WORDS.en;
  return { language: Object.hasOwn(WORDS, language) ? language : 'en', open, close };
};
