/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crypto - hashes, keys and signatures. The only module of the room that
 * knows libcrypto.
 *
 * The algorithm of a message must be the one of the key's type: a header
 * never chooses. ECDSA signatures are raw r||s, as COSE and JOSE have them.
 */
#include "parts.h"

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DER_SIGNATURE_MAX 160 /* of ECDSA with P-521 */
#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192     /* a huge key is a way to stall a post */

static const struct {
	enum signature_alg alg;
	int type;          /* EVP_PKEY_* */
	const char *group; /* NULL: any of those below */
	const char *digest;
} algorithms[] = {
	{ ALG_ES256, EVP_PKEY_EC, "prime256v1", "SHA256" },
	{ ALG_ES384, EVP_PKEY_EC, "secp384r1", "SHA384" },
	{ ALG_ES512, EVP_PKEY_EC, "secp521r1", "SHA512" },
	{ ALG_ECDSA_SHA256, EVP_PKEY_EC, NULL, "SHA256" },
	{ ALG_ECDSA_SHA384, EVP_PKEY_EC, NULL, "SHA384" },
	{ ALG_ECDSA_SHA512, EVP_PKEY_EC, NULL, "SHA512" },
	{ ALG_PS256, EVP_PKEY_RSA, NULL, "SHA256" },
	{ ALG_PS256, EVP_PKEY_RSA_PSS, NULL, "SHA256" },
	{ ALG_EDDSA, EVP_PKEY_ED25519, NULL, NULL },
};

static const char *const curves[] = { "prime256v1", "secp384r1", "secp521r1" };

/* Both prefixes are on real certificates (devices-and-documents 3.5). */
static const struct {
	const char *oid;
	enum key_usage usage;
} usages[] = {
	{ "1.3.6.1.4.1.1847.2021.1.1", USAGE_TEST },
	{ "1.3.6.1.4.1.1847.2021.1.2", USAGE_VACCINATION },
	{ "1.3.6.1.4.1.1847.2021.1.3", USAGE_RECOVERY },
	{ "1.3.6.1.4.1.0.1847.2021.1.1", USAGE_TEST },
	{ "1.3.6.1.4.1.0.1847.2021.1.2", USAGE_VACCINATION },
	{ "1.3.6.1.4.1.0.1847.2021.1.3", USAGE_RECOVERY },
	{ "2.23.136.1.1.14.2", USAGE_SEAL },
};

void
sha256(const void *bytes, size_t n, unsigned char out[SHA256_BYTES])
{
	if (EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) != 1)
		mem_none();
}

/* ---- keys ------------------------------------------------------------------------ */

static bool
is_group(EVP_PKEY *pkey, const char *wanted)
{
	char group[64] = "";

	return EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
	    strcmp(group, wanted) == 0;
}

/* False for a key none of our algorithms can use. */
static bool
is_usable(EVP_PKEY *pkey)
{
	int type = EVP_PKEY_get_base_id(pkey), bits = EVP_PKEY_get_bits(pkey);

	if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS)
		return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
	if (type == EVP_PKEY_ED25519)
		return true;
	for (size_t i = 0; type == EVP_PKEY_EC && i < nitems(curves); i++)
		if (is_group(pkey, curves[i]))
			return true;
	return false;
}

static int64_t
time_of(const ASN1_TIME *when)
{
	struct tm tm;
	int64_t days;

	if (when == NULL || ASN1_TIME_to_tm(when, &tm) != 1 ||
	    !calendar_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &days))
		return 0;
	return days * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

static unsigned
read_usage(const X509 *cert)
{
	EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(cert, NID_ext_key_usage,
	    NULL, NULL);
	unsigned usage = 0;

	for (int i = 0; i < sk_ASN1_OBJECT_num(list); i++) {
		char oid[80];

		OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(list, i), 1);
		for (size_t u = 0; u < nitems(usages); u++)
			if (strcmp(oid, usages[u].oid) == 0)
				usage |= usages[u].usage;
	}
	EXTENDED_KEY_USAGE_free(list);
	return usage;
}

static void
read_country(const X509 *cert, char country[3])
{
	char text[8];
	int n = X509_NAME_get_text_by_NID(X509_get_subject_name(cert),
	    NID_countryName, text, sizeof(text));

	country[0] = '\0';
	if (n != 2 || strlen(text) != 2)
		return;
	for (int i = 0; i < 2; i++) {
		char c = text[i] >= 'a' && text[i] <= 'z' ?
		    (char)(text[i] - 'a' + 'A') : text[i];

		if (c < 'A' || c > 'Z') {
			country[0] = '\0';
			return;
		}
		country[i] = c;
	}
	country[2] = '\0';
}

/* A certificate without the extension (an old one) may sign when it is its
 * own issuer: that is how national roots are imported. */
static bool
may_sign_certificates(X509 *cert)
{
	uint32_t flags = X509_get_extension_flags(cert);

	if ((flags & EXFLAG_BCONS) != 0)
		return (flags & EXFLAG_CA) != 0;
	return (flags & EXFLAG_SS) != 0;
}

/* A line end behind DER is some editor's. */
static bool
only_space(const unsigned char *at, const unsigned char *end)
{
	while (at < end && (*at == '\n' || *at == '\r' || *at == ' '))
		at++;
	return at == end;
}

bool
key_from_certificate(struct key *key, const unsigned char *der, size_t n)
{
	const unsigned char *at = der;
	unsigned char sum[SHA256_BYTES];
	X509 *cert = d2i_X509(NULL, &at, (long)n);
	EVP_PKEY *pkey = cert != NULL ? X509_get_pubkey(cert) : NULL;

	*key = (struct key){ 0 };
	if (pkey == NULL || !only_space(at, der + n) || !is_usable(pkey)) {
		EVP_PKEY_free(pkey);
		X509_free(cert);
		return false;
	}
	sha256(der, (size_t)(at - der), sum);
	memcpy(key->kid, sum, KID_BYTES);
	read_country(cert, key->country);
	key->usage = read_usage(cert);
	key->is_ca = may_sign_certificates(cert);
	key->not_before = time_of(X509_get0_notBefore(cert));
	key->not_after = time_of(X509_get0_notAfter(cert));
	key->pkey = pkey;
	key->cert = cert;
	return true;
}

static EVP_PKEY *
make_p256(const unsigned char *point, size_t n)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    (char[]){ "prime256v1" }, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    (void *)point, n),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *pkey = NULL;

	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(context);
	return pkey;
}

bool
key_from_point(struct key *key, const unsigned char x[32],
    const unsigned char y[32])
{
	unsigned char point[65] = { 0x04 }; /* uncompressed */

	*key = (struct key){ .origin = ORIGIN_KEY_SET };
	memcpy(point + 1, x, 32);
	memcpy(point + 33, y, 32);
	key->pkey = make_p256(point, sizeof(point));
	return key->pkey != NULL;
}

static void
set_public_kid(struct key *key)
{
	unsigned char *der = NULL, sum[SHA256_BYTES];
	int n = i2d_PUBKEY(key->pkey, &der);

	if (n <= 0)
		mem_none();
	sha256(der, (size_t)n, sum);
	memcpy(key->kid, sum, KID_BYTES);
	OPENSSL_free(der);
}

bool
key_from_public(struct key *key, const unsigned char *der, size_t n)
{
	const unsigned char *at = der;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)n);

	*key = (struct key){ .origin = ORIGIN_PUBLIC_KEY };
	if (pkey == NULL || at != der + n || !is_usable(pkey)) {
		EVP_PKEY_free(pkey);
		return false;
	}
	key->pkey = pkey;
	set_public_kid(key);
	return true;
}

static int
no_password(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return -1; /* never ask on the terminal */
}

bool
key_from_private(struct key *key, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *pkey = bio == NULL ? NULL :
	    PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);

	BIO_free(bio);
	*key = (struct key){ .origin = ORIGIN_PUBLIC_KEY, .pkey = pkey };
	if (pkey == NULL)
		return false;
	if (!is_usable(pkey) || key_alg(key) == ALG_NONE) {
		key_clear(key);
		return false;
	}
	set_public_kid(key);
	return true;
}

static bool
write_pem(EVP_PKEY *pkey, bool secret, char *out, size_t size)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int n = bio == NULL || (secret ? PEM_write_bio_PrivateKey(bio, pkey,
	    NULL, NULL, 0, NULL, NULL) : PEM_write_bio_PUBKEY(bio, pkey)) != 1 ?
	    -1 : BIO_read(bio, out, (int)size - 1);

	if (n >= 0)
		out[n] = '\0';
	BIO_free(bio);
	return n > 0;
}

bool
key_make(char secret[KEY_PEM_MAX], char public[KEY_PEM_MAX])
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	bool made = pkey != NULL && write_pem(pkey, true, secret, KEY_PEM_MAX) &&
	    write_pem(pkey, false, public, KEY_PEM_MAX);

	EVP_PKEY_free(pkey);
	return made;
}

void
key_clear(struct key *key)
{
	EVP_PKEY_free(key->pkey);
	X509_free(key->cert);
	*key = (struct key){ 0 };
}

/* ---- signatures -------------------------------------------------------------------- */

/* r||s to the DER form that libcrypto wants; 0: wrong length. */
static int
to_der(const unsigned char *raw, size_t n, size_t field, unsigned char *der)
{
	ECDSA_SIG *sig;
	BIGNUM *r, *s;
	unsigned char *at = der;
	int len = 0;

	if (n != 2 * field)
		return 0;
	sig = ECDSA_SIG_new();
	r = BN_bin2bn(raw, (int)field, NULL);
	s = BN_bin2bn(raw + field, (int)field, NULL);
	if (sig == NULL || r == NULL || s == NULL)
		mem_none();
	ECDSA_SIG_set0(sig, r, s); /* owns both now */
	if (i2d_ECDSA_SIG(sig, NULL) <= DER_SIGNATURE_MAX)
		len = i2d_ECDSA_SIG(sig, &at);
	ECDSA_SIG_free(sig);
	return len;
}

static bool
set_pss(EVP_PKEY_CTX *context)
{
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

bool
key_verify(const struct key *key, enum signature_alg alg, const void *message,
    size_t message_len, const unsigned char *signature, size_t signature_len)
{
	unsigned char der[DER_SIGNATURE_MAX];
	EVP_PKEY_CTX *context = NULL;
	EVP_MD_CTX *digest;
	size_t i = 0;
	bool valid;

	while (i < nitems(algorithms) && (algorithms[i].alg != alg ||
	    EVP_PKEY_get_base_id(key->pkey) != algorithms[i].type))
		i++;
	if (i == nitems(algorithms))
		return false;
	if (algorithms[i].group != NULL &&
	    !is_group(key->pkey, algorithms[i].group))
		return false;
	if (algorithms[i].type == EVP_PKEY_EC) {
		int n = to_der(signature, signature_len,
		    (size_t)(EVP_PKEY_get_bits(key->pkey) + 7) / 8, der);

		if (n == 0)
			return false;
		signature = der;
		signature_len = (size_t)n;
	}
	if ((digest = EVP_MD_CTX_new()) == NULL)
		mem_none();
	valid = EVP_DigestVerifyInit_ex(digest, &context, algorithms[i].digest,
	    NULL, NULL, key->pkey, NULL) == 1 &&
	    (alg != ALG_PS256 || set_pss(context)) &&
	    EVP_DigestVerify(digest, signature, signature_len, message,
	    message_len) == 1;
	EVP_MD_CTX_free(digest);
	return valid;
}

enum signature_alg
key_alg(const struct key *key)
{
	if (EVP_PKEY_get_base_id(key->pkey) == EVP_PKEY_ED25519)
		return ALG_EDDSA;
	return EVP_PKEY_get_base_id(key->pkey) == EVP_PKEY_EC &&
	    is_group(key->pkey, "prime256v1") ? ALG_ES256 : ALG_NONE;
}

/* libcrypto's DER to r||s of 32 bytes each. */
static bool
from_der(const unsigned char *der, size_t n, unsigned char raw[64])
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool good = sig != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32) == 32 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32) == 32;

	ECDSA_SIG_free(sig);
	return good;
}

bool
key_sign(const struct key *key, const void *message, size_t n,
    unsigned char signature[64])
{
	bool ecdsa = key_alg(key) == ALG_ES256;
	unsigned char out[DER_SIGNATURE_MAX];
	size_t len = sizeof(out);
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	bool good = digest != NULL && EVP_DigestSignInit_ex(digest, NULL,
	    ecdsa ? "SHA256" : NULL, NULL, NULL, key->pkey, NULL) == 1 &&
	    EVP_DigestSign(digest, out, &len, message, n) == 1;

	EVP_MD_CTX_free(digest);
	if (good && ecdsa)
		return from_der(out, len, signature);
	if (good && len == 64)
		memcpy(signature, out, 64);
	return good && len == 64;
}

bool
key_same_certificate(const struct key *a, const struct key *b)
{
	return a->cert != NULL && b->cert != NULL &&
	    X509_cmp(a->cert, b->cert) == 0;
}

/* Every signer is an anchor, also one that is no root. */
static X509_STORE *
make_store(const struct credential_trust *signers)
{
	X509_STORE *store = X509_STORE_new();

	if (store == NULL)
		mem_none();
	for (size_t i = 0; i < trust_count(signers); i++)
		if (trust_key(signers, i)->cert != NULL)
			X509_STORE_add_cert(store, trust_key(signers, i)->cert);
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN |
	    X509_V_FLAG_NO_CHECK_TIME);
	/* Lists are signed by certificates made for servers. */
	X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
	return store;
}

bool
key_signed_cms(const struct credential_trust *signers,
    const unsigned char *der, size_t n, const void *message,
    size_t message_len)
{
	const unsigned char *at = der;
	CMS_ContentInfo *cms = n > INT32_MAX || message_len > INT32_MAX ?
	    NULL : d2i_CMS_ContentInfo(NULL, &at, (long)n);
	X509_STORE *store = make_store(signers);
	BIO *content = BIO_new_mem_buf(message, (int)message_len);
	bool good;

	if (content == NULL)
		mem_none();
	/* With content of its own, that would be what is verified. */
	good = cms != NULL && CMS_is_detached(cms) == 1 &&
	    CMS_verify(cms, NULL, store, content, NULL, CMS_BINARY) == 1;
	BIO_free(content);
	X509_STORE_free(store);
	CMS_ContentInfo_free(cms);
	return good;
}

bool
key_issued_by(const struct key *key, const struct key *ca)
{
	if (key->cert == NULL || ca->cert == NULL || !ca->is_ca)
		return false;
	if (X509_NAME_cmp(X509_get_issuer_name(key->cert),
	    X509_get_subject_name(ca->cert)) != 0)
		return false;
	return X509_verify(key->cert, ca->pkey) == 1 &&
	    key->not_before >= ca->not_before &&
	    (ca->not_after == 0 || key->not_before <= ca->not_after);
}
