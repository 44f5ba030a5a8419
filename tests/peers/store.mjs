// A second reader of the sealed store, written from signet-formats(5), "SEALED STORE": it opens the
// store in tests/vectors/store by each of its slots, every block of it, and computes the page's
// worked example.

import { createHash, createHmac, hkdfSync, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as age from "age-encryption";

globalThis.crypto ??= webcrypto; // which Debian 12's node 18 does not set by itself

// These come with age-encryption.
const inside = createRequire(createRequire(import.meta.url).resolve("age-encryption"));
const { xchacha20poly1305 } = await import(pathToFileURL(inside.resolve("@noble/ciphers/chacha.js")).href);
const { bech32 } = await import(pathToFileURL(inside.resolve("@scure/base")).href);

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const store = join(root, "tests", "vectors", "store");
const text = (s) => Buffer.from(s, "utf8");
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b; };

let passed = 0, failed = 0;
function check(name, good) {
    console.log(`${good ? "ok" : "not ok"} ${passed + failed + 1} store: ${name}`);
    good ? passed++ : failed++;
}

const key = (storeKey, id, purpose) =>
    Buffer.from(hkdfSync("sha512", storeKey, id, text(`signet/store/v1 ${purpose}`), 32));
const hmac = (k, bytes) => createHmac("sha512", k).update(bytes).digest().subarray(0, 32);
const data = (kind, file, number, length) =>
    Buffer.concat([text("signet/store/v1\0"), u32(kind), file, u64(number), u32(length)]);
const open = (k, nonce, ad, sealed, tag) =>
    Buffer.from(xchacha20poly1305(k, nonce, ad).decrypt(Buffer.concat([sealed, tag])));
const page = (k, id, number, block) =>
    open(k, block.subarray(4056, 4080), data(1, id, number, 4056), block.subarray(0, 4056), block.subarray(4080));

// The worked store.
const fields = {};
let field;
const manual = readFileSync(join(root, "man", "signet-formats.5"), "utf8");
for (const line of manual.split(".Ss A worked store")[1].split(".Bd -literal")[1].split(".Ed")[0].split("\n").slice(1)) {
    const [, name, hex] = line.match(/^(.{14})([0-9a-f]+)$/) ?? [];
    if (!hex) continue;
    if (name.trim()) fields[(field = name.trim())] = "";
    fields[field] += hex;
}
const given = (name) => Buffer.from(fields[name] ?? "", "hex");
{
    const k = given("store key"), id = given("id"), nonce = given("nonce");
    for (const purpose of ["database", "journal", "name", "guard"])
        check(`the ${purpose} key of the page`, key(k, id, purpose).equals(given(`${purpose} key`)));
    check("the subkey of the page", key(k, id, "subkey example").equals(given("subkey")));
    check("the MAC of the page", hmac(given("name key"), text(`signet-store 1 ${id.toString("hex")}`)).equals(given("MAC")));
    check("the data of the page", data(1, id, 2, 4056).equals(given("data")));
    const content = Buffer.from(Array.from({ length: 4056 }, (_, i) => i & 255));
    const sealed = Buffer.from(xchacha20poly1305(given("database key"), nonce, given("data")).encrypt(content));
    const block = Buffer.concat([sealed.subarray(0, 4056), nonce, sealed.subarray(4056)]);
    check("how the page's block starts", block.subarray(0, 16).equals(given("page starts")));
    check("the tag of the page's block", block.subarray(4080).equals(given("page tag")));
    check("the page's block", createHash("sha256").update(block).digest().equals(given("page SHA-256")));
    const r = given("record");
    check("the record of the page", r.length === 84 && r.readUInt32BE(56) === 20 &&
        open(given("journal key"), r.subarray(16, 40), data(2, r.subarray(0, 16), 0, 20), r.subarray(64), r.subarray(40, 56))
            .equals(text("twenty bytes of text")));
    const g = given("guard record");
    check("the guard of the page", g.length === 72 && g.subarray(0, 8).equals(text("SGGUARD1")) && g.readBigUInt64BE(24) === 7n &&
        hmac(given("guard key"), g.subarray(0, 40)).equals(g.subarray(40)));
}

// The store.
const identity = readFileSync(join(store, "identity.txt"), "utf8").split("\n").find((l) => l.startsWith("AGE-SECRET-KEY-"));
const PASSWORD = "an example, not a secret";
const withKey = async (file) => { const d = new age.Decrypter(); d.addIdentity(identity); return d.decrypt(file); };
const withPassword = async (file) => { const d = new age.Decrypter(); d.addPassphrase(PASSWORD); return d.decrypt(file); };
const slot = (name) => readFileSync(join(store, "slots", name));
const storeKeyOf = (line) => {
    const { prefix, words } = bech32.decode(Buffer.from(line).toString().trim().toLowerCase(), false);
    if (prefix !== "signet-store-key-") throw new Error("not a store key");
    return Buffer.from(bech32.fromWords(words));
};

const line = Buffer.from(await withKey(slot("key.age"))).toString();
check("a slot's content is one line in upper case", /^SIGNET-STORE-KEY-1[02-9AC-HJ-NP-Z]{58}\n$/.test(line));
const storeKey = storeKeyOf(line);
check("a slot for a password and a key has the same", storeKeyOf(await withKey(await withPassword(slot("both.all.age")))).equals(storeKey));

const label = readFileSync(join(store, "store.id"), "utf8").match(/^signet-store 1 ([0-9a-f]{32}) ([0-9a-f]{64})\n$/);
const id = Buffer.from(label[1], "hex");
check("the MAC of store.id", hmac(key(storeKey, id, "name"), text(`signet-store 1 ${label[1]}`)).toString("hex") === label[2]);

const database = readFileSync(join(store, "store.db"));
const k = key(storeKey, id, "database");
const pages = [];
for (let n = 0; n < database.length / 4096; n++) pages.push(page(k, id, n, database.subarray(4096 * n, 4096 * n + 4096)));
check("every block opens in its place", pages.length === database.length / 4096 && pages.length > 8);
check("page 1 is the head of a database of SQLite with 40 bytes reserved", pages[0].subarray(0, 16).equals(text("SQLite format 3\0")) &&
    pages[0].readUInt16BE(16) === 4096 && pages[0][20] === 40 && pages[0].readUInt32BE(28) === pages.length);
check("what was put in is there", pages.some((p) => p.includes("Hello from signet-formats(5).")));
let moved = 0;
for (let n = 1; n < pages.length; n++) {
    try { page(k, id, n - 1, database.subarray(4096 * n, 4096 * n + 4096)); } catch { moved++; }
}
check("no block opens in another place", moved === pages.length - 1);

const commit = BigInt(pages[0].readUInt16BE(70)) * 4294967296n + BigInt(pages[0].readUInt32BE(60));
const guard = readFileSync(join(store, "guard"));
const records = [0, 4096].map((at) => guard.subarray(at, at + 72)).filter((r) => r.length === 72 &&
    hmac(key(storeKey, id, "guard"), r.subarray(0, 40)).equals(r.subarray(40)) && r.subarray(8, 24).equals(id));
records.sort((a, b) => Number(b.readBigUInt64BE(24) - a.readBigUInt64BE(24)));
check("the guard has the store's last commit, and the one before", records.length === 2 && records[0].readBigUInt64BE(24) === commit &&
    records[0].readUInt32BE(32) === pages[0].readUInt16BE(68) && records[1].readBigUInt64BE(24) === commit - 1n);

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
