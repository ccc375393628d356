/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cddl_make - values that a rule allows, by a stream of numbers.
 */
#include "cddl.h"

#include <string.h>

struct maker {
	const struct cddl *g;
	struct tree *tree;
	cddl_make_fn make;
	uint32_t (*random)(void *arg);
	void *arg;
};

static struct node *make(const struct maker *m, int type);

static struct node *
make_string(const struct maker *m, const struct type *t, enum node_kind kind)
{
	static const char letters[] = "AaBcDe123 -/";
	struct node *v = tree_node(m->tree, kind);
	int64_t most = t->size_high < 24 ? t->size_high : 24;
	size_t n = 0;
	char text[CREDENTIAL_VALUE_MAX];

	if (t->sized)
		n = (size_t)(t->size_low + m->random(m->arg) %
		    (t->size_low < most ? most - t->size_low + 1 : 1));
	for (size_t i = 0; i < n; i++)
		text[i] = letters[m->random(m->arg) % (i == 0 ? 9 : 12)];
	tree_bytes(m->tree, v, text, n);
	return v;
}

static struct node *
make_bytes(const struct maker *m, const struct type *t)
{
	unsigned char bytes[4096];
	struct node *v = tree_node(m->tree, NODE_BYTES);

	tree_bytes(m->tree, v, bytes, cbor_print(make(m, t->inside), bytes,
	    sizeof(bytes)));
	return v;
}

static struct node *
make_name(const struct maker *m, const struct type *t)
{
	int rule = cddl_rule(m->g, t->name);
	struct node *v = m->make == NULL || rule < 0 ? NULL :
	    m->make(m->tree, t->name, m->random, m->arg);

	if (v != NULL)
		return v;
	if (rule >= 0)
		return make(m, rule);
	if (strcmp(t->name, "bool") == 0) {
		v = tree_node(m->tree, NODE_BOOL);
		v->integer = m->random(m->arg) % 2;
		return v;
	}
	if (strcmp(t->name, "tstr") == 0)
		return make_string(m, t, NODE_TEXT);
	if (strcmp(t->name, "bstr") == 0)
		return t->inside >= 0 ? make_bytes(m, t) :
		    make_string(m, t, NODE_BYTES);
	/* uint, any: numbers that no key of today is */
	return tree_int(m->tree, 1000 + m->random(m->arg) % 1000000);
}

static void
make_entries(const struct maker *m, const struct type *t, struct node *v)
{
	for (int i = 0; i < t->n; i++) {
		const struct entry *e = &m->g->entries[t->first + i];
		const struct type *group = cddl_group(m->g, e);
		int64_t most = e->high < 3 ? e->high : 3;
		int64_t n = e->low + m->random(m->arg) % (most - e->low + 1);

		if (group != NULL)
			make_entries(m, group, v);
		for (; group == NULL && n > 0; n--) {
			if (e->key >= 0)
				node_append(v, make(m, e->key));
			node_append(v, make(m, e->type));
		}
	}
}

static struct node *
make(const struct maker *m, int type)
{
	const struct type *t = &m->g->types[type];
	struct node *v;

	while (t->or >= 0 && m->random(m->arg) % 3 != 0)
		t = &m->g->types[t->or];
	switch (t->form) {
	case FORM_NAME_OF:
		return make_name(m, t);
	case FORM_NUMBER_OF:
		return tree_int(m->tree, t->low + (int64_t)(m->random(m->arg) %
		    (uint64_t)(t->high - t->low + 1)));
	case FORM_TAG:
		v = tree_node(m->tree, NODE_TAG);
		v->integer = t->low;
		node_append(v, make(m, t->inside));
		return v;
	case FORM_ARRAY: /* FALLTHROUGH */
	case FORM_MAP: /* FALLTHROUGH */
	case FORM_GROUP:
		v = tree_node(m->tree, t->form == FORM_ARRAY ? NODE_ARRAY :
		    NODE_MAP);
		make_entries(m, t, v);
		return v;
	}
	return NULL;
}

struct node *
cddl_make(const struct cddl *g, const char *rule, struct tree *tree,
    cddl_make_fn hook, uint32_t (*random)(void *arg), void *arg)
{
	struct maker m = { g, tree, hook, random, arg };

	return make(&m, cddl_rule(g, rule));
}
