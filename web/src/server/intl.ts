/** The engine in the binary knows no languages: it is taught those of the site, as the gateway
 * tells them apart (services/gateway/src/site/reader.rs): what it writes has to be what the browser writes. */
import '@formatjs/intl-getcanonicallocales/polyfill.js';
import '@formatjs/intl-locale/polyfill.js';
import '@formatjs/intl-pluralrules/polyfill-force.js';
import '@formatjs/intl-pluralrules/locale-data/en.js';
import '@formatjs/intl-pluralrules/locale-data/he.js';
import '@formatjs/intl-numberformat/polyfill-force.js';
import '@formatjs/intl-numberformat/locale-data/en.js';
import '@formatjs/intl-numberformat/locale-data/en-AU.js';
import '@formatjs/intl-numberformat/locale-data/en-CA.js';
import '@formatjs/intl-numberformat/locale-data/en-GB.js';
import '@formatjs/intl-numberformat/locale-data/en-IE.js';
import '@formatjs/intl-numberformat/locale-data/en-IN.js';
import '@formatjs/intl-numberformat/locale-data/en-NZ.js';
import '@formatjs/intl-numberformat/locale-data/en-ZA.js';
import '@formatjs/intl-numberformat/locale-data/he.js';
import '@formatjs/intl-displaynames/polyfill-force.js';
import '@formatjs/intl-displaynames/locale-data/en.js';
import '@formatjs/intl-displaynames/locale-data/he.js';
