/** Reads messages/<language>.json, ICU messages by key, into the form that needs no parser in the browser. */
import { compileMessage } from '@lingui/message-utils/compileMessage';
import type { Plugin } from 'vite';

export function messages(): Plugin {
  return {
    name: 'messages',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/messages\/[a-z]+\/[a-z]+\.json$/.test(id)) return null;
      const compiled = Object.entries(JSON.parse(code)).map(([key, text]) => [
        key,
        compileMessage(String(text)),
      ]);
      return {
        code: `export default ${JSON.stringify(Object.fromEntries(compiled))};`,
        map: null,
        moduleType: 'js',
      };
    },
  };
}
