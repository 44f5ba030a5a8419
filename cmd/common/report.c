#include "common/report.h"

#include "common/escape.h"
#include "key/key.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LINE_BYTES 2048
#define KEY_CHARS 32 /* fewer are only spoken of */

static const char *tool_name = "signet";
static bool quiet;

void report_start(const char *tool)
{
    tool_name = tool;
}

void report_quiet(bool is_quiet)
{
    quiet = is_quiet;
}

bool report_is_quiet(void)
{
    return quiet;
}

static bool coloured(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDERR_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* How much of the text at p is the secret part of a key, which no message shows; 0 for none. */
static size_t secret_part(const char *p)
{
    static const char *const starts[] = {"AGE-SECRET-KEY-", "AGE-PLUGIN-", "SIGNET-ROOT-"};

    if (strncmp(p, "-----BEGIN ", 11) == 0 && strstr(p, "PRIVATE KEY"))
        return strlen(p); /* it goes on over several lines */

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t n = strcspn(p, " .,:;'\"\t\n/");
        if (n > KEY_CHARS && strncasecmp(p, starts[i], strlen(starts[i])) == 0)
            return n;
    }
    return 0;
}

/* Copies a text of at most LINE_BYTES, with keys in it left out. */
static void hide_secrets(char *out, const char *text)
{
    while (*text) {
        size_t secret = secret_part(text);
        for (const char *h = "(a secret key)"; secret && *h; h++)
            *out++ = *h;
        if (!secret)
            *out++ = *text;
        text += secret ? secret : 1;
    }
    *out = '\0';
}

_Static_assert(KEY_CHARS > sizeof "(a secret key)", "what is left out makes room for this");

/* Writes one line in one call, with anything that could steer a terminal made visible. */
static void line(const char *label, const char *colour, const char *format, va_list arguments)
{
    char text[LINE_BYTES], shown[LINE_BYTES], out[LINE_BYTES * 4 + 128];
    bool paint = *label && coloured();
    int head = snprintf(out, sizeof out, "%s: %s%s%s", tool_name, paint ? colour : "", label,
                        paint ? "\033[0m" : "");
    size_t at = head > 0 ? (size_t)head : 0;

    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    hide_secrets(shown, text);
    at += escape_text(out + at, sizeof out - 1 - at, shown);
    out[at++] = '\n';
    (void)!write(STDERR_FILENO, out, at);
    sg_wipe(text, sizeof text);
}

void report_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line("error: ", "\033[1;31m", format, arguments);
    va_end(arguments);
}

void report_hint(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line("hint: ", "\033[1m", format, arguments);
    va_end(arguments);
}

void report_note(const char *format, ...)
{
    va_list arguments;

    if (quiet)
        return;
    va_start(arguments, format);
    line("", "", format, arguments);
    va_end(arguments);
}

void report_message(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line("", "", format, arguments);
    va_end(arguments);
}

void usage_error(const char *hint, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line("error: ", "\033[1;31m", format, arguments);
    va_end(arguments);
    if (hint)
        report_hint("%s", hint);
    exit(STATUS_USAGE);
}

/* What an exit status stands for each error: the one table. */
static const enum status statuses[SG_ERR_COUNT] = {
    [SG_OK] = STATUS_DONE,
    [SG_ERR_IO] = STATUS_FAILED,
    [SG_ERR_MEMORY] = STATUS_FAILED,
    [SG_ERR_LIMIT] = STATUS_FAILED,
    [SG_ERR_WORK] = STATUS_FAILED,
    [SG_ERR_EXISTS] = STATUS_FAILED,
    [SG_ERR_KIND] = STATUS_FAILED,
    [SG_ERR_BINARY] = STATUS_FAILED,
    [SG_ERR_RANGE] = STATUS_FAILED,
    [SG_ERR_BOUND] = STATUS_FAILED,
    [SG_ERR_NO_STORE] = STATUS_FAILED,
    [SG_ERR_IN_USE] = STATUS_FAILED,
    [SG_ERR_CHANGED] = STATUS_FAILED,
    [SG_ERR_ROLLED_BACK] = STATUS_FAILED,
    [SG_ERR_NO_KEYRING] = STATUS_FAILED,
    [SG_ERR_NAME] = STATUS_USAGE,
    [SG_ERR_NOT_FOUND] = STATUS_FAILED,
    [SG_ERR_GONE] = STATUS_FAILED,
    [SG_ERR_QUERY] = STATUS_USAGE,
    [SG_ERR_LAST_SLOT] = STATUS_FAILED,
    [SG_ERR_DATABASE] = STATUS_FAILED,
    [SG_ERR_NO_PLUGIN] = STATUS_FAILED,
    [SG_ERR_PLUGIN] = STATUS_FAILED,
    [SG_ERR_PLUGIN_PUBLIC] = STATUS_FAILED,
    [SG_ERR_RECIPIENT] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_IDENTITY] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_NO_SIGNER] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_MIXED] = STATUS_USAGE,
    [SG_ERR_NO_KEYS] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_PASSWORD] = STATUS_USAGE,
    [SG_ERR_ROOT] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_PUBLIC] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_RING] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_RETIRED] = STATUS_FAILED,
    [SG_ERR_OUTSIDE] = STATUS_NO_KEY,
    [SG_ERR_NO_MATCH] = STATUS_NO_KEY,
    [SG_ERR_WRONG_PASSWORD] = STATUS_NO_KEY,
    [SG_ERR_NOT_SEALED] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_VERSION] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_ARMOR] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_HEADER] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_MAC] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_PAYLOAD] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_TRUNCATED] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_ENVELOPE] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_FOREIGN] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_UNSIGNED] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_SIGNER] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_SIGNATURE] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_FORGED] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_SPENT] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_STORE] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_BLOCK] = STATUS_NOT_AUTHENTIC,
    [SG_ERR_ARCHIVE] = STATUS_NOT_AUTHENTIC,
};

/* The system's reasons in words that say what to look at; the rest as the C library has them. */
static const char *reason(int sys)
{
    switch (sys) {
    case ENOENT:
        return "there is no such file or folder";
    case ENOTDIR:
        return "a part of the path is not a folder";
    case EACCES:
    case EPERM:
        return "you are not allowed to";
    case ENOSPC:
    case EDQUOT:
        return "there is no space left";
    case EROFS:
        return "the file system is read-only";
    case EPIPE:
        return "the program reading it has gone away";
    case ENXIO:
        return "there is no such device";
    case EBADF:
        return "it is closed";
    case EIO:
        return "the device reports an error";
    case EFBIG:
        return "the file would be too large";
    case ELOOP:
        return "there are too many symbolic links";
    case ENAMETOOLONG:
        return "the name is too long";
    default:
        return strerror(sys);
    }
}

static void io_hint(const struct sg_error *err)
{
    bool writing =
        err->what && strcmp(err->what, "cannot open") != 0 && strcmp(err->what, "cannot read") != 0;

    if (secret_part(err->name))
        report_hint("keys are read from files; one that stood on a command line may be in the "
                    "shell's history, so make a new one");
    else if (writing && (err->sys == ENOENT || err->sys == ENOTDIR))
        report_hint("make the folder first, or write to another");
    else if (writing && (err->sys == EACCES || err->sys == EPERM || err->sys == EROFS))
        report_hint("write to a folder of yours with -o, or to standard output with -o -");
    else if (err->sys == ENOENT)
        report_hint("look at the spelling and at the folder you are in");
    else if (err->sys == EACCES || err->sys == EPERM)
        report_hint("ls -l shows who may read it");
    else if (err->sys == ENOSPC || err->sys == EDQUOT)
        report_hint("make room, or write elsewhere with -o");
}

static void not_sealed_hint(const char *looks_like)
{
    if (!looks_like)
        report_hint("a sealed file begins with age-encryption.org/v1, or with -----BEGIN AGE "
                    "ENCRYPTED FILE-----");
    else if (strstr(looks_like, "PGP message"))
        report_hint("gpg --decrypt opens PGP messages");
    else if (strstr(looks_like, "PGP"))
        report_hint("gpg reads PGP files");
    else if (strstr(looks_like, "minisign"))
        report_hint("minisign -V checks such signatures; they are not encrypted");
    else if (strstr(looks_like, "identity"))
        report_hint("give the identity with -i and the sealed file as FILE");
    else if (strstr(looks_like, "openssl"))
        report_hint("openssl enc -d opens it");
    else if (strstr(looks_like, "empty"))
        report_hint("even an empty file has a header once sealed: this one was lost on the way");
    else
        report_hint("it may need no opening, or another program");
}

static void key_error(const struct sg_error *err, const char *kind)
{
    char where[96] = "";

    if (err->name[0] && err->line)
        (void)snprintf(where, sizeof where, ": line %llu", (unsigned long long)err->line);
    if (err->column)
        report_error("%s%s%snot %s: %s; character %llu is wrong", err->name, where,
                     err->name[0] ? ": " : "", kind, err->what, (unsigned long long)err->column);
    else
        report_error("%s%s%snot %s: %s", err->name, where, err->name[0] ? ": " : "", kind,
                     err->what);
}

static void recipient_hint(const struct sg_error *err)
{
    bool secret = strstr(err->what, "secret") || strstr(err->what, "private");

    if (secret && err->line)
        report_hint("a file is sealed to the public half: keygen public %s prints it", err->name);
    else if (secret)
        report_hint("a file is sealed to the public half: keygen public FILE prints it; a secret "
                    "key that stood on a command line may be in the shell's history, so make a "
                    "new one");
    else if (strstr(err->what, "SSH"))
        report_hint(
            "of SSH keys, ssh-ed25519 is accepted, and so is age1...; ssh-keygen -t ed25519 "
            "or keygen makes one");
    else if (strstr(err->what, "ssh-ed25519"))
        report_hint("copy the line again from the .pub file; it looks like ssh-ed25519 "
                    "AAAAC3NzaC1lZDI1NTE5AAAAI..., 80 characters and perhaps a comment");
    else if (strstr(err->what, "ssh-rsa"))
        report_hint("copy the line again from the .pub file; it looks like ssh-rsa "
                    "AAAAB3NzaC1yc2E..., and perhaps a comment");
    else if (strstr(err->what, "libcrypto"))
        report_hint("install OpenSSL 3, or seal to an age1... recipient, which keygen makes");
    else if (strstr(err->what, "supported"))
        report_hint("seal to an age1... recipient, which keygen makes");
    else
        report_hint("copy the recipient again from where you got it; it looks like age1... with 62 "
                    "characters, or age1pq1... with 1959");
}

static void identity_hint(const char *what)
{
    if (strstr(what, "root"))
        report_hint("pseudonym key NAME -i FILE prints the identities of one of its names");
    else if (strstr(what, "can sign in a ring"))
        report_hint("ssh-keygen -t ed25519 -f NEW, or keygen -t sign -o NEW, makes one");
    else if (strstr(what, "passphrase"))
        report_hint("make a copy without one: cp FILE COPY, then ssh-keygen -p -N '' -f COPY; "
                    "remove it afterwards, or seal it with a password");
    else if (strstr(what, "RSA private key in PEM"))
        report_hint("make a copy as OpenSSH writes it: cp FILE COPY, then ssh-keygen -p -N '' -f "
                    "COPY; remove it afterwards, or seal it with a password");
    else if (strstr(what, "public key"))
        report_hint("an identity is the private half: the file whose name does not end in .pub");
    else if (strstr(what, "does not sign"))
        report_hint("keygen -t sign -o NEW makes a key that signs; so does ssh-keygen -t ed25519");
    else if (strstr(what, "PuTTY"))
        report_hint("if it is an ed25519 key: puttygen FILE -O private-openssh-new -o COPY");
    else if (strstr(what, "SSH key of") || strstr(what, "certificate") || strstr(what, " format"))
        report_hint("of SSH keys, OpenSSH's ssh-ed25519 is accepted: ssh-keygen -t ed25519 -f NEW, "
                    "or keygen -t sign -o NEW, makes one");
    else if (strstr(what, "file of its own"))
        report_hint("give each file with an -i of its own");
    else if (strstr(what, "SSH"))
        report_hint("take it again from where you keep a copy; ssh-keygen -y -f FILE tells whether "
                    "ssh can read it");
    else
        report_hint("an identity is a line AGE-SECRET-KEY-1..., as keygen writes it, or OpenSSH's "
                    "file of an ed25519 key");
}

static void work_error(const struct sg_error *err)
{
    unsigned long long asked = err->value, allowed = err->limit;

    if (err->what)
        report_error("%s: the header asks for %llu passes of password hashing, more than is "
                     "allowed with --max-work %llu",
                     err->name, asked, allowed);
    else
        report_error(
            "%s: the header asks for 2^%llu KiB of password hashing; 2^%llu KiB is allowed",
            err->name, asked, allowed);
    if (!err->what && asked <= 28)
        report_hint("if you trust where it is from and have the memory: --max-work %llu", asked);
    else
        report_hint("nobody seals a file so by accident: it may be meant to stop this machine");
}

static void plugin_error(const struct sg_error *err)
{
    const char *what = err->what ? err->what : "";
    unsigned long long value = err->value, limit = err->limit;

    if (err->untrusted_words[0])
        report_error("%s says: %s", err->plugin, err->untrusted_words);
    else if (err->sys)
        report_error("%s: %s: %s", err->plugin, what, reason(err->sys));
    else if (value > 128)
        report_error("%s: %s: it was ended by signal %llu", err->plugin, what, value - 128);
    else if (value)
        report_error("%s: %s, with exit status %llu", err->plugin, what, value);
    else if (limit)
        report_error("%s: %s (%llu seconds)", err->plugin, what, limit);
    else
        report_error("%s: %s", err->plugin, what);
    if (!err->untrusted_words[0])
        report_hint("the plugin is at fault; with AGEDEBUG=plugin in the environment its own "
                    "messages are shown");
    else
        report_hint("these are the plugin's words; its manual may tell more");
}

static void mixed_error(const struct sg_error *err)
{
    static const char *const hint =
        "whoever breaks the weakest recipient reads the file; seal twice, to two files, "
        "or ask the others for an age1pq1... recipient (keygen makes one)";

    if (!err->plugin[0]) {
        report_error("%llu of the %llu recipients %s post-quantum, which does not mix with others",
                     (unsigned long long)err->value, (unsigned long long)err->limit,
                     err->value == 1 ? "is" : "are");
        report_hint("%s", hint);
        return;
    }
    report_error("the recipients of %s %s, and do not mix with the others", err->plugin, err->what);
    if (strstr(err->what, "post-quantum"))
        report_hint("%s", hint);
    else
        report_hint("seal twice, to two files");
}

/* What stands between the file's name and the particulars of a malformed or forged file. */
static const char *fault(enum sg_err code)
{
    switch (code) {
    case SG_ERR_ARMOR:
        return "the armor is malformed";
    case SG_ERR_HEADER:
        return "the header is malformed";
    case SG_ERR_PAYLOAD:
        return "the payload is not authentic";
    default:
        return "the payload is truncated";
    }
}

static void fault_error(const struct sg_error *err)
{
    const char *what = err->what ? err->what : "";
    const char *colon = *what ? ": " : "";

    if (err->line)
        report_error("%s: %s: line %llu%s%s", err->name, fault(err->code),
                     (unsigned long long)err->line, colon, what);
    else if (err->code == SG_ERR_PAYLOAD)
        report_error("%s: %s: chunk %llu%s%s", err->name, fault(err->code),
                     (unsigned long long)err->value, *what ? ": " : " was changed", what);
    else if (err->code == SG_ERR_TRUNCATED)
        report_error("%s: %s%s", err->name, fault(err->code),
                     *what ? ": nothing follows the header" : ": its last part is missing");
    else
        report_error("%s: %s%s%s", err->name, fault(err->code), colon, what);
}

static void fault_hint(enum sg_err code)
{
    if (code == SG_ERR_ARMOR)
        report_hint("copy the text again, from the -----BEGIN line to the -----END line, with "
                    "nothing changed");
    else if (code == SG_ERR_TRUNCATED)
        report_hint("fetch the whole file again");
    else
        report_hint(
            "it was changed or damaged after it was sealed: fetch it again from its sender");
}

static void signer_hint(const char *what)
{
    if (strstr(what, "private"))
        report_hint("keygen public FILE, or ssh-keygen -y -f FILE, prints its public half");
    else if (strstr(what, "valid"))
        report_hint("name the keys that count in a file of their own, without valid-after, "
                    "valid-before and expiry-time");
    else
        report_hint("a signer is ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI..., or a file with lines "
                    "of them, as authorized_keys and allowed_signers have them");
}

/* A signature that is wrong or missing, and envelopes that are. */
static void envelope_error(const struct sg_error *err, const char *name)
{
    char signer[SG_SIGNER_TEXT_BYTES];

    switch (err->code) {
    case SG_ERR_ENVELOPE:
        if (err->value)
            report_error("%s: the envelope in it is not authentic: member %llu: %s", name,
                         (unsigned long long)err->value, err->what);
        else
            report_error("%s: the envelope in it is not authentic: %s", name, err->what);
        report_hint("somebody who can open the file changed it, or the program that made it is at "
                    "fault: ask its sender");
        break;
    case SG_ERR_FOREIGN:
        if (err->what) {
            report_error("%s: it was signed for other recipients, and sealed anew by somebody else",
                         name);
            report_hint("its signer did not send it to you; open --raw takes what is in it as it "
                        "is, unverified");
        } else {
            report_error("%s: the envelope in it was made for another file", name);
            report_hint("open --raw takes it as it is; gunzip reads it");
        }
        break;
    case SG_ERR_UNSIGNED:
        report_error("%s: it is not signed, by anybody", name);
        report_hint("ask for one made with seal --sign, or open it without --from");
        break;
    default:
        sg_signer_text(signer, err->key);
        report_error("%s: the signer is not among those given with --from: %s", name, signer);
        report_hint("if that is who should have signed, add the key to the file that --from "
                    "names");
    }
}

/* What stands in the way of a store, where it is not the key. */
static void store_error(const struct sg_error *err, const char *name)
{
    const char *what = err->what ? err->what : "";

    switch (err->code) {
    case SG_ERR_NO_STORE:
        report_error("%s: there is no vault here", name);
        report_hint("vault init makes one; SIGNET_HOME names the folder that it is in");
        break;
    case SG_ERR_IN_USE:
        report_error("%s: in use: another program has not let go of it in time", name);
        report_hint("wait for it to end, or wait longer with --wait SECONDS");
        break;
    case SG_ERR_CHANGED:
        report_error("%s: it was given a new key just now", name);
        report_hint("run the command again");
        break;
    case SG_ERR_ROLLED_BACK:
        report_error("%s: this is an older state of the vault, or a copy%s%s", name,
                     *what ? ": " : "", what);
        break;
    case SG_ERR_NO_KEYRING:
        report_error("the kernel keeps no keys for this program: %s", reason(err->sys));
        report_hint("unlock with an identity instead: a slot for it, and SIGNET_IDENTITY=FILE");
        break;
    case SG_ERR_NAME:
        report_error("%s: %s", name, *what ? what : "it cannot be a name");
        break;
    case SG_ERR_NOT_FOUND:
        report_error("%s: there is no such %s", name, *what ? what : "name");
        if (strncmp(what, "revision", 8) == 0 || strncmp(what, "part", 4) == 0)
            report_hint("vault history %s lists what there is", name);
        else if (strcmp(what, "entry any more") == 0)
            report_hint("it was removed; vault history %s lists what is kept of it, and vault get "
                        "--at shows that",
                        name);
        else if (strcmp(what, "entry") == 0)
            report_hint("vault list shows the names there are");
        else if (strcmp(what, "slot") == 0)
            report_hint("vault slot list shows the slots there are");
        break;
    case SG_ERR_GONE:
        report_error("%s: %s", name, what);
        report_hint("run the command again");
        break;
    case SG_ERR_QUERY:
        if (err->column)
            report_error("the query cannot be understood: %s: character %llu", what,
                         (unsigned long long)err->column);
        else
            report_error("the query cannot be used: %s", what);
        report_hint("words, beginnings*, \"phrases in quotation marks\", a OR b, NOT c");
        break;
    case SG_ERR_ARCHIVE:
        report_error("%s: not an archive that can be imported: %s", name, what);
        report_hint("vault export makes one, and so does tar c; nothing was imported");
        break;
    case SG_ERR_LAST_SLOT:
        report_error("%s: it is the last way to unlock the vault", name);
        report_hint("add another slot first");
        break;
    case SG_ERR_STORE:
        report_error("%s: %s", name, what);
        break;
    case SG_ERR_BLOCK:
        if (err->value)
            report_error("%s: block %llu is not authentic%s%s", name,
                         (unsigned long long)err->value, *what ? ": " : "", what);
        else
            report_error("%s: not authentic%s%s", name, *what ? ": " : "", what);
        report_hint("it was changed or damaged on the disk; vault check tells all that is, and a "
                    "backup has what was there");
        break;
    default:
        report_error("%s: the database reports: %s%s%s", name, what,
                     err->untrusted_words[0] ? ": " : "", err->untrusted_words);
    }
}

static void public_hint(const char *what)
{
    if (strstr(what, "issuer") || strstr(what, "element"))
        report_hint("pseudonym token issuer-key NAME prints it: signet-issuer1...");
    else if (strstr(what, "secret"))
        report_hint("give the public half; a secret key that stood on a command line may be in the "
                    "shell's history, so make a new one");
    else if (strstr(what, "recipient"))
        report_hint("pseudonym show NAME --as ssh prints the key that signs");
    else
        report_hint(
            "a key is ssh-ed25519 AAAA..., RW... of minisign, or did:key:z6Mk...; or a file "
            "with one of them");
}

/* Whether words name a thing, "a PGP signature", rather than say what is wrong with one. */
static bool is_thing(const char *what)
{
    static const char *const starts[] = {"a ", "an ", "no ", "empty", "binary", "JSON"};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(what, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

/* Keys, rings, signatures and tokens of pseudonyms. */
static void pseudonym_error(const struct sg_error *err, const char *name)
{
    const char *what = err->what ? err->what : "";
    char line[48] = "", counts[96] = "";

    if (err->line)
        (void)snprintf(line, sizeof line, "line %llu: ", (unsigned long long)err->line);
    switch (err->code) {
    case SG_ERR_ROOT:
        report_error("%s: %snot a root: %s", name, line, what);
        report_hint("a root is a line SIGNET-ROOT-1..., as keygen -t root writes it");
        break;
    case SG_ERR_PUBLIC:
        report_error("%s%s%snot a public key: %s", err->name, err->name[0] ? ": " : "", line, what);
        public_hint(what);
        break;
    case SG_ERR_RING:
        if (err->value)
            report_error("%s: %s%s, in line %llu", name, line, what,
                         (unsigned long long)err->value);
        else
            report_error("%s: %s%s", name, line, what);
        report_hint("a ring is a file of Ed25519 keys, each once: ssh-ed25519 AAAA... as in "
                    "authorized_keys");
        break;
    case SG_ERR_RETIRED:
        report_error("%s: the pseudonym is retired", name);
        report_hint("pseudonym list tells since when; begin another: pseudonym new NAME");
        break;
    case SG_ERR_OUTSIDE:
        report_error("%s: the key is not in this ring", name);
        report_hint("only those whose keys are in it can sign, claim or disavow");
        break;
    case SG_ERR_SPENT:
        report_error("%s: %sthe token was spent before", name, line);
        break;
    case SG_ERR_SIGNATURE:
        report_error("%s: %s%s%s", name, line, is_thing(what) ? "it is " : "malformed: ", what);
        break;
    default:
        if (err->value || err->limit)
            (void)snprintf(counts, sizeof counts, ": of %llu keys, not of these %llu",
                           (unsigned long long)err->value, (unsigned long long)err->limit);
        report_error("%s: %snot authentic: %s%s", name, line, what, counts);
    }
}

enum status report(const struct sg_error *err)
{
    const char *name = err->name[0] ? err->name : "(no name)";

    switch (err->code) {
    case SG_OK:
        break;
    case SG_ERR_COUNT:
        return STATUS_FAILED;
    case SG_ERR_IO:
        report_error("%s %s: %s", err->what, name, reason(err->sys));
        io_hint(err);
        break;
    case SG_ERR_MEMORY:
        report_error("%s%sthere is not enough memory: %llu bytes were needed",
                     err->what ? err->what : "", err->what ? ": " : "",
                     (unsigned long long)err->value);
        if (err->what)
            report_hint("free some memory, or use a machine that has it");
        break;
    case SG_ERR_LIMIT:
        report_error("%s: %s (at most %llu bytes)", name, err->what ? err->what : "too large",
                     (unsigned long long)err->limit);
        break;
    case SG_ERR_WORK:
        work_error(err);
        break;
    case SG_ERR_EXISTS:
        report_error("%s exists, and is not replaced", name);
        report_hint("choose another name, or replace it for good with -f");
        break;
    case SG_ERR_KIND:
        report_error("%s %s; a file was expected", name, err->what);
        if (err->sys)
            report_hint("name a file in it: -o %s%sNAME", name,
                        name[strlen(name) - 1] == '/' ? "" : "/");
        else
            report_hint("pack a folder first: tar c FOLDER | seal ... -o FOLDER.tar.age");
        break;
    case SG_ERR_BINARY:
        report_error("%s: its content is not plain text, and a terminal would act on it", name);
        report_hint("-o FILE writes it to a file; -o - insists");
        break;
    case SG_ERR_RANGE:
        report_error("%s: the range begins at byte %llu, and the content ends at %llu", name,
                     (unsigned long long)err->value, (unsigned long long)err->limit);
        break;
    case SG_ERR_BOUND:
        report_error("%s: it is signed for the recipients that it has", name);
        report_hint("sign it anew: open FILE | seal --sign KEY ...; or pass it on inside another: "
                    "open --raw FILE | seal ...");
        break;
    case SG_ERR_NO_STORE:
    case SG_ERR_IN_USE:
    case SG_ERR_CHANGED:
    case SG_ERR_ROLLED_BACK:
    case SG_ERR_NO_KEYRING:
    case SG_ERR_NAME:
    case SG_ERR_NOT_FOUND:
    case SG_ERR_GONE:
    case SG_ERR_QUERY:
    case SG_ERR_LAST_SLOT:
    case SG_ERR_DATABASE:
    case SG_ERR_STORE:
    case SG_ERR_BLOCK:
    case SG_ERR_ARCHIVE:
        store_error(err, name);
        break;
    case SG_ERR_ROOT:
    case SG_ERR_PUBLIC:
    case SG_ERR_RING:
    case SG_ERR_RETIRED:
    case SG_ERR_OUTSIDE:
    case SG_ERR_SPENT:
    case SG_ERR_SIGNATURE:
    case SG_ERR_FORGED:
        pseudonym_error(err, name);
        break;
    case SG_ERR_NO_PLUGIN:
        report_error("there is no program %s in the folders of PATH", err->plugin);
        report_hint("install the plugin that this key belongs to, or add the folder that it is in "
                    "to PATH");
        break;
    case SG_ERR_PLUGIN:
        plugin_error(err);
        break;
    case SG_ERR_PLUGIN_PUBLIC:
        report_error("%s: only %s knows the recipient of the identity in it", name, err->plugin);
        report_hint("its manual tells how to ask it; seal -i seals to the identity itself");
        break;
    case SG_ERR_RECIPIENT:
        key_error(err, "a recipient");
        recipient_hint(err);
        break;
    case SG_ERR_IDENTITY:
        key_error(err, "an identity");
        identity_hint(err->what);
        break;
    case SG_ERR_NO_SIGNER:
        key_error(err, "a signer");
        signer_hint(err->what);
        break;
    case SG_ERR_MIXED:
        mixed_error(err);
        break;
    case SG_ERR_NO_KEYS:
        report_error("%s: there is %s in it", name, err->what);
        if (strstr(err->what, "signer"))
            signer_hint(err->what);
        else
            report_hint(
                "keygen -o FILE makes an identity, keygen public FILE prints its recipient");
        break;
    case SG_ERR_PASSWORD:
        report_error("%s", err->what);
        report_hint("type it at the prompt, or name a file that holds it with --%spassword-file",
                    strncmp(err->what, "a new", 5) == 0 ? "new-" : "");
        break;
    case SG_ERR_NO_MATCH:
        if (err->what)
            report_error("%s: %s", name, err->what);
        else
            report_error("%s: no key fits: none of your identities is among its recipients", name);
        if (err->what && strstr(err->what, "with a password"))
            report_hint("type it at a terminal, or name a file that holds it with --password-file");
        else if (err->what && strstr(err->what, "guard"))
            report_hint("open it first: open -i KEY %s | ...", name);
        else
            report_hint("name the identity file it was sealed to with -i");
        break;
    case SG_ERR_WRONG_PASSWORD:
        report_error("%s: the password does not fit", name);
        report_hint("look at Caps Lock and the keyboard's language");
        break;
    case SG_ERR_NOT_SEALED:
        report_error("%s: not a sealed file%s%s", name, err->what ? ": it looks like " : "",
                     err->what ? err->what : "");
        not_sealed_hint(err->what);
        break;
    case SG_ERR_VERSION:
        if (err->what && strcmp(err->what, "tables") == 0)
            report_error("the %s in it is of version %llu, and version %llu is known here", name,
                         (unsigned long long)err->value, (unsigned long long)err->limit);
        else
            report_error("%s: sealed in a version of the format that is not known here", name);
        report_hint("a newer program may open it");
        break;
    case SG_ERR_MAC:
        report_error("%s: the header was changed after it was sealed", name);
        fault_hint(err->code);
        break;
    case SG_ERR_ARMOR:
    case SG_ERR_HEADER:
    case SG_ERR_PAYLOAD:
    case SG_ERR_TRUNCATED:
        fault_error(err);
        fault_hint(err->code);
        break;
    case SG_ERR_ENVELOPE:
    case SG_ERR_FOREIGN:
    case SG_ERR_UNSIGNED:
    case SG_ERR_SIGNER:
        envelope_error(err, name);
        break;
    }
    /* A key in a file is data that is malformed; on the command line it is a word of the usage. */
    if ((err->code == SG_ERR_RECIPIENT && !err->line) ||
        (err->code == SG_ERR_NO_SIGNER && !err->name[0]) ||
        (err->code == SG_ERR_PUBLIC && !err->name[0]))
        return STATUS_USAGE;
    return statuses[err->code];
}
