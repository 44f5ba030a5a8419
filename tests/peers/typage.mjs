// Our tools, whose folder SIGNET_BIN names, beside npm age-encryption: each opens what the other
// sealed, to X25519 keys and with scrypt passwords, in armor and not. And beside a second
// implementation of our signet/argon2id stanza, written here from signet-formats(5).

import { spawnSync } from "node:child_process";
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import * as age from "age-encryption";

globalThis.crypto ??= webcrypto; // which Debian 12's node 18 does not set by itself

// @noble/hashes comes with age-encryption.
const inside = createRequire(createRequire(import.meta.url).resolve("age-encryption"));
const { argon2id } = await import(pathToFileURL(inside.resolve("@noble/hashes/argon2.js")).href);

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

rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
