// An identity provider made of npm's oidc-provider, for tests. It reads its
// settings from the environment, listens on ISSUER, prints "ready", and lets a
// test change what it knows under /-test/.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Provider } from 'oidc-provider';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, AFTER_SIGN_OUT, BACK_CHANNEL, GROUPS_IN } = process.env;

// Every clock in here runs ahead by as much as a test says.
let ahead = 0;
const now = Date.now;
Date.now = () => now() + ahead * 1000;

const people = new Map([
  ['anna', { name: 'Anna Example', email: 'anna@example.test', groups: ['staff', 'finance'] }],
  ['ben', { name: 'Ben Example', email: 'ben@example.test', groups: ['staff'] }],
]);

function key() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

// The library's own memory goes with a provider; sessions and tokens in this one
// outlive a change of keys.
const held = new Map();
class Memory {
  constructor(kind) { this.kind = kind; }
  async upsert(id, payload) { held.set(`${this.kind}:${id}`, payload); }
  async find(id) { return held.get(`${this.kind}:${id}`); }
  async findByUid(uid) { return [...held].find(([name, { uid: one }]) => name.startsWith(this.kind) && one === uid)?.[1]; }
  async consume(id) { held.get(`${this.kind}:${id}`).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { held.delete(`${this.kind}:${id}`); }
  async revokeByGrantId(grant) {
    for (const [name, { grantId }] of held) if (grantId === grant) held.delete(name);
  }
}

function provider() {
  return new Provider(ISSUER, {
    adapter: Memory,
    // The library refuses to call private addresses, and the portal has one here.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    jwks: { keys: [key()] },
    cookies: { keys: [CLIENT_SECRET] },
    clients: [{
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      post_logout_redirect_uris: [AFTER_SIGN_OUT],
      grant_types: ['authorization_code', 'refresh_token'],
      backchannel_logout_uri: BACK_CHANNEL,
      backchannel_logout_session_required: true,
    }],
    scopes: ['openid', 'groups'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
    conformIdTokenClaims: GROUPS_IN === 'userinfo',
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    async findAccount(_, sub) {
      const person = people.get(sub);
      return person && { accountId: sub, claims: async () => ({ sub, ...person }) };
    },
  });
}

let answer = provider().callback();

const changes = {
  '/-test/groups': ({ who, groups }) => { people.get(who).groups = groups; },
  '/-test/remove': ({ who }) => { people.delete(who); },
  '/-test/rotate': () => { answer = provider().callback(); },
  '/-test/clock': ({ seconds }) => { ahead += seconds; },
};

const { hostname, port } = new URL(ISSUER);
createServer(async (request, response) => {
  const change = changes[request.url];
  if (!change) {
    answer(request, response);
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  change(JSON.parse(body || '{}'));
  response.end();
}).listen(Number(port), hostname, () => console.log('ready'));
