/*
 * token - anonymous tokens: issuer-key, request, issue, finalize, redeem.
 */
#include "common/report.h"
#include "pseudonym/guard.h"
#include "pseudonym/verbs.h"

#include <string.h>

#define TOKENS_MAX_BYTES ((size_t)SG_TOKEN_MAX * SG_TOKEN_TEXT_BYTES)
#define ISSUER_FILE_MAX_BYTES 4096

int pseudonym_token_issuer_key(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name");
    char line[SG_TOKEN_TEXT_BYTES];
    uint8_t issuer[SG_TOKEN_ISSUER_BYTES];
    struct sg_error err = {0};
    struct sg_buffer text;
    struct roots r = {0};
    enum sg_err e;

    sg_buffer_init(&text, SG_TOKEN_TEXT_BYTES + 1);
    e = roots_find(&r, p, name, RETIRED_NOTED, &err);
    if (e == SG_OK)
        guard(&r, name);
    if (e == SG_OK)
        e = roots_key(&r, name, SG_PSEUDONYM_TOKEN, &err);
    if (e == SG_OK && !sg_token_issuer(issuer, KEY_OF(&r)))
        e = sg_fail(&err, SG_ERR_PUBLIC, "there is no such key");
    if (e == SG_OK) {
        sg_token_issuer_text(line, issuer);
        e = sg_buffer_text(&text, line, &err);
    }
    if (e == SG_OK)
        e = sg_buffer_text(&text, "\n", &err);
    if (e == SG_OK)
        e = write_text(p, &text, 0, &err);
    sg_buffer_free(&text);
    roots_close(&r);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* The key that --issuer is, or that is in the file that it names. */
static enum sg_err read_issuer(uint8_t issuer[static SG_TOKEN_ISSUER_BYTES], const char *value,
                               struct sg_error *err)
{
    struct sg_buffer text;
    size_t n;
    enum sg_err e;

    if (strncmp(value, "signet-issuer1", 14) == 0)
        return sg_token_issuer_read(issuer, value, strlen(value), err);
    e = read_whole(&text, value, ISSUER_FILE_MAX_BYTES, err);
    for (n = text.len; n && strchr(" \t\r\n", text.data[n - 1]);)
        n--;
    if (e == SG_OK)
        e = sg_token_issuer_read(issuer, n ? (const char *)text.data : "", n, err);
    sg_buffer_free(&text);
    return e;
}

/* Writes the secret part to a new file, for us alone. */
static enum sg_err write_state(const char *path, const struct sg_buffer *state,
                               struct sg_error *err)
{
    struct sg_sink out = {0};
    enum sg_err e = sg_sink_file(&out, path, SG_SINK_PRIVATE | SG_SINK_NEW | SG_SINK_NOFOLLOW, err);

    if (e == SG_OK)
        e = sg_sink_write(&out, state->data, state->len, err);
    if (e == SG_OK)
        e = sg_sink_finish(&out, err);
    sg_sink_close(&out);
    return e;
}

int pseudonym_token_request(const struct parsed *p)
{
    const char *value = needed(p, "issuer", "the issuer's key");
    const char *path = needed(p, "state", "a file for the secret part");
    unsigned count = option_number(p, "count", 1, 1, SG_TOKEN_MAX);
    uint8_t issuer[SG_TOKEN_ISSUER_BYTES];
    struct sg_buffer request, state;
    struct sg_error err = {0};
    enum sg_err e = read_issuer(issuer, value, &err);

    sg_buffer_init(&request, SG_TOKEN_FILE_MAX_BYTES);
    sg_buffer_init_secret(&state, SG_TOKEN_FILE_MAX_BYTES);
    if (e == SG_OK)
        e = sg_token_request(&request, &state, issuer, count, &err);
    if (e == SG_OK)
        e = write_state(path, &state, &err);
    if (e == SG_OK)
        e = write_text(p, &request, 0, &err);
    sg_buffer_free(&request);
    sg_buffer_free(&state);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

int pseudonym_token_issue(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name");
    unsigned most = option_number(p, "most", 1, 1, SG_TOKEN_MAX);
    struct sg_buffer request, response;
    struct sg_error err = {0};
    struct roots r = {0};
    size_t count = 0;
    enum sg_err e = roots_find(&r, p, name, RETIRED_REFUSED, &err);

    sg_buffer_init(&request, 0);
    sg_buffer_init(&response, SG_TOKEN_FILE_MAX_BYTES);
    if (e == SG_OK)
        e = read_whole(&request, operand_path(p, 1), SG_TOKEN_FILE_MAX_BYTES, &err);
    if (e == SG_OK)
        e = roots_key(&r, name, SG_PSEUDONYM_TOKEN, &err);
    if (e == SG_OK)
        e = sg_token_issue(&response, &count, (const char *)request.data, request.len, KEY_OF(&r),
                           most, &err);
    if (e == SG_OK)
        e = write_text(p, &response, 0, &err);
    if (e == SG_OK)
        report_note("%zu %s issued", count, count == 1 ? "token" : "tokens");
    sg_buffer_free(&request);
    sg_buffer_free(&response);
    roots_close(&r);
    if (e == SG_ERR_LIMIT && err.limit == most && count > most) {
        report_error("%s: it asks for %zu tokens, and %u %s allowed", err.name, count, most,
                     most == 1 ? "is" : "are");
        report_hint("--most %zu gives as many", count);
        return STATUS_FAILED;
    }
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

int pseudonym_token_finalize(const struct parsed *p)
{
    const char *path = needed(p, "state", "the file that request kept the secret part in");
    unsigned flags = SG_SINK_PRIVATE | SG_SINK_NOFOLLOW;
    struct sg_buffer state, response, tokens;
    struct sg_error err = {0};
    enum sg_err e = read_whole(&state, path, SG_TOKEN_FILE_MAX_BYTES, &err);

    sg_buffer_init(&response, 0);
    sg_buffer_init_secret(&tokens, TOKENS_MAX_BYTES);
    if (e == SG_OK)
        e = read_whole(&response, operand_path(p, 0), SG_TOKEN_FILE_MAX_BYTES, &err);
    if (e == SG_OK)
        e = sg_token_finalize(&tokens, (const char *)state.data, state.len,
                              (const char *)response.data, response.len, &err);
    if (e == SG_ERR_SIGNATURE && err.value == 1)
        sg_error_name(&err, path);
    if (e == SG_OK)
        e = write_text(p, &tokens, flags | (option_given(p, "force") ? 0 : SG_SINK_NEW), &err);
    sg_buffer_free(&state);
    sg_buffer_free(&response);
    sg_buffer_free(&tokens);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* Judges all lines; `spent` gets what a ledger enters, `lines` the number of each one's line. */
static enum sg_err judge(struct sg_buffer *spent, struct sg_buffer *lines,
                         const struct sg_buffer *text, const uint8_t seed[static 32],
                         struct sg_error *err)
{
    const char *p = (const char *)text->data, *end = p + text->len;
    uint8_t serial[SG_TOKEN_SERIAL_BYTES], issuer[SG_TOKEN_ISSUER_BYTES], id[SG_SPENT_BYTES];
    uint64_t number = 0;
    enum sg_err e =
        sg_token_issuer(issuer, seed) ? SG_OK : sg_fail(err, SG_ERR_PUBLIC, "no such key");

    while (e == SG_OK && p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t n = newline ? (size_t)(newline - p) : (size_t)(end - p);
        const char *line = p;
        p += n + (newline != NULL);
        number++;
        while (n && strchr(" \t\r", line[n - 1]))
            n--;
        if (n == 0 || *line == '#')
            continue;
        e = sg_token_check(serial, line, n, seed, err);
        if (e != SG_OK) {
            err->line = number;
            break;
        }
        sg_spent_id(id, issuer, serial);
        e = sg_buffer_append(spent, id, sizeof id, err);
        if (e == SG_OK)
            e = sg_buffer_append(lines, &number, sizeof number, err);
    }
    if (e == SG_OK && spent->len == 0)
        e = sg_fail(err, SG_ERR_SIGNATURE, "empty: there is no token in it");
    return e;
}

int pseudonym_token_redeem(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name"), *ledger = option_value(p, "ledger");
    struct sg_buffer text, spent, lines;
    struct sg_error err = {0};
    struct roots r = {0};
    uint64_t line;
    size_t count;
    enum sg_err e;

    if (without_store(p) && !ledger)
        usage_error("add --ledger FILE: a file for the spent ones, made when it is missing",
                    "with -i nothing is stored, so a token could be spent twice");
    if (!without_store(p) && ledger)
        usage_error("leave out --ledger, or use a root file with -i",
                    "the store has a ledger of its own");
    e = roots_find(&r, p, name, RETIRED_REFUSED, &err);
    sg_buffer_init(&text, 0);
    sg_buffer_init(&spent, (size_t)SG_TOKEN_MAX * SG_SPENT_BYTES);
    sg_buffer_init(&lines, (size_t)SG_TOKEN_MAX * sizeof line);
    if (e == SG_OK)
        e = read_whole(&text, operand_path(p, 1), TOKENS_MAX_BYTES, &err);
    if (e == SG_OK)
        e = roots_key(&r, name, SG_PSEUDONYM_TOKEN, &err);
    if (e == SG_OK)
        e = judge(&spent, &lines, &text, KEY_OF(&r), &err);
    count = spent.len / SG_SPENT_BYTES;
    if (e == SG_OK)
        e = ledger ? sg_ledger_spend(ledger, spent.data, count, &err)
                   : sg_book_spend(r.home.store, spent.data, count, &err);
    if (e == SG_ERR_SPENT) {
        memcpy(&line, lines.data + (err.value - 1) * sizeof line, sizeof line);
        err.line = line;
        sg_error_name(&err, operand_path(p, 1) ? operand_path(p, 1) : "standard input");
    }
    if (e == SG_OK)
        report_note("%zu %s taken", count, count == 1 ? "token" : "tokens");
    sg_buffer_free(&text);
    sg_buffer_free(&spent);
    sg_buffer_free(&lines);
    roots_close(&r);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}
