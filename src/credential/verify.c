/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify - the words in which a signed document is judged. Each question is
 * answered for itself: a forged certificate may still be in time.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static void
set(char *to, size_t capacity, const char *word)
{
	snprintf(to, capacity, "%s", word);
}

void
verification_start(struct credential *out)
{
	struct credential_verification *v = &out->verification;

	v->applies = true;
	v->readable = false;
	verification_signature(out, "unsupported");
	set(v->time, sizeof(v->time), "unknown");
	verification_schema(out, false);
	verification_key_usage(out, true);
}

void
verification_signature(struct credential *out, const char *word)
{
	set(out->verification.signature, sizeof(out->verification.signature),
	    word);
}

void
verification_schema(struct credential *out, bool valid)
{
	set(out->verification.schema, sizeof(out->verification.schema),
	    valid ? "valid" : "invalid");
}

void
verification_key_usage(struct credential *out, bool ok)
{
	set(out->verification.key_usage, sizeof(out->verification.key_usage),
	    ok ? "ok" : "wrong");
}

static const char *
judge_time(const struct credential_context *context, bool has_iat,
    int64_t iat, bool has_exp, int64_t exp)
{
	if (!context->has_now)
		return "unknown";
	if (has_iat && context->now < iat)
		return "not-yet";
	if (has_exp && context->now > exp)
		return "expired";
	return "valid";
}

void
verification_time(struct credential *out,
    const struct credential_context *context, const struct node *iat,
    const struct node *exp)
{
	int64_t from = 0, until = 0;
	bool has_from = node_seconds(iat, &from);
	bool has_until = node_seconds(exp, &until);
	char text[21];

	if (has_from && clock_plausible(from, 0)) {
		time_print(from, text);
		put_string(out, "signed_at", text);
	}
	if (has_until && clock_plausible(until, 0)) {
		time_print(until, text);
		put_string(out, "signature_expires", text);
	}
	set(out->verification.time, sizeof(out->verification.time),
	    judge_time(context, has_from, from, has_until, until));
}

const char *
verification_key(struct credential *out,
    const struct credential_context *context, const struct key *key)
{
	put_string(out, "key_country", key->country);
	if (context->has_now) {
		if (key->not_after != 0 && context->now > key->not_after)
			warn(out, "key-expired");
		if (key->not_before != 0 && context->now < key->not_before)
			warn(out, "key-not-yet");
	}
	if (!key->distrusted)
		return "valid";
	warn(out, "key-distrusted");
	return "unknown-key";
}

const char *
credential_issuer(const struct credential *credential)
{
	const struct credential_verification *v = &credential->verification;

	if (!v->applies || !v->readable)
		return "";
	if (strcmp(v->signature, "valid") == 0)
		return "trusted";
	if (strcmp(v->signature, "unknown-key") != 0)
		return "unproven";
	return credential_warns(credential, "key-distrusted") ? "distrusted" :
	    "unknown";
}
