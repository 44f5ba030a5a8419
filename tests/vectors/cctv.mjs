// Runs every C2SP CCTV age vector (npm cctv-age) through the real `open`, whose folder SIGNET_BIN names.
//
// A vector is a text head, an empty line and a file. The head says with what to open the file
// (identity, passphrase), what should come of it (expect), and the SHA-256 of the plaintext that is
// released (payload). The outcome is told from the exit status and standard error alone.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";

const require = createRequire(new URL("../peers/package.json", import.meta.url));
const vectors = await import(pathToFileURL(require.resolve("cctv-age")).href);
const all = vectors.default ?? vectors;
const open = resolve(process.env.SIGNET_BIN ?? "build/bin", "open");
const folder = mkdtempSync(join(tmpdir(), "signet-cctv-"));

// The whole table of outcomes: the first row that fits both status and message is the outcome.
const OUTCOMES = [
    [0, /^$/, "success"],
    [3, /: error: /, "no match"],
    [4, /: the armor is malformed/, "armor failure"],
    [4, /: the header was changed/, "HMAC failure"],
    [4, /: the payload is /, "payload failure"],
    [4, /: error: /, "header failure"],
    [1, /: the header asks for /, "header failure"], // more work than is allowed
];

function parse(bytes) {
    const end = Buffer.from(bytes).indexOf("\n\n");
    const text = Buffer.from(bytes.subarray(0, end)).toString();
    const head = { identity: [], passphrase: [] };
    for (const line of text.split("\n")) {
        const [key, ...rest] = line.split(": ");
        const value = rest.join(": ");
        if (key === "identity" || key === "passphrase") head[key].push(value);
        else head[key] = value;
    }
    const rest = bytes.subarray(end + 2);
    const file = head.compressed === "zlib" ? inflateSync(rest) : Buffer.from(rest);
    return { head, file };
}

function outcome(run) {
    const message = run.stderr.toString();
    const row = OUTCOMES.find(([status, text]) => run.status === status && text.test(message));
    return row ? row[2] : `status ${run.status}, ${JSON.stringify(message)}`;
}

function run(vector, number, toFile) {
    const at = join(folder, String(number));
    const args = [join(at, "in.age")];
    mkdirSync(join(at, "out"), { recursive: true });
    writeFileSync(join(at, "in.age"), vector.file);
    if (vector.head.identity.length) {
        writeFileSync(join(at, "identity"), vector.head.identity.join("\n") + "\n");
        args.unshift("-i", join(at, "identity"));
    }
    if (vector.head.passphrase.length) {
        writeFileSync(join(at, "password"), vector.head.passphrase.join("\n") + "\n");
        args.unshift("--password-file", join(at, "password"));
    }
    if (toFile) args.unshift("-o", join(at, "out", "plain"));
    const result = spawnSync(open, args, {
        stdio: ["ignore", "pipe", "pipe"],
        maxBuffer: 1 << 28,
        env: { PATH: process.env.PATH, HOME: at, ...sanitizers() },
    });
    const left = readdirSync(join(at, "out"));
    rmSync(at, { recursive: true });
    return { ...result, left };
}

// A process that cannot be traced cannot look for its own leaks, except as root.
function sanitizers() {
    const given = Object.entries(process.env).filter(([k]) => /^[A-Z]+SAN_OPTIONS$/.test(k));
    return { ...(process.getuid() ? { ASAN_OPTIONS: "detect_leaks=0" } : {}), ...Object.fromEntries(given) };
}

function faults(vector, number) {
    const { head } = vector;
    const expected = head.expect;
    const found = [];
    const piped = run(vector, number, false);
    const got = outcome(piped);
    if (got !== expected) found.push(`wanted ${expected}, got ${got}`);
    if (expected === "success" || expected === "payload failure") {
        const hash = createHash("sha256").update(piped.stdout).digest("hex");
        if (hash !== head.payload) found.push(`released ${piped.stdout.length} bytes with SHA-256 ${hash}`);
    } else if (piped.stdout.length) {
        found.push(`released ${piped.stdout.length} bytes`);
    }
    const filed = run(vector, number, true);
    const alone = expected === "success" ? ["plain"] : [];
    if (outcome(filed) !== got) found.push(`with -o: ${outcome(filed)}`);
    if (filed.left.join() !== alone.join()) found.push(`with -o: left ${filed.left.join() || "nothing"}`);
    if (filed.stdout.length) found.push(`with -o: ${filed.stdout.length} bytes on standard output`);
    return found;
}

let passed = 0;
let failed = 0;
let number = 0;
for (const [name, bytes] of Object.entries(all)) {
    const found = faults(parse(bytes), ++number);
    if (found.length) {
        failed++;
        console.log(`not ok ${name}: ${found.join("; ")}`);
    } else {
        passed++;
    }
}
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
