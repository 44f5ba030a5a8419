// Our tools, whose folder SIGNET_BIN names, beside npm age-encryption: each opens what the other
// sealed, to X25519 keys and with scrypt passwords, in armor and not. And beside second
// implementations, written here: of our signet/argon2id stanza, from signet-formats(5), and of those
// who open what is sealed to recipients in hardware, from the age specification.

import { spawnSync } from "node:child_process";
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import * as age from "age-encryption";

globalThis.crypto ??= webcrypto; // which Debian 12's node 18 does not set by itself

// @noble/hashes comes with age-encryption.
const inside = createRequire(createRequire(import.meta.url).resolve("age-encryption"));
const load = async (name) => import(pathToFileURL(inside.resolve(name)).href);
const { argon2id } = await load("@noble/hashes/argon2.js");
const { p256 } = await load("@noble/curves/nist.js");
const { ml_kem768_p256 } = await load("@noble/post-quantum/hybrid.js");
const { bech32 } = await load("@scure/base");

const bin = resolve(process.env.SIGNET_BIN ?? "build/bin");
const folder = mkdtempSync(join(tmpdir(), "signet-typage-"));
const at = (name) => join(folder, name);
const thorough = (process.env.SIGNET_TEST_BUILD ?? "plain") === "plain";
const SIZES = [0, 1, 65535, 65536, 65537, 131072, 131073, ...(thorough ? [5000000] : [])];
const PASSWORD = "correct horse battery staple";
const WORK = 10;

// A process that cannot be traced cannot look for its own leaks, except as root.
if (process.getuid()) process.env.ASAN_OPTIONS ??= "detect_leaks=0";

let passed = 0;
let failed = 0;
async function check(name, run) {
    try {
        await run();
        passed++;
    } catch (error) {
        failed++;
        console.log(`not ok ${name}: ${error.message}`);
    }
}

function same(got, want) {
    if (Buffer.compare(Buffer.from(got), Buffer.from(want)) !== 0)
        throw new Error(`${got.length} bytes came back, which are not the ${want.length} that went in`);
}

async function refuses(promise, message) {
    const fell = await promise.then(() => false, () => true);
    if (!fell) throw new Error(message);
}

function tool(name, args, input, status = 0) {
    const run = spawnSync(join(bin, name), args, { input, maxBuffer: 1 << 28 });
    if (run.status !== status)
        throw new Error(`${name} ${args.join(" ")}: status ${run.status}, ${run.stderr}`);
    if (status === 0 && name !== "keygen" && run.stderr.length)
        throw new Error(`${name} ${args.join(" ")} said: ${run.stderr}`);
    return run.stdout;
}

// A plaintext of n bytes that is the same in every run.
function content(n) {
    const blocks = [];
    for (let i = 0; i * 32 < n; i++) blocks.push(createHash("sha256").update(`${n} ${i}`).digest());
    return Buffer.concat(blocks).subarray(0, n);
}

const toText = (bytes) => Buffer.from(age.armor.encode(bytes));
const fromText = (bytes) => age.armor.decode(Buffer.from(bytes).toString());

// The signet/argon2id stanza. SALT, then T passes, 2^M KiB and P lanes in decimal; the body is the
// file key under ChaCha20-Poly1305 with a zero nonce.
const TYPE = "signet/argon2id";
const NONCE = Buffer.alloc(12);
const base64 = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

function wrapKey(password, salt, t, m, p) {
    const ikm = argon2id(Buffer.from(password), salt, { t, m: 2 ** m, p, dkLen: 32 });
    return Buffer.from(hkdfSync("sha256", ikm, "", TYPE, 32));
}

class Argon2id {
    constructor(password, { t = 3, m = WORK, p = 4 } = {}) {
        Object.assign(this, { password, t, m, p });
    }

    wrapFileKey(fileKey) {
        const salt = randomBytes(16);
        const { t, m, p } = this;
        const key = wrapKey(this.password, salt, t, m, p);
        const seal = createCipheriv("chacha20-poly1305", key, NONCE, { authTagLength: 16 });
        const body = Buffer.concat([seal.update(fileKey), seal.final(), seal.getAuthTag()]);
        return [new age.Stanza([TYPE, base64(salt), `${t}`, `${m}`, `${p}`], new Uint8Array(body))];
    }

    unwrapFileKey(stanzas) {
        if (!stanzas.some((s) => s.args[0] === TYPE)) return null;
        if (stanzas.length !== 1) throw new Error("a password stanza stands beside another");
        const [{ args, body }] = stanzas;
        const numbers = args.slice(2);
        if (args.length !== 5 || body.length !== 32 || !numbers.every((n) => /^[1-9][0-9]*$/.test(n)))
            throw new Error("the stanza is malformed");
        const salt = Buffer.from(args[1], "base64");
        if (salt.length !== 16 || base64(salt) !== args[1]) throw new Error("the salt is malformed");
        const key = wrapKey(this.password, salt, ...numbers.map(Number));
        const open = createDecipheriv("chacha20-poly1305", key, NONCE, { authTagLength: 16 });
        open.setAuthTag(body.subarray(16));
        try {
            return new Uint8Array(Buffer.concat([open.update(body.subarray(0, 16)), open.final()]));
        } catch {
            return null;
        }
    }
}

writeFileSync(at("password"), PASSWORD + "\n");
writeFileSync(at("wrong"), PASSWORD + "!\n");
tool("keygen", ["-t", "x25519", "-o", at("key.txt")]);
const identity = readFileSync(at("key.txt"), "utf8").match(/^AGE-SECRET-KEY-1.*$/m)[0];
const recipient = tool("keygen", ["public", at("key.txt")]).toString().trim();
const theirs = await age.generateX25519Identity();
const theirRecipient = await age.identityToRecipient(theirs);
writeFileSync(at("theirs.txt"), theirs + "\n");

// The same for post-quantum keys, the usual ones.
tool("keygen", ["-o", at("pq.txt")]);
const pqIdentity = readFileSync(at("pq.txt"), "utf8").match(/^AGE-SECRET-KEY-PQ-1.*$/m)[0];
const pqRecipient = tool("keygen", ["public", at("pq.txt")]).toString().trim();
const pqTheirs = await age.generateHybridIdentity();
const pqTheirRecipient = await age.identityToRecipient(pqTheirs);
writeFileSync(at("pqtheirs.txt"), pqTheirs + "\n");

await check("the recipient of our post-quantum identity is theirs", async () => {
    same(Buffer.from(await age.identityToRecipient(pqIdentity)), Buffer.from(pqRecipient));
});
await check("the recipient of their post-quantum identity is ours", () => {
    same(tool("keygen", ["public", at("pqtheirs.txt")]).toString().trim(), pqTheirRecipient);
});
await check("the recipient of our identity is theirs", async () => {
    same(Buffer.from(await age.identityToRecipient(identity)), Buffer.from(recipient));
});
await check("the recipient of their identity is ours", () => {
    same(tool("keygen", ["public", at("theirs.txt")]).toString().trim(), theirRecipient);
});

// Each way to seal: what the tools and the library are told, for one and the other.
const ways = [
    {
        name: "post-quantum",
        seal: ["-r", pqRecipient, "-r", pqTheirRecipient],
        open: ["-i", at("pq.txt")],
        encrypter: (e) => [pqTheirRecipient, pqRecipient].forEach((r) => e.addRecipient(r)),
        decrypter: (d) => d.addIdentity(pqTheirs),
    },
    {
        name: "X25519",
        seal: ["-r", recipient, "-r", theirRecipient],
        open: ["-i", at("key.txt")],
        encrypter: (e) => [theirRecipient, recipient].forEach((r) => e.addRecipient(r)),
        decrypter: (d) => d.addIdentity(theirs),
    },
    {
        name: "scrypt",
        seal: ["-p", "--kdf", "scrypt", "--work", `${WORK}`, "--password-file", at("password")],
        open: ["--password-file", at("password")],
        encrypter: (e) => (e.setPassphrase(PASSWORD), e.setScryptWorkFactor(WORK)),
        decrypter: (d) => d.addPassphrase(PASSWORD),
    },
    {
        name: "argon2id",
        seal: ["-p", "--work", `${WORK}`, "--password-file", at("password")],
        open: ["--password-file", at("password")],
        encrypter: (e) => e.addRecipient(new Argon2id(PASSWORD)),
        decrypter: (d) => d.addIdentity(new Argon2id(PASSWORD)),
    },
];

for (const way of ways) {
    for (const size of SIZES) {
        for (const armored of [false, true]) {
            const name = `${way.name}, ${size} bytes${armored ? ", armored" : ""}`;
            const plain = content(size);
            await check(`${name}: ours opened by theirs`, async () => {
                const sealed = tool("seal", [...way.seal, ...(armored ? ["-a"] : [])], plain);
                const d = new age.Decrypter();
                way.decrypter(d);
                same(await d.decrypt(armored ? fromText(sealed) : sealed), plain);
                if (armored) same(toText(fromText(sealed)), sealed); // armored just as they would
            });
            await check(`${name}: theirs opened by ours`, async () => {
                const e = new age.Encrypter();
                way.encrypter(e);
                const sealed = await e.encrypt(plain);
                same(tool("open", way.open, armored ? toText(sealed) : Buffer.from(sealed)), plain);
            });
        }
    }
}

const COSTS = [
    { t: 1, m: 3, p: 1 },
    { t: 1, m: 5, p: 4 },
    { t: 2, m: 6, p: 3 },
    { t: 10, m: 7, p: 16 },
    { t: 3, m: 11, p: 255 },
];
for (const cost of COSTS) {
    await check(`argon2id with costs ${JSON.stringify(cost)}`, async () => {
        const e = new age.Encrypter();
        e.addRecipient(new Argon2id(PASSWORD, cost));
        const sealed = Buffer.from(await e.encrypt(content(100)));
        same(tool("open", ["--password-file", at("password")], sealed), content(100));
        tool("open", ["--password-file", at("wrong")], sealed, 3);
    });
}

// What must be refused, with the status that says why.
const BAD = [
    ["work beyond the limit", 1, { m: 23 }],
    ["work beyond any limit", 1, { m: 99 }],
    ["passes beyond the limit", 1, { t: 99999999, m: 20 }],
    ["less memory than the lanes need", 4, { m: 4 }],
    ["too many lanes", 4, { p: 256, m: 12 }],
    ["a number with a leading zero", 4, { t: "03" }],
    ["a number with a sign", 4, { t: "+3" }],
    ["no passes", 4, { t: "0" }],
    ["hexadecimal", 4, { m: "0xa" }],
    ["no number", 4, { p: "" + "x" }],
];
for (const [name, status, change] of BAD) {
    await check(`argon2id with ${name}`, async () => {
        const stanza = new Argon2id(PASSWORD).wrapFileKey(randomBytes(16))[0];
        const [type, salt, t, m, p] = stanza.args;
        const numbers = { t, m, p, ...change };
        const e = new age.Encrypter();
        const args = [type, salt, `${numbers.t}`, `${numbers.m}`, `${numbers.p}`];
        e.addRecipient({ wrapFileKey: () => [new age.Stanza(args, stanza.body)] });
        const sealed = Buffer.from(await e.encrypt(content(100)));
        tool("open", ["--password-file", at("password")], sealed, status);
    });
}

await check("argon2id beside an X25519 stanza", async () => {
    const e = new age.Encrypter();
    e.addRecipient(recipient);
    e.addRecipient(new Argon2id(PASSWORD));
    const sealed = Buffer.from(await e.encrypt(content(100)));
    tool("open", ["-i", at("key.txt")], sealed, 4);
});

await check("a stanza of a type nobody knows is passed over", async () => {
    const e = new age.Encrypter();
    e.addRecipient({ wrapFileKey: () => [new age.Stanza(["a-b/c", "d"], randomBytes(96))] });
    e.addRecipient(recipient);
    const sealed = Buffer.from(await e.encrypt(content(100)));
    same(tool("open", ["-i", at("key.txt")], sealed), content(100));
});

await check("they refuse what we sealed with another password", async () => {
    const sealed = tool("seal", [...ways[2].seal], content(100));
    const d = new age.Decrypter();
    d.addIdentity(new Argon2id(PASSWORD + "!"));
    await refuses(d.decrypt(sealed), "it was opened");
});

await check("the default costs are those of signet-formats(5)", () => {
    if (!thorough) return;
    const sealed = tool("seal", ["-p", "--password-file", at("password")], "").toString("latin1");
    const stanza = sealed.split("\n")[1];
    if (!/^-> signet\/argon2id [A-Za-z0-9+/]{22} 3 18 4$/.test(stanza)) throw new Error(stanza);
});

await check("a password that is not ASCII", async () => {
    writeFileSync(at("unicode"), "pässwörd ☃\n");
    const e = new age.Encrypter();
    e.setPassphrase("pässwörd ☃");
    e.setScryptWorkFactor(WORK);
    const sealed = Buffer.from(await e.encrypt(content(10)));
    same(tool("open", ["--password-file", at("unicode")], sealed), content(10));
});

await check("our identity file with a password is opened by them", async () => {
    tool("keygen", ["-t", "x25519", "-p", "--work", `${WORK}`, "--password-file", at("password"), "-o", at("key.age")]);
    const d = new age.Decrypter();
    d.addIdentity(new Argon2id(PASSWORD));
    const text = Buffer.from(await d.decrypt(fromText(readFileSync(at("key.age"))))).toString();
    const mine = text.match(/^AGE-SECRET-KEY-1.*$/m)[0];
    const e = new age.Encrypter();
    e.addRecipient(await age.identityToRecipient(mine));
    const sealed = Buffer.from(await e.encrypt(content(1000)));
    same(tool("open", ["-i", at("key.age"), "--password-file", at("password")], sealed), content(1000));
});

// Recipients in hardware. What follows "age1", and HPKE's number of the KEM; open() gives the KEM's
// shared secret; `point` is what the tag is made of.
const hmac = (key, ...parts) => createHmac("sha256", key).update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const expand = (prk, info, n) => Buffer.concat([hmac(prk, info, [1]), hmac(prk, hmac(prk, info, [1]), info, [2])]).subarray(0, n);

function labelled(suite) {
    const start = Buffer.concat([Buffer.from("HPKE-v1"), suite]);
    return {
        extract: (salt, label, ikm) => hmac(salt, start, label, ikm),
        expand: (prk, label, info, n) => expand(prk, Buffer.concat([Buffer.from([n >> 8, n & 255]), start, Buffer.from(label), info]), n),
    };
}

function p256Owner() {
    const secret = p256.utils.randomSecretKey();
    const point = p256.getPublicKey(secret, true);
    const { extract, expand } = labelled(Buffer.concat([Buffer.from("KEM"), Buffer.from([0, 0x10])]));
    const open = (enc) => {
        const product = p256.getSharedSecret(secret, enc).subarray(1);
        const context = Buffer.concat([enc, p256.getPublicKey(secret, false)]);
        return expand(extract("", "eae_prk", product), "shared_secret", context, 32);
    };
    return { name: "tag", type: "p256tag", kem: 0x10, size: 65, public: point, point, open };
}

function hybridOwner() {
    const { publicKey, secretKey } = ml_kem768_p256.keygen();
    const open = (enc) => ml_kem768_p256.decapsulate(enc, secretKey);
    return { name: "tagpq", type: "mlkem768p256tag", kem: 0x50, size: 1153, public: publicKey, point: publicKey.subarray(1184), open };
}

// What a plugin does for its owner.
class Tagged {
    constructor(owner) {
        this.owner = owner;
        this.recipient = bech32.encode(`age1${owner.name}`, bech32.toWords(owner.public), false);
    }

    unwrapFileKey(stanzas) {
        const { type, kem, size, point, open } = this.owner;
        for (const { args, body } of stanzas) {
            if (args[0] !== type) continue;
            const [tag, enc] = args.slice(1).map((a) => Buffer.from(a, "base64"));
            if (args.length !== 3 || base64(tag) !== args[1] || base64(enc) !== args[2]) throw new Error("malformed");
            if (tag.length !== 4 || enc.length !== size || body.length !== 32) throw new Error("a part is of another size");
            const info = `age-encryption.org/${type}`;
            const hash = createHash("sha256").update(point).digest().subarray(0, 4);
            if (!hmac(info, enc, hash).subarray(0, 4).equals(tag)) continue;
            const { extract, expand } = labelled(Buffer.from([...Buffer.from("HPKE"), 0, kem, 0, 1, 0, 3]));
            const context = Buffer.concat([Buffer.from([0]), extract("", "psk_id_hash", ""), extract("", "info_hash", info)]);
            const secret = extract(open(enc), "secret", "");
            const key = expand(secret, "key", context, 32), nonce = expand(secret, "base_nonce", context, 12);
            const opener = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
            opener.setAuthTag(body.subarray(16));
            return new Uint8Array(Buffer.concat([opener.update(body.subarray(0, 16)), opener.final()]));
        }
        return null;
    }
}

for (const make of [p256Owner, hybridOwner]) {
    for (let round = 0; round < (thorough ? 10 : 2); round++) {
        const mine = new Tagged(make()), other = new Tagged(make());
        const name = `${mine.owner.type}, round ${round}`;
        const opened = (sealed, identity) => {
            const d = new age.Decrypter();
            d.addIdentity(identity);
            return d.decrypt(sealed);
        };
        await check(`${name}: ours opened by its owner alone`, async () => {
            const sealed = tool("seal", ["-r", mine.recipient, "-r", other.recipient], content(1000));
            same(await opened(sealed, mine), content(1000));
            same(await opened(sealed, other), content(1000));
            await refuses(opened(sealed, new Tagged(make())), "it was opened");
        });
        await check(`${name}: theirs is opened so, too, and laid out alike`, async () => {
            const e = new age.Encrypter();
            e.addRecipient(mine.recipient);
            const theirs = Buffer.from(await e.encrypt(content(1000)));
            same(await opened(theirs, mine), content(1000));
            const ours = tool("seal", ["-r", mine.recipient], content(1000));
            if (ours.length !== theirs.length) throw new Error(`${ours.length} bytes and not ${theirs.length}`);
        });
        await check(`${name}: beside its like`, async () => {
            const hybrid = mine.owner.name === "tagpq";
            const like = hybrid ? pqRecipient : recipient, key = hybrid ? "pq.txt" : "key.txt";
            const sealed = tool("seal", ["-r", mine.recipient, "-r", like], content(1000));
            same(await opened(sealed, mine), content(1000));
            same(tool("open", ["-i", at(key)], sealed), content(1000));
            tool("seal", ["-r", mine.recipient, "-r", hybrid ? recipient : pqRecipient], content(1000), 2);
            const again = tool("seal", ["--rewrap", "-i", at(key), "-r", other.recipient, "-"], sealed);
            same(await opened(again, other), content(1000));
        });
    }
}

rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
