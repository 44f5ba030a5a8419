/* store: every way to unlock, in which order, and what a slot's file is to other programs. */
#include "unit/home.h"

static struct sg_identities ids;      /* x25519, and then others */
static struct sg_recipients to;       /* the first one's */
static struct sg_identities stranger; /* fits nothing */

static int set_up_keys(void **state_)
{
    struct sg_error err = {0};

    if (start_library(state_) != 0)
        return -1;
    sg_identities_init(&ids);
    sg_identities_init(&stranger);
    sg_recipients_init(&to);
    if (sg_identity_new(&ids, SG_KEY_PQ, &err) != SG_OK ||
        sg_identity_new(&stranger, SG_KEY_PQ, &err) != SG_OK ||
        sg_recipient_of(&to, sg_identities_at(&ids, 0), &err) != SG_OK)
        return -1;
    return 0;
}

static int tear_down_keys(void **state_)
{
    (void)state_;
    sg_identities_free(&ids);
    sg_identities_free(&stranger);
    sg_recipients_free(&to);
    return 0;
}

static struct sg_slot_new key_slot(const char *name)
{
    return (struct sg_slot_new){name, {.recipients = &to}};
}

static struct sg_slot_new both_slot(const char *name)
{
    struct sg_slot_new slot = password_slot(name);

    slot.way.recipients = &to;
    return slot;
}

static struct asking asking;
static const struct sg_password_asker asker = {ask, &asking, 22};

static enum sg_err unlock(const struct sg_identities *identities, bool asks, const char *slot,
                          struct sg_error *err)
{
    const struct sg_store_place place = here();
    const struct sg_store_unlock how = {identities, asks ? &asker : NULL, slot};
    struct sg_store *s;
    enum sg_err r = sg_store_find(&s, &place, err);

    asking.asked = 0;
    assert_int_equal(r, SG_OK);
    assert_false(sg_store_is_unlocked(s));
    r = sg_store_unlock(s, &how, err);
    assert_int_equal(sg_store_is_unlocked(s), r == SG_OK);
    if (r == SG_OK)
        assert_has(s, "key", "value");
    sg_store_close(s);
    return r;
}

static void make_with(const struct sg_slot_new *all, size_t n)
{
    const struct sg_store_place place = here();
    struct sg_error err = {0};
    struct sg_store *s;

    assert_int_equal(sg_store_create(&s, &place, all, n, &err), SG_OK);
    assert_int_equal(sg_store_schema(s, &second_schema, &err), SG_OK);
    put(s, "key", "value");
    sg_store_close(s);
    asking = (struct asking){0, 1, 0};
}

static void test_password(void **state_)
{
    struct sg_slot_new slot = password_slot("only");
    struct sg_error err = {0};

    (void)state_;
    make_with(&slot, 1);
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_OK);
    assert_int_equal(asking.asked, 1);
    assert_int_equal(unlock(&ids, true, NULL, &err), SG_OK);
    assert_int_equal(unlock(NULL, true, "only", &err), SG_OK);
    assert_int_equal(unlock(NULL, false, NULL, &err), SG_ERR_NO_MATCH);
    assert_non_null(strstr(err.what, "password"));
    assert_int_equal(unlock(&ids, false, NULL, &err), SG_ERR_NO_MATCH);
    assert_int_equal(unlock(NULL, true, "no such", &err), SG_ERR_NOT_FOUND);
    assert_string_equal(err.name, "no such");
    assert_int_equal(asking.asked, 0);
}

/* What a folder holds, names and contents, as one number. */
static uint64_t state_of(const char *path)
{
    char command[300], text[80] = "";
    FILE *f;

    (void)snprintf(
        command, sizeof command,
        "cd %s && find . -printf '%%p %%s %%T@ %%m\\n' -type f -exec sha256sum {} + | sort "
        "| sha256sum",
        path);
    f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    assert_int_equal(pclose(f), 0);
    text[16] = '\0';
    return strtoull(text, NULL, 16);
}

static void test_wrong_passwords_leave_no_trace(void **state_)
{
    struct sg_slot_new slot = password_slot("only");
    struct sg_error err = {0};
    uint64_t before;

    (void)state_;
    make_with(&slot, 1);
    before = state_of(home);
    asking = (struct asking){10, 10, 0};
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_ERR_WRONG_PASSWORD);
    assert_int_equal(asking.asked, 11);
    assert_true(state_of(home) == before);
    asking = (struct asking){10, 11, 0};
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_OK);
    assert_true(state_of(home) == before);
}

/* scrypt, and the cost of Argon2id, are the slot's own; too dear a slot is refused, not tried. */
static void test_costs(void **state_)
{
    struct sg_slot_new slot = password_slot("only");
    struct sg_error err = {0};

    (void)state_;
    slot.way.kdf = SG_KDF_SCRYPT;
    slot.way.work = 10;
    make_with(&slot, 1);
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_OK);
    {
        const struct sg_password_asker cheap = {ask, &asking, 9};
        const struct sg_store_unlock how = {.asker = &cheap};
        const struct sg_store_place place = here();
        struct sg_store *s;
        asking = (struct asking){0, 1, 0};
        assert_int_equal(sg_store_find(&s, &place, &err), SG_OK);
        assert_int_equal(sg_store_unlock(s, &how, &err), SG_ERR_WORK);
        assert_int_equal(asking.asked, 1);
        sg_store_close(s);
    }
}

static void test_key(void **state_)
{
    struct sg_slot_new slot = key_slot("only");
    struct sg_error err = {0};

    (void)state_;
    make_with(&slot, 1);
    assert_int_equal(unlock(&ids, false, NULL, &err), SG_OK);
    assert_int_equal(unlock(&ids, true, "only", &err), SG_OK);
    assert_int_equal(unlock(&stranger, true, NULL, &err), SG_ERR_NO_MATCH);
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_ERR_NO_MATCH);
    assert_non_null(strstr(err.what, "identity"));
    assert_int_equal(asking.asked, 0); /* there is nothing that a password could open */
}

static void test_password_and_key(void **state_)
{
    struct sg_slot_new slot = both_slot("only");
    struct sg_error err = {0};

    (void)state_;
    make_with(&slot, 1);
    assert_int_equal(unlock(&ids, true, NULL, &err), SG_OK);
    assert_int_equal(asking.asked, 1);
    assert_int_equal(unlock(&ids, false, NULL, &err), SG_ERR_NO_MATCH);
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_ERR_NO_MATCH);
    assert_int_equal(asking.asked, 0);
    assert_int_equal(unlock(NULL, true, "only", &err), SG_ERR_NO_MATCH);
    assert_non_null(strstr(err.what, "besides the password"));
    assert_int_equal(unlock(&stranger, true, NULL, &err), SG_ERR_NO_MATCH);
    asking = (struct asking){2, 2, 0};
    assert_int_equal(unlock(&ids, true, NULL, &err), SG_ERR_WRONG_PASSWORD);
}

/* Keys before passwords, and no password asked for when a key fits. */
static void test_order(void **state_)
{
    struct sg_slot_new all[] = {password_slot("a"), both_slot("b"), key_slot("c")};
    struct sg_error err = {0};

    (void)state_;
    make_with(all, 3);
    assert_int_equal(unlock(&ids, true, NULL, &err), SG_OK);
    assert_int_equal(asking.asked, 0);
    assert_int_equal(unlock(&ids, true, "a", &err), SG_OK);
    assert_int_equal(asking.asked, 1);
    assert_int_equal(unlock(&stranger, true, NULL, &err), SG_OK); /* by a, as b takes the key too */
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_OK);
    assert_int_equal(asking.asked, 1);
}

struct listed {
    size_t n;
    struct sg_slot slots[8];
    char recipients[8][2000];
};

static enum sg_err note(void *context, const struct sg_slot *slot, struct sg_error *err)
{
    struct listed *all = context;

    (void)err;
    (void)snprintf(all->recipients[all->n], sizeof all->recipients[0], "%s", slot->recipients);
    all->slots[all->n++] = *slot;
    return SG_OK;
}

static void test_add_and_remove(void **state_)
{
    struct sg_slot_new first = password_slot("first"), slot = key_slot("second");
    struct sg_recipients again;
    struct sg_error err = {0};
    struct listed all = {0};
    struct sg_store *s;

    (void)state_;
    make_with(&first, 1);
    s = reopen();
    assert_int_equal(sg_slot_add(s, &slot, &err), SG_OK);
    assert_int_equal(sg_slot_add(s, &slot, &err), SG_ERR_EXISTS);
    slot = both_slot("second");
    assert_int_equal(sg_slot_add(s, &slot, &err), SG_ERR_EXISTS); /* whatever its kind */
    slot.name = "third";
    assert_int_equal(sg_slot_add(s, &slot, &err), SG_OK);
    {
        static const char *const names[] = {"", "a/b", "..", "a.b", "a b", "\303\244", "a\nb"};
        char name[SG_SLOT_NAME_MAX + 2];
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            slot.name = names[i];
            assert_int_equal(sg_slot_add(s, &slot, &err), SG_ERR_NAME);
        }
        memset(name, 'n', sizeof name);
        name[SG_SLOT_NAME_MAX + 1] = '\0';
        slot.name = name;
        assert_int_equal(sg_slot_add(s, &slot, &err), SG_ERR_NAME);
    }
    assert_int_equal(sg_slot_list(s, note, &all, &err), SG_OK);
    assert_int_equal(all.n, 3);
    assert_string_equal(all.slots[0].name, "first");
    assert_int_equal(all.slots[0].kind, SG_SLOT_PASSWORD);
    assert_string_equal(all.recipients[0], "");
    assert_int_equal(all.slots[1].kind, SG_SLOT_KEY);
    assert_int_equal(all.slots[2].kind, SG_SLOT_BOTH);
    sg_recipients_init(&again);
    assert_int_equal(
        sg_recipients_parse(&again, all.recipients[1], strlen(all.recipients[1]), &err), SG_OK);
    assert_int_equal(sg_recipients_count(&again), 1);
    assert_memory_equal(sg_recipients_at(&again, 0).key, sg_recipients_at(&to, 0).key,
                        SG_RECIPIENT_PQ_BYTES);
    sg_recipients_free(&again);

    assert_int_equal(unlock(&ids, false, "second", &err), SG_OK);
    assert_int_equal(unlock(&ids, true, "third", &err), SG_OK);
    assert_int_equal(sg_slot_remove(s, "second", false, &err), SG_OK);
    assert_int_equal(sg_slot_remove(s, "second", false, &err), SG_ERR_NOT_FOUND);
    assert_int_equal(unlock(&ids, false, NULL, &err), SG_ERR_NO_MATCH);
    assert_int_equal(sg_slot_remove(s, "third", false, &err), SG_OK);
    assert_int_equal(sg_slot_remove(s, "first", false, &err), SG_ERR_LAST_SLOT);
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_OK);
    assert_int_equal(sg_slot_remove(s, "first", true, &err), SG_OK);
    assert_int_equal(unlock(&ids, true, NULL, &err), SG_ERR_STORE);
    assert_int_equal(sg_slot_add(s, &first, &err),
                     SG_OK); /* whoever has it open can still add one */
    sg_store_close(s);
    assert_int_equal(unlock(NULL, true, NULL, &err), SG_OK);

    /* a locked store tells the kinds, and not for whom */
    {
        const struct sg_store_place place = here();
        memset(&all, 0, sizeof all);
        assert_int_equal(sg_store_find(&s, &place, &err), SG_OK);
        assert_int_equal(sg_slot_list(s, note, &all, &err), SG_OK);
        assert_int_equal(all.n, 1);
        assert_int_equal(all.slots[0].kind, SG_SLOT_PASSWORD);
        sg_store_close(s);
    }
}

/* A rekey seals every slot to whom it was sealed to. */
static void test_rekey_keeps_slots(void **state_)
{
    struct sg_slot_new all[] = {password_slot("a"), both_slot("b"), key_slot("c")};
    struct sg_error err = {0};
    struct sg_store *s;

    (void)state_;
    make_with(all, 3);
    s = reopen();
    for (int i = 0; i < 2; i++) { /* also the new store knows for whom they are */
        assert_int_equal(sg_store_rekey(s, &plain_rekey, &err), SG_OK);
        assert_int_equal(unlock(&ids, false, "c", &err), SG_OK);
        assert_int_equal(unlock(NULL, true, "a", &err), SG_OK);
        assert_int_equal(unlock(&ids, true, "b", &err), SG_OK);
        assert_int_equal(unlock(&stranger, true, "b", &err), SG_ERR_NO_MATCH);
    }
    sg_store_close(s);
}

static void test_damaged_slots(void **state_)
{
    struct sg_slot_new all[] = {password_slot("a"), key_slot("c")};
    struct sg_error err = {0};
    struct listed listed = {0};
    struct sg_store_report report;
    struct sg_store *s;
    char path[200];
    uint8_t *text;
    size_t n;

    (void)state_;
    make_with(all, 2);
    (void)snprintf(path, sizeof path, "%s/c.age", slots);
    text = read_file(path, &n);
    for (size_t i = 0; i < 8 * n; i += 101 * stride(5, 31)) {
        enum sg_err r;
        text[i / 8] ^= (uint8_t)(1U << i % 8);
        write_file(path, text, n);
        r = unlock(&ids, false, "c", &err);
        assert_int_not_equal(r, SG_OK);
        assert_true(r == SG_ERR_STORE || strstr(err.name, "c.age") || r == SG_ERR_NO_MATCH);
        text[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    for (size_t i = 0; i < n; i += 13 * stride(3, 11)) {
        write_file(path, text, i);
        assert_int_not_equal(unlock(&ids, false, "c", &err), SG_OK);
    }
    write_file(path, "nothing of the kind", 19);
    assert_int_equal(unlock(&ids, true, NULL, &err), SG_OK); /* the other one still does */
    s = reopen();
    assert_int_equal(sg_slot_list(s, note, &listed, &err), SG_OK);
    assert_int_equal(listed.slots[1].kind, SG_SLOT_DAMAGED);
    assert_int_equal(sg_store_check(s, &report, NULL, NULL, &err), SG_ERR_STORE);
    assert_int_equal(report.slots, 2);
    assert_int_equal(report.damaged_slots, 1);
    assert_non_null(strstr(err.name, "c.age"));
    assert_int_equal(sg_slot_remove(s, "a", false, &err), SG_ERR_LAST_SLOT);
    assert_int_equal(sg_slot_remove(s, "c", false, &err), SG_OK);
    assert_sound(s);
    sg_store_close(s);
    free(text);
}

static struct sg_buffer found;

/* Opens a sealed file with the identities, or else the password. */
static void open_sealed(const void *p, size_t n, bool with_password)
{
    struct sg_error err = {0};
    struct sg_sealed f = {0};
    struct sg_source in;
    struct sg_sink out;

    sg_source_memory(&in, p, n, "slot");
    found.len = 0;
    sg_sink_buffer(&out, &found);
    assert_int_equal(sg_sealed_read(&f, &in, &err), SG_OK);
    assert_int_equal(sg_sealed_has_password(&f), with_password);
    assert_int_equal(with_password ? sg_sealed_unlock_password(&f, &good, 22, &err)
                                   : sg_sealed_unlock(&f, &ids, &err),
                     SG_OK);
    assert_int_equal(sg_sealed_open(&out, &f, NULL, &err), SG_OK);
    sg_sealed_close(&f);
    sg_source_close(&in);
}

/* Slots are sealed files, one in another where both are needed, and all hold the same line. */
static void test_slots_are_sealed_files(void **state_)
{
    struct sg_slot_new all[] = {password_slot("a"), both_slot("b"), key_slot("c")};
    char path[200], lines[3][128];
    uint8_t *text;
    size_t n;

    (void)state_;
    make_with(all, 3);
    sg_buffer_init(&found, 1 << 20);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s%s", slots, all[i].name,
                       i == 1 ? ".all.age" : ".age");
        text = read_file(path, &n);
        open_sealed(text, n, i < 2);
        free(text);
        if (i == 1) {
            text = malloc(found.len);
            assert_non_null(text);
            n = found.len;
            memcpy(text, found.data, n);
            assert_memory_equal(text, "age-encryption.org/v1\n", 22);
            open_sealed(text, n, false);
            free(text);
        }
        assert_true(found.len < sizeof lines[i]);
        memcpy(lines[i], found.data, found.len);
        lines[i][found.len] = '\0';
    }
    assert_memory_equal(lines[0], "SIGNET-STORE-KEY-1", 18);
    assert_int_equal(strlen(lines[0]), 17 + 1 + 52 + 6 + 1);
    assert_string_equal(lines[0], lines[1]);
    assert_string_equal(lines[0], lines[2]);
    sg_buffer_free(&found);
}

/* A slot with another store's key does not unlock this one. */
static void test_foreign_slot(void **state_)
{
    struct sg_slot_new slot = key_slot("only");
    struct sg_error err = {0};
    char path[200], other[64], *mine;
    uint8_t *text;
    size_t n;

    (void)state_;
    make_with(&slot, 1);
    (void)snprintf(path, sizeof path, "%s/only.age", slots);
    text = read_file(path, &n);
    mine = strdup(home);
    (void)snprintf(other, sizeof other, "%s", home);
    assert_int_equal(set_up(NULL), 0);
    make_with(&slot, 1);
    (void)snprintf(path, sizeof path, "%s/only.age", slots);
    write_file(path, text, n);
    assert_int_equal(unlock(&ids, false, NULL, &err), SG_ERR_STORE);
    assert_string_equal(err.name, label);
    free(text);
    remove_tree(mine);
    free(mine);
}

/* The cached key: there for its time, gone when it is over, when it is taken away and after a
 * rekey. Where the kernel has no keyring for us, that is said, and nothing else changes. */
static void test_keyring(void **state_)
{
    struct sg_slot_new slot = password_slot("only");
    const struct sg_store_place place = here();
    struct sg_error err = {0};
    struct sg_store *s, *t;
    bool had;
    enum sg_err r;

    (void)state_;
    make_with(&slot, 1);
    s = reopen();
    assert_int_equal(sg_store_find(&t, &place, &err), SG_OK);
    r = sg_store_remember(s, 1000, &err);
    if (r == SG_ERR_NO_KEYRING) {
        assert_true(err.sys != 0);
        assert_int_equal(sg_store_unlock_cached(t, &err), SG_ERR_NO_KEYRING);
        assert_int_equal(sg_store_forget(t, &had, &err), SG_ERR_NO_KEYRING);
        print_message("the kernel keeps no keys here: errno %d\n", err.sys);
    } else {
        assert_int_equal(r, SG_OK);
        assert_int_equal(sg_store_unlock_cached(t, &err), SG_OK);
        assert_has(t, "key", "value");
        sg_store_close(t);
        assert_int_equal(sg_store_find(&t, &place, &err), SG_OK);
        assert_int_equal(sg_store_forget(t, &had, &err), SG_OK); /* by a store that is locked */
        assert_true(had);
        assert_int_equal(sg_store_forget(t, &had, &err), SG_OK);
        assert_false(had);
        assert_int_equal(sg_store_unlock_cached(t, &err), SG_ERR_NO_MATCH);
        assert_false(sg_store_is_unlocked(t));
        assert_int_equal(sg_store_remember(s, 1, &err), SG_OK);
        assert_int_equal(sg_store_unlock_cached(t, &err), SG_OK);
        for (int i = 0; i < 40 && r == SG_OK; i++) {
            sg_store_close(t);
            assert_int_equal(sg_store_find(&t, &place, &err), SG_OK);
            r = sg_store_unlock_cached(t, &err);
            (void)usleep(100000);
        }
        assert_int_equal(r, SG_ERR_NO_MATCH);
        assert_int_equal(sg_store_remember(s, 1000, &err), SG_OK);
        assert_int_equal(sg_store_rekey(s, &plain_rekey, &err), SG_OK);
        sg_store_close(t);
        assert_int_equal(sg_store_find(&t, &place, &err), SG_OK);
        assert_int_equal(sg_store_unlock_cached(t, &err), SG_ERR_NO_MATCH);
        {
            static const uint8_t old[SG_KEYRING_KEY_BYTES] = "from before";
            uint8_t key[SG_KEYRING_KEY_BYTES];
            assert_int_equal(sg_keyring_put(sg_store_id(s), old, 1000, &err), SG_OK);
            assert_int_equal(sg_store_unlock_cached(t, &err), SG_ERR_NO_MATCH);
            assert_int_equal(sg_keyring_get(key, sg_store_id(s), &err), SG_ERR_NO_MATCH);
        }
    }
    sg_store_close(t);
    sg_store_close(s);
}

#define IN_A_HOME(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOME(test_password),
        IN_A_HOME(test_wrong_passwords_leave_no_trace),
        IN_A_HOME(test_costs),
        IN_A_HOME(test_key),
        IN_A_HOME(test_password_and_key),
        IN_A_HOME(test_order),
        IN_A_HOME(test_add_and_remove),
        IN_A_HOME(test_rekey_keeps_slots),
        IN_A_HOME(test_damaged_slots),
        IN_A_HOME(test_slots_are_sealed_files),
        IN_A_HOME(test_foreign_slot),
        IN_A_HOME(test_keyring),
    };

    return cmocka_run_group_tests(tests, set_up_keys, tear_down_keys);
}
