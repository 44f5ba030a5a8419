#include "open/exposure.h"

#include "envelope/envelope.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void memory_text(char out[static MEMORY_TEXT_BYTES], uint32_t work)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    if (work / 10 < sizeof units / sizeof *units)
        (void)snprintf(out, MEMORY_TEXT_BYTES, "%u %s", 1U << work % 10, units[work / 10]);
    else
        (void)snprintf(out, MEMORY_TEXT_BYTES, "2^%lu KiB", (unsigned long)work);
}

static void say(struct exposure *e, bool learned, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void say(struct exposure *e, bool learned, const char *id, const char *format, ...)
{
    struct exposed *x;
    va_list arguments;

    if (e->count == EXPOSURE_MAX)
        abort();
    x = &e->list[e->count++];
    x->id = id;
    x->learned = learned;
    va_start(arguments, format);
    if (vsnprintf(x->text, sizeof x->text, format, arguments) < 0)
        x->text[0] = '\0';
    va_end(arguments);
}

/* Stanzas of these kinds carry a tag that is the beginning of their key's SHA-256. */
static size_t ssh_keys(const struct sg_inspection *f)
{
    return f->kinds[SG_KIND_SSH_ED25519] + f->kinds[SG_KIND_SSH_RSA];
}

static size_t hardware_keys(const struct sg_inspection *f)
{
    return f->kinds[SG_KIND_TAG] + f->kinds[SG_KIND_PQ_TAG] + f->kinds[SG_KIND_PIV];
}

static size_t untagged_keys(const struct sg_inspection *f)
{
    return f->kinds[SG_KIND_PQ] + f->kinds[SG_KIND_X25519];
}

static const char *plural(size_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

static void learned_of_recipients(struct exposure *e, const struct sg_inspection *f)
{
    size_t n = sg_header_count(&f->header);
    size_t strange = f->kinds[SG_KIND_GREASE] + f->kinds[SG_KIND_OTHER];

    if (strange)
        say(e, true, "recipients",
            "It has %zu recipient %s, of the types above; each stands for one recipient, or for "
            "what the program that added it made of it.",
            n, plural(n, "stanza", "stanzas"));
    else
        say(e, true, "recipients", "It has %zu %s, of the %s above.", n,
            plural(n, "recipient", "recipients"), plural(n, "type", "types"));
    if (ssh_keys(f))
        say(e, true, "ssh_recognisable",
            "Whether an SSH key is among them shows to anyone who has the public key, and those "
            "are easy to come by: its stanza carries the first 32 bits of the key's SHA-256 "
            "fingerprint. A key that is not matches by chance once in four thousand million.");
    if (hardware_keys(f))
        say(e, true, "hardware_recognisable",
            "Whether a hardware key is among them shows to anyone who has its public half: its "
            "stanza carries a tag of 32 bits computed from it.");
    if (ssh_keys(f) + f->kinds[SG_KIND_PIV])
        say(e, true, "linkable",
            "Other files sealed to the same %s key carry the same tag, so that all of them show "
            "to belong together.",
            !ssh_keys(f)            ? "YubiKey (piv-p256)"
            : f->kinds[SG_KIND_PIV] ? "SSH or YubiKey (piv-p256)"
                                    : "SSH");
    if (f->kinds[SG_KIND_OTHER])
        say(e, true, "unknown_types",
            "What else the stanzas of unknown types give away, only their makers can say.");
}

static void learned_of_password(struct exposure *e, const struct sg_inspection *f)
{
    char memory[MEMORY_TEXT_BYTES];

    memory_text(memory, f->guess.work);
    say(e, true, "password", "It opens with a password, and with nothing else.");
    if (f->guess.kdf == SG_KDF_SCRYPT)
        say(e, true, "password_guessing",
            "Guesses at the password can be tried on the file itself, as many as one likes and "
            "unnoticed. Each takes %s of memory (scrypt).",
            memory);
    else
        say(e, true, "password_guessing",
            "Guesses at the password can be tried on the file itself, as many as one likes and "
            "unnoticed. Each takes %s of memory and %lu %s over it (Argon2id).",
            memory, (unsigned long)f->guess.passes, plural(f->guess.passes, "pass", "passes"));
}

struct exposed_inside exposed_inside(const struct sg_inspection *f)
{
    struct exposed_inside in = {SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN};

    if (f->fault.code != SG_OK)
        return in;
    if (f->size.content < SG_ENVELOPE_MIN_BYTES)
        in.compressed = in.padded = SG_ANSWER_NO;
    if (f->size.content < SG_ENVELOPE_SIGNED_MIN_BYTES)
        in.is_signed = SG_ANSWER_NO;
    if (f->size.content != sg_padme(f->size.content))
        in.padded = SG_ANSWER_NO;
    return in;
}

#define TELLING_STEP \
    16 /* lengths that padding gives are so far apart that to be one says something */

static void learned_of_inside(struct exposure *e, const struct sg_inspection *f)
{
    struct exposed_inside in = exposed_inside(f);
    uint64_t step = sg_padme_step(f->size.content);

    if (in.compressed == SG_ANSWER_NO)
        say(e, true, "nothing_inside",
            "It is not compressed, padded or signed by seal: it is too short for that.");
    else if (in.padded == SG_ANSWER_NO)
        say(e, true, "not_padded", "It is not padded by seal: padding gives other lengths.");
    else if (f->fault.code == SG_OK && step >= TELLING_STEP)
        say(e, true, "padded_length",
            "Its length is one that padding gives, as one in %llu is by chance: it is probably "
            "padded inside.",
            (unsigned long long)step);
    if (in.is_signed == SG_ANSWER_NO && in.compressed != SG_ANSWER_NO)
        say(e, true, "not_signed", "It is not signed by seal: it is too short for that.");
}

static void not_learned_of_inside(struct exposure *e, const struct sg_inspection *f)
{
    struct exposed_inside in = exposed_inside(f);
    bool padded = in.padded == SG_ANSWER_UNKNOWN, is_signed = in.is_signed == SG_ANSWER_UNKNOWN;

    if (in.compressed == SG_ANSWER_UNKNOWN)
        say(e, false, "inside",
            "Whether the content is %s inside: without a key that is unknown, here too.",
            padded && is_signed ? "compressed, padded or signed"
            : padded            ? "compressed or padded"
            : is_signed         ? "compressed or signed"
                                : "compressed");
}

static void not_learned(struct exposure *e, const struct sg_inspection *f)
{
    if (f->password)
        say(e, false, "content",
            "The content, and the names of files in it, unless the password is guessed.");
    else
        say(e, false, "content", "The content, and the names of files in it.");
    if (untagged_keys(f))
        say(e, false, "recipient_identity",
            "Who the %s recipients are: their stanzas look the same for everyone, even to those "
            "who have their public keys.",
            !f->kinds[SG_KIND_PQ]       ? "X25519"
            : !f->kinds[SG_KIND_X25519] ? "mlkem768x25519"
                                        : "mlkem768x25519 and X25519");
    say(e, false, "sealer", "Who sealed it, and when.");
    not_learned_of_inside(e, f);
    say(e, false, "integrity",
        "Whether it is complete and unchanged: only a key tells, and nothing said here is proven.");
}

void exposure_of(struct exposure *e, const struct sg_inspection *f)
{
    memset(e, 0, sizeof *e);
    say(e, true, "format", "It is a file sealed in the age format.");
    if (f->password)
        learned_of_password(e, f);
    else
        learned_of_recipients(e, f);
    if (f->fault.code == SG_OK)
        say(e, true, "content_length", "The content is %llu %s long, exactly%s.",
            (unsigned long long)f->size.content, plural((size_t)f->size.content, "byte", "bytes"),
            exposed_inside(f).compressed == SG_ANSWER_NO
                ? ""
                : "; if it is compressed or padded inside, that is its length afterwards");
    learned_of_inside(e, f);
    if (f->post_quantum == SG_ANSWER_NO)
        say(e, true, "quantum",
            "Whoever keeps a copy can read it once there is a quantum computer that breaks one of "
            "the stanzas that are not post-quantum.");
    not_learned(e, f);
}
