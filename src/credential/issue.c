/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * issue - makes one of our own signed documents from JSON: the names that
 * own.c prints, the tables of own_fields.c, a private key.
 *
 * An unknown name, a wrong type or a missing field is refused: what a tool
 * signs must be what somebody meant.
 */
#include "own.h"

#include <stdio.h>
#include <string.h>

#define LABEL_ALG 1
#define LABEL_KID 4
#define TAG_COSE_SIGN1 18
#define CLAIMS_MAX 4096

static bool
add(struct tree *tree, struct node *map, int64_t key, struct node *value)
{
	struct node *name = tree_int(tree, key);

	if (name == NULL || value == NULL)
		return false;
	node_append(map, name);
	node_append(map, value);
	return true;
}

static struct node *
text_node(struct tree *tree, const char *text)
{
	char clean[CREDENTIAL_VALUE_MAX];
	size_t n = strlen(text);

	/* NFC, so that equal names are equal bytes; nothing is cut. */
	if (n >= sizeof(clean))
		return NULL;
	text_nfc(text, n, clean, sizeof(clean));
	return tree_text(tree, clean);
}

static struct node *
date_node(struct tree *tree, const char *text)
{
	char date[11];
	int parts[3] = { 0, 0, 0 };

	if (text == NULL || !date_from_iso(text, strlen(text), date))
		return NULL;
	sscanf(date, "%d-%d-%d", &parts[0], &parts[1], &parts[2]);
	return tree_int(tree, parts[0] * 10000 + parts[1] * 100 + parts[2]);
}

static struct node *
time_node(struct tree *tree, const struct node *value)
{
	const char *text = node_string(value);
	int64_t at;

	if (text != NULL ? time_parse(text, VIETNAM_OFFSET_S, &at) != 0 :
	    !node_integer(value, &at))
		return NULL;
	return clock_plausible(at, 0) ? tree_int(tree, at) : NULL;
}

static struct node *
words_node(struct tree *tree, const struct node *list)
{
	struct node *out = tree_node(tree, NODE_ARRAY), *word;

	if (out == NULL || list->kind != NODE_ARRAY)
		return NULL;
	for (const struct node *at = list->first; at != NULL; at = at->next) {
		if (node_string(at) == NULL ||
		    (word = text_node(tree, at->bytes)) == NULL)
			return NULL;
		node_append(out, word);
	}
	return out;
}

/* {"name":..., "id":..., "birth":...} as a short list. */
static struct node *
person_node(struct tree *tree, const struct node *person)
{
	const char *name = node_string(node_get(person, "name"));
	const char *id = node_string(node_get(person, "id"));
	const struct node *birth = node_get(person, "birth");
	struct node *out = tree_node(tree, NODE_ARRAY);
	struct node *parts[3] = { 0 };

	if (out == NULL || name == NULL)
		return NULL;
	parts[0] = text_node(tree, name);
	parts[1] = text_node(tree, id != NULL ? id : "");
	parts[2] = birth == NULL ? NULL : date_node(tree, node_string(birth));
	if (parts[0] == NULL || parts[1] == NULL ||
	    (birth != NULL && parts[2] == NULL))
		return NULL;
	for (size_t i = 0; i < nitems(parts); i++)
		if (parts[i] != NULL)
			node_append(out, parts[i]);
	return out;
}

static struct node *
people_node(struct tree *tree, const struct node *list)
{
	struct node *out = tree_node(tree, NODE_ARRAY), *person;

	if (out == NULL || list->kind != NODE_ARRAY)
		return NULL;
	for (const struct node *at = list->first; at != NULL; at = at->next) {
		if ((person = person_node(tree, at)) == NULL)
			return NULL;
		node_append(out, person);
	}
	return out;
}

static struct node *
bytes_node(struct tree *tree, const void *bytes, size_t n)
{
	struct node *node = tree_node(tree, NODE_BYTES);

	return node != NULL && tree_bytes(tree, node, bytes, n) ? node : NULL;
}

/* 32 hexadecimal digits. */
static struct node *
secret_node(struct tree *tree, const char *text)
{
	unsigned char secret[CREDENTIAL_SECRET_BYTES];
	struct node *node;

	if (text == NULL || strlen(text) != 2 * sizeof(secret) ||
	    hex_parse(text, strlen(text), secret, sizeof(secret)) !=
	    (ssize_t)sizeof(secret))
		return NULL;
	node = bytes_node(tree, secret, sizeof(secret));
	explicit_bzero(secret, sizeof(secret));
	return node;
}

/* NULL: not a value of the field's type. */
static struct node *
value_node(struct tree *tree, const struct own_field *field,
    const struct node *value)
{
	const char *text = node_string(value);
	struct node *out;
	int64_t n;

	switch (field->type) {
	case OWN_COUNTRY:
		return text != NULL && strlen(text) == 3 &&
		    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 ?
		    tree_text(tree, text) : NULL;
	case OWN_TEXT:
		return text != NULL && text[0] != '\0' ?
		    text_node(tree, text) : NULL;
	case OWN_DATE:
		return date_node(tree, text);
	case OWN_TIME:
		return time_node(tree, value);
	case OWN_COUNT:
		return node_integer(value, &n) && n >= 0 ?
		    tree_int(tree, n) : NULL;
	case OWN_FLAG:
		if (value->kind != NODE_BOOL ||
		    (out = tree_node(tree, NODE_BOOL)) == NULL)
			return NULL;
		out->integer = value->integer;
		return out;
	case OWN_SEX:
		if (text == NULL || (strcmp(text, "male") != 0 &&
		    strcmp(text, "female") != 0))
			return NULL;
		return tree_int(tree, text[0] == 'm' ? 1 : 2);
	case OWN_WORDS:
		return words_node(tree, value);
	case OWN_PEOPLE:
		return people_node(tree, value);
	case OWN_SECRET:
		return secret_node(tree, text);
	}
	return NULL;
}

/* Names that are no field of any kind but say how to issue. */
static bool
is_envelope(const char *name)
{
	static const char *const names[] = { "kind", "iss", "exp", "iat" };

	for (size_t i = 0; i < nitems(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool
is_field(const struct own_kind *kind, const char *name)
{
	const struct own_field *field;

	for (size_t i = 0; (field = own_field_nth(kind, i)) != NULL; i++)
		if (strcmp(field->name, name) == 0)
			return true;
	return false;
}

static int
check_names(const struct own_kind *kind, const struct node *json,
    struct err *err)
{
	for (const struct node *at = json->first; at != NULL;
	    at = at->next->next)
		if (!is_envelope(at->bytes) && !is_field(kind, at->bytes))
			return err_set(err, ERR_INPUT,
			    "a %s has no field \"%s\"",
			    credential_kind_word(kind->kind), at->bytes);
	return 0;
}

static struct node *
own_node(struct tree *tree, const struct own_kind *kind,
    const struct node *json, struct err *err)
{
	struct node *map = tree_node(tree, NODE_MAP);
	const struct own_field *field;

	if (map == NULL || check_names(kind, json, err) != 0 ||
	    !add(tree, map, OWN_KIND, tree_int(tree, kind->code)))
		return NULL;
	for (size_t i = 0; (field = own_field_nth(kind, i)) != NULL; i++) {
		const struct node *value = node_get(json, field->name);

		if (value == NULL && field->required) {
			err_set(err, ERR_INPUT, "the field \"%s\" is missing",
			    field->name);
			return NULL;
		}
		if (value != NULL && !add(tree, map, field->key,
		    value_node(tree, field, value))) {
			err_set(err, ERR_INPUT,
			    "the field \"%s\" has a wrong value", field->name);
			return NULL;
		}
	}
	return map;
}

static struct node *
claims_node(struct tree *tree, const struct node *json, int64_t now,
    struct err *err)
{
	const char *word = node_string(node_get(json, "kind"));
	const struct own_kind *kind = word == NULL ? NULL :
	    own_kind_of_word(word);
	const struct node *issuer = node_get(json, "iss");
	const struct node *from = node_get(json, "iat");
	const struct node *until = node_get(json, "exp");
	struct node *claims = tree_node(tree, NODE_MAP), *own;

	if (kind == NULL) {
		err_set(err, ERR_INPUT, "no kind of document that can be issued");
		return NULL;
	}
	if ((own = own_node(tree, kind, json, err)) == NULL)
		return NULL;
	if (claims == NULL || (issuer != NULL && (node_string(issuer) == NULL ||
	    !add(tree, claims, CLAIM_ISS, text_node(tree, issuer->bytes)))) ||
	    (until != NULL && !add(tree, claims, CLAIM_EXP,
	    time_node(tree, until))) ||
	    !add(tree, claims, CLAIM_IAT, from != NULL ?
	    time_node(tree, from) : tree_int(tree, now)) ||
	    !add(tree, claims, CLAIM_OWN, own)) {
		err_set(err, ERR_INPUT, "iss, iat or exp has a wrong value");
		return NULL;
	}
	return claims;
}

static struct node *
list_node(struct tree *tree, struct node *const *parts, size_t n)
{
	struct node *list = tree_node(tree, NODE_ARRAY);

	for (size_t i = 0; i < n && list != NULL; i++) {
		if (parts[i] == NULL)
			return NULL;
		node_append(list, parts[i]);
	}
	return list;
}

/* The whole message as bytes, 0: it does not fit. */
static size_t
sign(struct tree *tree, const struct node *claims, const struct key *key,
    unsigned char *out, size_t capacity)
{
	unsigned char bytes[CLAIMS_MAX], signature[64];
	struct node *header = tree_node(tree, NODE_MAP), *parts[4], *tag;
	size_t n = cbor_print(claims, bytes, sizeof(bytes));
	int64_t alg = key_alg(key) == ALG_ES256 ? -7 : -8;

	if (n == 0 || header == NULL)
		return 0;
	parts[2] = bytes_node(tree, bytes, n);
	add(tree, header, LABEL_ALG, tree_int(tree, alg));
	add(tree, header, LABEL_KID, bytes_node(tree, key->kid, KID_BYTES));
	n = cbor_print(header, bytes, sizeof(bytes));
	parts[0] = bytes_node(tree, bytes, n);
	parts[1] = tree_node(tree, NODE_MAP);
	if (parts[0] == NULL || parts[2] == NULL)
		return 0;
	n = cose_signed_bytes(parts[0], parts[2], bytes, sizeof(bytes));
	if (n == 0 || !key_sign(key, bytes, n, signature))
		return 0;
	parts[3] = bytes_node(tree, signature, sizeof(signature));
	tag = tree_node(tree, NODE_TAG);
	if (tag == NULL)
		return 0;
	tag->integer = TAG_COSE_SIGN1;
	node_append(tag, list_node(tree, parts, nitems(parts)));
	return cbor_print(tag, out, capacity);
}

/* Nobody is handed what a post would call incomplete. */
static int
read_back(const char *text, struct err *err)
{
	struct credential_context context = { 0 };
	struct credential made;

	credential_decode((const unsigned char *)text, strlen(text), &context,
	    &made);
	return made.kind != CREDENTIAL_ERROR &&
	    strcmp(made.verification.schema, "valid") == 0 ? 0 :
	    err_set(err, ERR_INPUT,
	    "a field is too long, a list has too many, or a text is blank");
}

static int
issue(struct tree *tree, const char *text, size_t n, const struct key *key,
    int64_t now, char out[CREDENTIAL_TEXT_MAX + 1], struct err *err)
{
	unsigned char message[CLAIMS_MAX + 256], packed[2 * CLAIMS_MAX];
	const struct node *json = json_parse(tree, text, n), *claims;
	ssize_t len;

	if (json == NULL || json->kind != NODE_MAP)
		return err_set(err, ERR_INPUT, "not a JSON object");
	if ((claims = claims_node(tree, json, now, err)) == NULL)
		return -1;
	n = sign(tree, claims, key, message, sizeof(message));
	len = n == 0 ? -1 : deflate_bytes(message, n, packed, sizeof(packed));
	if (len < 0 || OWN_PREFIX_LEN + (size_t)len * 3 / 2 + 2 >
	    CREDENTIAL_TEXT_MAX)
		return err_set(err, ERR_INPUT, "the document is too large for a code");
	memcpy(out, OWN_PREFIX, OWN_PREFIX_LEN);
	base45_encode(packed, (size_t)len, out + OWN_PREFIX_LEN);
	return read_back(out, err);
}

int
credential_issue(const char *json, size_t n, const char *key_pem,
    int64_t now, char out[CREDENTIAL_TEXT_MAX + 1], struct err *err)
{
	struct tree *tree;
	struct key key;
	int result;

	if (!key_from_private(&key, key_pem))
		return err_set(err, ERR_SETUP,
		    "the key is no private key in PEM, P-256 or Ed25519");
	tree = tree_new();
	result = issue(tree, json, n, &key, now, out, err);
	tree_free(tree);
	key_clear(&key);
	return result;
}

int
credential_key_make(char secret_pem[CREDENTIAL_PEM_MAX],
    char public_pem[CREDENTIAL_PEM_MAX], struct err *err)
{
	return key_make(secret_pem, public_pem) ? 0 :
	    err_set(err, ERR_RETRY, "no key could be made");
}
