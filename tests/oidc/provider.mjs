// SPDX-License-Identifier: Apache-2.0
// A real OpenID provider for tests: signs in whoever was named last, without asking anything. Loopback only.
// Started with one argument, JSON: {"console": "http://127.0.0.1:1234"}. Prints its address; ends when its input ends.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const { console: site, secret } = JSON.parse(process.argv[2]);
let person = { sub: "nobody", claims: {} };

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "lintas",
      client_secret: secret,
      redirect_uris: [`${site}/oidc/callback`],
      backchannel_logout_uri: `${site}/oidc/back-channel-logout`,
      backchannel_logout_session_required: true,
    },
  ],
  claims: { openid: ["sub", "sid"], profile: ["name", "roles", "agency", "clearance"] },
  conformIdTokenClaims: false, // claims stand in the ID token
  cookies: { keys: [randomBytes(32).toString("hex")] },
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true },
  },
  // its own dispatcher refuses loopback addresses, where all of a test is
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...person.claims }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  ttl: { AuthorizationCode: 60, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
});
provider.on("server_error", (_ctx, error) => console.error(error.stack));
provider.on("backchannel.error", (_ctx, error) => console.error(`back-channel: ${error.message} ${error.cause ?? ""} ${error.response?.status ?? ""}`));

async function signIn(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: person.sub } });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

async function nameSomebody(request, response) {
  let body = "";
  for await (const piece of request) body += piece;
  person = JSON.parse(body);
  response.end();
}

const answer = provider.callback();
server.on("request", (request, response) => {
  if (request.url.startsWith("/interaction/")) {
    signIn(request, response).catch((error) => {
      console.error(error.stack);
      response.writeHead(500).end();
    });
  } else if (request.url === "/test/person") {
    nameSomebody(request, response);
  } else {
    answer(request, response);
  }
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
