/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer - who is at the other end: the common name of a client certificate
 * that our CA signed and that is valid now. The one file that knows GnuTLS,
 * which libmicrohttpd speaks TLS with.
 */
#include "parts.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#define SERIAL_NUMBER_OID "2.5.4.5"

static bool
fail(char why[ERR_TEXT_MAX], const char *words)
{
	snprintf(why, ERR_TEXT_MAX, "%s", words);
	return false;
}

static bool
verified(gnutls_session_t session, char why[ERR_TEXT_MAX])
{
	gnutls_datum_t words;
	unsigned status = 0;
	int ret = gnutls_certificate_verify_peers2(session, &status);

	if (ret == GNUTLS_E_NO_CERTIFICATE_FOUND)
		return fail(why, "no client certificate");
	if (ret < 0)
		return fail(why, gnutls_strerror(ret));
	if (status == 0)
		return true;
	if (gnutls_certificate_verification_status_print(status,
	    GNUTLS_CRT_X509, &words, 0) < 0)
		return fail(why, "client certificate not valid");
	snprintf(why, ERR_TEXT_MAX, "%s", (const char *)words.data);
	gnutls_free(words.data);
	return false;
}

/* Which machine of the post: 0 where the certificate says nothing. */
static bool
read_generation(gnutls_x509_crt_t crt, int *generation)
{
	char text[16] = "";
	size_t len = sizeof(text);
	int ret = gnutls_x509_crt_get_dn_by_oid(crt, SERIAL_NUMBER_OID, 0, 0,
	    text, &len);

	*generation = 0;
	if (ret == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
		return true;
	if (ret != 0 || len == 0 || len > 9 ||
	    strspn(text, "0123456789") != len)
		return false;
	*generation = atoi(text);
	return true;
}

static bool
read_subject(const gnutls_datum_t *der, struct peer *peer,
    char why[ERR_TEXT_MAX])
{
	char name[OUTBOX_STATION_MAX + 1], second[8];
	size_t len = sizeof(name), second_len = sizeof(second);
	gnutls_x509_crt_t crt;
	bool found = false;

	if (gnutls_x509_crt_init(&crt) < 0)
		return fail(why, "no memory");
	if (gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) == 0 &&
	    gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
	    0, name, &len) == 0 &&
	    gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 1,
	    0, second, &second_len) == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
		found = station_valid((struct slice){ name, len }) &&
		    read_generation(crt, &peer->generation);
	gnutls_x509_crt_deinit(crt);
	if (!found)
		return fail(why, "the certificate names no station");
	memcpy(peer->station, name, len);
	peer->station[len] = '\0';
	return true;
}

bool
peer_read(void *session, struct peer *peer, char why[ERR_TEXT_MAX])
{
	const gnutls_datum_t *list;
	unsigned count = 0;

	if (!verified(session, why))
		return false;
	list = gnutls_certificate_get_peers(session, &count);
	if (list == NULL || count == 0)
		return fail(why, "no client certificate");
	return read_subject(&list[0], peer, why);
}
