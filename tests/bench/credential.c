/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long one scan takes from bytes to fields: a card, and a health
 * certificate with its ES256 signature verified, beside libcrypto's bare
 * verification as the limit. Prints microseconds, the median and the 99th of
 * a hundred.
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
	printf("%-34s %8.0f %8.0f\n", what, times[ROUNDS / 2],
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

/* The first entry of an object of the vectors. */
static const char *
first(json_t *root, const char *name, const char *member)
{
	json_t *object = json_object_get(root, name);
	json_t *value = json_object_iter_value(json_object_iter(object));

	return json_string_value(member != NULL ?
	    json_object_get(value, member) : value);
}

int
main(int argc, char **argv)
{
	struct credential_trust *trust = credential_trust_new();
	json_t *vectors = argc == 3 ? json_load_file(argv[1], 0, NULL) : NULL;
	const char *der = first(vectors, "certs", "der_b64");
	char *pem = argc == 3 ? file_read(argv[2], 65536, &(size_t){ 0 },
	    NULL) : NULL;
	bool good;

	if (der == NULL || pem == NULL) {
		fprintf(stderr, "usage: credential dcc-vectors.json p256.pem\n");
		return 64;
	}
	credential_trust_add(trust, (const void *)der, strlen(der), NULL, NULL);
	printf("%-34s %8s %8s  (us of %d)\n", "", "median", "p99", ROUNDS);
	good = measure("ID card", card, NULL, "");
	good &= measure("health certificate, ES256",
	    first(vectors, "hc1", NULL), trust, "valid");
	good &= measure_limit(pem);
	credential_trust_free(trust);
	json_decref(vectors);
	free(pem);
	return good ? 0 : 1;
}
