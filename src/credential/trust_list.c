/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trust_list - the public lists of health authorities' keys in three national
 * forms (devices-and-documents 3.5): German, Swedish, Dutch. A list is worth
 * what its signature is: it is checked where the signer's key is given.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define LIST_NODES_MAX 200000u
#define LIST_BYTES_MAX (16u << 20)
#define CERTIFICATE_MAX 16384
#define SIGNATURE_MAX 80 /* of P-256 */
#define CMS_MAX 65536    /* with the certificates in it */

struct list {
	struct credential_trust *trust;
	const struct credential_trust *signers; /* NULL: not checked */
	struct credential_trust_report *report;
	struct err *err;
};

static bool
signed_by_any(const struct list *list, const char *message, size_t n,
    const unsigned char *signature, size_t len)
{
	for (size_t i = 0; i < trust_count(list->signers); i++)
		if (key_verify(trust_key(list->signers, i), ALG_ES256, message,
		    n, signature, len))
			return true;
	return false;
}

/* Base64 of either alphabet over the bytes; 0, or -1 with err set. */
static int
check_signature(const struct list *list, const char *message, size_t n,
    const char *text, size_t text_len)
{
	unsigned char signature[SIGNATURE_MAX];
	ssize_t len;

	if (list->signers == NULL)
		return 0;
	len = base64_decode(BASE64_ANY, text, text_len, signature,
	    sizeof(signature));
	if (len > 0 && signed_by_any(list, message, n, signature, (size_t)len))
		return 0;
	return err_set(list->err, ERR_INPUT,
	    "the signature of the list does not fit");
}

static void
count(const struct list *list, bool added)
{
	if (added)
		list->report->added++;
	else
		list->report->skipped++;
}

static bool
add_certificate(const struct list *list, const struct node *base64)
{
	unsigned char der[CERTIFICATE_MAX];
	struct key key;
	ssize_t n;

	if (base64 == NULL || base64->kind != NODE_TEXT)
		return false;
	n = base64_decode(BASE64_ANY, base64->bytes, base64->len, der,
	    sizeof(der));
	if (n <= 0 || !key_from_certificate(&key, der, (size_t)n))
		return false;
	trust_take(list->trust, &key);
	return true;
}

/* ---- German: a line with the signature, then JSON ---------------------------------------- */

static bool
is_german(const char *text, size_t n)
{
	const char *end = memchr(text, '\n', n);

	return end != NULL && end + 1 < text + n && end[1] == '{' &&
	    memmem(end, (size_t)(text + n - end), "\"certificates\"", 14) != NULL;
}

static int
read_german(const struct list *list, struct tree *tree, const char *text,
    size_t n)
{
	const char *json = memchr(text, '\n', n);
	size_t first = (size_t)(json - text);
	const struct node *certificates;

	json++;
	n -= first + 1;
	while (n > 0 && (json[n - 1] == '\n' || json[n - 1] == '\r'))
		n--; /* added by a tool, not signed */
	if (check_signature(list, json, n, text, first) != 0)
		return -1;
	certificates = node_get(json_parse(tree, json, n), "certificates");
	if (certificates == NULL || certificates->kind != NODE_ARRAY)
		return err_set(list->err, ERR_INPUT, "not a list of keys");
	for (const struct node *at = certificates->first; at != NULL;
	    at = at->next) {
		const char *type = node_string(node_get(at, "certificateType"));

		if (type == NULL || strcmp(type, "DSC") == 0)
			count(list, add_certificate(list,
			    node_get(at, "rawData")));
	}
	return 0;
}

/* ---- Swedish: a JWS -------------------------------------------------------------------------- */

static bool
is_swedish(const char *text, size_t n)
{
	return n > 3 && memcmp(text, "eyJ", 3) == 0 &&
	    split(text, n, '.', NULL, 0) == 3;
}

static void
read_swedish_countries(const struct list *list, const struct node *countries)
{
	for (const struct node *at = countries->first; at != NULL;
	    at = at->next->next) {
		const struct node *keys = node_get(at->next, "keys");

		for (const struct node *key = node_nth(keys, 0); key != NULL;
		    key = key->next)
			count(list, add_certificate(list,
			    node_nth(node_get(key, "x5c"), 0)));
	}
}

static int
read_swedish(const struct list *list, struct tree *tree, const char *text,
    size_t n)
{
	struct slice parts[3];
	const struct node *countries, *root = NULL;
	char *json;
	ssize_t len;

	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	split(text, n, '.', parts, nitems(parts));
	if (check_signature(list, text, (size_t)(parts[2].text - 1 - text),
	    parts[2].text, parts[2].n) != 0)
		return -1;
	if ((json = malloc(parts[1].n + 1)) == NULL)
		mem_none();
	len = base64_decode(BASE64_URL, parts[1].text, parts[1].n,
	    (unsigned char *)json, parts[1].n);
	if (len > 0)
		root = json_parse(tree, json, (size_t)len);
	countries = node_get(root, "dsc_trust_list");
	node_integer(node_get(root, "iat"), &list->report->made_at);
	free(json);
	if (countries == NULL || countries->kind != NODE_MAP)
		return err_set(list->err, ERR_INPUT, "not a list of keys");
	read_swedish_countries(list, countries);
	return 0;
}

/* ---- Dutch: bare keys under their key ids ---------------------------------------------------- */

static unsigned
read_usage(const struct node *letters)
{
	static const struct {
		const char *letter;
		enum key_usage usage;
	} usages[] = {
		{ "t", USAGE_TEST }, { "v", USAGE_VACCINATION },
		{ "r", USAGE_RECOVERY },
	};
	unsigned usage = 0;

	for (const struct node *at = node_nth(letters, 0); at != NULL;
	    at = at->next)
		for (size_t i = 0; i < nitems(usages); i++)
			if (node_string(at) != NULL &&
			    strcmp(at->bytes, usages[i].letter) == 0)
				usage |= usages[i].usage;
	return usage;
}

/* Issuers name themselves by their country; some say more, and are nobody. */
static void
read_country(const struct node *text, char country[3])
{
	const char *name = node_string(text);

	if (name != NULL && strlen(name) == 2 && name[0] >= 'A' &&
	    name[0] <= 'Z' && name[1] >= 'A' && name[1] <= 'Z')
		memcpy(country, name, 3);
}

static bool
add_dutch(const struct list *list, const struct node *kid,
    const struct node *entry)
{
	const struct node *base64 = node_get(entry, "subjectPk");
	unsigned char der[CERTIFICATE_MAX], id[KID_BYTES];
	struct key key;
	ssize_t n;

	if (base64 == NULL || base64->kind != NODE_TEXT ||
	    base64_decode(BASE64_ANY, kid->bytes, kid->len, id, sizeof(id)) !=
	    KID_BYTES)
		return false;
	n = base64_decode(BASE64_ANY, base64->bytes, base64->len, der,
	    sizeof(der));
	if (n <= 0 || !key_from_public(&key, der, (size_t)n))
		return false;
	/* The list says that it is a health authority's. */
	key.origin = ORIGIN_CERTIFICATE;
	memcpy(key.kid, id, KID_BYTES);
	key.usage = read_usage(node_get(entry, "keyUsage"));
	read_country(node_get(entry, "ian"), key.country);
	trust_take(list->trust, &key);
	return true;
}

static bool
cms_fits(const struct list *list, const struct node *base64, const char *json,
    size_t n)
{
	unsigned char *der;
	ssize_t len;
	bool fits;

	if (list->signers == NULL)
		return true;
	if (base64 == NULL || base64->kind != NODE_TEXT)
		return false;
	if ((der = malloc(CMS_MAX)) == NULL)
		mem_none();
	len = base64_decode(BASE64_ANY, base64->bytes, base64->len, der,
	    CMS_MAX);
	fits = len > 0 && key_signed_cms(list->signers, der, (size_t)len,
	    json, n);
	free(der);
	return fits;
}

static int
read_dutch(const struct list *list, struct tree *tree,
    const struct node *root)
{
	const struct node *payload = node_get(root, "payload"), *keys = NULL;
	char *json = malloc(payload->len + 1);
	bool fits = false;
	ssize_t len;

	if (json == NULL)
		mem_none();
	len = base64_decode(BASE64_ANY, payload->bytes, payload->len,
	    (unsigned char *)json, payload->len);
	if (len > 0) {
		fits = cms_fits(list, node_get(root, "signature"), json,
		    (size_t)len);
		keys = node_get(json_parse(tree, json, (size_t)len), "eu_keys");
	}
	free(json);
	if (keys == NULL || keys->kind != NODE_MAP)
		return err_set(list->err, ERR_INPUT, "not a list of keys");
	if (!fits)
		return err_set(list->err, ERR_INPUT,
		    "the signature of the list does not fit");
	for (const struct node *at = keys->first; at != NULL;
	    at = at->next->next)
		for (const struct node *entry = node_nth(at->next, 0);
		    entry != NULL; entry = entry->next)
			count(list, add_dutch(list, at, entry));
	return 0;
}

/* ---- which one ---------------------------------------------------------------------------------- */

bool
trust_list_is(const char *text, size_t n)
{
	return is_german(text, n) || is_swedish(text, n) || (n > 0 &&
	    text[0] == '{' && memmem(text, n, "\"payload\"", 9) != NULL &&
	    memmem(text, n, "\"keys\"", 6) == NULL);
}

int
credential_trust_add_list(struct credential_trust *trust,
    const unsigned char *bytes, size_t n,
    const struct credential_trust *signers,
    struct credential_trust_report *report, struct err *err)
{
	struct credential_trust_report counts = { 0 };
	struct list list = { .trust = trust, .signers = signers,
		.report = report != NULL ? report : &counts, .err = err };
	struct tree *tree = tree_new_sized(LIST_NODES_MAX, LIST_BYTES_MAX);
	const char *text = (const char *)bytes;
	const struct node *root, *payload;
	int result;

	if (is_german(text, n)) {
		list.report->list = "german";
		result = read_german(&list, tree, text, n);
	} else if (is_swedish(text, n)) {
		list.report->list = "swedish";
		result = read_swedish(&list, tree, text, n);
	} else if ((payload = node_get(root = json_parse(tree, text, n),
	    "payload")) != NULL && payload->kind == NODE_TEXT) {
		list.report->list = "dutch";
		result = read_dutch(&list, tree, root);
	} else {
		result = err_set(err, ERR_INPUT, "not a list of keys");
	}
	tree_free(tree);
	return result;
}
