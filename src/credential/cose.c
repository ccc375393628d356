/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cose - COSE_Sign1 messages (RFC 9052), devices-and-documents 3.2: finds
 * the parts, and tries every trusted key that the message may be signed by.
 */
#include "parts.h"

#include <string.h>

#define TAG_COSE_SIGN1 18
#define TAG_CWT 61
#define TAG_SELF_DESCRIBED 55799
#define LABEL_ALG 1
#define LABEL_KID 4
#define SIG_STRUCTURE_MAX (96u << 10)

static const struct {
	int64_t label;
	enum signature_alg alg;
} algorithms[] = {
	{ -7, ALG_ECDSA_SHA256 }, { -35, ALG_ECDSA_SHA384 },
	{ -36, ALG_ECDSA_SHA512 }, { -37, ALG_PS256 }, { -8, ALG_EDDSA },
};

/* In whatever order, or none. */
static const struct node *
untag(const struct node *node)
{
	while (node != NULL && node->kind == NODE_TAG &&
	    (node->integer == TAG_CWT || node->integer == TAG_COSE_SIGN1 ||
	    node->integer == TAG_SELF_DESCRIBED))
		node = node->first;
	return node;
}

/* The protected header counts; the other one only where that says nothing. */
static const struct node *
header(const struct node *protected, const struct node *unprotected,
    int64_t label)
{
	const struct node *value = node_get_int(protected, label);

	return value != NULL ? value : node_get_int(unprotected, label);
}

static bool
is_kind(const struct node *node, enum node_kind kind)
{
	return node != NULL && node->kind == kind;
}

bool
cose_read(const struct node *root, struct tree *tree, struct cose *cose)
{
	const struct node *message = untag(root), *unprotected, *alg;
	const struct node *protected = NULL;
	int64_t label;

	*cose = (struct cose){ 0 };
	if (!is_kind(message, NODE_ARRAY) || message->count != 4)
		return false;
	cose->protected = node_nth(message, 0);
	unprotected = node_nth(message, 1);
	cose->payload = node_nth(message, 2);
	cose->signature = node_nth(message, 3);
	if (!is_kind(cose->protected, NODE_BYTES) ||
	    (!is_kind(unprotected, NODE_MAP) &&
	    !is_kind(unprotected, NODE_NULL)) ||
	    !is_kind(cose->payload, NODE_BYTES) ||
	    !is_kind(cose->signature, NODE_BYTES))
		return false;
	if (cose->protected->len > 0 && !is_kind(protected = cbor_parse(tree,
	    cose->protected->bytes, cose->protected->len), NODE_MAP))
		return false;
	cose->kid = header(protected, unprotected, LABEL_KID);
	if (!is_kind(cose->kid, NODE_BYTES))
		cose->kid = NULL;
	alg = header(protected, unprotected, LABEL_ALG);
	if (alg == NULL || !node_integer(alg, &label))
		return true;
	for (size_t i = 0; i < nitems(algorithms); i++)
		if (algorithms[i].label == label)
			cose->alg = algorithms[i].alg;
	return true;
}

size_t
cose_signed_bytes(const struct node *protected, const struct node *payload,
    unsigned char *out, size_t capacity)
{
	struct node parts[] = {
		{ .kind = NODE_TEXT, .bytes = "Signature1",
		    .len = strlen("Signature1") },
		{ .kind = NODE_BYTES, .bytes = protected->bytes,
		    .len = protected->len },
		{ .kind = NODE_BYTES, .bytes = "" }, /* external data */
		{ .kind = NODE_BYTES, .bytes = payload->bytes,
		    .len = payload->len },
	};
	struct node structure = { .kind = NODE_ARRAY, .bytes = "" };

	for (size_t i = 0; i < nitems(parts); i++)
		node_append(&structure, &parts[i]);
	return cbor_print(&structure, out, capacity);
}

/* A longer one is more of the same digest. */
static bool
is_kid(const struct cose *cose, const struct key *key, enum key_origin origin)
{
	return key->origin == origin && cose->kid != NULL &&
	    cose->kid->len >= KID_BYTES &&
	    memcmp(cose->kid->bytes, key->kid, KID_BYTES) == 0;
}

void
cose_verify(const struct cose *cose, const struct credential_context *context,
    enum key_origin origin, unsigned usage, struct credential *out)
{
	unsigned char message[SIG_STRUCTURE_MAX];
	size_t n = cose_signed_bytes(cose->protected, cose->payload, message,
	    sizeof(message));
	const char *word = "unknown-key";
	bool allowed = true;

	if (cose->alg == ALG_NONE || n == 0) {
		verification_signature(out, "unsupported");
		return;
	}
	/* A kid is a hint of eight bytes: two keys may share it. */
	for (size_t i = 0; i < trust_count(context->trust); i++) {
		const struct key *key = trust_key(context->trust, i);

		if (!is_kid(cose, key, origin))
			continue;
		word = "invalid";
		allowed = key->usage == 0 || (key->usage & usage) != 0;
		if (key_verify(key, cose->alg, message, n,
		    (const unsigned char *)cose->signature->bytes,
		    cose->signature->len)) {
			word = verification_key(out, context, key);
			break;
		}
	}
	verification_signature(out, word);
	verification_key_usage(out, allowed);
}
