/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls - certificates; the one file here that knows libcrypto.
 *
 * The post's own certificate proves who it is to the hub, and signs the
 * bundles it puts on a stick. Its key is made here and never leaves.
 */
#include "parts.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEYS_BYTES 65536 /* of the heap that keys are kept in */
#define KEYS_LEAST 32    /* of one piece */

void
tls_lock_keys(void)
{
	CRYPTO_secure_malloc_init(KEYS_BYTES, KEYS_LEAST);
}

static X509 *
read_certificate(const char *path, struct err *err)
{
	BIO *file = BIO_new_file(path, "r");
	X509 *cert = NULL;

	if (file != NULL)
		cert = PEM_read_bio_X509(file, NULL, NULL, NULL);
	BIO_free(file);
	ERR_clear_error();
	if (cert == NULL)
		err_set(err, ERR_SETUP, _("%s: not a certificate"), path);
	return cert;
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

static EVP_PKEY *
read_key(const char *path, struct err *err)
{
	BIO *file = BIO_new_file(path, "r");
	EVP_PKEY *key = NULL;

	if (file != NULL)
		key = PEM_read_bio_PrivateKey(file, NULL, no_password, NULL);
	BIO_free(file);
	ERR_clear_error();
	if (key == NULL)
		err_set(err, ERR_SETUP, _("%s: not a key"), path);
	return key;
}

int
tls_check_own(const struct conf_hub *hub, int64_t at, enum trouble *trouble,
    struct err *err)
{
	X509 *cert = read_certificate(hub->certificate, err);
	EVP_PKEY *key = read_key(hub->key, err);
	X509 *ca = read_certificate(hub->ca, err);
	time_t now = (time_t)at;
	int ret = -1;

	*trouble = TROUBLE_OWN_FILE;
	if (cert != NULL && key != NULL && ca != NULL) {
		if (X509_check_private_key(cert, key) != 1)
			err_set(err, ERR_SETUP,
			    _("%s: not the key of that certificate"),
			    hub->key);
		else
			ret = 0;
	}
	ERR_clear_error();
	if (ret == 0 && at > 0 &&
	    X509_cmp_time(X509_get0_notAfter(cert), &now) < 0) {
		*trouble = TROUBLE_OWN_EXPIRED;
		ret = err_set(err, ERR_DENIED, "%s", hub->certificate);
	}
	X509_free(cert);
	X509_free(ca);
	EVP_PKEY_free(key);
	return ret;
}

/* ---- signatures ------------------------------------------------------------------------ */

struct tls_digest {
	EVP_MD_CTX *md;
};

struct tls_digest *
tls_digest_new(void)
{
	struct tls_digest *digest = calloc(1, sizeof(*digest));

	if (digest == NULL || (digest->md = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestInit_ex(digest->md, EVP_sha256(), NULL) != 1)
		mem_none();
	return digest;
}

void
tls_digest_add(struct tls_digest *digest, const void *bytes, size_t n)
{
	EVP_DigestUpdate(digest->md, bytes, n);
}

void
tls_digest_so_far(const struct tls_digest *digest,
    unsigned char out[TLS_DIGEST_BYTES])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();

	if (copy == NULL || EVP_MD_CTX_copy_ex(copy, digest->md) != 1)
		mem_none();
	EVP_DigestFinal_ex(copy, out, NULL);
	EVP_MD_CTX_free(copy);
}

void
tls_digest_end(struct tls_digest *digest, unsigned char out[TLS_DIGEST_BYTES])
{
	EVP_DigestFinal_ex(digest->md, out, NULL);
	EVP_MD_CTX_free(digest->md);
	free(digest);
}

/* Ed25519 hashes for itself; the others take SHA-256 of what is a digest. */
static const EVP_MD *
hash_for(const EVP_PKEY *key)
{
	int id = EVP_PKEY_get_base_id(key);

	return id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448 ? NULL :
	    EVP_sha256();
}

int
tls_sign(const struct conf_hub *hub, const unsigned char *bytes, size_t n,
    unsigned char *out, size_t *len, struct err *err)
{
	EVP_PKEY *key = read_key(hub->key, err);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int ret = -1;

	*len = TLS_SIGNATURE_MAX;
	if (key != NULL && md != NULL && EVP_DigestSignInit(md, NULL,
	    hash_for(key), NULL, key) == 1 &&
	    EVP_DigestSign(md, out, len, bytes, n) == 1)
		ret = 0;
	else if (key != NULL)
		err_set(err, ERR_SETUP, _("%s: cannot sign"), hub->key);
	ERR_clear_error();
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return ret;
}

int
tls_certificate(const struct conf_hub *hub, unsigned char *out, size_t *len,
    struct err *err)
{
	X509 *cert = read_certificate(hub->certificate, err);
	int n = cert != NULL ? i2d_X509(cert, NULL) : -1;
	unsigned char *at = out;

	if (n > TLS_CERTIFICATE_MAX)
		n = err_set(err, ERR_SETUP, _("%s: too long"),
		    hub->certificate);
	if (n > 0)
		*len = (size_t)i2d_X509(cert, &at);
	X509_free(cert);
	return n > 0 ? 0 : -1;
}

bool
tls_verify(const unsigned char *cert_der, size_t cert_len,
    const unsigned char *bytes, size_t n, const unsigned char *signature,
    size_t len)
{
	const unsigned char *at = cert_der;
	X509 *cert = d2i_X509(NULL, &at, (long)cert_len);
	EVP_PKEY *key = cert != NULL ? X509_get_pubkey(cert) : NULL;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = key != NULL && md != NULL && at == cert_der + cert_len &&
	    EVP_DigestVerifyInit(md, NULL, hash_for(key), NULL, key) == 1 &&
	    EVP_DigestVerify(md, signature, len, bytes, n) == 1;

	ERR_clear_error();
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	X509_free(cert);
	return good;
}

/* ---- becoming a post ----------------------------------------------------------------------- */

int
tls_make_key(const char *path, struct err *err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	int ret = -1;

	if (key != NULL && file != NULL && PEM_write_PrivateKey(file, key,
	    NULL, NULL, 0, NULL, NULL) == 1 && fflush(file) == 0 &&
	    fsync(fd) == 0)
		ret = 0;
	if (file != NULL && fclose(file) != 0)
		ret = -1;
	ERR_clear_error();
	EVP_PKEY_free(key);
	if (ret == 0)
		return 0;
	if (fd >= 0)
		unlink(path);
	return err_set(err, ERR_RETRY, _("%s: cannot be written"), path);
}

int
tls_request(const char *key_path, const char *station, unsigned char *out,
    size_t *len, struct err *err)
{
	EVP_PKEY *key = read_key(key_path, err);
	X509_REQ *request = X509_REQ_new();
	unsigned char *at = out;
	int n = -1;

	if (key != NULL && request != NULL &&
	    X509_REQ_set_pubkey(request, key) == 1 &&
	    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request),
	    "CN", MBSTRING_ASC, (const unsigned char *)station, -1, -1, 0) ==
	    1 && X509_REQ_sign(request, key, hash_for(key)) > 0)
		n = i2d_X509_REQ(request, NULL);
	if (n > 0 && n <= TLS_CERTIFICATE_MAX)
		*len = (size_t)i2d_X509_REQ(request, &at);
	else if (key != NULL)
		err_set(err, ERR_SETUP, _("%s: cannot sign"), key_path);
	ERR_clear_error();
	X509_REQ_free(request);
	EVP_PKEY_free(key);
	return n > 0 && n <= TLS_CERTIFICATE_MAX ? 0 : -1;
}

static X509 *
parse_certificate(const unsigned char *der, size_t n)
{
	const unsigned char *at = der;
	X509 *cert = d2i_X509(NULL, &at, (long)n);

	if (cert != NULL && at != der + n) {
		X509_free(cert);
		cert = NULL;
	}
	ERR_clear_error();
	return cert;
}

int
tls_write_certificate(const char *path, const unsigned char *der, size_t n,
    struct err *err)
{
	X509 *cert = parse_certificate(der, n);
	BIO *text = BIO_new(BIO_s_mem());
	char *bytes;
	long len;
	int ret = -1;

	if (cert != NULL && text != NULL && PEM_write_bio_X509(text, cert) == 1 &&
	    (len = BIO_get_mem_data(text, &bytes)) > 0)
		ret = file_write(path, bytes, (size_t)len, 0644, true, err);
	else
		err_set(err, ERR_INPUT, _("the hub sent no certificate"));
	ERR_clear_error();
	BIO_free(text);
	X509_free(cert);
	return ret;
}

int
tls_check_new(const unsigned char *der, size_t n, const char *key_path,
    const char *station, struct err *err)
{
	X509 *cert = parse_certificate(der, n);
	EVP_PKEY *key = read_key(key_path, err);
	char name[OUTBOX_STATION_MAX + 1] = "";
	int ret = -1;

	if (cert != NULL)
		X509_NAME_get_text_by_NID(X509_get_subject_name(cert),
		    NID_commonName, name, sizeof(name));
	if (key != NULL && cert != NULL && strcmp(name, station) == 0 &&
	    X509_check_private_key(cert, key) == 1)
		ret = 0;
	else if (key != NULL)
		err_set(err, ERR_INPUT, _("the hub's certificate is not for "
		    "this post and its key"));
	ERR_clear_error();
	EVP_PKEY_free(key);
	X509_free(cert);
	return ret;
}

/* serialNumber of the subject; a certificate that says none is of the first
 * machine. */
int
tls_generation(const char *path)
{
	X509 *cert = read_certificate(path, NULL);
	char text[16] = "";

	if (cert != NULL)
		X509_NAME_get_text_by_NID(X509_get_subject_name(cert),
		    NID_serialNumber, text, sizeof(text));
	X509_free(cert);
	return (int)strtol(text, NULL, 10);
}

static int64_t
unix_time(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

int
tls_life(const char *path, int64_t *from, int64_t *until, struct err *err)
{
	X509 *cert = read_certificate(path, err);

	*from = *until = 0;
	if (cert == NULL)
		return -1;
	*from = unix_time(X509_get0_notBefore(cert));
	*until = unix_time(X509_get0_notAfter(cert));
	X509_free(cert);
	return 0;
}

int64_t
tls_until(const unsigned char *der, size_t n)
{
	X509 *cert = parse_certificate(der, n);
	int64_t until = cert != NULL ?
	    unix_time(X509_get0_notAfter(cert)) : 0;

	X509_free(cert);
	return until;
}
