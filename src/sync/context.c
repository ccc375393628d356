/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * context - the time libcurl's TLS judges certificates by; the one file
 * here that knows libssl, so that whoever only signs bundles does without.
 */
#include "parts.h"

#include <openssl/ssl.h>

void
tls_verify_at(void *ssl_ctx, int64_t at)
{
	X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(ssl_ctx), (time_t)at);
}
