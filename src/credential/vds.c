/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vds - ICAO Visible Digital Seal for vaccinations and tests
 * (devices-and-documents 3.8): JSON, signed in its canonical form by a
 * certificate that is in the code. That proves nothing until a trusted
 * authority of a country signed the certificate.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define CANONICAL_MAX (2 * CREDENTIAL_TEXT_MAX)
#define CERTIFICATE_MAX CREDENTIAL_TEXT_MAX
#define SIGNATURE_MAX 256

static const struct {
	const char *name;
	enum signature_alg alg;
} algorithms[] = {
	{ "ES256", ALG_ES256 }, { "ES384", ALG_ES384 }, { "ES512", ALG_ES512 },
};

bool
vds_is(const struct scan *scan)
{
	return scan->text[0] == '{' &&
	    memmem(scan->text, scan->n, "\"icao.", 6) != NULL;
}

static const char *
string_at(const struct node *node, const char *key)
{
	return node_string(node_get(node, key));
}

static void
put(struct credential *out, const char *name, const char *text)
{
	if (text != NULL && !put_string(out, name, text))
		warn(out, "field-too-long");
}

/* ---- fields -------------------------------------------------------------------------------- */

static bool
read_person(const struct node *pid, const char *issuer, struct credential *out)
{
	const char *name = string_at(pid, "n"), *birth = string_at(pid, "dob");
	const char *sex = string_at(pid, "sex"), *number = string_at(pid, "i");

	if (name != NULL && !put_text(out, out->name, sizeof(out->name), name,
	    strlen(name)))
		warn(out, "field-too-long");
	if (sex != NULL && (strcmp(sex, "M") == 0 || strcmp(sex, "F") == 0))
		snprintf(out->sex, sizeof(out->sex), "%s",
		    sex[0] == 'M' ? "male" : "female");
	if (number != NULL && !put_text(out, out->id, sizeof(out->id), number,
	    strlen(number)))
		warn(out, "field-too-long");
	if (out->id[0] != '\0' && issuer != NULL)
		put_identity(out, issuer, "PASSPORT", out->id);
	put(out, "additional_id", string_at(pid, "ai"));
	return out->name[0] != '\0' && (birth == NULL ||
	    date_from_iso(birth, strlen(birth), out->birth));
}

/* The latest dose of all vaccines, and how many there were. */
static bool
read_doses(const struct node *events, struct credential *out)
{
	const char *product = NULL, *country = NULL, *lot = NULL;
	char last[11] = "", date[11];
	int count = 0;

	for (const struct node *event = node_nth(events, 0); event != NULL;
	    event = event->next) {
		for (const struct node *dose = node_nth(node_get(event, "vd"),
		    0); dose != NULL; dose = dose->next) {
			const char *when = string_at(dose, "dvc");

			if (when == NULL || !date_from_iso(when, strlen(when),
			    date))
				return false;
			count++;
			if (strcmp(date, last) < 0)
				continue;
			memcpy(last, date, sizeof(date));
			product = string_at(event, "nam");
			country = string_at(dose, "ctr");
			lot = string_at(dose, "lot");
		}
	}
	put_number(out, "doses", count);
	put_string(out, "dose_date", last);
	put(out, "product", product);
	put(out, "country", country);
	put(out, "lot", lot);
	return count > 0;
}

static bool
read_test(const struct node *msg, struct credential *out)
{
	const struct node *provider = node_get(msg, "sp");
	const struct node *times = node_get(msg, "dat");
	const struct node *test = node_get(msg, "tr");
	const char *sampled = string_at(times, "sc");
	const char *result = string_at(test, "r");
	char word[16] = "";

	for (size_t i = 0; result != NULL && result[i] != '\0' &&
	    i + 1 < sizeof(word); i++)
		word[i] = result[i] >= 'A' && result[i] <= 'Z' ?
		    (char)(result[i] - 'A' + 'a') : result[i];
	put(out, "test_sampled", sampled);
	put(out, "test_reported", string_at(times, "ri"));
	put(out, "test_code", string_at(test, "tc"));
	put(out, "test_result", word);
	put(out, "provider", string_at(provider, "spn"));
	put(out, "country", string_at(provider, "ctr"));
	return sampled != NULL && word[0] != '\0';
}

static bool
read_data(const struct node *data, struct credential *out)
{
	const struct node *hdr = node_get(data, "hdr");
	const struct node *msg = node_get(data, "msg");
	const char *type = string_at(hdr, "t"), *issuer = string_at(hdr, "is");
	int64_t version = 0;
	bool good;

	put(out, "vds_type", type);
	put(out, "iss", issuer);
	put(out, "uvci", string_at(msg, "uvci"));
	put(out, "utci", string_at(msg, "utci"));
	good = read_person(node_get(msg, "pid"), issuer, out);
	if (type != NULL && strcmp(type, "icao.vacc") == 0)
		good &= read_doses(node_get(msg, "ve"), out);
	else if (type != NULL && strcmp(type, "icao.test") == 0)
		good &= read_test(msg, out);
	else
		good = false;
	return good && issuer != NULL && strlen(issuer) <= 3 &&
	    node_integer(node_get(hdr, "v"), &version) && version == 1;
}

/* ---- verification -------------------------------------------------------------------------- */

/* The key as the post knows it: itself, or the authority that signed it.
 * One distrusted says no, whoever else says yes. NULL: nobody knows it. */
static const struct key *
find_known(const struct key *key, const struct credential_trust *trust)
{
	const struct key *found = NULL;

	for (size_t i = 0; i < trust_count(trust); i++) {
		const struct key *known = trust_key(trust, i);

		if (known->cert != NULL && (key_same_certificate(known, key) ||
		    key_issued_by(key, known)) &&
		    (found == NULL || known->distrusted))
			found = known;
	}
	return found;
}

static const char *
judge_signature(const struct node *data, const struct node *sig,
    const struct key *key)
{
	const char *name = string_at(sig, "alg");
	const char *value = string_at(sig, "sigvl");
	unsigned char signature[SIGNATURE_MAX];
	enum signature_alg alg = ALG_NONE;
	char text[CANONICAL_MAX];
	size_t len = canonical_json(data, text, sizeof(text));
	ssize_t n = value == NULL ? -1 : base64_decode(BASE64_ANY, value,
	    strlen(value), signature, sizeof(signature));

	for (size_t i = 0; name != NULL && i < nitems(algorithms); i++)
		if (strcmp(algorithms[i].name, name) == 0)
			alg = algorithms[i].alg;
	if (alg == ALG_NONE || len == 0)
		return "unsupported";
	if (n < 0 || !key_verify(key, alg, text, len, signature, (size_t)n))
		return "invalid";
	return "valid";
}

static void
verify(const struct node *data, const struct node *sig,
    const struct credential_context *context, struct credential *out)
{
	const char *text = string_at(sig, "cer");
	unsigned char der[CERTIFICATE_MAX];
	ssize_t n = text == NULL ? -1 : base64_decode(BASE64_ANY, text,
	    strlen(text), der, sizeof(der));
	const struct key *known;
	const char *word, *worth;
	struct key key;

	if (n <= 0 || !key_from_certificate(&key, der, (size_t)n)) {
		verification_signature(out, "invalid");
		return;
	}
	word = judge_signature(data, sig, &key);
	known = find_known(&key, context->trust);
	key.distrusted = known != NULL && known->distrusted;
	worth = verification_key(out, context, &key);
	if (strcmp(word, "valid") == 0)
		word = known == NULL ? "unknown-key" : worth;
	verification_signature(out, word);
	/* Restricted to another family of documents. */
	verification_key_usage(out, key.usage == 0 ||
	    (key.usage & USAGE_SEAL) != 0);
	key_clear(&key);
}

static const char *
read_text(const struct scan *scan, struct tree *tree, struct credential *out)
{
	const struct node *root = json_parse(tree, scan->text, scan->n);
	const struct node *data = node_get(root, "data");
	const struct node *sig = node_get(root, "sig");

	if (root == NULL)
		return N_("the seal is not JSON");
	if (data == NULL || data->kind != NODE_MAP || sig == NULL ||
	    sig->kind != NODE_MAP)
		return N_("the seal has no data or no signature");
	out->kind = CREDENTIAL_VDS_NC;
	out->verification.readable = true;
	verification_schema(out, read_data(data, out));
	verification_time(out, scan->context, NULL, NULL);
	verify(data, sig, scan->context, out);
	return NULL;
}

void
vds_parse(const struct scan *scan, struct credential *out)
{
	struct tree *tree = tree_new();
	const char *problem;

	verification_start(out);
	if ((problem = read_text(scan, tree, out)) != NULL)
		refuse(out, problem);
	tree_free(tree);
}
