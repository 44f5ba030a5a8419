// Signal's own library for Node, measured as ratchet.c measures ours: messages of 100 bytes a second,
// sent and received, both sides in one process, sessions in memory. It has the same aims (a double
// ratchet with sparse ML-KEM), without header encryption. It is not installed with the tests, being
// large; measured where Node finds it: npm install --no-save @signalapp/libsignal-client

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

let signal;
try {
  const here = createRequire(join(process.env.SIGNET_BENCH_MODULES ?? process.cwd(), 'package.json'));
  signal = await import(pathToFileURL(here.resolve('@signalapp/libsignal-client')));
} catch {
  console.log('@signalapp/libsignal-client is not installed, and not measured');
  process.exit(0);
}

class Side {
  constructor(name, registration) {
    const keys = signal.IdentityKeyPair.generate();
    const sessions = new Map(), identities = new Map(), records = {};
    this.keys = keys;
    this.registration = registration;
    this.records = records;
    this.address = signal.ProtocolAddress.new(name, 1);
    const name_of = (address) => `${address.name()}.${address.deviceId()}`;
    const stores = {
      session: class extends signal.SessionStore {
        async saveSession(address, record) { sessions.set(name_of(address), record); }
        async getSession(address) { return sessions.get(name_of(address)) ?? null; }
        async getExistingSessions(addresses) { return addresses.map((a) => sessions.get(name_of(a))); }
      },
      identity: class extends signal.IdentityKeyStore {
        async getIdentityKey() { return keys.privateKey; }
        async getIdentityKeyPair() { return keys; }
        async getLocalRegistrationId() { return registration; }
        async saveIdentity(address, key) { identities.set(name_of(address), key); return 0; }
        async isTrustedIdentity() { return true; }
        async getIdentity(address) { return identities.get(name_of(address)) ?? null; }
      },
      preKey: class extends signal.PreKeyStore {
        async savePreKey() {}
        async getPreKey() { return records.preKey; }
        async removePreKey() {}
      },
      signedPreKey: class extends signal.SignedPreKeyStore {
        async saveSignedPreKey() {}
        async getSignedPreKey() { return records.signedPreKey; }
      },
      kyber: class extends signal.KyberPreKeyStore {
        async saveKyberPreKey() {}
        async getKyberPreKey() { return records.kyber; }
        async markKyberPreKeyUsed() {}
      },
    };
    for (const store in stores) this[store] = new stores[store]();
  }

  bundle() {
    const preKey = signal.PrivateKey.generate(), signedKey = signal.PrivateKey.generate();
    const kyber = signal.KEMKeyPair.generate();
    const sign = (bytes) => this.keys.privateKey.sign(bytes);
    const signedSignature = sign(signedKey.getPublicKey().serialize());
    const kyberSignature = sign(kyber.getPublicKey().serialize());
    this.records.preKey = signal.PreKeyRecord.new(1, preKey.getPublicKey(), preKey);
    this.records.signedPreKey = signal.SignedPreKeyRecord.new(1, 1, signedKey.getPublicKey(), signedKey, signedSignature);
    this.records.kyber = signal.KyberPreKeyRecord.new(1, 1, kyber, kyberSignature);
    return signal.PreKeyBundle.new(this.registration, 1, 1, preKey.getPublicKey(), 1, signedKey.getPublicKey(), signedSignature,
      this.keys.publicKey, 1, kyber.getPublicKey(), kyberSignature);
  }
}

const sides = [new Side('a', 1), new Side('b', 2)];
const text = crypto.getRandomValues(new Uint8Array(100));

async function pass(from) {
  const s = sides[from], r = sides[1 - from];
  const message = await signal.signalEncrypt(text, r.address, s.address, s.session, s.identity);
  const wire = message.serialize();
  const plain = message.type() === signal.CiphertextMessageType.PreKey
    ? await signal.signalDecryptPreKey(signal.PreKeySignalMessage.deserialize(wire), s.address, r.address, r.session, r.identity,
      r.preKey, r.signedPreKey, r.kyber)
    : await signal.signalDecrypt(signal.SignalMessage.deserialize(wire), s.address, r.address, r.session, r.identity);
  if (plain.length !== text.length) throw new Error('it differs');
}

async function rate(what, run) {
  let best = 0;
  for (let i = 0; i < 5; i++) {
    const start = process.cpuUsage();
    let passed = 0, count = 0;
    while (passed < 3e5) {
      await run();
      count += 100;
      const { user, system } = process.cpuUsage(start);
      passed = user + system;
    }
    best = Math.max(best, (count / passed) * 1e6);
  }
  console.log('libsignal-client (npm)'.padEnd(22), what.padEnd(34), best.toFixed(0).padStart(9), 'a second', (1e6 / best).toFixed(1).padStart(9), 'us');
}

await signal.processPreKeyBundle(sides[1].bundle(), sides[1].address, sides[0].address, sides[0].session, sides[0].identity);
await pass(0);
await pass(1);
await rate('messages, one way', async () => {
  for (let i = 0; i < 100; i++) await pass(0);
});
await rate('messages, ping-pong', async () => {
  for (let i = 0; i < 50; i++) {
    await pass(0);
    await pass(1);
  }
});
