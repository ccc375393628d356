/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long one scan takes from bytes to fields: each kind of document, with
 * its signature verified, beside libcrypto's bare ES256 verification as the
 * limit. Prints microseconds, the median and the 99th of a hundred.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "../../src/credential/parts.h"

#define ROUNDS 2000
#define TEST_CLOCK 1633046400

static const char card[] = "094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|"
    "Ấp Mẫu, Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng|10052021";

static double times[ROUNDS];

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
report(const char *what)
{
	qsort(times, ROUNDS, sizeof(times[0]), compare);
	printf("%-38s %8.0f %8.0f\n", what, times[ROUNDS / 2],
	    times[ROUNDS * 99 / 100]);
}

static bool
measure(const char *what, const char *text,
    const struct credential_trust *trust, const char *signature)
{
	struct credential_context context = { .trust = trust, .has_now = true,
		.now = TEST_CLOCK };
	size_t n = strlen(text);
	struct credential c;

	for (int i = 0; i < ROUNDS; i++) {
		double start = now_us();

		credential_decode((const void *)text, n, &context, &c);
		times[i] = now_us() - start;
	}
	report(what);
	return strcmp(c.verification.signature, signature) == 0;
}

/* As many bytes as a certificate has, signed and verified by one key. */
static bool
measure_limit(const char *pem)
{
	unsigned char message[300] = { 1 }, signature[64];
	struct key key;
	bool good = key_from_private(&key, pem) &&
	    key_sign(&key, message, sizeof(message), signature);

	for (int i = 0; good && i < ROUNDS; i++) {
		double start = now_us();

		good = key_verify(&key, ALG_ES256, message, sizeof(message),
		    signature, sizeof(signature));
		times[i] = now_us() - start;
	}
	if (good) {
		report("libcrypto's ES256 alone");
		key_clear(&key);
	}
	return good;
}

/* ---- what is measured ----------------------------------------------------------- */

struct row {
	const char *what, *file, *group, *start; /* of the samples */
	const char *trusts, *trust; /* member of the same file: a key */
};

/* Of the object `group`, the text whose name begins so. */
static const char *
find(json_t *root, const char *group, const char *start)
{
	const char *name;
	json_t *value;

	json_object_foreach(json_object_get(root, group), name, value)
		if (strncmp(name, start, strlen(start)) == 0)
			return json_string_value(json_is_object(value) ?
			    json_object_get(value, "der_b64") : value);
	return NULL;
}

/* A certificate, or a set of keys as JSON. */
static void
trust_row(struct credential_trust *trust, json_t *root, const struct row *row)
{
	json_t *whole = json_object_get(root, row->trusts);
	char *text = row->trust != NULL ?
	    strdup(find(root, row->trusts, row->trust)) :
	    json_is_string(whole) ? strdup(json_string_value(whole)) :
	    json_dumps(whole, 0);

	credential_trust_add(trust, (const void *)text, strlen(text), NULL,
	    NULL);
	free(text);
}

static bool
measure_row(const char *dir, const struct row *row)
{
	struct credential_trust *trust = credential_trust_new();
	char path[4096];
	json_t *root;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", dir, row->file);
	root = json_load_file(path, 0, NULL);
	if (root == NULL) {
		fprintf(stderr, "%s: not readable\n", path);
		return false;
	}
	trust_row(trust, root, row);
	good = measure(row->what, find(root, row->group, row->start), trust,
	    "valid");
	credential_trust_free(trust);
	json_decref(root);
	return good;
}

/* One of ours, by the key that the limit is measured with. */
static bool
measure_own(const char *dir)
{
	struct credential_trust *trust = credential_trust_new();
	char path[4096], text[CREDENTIAL_TEXT_MAX + 1], *json, *pem, *pub;
	bool good;
	size_t n;

	snprintf(path, sizeof(path), "%s/issue.json", dir);
	json = file_read(path, 100000, &n, NULL);
	snprintf(path, sizeof(path), "%s/test-key.pem", dir);
	pem = file_read(path, 10000, &n, NULL);
	snprintf(path, sizeof(path), "%s/test-key.pub", dir);
	pub = file_read(path, 10000, &n, NULL);
	good = json != NULL && pem != NULL && pub != NULL &&
	    credential_trust_add(trust, (const void *)pub, strlen(pub), NULL,
	    NULL) == 0 && credential_issue(json, strcspn(json, "\n"), pem,
	    1632960000, text, NULL) == 0 &&
	    measure("declaration of 18 fields, EdDSA", text, trust, "valid");
	free(json);
	free(pem);
	free(pub);
	credential_trust_free(trust);
	return good;
}

int
main(int argc, char **argv)
{
	static const char passport[] =
	    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r"
	    "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
	static const struct row rows[] = {
		{ "health certificate, ES256", "dcc-vectors.json", "hc1",
		    "V1", "certs", "C1" },
		{ "health certificate, PS256", "dcc-vectors.json", "hc1",
		    "V2", "certs", "C2" },
		{ "health certificate, EdDSA", "dcc-vectors.json", "hc1",
		    "V5", "certs", "C4" },
		{ "SMART Health Card, ES256", "shc-made.json", "cards",
		    "vaccination", "jwks_bound", NULL },
		{ "ICAO seal, ES256 and its authority", "vds-made.json",
		    "seals", "vaccination", "csca", NULL },
	};
	char path[4096], *pem;
	bool good = true;

	if (argc != 2) {
		fprintf(stderr, "usage: credential DIR\n");
		return 64;
	}
	snprintf(path, sizeof(path), "%s/test-p256.pem", argv[1]);
	pem = file_read(path, 65536, &(size_t){ 0 }, NULL);
	printf("%-38s %8s %8s  (us of %d)\n", "", "median", "p99", ROUNDS);
	good &= measure("ID card", card, NULL, "");
	good &= measure("passport", passport, NULL, "");
	for (size_t i = 0; i < nitems(rows); i++)
		good &= measure_row(argv[1], &rows[i]);
	good &= measure_own(argv[1]);
	good &= pem != NULL && measure_limit(pem);
	free(pem);
	return good ? 0 : 1;
}
