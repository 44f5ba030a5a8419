#include "store/memory.h"

#include "base/secret.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

static void *take(int n)
{
    return n > 0 ? malloc((size_t)n) : NULL;
}

static int size_of(void *p)
{
    return (int)malloc_usable_size(p);
}

static void give(void *p)
{
    if (!p)
        return;
    sg_wipe(p, malloc_usable_size(p));
    free(p);
}

static void *resize(void *p, int n)
{
    size_t old = malloc_usable_size(p);
    void *q;

    if (n > 0 && (size_t)n <= old && (size_t)n >= old / 2)
        return p;
    q = take(n);
    if (!q)
        return NULL;
    memcpy(q, p, (size_t)n < old ? (size_t)n : old);
    give(p);
    return q;
}

static int round_up(int n)
{
    return (n + 7) & ~7;
}

static int start(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void stop(void *unused)
{
    (void)unused;
}

void sg_store_memory_wiped(void)
{
    static const sqlite3_mem_methods methods = {
        .xMalloc = take,
        .xFree = give,
        .xRealloc = resize,
        .xSize = size_of,
        .xRoundup = round_up,
        .xInit = start,
        .xShutdown = stop,
    };

    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
