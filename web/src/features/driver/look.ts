/** What a driver presses and reads in the rain: larger than elsewhere. */
import { dangerous, primary, secondary } from '@/ui/button.ts';

const large = 'min-h-14 w-full text-lg text-center';
export const go = `${primary} ${large}`;
export const other = `${secondary} ${large}`;
export const no = `${dangerous} ${large}`;
export const aside = 'min-h-14 w-full px-2 font-medium underline underline-offset-4';
