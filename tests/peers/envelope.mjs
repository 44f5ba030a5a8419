// A second implementation of the envelope, written from signet-formats(5) with node's own zlib and
// crypto: it reads what seal -z, --pad and --sign make, makes envelopes that open reads, and forges
// them in every way that somebody can who may open the file, each of which open must refuse with
// status 4 and words of its own, having released nothing that is not authentic.

import { spawnSync } from "node:child_process";
import {
    createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman,
    hkdfSync, randomBytes, sign, verify,
} from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { constants, deflateRawSync, gunzipSync, inflateRawSync } from "node:zlib";

const bin = resolve(process.env.SIGNET_BIN ?? "build/bin");
const folder = mkdtempSync(join(tmpdir(), "signet-envelope-"));
const at = (name) => join(folder, name);
const build = process.env.SIGNET_TEST_BUILD ?? "plain";
if (process.getuid()) process.env.ASAN_OPTIONS ??= "detect_leaks=0";

let passed = 0;
let failed = 0;
function check(name, run) {
    try {
        run();
        passed++;
    } catch (error) {
        failed++;
        console.log(`not ok ${name}: ${error.message}`);
    }
}

function must(is, message) {
    if (!is) throw new Error(message);
}

function tool(name, args, input) {
    const run = spawnSync(join(bin, name), args, { input, maxBuffer: 1 << 28 });
    return { status: run.status, out: run.stdout, said: run.stderr.toString() };
}

function works(name, args, input) {
    const run = tool(name, args, input);
    must(run.status === 0, `${name} ${args.join(" ")}: status ${run.status}, ${run.said}`);
    return run.out;
}

// --- age: one X25519 stanza, and the payload

const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
function bech32(text) {
    const data = text.toLowerCase().split("1").pop().slice(0, -6);
    let bits = 0;
    let have = 0;
    const out = [];
    for (const c of data) {
        bits = (bits << 5) | LETTERS.indexOf(c);
        have += 5;
        if (have >= 8) out.push((bits >> (have -= 8)) & 255);
        bits &= (1 << have) - 1;
    }
    return Buffer.from(out);
}

const hkdf = (ikm, salt, info, n) => Buffer.from(hkdfSync("sha256", ikm, salt, info, n));
const X25519 = { pkcs8: "302e020100300506032b656e04220420", spki: "302a300506032b656e032100" };
const ED25519 = { pkcs8: "302e020100300506032b657004220420", spki: "302a300506032b6570032100" };
const secretKey = (kind, raw) =>
    createPrivateKey({ key: Buffer.concat([Buffer.from(kind.pkcs8, "hex"), raw]), format: "der", type: "pkcs8" });
const publicKey = (kind, raw) =>
    createPublicKey({ key: Buffer.concat([Buffer.from(kind.spki, "hex"), raw]), format: "der", type: "spki" });
const rawPublic = (key) => createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);

function aead(key, nonce, data, opening) {
    const options = { authTagLength: 16 };
    if (!opening) {
        const c = createCipheriv("chacha20-poly1305", key, nonce, options);
        return Buffer.concat([c.update(data), c.final(), c.getAuthTag()]);
    }
    const d = createDecipheriv("chacha20-poly1305", key, nonce, options);
    d.setAuthTag(data.subarray(-16));
    return Buffer.concat([d.update(data.subarray(0, -16)), d.final()]);
}

function chunkNonce(i, last) {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(i, 7);
    nonce[11] = last ? 1 : 0;
    return nonce;
}

function openAge(file, identity) {
    const macAt = file.indexOf("\n--- ") + 1;
    const end = file.indexOf("\n", macAt) + 1;
    const head = file.subarray(0, end);
    const lines = head.toString("latin1").split("\n");
    const secret = secretKey(X25519, identity);
    let fileKey;
    lines.forEach((line, i) => {
        if (!line.startsWith("-> X25519 ")) return;
        const share = Buffer.from(line.slice(10), "base64");
        const shared = diffieHellman({ privateKey: secret, publicKey: publicKey(X25519, share) });
        const wrap = hkdf(shared, Buffer.concat([share, rawPublic(secret)]), "age-encryption.org/v1/X25519", 32);
        try {
            fileKey = aead(wrap, Buffer.alloc(12), Buffer.from(lines[i + 1], "base64"), true);
        } catch { /* another's */ }
    });
    const mac = Buffer.from(lines[lines.length - 2].slice(4), "base64");
    const macKey = hkdf(fileKey, "", "header", 32);
    must(createHmac("sha256", macKey).update(file.subarray(0, macAt + 3)).digest().equals(mac), "the MAC is wrong");
    const key = hkdf(fileKey, file.subarray(end, end + 16), "payload", 32);
    const chunks = [];
    for (let p = end + 16, i = 0; p < file.length; p += 65552, i++) {
        const chunk = file.subarray(p, p + 65552);
        chunks.push(aead(key, chunkNonce(i, p + 65552 >= file.length), chunk, true));
    }
    return { head, mac, fileKey, content: Buffer.concat(chunks) };
}

// The same header and file key with other content: what every recipient can make.
function sealAgain(age, content) {
    const nonce = randomBytes(16);
    const key = hkdf(age.fileKey, nonce, "payload", 32);
    const parts = [age.head, nonce];
    for (let p = 0, i = 0; p === 0 || p < content.length; p += 65536, i++)
        parts.push(aead(key, chunkNonce(i, p + 65536 >= content.length), content.subarray(p, p + 65536), false));
    return Buffer.concat(parts);
}

// --- the envelope, as signet-formats(5) has it

const PIECE = 262144;
const GROUP = 16384;
const LAST = 1;
const SIGNED = 2;
const PADDING = 4;
const INDEX = 8;
const START = Buffer.from("1f8b08040000000000ff", "hex");
const EMPTY = Buffer.from("03000000000000000000", "hex");
const blake2b = (...parts) => parts.reduce((h, p) => h.update(p), createHash("blake2b512")).digest();
const u = (n, bytes) => {
    const b = Buffer.alloc(8);
    b.writeBigUInt64LE(BigInt(n));
    return b.subarray(0, bytes);
};
const bindingOf = (age, isSigned) =>
    isSigned
        ? hkdf(age.fileKey, age.mac, "signet/envelope/signed", 32)
        : hkdf(age.fileKey, "", "signet/envelope", 32);
const proven = (hash) => Buffer.concat([Buffer.from("signet/envelope/member"), hash]);

function padme(n) {
    if (n < 2) return n;
    const e = Math.floor(Math.log2(n));
    const step = 2 ** (e - (Math.floor(Math.log2(e)) + 1));
    return Math.ceil(n / step) * step;
}

function member({ flags = 0, number, binding, data = Buffer.alloc(0), body = EMPTY, key, as }) {
    if (key) flags |= SIGNED;
    const field = Buffer.concat([
        Buffer.from([1, flags]), u(number, 8), u(body.length, 4), binding, key ? as ?? rawPublic(key) : Buffer.alloc(0),
        data,
    ]);
    const hash = blake2b(field, body);
    const proof = key ? sign(null, proven(hash), key) : hash;
    const length = field.length + 64;
    return Buffer.concat([START, u(length + 4, 2), Buffer.from("SG"), u(length, 2), field, proof, body]);
}

function crc32(data) {
    let crc = -1;
    for (const byte of data) {
        crc ^= byte;
        for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

const pack = (data) => Buffer.concat([data.length ? deflateRawSync(data) : EMPTY.subarray(0, 2), u(crc32(data), 4), u(data.length, 4)]);

// A whole envelope; returns its members.
function wrap(content, binding, { key, pad } = {}) {
    const out = [];
    let lengths = [];
    const offsets = [];
    let offset = 0;
    const add = (m) => {
        out.push(m);
        offset += m.length;
    };
    const pieces = Math.max(1, Math.ceil(content.length / PIECE));
    for (let i = 0; i < pieces; i++) {
        const body = pack(content.subarray(i * PIECE, (i + 1) * PIECE));
        add(member({ number: out.length, binding, body, key }));
        lengths.push(u(body.length, 3));
        if (pieces > 1 && (lengths.length === GROUP || i === pieces - 1)) {
            offsets.push(u(offset, 8));
            add(member({ flags: INDEX, number: out.length, binding, data: Buffer.concat(lengths), key }));
            lengths = [];
        }
    }
    const least = 16 + 46 + (key ? 32 : 0) + 64 + 10;
    const bare = offset + least + 10 + 8 * offsets.length;
    let missing = pad ? padme(bare) - bare : 0;
    while (missing >= least) {
        const zeros = Math.min(missing - least, 65531 - (least - 16 - 10));
        add(member({ flags: PADDING, number: out.length, binding, data: Buffer.alloc(zeros), key }));
        missing -= least + zeros;
    }
    const rest = [u(content.length, 8), ...offsets, Buffer.alloc(missing)];
    const field = least - 26 + Buffer.concat(rest).length + 2;
    add(member({ flags: LAST, number: out.length, binding, data: Buffer.concat([...rest, u(field, 2)]), key }));
    return out;
}

// Takes an envelope apart, checking every rule there is.
function unwrap(envelope, age) {
    const members = [];
    let signer;
    let lengths = [];
    const offsets = [];
    const content = [];
    let pieces = 0;
    let ended = false;
    for (let p = 0, number = 0; p < envelope.length; number++) {
        must(!ended, "something follows the last member");
        const m = envelope.subarray(p);
        must(m.subarray(0, 10).equals(START) && m.subarray(12, 14).toString() === "SG", "a member begins otherwise");
        const field = m.readUInt16LE(14);
        must(m.readUInt16LE(10) === field + 4, "the lengths differ");
        const head = m.subarray(16, 16 + field);
        const flags = head[1];
        must(head[0] === 1, "the version");
        must(Number(head.readBigUInt64LE(2)) === number, "the number");
        const bytes = head.readUInt32LE(10);
        const body = m.subarray(16 + field, 16 + field + bytes);
        const isSigned = (flags & SIGNED) !== 0;
        must(head.subarray(14, 46).equals(bindingOf(age, isSigned)), "the binding");
        const key = isSigned ? head.subarray(46, 78) : undefined;
        if (number === 0) signer = key;
        must(key ? signer?.equals(key) : !signer, "the signer");
        const hash = blake2b(head.subarray(0, -64), body);
        const proof = head.subarray(-64);
        must(key ? verify(null, proven(hash), publicKey(ED25519, key), proof) : proof.equals(hash), "the proof");
        const data = head.subarray(key ? 78 : 46, -64);
        if (flags & ~SIGNED) must(body.equals(EMPTY), "content where none belongs");
        if (flags & PADDING) {
            must(data.every((b) => b === 0), "padding of something");
        } else if (flags & INDEX) {
            must(data.equals(Buffer.concat(lengths)), "the index");
            lengths = [];
            offsets.push(u(p, 8));
        } else if (flags & LAST) {
            ended = true;
            const total = content.reduce((n, c) => n + c.length, 0);
            must(Number(data.readBigUInt64LE(0)) === total, "the length");
            must(data.subarray(8, 8 + 8 * offsets.length).equals(Buffer.concat(offsets)), "the offsets");
            must(data.subarray(8 + 8 * offsets.length, -2).every((b) => b === 0), "zeros");
            must(data.readUInt16LE(data.length - 2) === field, "the length of the field");
        } else {
            must(data.length === 0, "content with data");
            const raw = inflateRawSync(body.subarray(0, -8), { info: true });
            must(raw.engine.bytesWritten === body.length - 8, "something after the deflate data");
            must(crc32(raw.buffer) === body.readUInt32LE(bytes - 8), "the CRC");
            must(raw.buffer.length === body.readUInt32LE(bytes - 4), "the length");
            must(content.every((c) => c.length === PIECE) && raw.buffer.length <= PIECE, "a piece that is not whole");
            content.push(raw.buffer);
            lengths.push(u(bytes, 3));
            pieces++;
        }
        members.push(envelope.subarray(p, p + 16 + field + bytes));
        p += 16 + field + bytes;
    }
    must(ended, "the last member is missing");
    must(offsets.length === (pieces > 1 ? Math.ceil(pieces / GROUP) : 0), "indices");
    return { content: Buffer.concat(content), signer, members };
}

// --- keys

works("keygen", ["-q", "-t", "x25519", "-o", at("key")]);
works("keygen", ["-q", "-t", "x25519", "-o", at("bob")]);
works("keygen", ["-q", "-t", "sign", "-o", at("alice")]);
works("keygen", ["-q", "-t", "sign", "-o", at("mallory")]);
const recipient = works("keygen", ["public", at("key")]).toString().trim();
const bob = works("keygen", ["public", at("bob")]).toString().trim();
const aliceLine = works("keygen", ["public", at("alice")]).toString().trim();
const identityOf = (name) => bech32(readFileSync(at(name), "utf8").match(/AGE-SECRET-KEY-1\w+/)[0]);
const identity = identityOf("key");
function sshSecret(name) {
    const bytes = Buffer.from(readFileSync(at(name), "utf8").replace(/-----.*-----|\n/g, ""), "base64");
    return secretKey(ED25519, bytes.subarray(bytes.lastIndexOf(Buffer.from("\0\0\0\x40", "latin1")) + 4).subarray(0, 32));
}
const alice = sshSecret("alice");
const mallory = sshSecret("mallory");
must(rawPublic(alice).equals(Buffer.from(aliceLine.split(" ")[1], "base64").subarray(-32)), "alice's key is misread");

const seal = (content, ...options) => works("seal", ["-r", recipient, "-r", bob, ...options], content);
const noise = (n) => randomBytes(n);
const text = (n) => Buffer.from("All happy families are alike. ".repeat(n / 30 + 1)).subarray(0, n);

// --- it reads what seal makes

const MIB = 1 << 20;
const sizes = build === "plain" ? [0, 1, 300, PIECE - 1, PIECE, PIECE + 1, MIB, MIB + 1, 3 * MIB + 7] : [0, 1, PIECE + 1];
for (const size of sizes) {
    for (const [kind, make] of [["noise", noise], ["text", text]]) {
        const content = make(size);
        for (const options of [["-z"], ["--pad"], ["--sign", at("alice")], ["-z", "--pad"],
            ["-z", "--pad", "--sign", at("alice")]]) {
            check(`reads ${size} bytes of ${kind}, ${options[0]} ${options[1] ?? ""}`, () => {
                const age = openAge(seal(content, ...options), identity);
                const read = unwrap(age.content, age);
                must(read.content.equals(content), "other content came out");
                must(gunzipSync(age.content).equals(content), "gunzip gives other content");
                if (options.includes("--pad")) must(padme(age.content.length) === age.content.length, "not a Padmé length");
                if (options.includes("--sign")) must(read.signer.equals(rawPublic(alice)), "another signer");
                else must(!read.signer, "a signer");
            });
        }
    }
}

// --- open reads what it makes

for (const size of sizes) {
    for (const options of [{}, { pad: true }, { key: alice }, { key: alice, pad: true }]) {
        check(`makes ${size} bytes, ${JSON.stringify(Object.keys(options))}`, () => {
            const content = text(size);
            const age = openAge(seal(""), identity);
            const file = sealAgain(age, Buffer.concat(wrap(content, bindingOf(age, options.key), options)));
            writeFileSync(at("made"), file);
            const from = options.key ? ["--from", aliceLine] : [];
            must(works("open", ["-i", at("key"), ...from, at("made")]).equals(content), "other content came out");
            const part = works("open", ["-i", at("key"), ...from, "--range", `${size >> 1}:100`, at("made")]);
            must(part.equals(content.subarray(size >> 1, (size >> 1) + 100)), "another part came out");
        });
    }
}

// --- the worked example of the page, in the sealed file of the page

check("opens the envelope in signet-formats(5)", () => {
    const page = readFileSync(new URL("../../man/signet-formats.5", import.meta.url), "utf8");
    const block = (name) => Buffer.from(page.match(new RegExp(`^${name} +((?:[0-9a-f]+\\s+)+)`, "m"))[1].replace(/\s/g, ""), "hex");
    const head = Buffer.from(page.match(/^age-encryption\.org\/v1\n-> signet\/argon2id[^]*?\n--- .*\n/m)[0].replace(/\n\.[^]*/, "\n"));
    const example = { head, mac: block("mac"), fileKey: block("file key") };
    const envelope = Buffer.concat([block("member 0"), block("member 1")]);
    const read = unwrap(envelope, example);
    must(read.content.equals(block("plaintext")) && read.signer.equals(block("signer")), "it has something else in it");
    const signer = secretKey(ED25519, block("seed"));
    must(rawPublic(signer).equals(block("signer")), "the seed is another's");
    writeFileSync(at("example"), sealAgain(example, envelope));
    writeFileSync(at("password"), "an example, not a secret\n");
    const wire = Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1"), read.signer]);
    const args = ["--password-file", at("password"), "--from", `ssh-ed25519 ${wire.toString("base64")}`];
    must(works("open", [...args, at("example")]).equals(block("plaintext")), "open gives something else");
});

// --- forgeries: a signed file of three pieces, and what a recipient may make of it

const content = Buffer.concat([text(PIECE), noise(PIECE), text(1000)]);
const original = openAge(seal(content, "--sign", at("alice"), "--pad"), identity);
const { members } = unwrap(original.content, original);
must(members.length === 6, `there are ${members.length} members, and not content, index, padding and last`);
const other = openAge(seal(content, "--sign", at("alice"), "--pad"), identity);
const strangers = unwrap(other.content, other).members;
const binding = bindingOf(original, true);
const said = new Map();

// open must refuse these members with status 4 and these words, after so many pieces.
function refuses(name, list, words, pieces, { file, from = aliceLine, alike } = {}) {
    check(`refuses: ${name}`, () => {
        writeFileSync(at("forged"), file ?? sealAgain(original, Buffer.concat(list)));
        for (const args of [["--from", from], []]) {
            if (!args.length && /signer is not among|not signed, by/.test(words)) continue;
            const run = tool("open", ["-q", "-i", at("key"), ...args, at("forged")]);
            must(run.status === 4, `status ${run.status}: ${run.said}`);
            must(new RegExp(words).test(run.said), `it said: ${run.said}`);
            must(run.out.equals(content.subarray(0, pieces * PIECE)), `${run.out.length} bytes were released`);
            const whole = tool("open", ["-q", "-i", at("key"), "-o", at("out"), ...args, at("forged")]);
            must(whole.status === 4, "with -o it has another status");
        }
        must(!said.has(words) || alike, "another forgery is told with the same words");
        said.set(words, name);
    });
}

const without = (i) => members.filter((_, j) => j !== i);
const swapped = (i, j) => members.map((m, k) => (k === i ? members[j] : k === j ? members[i] : m));
const inPlace = (i, m) => members.map((old, j) => (j === i ? m : old));
const X = pack(Buffer.from("x"));

for (let i = 1; i < members.length; i++)
    refuses(`truncated before member ${i + 1}`, members.slice(0, i),
        `member ${i + 1}: the content ends before it`, Math.min(i, 3));
refuses("truncated inside a member", [...members.slice(0, 2), members[2].subarray(0, 100)],
    "member 3: the content ends inside it", 2);
refuses("a piece dropped", without(1), "member 2: it is missing, and others follow", 1);
refuses("the index dropped", without(3), "member 4: it is missing", 3);
refuses("the padding dropped", without(4), "member 5: it is missing", 3);
refuses("a piece duplicated", [members[0], ...members], "member 1: it comes a second time", 1);
refuses("a piece duplicated further on", [...members.slice(0, 3), members[1], ...members.slice(3)],
    "member 2: it comes a second time", 3);
refuses("two pieces swapped", swapped(0, 1), "member 1: it comes later than it should: members are in another order", 0);
refuses("pieces reordered", [members[0], members[2], members[3], members[1], members[4], members[5]],
    "member 2: it comes later than it should: members are in another order", 1);
refuses("the last member twice", [...members, members[5]], "member 7: something follows the last member", 3);
refuses("a member from another file by the same signer", inPlace(1, strangers[1]), "member 2: it was made for another file", 1);
refuses("all members from another file by the same signer", strangers,
    "it was signed for other recipients, and sealed anew", 0);
refuses("padding with content", inPlace(4, member({ flags: PADDING, number: 4, binding, body: X, key: mallory, as: rawPublic(alice) })),
    "member 5: it is padding, and has content", 3);
refuses("padding with content, by its signer", inPlace(4, member({ flags: PADDING, number: 4, binding, body: X, key: alice })),
    "member 5: it is padding, and has content", 3, { alike: true });
refuses("padding that is not zeros", inPlace(4, member({ flags: PADDING, number: 4, binding, data: Buffer.from("hello"), key: alice })),
    "member 5: it is padding, and not all zeros", 3);
refuses("a member signed by another key", inPlace(1, member({ number: 1, binding, body: X, key: mallory })),
    "member 2: it is signed with another key than the first", 1);
refuses("a member signed by another key under the signer's name",
    inPlace(1, member({ number: 1, binding, body: X, key: mallory, as: rawPublic(alice) })),
    "member 2: its signature does not match", 1);
refuses("a member without a signature", inPlace(1, member({ number: 1, binding, body: X })),
    "member 2: it is not signed, and the first member is", 1);
refuses("everything signed by another key", wrap(content, binding, { key: mallory }),
    "the signer is not among those given with --from: ssh-ed25519 AAAA.* .SHA256:", 0);
refuses("no signature", wrap(content, bindingOf(original, false)), "it is not signed, by anybody", 0);
refuses("no envelope", [content], "it is not signed, by anybody", 0, { alike: true });
refuses("an envelope without signature from another file", wrap(content, bindingOf(other, false)),
    "the envelope in it was made for another file", 0);
refuses("a member that holds too much", inPlace(2, member({ number: 2, binding, body: pack(Buffer.alloc(2 * MIB)), key: alice })),
    "member 3: more comes out of it than a member may hold", 2);
refuses("a member of another version", inPlace(1, Buffer.concat([members[1].subarray(0, 16), Buffer.from([2]), members[1].subarray(17)])),
    "member 2: it is of a version that is not known here", 1);

// The whole message sealed anew by one recipient, for another: the same content, another header.
check("refuses: the whole payload re-sealed to someone else", () => {
    writeFileSync(at("inner"), original.content);
    const bobs = openAge(works("seal", ["-r", bob], "x"), identityOf("bob"));
    for (const payload of [original.content, Buffer.concat(members.map((m) => Buffer.concat(
        [m.subarray(0, 30), bindingOf(bobs, true), m.subarray(62)])))]) {
        writeFileSync(at("forged"), sealAgain(bobs, payload));
        for (const args of [["--from", aliceLine], []]) {
            const run = tool("open", ["-q", "-i", at("bob"), ...args, at("forged")]);
            must(run.status === 4 && run.out.length === 0, `status ${run.status}`);
            must(payload === original.content ? /sealed anew by somebody else/.test(run.said)
                : /member 1: its signature does not match/.test(run.said), run.said);
        }
    }
});

// One recipient changes one byte of the content for the others, and repairs all that they can.
check("refuses: a byte changed for the other recipients, wherever it is", () => {
    for (let i = 0; i < (build === "plain" ? 40 : 5); i++) {
        const at1 = Math.floor(Math.random() * PIECE) + (i % 2 ? PIECE : 0);
        const piece = Math.floor(at1 / PIECE);
        const changed = Buffer.from(content);
        changed[at1] ^= 1 << Math.floor(Math.random() * 8);
        const body = pack(changed.subarray(piece * PIECE, (piece + 1) * PIECE));
        const forged = Buffer.from(member({ number: piece, binding, body, key: mallory, as: rawPublic(alice) }));
        members[piece].copy(forged, 94, 94, 158); // alice's own signature, of what it was
        writeFileSync(at("forged"), sealAgain(original, Buffer.concat(inPlace(piece, forged))));
        const run = tool("open", ["-q", "-i", at("bob"), at("forged")]);
        must(run.status === 4 && /its signature does not match/.test(run.said), `byte ${at1}: ${run.status} ${run.said}`);
        must(run.out.equals(content.subarray(0, piece * PIECE)), "something was released");
    }
});

rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
