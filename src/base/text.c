/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - names and words from outside, made comparable and harmless.
 *
 * Works by clusters: a base character and the marks that follow it. A
 * cluster is written whole or not at all, so that text which does not fit
 * ends at a letter and not before its marks.
 */
#include "parts.h"

#include <string.h>

#define CLUSTER_MAX 16 /* marks beyond that start a cluster of their own */
#define REPLACEMENT 0xFFFD
#define GRAVE 0x300
#define ACUTE 0x301

struct cluster {
	uint32_t codes[CLUSTER_MAX];
	size_t count;
};

struct out {
	char *text;
	size_t capacity, len;
	bool full;
};

static void
out_init(struct out *out, char *text, size_t capacity)
{
	*out = (struct out){ .text = text, .capacity = capacity,
		.full = capacity == 0 };
	if (capacity > 0)
		text[0] = '\0';
}

static void
out_put(struct out *out, const uint32_t *codes, size_t count)
{
	char bytes[4 * CLUSTER_MAX];
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += utf8_put(codes[i], bytes + n);
	if (out->full || out->len + n + 1 > out->capacity) {
		out->full = true;
		return;
	}
	memcpy(out->text + out->len, bytes, n);
	out->len += n;
	out->text[out->len] = '\0';
}

/* ---- NFC ---- */

/* The deprecated tone marks of Vietnamese and other canonical singletons. */
static uint32_t
modern(uint32_t code)
{
	switch (code) {
	case 0x340:
		return GRAVE;
	case 0x341:
		return ACUTE;
	case 0x212A: /* kelvin sign */
		return 'K';
	case 0x212B: /* angstrom sign */
		return 0xC5;
	default:
		return code;
	}
}

static void
split_into(struct cluster *cluster, uint32_t code)
{
	uint32_t base, mark;

	if (letter_split(code, &base, &mark)) {
		split_into(cluster, base); /* two deep: ế is ê and ´, ê is e and ^ */
		code = mark;
	}
	cluster->codes[cluster->count++] = code;
}

/* Marks by combining class; equal classes keep their order. */
static void
sort_marks(struct cluster *cluster)
{
	for (size_t i = 2; i < cluster->count; i++) {
		uint32_t code = cluster->codes[i];
		size_t to = i;

		for (; to > 1 && mark_class(cluster->codes[to - 1]) >
		    mark_class(code); to--)
			cluster->codes[to] = cluster->codes[to - 1];
		cluster->codes[to] = code;
	}
}

static void
compose(struct cluster *cluster)
{
	size_t kept = 1;
	int last_class = 0; /* of the mark kept last: it blocks its equals */

	for (size_t i = 1; i < cluster->count; i++) {
		uint32_t mark = cluster->codes[i];
		int class = mark_class(mark);
		uint32_t letter = last_class < class ?
		    letter_compose(cluster->codes[0], mark) : 0;

		if (letter != 0) {
			cluster->codes[0] = letter;
		} else {
			cluster->codes[kept++] = mark;
			last_class = class;
		}
	}
	cluster->count = kept;
}

/* Reads one base with its marks, decomposed and in order. */
static bool
next_cluster(const char *text, size_t n, size_t *at, struct cluster *cluster)
{
	cluster->count = 0;
	if (*at >= n)
		return false;
	split_into(cluster, modern(utf8_next(text, n, at)));
	while (*at < n && cluster->count < CLUSTER_MAX) {
		size_t next = *at;
		uint32_t code = modern(utf8_next(text, n, &next));

		if (mark_class(code) == 0)
			break;
		*at = next;
		cluster->codes[cluster->count++] = code;
	}
	if (mark_class(cluster->codes[0]) == 0)
		sort_marks(cluster);
	return true;
}

size_t
text_nfc(const char *text, size_t n, char *out, size_t capacity)
{
	struct cluster cluster;
	struct out o;
	size_t at = 0;

	out_init(&o, out, capacity);
	while (!o.full && next_cluster(text, n, &at, &cluster)) {
		compose(&cluster);
		out_put(&o, cluster.codes, cluster.count);
	}
	return o.len;
}

/* ---- for a terminal ---- */

static uint32_t
harmless(uint32_t code)
{
	if (code == '\n' || code == '\r' || code == '\t' || code == 0x85 ||
	    code == 0x2028 || code == 0x2029)
		return ' ';
	return utf8_unsafe(code) ? REPLACEMENT : code;
}

size_t
text_clean(const char *text, size_t n, char *out, size_t capacity)
{
	static const size_t marks_max = 2; /* more would climb over the line */
	struct cluster cluster;
	struct out o;
	size_t at = 0;

	out_init(&o, out, capacity);
	while (!o.full && next_cluster(text, n, &at, &cluster)) {
		compose(&cluster);
		cluster.codes[0] = harmless(cluster.codes[0]);
		/* A mark without a letter would change what stands before. */
		if (mark_class(cluster.codes[0]) != 0) {
			cluster.codes[0] = REPLACEMENT;
			cluster.count = 1;
		}
		if (cluster.count > marks_max + 1)
			cluster.count = marks_max + 1;
		out_put(&o, cluster.codes, cluster.count);
	}
	return o.len;
}

/* ---- for comparing ---- */

static bool
is_separator(uint32_t code)
{
	return code < 0x80 || (code <= 0xBF && code != 0xAA && code != 0xB5 &&
	    code != 0xBA) || code == 0xD7 || code == 0xF7 ||
	    (code >= 0x2000 && code <= 0x206F) ||
	    (code >= 0x3000 && code <= 0x3003) || code == REPLACEMENT ||
	    utf8_unsafe(code);
}

/* The folded spelling of a base character: 0 code points for a separator. */
static size_t
fold_base(uint32_t code, uint32_t spelling[2])
{
	const char *plain = letter_plain(code);
	size_t count = 0;

	if (plain != NULL) {
		for (; plain[count] != '\0'; count++)
			spelling[count] = (unsigned char)plain[count];
		return count;
	}
	code = letter_upper(code);
	if (!(code >= 'A' && code <= 'Z') && !(code >= '0' && code <= '9') &&
	    is_separator(code))
		return 0;
	spelling[0] = code;
	return 1;
}

size_t
text_fold(const char *text, size_t n, char *out, size_t capacity)
{
	struct cluster cluster;
	struct out o;
	size_t at = 0;
	bool gap = false;

	out_init(&o, out, capacity);
	while (!o.full && next_cluster(text, n, &at, &cluster)) {
		uint32_t codes[3] = { ' ' };
		size_t count;

		if (mark_class(cluster.codes[0]) != 0)
			continue;
		count = fold_base(cluster.codes[0], codes + 1);
		if (count == 0) {
			gap = o.len > 0;
			continue;
		}
		out_put(&o, codes + !gap, count + gap);
		gap = false;
	}
	return o.len;
}

size_t
text_upper(const char *text, size_t n, char *out, size_t capacity)
{
	static const uint32_t double_s[] = { 'S', 'S' };
	struct out o;
	size_t at = 0;

	out_init(&o, out, capacity);
	while (!o.full && at < n) {
		uint32_t code = utf8_next(text, n, &at);

		if (code == 0xDF) {
			out_put(&o, double_s, 2);
		} else {
			code = letter_upper(code);
			out_put(&o, &code, 1);
		}
	}
	return o.len;
}

/* ---- columns ---- */

static bool
is_wide(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} wide[] = {
		{ 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF },
		{ 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },
		{ 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 },
		{ 0x1F300, 0x1F64F }, { 0x1F900, 0x1F9FF },
		{ 0x20000, 0x3FFFD },
	};

	for (size_t i = 0; i < nitems(wide); i++)
		if (code >= wide[i].first && code <= wide[i].last)
			return true;
	return false;
}

int
text_columns(const char *text)
{
	size_t n = strlen(text), at = 0;
	int columns = 0;

	while (at < n) {
		uint32_t code = utf8_next(text, n, &at);

		if (mark_class(code) == 0)
			columns += is_wide(code) ? 2 : 1;
	}
	return columns;
}
