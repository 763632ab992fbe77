/** Pages for what goes on in the house: orders, the law, people, letters. */
import { livePages } from './live/route.ts';
import { orderPages } from './orders/route.ts';
import { refundPages } from './refunds/route.ts';

export const housePages = [...livePages, ...orderPages, ...refundPages];
