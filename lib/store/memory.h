/*
 * memory - SQLite's memory, wiped whenever it is freed or moved. Private to the room.
 */
#ifndef SG_STORE_MEMORY_H
#define SG_STORE_MEMORY_H

/*
 * Has SQLite take its memory through here. It does nothing once SQLite has started in this process,
 * so whoever uses SQLite besides the store lets the store come first.
 */
void sg_store_memory_wiped(void);

#endif
