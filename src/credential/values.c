/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * values - value sets as data: what a code in a document stands for.
 *
 * One set a text, in the form in which the EU eHealth Network publishes them
 * (contrib/value-sets/): what diseases, vaccines and provinces there are is in
 * no table of the program. Sets grow; an unknown code is shown as it is, never
 * refused for that.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SET_NODES_MAX 65536 /* the list of all test devices has 20,000 */
#define SET_BYTES_MAX (4u << 20)
#define CODE_MAX 64   /* bytes, as all below */
#define LABEL_MAX 160

struct set {
	struct tree *tree;         /* of which the entries are borrowed */
	const struct node *values; /* NULL: the set is not there */
};

struct credential_values {
	struct set sets[VALUES_COUNT];
};

/* What a set is called where it is published, and what is told of an entry:
 * its display, or the word of the facts (chot-policy(5)) that it stands for. */
static const struct {
	const char *id, *told;
} kinds[VALUES_COUNT] = {
	[VALUES_PROVINCE] = { "vn-provinces", "display" },
	[VALUES_PLATE_PROVINCE] = { "vn-plate-provinces", "display" },
	[VALUES_DISEASE] = { "disease-agent-targeted", "display" },
	[VALUES_VACCINE] = { "sct-vaccines-covid-19", "display" },
	[VALUES_PRODUCT] = { "vaccines-covid-19-names", "display" },
	[VALUES_MANUFACTURER] = { "vaccines-covid-19-auth-holders", "display" },
	[VALUES_TEST_TYPE] = { "covid-19-lab-test-type", "fact" },
	[VALUES_TEST_RESULT] = { "covid-19-lab-result", "fact" },
	[VALUES_TEST_DEVICE] = { "covid-19-lab-test-manufacturer-and-name",
	    "display" },
	[VALUES_CVX] = { "cvx", "display" },
};

/* ---- reading one -------------------------------------------------------------------- */

/* The line on which the word stands in quotes, 1 when it is written oddly. */
static int
line_of(const char *text, size_t n, const char *word)
{
	size_t len = strlen(word);
	int line = 1;

	for (size_t i = 0; i + len + 1 < n; i++) {
		line += text[i] == '\n';
		if (text[i] == '"' && memcmp(text + i + 1, word, len) == 0 &&
		    text[i + 1 + len] == '"')
			return line;
	}
	return 1;
}

static bool
is_short(const char *text, size_t most)
{
	return text != NULL && text[0] != '\0' && strlen(text) < most;
}

/* NULL: every entry is a code with something to tell of it. code: which. */
static const char *
check_entries(const struct node *values, const char **code)
{
	for (const struct node *key = values->first; key != NULL;
	    key = key->next->next) {
		*code = node_string(key);
		if (!is_short(*code, CODE_MAX)) {
			*code = "valueSetValues";
			return "a code is empty or too long";
		}
		if (!is_short(node_string(node_get(key->next, "display")),
		    LABEL_MAX))
			return "the code has no display, or a long one";
	}
	return NULL;
}

static int
find_kind(const struct node *root)
{
	const char *id = node_string(node_get(root, "valueSetId"));

	for (int i = 0; id != NULL && i < VALUES_COUNT; i++)
		if (strcmp(kinds[i].id, id) == 0)
			return i;
	return -1;
}

static int
read_set(struct set *set, int *kind, const char *text, size_t n, int *line,
    char words[JSON_WORDS_MAX])
{
	const struct node *root = json_parse_told(set->tree, text, n, line,
	    words);
	const char *at = "valueSetId", *problem;

	if (root == NULL)
		return -1;
	*kind = find_kind(root);
	set->values = node_get(root, "valueSetValues");
	if (*kind < 0) {
		problem = "no value set of a known name";
	} else if (set->values == NULL || set->values->kind != NODE_MAP) {
		at = "valueSetValues";
		problem = "the set has no values";
	} else {
		problem = check_entries(set->values, &at);
	}
	if (problem == NULL)
		return 0;
	*line = line_of(text, n, at);
	snprintf(words, JSON_WORDS_MAX, "%s", problem);
	return -1;
}

/* ---- the door --------------------------------------------------------------------------- */

struct credential_values *
credential_values_new(void)
{
	struct credential_values *values = calloc(1, sizeof(*values));

	if (values == NULL)
		mem_none();
	return values;
}

void
credential_values_free(struct credential_values *values)
{
	if (values == NULL)
		return;
	for (size_t i = 0; i < VALUES_COUNT; i++)
		tree_free(values->sets[i].tree);
	free(values);
}

int
credential_values_add(struct credential_values *values, const char *name,
    const char *text, size_t n, struct err *err)
{
	struct set set = { .tree = tree_new_sized(SET_NODES_MAX,
	    SET_BYTES_MAX) };
	char words[JSON_WORDS_MAX];
	int kind, line;

	if (read_set(&set, &kind, text, n, &line, words) != 0) {
		tree_free(set.tree);
		return err_set(err, ERR_INPUT, "%s:%d: %s", name, line,
		    words);
	}
	tree_free(values->sets[kind].tree);
	values->sets[kind] = set;
	return 0;
}

/* ---- for the room ------------------------------------------------------------------------- */

const char *
value_label(const struct credential_context *context, enum value_set set,
    const char *code)
{
	const struct credential_values *values = context == NULL ? NULL :
	    context->values;

	return !value_known(context, set) ? NULL : node_string(node_get(
	    node_get(values->sets[set].values, code), kinds[set].told));
}

bool
value_known(const struct credential_context *context, enum value_set set)
{
	return context != NULL && context->values != NULL &&
	    context->values->sets[set].values != NULL;
}
