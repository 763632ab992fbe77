import { Data } from './data.tsx';
import { Favourites } from './favourites.tsx';
import { Methods } from './methods.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';

/** What stands below all that is seen first. */
export function Page(): React.ReactNode {
  return (
    <>
      <Favourites />
      <Methods />
      <Sessions />
      <SecondFactor />
      <Data />
    </>
  );
}
