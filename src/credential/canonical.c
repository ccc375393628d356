/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canonical - JSON in the one form that is signed (RFC 8785): keys sorted by
 * their UTF-16 units, no spaces, numbers as ECMAScript prints them.
 */
#include "parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_INTEGER_MAX (INT64_C(1) << 53)

struct writer {
	char *out;
	size_t left;
	bool broken;
};

static void write_node(struct writer *w, const struct node *node);

static void
write_bytes(struct writer *w, const char *bytes, size_t n)
{
	if (n > w->left) {
		w->broken = true;
		return;
	}
	memcpy(w->out, bytes, n);
	w->out += n;
	w->left -= n;
}

static void
write_text(struct writer *w, const char *text)
{
	write_bytes(w, text, strlen(text));
}

static void
write_string(struct writer *w, const struct node *node)
{
	static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	write_text(w, "\"");
	for (size_t i = 0; i < node->len; i++) {
		char c = node->bytes[i];
		const char *at = c == '\0' ? NULL : strchr(special, c);
		char text[8];

		if (at != NULL) {
			text[0] = '\\';
			text[1] = letters[at - special];
			write_bytes(w, text, 2);
		} else if ((unsigned char)c < 0x20) {
			snprintf(text, sizeof(text), "\\u%04x", (unsigned)c);
			write_text(w, text);
		} else {
			write_bytes(w, &c, 1);
		}
	}
	write_text(w, "\"");
}

/* The shortest digits that read back as the same number, without a point,
 * and the power of ten of the point behind the first. */
static int
shortest(double value, char digits[20], int *exponent)
{
	char text[40];
	int n = 0;

	for (int precision = 0; precision < 17; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	for (const char *c = text; *c != 'e'; c++)
		if (*c >= '0' && *c <= '9')
			digits[n++] = *c;
	digits[n] = '\0';
	*exponent = atoi(strchr(text, 'e') + 1);
	return n;
}

static void
write_double(struct writer *w, double value)
{
	char digits[20], text[20];
	int exponent, n;

	if (!isfinite(value)) {
		w->broken = true;
		return;
	}
	if (value == 0) {
		write_text(w, "0");
		return;
	}
	if (value < 0)
		write_text(w, "-");
	n = shortest(fabs(value), digits, &exponent);
	if (exponent >= 0 && exponent < 21) { /* 1230 or 12.3 */
		for (int i = 0; i < n || i <= exponent; i++) {
			if (i == exponent + 1)
				write_text(w, ".");
			write_bytes(w, i < n ? digits + i : "0", 1);
		}
	} else if (exponent < 0 && exponent >= -6) { /* 0.00123 */
		write_text(w, "0.");
		for (int i = exponent + 1; i < 0; i++)
			write_text(w, "0");
		write_text(w, digits);
	} else { /* 1.23e+30 */
		write_bytes(w, digits, 1);
		if (n > 1) {
			write_text(w, ".");
			write_text(w, digits + 1);
		}
		snprintf(text, sizeof(text), "e%+d", exponent);
		write_text(w, text);
	}
}

static void
write_integer(struct writer *w, int64_t value)
{
	char text[24];

	if (value > EXACT_INTEGER_MAX || value < -EXACT_INTEGER_MAX) {
		write_double(w, (double)value); /* JSON numbers are doubles */
		return;
	}
	snprintf(text, sizeof(text), "%lld", (long long)value);
	write_text(w, text);
}

/* UTF-16 units order as code points do, but for those beyond U+FFFF, whose
 * surrogates come before U+E000. */
static uint32_t
rank(uint32_t code)
{
	return code > 0xffff ? 0xd800 : code;
}

static int
by_key(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a;
	const struct node *y = *(const struct node *const *)b;
	size_t i = 0, j = 0;

	while (i < x->len && j < y->len) {
		uint32_t c = utf8_next(x->bytes, x->len, &i);
		uint32_t d = utf8_next(y->bytes, y->len, &j);

		if (rank(c) != rank(d))
			return rank(c) < rank(d) ? -1 : 1;
		if (c != d)
			return c < d ? -1 : 1;
	}
	return (i < x->len) - (j < y->len);
}

static void
write_map(struct writer *w, const struct node *map)
{
	size_t n = 0;
	const struct node **keys = malloc((map->count / 2 + 1) *
	    sizeof(const struct node *));

	if (keys == NULL)
		mem_none();
	for (const struct node *at = map->first; at != NULL;
	    at = at->next->next) {
		if (at->kind != NODE_TEXT)
			w->broken = true;
		keys[n++] = at;
	}
	qsort(keys, n, sizeof(const struct node *), by_key);
	write_text(w, "{");
	for (size_t i = 0; i < n && !w->broken; i++) {
		if (i > 0)
			write_text(w, ",");
		write_string(w, keys[i]);
		write_text(w, ":");
		write_node(w, keys[i]->next);
	}
	write_text(w, "}");
	free(keys);
}

static void
write_array(struct writer *w, const struct node *array)
{
	write_text(w, "[");
	for (const struct node *at = array->first; at != NULL && !w->broken;
	    at = at->next) {
		if (at != array->first)
			write_text(w, ",");
		write_node(w, at);
	}
	write_text(w, "]");
}

/* Depth is bounded where trees are read. */
static void
write_node(struct writer *w, const struct node *node)
{
	switch (node->kind) {
	case NODE_NULL:
		write_text(w, "null");
		break;
	case NODE_BOOL:
		write_text(w, node->integer != 0 ? "true" : "false");
		break;
	case NODE_INT:
		write_integer(w, node->integer);
		break;
	case NODE_FLOAT:
		write_double(w, node->real);
		break;
	case NODE_TEXT:
		write_string(w, node);
		break;
	case NODE_ARRAY:
		write_array(w, node);
		break;
	case NODE_MAP:
		write_map(w, node);
		break;
	case NODE_BYTES:
	case NODE_TAG:
		w->broken = true;
		break;
	}
}

size_t
canonical_json(const struct node *node, char *out, size_t capacity)
{
	struct writer w = { .out = out, .left = capacity };

	write_node(&w, node);
	return w.broken ? 0 : (size_t)(w.out - out);
}
