/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shc - SMART Health Cards (devices-and-documents 3.9): shc:/ and digits in
 * pairs, a JWS with its payload deflated, a FHIR bundle in it. A bare JWS is
 * taken too. The key is the one of that thumbprint, and of that issuer where
 * the key set was bound to one.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "shc:"
#define PREFIX_FULL "shc:/"
#define PREFIX_LEN 5
#define PART_MAX 1191 /* characters of one part, where there are several */
#define DIGIT_OFFSET 45
#define DIGIT_PAIR_MAX 77
#define JWS_SINGLE_MAX 1195 /* characters in one code */
#define INFLATED_MAX (128u << 10)
#define HEADER_MAX 1024
#define THUMBPRINT_CHARS 43

struct jws {
	char text[CREDENTIAL_TEXT_MAX + 1];
	size_t n;
	struct slice header, payload, signature;
};

/* ---- the compact form ----------------------------------------------------------------- */

static bool
split_jws(struct jws *jws)
{
	struct slice parts[3];

	if (split(jws->text, jws->n, '.', parts, nitems(parts)) != 3)
		return false;
	jws->header = parts[0];
	jws->payload = parts[1];
	jws->signature = parts[2];
	return true;
}

static const struct node *
read_header(const struct jws *jws, struct tree *tree)
{
	unsigned char text[HEADER_MAX];
	ssize_t n = base64_decode(BASE64_URL, jws->header.text, jws->header.n,
	    text, sizeof(text));
	const struct node *header = n < 0 ? NULL :
	    json_parse(tree, (const char *)text, (size_t)n);

	return header != NULL && header->kind == NODE_MAP ? header : NULL;
}

static bool
is_bare_jws(const struct scan *scan)
{
	return scan->n > 3 && memcmp(scan->text, "eyJ", 3) == 0 &&
	    split(scan->text, scan->n, '.', NULL, 0) == 3;
}

/* Tokens of this form are many: one whose header says so is a health card. */
static bool
is_card_jws(const struct scan *scan)
{
	struct tree *tree = tree_new();
	const struct node *header;
	const char *kid;
	struct jws jws;
	bool is;

	memcpy(jws.text, scan->text, scan->n);
	jws.n = scan->n;
	split_jws(&jws);
	header = read_header(&jws, tree);
	kid = node_string(node_get(header, "kid"));
	is = node_get(header, "zip") != NULL ||
	    (kid != NULL && strlen(kid) == THUMBPRINT_CHARS);
	tree_free(tree);
	return is;
}

bool
shc_is(const struct scan *scan)
{
	return has_prefix(scan, PREFIX) ||
	    (is_bare_jws(scan) && is_card_jws(scan));
}

/* Pairs of digits to characters; NULL, or what is wrong. */
static const char *
read_pairs(const char *at, size_t n, char *out)
{
	if (n == 0 || !all_digits(at, n) || n % 2 != 0)
		return N_("the health card is not made of pairs of digits");
	for (size_t i = 0; i < n / 2; i++) {
		int pair = 10 * (at[2 * i] - '0') + (at[2 * i + 1] - '0');

		if (pair > DIGIT_PAIR_MAX)
			return N_("the health card holds an impossible pair");
		out[i] = (char)(pair + DIGIT_OFFSET);
	}
	out[n / 2] = '\0';
	return NULL;
}

static const char *
read_digits(const struct scan *scan, struct jws *jws)
{
	const char *at = scan->text + PREFIX_LEN;
	size_t n;

	if (!has_prefix(scan, PREFIX_FULL))
		return N_("the health card does not start with shc:/");
	n = scan->n - PREFIX_LEN;
	if (memchr(at, '/', n) != NULL)
		return N_("the health card is spread over several codes");
	jws->n = n / 2;
	return read_pairs(at, n, jws->text);
}

/* ---- one of several codes: shc:/2/3/ and digits ------------------------------------------ */

/* A number from 1 to 9 and the slash behind it. */
static bool
read_place(const char **at, size_t *place)
{
	if (**at < '1' || **at > '9' || (*at)[1] != '/')
		return false;
	*place = (size_t)(**at - '0');
	*at += 2;
	return true;
}

bool
shc_part(const struct scan *scan, struct shc_part *part)
{
	const char *at = scan->text + PREFIX_LEN;
	size_t n;

	if (!has_prefix(scan, PREFIX_FULL) || !read_place(&at, &part->place) ||
	    !read_place(&at, &part->of) || part->of < 2 ||
	    part->of > CREDENTIAL_PARTS_MAX || part->place > part->of)
		return false;
	n = scan->n - (size_t)(at - scan->text);
	part->n = n / 2;
	return n <= 2 * PART_MAX && read_pairs(at, n, part->text) == NULL;
}

/* What is to be told until the others are here. */
static void
tell_part(const struct shc_part *part, struct credential *out)
{
	out->kind = CREDENTIAL_SHC;
	put_number(out, "part", (int64_t)part->place);
	put_number(out, "parts", (int64_t)part->of);
}

/* ---- verification ----------------------------------------------------------------------- */

static void
verify(const struct jws *jws, const struct node *header, const char *issuer,
    const struct credential_context *context, struct credential *out)
{
	const char *alg = node_string(node_get(header, "alg"));
	const char *kid = node_string(node_get(header, "kid"));
	size_t signed_len = (size_t)(jws->signature.text - jws->text - 1);
	unsigned char signature[256];
	ssize_t n = base64_decode(BASE64_URL, jws->signature.text,
	    jws->signature.n, signature, sizeof(signature));

	if (alg == NULL || strcmp(alg, "ES256") != 0) {
		verification_signature(out, "unsupported");
		return;
	}
	verification_signature(out, "unknown-key");
	for (size_t i = 0; i < trust_count(context->trust); i++) {
		const struct key *key = trust_key(context->trust, i);

		if (kid == NULL || key->thumbprint[0] == '\0' ||
		    strcmp(key->thumbprint, kid) != 0 ||
		    (key->issuer[0] != '\0' && (issuer == NULL ||
		    strcmp(key->issuer, issuer) != 0)))
			continue;
		verification_signature(out, "invalid");
		if (n >= 0 && key_verify(key, ALG_ES256, jws->text, signed_len,
		    signature, (size_t)n)) {
			verification_signature(out, verification_key(out,
			    context, key));
			if (key->issuer[0] == '\0') /* whose it is, nobody said */
				warn(out, "issuer-unconfirmed");
			return;
		}
	}
}

static bool
has_type(const struct node *vc)
{
	static const char wanted[] = "https://smarthealth.cards#health-card";
	const struct node *types = node_get(vc, "type");

	if (types == NULL || types->kind != NODE_ARRAY)
		return false;
	for (const struct node *at = types->first; at != NULL; at = at->next) {
		const char *text = node_string(at);

		if (text != NULL && strcmp(text, wanted) == 0)
			return true;
	}
	return false;
}

static const char *
read_claims(const struct jws *jws, const struct node *header,
    const struct node *claims, const struct credential_context *context,
    struct credential *out)
{
	const struct node *vc = node_get(claims, "vc");
	const struct node *subject = node_get(vc, "credentialSubject");
	const char *issuer = node_string(node_get(claims, "iss"));
	const struct node *from = node_get(claims, "nbf");
	bool whole;

	if (subject == NULL)
		return N_("the health card holds no health data");
	out->kind = CREDENTIAL_SHC;
	out->verification.readable = true;
	if (issuer != NULL && !put_string(out, "iss", issuer))
		warn(out, "field-too-long");
	whole = fhir_read(node_get(subject, "fhirBundle"), context, out);
	if (from == NULL)
		from = node_get(claims, "iat"); /* early drafts */
	verification_schema(out, whole && has_type(vc) && issuer != NULL &&
	    strncmp(issuer, "https://", 8) == 0 && from != NULL &&
	    node_string(node_get(header, "kid")) != NULL &&
	    node_string(node_get(header, "alg")) != NULL &&
	    node_string(node_get(subject, "fhirVersion")) != NULL &&
	    (jws->n <= JWS_SINGLE_MAX) != context->joined);
	verification_time(out, context, from, node_get(claims, "exp"));
	verify(jws, header, issuer, context, out);
	return NULL;
}

static const char *
read_payload(const struct jws *jws, struct tree *tree,
    const struct credential_context *context, struct credential *out)
{
	const struct node *header = read_header(jws, tree), *claims;
	unsigned char packed[CREDENTIAL_TEXT_MAX];
	char plain[INFLATED_MAX];
	const char *zip;
	ssize_t n;

	if (header == NULL)
		return N_("the header of the health card is not readable");
	zip = node_string(node_get(header, "zip"));
	if (zip == NULL || strcmp(zip, "DEF") != 0)
		return N_("the health card is not compressed");
	n = base64_decode(BASE64_URL, jws->payload.text, jws->payload.n,
	    packed, sizeof(packed));
	if (n < 0)
		return N_("the health card is not base64");
	n = inflate_bytes(INFLATE_RAW, packed, (size_t)n,
	    (unsigned char *)plain, sizeof(plain));
	if (n < 0)
		return N_("the health card cannot be decompressed");
	claims = json_parse(tree, plain, (size_t)n);
	if (claims == NULL || claims->kind != NODE_MAP)
		return N_("the health card is not JSON");
	return read_claims(jws, header, claims, context, out);
}

static const char *
read_text(const struct scan *scan, struct credential *out)
{
	struct tree *tree;
	struct jws jws;
	const char *problem = NULL;

	if (has_prefix(scan, PREFIX)) {
		problem = read_digits(scan, &jws);
	} else {
		memcpy(jws.text, scan->text, scan->n + 1);
		jws.n = scan->n;
	}
	if (problem != NULL)
		return problem;
	if (!split_jws(&jws))
		return N_("the health card is not a signed message");
	tree = tree_new();
	problem = read_payload(&jws, tree, scan->context, out);
	tree_free(tree);
	return problem;
}

void
shc_parse(const struct scan *scan, struct credential *out)
{
	struct shc_part part;
	const char *problem;

	verification_start(out);
	if (shc_part(scan, &part))
		tell_part(&part, out);
	else if ((problem = read_text(scan, out)) != NULL)
		refuse(out, problem);
}
