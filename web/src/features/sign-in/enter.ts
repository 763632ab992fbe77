/** Ways in, whose tokens lie in cookies that no script reads. */
import { type Changed, type Changing, request, type Sent } from '@tipple/api';
import { answer, told } from '@/lib/network.ts';

export async function enter<Path extends Changing<'post'>>(
  path: Path,
  body: Sent<'post', Path>['body'],
): Promise<Changed<'post', Path>> {
  const { address, init } = request('post', path, {
    body,
    header: { 'x-session': 'cookie' },
  } as unknown as Sent<'post', Path>);
  return (await told(await answer(address, init))) as Changed<'post', Path>;
}
