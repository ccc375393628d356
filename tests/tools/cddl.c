/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cddl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parsing -------------------------------------------------------------------------- */

static int parse_type(struct cddl *g);

static void
fail(const struct cddl *g, const char *words)
{
	fprintf(stderr, "cddl: %s at \"%.40s\"\n", words, g->at);
	abort();
}

static void
skip(struct cddl *g)
{
	while (isspace((unsigned char)*g->at) || *g->at == ';')
		if (*g->at == ';')
			g->at += strcspn(g->at, "\n");
		else
			g->at++;
}

static bool
take(struct cddl *g, const char *token)
{
	skip(g);
	if (strncmp(g->at, token, strlen(token)) != 0)
		return false;
	g->at += strlen(token);
	return true;
}

static void
need(struct cddl *g, const char *token)
{
	if (!take(g, token))
		fail(g, token);
}

static bool
take_number(struct cddl *g, int64_t *value)
{
	char *end;

	skip(g);
	if (!isdigit((unsigned char)*g->at) && !(*g->at == '-' &&
	    isdigit((unsigned char)g->at[1])))
		return false;
	*value = strtoll(g->at, &end, 10);
	g->at = end;
	return true;
}

static void
take_name(struct cddl *g, char name[32])
{
	size_t n = strspn(g->at, "abcdefghijklmnopqrstuvwxyz-");

	if (n == 0 || n >= 32)
		fail(g, "a name is expected");
	memcpy(name, g->at, n);
	name[n] = '\0';
	g->at += n;
}

/* "2*5 ", "* ", "? ", or nothing: once. */
static void
parse_often(struct cddl *g, struct entry *e)
{
	const char *start = g->at;

	*e = (struct entry){ .low = 1, .high = 1, .key = -1 };
	if (take(g, "?")) {
		e->low = 0;
		return;
	}
	if (!take_number(g, &e->low))
		e->low = 0;
	if (!take(g, "*")) {
		g->at = start;
		e->low = 1;
	} else if (!take_number(g, &e->high)) {
		e->high = MANY;
	}
}

static void
parse_entry(struct cddl *g, struct entry *e, bool map)
{
	parse_often(g, e);
	e->type = parse_type(g);
	if (take(g, ":"))
		e->cut = true;
	else if (!take(g, "=>"))
		return;
	if (map)
		e->key = e->type;
	e->type = parse_type(g); /* the label of an array says nothing */
}

static void
parse_entries(struct cddl *g, struct type *t, const char *end)
{
	struct entry list[32];

	for (t->n = 0; !take(g, end); take(g, ","))
		parse_entry(g, &list[t->n++], t->form != FORM_ARRAY);
	t->first = g->nentries;
	memcpy(&g->entries[g->nentries], list,
	    (size_t)t->n * sizeof(list[0]));
	g->nentries += t->n;
}

static void
parse_control(struct cddl *g, struct type *t)
{
	if (take(g, ".cbor")) {
		t->inside = parse_type(g);
	} else if (take(g, ".size")) {
		t->sized = true;
		if (!take(g, "(")) {
			take_number(g, &t->size_low);
			t->size_high = t->size_low;
			return;
		}
		take_number(g, &t->size_low);
		need(g, "..");
		take_number(g, &t->size_high);
		need(g, ")");
	}
}

static void
parse_one(struct cddl *g, struct type *t)
{
	*t = (struct type){ .inside = -1, .or = -1 };
	skip(g);
	if (take(g, "#6.")) {
		t->form = FORM_TAG;
		take_number(g, &t->low);
		need(g, "(");
		t->inside = parse_type(g);
		need(g, ")");
	} else if (take_number(g, &t->low)) {
		t->form = FORM_NUMBER_OF;
		t->high = t->low;
		if (take(g, ".."))
			take_number(g, &t->high);
	} else if (take(g, "[")) {
		t->form = FORM_ARRAY;
		parse_entries(g, t, "]");
	} else if (take(g, "{")) {
		t->form = FORM_MAP;
		parse_entries(g, t, "}");
	} else if (take(g, "(")) {
		t->form = FORM_GROUP;
		parse_entries(g, t, ")");
	} else {
		t->form = FORM_NAME_OF;
		take_name(g, t->name);
		parse_control(g, t);
	}
}

/* Index of the first alternative. */
static int
parse_type(struct cddl *g)
{
	struct type t;
	int index, or = -1;

	parse_one(g, &t);
	if (take(g, "/"))
		or = parse_type(g);
	t.or = or;
	index = g->ntypes++;
	g->types[index] = t;
	return index;
}

struct cddl *
cddl_parse(const char *text)
{
	struct cddl *g = calloc(1, sizeof(*g));

	if (g == NULL)
		mem_none();
	g->at = text;
	for (skip(g); *g->at != '\0'; skip(g)) {
		struct rule *rule = &g->rules[g->nrules++];

		take_name(g, rule->name);
		need(g, "=");
		rule->type = parse_type(g);
	}
	return g;
}

void
cddl_free(struct cddl *g)
{
	free(g);
}

int
cddl_rule(const struct cddl *g, const char *name)
{
	for (int i = 0; i < g->nrules; i++)
		if (strcmp(g->rules[i].name, name) == 0)
			return g->rules[i].type;
	return -1;
}

const struct type *
cddl_group(const struct cddl *g, const struct entry *e)
{
	const struct type *t = &g->types[e->type];
	int rule = t->form == FORM_NAME_OF ? cddl_rule(g, t->name) : -1;

	return e->key < 0 && rule >= 0 && g->types[rule].form == FORM_GROUP ?
	    &g->types[rule] : NULL;
}

/* ---- does it fit? ---------------------------------------------------------------------- */

static bool fits(const struct cddl *g, int type, const struct node *v,
    struct tree *tree);

static bool
fits_name(const struct cddl *g, const struct type *t, const struct node *v,
    struct tree *tree)
{
	static const struct {
		const char *name;
		enum node_kind kind;
	} kinds[] = { { "tstr", NODE_TEXT }, { "bstr", NODE_BYTES },
		{ "uint", NODE_INT }, { "bool", NODE_BOOL } };
	int rule = cddl_rule(g, t->name);
	int64_t len = (int64_t)v->len;

	if (strcmp(t->name, "any") == 0)
		return true;
	if (rule >= 0)
		return fits(g, rule, v, tree);
	for (size_t i = 0; i < nitems(kinds); i++) {
		const struct node *inside;

		if (strcmp(kinds[i].name, t->name) != 0)
			continue;
		if (v->kind != kinds[i].kind || (v->kind == NODE_INT &&
		    v->integer < 0) || (t->sized && (len < t->size_low ||
		    len > t->size_high)))
			return false;
		if (t->inside < 0)
			return true;
		inside = cbor_parse(tree, v->bytes, v->len);
		return inside != NULL && fits(g, t->inside, inside, tree);
	}
	fail(g, t->name);
	return false;
}

/* All of the entries in order, from *at on. */
static bool
fits_array(const struct cddl *g, const struct type *t, const struct node *v,
    struct tree *tree)
{
	const struct node *at = v->first;

	for (int i = 0; i < t->n; i++) {
		const struct entry *e = &g->entries[t->first + i];
		int64_t n = 0;

		while (at != NULL && n < e->high &&
		    fits(g, e->type, at, tree)) {
			at = at->next;
			n++;
		}
		if (n < e->low)
			return false;
	}
	return at == NULL;
}

/* Of the pairs of a map, which an entry has taken. */
struct pairs {
	const struct node *map;
	bool taken[64];
};

static bool
fits_pairs(const struct cddl *g, const struct type *t, struct pairs *pairs,
    struct tree *tree)
{
	for (int i = 0; i < t->n; i++) {
		const struct entry *e = &g->entries[t->first + i];
		const struct type *group = cddl_group(g, e);
		const struct node *at = pairs->map->first;
		int64_t n = 0;

		if (group != NULL && !fits_pairs(g, group, pairs, tree))
			return false;
		if (group != NULL)
			continue;
		for (size_t k = 0; at != NULL; at = at->next->next, k++) {
			if (pairs->taken[k] || !fits(g, e->key, at, tree))
				continue;
			if (n < e->high && fits(g, e->type, at->next, tree)) {
				pairs->taken[k] = true;
				n++;
			} else if (e->cut) {
				return false;
			}
		}
		if (n < e->low)
			return false;
	}
	return true;
}

static bool
fits_map(const struct cddl *g, const struct type *t, const struct node *v,
    struct tree *tree)
{
	struct pairs pairs = { .map = v };

	if (v->count / 2 > nitems(pairs.taken))
		fail(g, "too many pairs");
	if (!fits_pairs(g, t, &pairs, tree))
		return false;
	for (size_t i = 0; i < v->count / 2; i++)
		if (!pairs.taken[i])
			return false;
	return true;
}

static bool
fits_one(const struct cddl *g, const struct type *t, const struct node *v,
    struct tree *tree)
{
	switch (t->form) {
	case FORM_NAME_OF:
		return fits_name(g, t, v, tree);
	case FORM_NUMBER_OF:
		return v->kind == NODE_INT && v->integer >= t->low &&
		    v->integer <= t->high;
	case FORM_ARRAY:
		return v->kind == NODE_ARRAY && fits_array(g, t, v, tree);
	case FORM_MAP:
		return v->kind == NODE_MAP && fits_map(g, t, v, tree);
	case FORM_TAG:
		return v->kind == NODE_TAG && v->integer == t->low &&
		    fits(g, t->inside, v->first, tree);
	case FORM_GROUP:
		break;
	}
	fail(g, "a group is no type");
	return false;
}

static bool
fits(const struct cddl *g, int type, const struct node *v, struct tree *tree)
{
	for (; type >= 0; type = g->types[type].or)
		if (fits_one(g, &g->types[type], v, tree))
			return true;
	return false;
}

bool
cddl_fits(const struct cddl *g, const char *rule, const struct node *v,
    struct tree *tree)
{
	return fits(g, cddl_rule(g, rule), v, tree);
}
