/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trust - a set of issuers' keys, made of the bytes of key files.
 *
 * What a file holds is found out by looking: PEM, DER or base64
 * certificates, PEM public keys, or a JSON Web Key Set. World lists hold certificates that
 * no strict parser reads: those are counted and skipped.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CERTIFICATE_MAX 16384 /* bytes of DER */
#define PEM_BEGIN "-----BEGIN "
#define THUMBPRINT_CHARS 43 /* base64 of a SHA-256 */

struct credential_trust {
	struct key *keys;
	size_t n, capacity;
};

struct credential_trust *
credential_trust_new(void)
{
	struct credential_trust *trust = calloc(1, sizeof(*trust));

	if (trust == NULL)
		mem_none();
	return trust;
}

void
credential_trust_free(struct credential_trust *trust)
{
	if (trust == NULL)
		return;
	for (size_t i = 0; i < trust->n; i++)
		key_clear(&trust->keys[i]);
	free(trust->keys);
	free(trust);
}

size_t
credential_trust_count(const struct credential_trust *trust)
{
	return trust->n;
}

size_t
trust_count(const struct credential_trust *trust)
{
	return trust == NULL ? 0 : trust->n;
}

const struct key *
trust_key(const struct credential_trust *trust, size_t i)
{
	return &trust->keys[i];
}

void
trust_take(struct credential_trust *trust, const struct key *key)
{
	if (trust->n == trust->capacity) {
		size_t capacity = trust->capacity > 0 ? 2 * trust->capacity : 16;
		struct key *keys = realloc(trust->keys,
		    capacity * sizeof(*keys));

		if (keys == NULL)
			mem_none();
		trust->keys = keys;
		trust->capacity = capacity;
	}
	trust->keys[trust->n++] = *key;
}

/* ---- certificates --------------------------------------------------------------------- */

/* A certificate, or a bare public key as PEM holds it. */
static bool
add_der(struct credential_trust *trust, const unsigned char *der, size_t n)
{
	struct key key;

	if (!key_from_certificate(&key, der, n) &&
	    !key_from_public(&key, der, n))
		return false;
	trust_take(trust, &key);
	return true;
}

static const char *
find(const char *text, size_t n, const char *what)
{
	return memmem(text, n, what, strlen(what));
}

static void add_pem(struct credential_trust *trust, const char *text,
    size_t n, struct credential_trust_report *report);

/* Of DER; some published certificates are base64 of PEM. */
static bool
add_base64(struct credential_trust *trust, const char *text, size_t n)
{
	unsigned char der[CERTIFICATE_MAX];
	struct credential_trust_report report = { 0 };
	ssize_t len = base64_decode(BASE64_ANY, text, n, der, sizeof(der));

	if (len <= 0)
		return false;
	if (find((const char *)der, (size_t)len, PEM_BEGIN) != NULL)
		add_pem(trust, (const char *)der, (size_t)len, &report);
	return report.added > 0 || add_der(trust, der, (size_t)len);
}

static bool
add_public(struct credential_trust *trust, const char *text, size_t n)
{
	unsigned char der[CERTIFICATE_MAX];
	ssize_t len = base64_decode(BASE64_ANY, text, n, der, sizeof(der));
	struct key key;

	if (len <= 0 || !key_from_public(&key, der, (size_t)len))
		return false;
	trust_take(trust, &key);
	return true;
}

/* Other things than these may stand in a PEM file; they are skipped. */
static const struct {
	const char *begin, *end;
	bool (*add)(struct credential_trust *trust, const char *text, size_t n);
} pem_forms[] = {
	{ "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
	    add_base64 },
	{ "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----",
	    add_public },
};

static void
add_pem(struct credential_trust *trust, const char *text, size_t n,
    struct credential_trust_report *report)
{
	for (size_t i = 0; i < nitems(pem_forms); i++) {
		const char *at = text, *end = text + n, *begin, *stop;

		while ((begin = find(at, (size_t)(end - at),
		    pem_forms[i].begin)) != NULL) {
			begin += strlen(pem_forms[i].begin);
			stop = find(begin, (size_t)(end - begin),
			    pem_forms[i].end);
			at = stop != NULL ? stop : end;
			if (stop != NULL && pem_forms[i].add(trust, begin,
			    (size_t)(stop - begin)))
				report->added++;
			else
				report->skipped++;
		}
	}
}

/* One certificate over many lines, or one a line. */
static void
add_base64_lines(struct credential_trust *trust, const char *text, size_t n,
    struct credential_trust_report *report)
{
	const char *end = text + n;

	if (add_base64(trust, text, n)) {
		report->added++;
		return;
	}
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((stop != NULL ? stop : end) - text);

		if (len > 0 && add_base64(trust, text, len))
			report->added++;
		else if (len > 1)
			report->skipped++;
		text += len + 1;
	}
}

/* ---- names ------------------------------------------------------------------------------ */

static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Without padding. */
static void
base64_print(const unsigned char *bytes, size_t n, const char *alphabet,
    char *out)
{
	uint32_t bits = 0;
	int have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 6; have -= 6)
			*out++ = alphabet[bits >> (have - 6) & 63];
	}
	if (have > 0)
		*out++ = alphabet[bits << (6 - have) & 63];
	*out = '\0';
}

static void
kid_print(const unsigned char kid[KID_BYTES],
    char name[CREDENTIAL_KEY_NAME_MAX])
{
	base64_print(kid, KID_BYTES, plain_alphabet, name);
	strcat(name, "=");
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool
credential_key_name(const char *text, char name[CREDENTIAL_KEY_NAME_MAX])
{
	unsigned char bytes[SHA256_BYTES];
	size_t n = strlen(text);

	if (n == 2) {
		name[0] = upper(text[0]);
		name[1] = upper(text[1]);
		name[2] = '\0';
		return name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' &&
		    name[1] <= 'Z';
	}
	if (n == THUMBPRINT_CHARS && base64_decode(BASE64_URL, text, n, bytes,
	    sizeof(bytes)) == SHA256_BYTES) {
		memcpy(name, text, n + 1);
		return true;
	}
	if ((n != 2 * KID_BYTES || hex_parse(text, n, bytes,
	    sizeof(bytes)) != KID_BYTES) && (n > 12 ||
	    base64_decode(BASE64_ANY, text, n, bytes, sizeof(bytes)) !=
	    KID_BYTES))
		return false;
	kid_print(bytes, name);
	return true;
}

static void
name_print(const struct key *key, char name[CREDENTIAL_KEY_NAME_MAX])
{
	if (key->thumbprint[0] != '\0')
		memcpy(name, key->thumbprint, sizeof(key->thumbprint));
	else
		kid_print(key->kid, name);
}

size_t
credential_trust_distrust(struct credential_trust *trust, const char *name)
{
	char own[CREDENTIAL_KEY_NAME_MAX];
	size_t found = 0;

	for (size_t i = 0; i < trust->n; i++) {
		struct key *key = &trust->keys[i];

		name_print(key, own);
		if (strcmp(own, name) != 0 && strcmp(key->country, name) != 0)
			continue;
		key->distrusted = true;
		found++;
	}
	return found;
}

static void
print_usage(const struct key *key, char *out, size_t capacity)
{
	snprintf(out, capacity, "%s%s%s%s",
	    (key->usage & USAGE_VACCINATION) != 0 ? "vaccination " : "",
	    (key->usage & USAGE_TEST) != 0 ? "test " : "",
	    (key->usage & USAGE_RECOVERY) != 0 ? "recovery " : "",
	    (key->usage & USAGE_SEAL) != 0 ? "seals " : "");
	out[strlen(out) - 1] = '\0';
}

void
credential_trust_describe(const struct credential_trust *trust, size_t i,
    struct credential_key *out)
{
	static const char *const words[] = {
		[ORIGIN_CERTIFICATE] = "health", [ORIGIN_PUBLIC_KEY] = "own",
		[ORIGIN_KEY_SET] = "cards",
	};
	const struct key *key = &trust->keys[i];

	*out = (struct credential_key){ .is_authority = key->is_ca,
		.distrusted = key->distrusted, .not_before = key->not_before,
		.not_after = key->not_after };
	name_print(key, out->name);
	memcpy(out->country, key->country, sizeof(out->country));
	if (key->origin == ORIGIN_CERTIFICATE && key->usage != 0)
		print_usage(key, out->proves, sizeof(out->proves));
	else
		snprintf(out->proves, sizeof(out->proves), "%s",
		    words[key->origin]);
}

/* ---- key sets ----------------------------------------------------------------------------- */

/* RFC 7638: the digest of the required members in alphabetical order. */
static void
set_thumbprint(struct key *key, const char *x, const char *y)
{
	unsigned char sum[SHA256_BYTES];
	char text[200];
	int n = snprintf(text, sizeof(text),
	    "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x, y);

	sha256(text, (size_t)n, sum);
	base64_print(sum, sizeof(sum), url_alphabet, key->thumbprint);
}

static bool
is_string(const struct node *map, const char *name, const char *wanted)
{
	const char *text = node_string(node_get(map, name));

	return text != NULL && strcmp(text, wanted) == 0;
}

static bool
add_jwk(struct credential_trust *trust, const struct node *jwk,
    const char *issuer)
{
	const char *x = node_string(node_get(jwk, "x"));
	const char *y = node_string(node_get(jwk, "y"));
	unsigned char px[32], py[32];
	struct key key;

	if (!is_string(jwk, "kty", "EC") || !is_string(jwk, "crv", "P-256") ||
	    x == NULL || y == NULL || node_get(jwk, "d") != NULL ||
	    strlen(x) > 60 || strlen(y) > 60 ||
	    base64_decode(BASE64_URL, x, strlen(x), px, sizeof(px)) != 32 ||
	    base64_decode(BASE64_URL, y, strlen(y), py, sizeof(py)) != 32 ||
	    !key_from_point(&key, px, py))
		return false;
	set_thumbprint(&key, x, y);
	snprintf(key.issuer, sizeof(key.issuer), "%s", issuer);
	trust_take(trust, &key);
	return true;
}

/* {"keys":[...]}, with "iss" beside it when the keys are one issuer's only. */
static bool
add_jwks(struct credential_trust *trust, const char *text, size_t n,
    struct credential_trust_report *report)
{
	struct tree *tree = tree_new();
	const struct node *root = json_parse(tree, text, n);
	const struct node *keys = node_get(root, "keys");
	const char *issuer = node_string(node_get(root, "iss"));
	struct key probe;

	if (keys == NULL || keys->kind != NODE_ARRAY || (issuer != NULL &&
	    strlen(issuer) >= sizeof(probe.issuer))) {
		tree_free(tree);
		return false;
	}
	for (const struct node *at = keys->first; at != NULL; at = at->next) {
		if (add_jwk(trust, at, issuer != NULL ? issuer : ""))
			report->added++;
		else
			report->skipped++;
	}
	tree_free(tree);
	return true;
}

/* ---- the door ----------------------------------------------------------------------------- */

int
credential_trust_add(struct credential_trust *trust,
    const unsigned char *bytes, size_t n,
    struct credential_trust_report *report, struct err *err)
{
	struct credential_trust_report one = { 0 };
	const char *text = (const char *)bytes;
	size_t start = 0;

	while (start < n && memchr(" \t\r\n", bytes[start], 4) != NULL)
		start++;
	if (trust_list_is(text, n)) {
		if (credential_trust_add_list(trust, bytes, n, NULL, &one,
		    err) != 0)
			return -1;
	} else if (start < n && text[start] == '{') {
		if (!add_jwks(trust, text, n, &one))
			return err_set(err, ERR_INPUT, "not a key set");
	} else if (find(text, n, PEM_BEGIN) != NULL) {
		add_pem(trust, text, n, &one);
	} else if (add_der(trust, bytes, n)) {
		one.added++;
	} else {
		add_base64_lines(trust, text, n, &one);
	}
	if (report != NULL) {
		report->added += one.added;
		report->skipped += one.skipped;
		report->list = one.list;
		report->made_at = one.made_at;
	}
	if (one.added == 0)
		return err_set(err, ERR_INPUT, "no certificate or key in it");
	return 0;
}
