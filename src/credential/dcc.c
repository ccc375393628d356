/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dcc - EU Digital COVID Certificate, and with it Vietnam's vaccine passport
 * (devices-and-documents 3.1 to 3.7): HC1: base45, zlib, CBOR, COSE, claims.
 *
 * Readable, signed, in time, right kind of key and well-formed are five
 * questions with five answers; what the certificate is worth is the policy's.
 */
#include "parts.h"
#include "dcc.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "HC1:"
#define PREFIX_LEN 4
#define INFLATED_MAX (64u << 10)
#define ZLIB_HEADER 0x78

#define CLAIM_ISS 1
#define CLAIM_EXP 4
#define CLAIM_IAT 6
#define CLAIM_HCERT (-260)
#define HCERT_DCC 1

bool
dcc_is(const struct scan *scan)
{
	return has_prefix(scan, PREFIX);
}

/* HC2 to HCZ: versions that are still to come. */
bool
future_dcc_is(const struct scan *scan)
{
	return scan->n > PREFIX_LEN && scan->text[0] == 'H' &&
	    scan->text[1] == 'C' && scan->text[3] == ':' &&
	    ((scan->text[2] >= '2' && scan->text[2] <= '9') ||
	    (scan->text[2] >= 'A' && scan->text[2] <= 'Z'));
}

void
future_dcc_parse(const struct scan *scan, struct credential *out)
{
	(void)scan;
	verification_start(out);
	refuse(out, N_("the certificate is of a later version"));
}

/* ---- fields ---------------------------------------------------------------------------- */

static void
put_node(struct credential *out, const char *name, const struct node *value)
{
	const char *text = node_string(value);
	int64_t number;

	if (text != NULL) {
		if (!put_string(out, name, text))
			warn(out, "field-too-long");
	} else if (node_integer(value, &number)) {
		put_number(out, name, number);
	}
}

/* Surname and given names as one; '<' stands for a space in ICAO's form. */
static void
join_name(struct credential *out, const struct node *nam, const char *surname,
    const char *given, char *to, size_t capacity)
{
	const char *first = node_string(node_get(nam, surname));
	const char *second = node_string(node_get(nam, given));
	char joined[2 * CREDENTIAL_VALUE_MAX];
	int n = snprintf(joined, sizeof(joined), "%s %s",
	    first != NULL ? first : "", second != NULL ? second : "");

	to[0] = '\0';
	for (char *c = joined; *c != '\0'; c++)
		if (*c == '<')
			*c = ' ';
	if (n < 0 || (size_t)n >= sizeof(joined) ||
	    !put_text(out, to, capacity, joined, strlen(joined)))
		warn(out, "field-too-long");
}

static void
put_person(struct credential *out, const struct node *dcc)
{
	static const char *const parts[] = { "fn", "gn", "fnt", "gnt" };
	const struct node *nam = node_get(dcc, "nam");
	const char *dob = node_string(node_get(dcc, "dob"));
	char latin[CREDENTIAL_VALUE_MAX];

	join_name(out, nam, "fn", "gn", out->name, sizeof(out->name));
	join_name(out, nam, "fnt", "gnt", latin, sizeof(latin));
	if (out->name[0] == '\0')
		memcpy(out->name, latin, sizeof(latin));
	put_string(out, "name_latin", latin);
	for (size_t i = 0; i < nitems(parts); i++)
		put_node(out, parts[i], node_get(nam, parts[i]));
	if (dob != NULL && !dcc_date(dob, out->birth) && dob[0] != '\0')
		warn(out, "birth-unreadable");
}

/* What the codes stand for; a code of no set is shown as it is. */
static void
put_labels(struct credential *out, const struct credential_context *context)
{
	static const struct {
		const char *code, *label;
		enum value_set set;
	} labels[] = {
		{ "tg", "disease", VALUES_DISEASE },
		{ "vp", "vaccine", VALUES_VACCINE },
		{ "mp", "product", VALUES_PRODUCT },
		{ "tt", "test_kind", VALUES_TEST_TYPE },
		{ "tr", "test_result", VALUES_TEST_RESULT },
	};
	const char *ma = credential_field(out, "ma"), *name;

	for (size_t i = 0; i < nitems(labels); i++) {
		const char *code = credential_field(out, labels[i].code);

		if (code == NULL)
			continue;
		name = value_label(context, labels[i].set, code);
		if (name != NULL)
			put_string(out, labels[i].label, name);
		else if (value_known(context, labels[i].set))
			warn(out, "code-unknown");
	}
	if (ma == NULL)
		return;
	name = credential_field(out, "tt") != NULL ?
	    value_label(context, VALUES_TEST_DEVICE, ma) :
	    value_label(context, VALUES_MANUFACTURER, ma);
	if (name != NULL)
		put_string(out, "manufacturer", name);
}

/* The same under the names that all kinds of health papers have. */
static void
put_common(struct credential *out)
{
	static const struct {
		const char *key, *name;
	} common[] = {
		{ "dn", "doses" }, { "sd", "doses_required" },
		{ "dt", "dose_date" }, { "sc", "test_sampled" },
		{ "fr", "recovered" }, { "df", "valid_from" },
		{ "du", "valid_until" },
	};

	for (size_t i = 0; i < nitems(common); i++) {
		const char *value = credential_field(out, common[i].key);
		char date[11];

		if (value == NULL)
			continue;
		/* Dates without the time some issuers add. */
		if (strcmp(common[i].key, "sc") != 0 && dcc_date(value, date))
			value = date;
		put_string(out, common[i].name, value);
	}
}

/* Early issuers left out what they did not know: "", or a zeroth dose. */
static void
put_value(struct credential *out, const struct dcc_field *field,
    const struct node *entry)
{
	const struct node *value = node_get(entry, field->key);
	const char *text = node_string(value);
	int64_t number;

	put_node(out, field->key, value);
	if (field->required && ((text != NULL && text[0] == '\0') ||
	    (field->type == DCC_COUNT && node_integer(value, &number) &&
	    number == 0)))
		warn(out, "value-empty");
}

static void
put_claims(struct credential *out, const struct node *dcc,
    const struct dcc_group *group, const struct credential_context *context)
{
	const struct node *entry;

	put_person(out, dcc);
	put_node(out, "ver", node_get(dcc, "ver"));
	if (group == NULL)
		return;
	put_string(out, "dcc_kind", group->word);
	entry = dcc_entry(dcc, group);
	for (size_t i = 0; i < group->nfields; i++)
		put_value(out, &group->fields[i], entry);
	put_labels(out, context);
	put_common(out);
}

/* ---- the chain --------------------------------------------------------------------------- */

static const char *
read_claims(const struct cose *cose, struct tree *tree,
    const struct credential_context *context, struct credential *out)
{
	struct node *claims = cbor_parse(tree, cose->payload->bytes,
	    cose->payload->len);
	const struct dcc_group *group;
	struct dcc_signed by = { 0 };
	const struct node *dcc;

	/* Tags say "a date", "a time", "claims": that is known here. */
	node_strip_tags(claims);
	dcc = node_get_int(node_get_int(claims, CLAIM_HCERT), HCERT_DCC);
	if (claims == NULL || claims->kind != NODE_MAP)
		return N_("the certificate has no claims");
	if (dcc == NULL || dcc->kind != NODE_MAP)
		return N_("the certificate holds no health data");
	by.issuer = node_string(node_get_int(claims, CLAIM_ISS));
	by.has_at = node_seconds(node_get_int(claims, CLAIM_IAT), &by.at);
	group = dcc_group_of(dcc);
	out->kind = CREDENTIAL_DCC;
	out->verification.readable = true;
	put_claims(out, dcc, group, context);
	put_node(out, "iss", node_get_int(claims, CLAIM_ISS));
	verification_schema(out, dcc_schema_valid(dcc, &by));
	verification_time(out, context, node_get_int(claims, CLAIM_IAT),
	    node_get_int(claims, CLAIM_EXP));
	if (node_get_int(claims, CLAIM_EXP) == NULL)
		warn(out, "expiry-missing");
	cose_verify(cose, context, ORIGIN_CERTIFICATE,
	    group != NULL ? group->usage : 0, out);
	return NULL;
}

static const char *
read_message(const unsigned char *bytes, size_t n,
    const struct credential_context *context, struct credential *out)
{
	struct tree *tree = tree_new();
	const struct node *root = cbor_parse(tree, bytes, n);
	struct cose cose;
	const char *problem;

	if (root == NULL)
		problem = N_("the certificate is not CBOR");
	else if (!cose_read(root, tree, &cose))
		problem = N_("the certificate is not a signed message");
	else
		problem = read_claims(&cose, tree, context, out);
	tree_free(tree);
	return problem;
}

static const char *
read_text(const struct scan *scan, struct credential *out)
{
	unsigned char packed[CREDENTIAL_TEXT_MAX];
	unsigned char plain[INFLATED_MAX];
	ssize_t n = base45_decode(scan->text + PREFIX_LEN,
	    scan->n - PREFIX_LEN, packed, sizeof(packed));

	if (n < 0)
		return N_("the certificate is not base45");
	/* Uncompressed ones are refused: the official tests want it so. */
	if (n == 0 || packed[0] != ZLIB_HEADER)
		return N_("the certificate is not compressed");
	n = inflate_bytes(INFLATE_ZLIB, packed, (size_t)n, plain,
	    sizeof(plain));
	if (n < 0)
		return N_("the certificate cannot be decompressed");
	return read_message(plain, (size_t)n, scan->context, out);
}

void
dcc_parse(const struct scan *scan, struct credential *out)
{
	const char *problem;

	verification_start(out);
	if ((problem = read_text(scan, out)) != NULL)
		refuse(out, problem);
}
