/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - a credential as one JSON object, and JSON text to a tree. The only
 * module of the room that knows jansson.
 */
#include "parts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Own fields that are numbers; all others are strings. */
static const char *const numeric_fields[] = { "length", "dn", "sd", "doses",
	"doses_required", "people", "people_count", "companions_count",
	"part", "parts" };

static void
put(json_t *object, const char *name, const char *value)
{
	if (value[0] != '\0')
		json_object_set_new(object, name, json_string(value));
}

static bool
is_numeric(const char *name)
{
	for (size_t i = 0; i < nitems(numeric_fields); i++)
		if (strcmp(name, numeric_fields[i]) == 0)
			return true;
	return false;
}

static void
put_own_fields(json_t *object, const struct credential *c)
{
	for (size_t i = 0; i < c->nfields; i++) {
		const struct credential_field *field = &c->fields[i];

		if (json_object_get(object, field->name) != NULL)
			continue; /* the first stands */
		if (is_numeric(field->name))
			json_object_set_new(object, field->name,
			    json_integer(strtoll(field->value, NULL, 10)));
		else
			put(object, field->name, field->value);
	}
}

static void
put_verification(json_t *object, const struct credential_verification *v)
{
	json_t *result;

	if (!v->applies)
		return;
	result = json_object();
	json_object_set_new(result, "readable", json_boolean(v->readable));
	put(result, "signature", v->signature);
	put(result, "time", v->time);
	put(result, "schema", v->schema);
	put(result, "key_usage", v->key_usage);
	json_object_set_new(object, "verification", result);
}

/* Controls that JSON leaves alone but a terminal obeys. */
static bool
needs_escape(uint32_t code)
{
	return (code >= 0x7f && code <= 0x9f) || code == 0x061c ||
	    (code >= 0x200b && code <= 0x200f) ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

/* Takes and frees text. */
static char *
escape(char *text)
{
	size_t n = strlen(text), used = 0;
	char *out = malloc(6 * n + 1);

	if (out == NULL)
		mem_none();
	for (size_t at = 0; at < n;) {
		size_t start = at;
		uint32_t code = utf8_next(text, n, &at);

		if (needs_escape(code)) {
			used += (size_t)sprintf(out + used, "\\u%04x",
			    (unsigned)code);
		} else {
			memcpy(out + used, text + start, at - start);
			used += at - start;
		}
	}
	out[used] = '\0';
	free(text);
	return out;
}

char *
credential_json(const struct credential *c)
{
	json_t *object = json_object(), *warnings = json_array();
	char *text;

	put(object, "kind", credential_kind_word(c->kind));
	put(object, "error", c->error);
	put(object, "identity", c->identity);
	put(object, "id", c->id);
	put(object, "name", c->name);
	put(object, "birth", c->birth);
	put(object, "sex", c->sex);
	put(object, "nationality", c->nationality);
	put(object, "address", c->address);
	put(object, "issued", c->issued);
	put(object, "expires", c->expires);
	put_own_fields(object, c);
	for (size_t i = 0; i < c->nwarnings; i++)
		json_array_append_new(warnings, json_string(c->warnings[i]));
	json_object_set_new(object, "warnings", warnings);
	put_verification(object, &c->verification);
	put(object, "issuer_trust", credential_issuer(c));
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		mem_none();
	return escape(text);
}

/* ---- reading ------------------------------------------------------------------------ */

static struct node *convert(struct tree *tree, json_t *value, int depth);

static bool
convert_children(struct tree *tree, struct node *node, json_t *value,
    int depth)
{
	struct node *child;
	const char *key;
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item) {
		if ((child = convert(tree, item, depth + 1)) == NULL)
			return false;
		node_append(node, child);
	}
	json_object_foreach(value, key, item) {
		struct node *name = tree_text(tree, key);

		if (name == NULL ||
		    (child = convert(tree, item, depth + 1)) == NULL)
			return false;
		node_append(node, name);
		node_append(node, child);
	}
	return true;
}

static struct node *
convert(struct tree *tree, json_t *value, int depth)
{
	static const enum node_kind kinds[] = {
		[JSON_OBJECT] = NODE_MAP, [JSON_ARRAY] = NODE_ARRAY,
		[JSON_STRING] = NODE_TEXT, [JSON_INTEGER] = NODE_INT,
		[JSON_REAL] = NODE_FLOAT, [JSON_TRUE] = NODE_BOOL,
		[JSON_FALSE] = NODE_BOOL, [JSON_NULL] = NODE_NULL,
	};
	struct node *node;

	if (depth == NODE_DEPTH_MAX ||
	    (node = tree_node(tree, kinds[json_typeof(value)])) == NULL)
		return NULL;
	node->integer = json_is_true(value) ? 1 : json_integer_value(value);
	node->real = json_real_value(value);
	if (json_is_string(value) && !tree_bytes(tree, node,
	    json_string_value(value), json_string_length(value)))
		return NULL;
	return convert_children(tree, node, value, depth) ? node : NULL;
}

struct node *
json_parse_told(struct tree *tree, const char *text, size_t n, int *line,
    char words[JSON_WORDS_MAX])
{
	json_error_t error = { .line = 1 };
	json_t *value = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	struct node *node = value != NULL ? convert(tree, value, 0) : NULL;

	*line = value == NULL && error.line > 0 ? error.line : 1;
	snprintf(words, JSON_WORDS_MAX, "%s", node != NULL ? "" :
	    value != NULL ? "more values than there may be" :
	    json_error_code(&error) == json_error_duplicate_key ?
	    "a name is there twice" : "not JSON");
	json_decref(value);
	return node;
}

struct node *
json_parse(struct tree *tree, const char *text, size_t n)
{
	char words[JSON_WORDS_MAX];
	int line;

	return json_parse_told(tree, text, n, &line, words);
}
