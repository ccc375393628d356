/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own - our own signed documents: CP1:, then the container of a health
 * certificate with claims of ours (chot-credential(7)). Declaration, permit,
 * group list, green-lane card, badge, slip.
 *
 * They are proven by bare public keys only: a health authority's certificate
 * must not be able to sign a permit.
 */
#include "own.h"

#include <stdio.h>
#include <string.h>

#define MASK "********" /* of any length: it says nothing of the secret */

struct reading {
	const struct scan *scan;
	struct tree *tree;
	const struct node *own; /* the claims of ours, once they are read */
	struct credential *out;
};

bool
own_is(const struct scan *scan)
{
	return has_prefix(scan, OWN_PREFIX);
}

/* ---- fields ------------------------------------------------------------------------------- */

static bool
put_main(struct credential *out, const char *name, const char *text, size_t n,
    bool *done)
{
	static const struct {
		const char *name;
		size_t offset, capacity;
	} places[] = {
		{ "id", offsetof(struct credential, id), sizeof(out->id) },
		{ "name", offsetof(struct credential, name), sizeof(out->name) },
		{ "nationality", offsetof(struct credential, nationality),
		    sizeof(out->nationality) },
		{ "address", offsetof(struct credential, address),
		    sizeof(out->address) },
	};

	for (size_t i = 0; i < nitems(places); i++) {
		if (strcmp(name, places[i].name) != 0)
			continue;
		*done = true;
		return put_text(out, (char *)out + places[i].offset,
		    places[i].capacity, text, n);
	}
	return true;
}

/* A text that is one: not blank, no NUL in it. */
static bool
says(const struct node *value)
{
	const char *text = node_string(value);

	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

/* We write whole numbers; 1.0 is somebody else's. */
static bool
is_time(const struct node *value)
{
	return value != NULL && value->kind == NODE_INT &&
	    clock_plausible(value->integer, 0);
}

static bool
put_words(struct credential *out, const char *name, const struct node *list)
{
	char text[CREDENTIAL_VALUE_MAX] = "";
	size_t used = 0;

	if (list->kind != NODE_ARRAY)
		return false;
	for (const struct node *at = list->first; at != NULL; at = at->next) {
		if (!says(at) || used + at->len + 3 > sizeof(text))
			return false;
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s%s", used > 0 ? "; " : "", at->bytes);
	}
	return put_string(out, name, list->count == 0 ? "none" : text);
}

static bool
read_date(const struct node *value, char out[11])
{
	int64_t n = value != NULL && value->kind == NODE_INT ?
	    value->integer : -1;

	return n >= 0 && n <= 99991231 && date_put((int)(n / 10000),
	    (int)(n / 100 % 100), (int)(n % 100), out);
}

/* people1, people2...: "name, number, birth" as far as known. */
static bool
put_person(struct credential *out, const char *list, size_t i,
    const struct node *entry)
{
	const struct node *name = node_nth(entry, 0), *id = node_nth(entry, 1);
	const struct node *born = node_nth(entry, 2);
	char field[24], birth[11] = "", text[CREDENTIAL_VALUE_MAX];

	if (!says(name) || name->len > OWN_PERSON_NAME_MAX ||
	    node_string(id) == NULL || id->len > OWN_PERSON_ID_MAX ||
	    entry->count > 3 || (born != NULL && !read_date(born, birth)))
		return false;
	snprintf(text, sizeof(text), "%s%s%s%s%s", name->bytes,
	    id->len > 0 ? ", " : "", id->bytes, birth[0] != '\0' ? ", " : "",
	    birth);
	snprintf(field, sizeof(field), "%s%zu", list, i);
	return put_string(out, field, text);
}

static bool
put_people(struct credential *out, const char *name, const struct node *list)
{
	char count[24];
	size_t i = 0;

	if (list->kind != NODE_ARRAY || list->count > OWN_PEOPLE_MAX)
		return false;
	snprintf(count, sizeof(count), "%s_count", name);
	put_number(out, count, (int64_t)list->count);
	for (const struct node *at = list->first; at != NULL; at = at->next)
		if (!put_person(out, name, ++i, at))
			return false;
	return true;
}

static bool
is_secret(const struct node *value)
{
	return value != NULL && value->kind == NODE_BYTES &&
	    value->len == CREDENTIAL_SECRET_BYTES;
}

static bool
put_value(struct credential *out, const struct own_field *field,
    const struct node *value)
{
	char date[11], time[21];
	bool done = false;

	switch (field->type) {
	case OWN_COUNTRY:
		if (value->len != 3)
			return false;
		/* fall through */
	case OWN_TEXT:
		if (!says(value) || value->len >= CREDENTIAL_VALUE_MAX ||
		    !put_main(out, field->name, value->bytes, value->len,
		    &done))
			return false;
		return done || put_string(out, field->name, value->bytes);
	case OWN_DATE:
		if (!read_date(value, date))
			return false;
		if (strcmp(field->name, "birth") == 0) {
			memcpy(out->birth, date, sizeof(date));
			return true;
		}
		return put_string(out, field->name, date);
	case OWN_TIME:
		if (!is_time(value))
			return false;
		time_print(value->integer, time);
		return put_string(out, field->name, time);
	case OWN_COUNT:
		return value->kind == NODE_INT && value->integer >= 0 &&
		    put_number(out, field->name, value->integer);
	case OWN_FLAG:
		return value->kind == NODE_BOOL && put_string(out, field->name,
		    value->integer != 0 ? "yes" : "no");
	case OWN_SEX:
		if (value->kind != NODE_INT || value->integer < 1 ||
		    value->integer > 2)
			return false;
		snprintf(out->sex, sizeof(out->sex), "%s",
		    value->integer == 1 ? "male" : "female");
		return true;
	case OWN_WORDS:
		return put_words(out, field->name, value);
	case OWN_PEOPLE:
		return put_people(out, field->name, value);
	case OWN_SECRET:
		return is_secret(value) && put_string(out, field->name, MASK);
	}
	return false;
}

/* Keys of later versions are left alone. False: one is missing or wrong. */
static bool
put_fields(const struct own_kind *kind, const struct node *map,
    struct credential *out)
{
	const struct own_field *field;
	bool good = true;

	for (size_t i = 0; (field = own_field_nth(kind, i)) != NULL; i++) {
		const struct node *value = node_get_int(map, field->key);

		if (value == NULL)
			good &= !field->required;
		else
			good &= put_value(out, field, value);
	}
	return good;
}

static void
identify(struct credential *out, const struct credential_context *context)
{
	size_t n = strlen(out->id);

	if (out->kind == CREDENTIAL_BADGE) {
		put_identity(out, "CHOT", "OFFICER", out->id);
	} else if (is_foreigner(out) && n > 0) {
		put_identity(out, out->nationality, "PASSPORT", out->id);
	} else if (is_pin(out->id, n)) {
		put_identity(out, "VNM", "PIN", out->id);
		pin_check(out, out->id, context);
	} else if (n == CMND_DIGITS && all_digits(out->id, n)) {
		put_identity(out, "VNM", "CMND", out->id);
	} else if (out->id[0] != '\0' && out->nationality[0] != '\0') {
		put_identity(out, out->nationality, "PASSPORT", out->id);
	}
}

/* ---- the chain ------------------------------------------------------------------------------ */

/* Who says so, and when: what is there must be what it should be. */
static bool
put_envelope(const struct node *claims, struct credential *out)
{
	const struct node *issuer = node_get_int(claims, CLAIM_ISS);
	const struct node *until = node_get_int(claims, CLAIM_EXP);

	return (issuer == NULL || (says(issuer) &&
	    issuer->len < CREDENTIAL_VALUE_MAX &&
	    put_string(out, "iss", issuer->bytes))) &&
	    (until == NULL || is_time(until)) &&
	    is_time(node_get_int(claims, CLAIM_IAT));
}

static const char *
read_claims(struct reading *r, const struct cose *cose)
{
	const struct credential_context *context = r->scan->context;
	struct credential *out = r->out;
	const struct node *claims = cbor_parse(r->tree, cose->payload->bytes,
	    cose->payload->len);
	const struct node *own = r->own = node_get_int(claims, CLAIM_OWN);
	const struct node *code = node_get_int(own, OWN_KIND);
	const struct own_kind *kind = NULL;
	bool good;

	if (code != NULL && code->kind == NODE_INT)
		kind = own_kind_of_code(code->integer);
	if (kind == NULL)
		return N_("the document is of a kind that is not known here");
	out->kind = kind->kind;
	out->verification.readable = true;
	good = put_fields(kind, own, out);
	identify(out, context);
	good &= put_envelope(claims, out);
	verification_schema(out, good);
	verification_time(out, context, node_get_int(claims, CLAIM_IAT),
	    node_get_int(claims, CLAIM_EXP));
	cose_verify(cose, context, ORIGIN_PUBLIC_KEY, 0, out);
	return NULL;
}

static const char *
read_bytes(struct reading *r, unsigned char packed[CREDENTIAL_TEXT_MAX],
    unsigned char plain[OWN_INFLATED_MAX])
{
	const struct scan *scan = r->scan;
	const struct node *root;
	struct cose cose;
	ssize_t n = base45_decode(scan->text + OWN_PREFIX_LEN,
	    scan->n - OWN_PREFIX_LEN, packed, CREDENTIAL_TEXT_MAX);

	if (n < 0)
		return N_("the document is not base45");
	n = inflate_bytes(INFLATE_ZLIB, packed, (size_t)n, plain,
	    OWN_INFLATED_MAX);
	if (n < 0)
		return N_("the document cannot be decompressed");
	root = cbor_parse(r->tree, plain, (size_t)n);
	if (root == NULL || !cose_read(root, r->tree, &cose))
		return N_("the document is not a signed message");
	return read_claims(r, &cose);
}

/* NULL, or what is wrong. A badge's secret stays in the tree alone. */
static const char *
read_text(struct reading *r)
{
	unsigned char packed[CREDENTIAL_TEXT_MAX], plain[OWN_INFLATED_MAX];
	const char *problem = read_bytes(r, packed, plain);

	explicit_bzero(packed, sizeof(packed));
	explicit_bzero(plain, sizeof(plain));
	return problem;
}

void
own_parse(const struct scan *scan, struct credential *out)
{
	struct reading r = { .scan = scan, .tree = tree_new(), .out = out };
	const char *problem;

	verification_start(out);
	if ((problem = read_text(&r)) != NULL)
		refuse(out, problem);
	tree_free(r.tree);
}

bool
own_secret(const struct scan *scan, struct credential *out,
    unsigned char secret[CREDENTIAL_SECRET_BYTES])
{
	struct reading r = { .scan = scan, .tree = tree_new(), .out = out };
	const struct node *value;
	bool found = false;

	verification_start(out);
	if (read_text(&r) == NULL && out->kind == CREDENTIAL_BADGE &&
	    strcmp(out->verification.signature, "valid") == 0 &&
	    strcmp(out->verification.schema, "valid") == 0) {
		value = node_get_int(r.own, OWN_BADGE_SECRET);
		if ((found = is_secret(value)))
			memcpy(secret, value->bytes, CREDENTIAL_SECRET_BYTES);
	}
	tree_free(r.tree);
	return found;
}
