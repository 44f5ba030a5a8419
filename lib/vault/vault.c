#include "vault/vault.h"

#include "store/store.h"

/*
 * vault_entry   a name; its current revision, or 0 once it is removed; and of that revision how
 *               many parts and bytes it has, and whether all of it is text
 * vault_part    what was put or appended in one go. One whose entry is NULL is loose (part.h)
 * vault_chunk   the content of parts. A chunk that goes on from another begins with `skip` bytes
 *               that are repeated from that one's end
 * vault_text    the full-text index over the chunks of parts that are text. It keeps no copy of
 *               them: it reads them by way of vault_piece
 *
 * The number of a part is never used again, so that whoever reads one, chunk by chunk, while it is
 * forgotten finds nothing, and never something else. Pages of the index are made to fit into pages
 * of a database with 40 bytes reserved in each.
 */
static const char tables_1[] =
    "CREATE TABLE vault_entry ("
    "    id INTEGER PRIMARY KEY,"
    "    name TEXT NOT NULL UNIQUE,"
    "    revision INTEGER NOT NULL,"
    "    parts INTEGER NOT NULL,"
    "    size INTEGER NOT NULL,"
    "    text INTEGER NOT NULL,"
    "    changed INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE vault_part ("
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "    entry INTEGER,"
    "    revision INTEGER,"
    "    number INTEGER,"
    "    created INTEGER NOT NULL,"
    "    size INTEGER NOT NULL,"
    "    chunks INTEGER NOT NULL,"
    "    indexed INTEGER NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX vault_part_place ON vault_part (entry, revision, number);"
    "CREATE TABLE vault_chunk ("
    "    id INTEGER PRIMARY KEY,"
    "    skip INTEGER NOT NULL,"
    "    data BLOB NOT NULL"
    ") STRICT;"
    "CREATE VIEW vault_piece (id, text) AS SELECT id, CAST(data AS TEXT) FROM vault_chunk;"
    "CREATE VIRTUAL TABLE vault_text USING fts5 ("
    "    text, content='vault_piece', content_rowid='id',"
    "    tokenize='unicode61 remove_diacritics 2'"
    ");"
    "INSERT INTO vault_text (vault_text, rank) VALUES ('pgsz', 4010);";

static const char *const steps[] = {tables_1};

enum sg_err sg_vault_ready(struct sg_store *s, struct sg_error *err)
{
    static const struct sg_schema schema = {
        .room = "vault",
        .version = sizeof steps / sizeof *steps,
        .steps = steps,
    };

    return sg_store_schema(s, &schema, err);
}
