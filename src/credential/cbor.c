/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cbor - CBOR bytes to a tree and back. The only module of the room that
 * knows libcbor, and of that only the streaming half: it allocates nothing,
 * so that a header of nine bytes cannot ask for gigabytes.
 */
#include "parts.h"

#include <cbor.h>
#include <string.h>

#define INDEFINITE SIZE_MAX
#define TAG_FIRST 0xc0
#define TAG_LAST_SHORT 0xd7

struct frame {
	struct node *node; /* an array, map or tag, or a string in pieces */
	size_t left;       /* children to come; INDEFINITE: until a break */
};

struct reader {
	struct tree *tree;
	struct node *root;
	struct frame frames[NODE_DEPTH_MAX];
	size_t depth;
	bool broken;
};

static bool
is_string(const struct node *node)
{
	return node->kind == NODE_BYTES || node->kind == NODE_TEXT;
}

/* The innermost container is whole, and with it perhaps its parents. */
static void
close_frames(struct reader *r)
{
	while (r->depth > 0 && r->frames[r->depth - 1].left == 0) {
		struct node *node = r->frames[r->depth - 1].node;

		if (node->kind == NODE_MAP && node_has_duplicates(node))
			r->broken = true;
		r->depth--;
		if (r->broken)
			return;
	}
}

/* A new node takes its place; NULL for none. A container is then opened. */
static struct node *
place(struct reader *r, enum node_kind kind)
{
	struct node *node;
	struct frame *top = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;

	/* A string in pieces holds pieces only; there is one root. */
	if (r->broken || (top != NULL && is_string(top->node)) ||
	    (top == NULL && r->root != NULL) ||
	    (node = tree_node(r->tree, kind)) == NULL) {
		r->broken = true;
		return NULL;
	}
	if (top == NULL)
		r->root = node;
	else
		node_append(top->node, node);
	if (top != NULL && top->left != INDEFINITE)
		top->left--;
	return node;
}

static void
open_frame(struct reader *r, struct node *node, size_t left)
{
	if (node == NULL)
		return;
	if (r->depth == NODE_DEPTH_MAX) {
		r->broken = true;
		return;
	}
	r->frames[r->depth++] = (struct frame){ node, left };
	close_frames(r);
}

static void
put_scalar(struct reader *r, enum node_kind kind, int64_t integer, double real)
{
	struct node *node = place(r, kind);

	if (node == NULL)
		return;
	node->integer = integer;
	node->real = real;
	close_frames(r);
}

static void
put_string_bytes(struct reader *r, enum node_kind kind, cbor_data bytes,
    size_t n)
{
	struct frame *top = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
	struct node *node;

	if (kind == NODE_TEXT && !utf8_valid((const char *)bytes, n)) {
		r->broken = true;
		return;
	}
	if (top != NULL && is_string(top->node)) { /* a piece of it */
		node = tree_node(r->tree, kind);
		if (node == NULL || top->node->kind != kind ||
		    !tree_bytes(r->tree, node, bytes, n))
			r->broken = true;
		else
			node_append(top->node, node);
		return;
	}
	node = place(r, kind);
	if (node != NULL && !tree_bytes(r->tree, node, bytes, n))
		r->broken = true;
	close_frames(r);
}

/* Join the pieces of an indefinite string; they are dropped from the tree. */
static bool
join_pieces(struct reader *r, struct node *string)
{
	char joined[CREDENTIAL_TEXT_MAX * 4];
	size_t n = 0;

	for (const struct node *at = string->first; at != NULL; at = at->next) {
		if (at->len > sizeof(joined) - n)
			return false;
		memcpy(joined + n, at->bytes, at->len);
		n += at->len;
	}
	string->first = string->last = NULL;
	string->count = 0;
	return tree_bytes(r->tree, string, joined, n);
}

/* ---- callbacks of the decoder ---------------------------------------------------- */

static void
on_uint(struct reader *r, uint64_t value)
{
	if (value > INT64_MAX)
		put_scalar(r, NODE_FLOAT, 0, (double)value);
	else
		put_scalar(r, NODE_INT, (int64_t)value, 0);
}

static void
on_negative(struct reader *r, uint64_t value)
{
	if (value > INT64_MAX)
		put_scalar(r, NODE_FLOAT, 0, -1 - (double)value);
	else
		put_scalar(r, NODE_INT, -1 - (int64_t)value, 0);
}

static void on_uint8(void *r, uint8_t v) { on_uint(r, v); }
static void on_uint16(void *r, uint16_t v) { on_uint(r, v); }
static void on_uint32(void *r, uint32_t v) { on_uint(r, v); }
static void on_uint64(void *r, uint64_t v) { on_uint(r, v); }
static void on_negint8(void *r, uint8_t v) { on_negative(r, v); }
static void on_negint16(void *r, uint16_t v) { on_negative(r, v); }
static void on_negint32(void *r, uint32_t v) { on_negative(r, v); }
static void on_negint64(void *r, uint64_t v) { on_negative(r, v); }
static void on_float(void *r, float v) { put_scalar(r, NODE_FLOAT, 0, v); }
static void on_double(void *r, double v) { put_scalar(r, NODE_FLOAT, 0, v); }
static void on_null(void *r) { put_scalar(r, NODE_NULL, 0, 0); }
static void on_boolean(void *r, bool v) { put_scalar(r, NODE_BOOL, v, 0); }

static void
on_bytes(void *r, cbor_data bytes, size_t n)
{
	put_string_bytes(r, NODE_BYTES, bytes, n);
}

static void
on_text(void *r, cbor_data bytes, size_t n)
{
	put_string_bytes(r, NODE_TEXT, bytes, n);
}

static void
on_bytes_start(void *r)
{
	open_frame(r, place(r, NODE_BYTES), INDEFINITE);
}

static void
on_text_start(void *r)
{
	open_frame(r, place(r, NODE_TEXT), INDEFINITE);
}

static void
on_array(void *arg, size_t n)
{
	struct reader *r = arg;

	if (n > TREE_NODES_MAX)
		r->broken = true;
	else
		open_frame(r, place(r, NODE_ARRAY), n);
}

static void
on_array_start(void *r)
{
	open_frame(r, place(r, NODE_ARRAY), INDEFINITE);
}

static void
on_map(void *arg, size_t n)
{
	struct reader *r = arg;

	if (n > TREE_NODES_MAX)
		r->broken = true;
	else
		open_frame(r, place(r, NODE_MAP), 2 * n);
}

static void
on_map_start(void *r)
{
	open_frame(r, place(r, NODE_MAP), INDEFINITE);
}

static void
on_tag(void *r, uint64_t value)
{
	struct node *node = place(r, NODE_TAG);

	if (node != NULL)
		node->integer = value > INT64_MAX ? -1 : (int64_t)value;
	open_frame(r, node, 1);
}

static void
on_break(void *arg)
{
	struct reader *r = arg;
	struct frame *top = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;

	if (r->broken || top == NULL || top->left != INDEFINITE ||
	    (top->node->kind == NODE_MAP && top->node->count % 2 != 0) ||
	    (is_string(top->node) && !join_pieces(r, top->node))) {
		r->broken = true;
		return;
	}
	top->left = 0;
	close_frames(r);
}

static const struct cbor_callbacks callbacks = {
	.uint8 = on_uint8, .uint16 = on_uint16, .uint32 = on_uint32,
	.uint64 = on_uint64, .negint8 = on_negint8, .negint16 = on_negint16,
	.negint32 = on_negint32, .negint64 = on_negint64,
	.byte_string_start = on_bytes_start, .byte_string = on_bytes,
	.string = on_text, .string_start = on_text_start,
	.indef_array_start = on_array_start, .array_start = on_array,
	.indef_map_start = on_map_start, .map_start = on_map, .tag = on_tag,
	.float2 = on_float, .float4 = on_float, .float8 = on_double,
	.undefined = on_null, .null = on_null, .boolean = on_boolean,
	.indef_break = on_break,
};

/* One head, with its bytes if it is a string. 0: damaged or cut. */
static size_t
read_item(struct reader *r, const unsigned char *at, size_t n)
{
	struct cbor_decoder_result result;

	/* libcbor before 0.9 refuses the short tags that nobody registered,
	 * and COSE's 18 is one of them. */
	if (n > 0 && at[0] >= TAG_FIRST && at[0] <= TAG_LAST_SHORT) {
		on_tag(r, at[0] - TAG_FIRST);
		return 1;
	}
	result = cbor_stream_decode(at, n, &callbacks, r);
	return result.status == CBOR_DECODER_FINISHED ? result.read : 0;
}

struct node *
cbor_parse(struct tree *tree, const void *bytes, size_t n)
{
	struct reader r = { .tree = tree };
	const unsigned char *at = bytes;

	/* An array of more items than bytes is found out when they end. */
	do {
		size_t used = read_item(&r, at, n);

		if (used == 0)
			return NULL;
		at += used;
		n -= used;
	} while (!r.broken && n > 0);
	return r.broken || r.depth > 0 ? NULL : r.root;
}

/* ---- writing ---------------------------------------------------------------------------- */

struct writer {
	unsigned char *out;
	size_t left, used;
	bool full;
};

static void
advance(struct writer *w, size_t n)
{
	if (n == 0)
		w->full = true; /* every encoder says 0 for "no room" */
	w->out += n;
	w->left -= n;
	w->used += n;
}

static void
put_raw(struct writer *w, const char *bytes, size_t n)
{
	if (n > w->left) {
		w->full = true;
		return;
	}
	memcpy(w->out, bytes, n);
	if (n > 0)
		advance(w, n);
}

static void
put_head(struct writer *w, const struct node *node)
{
	switch (node->kind) {
	case NODE_NULL:
		advance(w, cbor_encode_null(w->out, w->left));
		break;
	case NODE_BOOL:
		advance(w, cbor_encode_bool(node->integer != 0, w->out, w->left));
		break;
	case NODE_INT:
		advance(w, node->integer >= 0 ?
		    cbor_encode_uint((uint64_t)node->integer, w->out, w->left) :
		    cbor_encode_negint((uint64_t)(-1 - node->integer), w->out,
		    w->left));
		break;
	case NODE_FLOAT:
		advance(w, cbor_encode_double(node->real, w->out, w->left));
		break;
	case NODE_BYTES:
		advance(w, cbor_encode_bytestring_start(node->len, w->out,
		    w->left));
		break;
	case NODE_TEXT:
		advance(w, cbor_encode_string_start(node->len, w->out, w->left));
		break;
	case NODE_ARRAY:
		advance(w, cbor_encode_array_start(node->count, w->out,
		    w->left));
		break;
	case NODE_MAP:
		advance(w, cbor_encode_map_start(node->count / 2, w->out,
		    w->left));
		break;
	case NODE_TAG:
		advance(w, cbor_encode_tag((uint64_t)node->integer, w->out,
		    w->left));
		break;
	}
}

static void
put_node(struct writer *w, const struct node *node)
{
	put_head(w, node);
	if (is_string(node) && !w->full)
		put_raw(w, node->bytes, node->len);
	for (const struct node *at = node->first; at != NULL && !w->full;
	    at = at->next)
		put_node(w, at);
}

size_t
cbor_print(const struct node *node, unsigned char *out, size_t capacity)
{
	struct writer w = { .out = out, .left = capacity };

	put_node(&w, node);
	return w.full ? 0 : w.used;
}
