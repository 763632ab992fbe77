/** Pages for what goes on in the house: orders, the law, people, letters. */
import { complaintPages } from './complaints/route.ts';
import { deadLetterPages } from './dead-letters/route.ts';
import { lawPages } from './law/route.ts';
import { licencePages } from './licences/route.ts';
import { livePages } from './live/route.ts';
import { messagePages } from './messages/route.ts';
import { orderPages } from './orders/route.ts';
import { peoplePages } from './people/route.ts';
import { refundPages } from './refunds/route.ts';
import { whatIfPages } from './what-if/route.ts';

export const housePages = [
  ...livePages,
  ...orderPages,
  ...refundPages,
  ...complaintPages,
  ...messagePages,
  ...deadLetterPages,
  ...lawPages,
  ...whatIfPages,
  ...licencePages,
  ...peoplePages,
];
