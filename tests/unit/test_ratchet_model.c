/*
 * Conversations over a hostile transport, against a model: every message that arrives for the first
 * time, within the limits of what is kept, is read once, and none ever twice; what is refused
 * leaves the state as it was; the two epochs never differ by more than one.
 *
 * A schedule is drawn from a seed: how much is lost, repeated, reordered and flipped, who speaks
 * how long, whether both open at once, when a process ends before or after it stored its state.
 * SG_RATCHET_SCHEDULES sets how many there are.
 */
#include "ratchet_side.h"

#define TEXT_BYTES 64
#define MESSAGES_MAX 4000
#define CONVERSATIONS 2

static uint64_t rng;

static uint64_t below(uint64_t n)
{
    return next_number(&rng) % n;
}

static bool chance(unsigned percent)
{
    return below(100) < percent;
}

/* ---- the model: what a receiver can read, told without cryptography ----------------------------
 */

#define MISSING_MAX SG_SKIPPED_MAX

struct missing {
    uint32_t chain, n;
};

struct model {
    bool begun;
    uint32_t chain, next; /* the current chain, and the least number not seen in it */
    struct missing missing[MISSING_MAX];
    size_t count;
    uint32_t old[SG_OLD_CHAINS_MAX]; /* chains before it that have something missing */
    size_t olds;
};

static bool model_lacks(const struct model *m, uint32_t chain)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->missing[i].chain == chain)
            return true;
    return false;
}

static void model_remove(struct model *m, size_t i)
{
    m->count--;
    memmove(&m->missing[i], &m->missing[i + 1], (m->count - i) * sizeof m->missing[0]);
}

static void model_tidy(struct model *m)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->olds; i++)
        if (model_lacks(m, m->old[i]))
            m->old[kept++] = m->old[i];
    m->olds = kept;
}

static void model_miss(struct model *m, uint32_t from, uint32_t to)
{
    for (uint32_t n = from; n < to; n++) {
        if (m->count == MISSING_MAX)
            model_remove(m, 0);
        m->missing[m->count++] = (struct missing){m->chain, n};
    }
}

static void model_leave(struct model *m)
{
    if (!model_lacks(m, m->chain))
        return;
    if (m->olds == SG_OLD_CHAINS_MAX) {
        for (size_t i = m->count; i-- > 0;)
            if (m->missing[i].chain == m->old[0])
                model_remove(m, i);
        model_tidy(m);
    }
    m->old[m->olds++] = m->chain;
}

/* Whether the message can be read; and then it has been. */
static bool model_read(struct model *m, uint32_t chain, uint32_t n, uint32_t pn)
{
    if (!m->begun || chain > m->chain) {
        if (m->begun) {
            assert_int_equal(chain, m->chain + 1);
            model_miss(m, m->next, pn);
            model_tidy(m);
            model_leave(m);
        }
        m->begun = true;
        m->chain = chain;
        m->next = 0;
    }
    if (chain == m->chain && n >= m->next) {
        model_miss(m, m->next, n);
        model_tidy(m);
        m->next = n + 1;
        return true;
    }
    for (size_t i = 0; i < m->count; i++)
        if (m->missing[i].chain == chain && m->missing[i].n == n) {
            model_remove(m, i);
            model_tidy(m);
            return true;
        }
    return false;
}

/* ---- two sides ---------------------------------------------------------------------------------
 */

struct message {
    uint8_t *wire;
    size_t len;
    char text[TEXT_BYTES];
    int from;
    size_t conversation;
    uint32_t chain, n, pn;
    unsigned times; /* read */
};

static struct world {
    struct side side[2];
    struct message all[MESSAGES_MAX];
    size_t sent;
    size_t queue[2][MESSAGES_MAX * 2]; /* on the way to each side */
    size_t waiting[2];
    size_t stuck[2][MESSAGES_MAX]; /* held up until all others have come */
    size_t stuck_count[2];
    uint8_t sid[CONVERSATIONS][SG_SID_BYTES];
    size_t conversations;
    uint32_t chains[CONVERSATIONS][2];    /* begun by each side */
    struct model model[CONVERSATIONS][2]; /* of each side as receiver */
    uint64_t now;
    unsigned loss, delay, duplication, flips, crashes, depth, burst;
} w;

static struct {
    uint64_t schedules, delivered, refused, duplicates, flipped, lost, restarts, undone, unreadable;
    uint64_t epochs, turns;
} total;

static uint8_t wire[SG_WIRE_MAX_BYTES];
static struct sg_session *copy; /* to compare with */
static struct sg_buffer before, after;
static struct sg_hedge hedge;

static size_t conversation_of(const uint8_t *sid)
{
    for (size_t i = 0; i < w.conversations; i++)
        if (memcmp(w.sid[i], sid, SG_SID_BYTES) == 0)
            return i;
    fail();
    return 0;
}

static void start(int me)
{
    const uint8_t *sid = side_start(&w.side[me], &w.side[1 - me], false, w.now);

    memcpy(w.sid[w.conversations++], sid, SG_SID_BYTES);
}

/* The process ends and another begins: all that there is, is what was stored. */
static void restart(struct sg_session *session)
{
    encode(&before, session);
    memset(session, 0xa5, sizeof *session);
    assert_true(sg_session_decode(session, before.data, before.len));
    encode(&after, session);
    assert_int_equal(after.len, before.len);
    assert_memory_equal(after.data, before.data, before.len);
    total.restarts++;
}

static void check_epochs(void)
{
    for (size_t i = 0; i < w.side[0].count; i++)
        for (size_t j = 0; j < w.side[1].count; j++)
            if (memcmp(w.side[0].held[i].sid, w.side[1].held[j].sid, SG_SID_BYTES) == 0) {
                uint32_t a = w.side[0].session[i]->pq.root, b = w.side[1].session[j]->pq.root;
                assert_true(a <= b + 1 && b <= a + 1);
            }
}

/* ---- sending -----------------------------------------------------------------------------------
 */

static void enqueue(int to, size_t message)
{
    if (w.waiting[to] < MESSAGES_MAX * 2)
        w.queue[to][w.waiting[to]++] = message;
}

static size_t random_floor(void)
{
    static const size_t FLOORS[] = {0, 0, 0, 0, 0, 256, 1000, 1536, 2048};

    return FLOORS[below(sizeof FLOORS / sizeof *FLOORS)];
}

static void send_one(int me)
{
    struct side *s = &w.side[me];
    struct message *m = &w.all[w.sent];
    struct sg_outgoing out = {.floor = random_floor(), .with_time = chance(50)};
    struct sg_session *session;
    enum sg_word word;
    bool turn;
    int which;
    size_t len, c;

    if (w.sent == MESSAGES_MAX)
        return;
    word = sg_decide_send(&which, s->held, s->count, false);
    if (word == SG_WORD_NOT_FOR_US)
        return; /* nobody has written to this side yet */
    assert_int_equal(word, SG_WORD_OK);
    session = s->session[which];
    snprintf(m->text, sizeof m->text, "message %zu of schedule %llu", w.sent,
             (unsigned long long)total.schedules);
    if (chance(95)) {
        out.text = (const uint8_t *)m->text;
        out.text_len = strlen(m->text);
    } else {
        m->text[0] = '\0';
    }
    if (chance(2))
        sg_session_rekey(session);
    turn = session->need_send;
    if (chance(w.crashes)) { /* it ends before the state is stored: nothing leaves */
        encode(&before, session);
        word = sg_session_send(session, wire, &len, NULL, &out, w.now, &hedge);
        assert_true(sg_session_decode(session, before.data, before.len));
        total.undone++;
    }
    word = sg_session_send(session, wire, &len, NULL, &out, w.now, &hedge);
    if (word == SG_WORD_UNANSWERED)
        return;
    assert_int_equal(word, SG_WORD_OK);
    assert_true(sg_padding_is_class(len) && len >= out.floor);
    if (chance(w.crashes))
        restart(session);
    c = conversation_of(session->sid);
    w.chains[c][me] += turn;
    total.turns += turn;
    m->wire = malloc(len);
    memcpy(m->wire, wire, len);
    m->len = len;
    m->from = me;
    m->conversation = c;
    m->chain = w.chains[c][me];
    m->n = session->ns - 1;
    m->pn = session->pn;
    m->times = 0;
    if (chance(w.loss))
        total.lost++;
    else if (chance(w.delay))
        w.stuck[1 - me][w.stuck_count[1 - me]++] = w.sent;
    else
        enqueue(1 - me, w.sent);
    if (chance(w.duplication))
        enqueue(1 - me, w.sent);
    w.sent++;
    check_epochs();
}

/* ---- receiving ---------------------------------------------------------------------------------
 */

/* Whether the compact keys of the session open a header of it. */
static bool keys_match(const struct sg_session *session, const uint8_t *bytes, size_t len)
{
    static uint8_t keys[SG_SESSION_KEYS_MAX_BYTES];

    return sg_session_keys_match(keys, sg_session_keys(keys, session), bytes, len);
}

static enum sg_word receive(struct side *s, struct sg_received *got, const uint8_t *bytes,
                            size_t len)
{
    struct sg_decision d;
    enum sg_word word;

    for (size_t i = 0; i < s->count; i++) {
        struct sg_session *session = s->session[i];
        bool suspect = session->suspect, look = chance(12), keys = chance(5), matched;
        uint32_t bad_count = session->bad_count;
        uint8_t bad[SG_BAD_MAX][8];

        memcpy(bad, session->bad, sizeof bad);
        if (look)
            encode(&before, session);
        matched = keys && keys_match(session, bytes, len);
        word = sg_session_receive(session, got, s->plain, bytes, len, w.now);
        if (keys)
            assert_int_equal(matched, word != SG_WORD_NOT_FOR_US);
        if (word == SG_WORD_OK) {
            s->held[i].heard = w.now;
            return word;
        }
        if (look) { /* nothing has changed but what may */
            memcpy(copy, session, sizeof *copy);
            copy->suspect = suspect;
            copy->bad_count = bad_count;
            memcpy(copy->bad, bad, sizeof bad);
            encode(&after, copy);
            assert_int_equal(before.len, after.len);
            assert_memory_equal(before.data, after.data, after.len);
        }
        if (word != SG_WORD_NOT_FOR_US)
            return word;
    }
    word = side_receive_opening(s, got, &d, bytes, len, w.now);
    assert_true(word != SG_WORD_OK || !d.awaiting);
    return word;
}

static void receive_flipped(int me, const struct message *m)
{
    struct sg_received got;
    size_t len = m->len;

    memcpy(wire, m->wire, len);
    wire[below(len)] ^= (uint8_t)(1U << below(8));
    assert_int_not_equal(receive(&w.side[me], &got, wire, len), SG_WORD_OK);
    total.flipped++;
}

static void receive_one(int me)
{
    size_t at = below(w.waiting[me] < w.depth ? w.waiting[me] : w.depth);
    size_t index = w.queue[me][at];
    struct message *m = &w.all[index];
    struct side *s = &w.side[me];
    struct sg_received got;
    bool readable;
    enum sg_word word;

    w.waiting[me]--;
    memmove(&w.queue[me][at], &w.queue[me][at + 1], (w.waiting[me] - at) * sizeof w.queue[me][0]);
    if (chance(w.flips))
        receive_flipped(me, m);
    if (s->count && chance(w.crashes)) { /* it ends before the state is stored, and is fed again */
        size_t i = below(s->count);
        encode(&before, s->session[i]);
        word = sg_session_receive(s->session[i], &got, s->plain, m->wire, m->len, w.now);
        assert_true(sg_session_decode(s->session[i], before.data, before.len));
        total.undone++;
    }
    readable = m->times == 0 && model_read(&w.model[m->conversation][me], m->chain, m->n, m->pn);
    word = receive(s, &got, m->wire, m->len);
    if (readable) {
        assert_int_equal(word, SG_WORD_OK);
        assert_true(heard(&got, m->text[0] ? m->text : NULL));
        assert_int_equal(got.n, m->n);
        m->times++;
        total.delivered++;
    } else {
        assert_int_not_equal(word, SG_WORD_OK);
        total.refused++;
        total.duplicates += m->times > 0;
        total.unreadable += m->times == 0;
    }
    if (s->count && chance(w.crashes))
        restart(s->session[below(s->count)]);
    check_epochs();
}

/* ---- a schedule --------------------------------------------------------------------------------
 */

static void draw_schedule(void)
{
    static const unsigned DEPTHS[] = {1, 2, 5, 30, 100, 500};

    w.loss = chance(30) ? 0 : (unsigned)below(61);
    w.delay = chance(90) ? 0 : 10 + (unsigned)below(50);
    w.duplication = chance(40) ? 0 : (unsigned)below(30);
    w.flips = chance(50) ? 0 : (unsigned)below(5);
    w.crashes = chance(50) ? 0 : (unsigned)below(20);
    w.depth = DEPTHS[below(sizeof DEPTHS / sizeof *DEPTHS)];
    w.burst = chance(50) ? 1 : 1 + (unsigned)below(40);
    w.now = NOW + below(SG_DAY_MS);
}

static void run_schedule(uint64_t seed)
{
    size_t steps;

    rng = seed;
    tape.seed = seed ^ 0x5eed;
    tape.count = tape.next = 0;
    draw_schedule();
    side_begin(&w.side[0]);
    side_begin(&w.side[1]);
    w.sent = w.conversations = 0;
    memset(w.waiting, 0, sizeof w.waiting);
    memset(w.stuck_count, 0, sizeof w.stuck_count);
    memset(w.chains, 0, sizeof w.chains);
    for (int i = 0; i < CONVERSATIONS; i++)
        for (int j = 0; j < 2; j++)
            memset(&w.model[i][j], 0, sizeof w.model[i][j]);
    start(0);
    if (chance(20)) { /* both open at once */
        w.now += below(1000);
        start(1);
    }
    steps = chance(w.delay ? 15 : 3) ? 200 + below(400) : 4 + below(40);
    for (size_t i = 0; i < steps && w.sent < MESSAGES_MAX; i++) {
        int me = (int)below(2);
        size_t talk = 1 + below(w.burst), hear = 1 + below(w.burst + 2);
        w.now += below(chance(5) ? SG_DAY_MS / 4 : 60000);
        if (w.now > NOW + 20 * SG_DAY_MS)
            w.now = NOW + 20 * SG_DAY_MS;
        while (talk-- > 0)
            send_one(me);
        for (me = 0; me < 2; me++)
            for (size_t n = hear; n > 0 && w.waiting[me]; n--)
                receive_one(me);
    }
    for (int me = 0; me < 2; me++) {
        for (size_t i = 0; i < w.stuck_count[me]; i++)
            enqueue(me, w.stuck[me][i]);
        while (w.waiting[me])
            receive_one(me);
    }
    for (size_t i = 0; i < w.side[0].count; i++)
        total.epochs += w.side[0].session[i]->pq.root;
    for (size_t i = 0; i < w.sent; i++)
        free(w.all[i].wire);
    total.schedules++;
}

static void test_schedules(void **state)
{
    const char *given = getenv("SG_RATCHET_SCHEDULES");
    uint64_t count = given ? strtoull(given, NULL, 10) : getenv("SG_TEST_QUICK") ? 20 : 1500;
    uint64_t seed = seed_now();

    (void)state;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t x = seed + i;
        run_schedule(next_number(&x));
        if ((i + 1) % 10000 == 0)
            print_message("%llu schedules\n", (unsigned long long)(i + 1));
    }
    print_message(
        "%llu schedules: %llu read, %llu lost, %llu refused (%llu had before, %llu beyond "
        "what is kept), %llu flipped, %llu restarts, %llu undone, %llu turns, %llu epochs\n",
        (unsigned long long)total.schedules, (unsigned long long)total.delivered,
        (unsigned long long)total.lost, (unsigned long long)total.refused,
        (unsigned long long)total.duplicates, (unsigned long long)total.unreadable,
        (unsigned long long)total.flipped, (unsigned long long)total.restarts,
        (unsigned long long)total.undone, (unsigned long long)total.turns,
        (unsigned long long)total.epochs);
    assert_true(total.delivered > 0);
}

static int set_up(void **state)
{
    if (start_library(state) != 0)
        return -1;
    side_new(&w.side[0]);
    side_new(&w.side[1]);
    copy = malloc(sizeof *copy);
    sg_buffer_init_secret(&before, SG_SESSION_MAX_BYTES);
    sg_buffer_init_secret(&after, SG_SESSION_MAX_BYTES);
    return copy ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    sg_buffer_free(&before);
    sg_buffer_free(&after);
    side_free(&w.side[0]);
    side_free(&w.side[1]);
    free(copy);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schedules),
    };

    return cmocka_run_group_tests_name("ratchet_model", tests, set_up, tear_down);
}
