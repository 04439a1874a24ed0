/* The rules of matching/book.py in plain C: what a compiled language does without ceremony.
 *
 * Levels are an array over the price, shared by both sides; orders are linked records in slots;
 * occupied prices are a tree of 64-bit words; ids index an array.  Nothing grows: the caller says
 * how many ids and prices there are.  It is a yardstick for the batch of the production book.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT, MARKET, REST, CANCEL, REPLACE };
enum { STAY, IOC, FOK };
enum { FILLED, RESTED, CANCELLED, SELF_TRADE, KILLED, REMOVED, UNKNOWN, DUPLICATE };
enum { LAYERS = 4 };

typedef struct {
    uint8_t kind, side, time_in_force, unused;
    uint32_t price;
    int64_t id, qty, owner;
} message;

typedef struct {
    uint32_t next, prev, price, side; /* links are slots, 0 is none */
    int64_t qty, id, owner;
} order;

typedef struct {
    uint32_t head, tail;
    int64_t qty;
} level;

typedef struct {
    int64_t seq, taker, maker, price, qty, taker_owner, maker_owner, side;
} fill;

typedef struct {
    int64_t outcome, left;
} outcome;

typedef struct {
    int64_t side, price, id, qty;
} row;

typedef struct {
    int64_t best[2]; /* -1: nobody */
    int64_t seq, live, fills;
    uint32_t free, used;
    order *orders;
    level *levels;
    uint64_t *bits[2][LAYERS];
    uint32_t *slot_of;
    fill *out;
} book;

book *book_new(int64_t prices, int64_t ids, int64_t fills) {
    book *b = calloc(1, sizeof *b);
    b->best[0] = b->best[1] = -1;
    b->orders = calloc(ids + 1, sizeof *b->orders);
    b->levels = calloc(prices, sizeof *b->levels);
    b->slot_of = calloc(ids, sizeof *b->slot_of);
    b->out = malloc(fills * sizeof *b->out);
    for (int side = 0; side < 2; side++) {
        int64_t words = prices;
        for (int k = 0; k < LAYERS; k++) {
            words = (words + 63) / 64;
            b->bits[side][k] = calloc(words, sizeof(uint64_t));
        }
    }
    return b;
}

void book_free(book *b) {
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < LAYERS; k++) free(b->bits[side][k]);
    free(b->orders);
    free(b->levels);
    free(b->slot_of);
    free(b->out);
    free(b);
}

static void occupy(book *b, int side, int64_t p) {
    for (int k = 0; k < LAYERS; k++, p >>= 6) {
        uint64_t *word = &b->bits[side][k][p >> 6], before = *word;
        *word = before | 1ull << (p & 63);
        if (before) return;
    }
}

static void vacate(book *b, int side, int64_t p) {
    for (int k = 0; k < LAYERS; k++, p >>= 6)
        if (b->bits[side][k][p >> 6] &= ~(1ull << (p & 63))) return;
}

static int64_t below(book *b, int64_t p) {
    for (int k = 0; k < LAYERS; k++, p >>= 6) {
        uint64_t word = b->bits[0][k][p >> 6] & ((1ull << (p & 63)) - 1);
        if (!word) continue;
        p = (p & ~63ll) | (63 - __builtin_clzll(word));
        while (k--) p = p << 6 | (63 - __builtin_clzll(b->bits[0][k][p]));
        return p;
    }
    return -1;
}

static int64_t above(book *b, int64_t p) {
    for (int k = 0; k < LAYERS; k++, p >>= 6) {
        uint64_t word = b->bits[1][k][p >> 6] & (~0ull << (p & 63) << 1);
        if (!word) continue;
        p = (p & ~63ll) | __builtin_ctzll(word);
        while (k--) p = p << 6 | __builtin_ctzll(b->bits[1][k][p]);
        return p;
    }
    return -1;
}

static void level_gone(book *b, int side, int64_t price) {
    vacate(b, side, price);
    if (b->best[side] == price) b->best[side] = side ? above(b, price) : below(b, price);
}

static void forget(book *b, uint32_t slot) {
    b->slot_of[b->orders[slot].id] = 0;
    b->orders[slot].next = b->free;
    b->free = slot;
    b->live--;
}

static void leave(book *b, uint32_t slot) {
    order *o = &b->orders[slot];
    level *l = &b->levels[o->price];
    if (o->prev) b->orders[o->prev].next = o->next; else l->head = o->next;
    if (o->next) b->orders[o->next].prev = o->prev; else l->tail = o->prev;
    l->qty -= o->qty;
    if (!l->head) level_gone(b, o->side, o->price);
    forget(b, slot);
}

static void join(book *b, int64_t id, int side, int64_t price, int64_t qty, int64_t owner) {
    uint32_t slot = b->free;
    if (slot) b->free = b->orders[slot].next; else slot = ++b->used;
    level *l = &b->levels[price];
    b->orders[slot] = (order){0, l->tail, price, side, qty, id, owner};
    if (l->tail) {
        b->orders[l->tail].next = slot;
    } else {
        l->head = slot;
        occupy(b, side, price);
        int64_t best = b->best[side];
        if (best < 0 || (side ? price < best : price > best)) b->best[side] = price;
    }
    l->tail = slot;
    l->qty += qty;
    b->slot_of[id] = slot;
    b->live++;
}

static int reaches(int side, int64_t limit, int64_t price) {
    return price >= 0 && (side ? price >= limit : price <= limit);
}

/* What is left of the quantity; *met is set when the taker met its own owner. */
static int64_t match(book *b, int64_t id, int side, int64_t limit, int64_t qty, int64_t owner, int *met) {
    int other = 1 - side;
    while (qty && reaches(side, limit, b->best[other])) {
        int64_t price = b->best[other];
        level *l = &b->levels[price];
        while (l->head && qty) {
            uint32_t slot = l->head;
            order *m = &b->orders[slot];
            if (owner && m->owner == owner) {
                *met = 1;
                return qty;
            }
            int64_t traded = m->qty < qty ? m->qty : qty;
            b->out[b->fills++] = (fill){++b->seq, id, m->id, price, traded, owner, m->owner, side};
            qty -= traded;
            m->qty -= traded;
            l->qty -= traded;
            if (m->qty) return 0;
            l->head = m->next;
            if (l->head) b->orders[l->head].prev = 0;
            forget(b, slot);
        }
        if (!l->head) {
            l->tail = 0;
            level_gone(b, other, price);
        }
    }
    return qty;
}

static int fill_or_kill(book *b, int side, int64_t limit, int64_t qty, int64_t owner) {
    int other = 1 - side;
    for (int64_t price = b->best[other]; reaches(side, limit, price);
         price = other ? above(b, price) : below(b, price))
        for (uint32_t slot = b->levels[price].head; slot; slot = b->orders[slot].next) {
            if (owner && b->orders[slot].owner == owner) return SELF_TRADE;
            if ((qty -= b->orders[slot].qty) <= 0) return FILLED;
        }
    return KILLED;
}

static outcome take(book *b, int64_t id, int side, int64_t price, int64_t qty, int64_t owner, int tif) {
    int met = 0;
    if (tif == FOK) {
        int killed = fill_or_kill(b, side, price, qty, owner);
        if (killed) return (outcome){killed, qty};
    }
    qty = match(b, id, side, price, qty, owner, &met);
    if (!qty) return (outcome){FILLED, 0};
    if (met) return (outcome){SELF_TRADE, qty};
    if (tif != STAY) return (outcome){CANCELLED, qty};
    join(b, id, side, price, qty, owner);
    return (outcome){RESTED, qty};
}

static outcome replace(book *b, uint32_t slot, const message *m) {
    order o = b->orders[slot];
    if (m->price == o.price && m->qty <= o.qty) {
        b->levels[o.price].qty -= o.qty - m->qty;
        b->orders[slot].qty = m->qty;
        return (outcome){RESTED, m->qty};
    }
    leave(b, slot);
    return take(b, m->id, o.side, m->price, m->qty, o.owner, STAY);
}

static outcome apply(book *b, const message *m) {
    int met = 0;
    uint32_t slot = b->slot_of[m->id];
    if (m->kind == LIMIT) {
        if (slot) return (outcome){DUPLICATE, 0};
        return take(b, m->id, m->side, m->price, m->qty, m->owner, m->time_in_force);
    }
    if (m->kind == MARKET) {
        int64_t left = match(b, m->id, m->side, m->side ? 0 : INT64_MAX, m->qty, m->owner, &met);
        return (outcome){left ? met ? SELF_TRADE : CANCELLED : FILLED, left};
    }
    if (!slot) return (outcome){UNKNOWN, 0};
    if (m->kind == REPLACE) return replace(b, slot, m);
    int64_t qty = b->orders[slot].qty;
    leave(b, slot);
    return (outcome){REMOVED, qty};
}

int64_t book_run(book *b, const message *messages, int64_t count, outcome *outcomes) {
    for (int64_t i = 0; i < count; i++) outcomes[i] = apply(b, &messages[i]);
    return b->fills;
}

const fill *book_fills(const book *b) { return b->out; }

int64_t book_dump(book *b, row *out) {
    int64_t n = 0;
    for (int side = 0; side < 2; side++)
        for (int64_t p = b->best[side]; p >= 0; p = side ? above(b, p) : below(b, p))
            for (uint32_t slot = b->levels[p].head; slot; slot = b->orders[slot].next)
                out[n++] = (row){side, p, b->orders[slot].id, b->orders[slot].qty};
    return n;
}
