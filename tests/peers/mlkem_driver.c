/*
 * Lets another implementation call ML-KEM-768 and X-Wing: see tests/peers/mlkem.mjs.
 *
 * Reads one command a line from standard input, with arguments in lower case hex, and answers each
 * with one line: the results in hex, or "refused". Exits with 1 on a line it does not understand.
 */
#include "base/secret.h"
#include "crypto/mlkem768.h"
#include "crypto/xwing.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 8192

struct call {
    uint8_t in[2][SG_XWING_PUBLIC_BYTES];
    uint8_t out[2][SG_MLKEM768_KEY_BYTES];
};

_Static_assert(SG_XWING_PUBLIC_BYTES >= SG_XWING_ENC_BYTES, "every argument fits");

static struct sg_mlkem768_key key;

static bool keygen(struct call *c)
{
    sg_mlkem768_keypair(c->out[0], &key, c->in[0]);
    memcpy(c->out[1], key.bytes, sizeof key.bytes);
    return true;
}

static bool encaps(struct call *c)
{
    return sg_mlkem768_encapsulate_with(c->out[0], c->out[1], c->in[0], c->in[1]);
}

static bool decaps(struct call *c)
{
    uint8_t public[SG_MLKEM768_PUBLIC_BYTES];

    sg_mlkem768_keypair(public, &key, c->in[0]);
    sg_mlkem768_decapsulate(c->out[0], c->in[1], &key);
    return true;
}

static bool xwing_public(struct call *c)
{
    sg_xwing_public(c->out[0], c->in[0]);
    return true;
}

static bool xwing_encaps(struct call *c)
{
    return sg_xwing_encapsulate_with(c->out[0], c->out[1], c->in[0], c->in[1]);
}

static bool xwing_decaps(struct call *c)
{
    return sg_xwing_decapsulate(c->out[0], c->in[1], c->in[0]);
}

static const struct command {
    const char *name;
    size_t in[2], out[2]; /* bytes of each argument and result, 0 for none */
    bool (*run)(struct call *c);
} COMMANDS[] = {
    {"keygen", {SG_MLKEM768_SEED_BYTES}, {SG_MLKEM768_PUBLIC_BYTES, SG_MLKEM768_KEY_BYTES}, keygen},
    {"encaps",
     {SG_MLKEM768_PUBLIC_BYTES, SG_MLKEM768_COINS_BYTES},
     {SG_MLKEM768_CIPHERTEXT_BYTES, SG_MLKEM768_SHARED_BYTES},
     encaps},
    {"decaps",
     {SG_MLKEM768_SEED_BYTES, SG_MLKEM768_CIPHERTEXT_BYTES},
     {SG_MLKEM768_SHARED_BYTES},
     decaps},
    {"xwing-public", {SG_XWING_SEED_BYTES}, {SG_XWING_PUBLIC_BYTES}, xwing_public},
    {"xwing-encaps",
     {SG_XWING_PUBLIC_BYTES, SG_XWING_COINS_BYTES},
     {SG_XWING_ENC_BYTES, SG_XWING_SHARED_BYTES},
     xwing_encaps},
    {"xwing-decaps",
     {SG_XWING_SEED_BYTES, SG_XWING_ENC_BYTES},
     {SG_XWING_SHARED_BYTES},
     xwing_decaps},
};

static bool read_hex(uint8_t *out, size_t n, const char *text)
{
    if (!text || strlen(text) != 2 * n || strspn(text, "0123456789abcdef") != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (uint8_t)byte;
    }
    return true;
}

static bool answer(char *line)
{
    static struct call c;
    const char *name = strtok(line, " \n");

    for (size_t i = 0; name && i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        const struct command *command = &COMMANDS[i];

        if (strcmp(command->name, name) != 0)
            continue;
        for (size_t a = 0; a < 2 && command->in[a]; a++)
            if (!read_hex(c.in[a], command->in[a], strtok(NULL, " \n")))
                return false;
        if (!command->run(&c)) {
            puts("refused");
            return true;
        }
        for (size_t r = 0; r < 2 && command->out[r]; r++) {
            if (r)
                putchar(' ');
            for (size_t b = 0; b < command->out[r]; b++)
                printf("%02x", c.out[r][b]);
        }
        putchar('\n');
        return true;
    }
    return false;
}

int main(void)
{
    static char line[LINE_BYTES];
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    while (fgets(line, sizeof line, stdin))
        if (!answer(line))
            return 1;
    return fflush(stdout) == 0 ? 0 : 1;
}
