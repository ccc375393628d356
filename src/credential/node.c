/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * node - values of CBOR and JSON as one kind of tree, so that formats are
 * read the same way whatever they are written in.
 *
 * The input is hostile: nodes and bytes are counted against fixed limits,
 * over which a tree gives nothing more and the document is refused.
 */
#include "parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_NODES 64

struct block {
	struct block *next;
	struct node nodes[BLOCK_NODES];
};

struct chunk {
	struct chunk *next;
	size_t n;
	char bytes[];
};

struct tree {
	struct block *blocks;
	struct chunk *chunks;
	size_t nnodes, nbytes, nodes_max, bytes_max;
};

static void *
allocate(size_t n)
{
	void *memory = malloc(n);

	if (memory == NULL)
		mem_none();
	return memory;
}

struct tree *
tree_new_sized(size_t nodes_max, size_t bytes_max)
{
	struct tree *tree = allocate(sizeof(*tree));

	*tree = (struct tree){ .nodes_max = nodes_max,
		.bytes_max = bytes_max };
	return tree;
}

struct tree *
tree_new(void)
{
	return tree_new_sized(TREE_NODES_MAX, TREE_BYTES_MAX);
}

/* Wiped: a badge holds a secret, and everything else is somebody's. */
void
tree_free(struct tree *tree)
{
	if (tree == NULL)
		return;
	while (tree->blocks != NULL) {
		struct block *next = tree->blocks->next;

		explicit_bzero(tree->blocks, sizeof(*tree->blocks));
		free(tree->blocks);
		tree->blocks = next;
	}
	while (tree->chunks != NULL) {
		struct chunk *next = tree->chunks->next;

		explicit_bzero(tree->chunks->bytes, tree->chunks->n);
		free(tree->chunks);
		tree->chunks = next;
	}
	free(tree);
}

struct node *
tree_node(struct tree *tree, enum node_kind kind)
{
	struct node *node;

	if (tree->nnodes == tree->nodes_max)
		return NULL;
	if (tree->nnodes % BLOCK_NODES == 0) {
		struct block *block = allocate(sizeof(*block));

		block->next = tree->blocks;
		tree->blocks = block;
	}
	node = &tree->blocks->nodes[tree->nnodes++ % BLOCK_NODES];
	*node = (struct node){ .kind = kind, .bytes = "" };
	return node;
}

bool
tree_bytes(struct tree *tree, struct node *node, const void *bytes, size_t n)
{
	struct chunk *chunk;

	if (n > tree->bytes_max - tree->nbytes)
		return false;
	tree->nbytes += n;
	chunk = allocate(sizeof(*chunk) + n + 1);
	if (n > 0)
		memcpy(chunk->bytes, bytes, n);
	chunk->bytes[n] = '\0';
	chunk->n = n;
	chunk->next = tree->chunks;
	tree->chunks = chunk;
	node->bytes = chunk->bytes;
	node->len = n;
	return true;
}

struct node *
tree_text(struct tree *tree, const char *text)
{
	struct node *node = tree_node(tree, NODE_TEXT);

	if (node == NULL || !tree_bytes(tree, node, text, strlen(text)))
		return NULL;
	return node;
}

struct node *
tree_int(struct tree *tree, int64_t value)
{
	struct node *node = tree_node(tree, NODE_INT);

	if (node != NULL)
		node->integer = value;
	return node;
}

void
node_append(struct node *parent, struct node *child)
{
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	parent->count++;
}

static bool
is_map(const struct node *node)
{
	return node != NULL && node->kind == NODE_MAP;
}

const struct node *
node_get(const struct node *map, const char *key)
{
	size_t n = strlen(key);

	if (!is_map(map))
		return NULL;
	for (const struct node *at = map->first; at != NULL && at->next != NULL;
	    at = at->next->next)
		if (at->kind == NODE_TEXT && at->len == n &&
		    memcmp(at->bytes, key, n) == 0)
			return at->next;
	return NULL;
}

const struct node *
node_get_int(const struct node *map, int64_t key)
{
	if (!is_map(map))
		return NULL;
	for (const struct node *at = map->first; at != NULL && at->next != NULL;
	    at = at->next->next)
		if (at->kind == NODE_INT && at->integer == key)
			return at->next;
	return NULL;
}

const struct node *
node_nth(const struct node *array, size_t i)
{
	const struct node *at;

	if (array == NULL || array->kind != NODE_ARRAY)
		return NULL;
	for (at = array->first; at != NULL && i > 0; i--)
		at = at->next;
	return at;
}

const char *
node_string(const struct node *node)
{
	if (node == NULL || node->kind != NODE_TEXT ||
	    strlen(node->bytes) != node->len)
		return NULL;
	return node->bytes;
}

bool
node_integer(const struct node *node, int64_t *value)
{
	if (node == NULL)
		return false;
	if (node->kind == NODE_INT) {
		*value = node->integer;
		return true;
	}
	/* Within what a double holds exactly. */
	if (node->kind != NODE_FLOAT || !(node->real > -9e15) ||
	    !(node->real < 9e15) ||
	    node->real != (double)(int64_t)node->real)
		return false;
	*value = (int64_t)node->real;
	return true;
}

bool
node_seconds(const struct node *node, int64_t *value)
{
	if (node == NULL || node->kind != NODE_FLOAT)
		return node_integer(node, value);
	if (!(node->real > -9e15) || !(node->real < 9e15))
		return false;
	*value = (int64_t)floor(node->real);
	return true;
}

static bool
same_children(const struct node *a, const struct node *b)
{
	const struct node *x = a->first, *y = b->first;

	while (x != NULL && y != NULL && node_equal(x, y)) {
		x = x->next;
		y = y->next;
	}
	return x == NULL && y == NULL;
}

/* Depth is bounded where trees are read. */
void
node_strip_tags(struct node *node)
{
	if (node == NULL)
		return;
	while (node->kind == NODE_TAG && node->first != NULL) {
		struct node *next = node->next;

		*node = *node->first;
		node->next = next;
	}
	for (struct node *at = node->first; at != NULL; at = at->next)
		node_strip_tags(at); /* as deep as NODE_DEPTH_MAX */
}

bool
node_equal(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind || a->integer != b->integer || a->len != b->len)
		return false;
	if (memcmp(a->bytes, b->bytes, a->len) != 0)
		return false;
	if (a->kind == NODE_FLOAT && memcmp(&a->real, &b->real,
	    sizeof(a->real)) != 0)
		return false;
	return same_children(a, b);
}

bool
node_has_duplicates(const struct node *map)
{
	for (const struct node *a = map->first; a != NULL; a = a->next->next)
		for (const struct node *b = a->next->next; b != NULL;
		    b = b->next->next)
			if (node_equal(a, b))
				return true;
	return false;
}
