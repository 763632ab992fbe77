// A real OpenID provider with one client, for the tests of accounts. It listens on a free port of
// this machine, prints its issuer, and ends when whoever started it closes its input.
//
// Usage: node server.mjs REDIRECT_URI
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [redirectUri] = process.argv.slice(2);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'tipple',
        // With what has to be encoded in a header.
        client_secret: 'a secret: of+the tests/100%',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: {
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name'],
    },
    pkce: { required: () => true },
    // Whoever signs in is who they say.
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@Example.com`,
        email_verified: true,
        given_name: 'Ann',
        family_name: 'Lee',
      }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit());
