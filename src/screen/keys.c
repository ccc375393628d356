/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys - bytes of a terminal to inputs; pure, told the time.
 *
 * A keyboard-wedge scanner types, and what it types was chosen by whoever
 * printed the code. So bytes are held back until 40 ms of silence: what came
 * alone is a key, six characters or more are a scan, and what lies between
 * are characters that act on nothing. An Enter within or right after a burst
 * is the scanner's. Over SSH (wedge false) lag bunches what was typed slowly:
 * there a burst is no scan but characters, which still act on nothing, and
 * more than a hand types at a stroke is refused as a paste is.
 */
#include "parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BURST_GAP_MS 35      /* between two bytes of one burst */
#define ALONE_MS 40          /* silence after which a key acts */
#define SCAN_CHARACTERS 6
#define LATE_ENTER_MS 300    /* some scanners send their Enter late */
#define ESCAPE_MS 250        /* within a sequence that has begun */
#define PASTE_MS 1000        /* a paste that never ends */
#define PASTE_END "\033[201~"
#define FLOOD_CHARACTERS 32  /* over SSH: so many at once are no hand's */
#define BURST_MAX (EVENT_PAYLOAD_MAX + 8) /* with room for terminators */

struct keys {
	bool wedge;
	struct bindings bindings;
	enum { PLAIN, ESCAPE, PASTE } state;
	struct escape escape;
	bool escape_in_burst;
	size_t paste_matched;
	int64_t state_ms;    /* last byte of the sequence or paste */
	int64_t last_ms;     /* last byte of the burst */
	int64_t late_ms;     /* until then an Enter is a scanner's */
	size_t len;
	bool overflow;
	unsigned char burst[BURST_MAX];
	struct input input;  /* what is given out; 4 KB, so not on the stack */
};

/* ---- giving out --------------------------------------------------------------- */

static void
give(struct keys *keys, enum input_kind kind, enum action action,
    input_fn fn, void *arg)
{
	keys->input.kind = kind;
	keys->input.action = action;
	fn(arg, &keys->input);
}

static void
give_press(struct keys *keys, uint32_t press, bool acts, input_fn fn,
    void *arg)
{
	enum action action = acts ? bindings_find(&keys->bindings, press) :
	    ACTION_NONE;
	size_t n = 0;

	if (press >= ' ' && press != 0x7F && press < PRESS_UP &&
	    !(press >= 0x80 && press < 0xA0) && press != 0xFFFD)
		n = utf8_put(press, keys->input.character);
	keys->input.character[n] = '\0';
	keys->input.alone = acts;
	keys->input.scan_len = 0;
	if (action != ACTION_NONE)
		give(keys, INPUT_ACTION, action, fn, arg);
	else if (n > 0)
		give(keys, INPUT_CHARACTER, ACTION_NONE, fn, arg);
}

static void
give_scan(struct keys *keys, size_t n, input_fn fn, void *arg)
{
	keys->input.character[0] = '\0';
	keys->input.scan_len = n;
	memcpy(keys->input.scan, keys->burst, n);
	give(keys, INPUT_SCAN, ACTION_NONE, fn, arg);
}

static void
refuse_paste(struct keys *keys, input_fn fn, void *arg)
{
	keys->input.character[0] = '\0';
	keys->input.scan_len = 0;
	give(keys, INPUT_PASTE, ACTION_NONE, fn, arg);
}

/* Control bytes that are keys of their own. */
static uint32_t
press_of(uint32_t code)
{
	switch (code) {
	case '\r': return PRESS_ENTER;
	case '\n': return PRESS_ENTER;
	case '\t': return PRESS_TAB;
	case 0x7F: return PRESS_BACKSPACE;
	case '\b': return PRESS_BACKSPACE;
	default: return code;
	}
}

static bool
is_end(unsigned char byte)
{
	return byte == '\r' || byte == '\n' || byte == '\t';
}

/* ---- bursts --------------------------------------------------------------------- */

static size_t
count_characters(const unsigned char *bytes, size_t n)
{
	size_t count = 0;

	if (!utf8_valid((const char *)bytes, n))
		return n; /* a scanner with another character set */
	for (size_t i = 0; i < n; i++)
		count += (bytes[i] & 0xC0) != 0x80;
	return count;
}

/* A key that somebody leans on repeats about every 33 ms. */
static bool
is_repeated(const unsigned char *bytes, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (bytes[i] != bytes[0])
			return false;
	return true;
}

static void
give_characters(struct keys *keys, size_t n, bool act, input_fn fn, void *arg)
{
	for (size_t at = 0; at < n;) {
		uint32_t press = press_of(utf8_next(
		    (const char *)keys->burst, n, &at));

		/* Whoever corrects what lag has bunched decides nothing. */
		give_press(keys, press, act || press == PRESS_BACKSPACE, fn,
		    arg);
	}
}

/* The burst has ended; followed: by a byte that came within 40 ms. */
static void
burst_end(struct keys *keys, bool followed, input_fn fn, void *arg)
{
	size_t total = keys->len, n = total, characters;
	bool whole, fast;

	keys->len = 0;
	if (total == 0)
		return;
	while (n > 0 && is_end(keys->burst[n - 1]))
		n--;
	characters = count_characters(keys->burst, n);
	whole = !keys->overflow && n <= EVENT_PAYLOAD_MAX;
	fast = !whole || (characters >= SCAN_CHARACTERS &&
	    !is_repeated(keys->burst, n));
	keys->overflow = false;
	if (fast)
		keys->late_ms = keys->last_ms + LATE_ENTER_MS;
	if (fast && keys->wedge) {
		give_scan(keys, whole ? n : 0, fn, arg);
	} else if (fast && characters >= FLOOD_CHARACTERS) {
		refuse_paste(keys, fn, arg);
	} else if (characters == 1 && n == total) {
		give_characters(keys, n, !followed, fn, arg);
	} else if (n > 0) {
		give_characters(keys, n, false, fn, arg);
	} else if (total <= 2 && !followed && keys->last_ms >= keys->late_ms) {
		/* one Enter, perhaps as CR LF; leaning on it does nothing */
		give_press(keys, press_of(keys->burst[0]), true, fn, arg);
	}
}

static void
burst_push(struct keys *keys, unsigned char byte, int64_t now_ms, input_fn fn,
    void *arg)
{
	if (keys->len > 0 && now_ms - keys->last_ms > BURST_GAP_MS)
		burst_end(keys, now_ms - keys->last_ms < ALONE_MS, fn, arg);
	if (keys->len == 0 && (byte == 0x7F || byte == '\b')) {
		give_press(keys, PRESS_BACKSPACE, true, fn, arg);
		return; /* it decides nothing and may well repeat */
	}
	if (keys->len < sizeof(keys->burst))
		keys->burst[keys->len++] = byte;
	else
		keys->overflow = true;
	keys->last_ms = now_ms;
}

/* ---- escape sequences and pastes ------------------------------------------------------ */

static void
escape_start(struct keys *keys, int64_t now_ms, input_fn fn, void *arg)
{
	keys->escape_in_burst = false;
	if (keys->len > 0) {
		if (now_ms - keys->last_ms > BURST_GAP_MS) {
			burst_end(keys, now_ms - keys->last_ms < ALONE_MS,
			    fn, arg);
		} else { /* it stays in the burst, which no parser will take */
			burst_push(keys, 0x1B, now_ms, fn, arg);
			keys->escape_in_burst = true;
		}
	}
	keys->state = ESCAPE;
	keys->state_ms = now_ms;
	escape_begin(&keys->escape);
}

static void
escape_abandon(struct keys *keys, input_fn fn, void *arg)
{
	keys->state = PLAIN;
	if (escape_bare(&keys->escape) && !keys->escape_in_burst)
		give_press(keys, PRESS_ESCAPE, true, fn, arg);
}

static void
escape_step(struct keys *keys, unsigned char byte, int64_t now_ms,
    input_fn fn, void *arg)
{
	uint32_t press;

	keys->state_ms = now_ms;
	if (keys->escape_in_burst)
		keys->last_ms = now_ms;
	if (!escape_push(&keys->escape, byte, &press))
		return;
	keys->state = PLAIN;
	if (press == PRESS_PASTE) {
		keys->state = PASTE;
		keys->paste_matched = 0;
	} else if (press != 0 && !keys->escape_in_burst) {
		give_press(keys, press, true, fn, arg);
	}
}

static void
paste_end(struct keys *keys, input_fn fn, void *arg)
{
	keys->state = PLAIN;
	refuse_paste(keys, fn, arg);
}

static void
paste_step(struct keys *keys, unsigned char byte, int64_t now_ms, input_fn fn,
    void *arg)
{
	static const char end[] = PASTE_END;

	keys->state_ms = now_ms;
	if (byte == (unsigned char)end[keys->paste_matched])
		keys->paste_matched++;
	else
		keys->paste_matched = byte == 0x1B ? 1 : 0;
	if (end[keys->paste_matched] == '\0')
		paste_end(keys, fn, arg);
}

/* ---- door -------------------------------------------------------------------------------- */

struct keys *
keys_new(bool wedge)
{
	struct keys *keys = calloc(1, sizeof(*keys));

	if (keys == NULL)
		mem_none();
	keys->wedge = wedge;
	keys->late_ms = INT64_MIN;
	bindings_init(&keys->bindings);
	return keys;
}

void
keys_free(struct keys *keys)
{
	free(keys);
}

int64_t
keys_deadline(const struct keys *keys)
{
	if (keys->state == PASTE)
		return keys->state_ms + PASTE_MS;
	if (keys->state == ESCAPE)
		return keys->state_ms + (escape_bare(&keys->escape) ?
		    ALONE_MS : ESCAPE_MS);
	if (keys->len > 0)
		return keys->last_ms + ALONE_MS;
	return -1;
}

void
keys_tick(struct keys *keys, int64_t now_ms, input_fn fn, void *arg)
{
	int64_t due = keys_deadline(keys);

	if (due < 0 || now_ms < due)
		return;
	if (keys->state == PASTE)
		paste_end(keys, fn, arg);
	else if (keys->state == ESCAPE)
		escape_abandon(keys, fn, arg);
	/* What the sequence was in, or what was typed before the paste. */
	if (keys->len > 0 && keys->state == PLAIN &&
	    now_ms - keys->last_ms >= ALONE_MS)
		burst_end(keys, false, fn, arg);
}

void
keys_push(struct keys *keys, const unsigned char *bytes, size_t n,
    int64_t now_ms, input_fn fn, void *arg)
{
	keys_tick(keys, now_ms, fn, arg);
	for (size_t i = 0; i < n; i++) {
		if (keys->state == PASTE)
			paste_step(keys, bytes[i], now_ms, fn, arg);
		else if (keys->state == ESCAPE)
			escape_step(keys, bytes[i], now_ms, fn, arg);
		else if (bytes[i] == 0x1B)
			escape_start(keys, now_ms, fn, arg);
		else
			burst_push(keys, bytes[i], now_ms, fn, arg);
	}
}
