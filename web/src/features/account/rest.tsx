import { Addresses } from './addresses.tsx';
import { Data } from './data.tsx';
import { Favourites } from './favourites.tsx';
import { Methods } from './methods.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';
import { Taste } from './taste.tsx';

/** What stands below all that is seen first. */
export function Page(): React.ReactNode {
  return (
    <>
      <Addresses />
      <Taste />
      <Favourites />
      <Methods />
      <Sessions />
      <SecondFactor />
      <Data />
    </>
  );
}
