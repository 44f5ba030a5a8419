// A second implementation of what signet-formats(5) says of pseudonyms, over @noble's curves: keys
// of a name, ring signatures with their claims and disavowals, link proofs for one verifier, and
// tokens. It reads the published vectors, checks what the tool makes, and makes what the tool must
// take.

import { createHash, hkdfSync, randomBytes, webcrypto } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

globalThis.crypto ??= webcrypto; // which Debian 12's node 18 does not set by itself

const age = await import("age-encryption");
const inside = createRequire(createRequire(import.meta.url).resolve("age-encryption"));
const from = async (name) => import(pathToFileURL(inside.resolve(name)).href);
const { ed25519, x25519, ristretto255_oprf } = await from("@noble/curves/ed25519.js");
const { sha3_256 } = await from("@noble/hashes/sha3.js");
const { bech32, base58, base32 } = await from("@scure/base");

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const Point = ed25519.Point, B = Point.BASE, L = Point.Fn.ORDER;
const text = (s) => Buffer.from(s, "utf8");
const cat = (...parts) => Buffer.concat(parts.map((p) => (typeof p === "string" ? text(p) : Buffer.from(p))));
const sha512 = (...parts) => createHash("sha512").update(cat(...parts)).digest();
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const little = (bytes) => BigInt("0x" + Buffer.from(bytes).reverse().toString("hex"));
const scalar = (n) => Buffer.from(n.toString(16).padStart(64, "0"), "hex").reverse();
const mod = (n) => ((n % L) + L) % L;
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const random = () => mod(little(randomBytes(64)));

let passed = 0, failed = 0;
function check(name, good) {
    console.log(`${good ? "ok" : "not ok"} ${passed + failed + 1} pseudonym: ${name}`);
    good ? passed++ : failed++;
}

// PSEUDONYMS: the keys of a name, and the forms they are given in.

const derive = (root, name, purpose) =>
    Buffer.from(hkdfSync("sha512", root, text("signet/pseudonym/v1"), cat(`signet/pseudonym/v1/${purpose}\0`, name), 32));

function scalarOf(seed) {
    const h = sha512(seed).subarray(0, 32);
    h[0] &= 248;
    h[31] = (h[31] & 127) | 64;
    return mod(little(h));
}

const publicOf = (seed) => Buffer.from(B.multiply(scalarOf(seed)).toBytes());
const sshString = (b) => cat(u32(b.length), b);
const sshLine = (key) => "ssh-ed25519 " + cat(sshString(text("ssh-ed25519")), sshString(key)).toString("base64");
const did = (key) => "did:key:z" + base58.encode(cat(Buffer.from([0xed, 1]), key));

function minisign(key) {
    const id = sha512("signet/minisign/v1\0", key).subarray(0, 8);
    return `untrusted comment: minisign public key ${hex(Buffer.from(id).reverse()).toUpperCase()}\n` +
        cat("Ed", id, key).toString("base64");
}

const wordlist = readFileSync(join(repository, "lib", "key", "wordlist.c"), "utf8").match(/"[a-z]+"/g).map((w) => w.slice(1, -1));
function words(key) {
    let n = BigInt("0x" + hex(sha512("signet/words/v1\0", key))) >> BigInt(512 - 132);
    const out = [];
    for (let i = 0; i < 12; i++, n >>= 11n) out.unshift(wordlist[Number(n & 2047n)]);
    return out.join(" ");
}

function onion(key) {
    const sum = sha3_256(cat(".onion checksum", key, Buffer.from([3]))).subarray(0, 2);
    return base32.encode(cat(key, sum, Buffer.from([3]))).toLowerCase() + ".onion";
}

function issuer(seed) {
    const keys = ristretto255_oprf.voprf.deriveKeyPair(seed, text("signet/token/v1/key"));
    return { ...keys, text: bech32.encodeFromBytes("signet-issuer", keys.publicKey) };
}

export function identity(root, name) {
    const key = publicOf(derive(root, name, "sign"));
    return {
        seed: hex(derive(root, name, "sign")),
        ssh: sshLine(key), minisign: minisign(key).split("\n")[1], did: did(key), words: words(key),
        x25519: bech32.encodeFromBytes("age", Buffer.from(x25519.getPublicKey(derive(root, name, "x25519")))),
        onion: onion(publicOf(derive(root, name, "onion"))),
        issuer: issuer(derive(root, name, "token")).text,
    };
}

const pqIdentity = (root, name) =>
    bech32.encodeFromBytes("age-secret-key-pq-", derive(root, name, "pq")).toUpperCase();

// RING SIGNATURES

export function hashToPoint(label, input) {
    for (let counter = 0; ; counter++) {
        const h = sha512(label, Buffer.from([1]), input, Buffer.from([counter, 0])).subarray(0, 32);
        try {
            const p = Point.fromBytes(h, false).clearCofactor();
            if (!p.is0()) return p;
        } catch { /* no point: the next */ }
    }
}

const bytes = (p) => Buffer.from(p.toBytes());
const ringDigest = (keys) => sha512("signet/ring/v1/keys\0", u32(keys.length), ...keys).subarray(0, 32);
const sorted = (keys) => [...keys].sort(Buffer.compare);
const base = (kind, scope) => hashToPoint(`signet/ring/v1/${kind === 1 ? "scope" : "once"}`, scope);
const statement = (kind, keys, scope, tag, message) =>
    sha512("signet/ring/v1/statement\0", Buffer.from([kind]), ringDigest(keys), u32(scope.length), scope, tag, sha512(message));
const challenge = (t, l, r) => mod(little(sha512("signet/ring/v1/link\0", t, bytes(l), bytes(r))));
const times = (p, n) => (n === 0n ? Point.ZERO : p.multiply(n));

export function ringSign(keysIn, seed, message, scopeText, fresh = randomBytes(32)) {
    const keys = sorted(keysIn), n = keys.length, x = scalarOf(seed), own = publicOf(seed);
    const at = keys.findIndex((k) => k.equals(own));
    const kind = scopeText === null ? 2 : 1, scope = kind === 1 ? text(scopeText) : fresh;
    const h = base(kind, scope), tag = bytes(h.multiply(x)), T = Point.fromBytes(tag);
    const t = statement(kind, keys, scope, tag, message);
    const s = [], c = [], k = random();
    c[(at + 1) % n] = challenge(t, B.multiply(k), h.multiply(k));
    for (let i = (at + 1) % n; i !== at; i = (i + 1) % n) {
        s[i] = random();
        c[(i + 1) % n] = challenge(t, B.multiply(s[i]).add(Point.fromBytes(keys[i]).multiply(c[i])),
            h.multiply(s[i]).add(T.multiply(c[i])));
    }
    s[at] = mod(k - c[at] * x);
    return cat(Buffer.from([1, kind]), u32(n), ...(kind === 2 ? [fresh] : []), ringDigest(keys), tag, scalar(c[0]), ...s.map(scalar));
}

export function ringRead(signature) {
    const kind = signature[1], n = signature.readUInt32BE(2);
    let at = 6;
    const take = (size) => signature.subarray(at, (at += size));
    const fresh = kind === 2 ? take(32) : null, digest = take(32), tag = take(32), c0 = little(take(32));
    return { kind, n, fresh, digest, tag, c0, s: Array.from({ length: n }, () => little(take(32))), left: signature.length - at };
}

export function ringVerify(keysIn, signature, message, scopeText) {
    const keys = sorted(keysIn), g = ringRead(signature);
    const scope = g.kind === 1 ? text(scopeText) : g.fresh;
    if (signature[0] !== 1 || g.left || g.n !== keys.length || !g.digest.equals(ringDigest(keys)) ||
        g.kind !== (scopeText === null ? 2 : 1) || [g.c0, ...g.s].some((v) => v >= L)) return false;
    const T = Point.fromBytes(g.tag);
    if (T.isSmallOrder() || !T.isTorsionFree()) return false;
    const h = base(g.kind, scope), t = statement(g.kind, keys, scope, g.tag, message);
    let c = g.c0;
    for (let i = 0; i < g.n; i++)
        c = challenge(t, times(B, g.s[i]).add(times(Point.fromBytes(keys[i]), c)), times(h, g.s[i]).add(times(T, c)));
    return c === g.c0;
}

const armor = (label, b) => `-----BEGIN ${label}-----\n${b.toString("base64").match(/.{1,70}/g).join("\n")}\n-----END ${label}-----\n`;
const dearmor = (s) => Buffer.from(s.split("\n").filter((l) => !l.startsWith("-----")).join(""), "base64");
const RING = "SIGNET RING SIGNATURE";

// Statements: the lines, and the last of them, the proof.

const lines = (s) => s.slice(0, s.indexOf("proof: "));
const proofOf = (s) => Buffer.from(s.match(/proof: (.*)\n$/)[1], "base64");
const statementHash = (s) => sha512("signet/statement/v1\0", lines(s));
const sshKey = (line) => Buffer.from(line.split(" ")[1], "base64").subarray(-32);
const hashScalar = (...parts) => mod(little(sha512(...parts)));

function checkProof(s, signature, scopeText) {
    const g = ringRead(signature), key = sshKey(s.match(/key: (.*)/)[1]), P = Point.fromBytes(key);
    const h = base(g.kind, g.kind === 1 ? text(scopeText) : g.fresh), T = Point.fromBytes(g.tag), p = proofOf(s);
    const hash = statementHash(s), head = [key, bytes(h), g.tag];
    if (s.match(/signature: (.*)/)[1] !== sha512(signature).toString("base64")) return false;
    if (s.startsWith("signet ring claim v1\n")) {
        const [c, z] = [little(p.subarray(0, 32)), little(p.subarray(32))];
        return c === hashScalar("signet/ring/v1/claim\0", hash, ...head, bytes(B.multiply(z).add(P.multiply(c))),
            bytes(h.multiply(z).add(T.multiply(c))));
    }
    const C = Point.fromBytes(p.subarray(0, 32)), [c, za, zr] = [32, 64, 96].map((at) => little(p.subarray(at, at + 32)));
    return !C.is0() && C.isTorsionFree() && c === hashScalar("signet/ring/v1/disavowal\0", hash, ...head, p.subarray(0, 32),
        bytes(h.multiply(za).subtract(T.multiply(zr)).add(C.multiply(c))), bytes(B.multiply(za).subtract(P.multiply(zr))));
}

function makeDisavowal(seed, signature, scopeText) {
    const g = ringRead(signature), x = scalarOf(seed), key = publicOf(seed), P = Point.fromBytes(key);
    const h = base(g.kind, text(scopeText)), T = Point.fromBytes(g.tag), r = random(), a = mod(r * x), ka = random(), kr = random();
    const s = `signet ring disavowal v1\nkey: ${sshLine(key)}\nsignature: ${sha512(signature).toString("base64")}\n`;
    const C = h.multiply(a).subtract(T.multiply(r));
    const c = hashScalar("signet/ring/v1/disavowal\0", sha512("signet/statement/v1\0", s), key, bytes(h), g.tag, bytes(C),
        bytes(h.multiply(ka).subtract(T.multiply(kr))), bytes(B.multiply(ka).subtract(P.multiply(kr))));
    return s + "proof: " + cat(bytes(C), scalar(c), scalar(mod(ka - c * a)), scalar(mod(kr - c * r))).toString("base64") + "\n";
}

// LINK PROOFS for one verifier

function checkDesignated(s) {
    const [a, b] = [...s.matchAll(/^key: (.*)$/gm)].map((m) => sshKey(m[1])), v = sshKey(s.match(/^for: (.*)$/m)[1]);
    const [c1, c2, za, zb, zv] = [0, 32, 64, 96, 128].map((at) => little(proofOf(s).subarray(at, at + 32)));
    const side = (z, c, k) => bytes(B.multiply(z).add(Point.fromBytes(k).multiply(c)));
    return mod(c1 + c2) === hashScalar("signet/link/v1/designated\0", statementHash(s), a, b, v,
        side(za, c1, a), side(zb, c1, b), side(zv, c2, v));
}

/* What the verifier alone can do, knowing neither of the two secret keys. */
function simulate(a, b, verifierSeed) {
    const v = publicOf(verifierSeed), c1 = random(), za = random(), zb = random(), kv = random();
    const s = `signet link v1\nkey: ${sshLine(a)}\nkey: ${sshLine(b)}\nfor: ${sshLine(v)}\n`;
    const side = (z, c, k) => bytes(B.multiply(z).add(Point.fromBytes(k).multiply(c)));
    const c2 = mod(hashScalar("signet/link/v1/designated\0", sha512("signet/statement/v1\0", s), a, b, v,
        side(za, c1, a), side(zb, c1, b), bytes(B.multiply(kv))) - c1);
    return s + "proof: " + cat(...[c1, c2, za, zb, mod(kv - c2 * scalarOf(verifierSeed))].map(scalar)).toString("base64") + "\n";
}

// TOKENS

const TOKEN = text("signet/token/v1\0");
const valuesOf = (s, name) => [...s.matchAll(new RegExp(`^${name}: (.*)$`, "gm"))].map((m) => Buffer.from(m[1], "base64"));
const tokenText = (serial, value, publicKey) =>
    bech32.encode("signet-token", bech32.toWords(cat(serial, value, sha512("signet/issuer/v1\0", publicKey).subarray(0, 8))), false);

// The vectors.

export function vectors() {
    const blocks = readFileSync(join(repository, "tests", "vectors", "pseudonym"), "utf8").trim().split("\n\n").slice(1);
    return blocks.map((b) => Object.fromEntries(b.split("\n").map((l) => [l.slice(0, l.indexOf(": ")), l.slice(l.indexOf(": ") + 2)])));
}

if (process.argv[2] === "print") { // what tests/vectors/pseudonym holds, made by this implementation alone
    const root = Buffer.from(Array.from({ length: 32 }, (_, i) => i)), out = [];
    for (const name of ["work", "night owl", "\u00e9lan"]) {
        const id = identity(root, name);
        out.push(`what: identity\nroot: ${hex(root)}\nname: ${name}\n` +
            ["sign", "pq", "x25519", "onion", "token"].map((p) => `${p} seed: ${hex(derive(root, name, p))}\n`).join("") +
            Object.entries(id).filter(([k]) => k !== "seed").map(([k, v]) => `${k}: ${v}\n`).join("") +
            `pq: ${await age.identityToRecipient(pqIdentity(root, name))}\n`);
    }
    const seeds = ["work", "home", "night owl", "\u00e9lan"].map((n) => derive(root, n, "sign")), keys = seeds.map(publicOf);
    for (const [count, at, scope] of [[1, 0, "vote"], [2, 1, null], [4, 2, "vote"], [4, 0, null]]) {
        const ring = sorted(keys.slice(0, count)), s = ringSign(ring, seeds[at], "Dear diary\n", scope), g = ringRead(s);
        const h = base(g.kind, g.kind === 1 ? text(scope) : g.fresh);
        out.push(`what: ring\nring: ${ring.map(hex).join(",")}\nseed: ${hex(seeds[at])}\nmessage: ${hex(text("Dear diary\n"))}\n` +
            (scope ? `scope: ${scope}\n` : `fresh: ${hex(g.fresh)}\n`) +
            `digest: ${hex(g.digest)}\nbase: ${hex(bytes(h))}\ntag: ${hex(g.tag)}\nsignature: ${hex(s)}\n`);
    }
    console.log("expect: the keys of names, and ring signatures, as signet-formats(5) has them\nsource: made by tests/peers/pseudonym.mjs, a second implementation over @noble/curves\n");
    console.log(out.join("\n").trimEnd());
    process.exit(0);
}

const known = vectors();
for (const v of known.filter((k) => k.what === "identity")) {
    const root = Buffer.from(v.root, "hex"), id = identity(root, v.name);
    check(`the keys of ${v.name}`, ["ssh", "minisign", "did", "words", "x25519", "onion", "issuer"].every((f) => id[f] === v[f]) &&
        ["sign", "pq", "x25519", "onion", "token"].every((p) => hex(derive(root, v.name, p)) === v[`${p} seed`]) &&
        (await age.identityToRecipient(pqIdentity(root, v.name))) === v.pq);
}
for (const v of known.filter((k) => k.what === "ring")) {
    const ring = v.ring.split(",").map((k) => Buffer.from(k, "hex")), s = Buffer.from(v.signature, "hex");
    const message = Buffer.from(v.message, "hex"), scope = v.scope ?? null;
    check(`the signature of a ring of ${ring.length}, ${scope ? "in a scope" : "once"}`, ringVerify(ring, s, message, scope) &&
        !ringVerify(ring, s, cat(message, "x"), scope) && hex(ringRead(s).tag) === v.tag &&
        hex(bytes(base(ringRead(s).kind, scope ? text(scope) : Buffer.from(v.fresh, "hex")).multiply(scalarOf(Buffer.from(v.seed, "hex"))))) === v.tag);
}

// The page's own example is the first of them.
{
    const page = readFileSync(join(repository, "man", "signet-formats.5"), "utf8").split(".Ss A worked pseudonym")[1].split(".Sh ")[0];
    const fields = {};
    let field;
    for (const line of page.split("\n").filter((l) => /^.{14}\S/.test(l) && !l.startsWith("."))) {
        if (line.slice(0, 14).trim()) fields[(field = line.slice(0, 14).trim())] = "";
        fields[field] += line.slice(14);
    }
    const v = known[0], r = known.find((k) => k.what === "ring"), bare = (s) => s.replace(/ /g, "");
    check("the worked pseudonym of the page", fields.root === v.root && fields.name === v.name &&
        ["sign", "pq", "x25519", "onion", "token"].every((p) => fields[p] === v[`${p} seed`]) &&
        bare(fields.ssh) === bare(v.ssh) && fields.did === v.did && fields.minisign === v.minisign &&
        bare(fields.words) === bare(v.words) && fields["x25519 public"] === v.x25519 &&
        fields["onion host"] === v.onion && fields.issuer === v.issuer);
    check("the worked ring signature of the page", fields.key === r.ring && fields.message === r.message &&
        fields.scope === r.scope && fields.D === r.digest && fields.h === r.base && fields.T === r.tag &&
        fields.signature === r.signature);
}

// The tool.

const bin = process.env.SIGNET_BIN ?? join(repository, "build", "bin");
const folder = mkdtempSync(join(tmpdir(), "signet-peer-"));
const path = (name) => join(folder, name);
const run = (...a) => execFileSync(join(bin, "pseudonym"), a, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const status = (...a) => spawnSync(join(bin, "pseudonym"), a, { stdio: ["ignore", "ignore", "ignore"] }).status;
try {
    const root = randomBytes(32), names = ["work", "home", "\u540d\u524d", "a b"];
    writeFileSync(path("root"), bech32.encodeFromBytes("signet-root-", root).toUpperCase() + "\n", { mode: 0o600 });
    for (const name of names) {
        const id = identity(root, name), shown = JSON.parse(run("show", name, "-i", path("root"), "--json"));
        check(`show ${name} is what the page says`, ["ssh", "minisign", "did", "words", "x25519", "onion"].every((f) => id[f] === shown[f]) &&
            shown.recipient === (await age.identityToRecipient(pqIdentity(root, name))) &&
            run("token", "issuer-key", name, "-i", path("root")).trim() === id.issuer);
    }

    const seeds = [...names.map((n) => derive(root, n, "sign")), randomBytes(32)], keys = seeds.map(publicOf);
    writeFileSync(path("ring"), keys.map((k) => sshLine(k) + "\n").join(""));
    writeFileSync(path("message"), "Dear diary\n");
    const verify = (s, ...more) => {
        writeFileSync(path("sig"), armor(RING, s));
        return status("ring-verify", "--ring", path("ring"), "-s", path("sig"), ...more, path("message"));
    };
    for (let i = 0; i < seeds.length; i++) {
        check(`the tool takes a signature of place ${i}`, verify(ringSign(keys, seeds[i], "Dear diary\n", null)) === 0 &&
            verify(ringSign(keys, seeds[i], "Dear diary\n", "vote"), "--scope", "vote") === 0 &&
            verify(ringSign(keys, seeds[i], "Dear diary", "vote"), "--scope", "vote") === 4);
        if (i === names.length) continue;
        const once = dearmor(run("ring-sign", names[i], "-i", path("root"), "--ring", path("ring"), path("message")));
        const scoped = dearmor(run("ring-sign", names[i], "-i", path("root"), "--ring", path("ring"), "--scope", "vote", path("message")));
        check(`the tool's signature of place ${i} is taken`, ringVerify(keys, once, "Dear diary\n", null) &&
            ringVerify(keys, scoped, "Dear diary\n", "vote") && !ringVerify(keys, once, "Dear Diary\n", null) &&
            ringRead(scoped).tag.equals(ringRead(ringSign(keys, seeds[i], "no", "vote")).tag));
    }

    const ours = ringSign(keys, seeds[1], "Dear diary\n", "vote"), told = (proof) =>
        verify(ours, "--scope", "vote", "--proof", (writeFileSync(path("proof"), proof), path("proof")));
    verify(ours, "--scope", "vote");
    const about = ["-i", path("root"), "--ring", path("ring"), "-s", path("sig"), "--scope", "vote", path("message")];
    check("the tool's claim is taken", checkProof(run("ring-claim", "home", ...about), ours, "vote"));
    check("the tool's disavowal is taken", checkProof(run("ring-disavow", "work", ...about), ours, "vote"));
    check("the tool takes a disavowal", told(makeDisavowal(seeds[4], ours, "vote")) === 0);
    check("the tool takes no disavowal by who signed", told(makeDisavowal(seeds[1], ours, "vote")) === 4);

    const judge = randomBytes(32);
    const link = run("prove", "work", "home", "-i", path("root"), "--message", "hello", "--for", did(publicOf(judge)));
    check("the tool's proof for one verifier is taken", checkDesignated(link));
    writeFileSync(path("link"), simulate(keys[4], keys[2], judge));
    check("the verifier's forgery is taken, as it must be", status("check", path("link")) === 0 && checkDesignated(readFileSync(path("link"), "utf8")));

    const { voprf } = ristretto255_oprf, door = issuer(derive(root, "door", "token"));
    run("token", "request", "--issuer", door.text, "--state", path("state"), "-n", "3", "-o", path("request"));
    const blinded = valuesOf(readFileSync(path("request"), "utf8"), "blinded");
    const answer = voprf.blindEvaluateBatch(door.secretKey, door.publicKey, blinded);
    writeFileSync(path("response"), `signet token response v1\nissuer: ${door.text}\n` +
        answer.evaluated.map((e) => `evaluated: ${Buffer.from(e).toString("base64")}\n`).join("") +
        `proof: ${Buffer.from(answer.proof).toString("base64")}\n`);
    run("token", "finalize", "--state", path("state"), "-o", path("tokens"), path("response"));
    check("tokens of another's issuer are taken", status("token", "redeem", "door", "-i", path("root"), "--ledger", path("ledger"), path("tokens")) === 0);

    const mine = [0, 1].map(() => { const serial = randomBytes(32); return { serial, ...voprf.blind(cat(TOKEN, serial)) }; });
    writeFileSync(path("request"), `signet token request v1\nissuer: ${door.text}\n` +
        mine.map((m) => `blinded: ${Buffer.from(m.blinded).toString("base64")}\n`).join(""));
    const response = run("token", "issue", "door", "-i", path("root"), "--most", "2", path("request"));
    const values = voprf.finalizeBatch(mine.map((m, i) => ({ input: cat(TOKEN, m.serial), blind: m.blind, blinded: m.blinded,
        evaluated: valuesOf(response, "evaluated")[i] })), door.publicKey, valuesOf(response, "proof")[0]);
    writeFileSync(path("tokens"), mine.map((m, i) => tokenText(m.serial, values[i], door.publicKey) + "\n").join(""));
    const redeem = () => status("token", "redeem", "door", "-i", path("root"), "--ledger", path("ledger"), path("tokens"));
    check("the issuer's proof is taken, its tokens redeemed once", redeem() === 0 && redeem() === 4);
    check("the spent are written down as the page says", readFileSync(path("ledger"), "utf8").includes(
        createHash("sha256").update(cat("signet/spent/v1\0", door.publicKey, mine[0].serial)).digest("hex") + "\n"));
} finally {
    rmSync(folder, { recursive: true });
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
