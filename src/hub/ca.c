/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ca - makes the certificates of posts; the one file here that knows
 * libcrypto. A request proves that its sender has the key; who the sender is
 * never comes from the request, but from a ticket or the old certificate.
 */
#include "parts.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define EARLIER_S 3600 /* the clock of a post may be a little behind */
#define DAY_S 86400L

struct ca {
	X509 *cert;
	EVP_PKEY *key;
};

static int
openssl_failed(struct err *err, const char *what)
{
	ERR_clear_error();
	return err_set(err, ERR_SETUP, "%s", what);
}

static int
no_password(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return 0; /* nobody is there to type one */
}

/* Of all certificates of a file the one that fits; key NULL: the first. */
static X509 *
find_certificate(const char *path, EVP_PKEY *key)
{
	BIO *file = BIO_new_file(path, "r");
	X509 *cert = NULL;

	while (file != NULL &&
	    (cert = PEM_read_bio_X509(file, NULL, no_password, NULL)) != NULL) {
		if (key == NULL || X509_check_private_key(cert, key) == 1)
			break;
		X509_free(cert);
	}
	BIO_free(file);
	ERR_clear_error();
	return cert;
}

struct ca *
ca_load(const char *cert_path, const char *key_path, struct err *err)
{
	struct ca *ca = calloc(1, sizeof(*ca));
	BIO *file = BIO_new_file(key_path, "r");

	if (ca == NULL)
		mem_none();
	if (file != NULL)
		ca->key = PEM_read_bio_PrivateKey(file, NULL, no_password,
		    NULL);
	BIO_free(file);
	if (ca->key == NULL)
		err_set(err, ERR_SETUP, "%s: not a key", key_path);
	else if ((ca->cert = find_certificate(cert_path, ca->key)) == NULL)
		err_set(err, ERR_SETUP, "%s: no certificate of the key %s",
		    cert_path, key_path);
	ERR_clear_error();
	if (ca->cert != NULL)
		return ca;
	ca_free(ca);
	return NULL;
}

void
ca_free(struct ca *ca)
{
	if (ca == NULL)
		return;
	X509_free(ca->cert);
	EVP_PKEY_free(ca->key);
	free(ca);
}

void
ca_hash(const void *bytes, size_t n, unsigned char out[CA_HASH_BYTES])
{
	if (EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) != 1)
		mem_none();
}

int
ca_read(const char *path, unsigned char out[CA_CERTIFICATE_MAX], size_t *len,
    struct err *err)
{
	X509 *cert = find_certificate(path, NULL);
	int n = cert != NULL ? i2d_X509(cert, NULL) : -1;
	unsigned char *at = out;

	if (n > 0 && n <= CA_CERTIFICATE_MAX)
		*len = (size_t)i2d_X509(cert, &at);
	X509_free(cert);
	return n > 0 && n <= CA_CERTIFICATE_MAX ? 0 : err_set(err, ERR_SETUP,
	    "%s: not a certificate", path);
}

/* ---- requests --------------------------------------------------------------------- */

/* What a post may have: P-256, P-384, Ed25519, or RSA of 2048 bits on. */
static bool
strong_enough(EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_ED25519:
		return true;
	case EVP_PKEY_EC:
		return EVP_PKEY_get_bits(key) >= 256;
	case EVP_PKEY_RSA:
		return EVP_PKEY_get_bits(key) >= 2048 &&
		    EVP_PKEY_get_bits(key) <= 4096;
	default:
		return false;
	}
}

static X509_REQ *
parse_request(const unsigned char *der, size_t n)
{
	const unsigned char *at = der;
	X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)n);
	EVP_PKEY *key = request != NULL ? X509_REQ_get0_pubkey(request) : NULL;

	if (key == NULL || at != der + n || !strong_enough(key) ||
	    X509_REQ_verify(request, key) != 1) {
		X509_REQ_free(request);
		request = NULL;
	}
	ERR_clear_error();
	return request;
}

bool
ca_request_key(const unsigned char *der, size_t n,
    unsigned char hash[CA_HASH_BYTES])
{
	X509_REQ *request = parse_request(der, n);
	unsigned char *key = NULL;
	int len = 0;

	if (request == NULL)
		return false;
	len = i2d_PUBKEY(X509_REQ_get0_pubkey(request), &key);
	if (len > 0)
		ca_hash(key, (size_t)len, hash);
	OPENSSL_free(key);
	X509_REQ_free(request);
	return len > 0;
}

/* ---- signing ------------------------------------------------------------------------- */

static bool
set_serial(X509 *cert)
{
	BIGNUM *number = BN_new();
	bool good = number != NULL && BN_rand(number, 127, BN_RAND_TOP_ANY,
	    BN_RAND_BOTTOM_ANY) == 1 && BN_to_ASN1_INTEGER(number,
	    X509_get_serialNumber(cert)) != NULL;

	BN_free(number);
	return good;
}

static bool
add_name(X509 *cert, const char *field, const char *value)
{
	return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), field,
	    MBSTRING_ASC, (const unsigned char *)value, -1, -1, 0) == 1;
}

static bool
add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid,
	    value);
	bool good = extension != NULL && X509_add_ext(cert, extension, -1) == 1;

	X509_EXTENSION_free(extension);
	return good;
}

static bool
fill(const struct ca *ca, X509 *cert, X509_REQ *request,
    const struct ca_subject *subject, int64_t now)
{
	time_t from = (time_t)(now - EARLIER_S);
	time_t until = (time_t)(now + subject->days * DAY_S);
	char generation[16];

	snprintf(generation, sizeof(generation), "%d", subject->generation);
	return X509_set_version(cert, X509_VERSION_3) == 1 &&
	    set_serial(cert) && add_name(cert, "CN", subject->station) &&
	    add_name(cert, "serialNumber", generation) &&
	    X509_set_issuer_name(cert, X509_get_subject_name(ca->cert)) == 1 &&
	    ASN1_TIME_set(X509_getm_notBefore(cert), from) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), until) != NULL &&
	    X509_set_pubkey(cert, X509_REQ_get0_pubkey(request)) == 1 &&
	    add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	    add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
	    add_extension(cert, NID_ext_key_usage, "clientAuth");
}

int
ca_sign(const struct ca *ca, const unsigned char *der, size_t n,
    const struct ca_subject *subject, int64_t now,
    unsigned char out[CA_CERTIFICATE_MAX], size_t *len, struct err *err)
{
	X509_REQ *request = parse_request(der, n);
	X509 *cert = X509_new();
	unsigned char *at = out;
	int id = EVP_PKEY_get_base_id(ca->key), size = -1;

	if (request != NULL && cert != NULL &&
	    fill(ca, cert, request, subject, now) &&
	    X509_sign(cert, ca->key, id == EVP_PKEY_ED25519 ? NULL :
	    EVP_sha256()) > 0)
		size = i2d_X509(cert, NULL);
	if (size > 0 && size <= CA_CERTIFICATE_MAX)
		*len = (size_t)i2d_X509(cert, &at);
	X509_REQ_free(request);
	X509_free(cert);
	return size > 0 && size <= CA_CERTIFICATE_MAX ? 0 :
	    openssl_failed(err, "the certificate could not be signed");
}

/* ---- bundles ------------------------------------------------------------------------------ */

/* Out of date or not: a post that was cut off for long hands in sticks. */
static bool
signed_by(X509 *cert, const char *ca_path)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool good = false;

	if (store != NULL && ctx != NULL &&
	    X509_STORE_load_file(store, ca_path) == 1 &&
	    X509_STORE_CTX_init(ctx, store, cert, NULL) == 1) {
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
		X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_CLIENT);
		good = X509_verify_cert(ctx) == 1;
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return good;
}

bool
ca_bundle_peer(const char *ca_path, const unsigned char *der, size_t n,
    struct peer *peer)
{
	const unsigned char *at = der;
	X509 *cert = d2i_X509(NULL, &at, (long)n);
	BIO *words = BIO_new(BIO_s_mem());
	char subject[512];
	int len = -1;
	bool good = false;

	if (cert != NULL && words != NULL && at == der + n &&
	    signed_by(cert, ca_path) && X509_NAME_print_ex(words,
	    X509_get_subject_name(cert), 0, XN_FLAG_RFC2253) >= 0)
		len = BIO_read(words, subject, sizeof(subject) - 1);
	if (len > 0) {
		subject[len] = '\0';
		good = strlen(subject) == (size_t)len &&
		    subject_peer(subject, peer);
	}
	BIO_free(words);
	X509_free(cert);
	ERR_clear_error();
	return good;
}
