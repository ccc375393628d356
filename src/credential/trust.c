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

struct credential_trust {
	struct key *keys;
	size_t n, capacity;
};

struct credential_trust *
credential_trust_new(void)
{
	struct credential_trust *trust = calloc(1, sizeof(*trust));

	if (trust == NULL)
		abort();
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
			abort();
		trust->keys = keys;
		trust->capacity = capacity;
	}
	trust->keys[trust->n++] = *key;
}

/* ---- certificates --------------------------------------------------------------------- */

static bool
add_der(struct credential_trust *trust, const unsigned char *der, size_t n)
{
	struct key key;

	if (!key_from_certificate(&key, der, n))
		return false;
	trust_take(trust, &key);
	return true;
}

static bool
add_base64(struct credential_trust *trust, const char *text, size_t n)
{
	unsigned char der[CERTIFICATE_MAX];
	ssize_t len = base64_decode(BASE64_ANY, text, n, der, sizeof(der));

	return len > 0 && add_der(trust, der, (size_t)len);
}

static const char *
find(const char *text, size_t n, const char *what)
{
	return memmem(text, n, what, strlen(what));
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

/* ---- key sets ----------------------------------------------------------------------------- */

/* RFC 7638: the digest of the required members in alphabetical order. */
static void
set_thumbprint(struct key *key, const char *x, const char *y)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char sum[SHA256_BYTES + 1] = { 0 };
	char text[200];
	size_t used = 0;
	int n = snprintf(text, sizeof(text),
	    "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x, y);

	sha256(text, (size_t)n, sum);
	for (size_t i = 0; i < SHA256_BYTES; i += 3) {
		uint32_t bits = (uint32_t)sum[i] << 16 |
		    (uint32_t)sum[i + 1] << 8 |
		    (i + 2 < SHA256_BYTES ? sum[i + 2] : 0);

		for (int shift = 18; shift >= 0 && used < 43; shift -= 6)
			key->thumbprint[used++] = alphabet[bits >> shift & 63];
	}
	key->thumbprint[used] = '\0';
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
	}
	if (one.added == 0)
		return err_set(err, ERR_INPUT, "no certificate or key in it");
	return 0;
}
