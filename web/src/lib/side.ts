/** At which side a name begins, by its first letter: a list to choose from would cut it at its beginning otherwise. */
export const sideOf = (name: string): 'ltr' | 'rtl' =>
  /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}]/u.test(name) ? 'rtl' : 'ltr';
